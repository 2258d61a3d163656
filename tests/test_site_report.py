"""The report in four steps: what is asked, what is wrong, and what reaches the handlers."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import StoreError
from dropbox.mailbox import Mailboxes
from dropbox.protocol import certificate
from dropbox.protocol.payload import MAX_TEXT_BYTES, MAX_TEXT_CHARACTERS
from dropbox.reporter.typed import is_blank
from tests.organisation import SITE_ID, TODAY, Handler, Office, office
from tests.site_client import STORY, World, code, hidden, textarea

FORM = "/en/report/meldpunt"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel of two handlers."""
    return World(tmp_path, (office("adviser", "coordinator"),))


def problems(page: str) -> list[tuple[str, str]]:
    """Return the links and words of the summary of errors."""
    summary = re.search(r'<div class="summary".*?</div>', page, re.DOTALL)
    return re.findall(r'<a href="#([\w-]+)">(.*?)</a>', summary[0]) if summary else []


def test_report_with_only_a_story_reaches_every_handler(world: World) -> None:
    """Channel and story are enough, and both handlers read the same words."""
    world.file()
    for handler in world.offices[0].handlers:
        report = world.report(handler)
        assert (report.text, report.mode, report.day) == (STORY, "anonymous", TODAY)
        assert (report.unit, report.period, report.conduct) == ("", "", ())


def test_every_answer_reaches_the_handler_as_it_was_given(world: World) -> None:
    """Nothing that can be filled in is lost or changed on its way."""
    adviser, coordinator = world.offices[0].handlers
    world.file(
        mode="confidential",
        name="Noor de Wit",
        contact="06 11111111, na zes uur",
        excluded=coordinator.handler_id.hex(),
        conduct=["racism", "bullying"],
        grounds=["race"],
        unit="north",
        period="2026-Q3",
        works_with_subject="yes",
        supporter="no",
    )
    report = world.report(adviser)
    assert (report.name, report.contact) == ("Noor de Wit", "06 11111111, na zes uur")
    assert (report.mode, report.language, report.turn) == ("confidential", "en", 1)
    assert set(report.conduct) == {"racism", "bullying"}
    assert (report.grounds, report.unit, report.period) == (("race",), "north", "2026-Q3")
    assert (report.works_with_subject, report.supporter) == ("yes", "no")
    assert report.excluded == (coordinator.handler_id,)
    assert report.recipients == (adviser.handler_id,)


def test_excluded_handler_gets_no_envelope(world: World) -> None:
    """For an excluded handler the server holds nothing at all."""
    _adviser, coordinator = world.offices[0].handlers
    world.file(excluded=coordinator.handler_id.hex())
    assert world.envelopes(coordinator) == []


