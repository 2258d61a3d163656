"""How the site refuses what was handed in sealed: failures, their codes, and the gate."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from dropbox import errors, filing
from dropbox.errors import DropboxError, HandlerElsewhere, StoreBusy, StoreFull
from dropbox.mailbox import Mailboxes
from dropbox.protocol import channel_card, handed_in, withdrawal
from dropbox.protocol.handed_in import Answer, Consent
from dropbox.protocol.padding import LETTER_SIZES
from dropbox.site import admission, answers
from dropbox.site.admission import RETRY_AFTER_SECONDS, Gate, NotNow, OnlySmall
from dropbox.store import Store, Tables
from tests.blind_server import new_report
from tests.organisation import Office, office
from tests.sealed_world import TABLES, code, count, hand_in, message_of, written
from tests.site_client import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with two channels."""
    return World(tmp_path, (office(), Office(office().handlers, slug="hotline")))


@pytest.mark.parametrize("kind", [StoreBusy, StoreFull, HandlerElsewhere, RuntimeError])
def test_failure_is_six_bytes_and_a_class_name(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: type[Exception],
) -> None:
    """A machine that refuses and a bug are told apart in the log only, without any value."""

    def broken(*_arguments: object, **_words: object) -> None:
        raise kind

    monkeypatch.setattr(Mailboxes, "file_report", broken)
    filed = new_report(world.offices[0])
    with caplog.at_level(logging.DEBUG):
        answer = hand_in(world, "report", written(filed))
    assert code(answer) is Answer.FAILING
    assert answer.status_code >= 409
    assert [one.getMessage().split(" at ")[0] for one in caplog.records] == [kind.__name__]


def _raised_by(function: object) -> set[str]:
    """Return the names in the "Raises" part of a docstring."""
    text = (function.__doc__ or "").partition("Raises:")[2]
    return set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", text)) - {"DropboxError"}


EXPECTED = {
    "AlreadyReceived": Answer.DONE_BEFORE,
    "AnotherLetter": Answer.MALFORMED,
    "BadSignature": Answer.MALFORMED,
    "CardExpired": Answer.CHANNEL_CLOSED,
    "CardTooEarly": Answer.CHANNEL_CLOSED,
    "ForeignEnvelope": Answer.MALFORMED,
    "ForeignHandler": Answer.READERS_CHANGED,
    "HandlerElsewhere": Answer.FAILING,
    "LetterTooOld": Answer.TOO_OLD,
    "MailboxChanged": Answer.MAILBOX_CHANGED,
    "MailboxFull": Answer.MAILBOX_FULL,
    "MalformedEnvelope": Answer.MALFORMED,
    "MalformedRecord": Answer.MALFORMED,
    "MalformedWithdrawal": Answer.MALFORMED,
    "NotNow": Answer.NOT_NOW,
    "OnlySmall": Answer.NOT_NOW,
    "StoreError": Answer.FAILING,
    "UnknownChannel": Answer.CHANNEL_CLOSED,
    "UnknownMailbox": Answer.UNKNOWN_MAILBOX,
    "UnknownVersion": Answer.MALFORMED,
    "WeakKey": Answer.MALFORMED,
}


def test_every_failure_of_these_use_cases_has_its_code() -> None:
    """What the use cases say that they raise is listed here, each with the code it gets."""
    functions = (
        *(getattr(Mailboxes, name) for name in ("file_report", "hand_in", "append", "transfer")),
        *(Mailboxes.withdraw, Mailboxes.page),
        *(handed_in.read_report, handed_in.read_message, handed_in.read_consent),
        *(Gate.report, Gate.message),
    )
    assert set().union(*map(_raised_by, functions)) == EXPECTED.keys()
    for name, expected in EXPECTED.items():
        rooms = (errors, filing, channel_card, handed_in, admission)
        kind = next(getattr(room, name) for room in rooms if hasattr(room, name))
        assert answers.of(kind()) is expected


