"""A hostile server forges what stands in a mailbox of the real page: refused, each time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dropbox.protocol import payload, reporter
from dropbox.protocol.mailbox_page import MailboxPage
from tests import hostile_server
from tests.hostile_server import BAD_ANSWERS, MAILBOX, Answer, Asked, HostileServer
from tests.sealed_pages import LETTER, MESSAGE, UNOPENED, Reporter, act
from tests.sealing_world import SealingWorld, bad_replies
from tests.visitor import Visits

pytestmark = pytest.mark.parametrize("visits", ["chromium"], indirect=True, scope="module")

SLUG = "meldpunt"
TEXT = "Een merkteken-verhaal dat blijft staan."
FORGED = "Dit is een merkteken-vervalsing."
GENUINE = "Dit is echt geschreven."
SHUT_OUT = 1
REPLIES = (
    *("by a key that nobody certified", "by a handler of another channel"),
    *("by a handler who was shut out", "under another's certificate", "of another mailbox"),
    *("with one byte changed", "cut short"),
)


@pytest.fixture(scope="module")
def words(sealing: SealingWorld, visits: Visits, running_hostile: HostileServer) -> tuple[str, ...]:
    """File a report from which the second reader is shut out; bring one genuine reply."""
    running_hostile.rule = hostile_server.honest
    with visits.visit() as visitor:
        person = Reporter(visitor, running_hostile.origin)
        person.open_form(SLUG)
        person.exclude(SHUT_OUT)
        person.check(TEXT)
        found = person.seal()
    sealing.deliver(sealing.reply(" ".join(found), GENUINE))
    return found


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_answer_that_is_no_mailbox_is_refused(
    person: Reporter, hostile: HostileServer, words: tuple[str, ...], name: str
) -> None:
    """The page says so, keeps what was typed, and opens the mailbox when the answer is whole."""

    def bad(asked: Asked, forward: hostile_server.Forward) -> Answer:
        answer = forward(asked)
        return BAD_ANSWERS[name](answer.body) if asked.path == MAILBOX else answer

    hostile.rule = bad
    person.try_to_open(words)
    person.wait_for_problem()
    assert person.visitor.shown(LETTER) == person.visitor.shown(MESSAGE) == 0
    hostile.rule = hostile_server.honest
    person.open_mailbox(words)
    assert GENUINE in person.letters()[0]


@pytest.mark.parametrize("name", REPLIES)
def test_forged_reply_is_not_shown(
    person: Reporter,
    hostile: HostileServer,
    sealing: SealingWorld,
    words: tuple[str, ...],
    name: str,
) -> None:
    """It is counted as one that does not open, beside the genuine one, which is shown."""
    forged = bad_replies(sealing, " ".join(words), sealing.office.handlers[SHUT_OUT], FORGED)[name]
    hostile.rule = hostile_server.in_mailbox(
        lambda page: replace(page, replies=(forged, *page.replies))
    )
    told = person.open_mailbox(words)
    assert "merkteken-vervalsing" not in told
    assert person.visitor.shown(UNOPENED) == 1
    assert len(person.letters()) == 1
    assert GENUINE in person.letters()[0]


@pytest.mark.parametrize("forged", [True, False])
def test_memo_that_is_not_the_reporters_own_writes_to_nobody(
    person: Reporter,
    hostile: HostileServer,
    sealing: SealingWorld,
    words: tuple[str, ...],
    forged: bool,
) -> None:
    """A forged or damaged memo names no readers: the mailbox opens, and nothing can be sent."""

    def changed(page: MailboxPage) -> MailboxPage:
        own = sealing.keys(" ".join(words))
        stranger = replace(own, ed_seed=bytes(range(32)))
        named = tuple(handler.handler_id for handler in sealing.office.handlers)
        memo = reporter.seal_memo(stranger, payload.Memo(day=sealing.today, recipients=named))
        return replace(page, memo=memo if forged else page.memo[:-1] + b"\0")

    hostile.rule = hostile_server.in_mailbox(changed)
    person.open_mailbox(words)
    assert person.visitor.shown(MESSAGE) == 0
    assert person.visitor.shown(act("withdraw")) == 1


def test_mailbox_of_somebody_else_is_refused(
    person: Reporter, hostile: HostileServer, words: tuple[str, ...]
) -> None:
    """A whole and genuine page of another mailbox is not shown under this code."""
    other = person.report(SLUG, "Van iemand anders.")
    person.open_mailbox(other)
    kept: list[Answer] = []

    def rule(asked: Asked, forward: hostile_server.Forward) -> Answer:
        if asked.path != MAILBOX:
            return forward(asked)
        return kept[0]

    asked = next(each for each in reversed(hostile.posts()) if each.path == MAILBOX)
    kept.append(hostile.forward(asked))
    hostile.rule = rule
    person.try_to_open(words)
    person.wait_for_problem()
    assert person.visitor.shown(MESSAGE) == 0
