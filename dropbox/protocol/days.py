"""Days, months and the dates owed. Days are ``datetime.date`` in UTC; no clock here."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

RECEIPT_DAYS = 7
"""Receipt is confirmed within 7 days. Source: Wet bescherming klokkenluiders, art. 2 lid 2."""

FEEDBACK_MONTHS = 3
"""Feedback comes within 3 months. Source: Wet bescherming klokkenluiders, art. 2 lid 2."""


CLOCK_TOLERANCE = timedelta(days=2)
"""How far a writer's clock may be ahead of the reader's; what claims more is refused."""


def parse(text: str) -> date:
    """Read a day in exactly the form ``2026-11-21``; raises ValueError for any other."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError("not a day")
    return day


def month_number(day: date) -> int:
    """Return the day's month as a number that rises by one each month."""
    return day.year * 12 + day.month - 1


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day where there is none."""
    year, month = divmod(month_number(day) + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def receipt_owed(day: date) -> date:
    """Return the last day for confirming a report that was filed on ``day``."""
    return day + timedelta(days=RECEIPT_DAYS)


def feedback_owed(day: date) -> date:
    """Return the last day for feedback on a report that was filed on ``day``."""
    return add_months(day, FEEDBACK_MONTHS)


def quarter(day: date) -> str:
    """Return the day's quarter as ``2026-Q4``."""
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
