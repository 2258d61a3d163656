"""Another channel by the reporter's consent: asked in a reply, given from the mailbox."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from dropbox.errors import MailboxChanged, StoreFull
from dropbox.mailbox import Mailboxes
from dropbox.protocol import keys, payload_bytes, reply_code
from dropbox.protocol.handed_in import Message
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import Memo
from tests.organisation import SITE_ID, TODAY, Handler, Office, office
from tests.site_client import Desk, World, code, hidden, textarea

MAILBOX = "/en/mailbox"
TRANSFER = "/en/mailbox/transfer"
ASKED = "Mogen we dit merkteken-roerdomp doorgeven?"
TOLD = "Voor het andere kanaal: merkteken-snip."
STEP = 64 * 1024


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with two channels of two handlers each."""
    first = office("adviser", "coordinator")
    other = Office([Handler("inspector"), Handler("jurist")], slug="ander")
    return World(tmp_path, (first, other))


def asked(world: World, **changes: object) -> str:
    """File a report and let a handler ask; return the reply code."""
    words = world.file()
    channel_pk = world.offices[1].channel_pk
    values = {"turn": 2, "transfer": channel_pk} | changes
    Desk(world, words).reply(world.offices[0].handlers[0], ASKED, **values)
    return words


def first_step(world: World, words: str, **fields: object) -> dict[str, object]:
    """Open the consent's form from the mailbox; return its fields."""
    mailbox = hidden(world.open(words).text)
    start = {"code": words, "reply": mailbox["reply"], "page": "0", "step": "form"}
    page = world.post(TRANSFER, start)
    assert page.status_code == HTTPStatus.OK, page.text
    return hidden(page.text) | {"text": TOLD, "mode": "anonymous"} | fields


def reviewed(world: World, words: str, **fields: object) -> dict[str, object]:
    """Fill the form in and look it through; return what would be sent."""
    page = world.post(TRANSFER, first_step(world, words, **fields) | {"step": "review"})
    assert page.status_code == HTTPStatus.OK, page.text
    return hidden(page.text) | {"step": "send"}


def agree(world: World, words: str, **fields: object) -> str:
    """Go all the way; return the new code."""
    return code(world.post(TRANSFER, reviewed(world, words, **fields)))


def test_mailbox_says_who_would_read_it_there(world: World) -> None:
    """The other channel's own card speaks, and an ordinary reply asks nothing."""
    words = world.file()
    Desk(world, words).reply(world.offices[0].handlers[1])
    assert "May another channel read?" not in world.open(words).text
    page = world.open(asked(world)).text
    assert "May another channel read?" in page
    assert "Twee behandelaars." in page
    assert "De Voorbeeldgemeente zelf." in page


def test_consent_makes_a_new_mailbox_there_and_tells_it_here(world: World) -> None:
    """A new code, a first report of origin transfer there, and a consent that names the reply."""
    words = asked(world)
    fresh = agree(world, words)
    assert fresh != words
    one, other = world.offices
    report = world.report(other.handlers[0])
    assert (report.text, report.origin, report.turn) == (TOLD, "transfer", 1)
    (told,) = world.messages(one.handlers[0])
    question = hidden(world.open(words).text)["reply"]
    assert (told.message.kind, told.message.text) == ("consent", "")
    assert told.message.about is not None
    assert told.message.about.hex() == question
    assert (told.message.turn, told.message.number) == (3, 2)
    for each in (words, fresh):
        assert "<h1>Your mailbox</h1>" in world.open(each).text
    assert "You have answered this." in world.open(words).text
    assert "May another channel read?" not in world.open(fresh).text


def test_nobody_here_reads_the_new_text_or_code(world: World) -> None:
    """The first channel's handlers get no envelope of the new mailbox, the others none of this."""
    words = asked(world)
    agree(world, words)
    one, other = world.offices
    for handler in one.handlers:
        assert TOLD not in [found.report.text for found in world.reports(handler)]
        assert len(world.envelopes(handler)) == 3 - (handler is one.handlers[0])
    for handler in other.handlers:
        assert len(world.envelopes(handler)) == 1