def test_failure_without_a_line_of_its_own_has_a_code() -> None:
    """A new class cannot leave a sender without an answer."""

    class New(DropboxError):
        pass

    assert answers.of(New()) is Answer.FAILING


# Admission


class Spy:
    """Stands in the gate's place: lets in what it is told to, and notes what was asked."""

    def __init__(self, refuses: type[DropboxError] | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self._refuses = refuses

    def _ask(self, share: str, letter_bytes: int) -> nullcontext[None]:
        self.asked.append((share, letter_bytes))
        if self._refuses:
            raise self._refuses
        return nullcontext()

    def report(self, letter_bytes: int) -> nullcontext[None]:
        """Let a report in."""
        return self._ask("report", letter_bytes)

    def message(self, letter_bytes: int) -> nullcontext[None]:
        """Let a message in."""
        return self._ask("message", letter_bytes)


def guarded(world: World, refuses: type[DropboxError] | None = None) -> Spy:
    """Put a spy in the place of the gate."""
    spy = Spy(refuses)
    known = world.app.extensions
    known["meldkluis"] = replace(known["meldkluis"], gate=spy)
    return spy


def test_gate_counts_what_was_sealed_elsewhere(world: World) -> None:
    """The padded size is read from the envelope; a consent costs a report and a message."""
    spy = guarded(world)
    first = new_report(world.offices[0], text="x" * 5000)
    second = new_report(world.offices[1])
    hand_in(world, "report", written(first))
    hand_in(world, "consent", Consent(second.new, message_of(world, first)).raw())
    small, middle = LETTER_SIZES[:2]
    assert spy.asked == [("report", middle), ("report", small), ("message", small)]


@pytest.mark.parametrize("kind", [NotNow, OnlySmall])
def test_closed_gate_advises_to_come_back(
    world: World, kind: type[DropboxError], caplog: pytest.LogCaptureFixture
) -> None:
    """The answer names the same pause as a form's, and no line is logged, however many come."""
    guarded(world, kind)
    filed = new_report(world.offices[0])
    with caplog.at_level(logging.DEBUG):
        answer = hand_in(world, "report", written(filed))
    assert (answer.status_code, code(answer)) == (503, Answer.NOT_NOW)
    assert answer.headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
    assert count(world) == [0] * len(TABLES)
    assert caplog.text == ""


def test_what_is_refused_anyway_does_not_ask_the_gate(world: World) -> None:
    """Nobody learns for nothing whether there is room: the gate comes last."""
    filed = new_report(world.offices[0])
    said = message_of(world, filed)
    hand_in(world, "report", written(filed))
    spy = guarded(world, NotNow)
    stale = replace(said, replaces=bytes(32))
    strange = replace(said, token=bytes(32))
    cut = new_report(world.offices[0]).new
    wrong = handed_in.write_report(replace(cut, envelope=cut.envelope[:-1]))
    for where, data, expected in (
        ("report", written(filed), Answer.DONE_BEFORE),
        ("report", wrong, Answer.MALFORMED),
        ("message", stale.raw(), Answer.MAILBOX_CHANGED),
        ("message", strange.raw(), Answer.UNKNOWN_MAILBOX),
    ):
        assert code(hand_in(world, where, data)) is expected
    assert spy.asked == []
    assert code(hand_in(world, "withdrawal", withdrawal.make(filed.keys))) is Answer.DONE
    assert spy.asked == []


def test_letter_that_the_disk_refuses_is_not_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that fails gives back what the gate took."""
    gate: Gate = world.app.extensions["meldkluis"].gate
    before = gate._figures.tolist()

    write = Store.write

    @contextmanager
    def full(store: Store) -> Iterator[Tables]:
        with write(store) as tables:
            yield tables
        raise StoreFull

    monkeypatch.setattr(Store, "write", full)
    filed = new_report(world.offices[0])
    assert code(hand_in(world, "report", written(filed))) is Answer.FAILING
    assert gate._figures.tolist() == before
