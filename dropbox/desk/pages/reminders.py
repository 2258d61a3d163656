"""The line on every page that tells what is due with keys, card and backup."""

from __future__ import annotations

from dropbox.desk import holdings
from dropbox.desk.holdings import Reminder
from dropbox.desk.pages.speech import day, gettext
from dropbox.desk.pages.workplace import workplace
from dropbox.errors import VaultError


def lines() -> list[str]:
    """Return the reminders in the handler's language; none while another request is at work.

    A vault whose rows do not open has a page of its own for that.
    """
    desk = workplace()
    with desk.glance() as vault:
        if vault is None:
            return []
        try:
            return [words(each) for each in holdings.due(vault, desk.today())]
        except VaultError:
            return []


def words(reminder: Reminder) -> str:
    """Return one reminder in the handler's language."""
    return gettext(holdings.WORDS[reminder.code], day=day(reminder.day))
