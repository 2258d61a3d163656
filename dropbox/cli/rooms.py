"""What the operator's commands stand on: the settings, the database and the shelf of cards."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dropbox import config
from dropbox.config import Config
from dropbox.errors import SiteKeyDiffers
from dropbox.exchange import Signer
from dropbox.protocol import sign
from dropbox.store import DATABASE_NAME, CardShelf, Store, site_key


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

    @property
    def signer(self) -> Signer:
        """Return the site's id and key, for bundles to desks.

        Raises:
            SiteKeyMissing, SiteKeyDiffers: the key is not there, or not the one in site.toml.
        """
        seed = site_key.load(self.config.places.site_dir)
        if sign.public_key(seed) != self.config.site.site_pk:
            raise SiteKeyDiffers
        return Signer(self.site_id, seed)


def rooms() -> Rooms:
    """Open the site that the environment names.

    Raises:
        ConfigError: its settings are missing or wrong.
    """
    found = config.load(os.environ)
    store = Store(found.places.site_dir / DATABASE_NAME)
    return Rooms(found, store, CardShelf(found.places.cards_dir, found.site.site_id))


def today() -> date:
    """Return today in UTC."""
    return now().date()


def now() -> datetime:
    """Return this moment in UTC; the commands read the clock here and nowhere else."""
    return datetime.now(UTC)
