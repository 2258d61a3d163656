"""The quarter that a report counts in: the one that its reporter named, or that of its day.

Pure. Invariant: what comes out is `EARLIER` or a quarter from `FIRST_YEAR` on that is not after
the report's own day, so that no reporter can make a table longer than time.
"""

from __future__ import annotations

from dropbox.protocol import days
from dropbox.protocol.payload import Report

EARLIER = "earlier"
"""Before the quarters that a reporter could choose from."""

FIRST_YEAR = 2020
A_YEAR = 4
_OFFERED = 8
"""Quarters that the site's form offers; a program that names an older one means earlier."""


def of_report(report: Report) -> tuple[str, bool]:
    """Return the quarter of a report, and whether its reporter named it.

    A quarter that had not begun on the report's day is not believed.
    """
    own = days.quarter(report.day)
    said = report.period
    if said == EARLIER:
        return EARLIER, True
    if said and index(said) <= index(own):
        return (EARLIER if index(said) <= index(own) - _OFFERED else _bounded(said)), True
    return _bounded(own), False


def _bounded(quarter: str) -> str:
    return quarter if int(year(quarter)) >= FIRST_YEAR else EARLIER


def index(quarter: str) -> int:
    """Return a number that rises by one with each quarter; `EARLIER` has none."""
    named, _dash, number = quarter.partition("-Q")
    return int(named) * A_YEAR + int(number) - 1


def year(quarter: str) -> str:
    """Return the year of a quarter such as ``2026-Q4``, and `EARLIER` for itself."""
    return quarter.partition("-Q")[0]


def of_year(named: str) -> tuple[str, ...]:
    """Return the four quarters of a year such as ``2026``."""
    return tuple(f"{named}-Q{number}" for number in range(1, A_YEAR + 1))
