"""The list of cases: one row for each, what is owed, and how a person asks for some of them.

Pure: no vault, no clock. Invariants: a row says nothing that points to a person: neither a
name nor a word of what was written; a clock is a level and a number of days, for words to say;
a case that is paused owes nothing, and one that was put aside comes back with what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from dropbox.desk import care, quarters
from dropbox.desk.care import CareTask
from dropbox.desk.cases import Case, Clock
from dropbox.desk.triage import BLANK, Mark, heard

RECEIPT_AHEAD_DAYS = 2
FEEDBACK_AHEAD_DAYS = 30
"""From so many days before a date owed on, the list asks for attention."""

ROWS_A_PAGE = 50

CALM, SOON, LATE, MET, STOPPED = "calm", "soon", "late", "met", "stopped"
OWED = ("receipt", "feedback", "soon", "late", "words")
"""What a list can be asked for: a date of one kind, dates near or past, or words to answer."""

FORM = "form"
"""How a report came that bears no origin."""

SORTS = ("owed", "new", "age", "activity", "state")
NOBODY = "nobody"
_FAR = date.max

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Due:
    """A clock as a list shows it: day owed, days left (negative when late), and its level."""

    day: date
    left: int
    level: str

    @property
    def is_open(self) -> bool:
        """Tell whether it runs."""
        return self.level in (CALM, SOON, LATE)


@dataclass(frozen=True, slots=True)
class Row:
    """One case. ``mailbox_id`` has 32 bytes; codes are those of the protocol and the taxonomies.

    ``asks`` tells that the reporter's last words were not answered, also after a closing;
    ``new`` counts what others wrote, notes included, and nobody looked at here; ``damaged``
    that the case does not open, so that the rest is unknown; ``assignee`` is a handler's
    8-byte id, or empty; ``origin`` is the report's, empty where it came through the form.
    ``quarter`` is the one that patterns count it in, ``said`` that the reporter named it.
    ``tasks`` are those of care that wait for somebody.
    """

    mailbox_id: bytes
    number: str
    reported: date = date.min
    age_days: int = 0
    mode: str = ""
    unit: str = ""
    conduct: tuple[str, ...] = ()
    state: str = ""
    outcome: str = ""
    on_hold: bool = False
    receipt: Due | None = None
    feedback: Due | None = None
    last: date = date.min
    entries: int = 0
    new: int = 0
    asks: bool = False
    gaps: bool = False
    conflict: bool = False
    troubles: int = 0
    damaged: bool = False
    label: str = ""
    aside: bool = False
    draft: bool = False
    assignee: bytes = b""
    grounds: tuple[str, ...] = ()
    quarter: str = ""
    said: bool = False
    tasks: tuple[CareTask, ...] = ()
    origin: str = ""

    @property
    def dues(self) -> list[Due]:
        """Return the clocks that run."""
        return [due for due in (self.receipt, self.feedback) if due is not None and due.is_open]

    @property
    def level(self) -> str:
        """Return the level of the worst clock."""
        levels = [due.level for due in self.dues]
        return next((each for each in (LATE, SOON) if each in levels), CALM)

    @property
    def first_owed(self) -> date:
        """Return the first day that is owed, or the last day of all for none."""
        return min((due.day for due in self.dues), default=_FAR)

    @property
    def came_back(self) -> bool:
        """Tell whether the reporter wrote after the closing, so that somebody is to look."""
        return self.asks and self.state == "closed"


@dataclass(frozen=True)
class Beside:
    """What stands beside a thread and belongs in its row."""

    mark: Mark = BLANK
    troubles: int = 0
    draft: bool = False


def due(clock: Clock, ahead_days: int, today: date) -> Due:
    """Return a clock as a list shows it; amber from ``ahead_days`` days before on."""
    left = clock.days_left(today)
    if clock.met:
        level = MET
    elif clock.stopped:
        level = STOPPED
    elif left < 0:
        level = LATE
    else:
        level = SOON if left <= ahead_days else CALM
    return Due(clock.owed, left, level)


def asks(case: Case, today: date) -> bool:
    """Tell whether the reporter wrote something that no handler answered since.

    An aftercare question, sealed at the closing, answers nothing that came later; nor does a
    closing by who had not seen it.
    """
    if case.wrote_since_closing:
        return True
    written = [e.order for e, r in case.replies if r.not_before is None]
    words = [e.order for e, message in case.messages if message.text and e.released(today)]
    return max(words, default=(date.min, 0, b"")) > max(written, default=(date.min, 0, b""))


def row(case: Case, number: str, own_id: bytes, today: date, beside: Beside) -> Row:
    """Return the row of a case.

    Args:
        case: with its report.
        number: its number on the screen.
        own_id: this handler's 8-byte id.
        today: the day of looking.
        beside: what stands beside the thread.
    """
    standing, report = case.standing(), case.report
    known = heard(case, own_id)
    quarter, said = quarters.of_report(report)
    return Row(
        mailbox_id=case.mailbox_id,
        number=number,
        reported=report.day,
        age_days=(today - report.day).days,
        mode=report.mode,
        unit=report.unit,
        conduct=report.conduct,
        state=standing.state,
        outcome=standing.outcome,
        on_hold=standing.on_hold,
        receipt=due(case.receipt_clock(today), RECEIPT_AHEAD_DAYS, today),
        feedback=due(case.feedback_clock(today), FEEDBACK_AHEAD_DAYS, today),
        last=max(entry.content.day for entry in (*case.entries, *case.notes)),
        entries=len(case.entries),
        new=max(0, known - beside.mark.looked),
        asks=asks(case, today),
        gaps=bool(case.gaps(own_id)),
        conflict=bool(standing.overruled or case.assignment().overruled),
        troubles=beside.troubles,
        label=beside.mark.label,
        aside=beside.mark.is_aside(known),
        draft=beside.draft,
        assignee=case.assignee() or b"",
        grounds=report.grounds,
        quarter=quarter,
        said=said,
        tasks=care.to_do(case, today),
        origin=report.origin,
    )


@dataclass(frozen=True)
class Wanted:
    """What a person asked the list for; an empty field asks for nothing.

    ``owed`` is one of `OWED`, ``sort`` one of `SORTS`; ``who`` is a handler's id
    in hexadecimal or `NOBODY`;
    ``origin`` is that of a report, or `FORM` for none;
    ``aside`` shows the cases that were put aside instead of the others.
    """

    state: str = ""
    unit: str = ""
    conduct: str = ""
    mode: str = ""
    owed: str = ""
    label: str = ""
    who: str = ""
    origin: str = ""
    aside: bool = False
    sort: str = "owed"


def fits(found: Row, wanted: Wanted) -> bool:
    """Tell whether a row is asked for; a damaged case always is: it needs a person."""
    if found.damaged:
        return True
    return (
        found.aside == wanted.aside
        and wanted.state in ("", "paused" if found.on_hold else found.state or "new")
        and wanted.unit in ("", found.unit)
        and (not wanted.conduct or wanted.conduct in found.conduct)
        and wanted.mode in ("", found.mode)
        and wanted.label in ("", found.label)
        and wanted.who in ("", found.assignee.hex() or NOBODY)
        and wanted.origin in ("", found.origin or FORM)
        and (not wanted.owed or _owes(found, wanted.owed))
    )


def _owes(found: Row, owed: str) -> bool:
    if owed == "words":
        return found.asks
    if owed in (SOON, LATE):
        return any(each.level == owed for each in found.dues)
    clock = found.receipt if owed == "receipt" else found.feedback
    return clock is not None and clock.is_open


_KEYS: dict[str, Callable[[Row], tuple[object, ...]]] = {
    "owed": lambda each: (not each.asks, each.first_owed, each.reported),
    "new": lambda each: (each.new == 0, -each.last.toordinal()),
    "age": lambda each: (each.reported,),
    "activity": lambda each: (-each.last.toordinal(),),
    "state": lambda each: (each.state, each.first_owed),
}


def chosen(rows: Iterable[Row], wanted: Wanted) -> list[Row]:
    """Return the rows that are asked for, in the order that is asked for, damaged ones first."""
    key = _KEYS.get(wanted.sort, _KEYS["owed"])
    found = [each for each in rows if fits(each, wanted)]
    return sorted(found, key=lambda each: (not each.damaged, *key(each), each.mailbox_id))


def page(rows: Sequence[Line], number: int) -> tuple[Sequence[Line], int, int]:
    """Return the lines of one page, its number within what there is, and how many there are."""
    pages = max(1, -(-len(rows) // ROWS_A_PAGE))
    number = min(max(number, 1), pages)
    return rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE], number, pages


@dataclass(frozen=True)
class Counts:
    """How many cases of each sort there are, those put aside apart."""

    all: int
    new: int
    soon: int
    late: int
    asking: int
    paused: int
    aside: int
    damaged: int


def counts(rows: Iterable[Row]) -> Counts:
    """Count rows; what was put aside counts as nothing else."""
    every = list(rows)
    shown = [each for each in every if not each.aside]
    return Counts(
        all=len(every),
        new=sum(each.new > 0 for each in shown),
        soon=sum(each.level == SOON for each in shown),
        late=sum(each.level == LATE for each in shown),
        asking=sum(each.asks for each in shown),
        paused=sum(each.on_hold for each in shown),
        aside=len(every) - len(shown),
        damaged=sum(each.damaged for each in every),
    )


@dataclass(frozen=True)
class Codes:
    """What a list can be filtered by: what occurs in it, sorted.

    ``origins`` are those of reports, and `FORM`.
    """

    units: tuple[str, ...]
    conduct: tuple[str, ...]
    labels: tuple[str, ...]
    origins: tuple[str, ...]


def codes(rows: Iterable[Row]) -> Codes:
    """Collect the codes and labels of rows."""
    every = list(rows)
    conduct = {code for each in every for code in each.conduct}
    units, labels = {each.unit for each in every}, {each.label for each in every}
    origins = {each.origin or FORM for each in every if not each.damaged}
    return Codes(
        tuple(sorted(units - {""})),
        tuple(sorted(conduct)),
        tuple(sorted(labels - {""})),
        tuple(sorted(origins)),
    )
