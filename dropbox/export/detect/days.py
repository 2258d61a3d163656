"""Days, hours and stretches of time that place somebody: to a quarter, to a part of the day."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.errors import N_
from dropbox.export.span import QUASI, Span

PART_OF_DAY = N_("say the part of the day, or leave out")

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december",
    "january february march april may june july august september october november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
)
MONTH = "|".join(sorted({name for row in _MONTHS for name in row.split()}, key=len, reverse=True))
"""A month in small letters, as part of a pattern."""
_NUMBER = {name: place + 1 for row in _MONTHS for place, name in enumerate(row.split())}

_DAY = re.compile(
    rf"(\d{{1,2}})(?:e|ste|de|th|st|nd|rd)?(?: of)? ({MONTH})\b(?:\.?,? (\d{{4}}|['’]\d\d))?"
    r"|(\d{1,2})([-/])(\d{1,2})(?:\5(\d{4}|\d{2}))?\b(?![-/\d])"
)
_MONTH_FIRST = re.compile(rf"({MONTH}) (\d{{1,2}})(?:th|st|nd|rd)?\b(?!:)(?:,? (\d{{4}}))?")
_MONTH_BEFORE = re.compile(rf"\b(?:{MONTH}) $")
_HOUR = re.compile(
    r"\d{1,2}[:.]\d{2} ?(?:uur|u\b|am\b|pm\b|h\b)|\d{1,2} ?(?:uur|u\b|am\b|pm\b)|\d{1,2}[:.]\d{2}(?![\d.])"
)
_LEAD = re.compile(r"\b(?:om|rond|tegen|voor|na|at|around|before|after) $")
_SPOKEN_HOUR = re.compile(
    r"\b(?:om|rond|tegen|voor|na|at|around|before|after) (?:half \w+|kwart (?:voor|over) \w+|(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf) uur)"
)
_FIGURES = re.compile(r"\d+")


def found(low: str) -> Iterator[Span]:
    """Yield days and hours in a text in small letters."""
    done = 0
    for run in _FIGURES.finditer(low):
        start = run.start()
        if start < done or run.end() - start > 2:
            continue
        if start and (low[start - 1].isalnum() or low[start - 1] in "-/.:["):
            continue
        span = _day(low, start) or _hour(low, start)
        if span:
            done = span.end
            yield span
    if " uur" in low or "half" in low or "kwart" in low:
        for match in _SPOKEN_HOUR.finditer(low):
            yield Span(*match.span(), QUASI, "time", "description: time", 0.5, PART_OF_DAY)


def _day(low: str, start: int) -> Span | None:
    match = _DAY.match(low, start)
    if match:
        day, name, year, number, _, month, year_number = match.groups()
        at = _NUMBER[name] if name else int(month)
        suggestion = quarter(int(day or number), at, year or year_number)
        if suggestion:
            return _span(*match.span(), suggestion)
    before = _MONTH_BEFORE.search(low, max(0, start - 11), start)
    match = _MONTH_FIRST.match(low, before.start()) if before else None
    if not match:
        return None
    suggestion = quarter(int(match[2]), _NUMBER[match[1]], match[3])
    return _span(*match.span(), suggestion) if suggestion else None


def _span(start: int, end: int, suggestion: str) -> Span:
    return Span(start, end, QUASI, "date", "description: date", 0.6, suggestion)


def _hour(low: str, start: int) -> Span | None:
    match = _HOUR.match(low, start)
    if not match:
        return None
    lead = _LEAD.search(low, max(0, start - 8), start)
    if not lead and not match[0][-1].isalpha():
        return None
    if not lead and not re.search(r"[:.]", match[0]):
        return None
    first = lead.start() if lead else start
    return Span(first, match.end(), QUASI, "time", "description: time", 0.5, PART_OF_DAY)


def quarter(day: int, month: int, year: str | None) -> str:
    """Return the quarter of a day, such as ``Q1 2024``; nothing when there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    plain = (year or "").lstrip("'’")
    full = f" 20{plain}" if len(plain) == 2 else f" {plain}" if plain else ""
    return f"Q{(month + 2) // 3}{full}"
