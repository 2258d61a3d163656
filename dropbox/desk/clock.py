"""What a vault knows about the day, so that a wrong clock destroys nothing.

A desk has no network and so no clock but its computer's. The site serves a card only
while that is valid at the site's own clock, so a card that has expired here means that
one of the two is wrong. Invariants: only a day that such a card vouches for is kept as an
import's, and no day that is still to come as a bundle's; what is let go of, or told to the
site, depends on no day of the site's that was not held against both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.desk.errors import DateDoubtful
from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.protocol.days import CLOCK_TOLERANCE

LONGEST_SILENCE = timedelta(days=200)
"""A backup is refused this long after the last import: the date is more likely wrong."""

_LAST_IMPORT = b"last import"
"""On which a bundle was made, or imported before, and its card was valid."""

_NEWEST_BUNDLE = b"newest bundle"
"""On which an imported bundle was made, by the site's word."""


@dataclass(frozen=True)
class KeptDay:
    """The highest day of its kind that this desk has seen."""

    day: date


def last_import(vault: Vault) -> date | None:
    """Return the highest day of an import, or None before the first."""
    found = load_setting(vault, _LAST_IMPORT, KeptDay)
    return None if found is None else found.day


def note_import(vault: Vault, today: date) -> None:
    """Keep the day of an import if it is the highest, inside the caller's transaction."""
    before = last_import(vault)
    if before is None or before < today:
        vouch_for(vault, today)


def believed(vault: Vault, made: date | None, today: date) -> date:
    """Return the day on which a bundle was made, as far as this desk can believe it.

    A site's clock that is ahead must not end what is kept for a restore, and one that is
    behind must not date what comes now so far back that the next bundle ends it.

    Args:
        vault: a handler's.
        made: by the site's word; None counts as today.
        today: the day of importing. It may be wrong, too: it counts as no earlier than
            the last import that a card vouched for.

    Returns:
        ``made``, but no day before the last import, and none more than `CLOCK_TOLERANCE`
        after both that and today.
    """
    earliest = last_import(vault)
    latest = max(today, earliest or today) + CLOCK_TOLERANCE
    return max(min(made or today, latest), earliest or date.min)


def newest_bundle(vault: Vault) -> date | None:
    """Return the highest day of making of all bundles imported, or None before the first."""
    found = load_setting(vault, _NEWEST_BUNDLE, KeptDay)
    return None if found is None else found.day


def note_bundle(vault: Vault, made: date) -> None:
    """Keep the day on which a bundle was made, if it is the highest, inside a transaction."""
    before = newest_bundle(vault)
    if before is None or before < made:
        save_setting(vault, _NEWEST_BUNDLE, KeptDay(made))


def vouch_for(vault: Vault, today: date) -> None:
    """Keep a day that a person says is right, also when it is lower than what was kept."""
    save_setting(vault, _LAST_IMPORT, KeptDay(today))


def check(vault: Vault, today: date) -> None:
    """Compare today with the last import.

    Raises:
        DateDoubtful: today lies before it, or more than `LONGEST_SILENCE` after it.
    """
    day = last_import(vault)
    if day is not None and not day <= today <= day + LONGEST_SILENCE:
        raise DateDoubtful(day=day.isoformat())