def test_choosing_a_channel_leads_to_its_form(world: World) -> None:
    """The first step hands over to the form of the chosen channel."""
    answer = world.get("/en/report?channel=meldpunt&go=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, FORM)


def test_continuing_without_a_channel_says_so(world: World) -> None:
    """Pressing on without a choice gives a page with an error that links to the choices."""
    answer = world.get("/en/report?go=1")
    assert answer.status_code == 400
    assert problems(answer.text) == [("channel-0", "Choose a channel first.")]
    assert 'id="channel-0"' in answer.text


def test_unknown_channel_is_a_page_of_its_own(world: World) -> None:
    """A wrong channel in the address is a clear 404."""
    answer = world.get("/en/report/elsewhere")
    assert answer.status_code == 404
    assert "There is no such channel." in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"text": ""}, "text", "Write what you want to tell"),
        ({"text": " \n\t"}, "text", "Write what you want to tell"),
        ({"text": "a" * (MAX_TEXT_CHARACTERS + 1)}, "text", "20,001 characters. That is 1 too"),
        ({"text": "\U0001f600" * 15_001}, "text", "about 10 characters too long. Emoji"),
        (
            {"text": "\u200b\ufeff\u00ad\ufffd\u3164\n"},
            "text",
            "Write what you want to tell",
        ),
        ({"mode": "confidential"}, "name", "one is needed"),
        ({"mode": "confidential", "name": "\u200b", "contact": " "}, "name", "one is needed"),
        ({"name": "Noor"}, "name", "You chose anonymous, but this is filled in"),
        ({"contact": "06"}, "contact", "You chose anonymous, but this is filled in"),
        ({"mode": "confidential", "name": "a" * 101}, "name", "at most 100 characters"),
        ({"mode": "confidential", "contact": "a" * 301}, "contact", "at most 300 characters"),
        ({"mode": "other"}, "mode-0", "Choose one of the answers"),
        ({"unit": "moon"}, "unit", "Choose one of the answers"),
        ({"period": "1999-Q1"}, "period", "Choose one of the answers"),
        ({"conduct": ["racism", "nothing"]}, "conduct-0", "Choose one of the answers"),
        ({"grounds": ["nothing"]}, "grounds-0", "Choose one of the answers"),
        ({"works_with_subject": "often"}, "works_with_subject-0", "Choose one of the answers"),
        ({"supporter": "often"}, "supporter-0", "Choose one of the answers"),
        ({"excluded": "zz"}, "excluded-0", "Choose one of the answers"),
    ],
)
@pytest.mark.parametrize("step", ["review", "send"])
def test_wrong_answer_is_named_and_linked_and_nothing_is_lost(
    world: World, step: str, typed: dict[str, object], field: str, words: str
) -> None:
    """Every error stands in the summary with a link to its field, and the story is kept."""
    filled = world.filled(**typed)
    answer = world.post(FORM, filled | {"step": step})
    assert answer.status_code == 400
    assert [(where, words in said) for where, said in problems(answer.text)] == [(field, True)]
    assert f'id="{field}"' in answer.text
    assert textarea(answer) == str(filled["text"])
    assert world.envelopes(world.offices[0].handlers[0]) == []


def test_excluding_everyone_is_an_error(world: World) -> None:
    """A report that nobody could read is not taken."""
    everyone = [handler.handler_id.hex() for handler in world.offices[0].handlers]
    answer = world.send(excluded=everyone)
    assert answer.status_code == 400
    assert problems(answer.text)[0][0] == "excluded-0"