def test_review_page_lists_all_that_is_sent(world: World) -> None:
    """Also that the first channel is told, and that the new report says how it came."""
    words = asked(world)
    page = world.post(TRANSFER, first_step(world, words) | {"step": "review"}).text
    for said in (TOLD, "That you agree, and the day.", "Another channel asked, and you agreed."):
        assert said in page


def test_excluded_handler_of_the_other_channel_gets_nothing(world: World) -> None:
    """The form's own choice of readers works for the new channel."""
    shut_out = world.offices[1].handlers[1]
    agree(world, asked(world), excluded=shut_out.handler_id.hex())
    assert world.envelopes(shut_out) == []
    assert world.report(world.offices[1].handlers[0]).excluded == (shut_out.handler_id,)


def test_no_row_links_the_two_mailboxes(world: World) -> None:
    """After a consent no value of one mailbox's rows stands in a row of the other."""
    words = asked(world)
    old = values_of(world, mailbox_of(world, words, 0))
    fresh = agree(world, words)
    old |= values_of(world, mailbox_of(world, words, 0))
    new = values_of(world, mailbox_of(world, fresh, 1))
    assert len(old) > 10
    assert len(new) > 5
    assert old & new == set()
    for value in old:
        assert not any(value in other for other in new)
    for value in new:
        assert not any(value in other for other in old)
    assert len(nonces(world)) == 2  # of the first report, and one for report and consent


def mailbox_of(world: World, words: str, channel: int) -> bytes:
    """Return the id of the mailbox that a code opens."""
    key = reply_code.parse(words)
    return keys.reporter_keys(SITE_ID, world.offices[channel].channel_pk, key).mailbox_id


def values_of(world: World, mailbox_id: bytes) -> set[bytes]:
    """Return every long value in the rows of a mailbox, its envelopes and their slots."""
    database = world.server.store.connection()
    rows = [
        *database.execute("SELECT * FROM mailbox WHERE id = ?", (mailbox_id,)),
        *database.execute("SELECT * FROM envelope WHERE mailbox = ?", (mailbox_id,)),
        *database.execute("SELECT * FROM addressed WHERE mailbox = ?", (mailbox_id,)),
        *database.execute(
            "SELECT slot.* FROM slot JOIN envelope ON envelope.id = slot.envelope"
            " WHERE mailbox = ?",
            (mailbox_id,),
        ),
    ]
    return {value for row in rows for value in row if isinstance(value, bytes)}


def nonces(world: World) -> list[tuple[object, ...]]:
    """Return the used nonces."""
    return list(world.server.store.connection().execute("SELECT * FROM form_nonce"))


def test_no_mark_of_the_consent_is_on_the_disk(world: World) -> None:
    """Neither text, question, nor a code stands in any file of the server."""
    words = asked(world)
    fresh = agree(world, words)
    kept = world.files()
    for mark in (TOLD, ASKED, *(" ".join(each.split()[:2]) for each in (words, fresh))):
        assert mark.encode() not in kept


def test_form_sent_twice_is_one_report_and_one_consent(world: World) -> None:
    """A second press stores nothing, says so, and can still make a new code on purpose."""
    words = asked(world)
    sent = reviewed(world, words)
    first, second = world.post(TRANSFER, sent), world.post(TRANSFER, sent)
    assert code(first)
    assert second.status_code == HTTPStatus.CONFLICT
    assert "This report was received before" in second.text
    one, other = world.offices
    assert len(world.reports(other.handlers[0])) == 1
    assert len(world.messages(one.handlers[0])) == 1
    assert code(world.post(TRANSFER, hidden(second.text) | {"step": "send"}))
    assert len(world.reports(other.handlers[0])) == 2


