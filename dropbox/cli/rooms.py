"""What the operator's commands stand on: the settings, the database and the shelf of cards."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dropbox import config
from dropbox.config import Config
from dropbox.store import DATABASE_NAME, CardShelf, Store


@dataclass(frozen=True)
class Rooms:
    """One site, as KEYS and VAR name it."""

    config: Config
    store: Store
    shelf: CardShelf

    @property
    def site_id(self) -> bytes:
        """Return the site's 16-byte id."""
        return self.config.site.site_id


def rooms() -> Rooms:
    """Open the site that the environment names.

    Raises:
        ConfigError: its settings are missing or wrong.
    """
    found = config.load(os.environ)
    store = Store(found.places.site_dir / DATABASE_NAME)
    return Rooms(found, store, CardShelf(found.places.cards_dir, found.site.site_id))


def today() -> date:
    """Return today in UTC; the commands read the clock here and nowhere else."""
    return datetime.now(UTC).date()
