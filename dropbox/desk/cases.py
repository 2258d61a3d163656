"""A case: what one mailbox said and was answered, and what follows from that by rule.

Pure: no vault, no clock. Invariants: the thread is in the order (day, turn, envelope
id) on every desk that has the same envelopes; the state is that of the reply with
the highest `standing_order`, aftercare left out; a hold goes before it. Handlers' notes
stand apart from the thread; among them the one with the highest (turn, handler id,
number) says who does the case, and whether a task is done. Which state may follow is in
`dropbox.desk.moves`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from dropbox.desk import transfers
from dropbox.desk.transfers import Transfer
from dropbox.protocol.days import feedback_owed, receipt_owed
from dropbox.protocol.handler import Pinned
from dropbox.protocol.note import Note
from dropbox.protocol.payload import MAX_COUNT, MAX_SEEN, Message, Reply, Report, standing_order

_SHOWN_GAPS = 20
_NO_FEEDBACK = frozenset({"received", "read"})


@dataclass(frozen=True)
class Entry:
    """One item of a case: a report, a message, a reply or a note, and who wrote it.

    ``author`` is a handler's 8-byte id, empty for the reporter; ``role`` that
    handler's role per language. ``envelope_id`` has 32 bytes.
    """

    envelope_id: bytes
    author: bytes
    role: dict[str, str]
    report: Report | None = None
    message: Message | None = None
    reply: Reply | None = None
    note: Note | None = None

    @property
    def content(self) -> Report | Message | Reply | Note:
        """Return what was written."""
        for found in (self.report, self.message, self.reply, self.note):
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

    ``author`` is empty for the reporter's own letters. ``notes`` are numbers of notes.
    """

    author: bytes
    role: dict[str, str]
    numbers: tuple[int, ...]
    unseen: int
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Assignment:
    """Who of the channel does a case: an 8-byte id, None for nobody.

    ``entry`` is the note that says so, None before the first; ``overruled`` are those that
    were written at the same turn, name somebody else, and do not count.
    """

    assignee: bytes | None
    entry: Entry | None
    overruled: tuple[Entry, ...]


@dataclass(frozen=True)
class Task:
    """A care task that some handler ticked: its code, whether it is done, and the last note.

    ``overruled`` are notes of the same turn that say the contrary and do not count.
    """

    code: str
    done: bool
    entry: Entry
    overruled: tuple[Entry, ...]


@dataclass(frozen=True)
class Case:
    """A mailbox with its report.

    ``entries`` are the thread, ``notes`` what its handlers told each other; both are in
    thread order. Only the thread is between them and the reporter.
    """

    pinned: Pinned
    entries: tuple[Entry, ...]
    notes: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, pinned: Pinned, found: Iterable[Entry]) -> Case:
        """Return the case that consists of these entries, in whatever order they come."""
        ordered = sorted(found, key=lambda entry: entry.order)
        thread = tuple(entry for entry in ordered if entry.note is None)
        return cls(pinned, thread, tuple(entry for entry in ordered if entry.note is not None))

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

    def _noted(self, author: bytes | None = None) -> list[tuple[Entry, Note]]:
        return [
            (entry, entry.note)
            for entry in self.notes
            if entry.note is not None and author in (None, entry.author)
        ]

    @property
    def next_note_turn(self) -> int:
        """Return the turn of the next note; the reporter's turns have no part in it."""
        return min(1 + max((note.turn for _entry, note in self._noted()), default=0), MAX_COUNT)

    def next_note_number(self, author: bytes) -> int:
        """Return the number of the next note by a handler."""
        return 1 + max((note.number for _entry, note in self._noted(author)), default=0)

    def assignment(self) -> Assignment:
        """Return who does the case, by the last note that says so.

        A handler who may not read it any more does it no more.
        """
        last, lost = _decided(
            [(e, n) for e, n in self._noted() if n.kind == "assign"],
            lambda note: note.assignee,
        )
        if last is None:
            return Assignment(None, None, ())
        assignee = last[1].assignee
        return Assignment(assignee if assignee in self.readers else None, last[0], lost)

    def assignee(self) -> bytes | None:
        """Return the 8-byte id of the handler who does the case, None for nobody."""
        return self.assignment().assignee

    def tasks(self) -> tuple[Task, ...]:
        """Return every care task that a handler ticked, by code."""
        noted = [(entry, note) for entry, note in self._noted() if note.kind == "task"]
        found = []
        for code in sorted({note.task for _entry, note in noted}):
            last, lost = _decided([(e, n) for e, n in noted if n.task == code], lambda n: n.done)
            if last is not None:
                found.append(Task(code, last[1].done == "yes", last[0], lost))
        return tuple(found)

    def reasons(self, envelope_id: bytes) -> tuple[Entry, ...]:
        """Return the notes that say why the reply with this 32-byte id changed the state."""
        return tuple(entry for entry, note in self._noted() if note.about == envelope_id)

    @property
    def wrote_since_closing(self) -> bool:
        """Tell whether the reporter wrote something that the closing reply did not know of.

        A reply names the newest envelopes that its writer had seen and no older ones, so
        only as many are looked at.
        """
        closing = self._standing_reply()
        if closing is None or closing.state != "closed":
            return False
        newest = [entry for entry in self.entries if not entry.author][-MAX_SEEN:]
        return any(
            entry.message is not None
            and entry.message.kind == "message"
            and entry.envelope_id not in closing.seen
            for entry in newest
        )

    def _standing_reply(self) -> Reply | None:
        shown = [(e, r) for e, r in self.replies if r.not_before is None]
        last = max(shown, key=lambda pair: standing_order(pair[1], pair[0].author), default=None)
        return None if last is None else last[1]

    def standing(self) -> Standing:
        """Return where the case stands."""
        last = self._standing_reply()
        if last is None:
            return Standing("", "", bool(self.holds()), ())
        overruled = tuple(
            entry
            for entry, reply in self.replies
            if reply.not_before is None and reply.turn == last.turn and reply.state != last.state
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
        written_by = [entry for entry, _reply in self.replies] + list(self.notes)
        roles = {entry.author: entry.role for entry in written_by}
        for author in sorted(roles):
            mine = [reply for entry, reply in self.replies if entry.author == author]
            missing = _missing({reply.number for reply in mine})
            seen = {each for reply in mine for each in reply.seen}
            unseen = 0 if author == own_id else len(seen - here)
            notes = _missing({note.number for _entry, note in self._noted(author)})
            if missing or unseen or notes:
                found.append(Gap(author, roles[author], missing, unseen, notes))
        return found


_Noted = tuple[Entry, Note]


def _decided(
    noted: list[_Noted], says: Callable[[Note], object]
) -> tuple[_Noted | None, tuple[Entry, ...]]:
    """Return the note that counts, and those of the same turn that say something else."""
    if not noted:
        return None, ()
    last = max(noted, key=lambda pair: (pair[1].turn, pair[0].author, pair[1].number))
    lost = tuple(
        entry for entry, note in noted if note.turn == last[1].turn and says(note) != says(last[1])
    )
    return last, lost


def _missing(numbers: set[int]) -> tuple[int, ...]:
    """Return the first numbers that are not there; a writer may claim any number."""
    absent = (n for n in range(1, max(numbers, default=0)) if n not in numbers)
    return tuple(islice(absent, _SHOWN_GAPS))


def _covered_days(spans: Iterable[tuple[date, date]]) -> int:
    days, reached = 0, date.min
    for start, end in sorted(spans):
        days += max(0, (end - max(start, reached)).days)
        reached = max(reached, end)
    return days
