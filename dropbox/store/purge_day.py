"""The day of the last purge: what a clock that jumped is held against.

It is the operator's own act and says nothing of a reporter. It lies beside the database and
not in it, so that a database that was brought back from a backup does not set it back.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from dropbox.errors import N_, StoreError
from dropbox.store.files import PRIVATE_FILE, disk_errors, write_durably

NAME = "purge.day"
LONGEST_PAUSE = timedelta(days=31)
"""A wrong clock within this takes no mailbox more than three days before its year is over.

Mailboxes are kept for 13 whole months. Whoever purges once a month need confirm nothing.
"""


class DateDoubtfulForPurge(StoreError):
    """The last purge was long ago, or is still to come: this server's clock may be wrong."""

    text = N_(
        "The last purge was on %(day)s. This server's date does not fit that, so nothing was"
        " deleted. Check the date. Only if it is right: meldkluis purge --after-a-pause"
    )


class PurgeDayUnreadable(DateDoubtfulForPurge):
    """The file with the day of the last purge is damaged, so nobody knows what to compare with."""

    text = N_(
        "The day of the last purge cannot be read, so nothing was deleted. Check this server's"
        " date. Only if it is right: meldkluis purge --after-a-pause"
    )


def check(folder: Path, today: date) -> None:
    """Compare today with the last purge; before the first there is nothing to compare.

    Raises:
        DateDoubtfulForPurge: they are more than `LONGEST_PAUSE` apart, one way or the other.
        PurgeDayUnreadable: nobody knows any more when the last purge was.
        StoreReadOnly: the folder cannot be read.
    """
    day = _last(folder)
    if day == date.min:
        raise PurgeDayUnreadable
    if day is not None and abs(today - day) > LONGEST_PAUSE:
        raise DateDoubtfulForPurge(day=day.isoformat())


def note(folder: Path, today: date, *, is_right: bool) -> None:
    """Keep the day of a purge if it is the highest, or if a person says that it is right.

    Raises:
        StoreFull, StoreReadOnly: the file cannot be written.
    """
    before = _last(folder)
    if before is None or before < today or is_right:
        write_durably(folder / NAME, today.isoformat().encode("ascii"), PRIVATE_FILE)


def _last(folder: Path) -> date | None:
    with disk_errors(folder):
        try:
            written = (folder / NAME).read_text("ascii", "replace")
        except FileNotFoundError:
            return None
        except PermissionError:
            return date.min  # another user purged; as below, a person has to look
    try:
        return date.fromisoformat(written)
    except ValueError:
        return date.min  # nobody knows any more: a person has to look at the date
