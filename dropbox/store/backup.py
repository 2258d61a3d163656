"""A copy of the server's database for a backup, and a backup's database back in its place.

Invariants: a copy is one moment of the running site and holds no byte of what was
deleted before it; copies stand in files without a name, so that none stays behind,
however the program ends; a database in place is the old one or the new, never a half;
what the replaced database knew to be withdrawn is withdrawn in the new one, every desk
gets every withdrawal again, and no bundle from before is accepted any more.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from dropbox.errors import N_, StoreBusy, StoreDamaged, StoreError
from dropbox.store import schema
from dropbox.store.archive import PART_BYTES, ArchiveDamaged
from dropbox.store.connection import machine_errors, open_database
from dropbox.store.files import PRIVATE_FILE, disk_errors, write_parts
from dropbox.store.handlers import Courier
from dropbox.store.store import DATABASE_NAME, Store, tables_of
from dropbox.store.tombstones import Tombstone

_SIDE_FILES = ("-wal", "-shm", "-journal")
_FORMAT_AT = 18
_ROLLBACK_FORMAT = b"\x01\x01"
"""Two bytes of a database's head that say whether it has a write-ahead log: none.

Source: SQLite, "Database File Format", section 1.3.3.
"""


class StoreInUse(StoreError):
    """The site runs, so its database cannot be replaced."""

    text = N_("The site is running. Stop it first, then restore.")
    status = 409


class OldStoreUnreadable(StoreError):
    """The database that a backup is to replace cannot be read."""

    text = N_(
        "The database here cannot be read, so withdrawals that only it knows would be lost."
        " To restore all the same: --forget-unreadable"
    )
    status = 409


@dataclass(frozen=True)
class Scratch:
    """A database in a file without a name; ``file`` reads and writes its bytes."""

    file: BinaryIO
    database: Database

    @property
    def size(self) -> int:
        """Return the file's length in bytes."""
        return os.fstat(self.file.fileno()).st_size


@contextmanager
def snapshot(store: Store) -> Iterator[Scratch]:
    """Copy the database as it is at one moment, while the site goes on.

    SQLite's copy takes every page along, also free ones and what is left in the corners of
    others; rebuilding the copy leaves only what is there to be read.

    Raises:
        StoreError: the machine refused.

    Source: SQLite, "Online Backup API"; "VACUUM".
    """
    with _nameless(store.path.parent) as (scratch, fill):
        with store.loose(), closing(fill):
            store.connection().conn.backup(fill)
        with machine_errors(store.path):
            _start(scratch)
            scratch.database.execute("PRAGMA temp_store = FILE")  # memory stays flat
            scratch.database.execute("VACUUM")
        scratch.file.seek(0)
        yield scratch


@contextmanager
def received(folder: Path) -> Iterator[Scratch]:
    """Give an empty database without a name, for a backup's bytes to be written into.

    Args:
        folder: the one in which the database is to stand: the same disk, the same rights.

    Raises:
        StoreError: the machine refused.
    """
    with _nameless(folder) as (scratch, fill):
        fill.close()
        yield scratch


@contextmanager
def _nameless(folder: Path) -> Iterator[tuple[Scratch, sqlite3.Connection]]:
    """Yield a database and a second connection to it; the name goes while the file is empty."""
    with disk_errors(folder):
        handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    with os.fdopen(handle, "r+b") as file:
        try:
            fill, database = _connect(name), Database(_connect(name), execute_plugins=False)
        finally:
            Path(name).unlink()
        with closing(fill), closing(database):
            yield Scratch(file, database), fill


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(name, isolation_level=None)
    # A journal would need a name. What fails here is thrown away whole.
    for setting in ("journal_mode = OFF", "synchronous = OFF", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}").fetchall()
    return connection


def _start(scratch: Scratch) -> None:
    """Make a copy a database of its own, which keeps no log beside it, and set it up."""
    os.pwrite(scratch.file.fileno(), _ROLLBACK_FORMAT, _FORMAT_AT)
    for setting in ("foreign_keys = ON", "trusted_schema = OFF", "temp_store = MEMORY"):
        scratch.database.execute(f"PRAGMA {setting}")