def test_longest_story_is_taken(world: World) -> None:
    """The limits that the page states are the limits."""
    world.file(text="a" * MAX_TEXT_CHARACTERS)
    world.file(text="\u20ac" * (MAX_TEXT_BYTES // 3))


def test_line_ends_of_a_browser_do_not_count_twice(world: World) -> None:
    """A browser sends CR LF for each line; the limit counts what was typed."""
    world.file(text="a\r\n" * (MAX_TEXT_CHARACTERS // 2))


@given(text=st.text(min_size=1, max_size=60).filter(lambda text: not is_blank(text)))
def test_story_stays_whole_from_form_to_review_and_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever is typed comes back letter for letter, a first empty line included."""
    world = World(tmp_path_factory.mktemp("site"), (office(),))
    typed = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    review = world.post(FORM, world.filled(text=text) | {"step": "review"})
    assert hidden(review.text)["text"] == typed
    again = world.post(FORM, hidden(review.text) | {"step": "form"})
    assert textarea(again) == typed
    code(world.post(FORM, hidden(review.text) | {"step": "send"}))
    assert world.report(world.offices[0].handlers[0]).text == typed


def test_review_shows_everything_and_sends_nothing(world: World) -> None:
    """The third step lists each answer in words, and the server still holds nothing."""
    coordinator = world.offices[0].handlers[1]
    typed = world.filled(
        mode="confidential",
        name="Noor de Wit",
        contact="thuis",
        excluded=coordinator.handler_id.hex(),
        conduct=["racism"],
        unit="north",
        period="2026-Q3",
    )
    answer = world.post(FORM, typed | {"step": "review"})
    for words in ("Noor de Wit", "thuis", "coordinator", "Racism", "District North"):
        assert words in answer.text
    assert "July to September 2026" in answer.text
    kept = {name: value for name, value in typed.items() if name not in ("conduct", "readers")}
    assert hidden(answer.text).items() >= kept.items()
    assert world.envelopes(world.offices[0].handlers[0]) == []


def test_back_to_the_form_keeps_every_choice(world: World) -> None:
    """The way back from the review shows the form as it was filled in."""
    typed = world.filled(conduct=["racism"], grounds=["race"], period="earlier", supporter="yes")
    review = world.post(FORM, typed | {"step": "review"})
    form = world.post(FORM, hidden(review.text) | {"step": "form"}).text
    for value in ("racism", "race"):
        assert re.search(rf'value="{value}"[^>]* checked', form)
    assert re.search(r'value="earlier"[^>]* selected', form)
    assert re.search(r'name="supporter" value="yes"[^>]* checked', form)
    assert '<details id="grounds" open>' in form


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Mail me op n.dewit@voorbeeld.nl", "an e-mail address."),
        ("Bel 06-12345678", "a phone number."),
        ("Bel +31 6 12 34 56 78", "a phone number."),
        ("Bel 06 - 12 34 56 78", "a phone number."),
        ("n@voorbeeld.nl of 020 1234567", "an e-mail address and a phone number."),
        ("Op 12 oktober 2026 om 14:30, met 3 collega's", ""),
        ("Zaak 2026123456789 kostte 1.250.000 euro", ""),
    ],
)
def test_review_points_at_what_may_name_an_anonymous_reporter(
    world: World, text: str, hint: str
) -> None:
    """An address or number is pointed at, gently; ordinary numbers are not."""
    page = world.post(FORM, world.filled(text=text) | {"step": "review"})
    assert page.status_code == 200
    assert ("Your text seems to hold" in page.text) == bool(hint)
    assert hint in page.text


def test_confidential_story_gets_no_hint(world: World) -> None:
    """Who gives a name is not warned about giving it."""
    typed = world.filled(text="Bel 06-12345678", mode="confidential")
    assert "seems to hold" not in world.post(FORM, typed | {"step": "review"}).text


def test_code_page_shows_ten_words_of_the_readers_language(world: World) -> None:
    """The answer to the post itself is the code, in one element."""
    page = world.send(lang="nl")
    assert page.status_code == 200
    assert page.text.count('id="reply-code"') == 1
    assert len(code(page).split()) == 10
    assert world.open(code(page)).text.count("<h1>Your mailbox</h1>") == 1


def test_form_sent_twice_is_stored_once(world: World) -> None:
    """The second answer says so, shows no code, and offers to send a new report."""
    typed = world.filled() | {"step": "send"}
    code(world.post(FORM, typed))
    again = world.post(FORM, typed)
    assert again.status_code == 409
    assert "This report was received before" in again.text
    assert "reply-code" not in again.text
    assert len(world.reports(world.offices[0].handlers[0])) == 1
    anew = world.post(FORM, hidden(again.text) | {"step": "send"})
    assert code(anew)
    assert len(world.reports(world.offices[0].handlers[0])) == 2


def test_two_tabs_make_two_reports(world: World) -> None:
    """Two forms opened side by side do not stand in each other's way."""
    one, other = world.filled(text="Een."), world.filled(text="Twee.")
    code(world.post(FORM, one | {"step": "send"}))
    code(world.post(FORM, other | {"step": "send"}))


@pytest.mark.parametrize("token", ["", "nonsense", "\u20ac", "AAAA.BBBB.CCCC"])
def test_form_without_a_good_token_comes_back_whole(world: World, token: str) -> None:
    """A foreign token costs one more look, never the story, and is not called old."""
    answer = world.post(FORM, world.reviewed() | {"token": token, "step": "send"})
    assert answer.status_code == 400
    assert "We do not recognise this page as ours." in answer.text
    assert "open for a long time" not in answer.text
    assert hidden(answer.text)["text"] == STORY
    assert code(world.post(FORM, hidden(answer.text) | {"step": "send"}))


def test_form_survives_a_restart(world: World) -> None:
    """A form that was opened before a restart is taken after it."""
    typed = world.filled()
    world.start()
    assert code(world.post(FORM, typed | {"step": "send"}))


def test_story_comes_back_when_the_disk_refuses(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure of the server gives the review again, ready to be sent."""

    def refuse(*_arguments: object) -> None:
        raise StoreError

    monkeypatch.setattr(Mailboxes, "file_report", refuse)
    answer = world.send()
    assert answer.status_code == 503
    assert hidden(answer.text)["text"] == STORY


def test_story_comes_back_when_the_card_expired_meanwhile(world: World) -> None:
    """Without a valid card there is no form any more, but what was typed is shown and kept."""
    typed = world.filled(mode="confidential", name="Noor", conduct=["racism", "bullying"])
    world.today = TODAY + timedelta(days=91)
    answer = world.post(FORM, typed | {"step": "send"})
    assert answer.status_code == 503
    assert textarea_with_id(answer.text) == STORY
    kept = hidden(answer.text)
    assert (kept["text"], kept["name"], kept["mode"]) == (STORY, "Noor", "confidential")
    assert kept["conduct"] == ["racism", "bullying"]
    world.today = TODAY
    assert textarea(world.post(FORM, kept | {"step": "form"})) == STORY
    world.today = TODAY + timedelta(days=91)
    assert world.get(FORM).status_code == 503
    assert "no channel at this moment" in world.get("/en/report").text


def textarea_with_id(page: str) -> str:
    """Return the text that an error page gives back."""
    match = re.search(r'<textarea[^>]* id="typed"[^>]* readonly>\n(.*?)</textarea>', page, re.S)
    return match[1] if match else ""


class LateHandler(Handler):
    """A handler whose intake key is good from tomorrow."""

    def intake(self, today: date = TODAY) -> certificate.IntakeKey:
        """Return the signed intake key."""
        first = today + timedelta(days=1)
        return certificate.sign_intake_key(self.seed, SITE_ID, self.x_pk, first, first)


def test_handler_without_a_key_of_today_does_not_stop_the_others(tmp_path: Path) -> None:
    """A report goes to those who can read it today."""
    ready, late = Handler("ready"), LateHandler("late")
    world = World(tmp_path, (Office([ready, late]),))
    world.file()
    assert world.report(ready).recipients == (ready.handler_id,)
    assert world.envelopes(late) == []


def test_channel_where_nobody_can_read_today_says_so(tmp_path: Path) -> None:
    """Without any reader the form comes back with its story."""
    world = World(tmp_path, (Office([LateHandler("late")]),))
    answer = world.post(FORM, world.filled() | {"step": "review"})
    assert answer.status_code == 400
    assert "Nobody is left who can read this." in answer.text
    assert textarea(answer) == STORY


def test_typed_report_can_be_taken_to_another_channel(tmp_path: Path) -> None:
    """Changing the channel keeps what was typed and asks again who may not read it."""
    other = Office(office("c", "d").handlers, slug="elders")
    world = World(tmp_path, (office("a", "b"), other))
    excluded = world.offices[0].handlers[0].handler_id.hex()
    page = world.post("/en/report/elders", world.filled(excluded=excluded) | {"step": "form"})
    assert textarea(page) == STORY
    assert excluded not in page.text


def test_language_can_change_without_losing_the_story(world: World) -> None:
    """The language switch of a form is a button that takes the form along."""
    page = world.get(FORM).text
    assert 'formaction="/nl/report/meldpunt"' in page
    dutch = world.post("/nl/report/meldpunt", world.filled() | {"step": "form"})
    assert textarea(dutch) == STORY
    assert '<html lang="nl">' in dutch.text


def test_unknown_step_is_refused(world: World) -> None:
    """A form that asks for nothing known is a plain bad request."""
    assert world.post(FORM, world.filled() | {"step": "steal"}).status_code == 400
    assert world.post(FORM, world.filled()).status_code == 400
