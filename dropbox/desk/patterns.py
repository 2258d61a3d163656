"""Patterns: how many reports there are of a conduct, in a unit, in a quarter.

Pure: it counts rows of the list. Invariants: what a table can be asked by is a code of the
site's own taxonomies, `NONE` or `UNKNOWN`, whatever a report or a form says: a code of a
reporter's own could spell a name, and so all of them share one row. A report counts once in
each of its codes and once in every total of reports. Nothing here knows a text, a name or a
handler.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from dropbox.desk import quarters
from dropbox.desk.overview import Row
from dropbox.desk.quarters import EARLIER
from dropbox.errors import N_, InputError
from dropbox.protocol import days
from dropbox.protocol.payload import MODES

NONE = ""
"""The reporter named no conduct, ground or unit."""
UNKNOWN = "?"
"""All codes together that the taxonomy of this desk does not have."""

CONDUCT, GROUNDS = "conduct", "grounds"
AXES = (CONDUCT, GROUNDS)
"""What a table has beside units and quarters."""

Labels = Mapping[str, Mapping[str, Mapping[str, str]]]
"""The site's words for codes: by taxonomy, code and language."""


class NoSuchCell(InputError):
    """Something else was asked for than a table has."""

    text = N_("The table has no such place. Open the patterns again.")


@dataclass(frozen=True)
class Codes:
    """The codes of the site's taxonomies, in its own order: all that a table may be made of."""

    conduct: tuple[str, ...]
    grounds: tuple[str, ...]
    units: tuple[str, ...]

    @classmethod
    def of(cls, labels: Labels) -> Codes:
        """Return the codes that have words."""
        return cls(*(tuple(labels.get(name, ())) for name in (CONDUCT, GROUNDS, "units")))

    def of_axis(self, axis: str) -> tuple[str, ...]:
        """Return the codes of one of `AXES`."""
        return self.grounds if axis == GROUNDS else self.conduct


def fold(code: str, known: Collection[str]) -> str:
    """Return a code as a table has it: itself, `NONE` or `UNKNOWN`."""
    return code if code in known or code == NONE else UNKNOWN


def folded(found: Iterable[str], known: Collection[str]) -> frozenset[str]:
    """Return the codes of one report as a table has them, at least one."""
    return frozenset(fold(each, known) for each in found) or frozenset((NONE,))


@dataclass(frozen=True)
class Asked:
    """What a person asked for; an empty field asks for all. ``axis`` is one of `AXES`."""

    axis: str = CONDUCT
    year: str = ""
    ground: str = ""
    mode: str = ""

    def checked(self, codes: Codes, years: Collection[str]) -> Asked:
        """Return it without what there is not, so that no form can ask for anything else."""
        return Asked(
            self.axis if self.axis in AXES else CONDUCT,
            self.year if self.year in years else "",
            self.ground if self.ground in codes.grounds else "",
            self.mode if self.mode in MODES else "",
        )

    def fits(self, row: Row) -> bool:
        """Tell whether a case is among those that are asked for; a damaged one never is."""
        return (
            not row.damaged
            and self.year in ("", quarters.year(row.quarter))
            and self.mode in ("", row.mode)
            and (not self.ground or self.ground in row.grounds)
        )


@dataclass(frozen=True)
class Cell:
    """One place of a table; `cell` makes it. ``period`` is empty for all that is asked for."""

    asked: Asked
    codes: Codes
    unit: str
    code: str
    period: str

    @property
    def _known(self) -> tuple[str, ...]:
        return self.codes.of_axis(self.asked.axis)

    def holds(self, row: Row) -> bool:
        """Tell whether a case is counted in this place."""
        return (
            self.asked.fits(row)
            and fold(row.unit, self.codes.units) == self.unit
            and self.code in folded(_of_axis(row, self.asked.axis), self._known)
            and self.period in ("", row.quarter, quarters.year(row.quarter))
        )


Place = tuple[str | None, str | None, str | None]
"""Unit, code and period; None stands for all."""


