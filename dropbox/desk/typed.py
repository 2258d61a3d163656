"""What a person types by hand, on either face of the desk: a day."""

from __future__ import annotations

from datetime import date

from dropbox.errors import N_, InputError


class DayUnreadable(InputError):
    """What was typed for a day is none."""

    text = N_("Write the day as year-month-day, such as 2026-11-21.")


def day(text: str, default: date | None = None) -> date | None:
    """Return the day that was typed, or ``default`` where nothing was.

    Raises:
        DayUnreadable: it is no day.
    """
    typed = text.strip()
    try:
        return date.fromisoformat(typed) if typed else default
    except ValueError:
        raise DayUnreadable from None
