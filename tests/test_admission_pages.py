"""What a reporter sees when nothing more can be taken in: nothing typed is lost."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dropbox import mailbox
from dropbox.reporter import sealing
from dropbox.site.admission import DISK_SECONDS, RETRY_AFTER_SECONDS
from dropbox.upkeep import DiskRoom
from tests.entrance import MIB, WIDE, Entrance
from tests.organisation import office
from tests.site_client import World, code, hidden, textarea

FORM = "/{}/report/meldpunt"
SHORT = "Zeldzaamwoord in het kort."
LONG = "Zeldzaamwoord en veel meer. " * 200


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel."""
    return World(tmp_path, (office(),))


def stored(world: World) -> list[int]:
    """Count what the database holds of every kind that a report makes."""
    tables = ("mailbox", "envelope", "slot", "form_nonce")
    rows = world.server.store.connection()
    return [rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


@contextmanager
def no_sealing() -> Iterator[None]:
    """Fail on any sealing."""

    def sealed(*_arguments: object) -> None:
        raise AssertionError("this was sealed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "seal_report", sealed)
        patch.setattr(sealing, "seal_message", sealed)
        yield


def shown(page: str) -> str:
    """Return the text that a page gives back to be copied."""
    found = re.search(
        r'<textarea[^>]* id="typed"[^>]* readonly>\n(.*?)</textarea>', page, re.DOTALL
    )
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    ("lang", "small", "none", "routes"),
    [
        ("en", "can take only short texts", "cannot take more at this moment", "Other routes"),
        ("nl", "alleen korte teksten", "kan nu niet meer aannemen", "Andere wegen"),
    ],
)
def test_report_over_the_quota_is_refused_with_all_that_was_typed(
    world: World, lang: str, small: str, none: str, routes: str
) -> None:
    """First the long ones, then all: nothing is sealed or stored, nothing typed is lost."""
    entrance = Entrance(replace(WIDE, reports_at_once=4, reports_per_hour=60)).at(world)
    for _ in range(3):
        assert code(world.send(lang=lang, text=LONG))
    before = stored(world)
    long, short = world.reviewed(lang, text=LONG), world.reviewed(lang, text=SHORT)
    with no_sealing():
        answer = world.post(FORM.format(lang), long | {"step": "send"})
    assert small in answer.text
    assert stored(world) == before
    last = world.send(lang=lang, text=SHORT)
    assert code(last)
    before = stored(world)
    for typed, text, words in ((long, LONG, small), (short, SHORT, none)):
        with no_sealing():
            answer = world.post(FORM.format(lang), typed | {"step": "send"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
        assert words in answer.text
        assert routes in answer.text
        assert "0800 0113" in answer.text
        assert shown(answer.text) == text
        assert hidden(answer.text) == typed
    assert stored(world) == before
    entrance.clock.now += 60
    assert code(world.post(FORM.format(lang), hidden(answer.text) | {"step": "send"}))


def test_mailboxes_keep_room_when_reports_are_refused(world: World) -> None:
    """Reading, writing, pausing, resuming and withdrawing go on as ever."""
    Entrance(replace(WIDE, reports_at_once=4)).at(world)
    words, *_others = [world.file(text=SHORT) for _ in range(4)]
    assert world.send(text=SHORT).status_code == 503
    assert "<h1>Your mailbox</h1>" in world.open(words).text
    assert "Your message is sent." in world.act(words, "message", text=SHORT).text
    assert "Your report is paused." in world.act(words, "hold").text
    assert "Your report is resumed." in world.act(words, "resume").text
    token = hidden(world.act(words, "withdraw").text)["token"]
    gone = world.post("/en/mailbox", {"code": words, "token": token, "step": "withdraw_now"})
    assert gone.status_code == 200
    assert "<h1>Your mailbox</h1>" not in world.open(words).text


def test_message_over_the_quota_comes_back_and_withdrawing_still_goes(world: World) -> None:
    """A message that cannot be taken is in its field again; the rest of the mailbox works."""
    words = world.file(text=SHORT)
    Entrance(replace(WIDE, reports_at_once=4)).at(world)
    for _ in range(3):
        assert world.act(words, "message", text=LONG).status_code == 200
    before = stored(world)
    long = world.act(words, "message", text=LONG)
    assert long.status_code == 503
    assert "can take only short texts" in long.text
    assert textarea(long) == LONG
    # The last quarter is there, for a pause too.
    assert world.act(words, "hold").status_code == 200
    before = stored(world)
    with no_sealing():
        short = world.act(words, "message", text=SHORT)
    assert (short.status_code, textarea(short)) == (503, SHORT)
    assert short.headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert stored(world) == before
    assert world.act(words, "withdraw_now").status_code == 200
    assert "<h1>Your mailbox</h1>" not in world.open(words).text


def test_full_disk_refuses_reports_and_nothing_else(world: World) -> None:
    """Below the reserve mailboxes are read, short messages go, and mailboxes are withdrawn."""
    words = world.file(text=SHORT)
    entrance = Entrance(replace(WIDE, disk_reserve_mib=100)).at(world)
    entrance.room = DiskRoom(99 * MIB, 0)
    before = stored(world)
    with no_sealing():
        refused = world.send(text=SHORT)
    assert refused.status_code == 503
    assert shown(refused.text) == SHORT
    assert stored(world) == before
    assert "Your message is sent." in world.act(words, "message", text=SHORT).text
    entrance.room = DiskRoom(0, 0)
    entrance.clock.now += DISK_SECONDS
    assert world.act(words, "message", text=SHORT).status_code == 503
    assert "<h1>Your mailbox</h1>" in world.open(words).text
    assert world.act(words, "withdraw_now").status_code == 200
    assert "<h1>Your mailbox</h1>" not in world.open(words).text


def test_spent_form_tells_nothing_of_the_quota(world: World) -> None:
    """Sent again, a report's form gets one answer, whether or not there is room."""
    entrance = Entrance(replace(WIDE, reports_at_once=4)).at(world)
    typed = world.reviewed(text=SHORT) | {"step": "send"}
    assert code(world.post(FORM.format("en"), typed))
    with no_sealing():
        roomy = world.post(FORM.format("en"), typed).status_code
    while entrance.report() == "in":
        pass
    assert (roomy, world.post(FORM.format("en"), typed).status_code) == (409, 409)


def test_spent_or_false_form_of_a_message_tells_nothing_of_the_quota(world: World) -> None:
    """Nor do a mailbox's forms, or a mailbox that is full."""
    words = world.file(text=SHORT)
    entrance = Entrance(replace(WIDE, reports_at_once=4)).at(world)
    typed = {"code": words, "text": SHORT, "step": "message"}
    spent = typed | {"token": hidden(world.open(words).text)["token"]}
    world.post("/en/mailbox", spent)

    def answers() -> list[int]:
        tried = [spent, typed | {"token": "false"}]
        found = [world.post("/en/mailbox", each).status_code for each in tried]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mailbox, "MAX_ENVELOPES_HELD", 0)
            return [*found, world.act(words, "message", text=SHORT).status_code]

    with no_sealing():
        roomy = answers()
    while entrance.message() == "in":
        pass
    assert answers() == roomy
    assert 503 not in roomy


def test_form_sent_twice_takes_one_place(world: World) -> None:
    """What was received before is not counted again."""
    Entrance(replace(WIDE, reports_at_once=2)).at(world)
    typed = world.reviewed(text=SHORT) | {"step": "send"}
    answers = [world.post(FORM.format("en"), typed).status_code for _ in range(4)]
    assert answers == [200, 409, 409, 409]
    assert code(world.send(text=SHORT))


def test_refused_reports_leave_no_trace(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """No file and no log holds a word of what was refused, nor that anything was."""
    Entrance(replace(WIDE, reports_at_once=1)).at(world)
    words = world.file(text="Iets anders.")
    assert world.send(text=SHORT).status_code == 503
    assert world.send(text=LONG, mode="confidential", name="Zeldzaamwoord").status_code == 503
    world.act(words, "message", text="Zeldzaamwoord")
    left = world.files().decode("latin-1") + caplog.text + "".join(capfd.readouterr())
    assert "zeldzaamwoord" not in left.lower()
    assert caplog.text == ""