@dataclass(frozen=True)
class Table:
    """Counts of reports by unit, code and period.

    ``periods`` are the quarters of the year that was asked for, or all years. ``several``
    reports have more than one code, so that codes add up to more than reports; of ``said``
    the reporter named the quarter, of the others it is that of the report's day. ``damaged``
    cases could not be counted.
    """

    asked: Asked
    codes: tuple[str, ...]
    units: tuple[str, ...]
    periods: tuple[str, ...]
    reports: int
    several: int
    said: int
    damaged: int
    counts: Mapping[Place, int] = field(repr=False)

    def count(
        self, unit: str | None = None, code: str | None = None, period: str | None = None
    ) -> int:
        """Return how many reports there are; a total for what is left out, each counted once."""
        return self.counts.get((unit, code, period), 0)


def years(rows: Iterable[Row], today: date | None = None) -> list[str]:
    """Return the years in which reports count, and today's, newest first; `EARLIER` is none."""
    found = {quarters.year(each.quarter) for each in rows if not each.damaged}
    found |= {quarters.year(days.quarter(today))} if today else set()
    return sorted(found - {EARLIER}, reverse=True)


def table(rows: Iterable[Row], codes: Codes, asked: Asked) -> Table:
    """Count reports.

    Args:
        rows: all cases of a desk that were not withdrawn.
        codes: the site's taxonomies.
        asked: see `Asked.checked`.
    """
    every = list(rows)
    found = [each for each in every if asked.fits(each)]
    # Most reports are like many others: what they have in common is looked at once.
    alike = Counter((each.unit, _of_axis(each, asked.axis), each.quarter) for each in found)
    counts: Counter[Place] = Counter()
    several = 0
    for (named, own, quarter), number in alike.items():
        unit, kept = fold(named, codes.units), folded(own, codes.of_axis(asked.axis))
        several += number * (len(kept) > 1)
        period = quarter if asked.year else quarters.year(quarter)
        for place in product((unit, None), (*kept, None), (period, None)):
            counts[place] += number
    return Table(
        asked=asked,
        codes=_with_others(codes.of_axis(asked.axis), {code for _u, code, _p in counts}),
        units=_with_others(codes.units, {unit for unit, _c, _p in counts}),
        periods=_periods(asked, every),
        reports=len(found),
        several=several,
        said=sum(each.said for each in found),
        damaged=sum(each.damaged for each in every),
        counts=counts,
    )


def _of_axis(row: Row, axis: str) -> tuple[str, ...]:
    return row.grounds if axis == GROUNDS else row.conduct


def _with_others(known: tuple[str, ...], counted: Collection[str | None]) -> tuple[str, ...]:
    return (*known, NONE, *([UNKNOWN] if UNKNOWN in counted else []))


def _periods(asked: Asked, rows: list[Row]) -> tuple[str, ...]:
    if asked.year:
        return quarters.of_year(asked.year)
    earlier = any(each.quarter == EARLIER for each in rows)
    return (*([EARLIER] if earlier else []), *reversed(years(rows)))


def cell(made: Table, codes: Codes, unit: str, code: str, period: str) -> Cell:
    """Return a place of a table.

    Raises:
        NoSuchCell: the table has no such unit, code or period, so nothing can be found by it.
    """
    if unit not in made.units or code not in made.codes or period not in ("", *made.periods):
        raise NoSuchCell
    return Cell(made.asked, codes, unit, code, period)


Pair = tuple[str, str]
"""A code of conduct and of a unit, both of the taxonomies."""


def by_quarter(rows: Iterable[Row], codes: Codes) -> dict[Pair, Counter[str]]:
    """Return how many reports there are of a conduct in a unit, by quarter.

    What names no conduct, no unit or a code of its own is no pattern and left out, and so is
    what happened earlier than the quarters.
    """
    alike = Counter((each.unit, each.conduct, each.quarter) for each in rows if not each.damaged)
    found: dict[Pair, Counter[str]] = {}
    for (unit, conduct, quarter), number in alike.items():
        if unit not in codes.units or quarter == EARLIER:
            continue
        for code in set(conduct):
            if code in codes.conduct:
                found.setdefault((code, unit), Counter())[quarter] += number
    return found