@pytest.mark.parametrize("step", ["form", "review", "send"])
def test_channel_that_is_gone_gives_the_text_back(world: World, step: str) -> None:
    """Between two steps the other card expires: nothing is stored, and nothing typed is lost."""
    words = asked(world)
    sent = reviewed(world, words)
    next(world.config.places.site_dir.rglob("ander*.card")).unlink()
    answer = world.post(TRANSFER, sent | {"step": step})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "cannot receive anything" in answer.text
    assert TOLD in answer.text
    assert world.messages(world.offices[0].handlers[0]) == []
    assert "The other channel cannot receive anything" in world.open(words).text


@pytest.mark.parametrize("step", ["form", "review", "send"])
def test_paused_report_must_be_resumed_first(world: World, step: str) -> None:
    """A pause that comes from another tab stops the consent, and a refusal, too."""
    words = asked(world)
    sent = reviewed(world, words)
    world.act(words, "hold")
    answer = world.post(TRANSFER, sent | {"step": step})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Resume it first" in answer.text
    assert TOLD in answer.text
    refused = world.act(words, "refuse", reply=sent["reply"])
    assert "Resume it first" in refused.text
    assert world.envelopes(world.offices[1].handlers[0]) == []
    assert [each.message.kind for each in world.messages(world.offices[0].handlers[0])] == ["hold"]


def test_pause_in_the_last_moment_stops_the_consent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memo changed while this was sealed, and says a pause: nothing is stored."""
    words = asked(world)
    sent = reviewed(world, words)
    store = Mailboxes.transfer

    def late(self: Mailboxes, report: NewMailbox, consent: Message, *rest: Any) -> None:
        monkeypatch.setattr(Mailboxes, "transfer", store)
        world.start()  # another worker: the request that runs here keeps its own context
        world.act(words, "hold")
        store(self, report, consent, *rest)

    monkeypatch.setattr(Mailboxes, "transfer", late)
    answer = world.post(TRANSFER, sent)
    assert "Resume it first" in answer.text
    assert TOLD in answer.text
    assert world.envelopes(world.offices[1].handlers[0]) == []


def test_withdrawn_mailbox_consents_to_nothing(world: World) -> None:
    """The page of an unknown code, with what was typed; no report at the other channel."""
    words = asked(world)
    sent = reviewed(world, words)
    world.act(words, "withdraw_now")
    answer = world.post(TRANSFER, sent)
    assert "No mailbox opens" in answer.text
    assert TOLD in answer.text
    assert world.envelopes(world.offices[1].handlers[0]) == []


def test_withdrawal_in_the_last_moment_stops_the_consent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page as for any mailbox that is not there, with what was typed."""
    words = asked(world)
    sent = reviewed(world, words)
    store = Mailboxes.transfer

    def late(self: Mailboxes, report: NewMailbox, consent: Message, *rest: Any) -> None:
        world.start()  # another worker: the request that runs here keeps its own context
        world.act(words, "withdraw_now")
        store(self, report, consent, *rest)

    monkeypatch.setattr(Mailboxes, "transfer", late)
    answer = world.post(TRANSFER, sent)
    assert answer.status_code == HTTPStatus.OK
    assert "No mailbox opens" in answer.text
    assert TOLD in answer.text
    assert world.envelopes(world.offices[1].handlers[0]) == []


