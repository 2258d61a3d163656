"""The answer of the real site is lost or is none: nothing is lost, nothing is stored twice."""

from __future__ import annotations

import pytest

from dropbox.protocol import handed_in, keys, reply_code, reporter
from dropbox.protocol.channel_card import read_card
from dropbox.protocol.mailbox_page import unpack
from dropbox.reporter.sealing import Saying, Thread, seal_message
from tests import hostile_server
from tests.hostile_server import BAD_ANSWERS, MAILBOX, OCTETS, REPORT, Answer, Asked, HostileServer
from tests.organisation import SITE_ID
from tests.sealed_pages import ANSWERED, MESSAGE, PROBLEM, SEAL, WORDS, Reporter, act
from tests.sealing_world import SealingWorld

pytestmark = pytest.mark.parametrize("visits", ["chromium"], indirect=True, scope="module")

SLUG = "meldpunt"
DONE = handed_in.answer(handed_in.Answer.DONE)
TEXT = "Een merkteken-verhaal dat blijft staan."


def sealed(hostile: HostileServer) -> list[Asked]:
    """Return what was handed in sealed."""
    return [asked for asked in hostile.posts() if asked.path != MAILBOX]


@pytest.mark.parametrize("after", [False, True])
def test_report_whose_answer_is_lost_is_stored_once(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, after: bool
) -> None:
    """The same bytes go out again: one report, and the code that opens it."""
    before = sealing.mailboxes()
    hostile.rule = hostile_server.dropping(REPORT, 1, after=after)
    person.open_form(SLUG)
    person.check(TEXT)
    person.visitor.click(SEAL)
    assert person.wait_for_problem() == "Lost"
    assert sealing.mailboxes() == before + after
    assert person.visitor.shown(WORDS) == 0
    words = person.seal()
    first, second = sealed(hostile)
    assert first.body == second.body
    assert sealing.mailboxes() == before + 1
    assert sealing.report(" ".join(words)).text == TEXT


@pytest.mark.parametrize("name", ["empty", "a page of HTML", "noise", "an error of the machine"])
def test_answer_that_is_none_shows_no_code(
    person: Reporter, hostile: HostileServer, name: str
) -> None:
    """Whatever comes in place of an answer, the page says that it does not know."""
    hostile.rule = hostile_server.answering(REPORT, BAD_ANSWERS[name](DONE))
    person.open_form(SLUG)
    person.check(TEXT)
    person.visitor.click(SEAL)
    assert person.wait_for_problem() == "Lost"
    assert person.visitor.shown(WORDS) == 0
    hostile.rule = hostile_server.honest
    assert len(person.seal()) == 10


def test_server_that_lies_about_storing_is_found_out_in_the_mailbox(
    person: Reporter, hostile: HostileServer
) -> None:
    """No page can know at once; the code page asks to open the mailbox, and that does not open."""
    done = Answer(200, {"content-type": OCTETS}, DONE)
    hostile.rule = hostile_server.answering(REPORT, done)
    words = person.report(SLUG, TEXT)
    hostile.rule = hostile_server.honest
    person.open_mailbox(words)
    assert person.visitor.shown(act("hold")) == 0


def test_replayed_mailbox_is_noticed(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld
) -> None:
    """A page that has seen more than the server now shows says so."""
    words = person.report(SLUG, TEXT)
    hostile.rule = hostile_server.replaying(MAILBOX)
    person.open_mailbox(words)
    person.visitor.fill(MESSAGE, "Nog iets.")
    person.visitor.click(act("message"))
    person.visitor.wait(PROBLEM)
    assert [one.text for one in sealing.messages(" ".join(words))] == ["Nog iets."]


@pytest.mark.parametrize("after", [False, True])
def test_message_whose_answer_is_lost_is_stored_once(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, after: bool
) -> None:
    """The text stays, and the same message goes out again."""
    words = person.report(SLUG, TEXT)
    person.open_mailbox(words)
    hostile.rule = hostile_server.dropping("/sealed/message", 1, after=after)
    person.visitor.fill(MESSAGE, "Nog iets.")
    person.visitor.click(act("message"))
    person.visitor.wait(PROBLEM)
    assert person.visitor.value(MESSAGE) == "Nog iets."
    person.press("message")
    assert [one.text for one in sealing.messages(" ".join(words))] == ["Nog iets."]


def say_elsewhere(hostile: HostileServer, sealing: SealingWorld, words: str, text: str) -> None:
    """Send a message with the same code from somewhere else."""
    token = keys.token(SITE_ID, reply_code.parse(words))
    kind = {"content-type": OCTETS}
    page = unpack(hostile.forward(Asked("POST", MAILBOX, kind, token + b"\0")).body)
    assert page is not None
    own = sealing.keys(words)
    memo = reporter.open_memo(own, page.memo)
    thread = Thread(token, own, memo, page.memo, memo.turn + 1)
    card = read_card(sealing.card(sealing.office), SITE_ID, sealing.today)
    sent = seal_message(thread, card, Saying("message", text), sealing.today)
    answer = hostile.forward(Asked("POST", "/sealed/message", kind, sent.raw()))
    assert answer.body == DONE


def test_message_from_a_second_tab_is_not_overwritten(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld
) -> None:
    """What came in between stays; the page reads the mailbox anew, and the text is not lost."""
    words = " ".join(person.report(SLUG, TEXT))
    person.open_mailbox(tuple(words.split()))
    say_elsewhere(hostile, sealing, words, "Uit een ander tabblad.")
    person.visitor.fill(MESSAGE, "Uit dit tabblad.")
    person.visitor.click(act("message"))
    person.visitor.wait(ANSWERED)
    if person.visitor.shown(PROBLEM):
        assert person.visitor.value(MESSAGE) == "Uit dit tabblad."
        person.press("message")
    said = [one.text for one in sealing.messages(words)]
    assert said == ["Uit een ander tabblad.", "Uit dit tabblad."]


@pytest.mark.parametrize("after", [False, True])
def test_withdrawal_whose_answer_is_lost_can_be_sent_again(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, after: bool
) -> None:
    """Whether the site had heard it or not, the second time says that all is gone."""
    words = person.report(SLUG, TEXT)
    person.open_mailbox(words)
    hostile.rule = hostile_server.dropping("/sealed/withdrawal", 1, after=after)
    person.visitor.click(act("withdraw"))
    person.visitor.click(act("withdraw-now"))
    person.visitor.wait(PROBLEM)
    assert sealing.reports(" ".join(words)) == [] or not after
    person.visitor.click(act("withdraw-now"))
    person.visitor.gone(act("withdraw-now"))
    assert sealing.reports(" ".join(words)) == []
