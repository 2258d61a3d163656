"""The site's own signing key: it tells a desk that no courier left anything out.

It opens nothing and signs nothing but bundles to desks. Its public half stands in
site.toml, which every desk gets when its vault is made.
"""

from __future__ import annotations

from pathlib import Path

from dropbox.errors import SiteKeyMissing, StoreReadOnly
from dropbox.protocol import sign
from dropbox.store.files import PRIVATE_FILE, disk_errors, write_durably

NAME = "bundle.key"


def load(folder: Path) -> bytes:
    """Return the key in ``folder``, 32 raw bytes.

    Raises:
        SiteKeyMissing: there is none, or it is damaged.
        StoreReadOnly: it is another user's.
    """
    try:
        seed = (folder / NAME).read_bytes()
    except PermissionError:
        raise StoreReadOnly(folder=str(folder)) from None
    except OSError:
        raise SiteKeyMissing from None
    if len(seed) != sign.SEED_BYTES:
        raise SiteKeyMissing
    return seed


def load_or_make(folder: Path) -> bytes:
    """Return the key in ``folder``, and make it if there is none.

    Raises:
        SiteKeyMissing: it is there and damaged.
        StoreFull, StoreReadOnly: it cannot be written.
    """
    with disk_errors(folder):
        is_there = (folder / NAME).exists()
    if not is_there:
        write_durably(folder / NAME, sign.new_seed(), PRIVATE_FILE)
    return load(folder)