@pytest.mark.parametrize("error", [StoreFull, MailboxChanged])
def test_failure_between_the_two_stores_neither(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Whatever fails within the transaction, there is no half: text back, and again works."""
    words = asked(world)
    sent = reviewed(world, words)

    def fail(*_args: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("dropbox.mailbox._add", fail)
        answer = world.post(TRANSFER, sent)
    assert answer.status_code >= HTTPStatus.BAD_REQUEST
    assert TOLD in answer.text
    assert world.messages(world.offices[0].handlers[0]) == []
    assert world.envelopes(world.offices[1].handlers[0]) == []
    assert code(world.post(TRANSFER, sent))


def test_refusal_names_the_reply_and_opens_nothing(world: World) -> None:
    """Saying no sends one word to who asked, and the question stays to be answered otherwise."""
    words = asked(world)
    mailbox = hidden(world.open(words).text)
    answer = world.act(words, "refuse", reply=mailbox["reply"])
    assert "nothing is passed on" in answer.text
    (told,) = world.messages(world.offices[0].handlers[0])
    assert told.message.kind == "refusal"
    assert told.message.about is not None
    assert told.message.about.hex() == mailbox["reply"]
    assert world.envelopes(world.offices[1].handlers[0]) == []
    assert "You have answered this." in answer.text


@pytest.mark.parametrize("name", ["", "00" * 32, "zz", "é"])
def test_question_that_nobody_asked_is_answered_with_nothing(world: World, name: str) -> None:
    """A reply that is no question, or no reply, leads nowhere."""
    words = asked(world)
    sent = reviewed(world, words) | {"reply": name}
    for answer in (world.post(TRANSFER, sent), world.act(words, "refuse", reply=name)):
        assert "This question is not here any more." in answer.text
    assert world.messages(world.offices[0].handlers[0]) == []
    assert world.envelopes(world.offices[1].handlers[0]) == []


def test_question_about_this_very_channel_is_none(world: World) -> None:
    """A handler who names the own channel asks nothing."""
    words = asked(world, transfer=world.offices[0].channel_pk)
    assert "May another channel read?" not in world.open(words).text


def test_wrong_form_comes_back_with_its_errors(world: World) -> None:
    """An empty story is told, and the consent's own fields are still there."""
    words = asked(world)
    answer = world.post(TRANSFER, first_step(world, words, text="") | {"step": "review"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert hidden(answer.text)["reply"] == hidden(world.open(words).text)["reply"]
    assert textarea(answer) == ""


def test_every_answer_has_one_size(world: World) -> None:
    """The form, the review, the code and a refusal are as long as any mailbox page."""
    words = asked(world)
    first = first_step(world, words)
    second = world.post(TRANSFER, first | {"step": "review"})
    answers = [
        second,
        world.post(TRANSFER, hidden(second.text) | {"step": "send"}),
        world.post(TRANSFER, {"code": "one two", "step": "form"}),
        world.post(TRANSFER, {"code": "", "step": ""}),
    ]
    assert {len(answer.data) % STEP for answer in answers} == {0}


def test_language_can_be_changed_on_each_page(world: World) -> None:
    """The Dutch form has what was typed and the code, in Dutch words."""
    words = asked(world)
    dutch = world.post("/nl/mailbox/transfer", first_step(world, words) | {"step": "form"})
    assert dutch.status_code == HTTPStatus.OK
    assert textarea(dutch) == TOLD
    found = hidden(dutch.text)
    assert found["code"] != words
    assert reply_code.parse(str(found["code"])) == reply_code.parse(words)


def test_question_on_the_next_older_page_is_still_found(world: World) -> None:
    """Replies that came while the reporter wrote push it on: nothing that was typed is lost."""
    words = asked(world)
    sent = reviewed(world, words)
    desk = Desk(world, words)
    desk.serials[world.offices[0].handlers[0].handler_id] = 5
    for number in range(2, 9):
        desk.reply(world.offices[0].handlers[0], "x" * 3000, number=number, turn=number + 2)
    assert "May another channel read?" not in world.open(words).text
    assert code(world.post(TRANSFER, sent))


def test_memo_holds_an_answer_for_the_largest_channel() -> None:
    """With sixteen handlers and every number at its end the memo still fits its one size."""
    ids = tuple(bytes((at,)) * 8 for at in range(16))
    memo = Memo(TODAY, ids, (), bytes(32), 1_000_000, 1_000_000, 1_000_000)
    assert len(payload_bytes.write_memo(memo)) + 64 < 512
    assert payload_bytes.read_memo(payload_bytes.write_memo(memo)) == memo
