"""A case: what one mailbox said and was answered, and what follows from that by rule.

Pure: no vault, no clock. Invariants: the thread is in the order (day, turn, envelope
id) on every desk that has the same envelopes; the state is that of the reply with
the highest `standing_order`, aftercare left out; a hold goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from dropbox.desk import transfers
from dropbox.desk.transfers import Transfer
from dropbox.protocol.days import feedback_owed, receipt_owed
from dropbox.protocol.handler import Pinned
from dropbox.protocol.payload import MAX_COUNT, STATES, Message, Reply, Report, standing_order

ONLY_CONFIDENTIAL_STATES = frozenset({"in_conversation", "being_handled"})
"""States of a case about a person: the reporter must be known, so that both sides are heard."""

ONLY_CONFIDENTIAL_OUTCOMES = frozenset({"conversation", "mediation", "measure_person"})

ADVISER_STATES = ("received", "read", "in_conversation", "closed")
"""A confidential adviser hears nobody else, so has fewer states, for both modes."""

_SHOWN_GAPS = 20
_NO_FEEDBACK = frozenset({"received", "read"})


@dataclass(frozen=True)
class Entry:
    """One item of a thread: a report, a message or a reply, and who wrote it.

    ``author`` is a handler's 8-byte id, empty for the reporter; ``role`` that
    handler's role per language. ``envelope_id`` has 32 bytes.
    """

    envelope_id: bytes
    author: bytes
    role: dict[str, str]
    report: Report | None = None
    message: Message | None = None
    reply: Reply | None = None

    @property
    def content(self) -> Report | Message | Reply:
        """Return what was written."""
        for found in (self.report, self.message, self.reply):
            if found is not None:
                return found
        raise ValueError("an entry without content")

    @property
    def order(self) -> tuple[date, int, bytes]:
        """Return what threads are sorted by."""
        return self.content.day, self.content.turn, self.envelope_id

    def released(self, today: date) -> bool:
        """Tell whether the reporter can see it on ``today``."""
        return self.reply is None or (self.reply.not_before or today) <= today


@dataclass(frozen=True)
class Clock:
    """A date owed. ``stopped`` while the reporter pauses; ``met`` once it was kept."""

    owed: date
    met: bool
    stopped: bool

    def days_left(self, today: date) -> int:
        """Return the days that are left, negative when it is overdue."""
        return (self.owed - today).days


@dataclass(frozen=True)
class Standing:
    """Where a case stands. ``state`` is empty until the first reply.

    ``overruled`` holds the replies that were written at the same turn with another
    state and do not count.
    """

    state: str
    outcome: str
    on_hold: bool
    overruled: tuple[Entry, ...]


@dataclass(frozen=True)
class Gap:
    """Something that exists and is not here: letters by number, or reporter's envelopes.

    ``author`` is empty for the reporter's own letters.
    """

    author: bytes
    role: dict[str, str]
    numbers: tuple[int, ...]
    unseen: int


@dataclass(frozen=True)
class Case:
    """A mailbox with its report. ``entries`` are in thread order."""

    pinned: Pinned
    entries: tuple[Entry, ...]

    @property
    def mailbox_id(self) -> bytes:
        """Return the 32-byte id of the mailbox, which names the case."""
        return self.pinned.mailbox_id

    @property
    def report(self) -> Report:
        """Return the first submission."""
        return next(entry.report for entry in self.entries if entry.report is not None)

    @property
    def replies(self) -> list[tuple[Entry, Reply]]:
        """Return all replies with their entries, also those for a later day."""
        return [(entry, entry.reply) for entry in self.entries if entry.reply is not None]

    @property
    def messages(self) -> list[tuple[Entry, Message]]:
        """Return all later messages of the reporter with their entries."""
        return [(entry, entry.message) for entry in self.entries if entry.message is not None]

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """Return every question whether another channel may read, and its answer, in order."""
        asked = [(entry.envelope_id, entry.author, reply) for entry, reply in self.replies]
        return transfers.found(asked, [message for _entry, message in self.messages])

    @property
    def readers(self) -> frozenset[bytes]:
        """Return the ids of the handlers who may read: the report's, minus all excluded since."""
        excluded: set[bytes] = set(self.report.excluded)
        for _entry, message in self.messages:
            excluded.update(message.excluded)
        return frozenset(self.report.recipients) - excluded

    @property
    def next_turn(self) -> int:
        """Return the turn of whatever is written next."""
        highest = max(entry.content.turn for entry in self.entries)
        return min(1 + highest, MAX_COUNT)  # a reporter may claim any turn

    def next_number(self, author: bytes) -> int:
        """Return the number of the next reply by a handler."""
        return 1 + max((r.number for e, r in self.replies if e.author == author), default=0)

    def standing(self) -> Standing:
        """Return where the case stands."""
        shown = [(e, r) for e, r in self.replies if r.not_before is None]
        if not shown:
            return Standing("", "", bool(self.holds()), ())
        _entry, last = max(shown, key=lambda pair: standing_order(pair[1], pair[0].author))
        overruled = tuple(
            e for e, r in shown if r.turn == last.turn and r.state != last.state and r is not last
        )
        return Standing(last.state, last.outcome, bool(self.holds()), overruled)

    def holds(self) -> list[Entry]:
        """Return the holds that no resume ended.

        A resume ends the hold that it names and every one of a lower turn: two holds may
        have been sent at the same time, and the reporter sees only one pause.
        """
        return [entry for entry, message in self.messages if self._end(entry, message) is None]

    def _end(self, entry: Entry, message: Message) -> date | None:
        """Return the day on which a hold ended, ``date.max`` for no hold, None while it lasts."""
        if message.kind != "hold":
            return date.max
        ends = [
            other.day
            for _entry, other in self.messages
            if other.kind == "resume"
            and (other.hold == entry.envelope_id or other.turn > message.turn)
        ]
        return min(ends, default=None)

    def days_on_hold(self, today: date) -> int:
        """Return the number of days up to ``today`` on which the case was paused."""
        first = self.report.day
        spans = [
            (max(message.day, first), min(self._end(entry, message) or today, today))
            for entry, message in self.messages
            if message.kind == "hold"
        ]
        return _covered_days(spans)

    def receipt_clock(self, today: date) -> Clock:
        """Return the clock of the confirmation, kept by any reply."""
        met = any(entry.released(today) for entry, _reply in self.replies)
        return self._clock(receipt_owed(self.report.day), met, today)

    def feedback_clock(self, today: date) -> Clock:
        """Return the clock of the feedback, kept by a reply that says what is being done."""
        met = any(e.released(today) and r.state not in _NO_FEEDBACK for e, r in self.replies)
        return self._clock(feedback_owed(self.report.day), met, today)

    def _clock(self, owed: date, met: bool, today: date) -> Clock:
        paused = timedelta(days=self.days_on_hold(today))
        return Clock(owed + paused, met, bool(self.holds()) and not met)

    def gaps(self, own_id: bytes) -> list[Gap]:
        """Return what others wrote or read that this desk does not have."""
        here = {entry.envelope_id for entry in self.entries if not entry.author}
        written = {1, *(message.number for _entry, message in self.messages)}
        lost = _missing(written)
        found = [Gap(b"", {}, lost, 0)] if lost else []
        for author in sorted({entry.author for entry, _reply in self.replies}):
            mine = [(e, r) for e, r in self.replies if e.author == author]
            numbers = {reply.number for _entry, reply in mine}
            missing = _missing(numbers)
            seen = {each for _entry, reply in mine for each in reply.seen}
            unseen = 0 if author == own_id else len(seen - here)
            if missing or unseen:
                found.append(Gap(author, mine[-1][0].role, missing, unseen))
        return found


def _missing(numbers: set[int]) -> tuple[int, ...]:
    """Return the first numbers that are not there; a writer may claim any number."""
    absent = (n for n in range(1, max(numbers)) if n not in numbers)
    return tuple(islice(absent, _SHOWN_GAPS))


def _covered_days(spans: Iterable[tuple[date, date]]) -> int:
    days, reached = 0, date.min
    for start, end in sorted(spans):
        days += max(0, (end - max(start, reached)).days)
        reached = max(reached, end)
    return days


def allowed_states(kind: str, mode: str) -> tuple[str, ...]:
    """Return the states that a handler may give.

    Args:
        kind: the channel's kind; an adviser's states differ.
        mode: the report's mode; an anonymous one has no states about a person.
    """
    if kind == "adviser":
        return ADVISER_STATES
    if mode == "anonymous":
        return tuple(state for state in STATES if state not in ONLY_CONFIDENTIAL_STATES)
    return STATES
