"""What the blind server keeps: its database and its shelf of channel cards.

Invariants: nothing here can be read without a private key that the server never
has; no row says when, only the month in which it may go at the latest; a write
that returns is on the disk. Nothing outside this package imports ``sqlite_utils``.
"""

from dropbox.store.envelopes import (
    MAX_ENVELOPES_HELD,
    MAX_NOTES_HELD,
    MAX_REPLIES_READ,
    StoredEnvelope,
)
from dropbox.store.files import disk_errors, draft, hide_times, put_in_place, sync_folder
from dropbox.store.handlers import NEVER, Courier
from dropbox.store.mailboxes import StoredMailbox
from dropbox.store.shelf import SUFFIX, CardShelf, ShelvedCard
from dropbox.store.store import DATABASE_NAME, Store, Tables, files_at
from dropbox.store.tombstones import Tombstone

__all__ = [
    "DATABASE_NAME",
    "MAX_ENVELOPES_HELD",
    "MAX_NOTES_HELD",
    "MAX_REPLIES_READ",
    "NEVER",
    "SUFFIX",
    "CardShelf",
    "Courier",
    "ShelvedCard",
    "Store",
    "StoredEnvelope",
    "StoredMailbox",
    "Tables",
    "Tombstone",
    "disk_errors",
    "draft",
    "files_at",
    "hide_times",
    "put_in_place",
    "sync_folder",
]
