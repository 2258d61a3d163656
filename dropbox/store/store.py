"""The server's database: transactions over its tables, and its housekeeping.

Invariants: every change happens inside `Store.write`, wholly or not at all, and
is on the disk when that returns; nothing waits on a reader for longer than the
busy time-out, because no transaction outlives a single use case; after every use the
files' times are those of the start of the day, so that they do not tell of the last visit.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from dropbox import locks
from dropbox.errors import StoreBusy, StoreDamaged, StoreError, StoreReadOnly
from dropbox.store import schema
from dropbox.store.connection import Connections, machine_errors
from dropbox.store.envelopes import EnvelopeTable
from dropbox.store.files import PRIVATE_FILE, disk_errors, hide_times, sync_folder
from dropbox.store.handlers import CourierTable, RecipientTable
from dropbox.store.mailboxes import MailboxTable
from dropbox.store.nonces import NonceTable
from dropbox.store.tombstones import Tombstone, TombstoneTable

DATABASE_NAME = "site.db"
"""The database's name in the folder with the server's own data."""

TIDY_BYTES = 32 * 1024 * 1024
"""Largest database that is rebuilt while a reporter waits; larger ones wait for the night."""

TIDY_PAUSE_SECONDS = 0.1
"""Who tidies waits so long for others who withdraw just now: one rebuild is for them all."""

_SIDE_FILES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Tables:
    """The tables, inside one transaction."""

    mailboxes: MailboxTable
    envelopes: EnvelopeTable
    tombstones: TombstoneTable
    nonces: NonceTable
    recipients: RecipientTable
    couriers: CourierTable

    def bury(self, tombstone: Tombstone, recipients: Iterable[bytes] = ()) -> None:
        """Delete a mailbox and all in it, and keep its withdrawal for the desks.

        Args:
            tombstone: the withdrawal; its mailbox may be gone, or never have been here.
            recipients: 16-byte key ids to reach beside those that the mailbox names.
        """
        known = {*self.mailboxes.addressed(tombstone.mailbox), *recipients}
        self.envelopes.delete_of(tombstone.mailbox)
        self.mailboxes.delete(tombstone.mailbox)
        self.tombstones.add(tombstone, sorted(known))


class Store:
    """The one way to the server's database, for any thread of any process."""

    def __init__(self, path: Path) -> None:
        """Name the database file; it is opened at the first use.

        A database that an older program made is brought up to date then.
        """
        self.path = path
        self._connections = Connections(path)
        self._files = tuple(str(each) for each in files_at(path.parent))
        self._upgraded = False

    @classmethod
    def create(cls, path: Path) -> Store:
        """Make the database if it is not there, readable by its owner only; its folder must exist.

        Raises:
            StoreError: the file cannot be made or is no database of ours.
        """
        with disk_errors(path.parent):
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
            store = cls(path)
            store.connection()
            sync_folder(path.parent)
        return store

    def connection(self) -> Database:
        """Return this thread's connection, with an up-to-date schema.

        Raises:
            StoreMissing: there is no database.
            StoreTooNew: a newer program made it.
        """
        database = self._connections.get()
        if not self._upgraded:
            with machine_errors(self.path):
                schema.upgrade(database)
            self._upgraded = True
        return database

    @contextmanager
    def write(self) -> Iterator[Tables]:
        """Open a transaction that may write; commit at the end, or undo all on an error.

        Raises:
            StoreError: the machine refused; nothing was stored.
        """
        with self._transaction("BEGIN IMMEDIATE") as tables:
            yield tables

    @contextmanager
    def read(self) -> Iterator[Tables]:
        """Open a transaction that sees one state of the database throughout.

        Raises:
            StoreError: the machine refused.
        """
        with self._transaction("BEGIN") as tables:
            yield tables

    @contextmanager
    def loose(self) -> Iterator[Tables]:
        """Give the tables outside a transaction, for long reads in small steps.

        Nothing is held between two steps, so a slow courier stops nobody.

        Raises:
            StoreError: the machine refused.
        """
        with self._unseen(), self._machine():
            yield tables_of(self.connection())

    @contextmanager
    def _unseen(self) -> Iterator[None]:
        """Hide when the database was used; reading writes into SQLite's shared index, too."""
        try:
            yield
        finally:
            self._connections.let_go()
            hide_times(*self._files)

    @contextmanager
    def _machine(self) -> Iterator[None]:
        """Name what the machine refuses, and forget a connection that might go on refusing.

        Whoever mends the rights or the disk need not start the site anew.
        """
        try:
            with machine_errors(self.path):
                yield
        except (StoreReadOnly, StoreDamaged):
            self._connections.close()
            raise

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Tables]:
        with self._unseen(), self._machine():
            database = self.connection()
            database.execute(begin)
            try:
                yield tables_of(database)
                database.execute("COMMIT")
            except BaseException:
                database.rollback()
                raise

    def maintain(self) -> None:
        """Rebuild the file without traces of what was deleted, and empty the log.

        SQLite overwrites what is deleted, but moving rows between pages can leave
        copies behind, and the log keeps every page that was written: only a rebuild
        and an emptied log end both.

        Raises:
            StoreBusy: somebody read for so long that the log could not be emptied.
            StoreError: the machine refused. In each case nothing is lost.

        Source: SQLite, "PRAGMA secure_delete", "VACUUM", "PRAGMA wal_checkpoint".
        """
        self._rebuild()
        if not self.empty_log():
            # Until then the rebuilt file stands in the log only, and the old one as it was.
            raise StoreBusy(folder=str(self.path.parent))

    def _rebuild(self) -> None:
        with self._machine():
            database = self.connection()
            # The rebuild's scratch copy goes to a nameless file: memory stays flat.
            database.execute("PRAGMA temp_store = FILE")
            try:
                database.execute("VACUUM")
            finally:
                database.execute("PRAGMA temp_store = MEMORY")

    def empty_log(self) -> bool:
        """Move the log into the file and cut it to nothing; False when a reader was in the way.

        Raises:
            StoreError: the machine refused; nothing is lost.
        """
        with self._unseen(), self._machine():
            rows = self.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return int(rows[0][0]) == 0

    def tidy(self) -> None:
        """Do after a withdrawal what of `maintain` can be done while somebody waits.

        Never fails: the withdrawal itself is stored, and the nightly maintenance
        does again what could not be done now. While somebody waits to rebuild, others who
        come leave it to them, so that many at once do not each rebuild and hold up readers.
        """
        try:
            if self.path.stat().st_size <= TIDY_BYTES:
                self._rebuild_for_all()
            self.empty_log()
        except (StoreError, OSError):
            # Busy or full: the rows are gone for every reader, their traces go tonight.
            return

    def _rebuild_for_all(self) -> None:
        """Rebuild, unless another process or thread is about to."""
        # The folder and not the database: closing that would let go of SQLite's own locks.
        # To open and lock a folder moves none of its times.
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            locks.take(folder, wait=False)
            time.sleep(TIDY_PAUSE_SECONDS)
            # Nobody can commit while this runs: who does so later finds the lock free.
            self._rebuild()
        except BlockingIOError:
            return
        finally:
            os.close(folder)

    def close(self) -> None:
        """Close this thread's connection."""
        with self._unseen():
            self._connections.close()


def files_at(folder: Path) -> tuple[Path, ...]:
    """Return the database's files in the folder with the server's data, and that folder."""
    return (*(folder / f"{DATABASE_NAME}{side}" for side in _SIDE_FILES), folder)


def tables_of(database: Database) -> Tables:
    """Return the tables over a connection; the caller holds the transaction."""
    return Tables(
        MailboxTable(database),
        EnvelopeTable(database),
        TombstoneTable(database),
        NonceTable(database),
        RecipientTable(database),
        CourierTable(database),
    )
