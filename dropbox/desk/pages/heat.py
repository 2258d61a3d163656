"""Tables of patterns as the pages show them: a number in each cell, and a shade that supports it.

Plain values for the template. Invariants: a cell says its number, zero as zero; a place is
named by codes of a table, see `patterns.Table`, and words come from the site's taxonomies.
"""

from __future__ import annotations

from dataclasses import dataclass

from dropbox.desk import words
from dropbox.desk.pages import present
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import ngettext
from dropbox.desk.patterns import AXES, CONDUCT, NONE, UNKNOWN, Asked, Codes, Table
from dropbox.desk.quarters import EARLIER
from dropbox.errors import N_
from dropbox.protocol.payload import MODES

SHADES = 5
BETWEEN = "|"
"""Stands between the codes that name a place; no code has it."""

AXIS_WORDS = {"conduct": N_("conduct"), "grounds": N_("discrimination ground")}


@dataclass(frozen=True)
class HeatCell:
    """A count: ``shade`` from 0 to `SHADES`, what a button sends, and what it says aloud."""

    count: int
    shade: int
    place: str
    says: str


@dataclass(frozen=True)
class Line:
    """A row: what it is about, its cells, and its reports, each counted once."""

    words: str
    cells: list[HeatCell]
    total: int


@dataclass(frozen=True)
class Group:
    """The lines of one unit."""

    words: str
    lines: list[Line]
    total: int


@dataclass(frozen=True)
class Heat:
    """What a page shows of a table: codes by unit at once, then by period, and empty units."""

    codes: list[str]
    periods: list[str]
    lines: list[Line]
    totals: list[int]
    groups: list[Group]
    empty: list[str]


def code_words(labels: present.Labels, axis: str, code: str) -> str:
    """Return the words for a row or column of codes."""
    if code == UNKNOWN:
        return _("not known here")
    if code == NONE:
        return _("no conduct named") if axis == CONDUCT else _("no ground named")
    return present.label(labels, axis, code)


def unit_words(labels: present.Labels, unit: str) -> str:
    """Return the words for a unit."""
    if unit == UNKNOWN:
        return _("unit not known here")
    return present.label(labels, "units", unit) if unit else _("no unit named")


def period_words(period: str) -> str:
    """Return the words for a year, a quarter, or what came before those."""
    return _("earlier") if period == EARLIER else period.replace("-Q", " Q")


def heat(table: Table, labels: present.Labels) -> Heat:
    """Return a table as a page shows it."""
    axis, maker = table.asked.axis, _Maker(table, labels)
    lines = [
        Line(
            unit_words(labels, unit),
            [maker.cell(unit, code, "") for code in table.codes],
            table.count(unit),
        )
        for unit in table.units
    ]
    return Heat(
        codes=[code_words(labels, axis, code) for code in table.codes],
        periods=[period_words(each) for each in table.periods],
        lines=lines,
        totals=[table.count(code=code) for code in table.codes],
        groups=[maker.group(unit) for unit in table.units if table.count(unit)],
        empty=[unit_words(labels, unit) for unit in table.units if not table.count(unit)],
    )


class _Maker:
    """Makes the cells of one table."""

    def __init__(self, table: Table, labels: present.Labels) -> None:
        self._table = table
        axis = table.asked.axis
        self._units = {each: unit_words(labels, each) for each in table.units}
        self._codes = {each: code_words(labels, axis, each) for each in table.codes}
        self._periods = {each: period_words(each) for each in ("", *table.periods)}
        pairs = [(unit, code) for unit in table.units for code in table.codes]
        self._most = {
            True: max((table.count(*pair) for pair in pairs), default=0),
            False: max(
                (table.count(*pair, each) for pair in pairs for each in table.periods), default=0
            ),
        }

    def cell(self, unit: str, code: str, period: str) -> HeatCell:
        """Return one cell; an empty period stands for all that was asked for."""
        count = self._table.count(unit, code, period or None)
        if not count:
            return HeatCell(0, 0, "", "")
        said = [self._units[unit], self._codes[code], self._periods[period]]
        number = ngettext("%(num)d report", "%(num)d reports", count)
        return HeatCell(
            count,
            -(-SHADES * count // self._most[not period]),
            BETWEEN.join((unit, code, period)),
            f"{number}: {', '.join(filter(None, said))}",
        )

    def group(self, unit: str) -> Group:
        """Return the lines of a unit."""
        table = self._table
        lines = [
            Line(
                self._codes[code],
                [self.cell(unit, code, period) for period in table.periods],
                table.count(unit, code),
            )
            for code in table.codes
            if code not in (NONE, UNKNOWN) or table.count(unit, code)
        ]
        return Group(self._units[unit], lines, table.count(unit))


def place_words(labels: present.Labels, axis: str, unit: str, code: str, period: str) -> str:
    """Return a place of a table in words, for the list of its cases."""
    said = [unit_words(labels, unit), code_words(labels, axis, code)]
    return ", ".join([*said, *([period_words(period)] if period else [])])


def asked_words(asked: Asked, labels: present.Labels) -> str:
    """Return what a table was asked for, in words."""
    said = [asked.year or _("all years")]
    if asked.mode:
        said.append(_(words.MODES[asked.mode]))
    if asked.ground:
        said.append(present.label(labels, "grounds", asked.ground))
    return ", ".join(said)


def choices(
    codes: Codes, years: list[str], labels: present.Labels
) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters offer, with words."""
    return {
        "axis": [(each, _(AXIS_WORDS[each])) for each in AXES],
        "year": [(each, each) for each in years],
        "ground": [(each, present.label(labels, "grounds", each)) for each in codes.grounds],
        "mode": [(each, _(words.MODES[each])) for each in MODES],
    }