def prepare(scratch: Scratch) -> None:
    """Check a backup's database, bring it up to date, and let every exchange start over.

    Raises:
        ArchiveDamaged: it is not a whole database of ours.
        StoreTooNew: a newer program made it.
    """
    try:
        with machine_errors(Path(DATABASE_NAME)):
            _start(scratch)
            schema.check(scratch.database)
            for each in ("integrity_check", "foreign_key_check"):
                found = scratch.database.execute(f"PRAGMA {each}").fetchall()
                if found not in ([], [("ok",)]):
                    raise ArchiveDamaged
            schema.upgrade(scratch.database)
            couriers = tables_of(scratch.database).couriers.everything()
            if not all(each.is_sound() for each in couriers):
                raise ArchiveDamaged
    except (StoreDamaged, sqlite3.DatabaseError, UnicodeDecodeError):
        # SQLite has no code for each thing that can be wrong with somebody else's file, and
        # names in its messages are whatever the file says.
        raise ArchiveDamaged from None


@dataclass(frozen=True)
class Known:
    """What a database that is to be replaced knows and its backup may not."""

    withdrawals: tuple[tuple[Tombstone, list[bytes]], ...] = ()
    couriers: tuple[Courier, ...] = ()
    recipients: tuple[tuple[bytes, bytes, bytes], ...] = ()


@dataclass(frozen=True)
class Standing:
    """Where a backup's database is to stand, and what stands there, held so that nobody uses it.

    ``database`` is None where there is none, or none that can be read.
    """

    path: Path
    known: Known = Known()
    database: Database | None = None


def catch_up(scratch: Scratch, known: Known, now: datetime) -> None:
    """Repeat all withdrawals in a backup's database, and raise its serials."""
    tables = tables_of(scratch.database)
    scratch.database.execute("BEGIN")
    tables.recipients.take_over(known.recipients)
    for tombstone, recipients in known.withdrawals:
        tables.bury(tombstone, recipients)
    tables.tombstones.repeat_all()
    tables.couriers.start_over(known.couriers, now)
    scratch.database.execute("COMMIT")


@contextmanager
def standing(path: Path, *, forget_unreadable: bool = False) -> Iterator[Standing]:
    """Hold the database that a backup is to replace, and learn what it knows.

    Args:
        path: where the site's stands or is to stand.
        forget_unreadable: whether one that cannot be read may go, and what it knows with it.

    Raises:
        StoreInUse: the site runs.
        OldStoreUnreadable: the database there cannot be read, and may not go.
        StoreTooNew: a newer program made it.
        StoreError: the machine refused. In each case nothing was changed.

    Source: SQLite, "PRAGMA locking_mode".
    """
    with ExitStack() as opened:
        found = Standing(path)
        try:
            if path.exists():
                old = opened.enter_context(_alone(path))
                found = Standing(path, _known(old, path), old)
        except StoreDamaged:
            if not forget_unreadable:
                raise OldStoreUnreadable from None
            opened.close()
        yield found


def put_in_place(scratch: Scratch, site: Standing, now: datetime) -> None:
    """Make a backup's database, once `prepare` has checked it, the site's own.

    Where a database stands, its content gives way in one transaction of SQLite's own.

    Args:
        scratch: the backup's database.
        site: what stands in its place.
        now: the moment of the restore.

    Raises:
        StoreError: the machine refused; the database is the one of before.

    Source: SQLite, "Online Backup API".
    """
    catch_up(scratch, site.known, now)
    if site.database is None:
        _publish(scratch, site.path)
        return
    with machine_errors(site.path):
        scratch.database.conn.backup(site.database.conn)


@contextmanager
def _alone(path: Path) -> Iterator[Database]:
    """Open the site's database so that nobody else can until it is closed."""
    try:
        with closing(open_database(path)) as database:
            with machine_errors(path):
                database.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
                # Only who is alone can leave the log behind.
                database.execute("PRAGMA journal_mode = DELETE").fetchall()
                database.execute("BEGIN EXCLUSIVE")
                database.execute("COMMIT")
            yield database
    except StoreBusy:
        raise StoreInUse from None


def _known(old: Database, path: Path) -> Known:
    with machine_errors(path):
        schema.check(old)
        schema.upgrade(old)
        tables = tables_of(old)
        return Known(
            tuple(tables.tombstones.everything()),
            tuple(tables.couriers.everything()),
            tuple(tables.recipients.everything()),
        )


def _publish(scratch: Scratch, path: Path) -> None:
    with disk_errors(path.parent):
        for side in _SIDE_FILES:
            # A log of the database before would be played into the new one.
            path.with_name(path.name + side).unlink(missing_ok=True)
        scratch.file.seek(0)
        parts = iter(lambda: scratch.file.read(PART_BYTES), b"")
        write_parts(path, parts, PRIVATE_FILE)
