"""Connections to the server's database, and what SQLite's errors mean to us.

Owns the settings that every connection needs. Invariants: one connection per
thread and per process, so that nothing crosses a fork or a thread; every SQLite
error that can follow from the machine leaves as a `StoreError`.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from dropbox.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
)

BUSY_TIMEOUT_SECONDS = 5.0
PAGE_BYTES = 4096

LOG_PAGES = 4000
"""So many pages come into the log, 16 MB, before a writer moves them into the file.

Rows lie at random places, so a report touches a dozen pages: with SQLite's own 1000 every
eightieth reporter waits for that, and many pages are moved again and again. Withdrawals and the
nightly maintenance empty the log whatever it holds.
"""

_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes carry the primary code in their lowest byte."""

_MEANINGS: dict[int, type[StoreError]] = {
    # Of all failures to write, SQLite calls only the plainest a full disk; a quota is one, too.
    sqlite3.SQLITE_IOERR_WRITE: StoreFull,
    sqlite3.SQLITE_IOERR_SHMSIZE: StoreFull,
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    # Many opened the log in the same moment, and the order of its locks was lost.
    sqlite3.SQLITE_PROTOCOL: StoreBusy,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_READONLY: StoreReadOnly,
    sqlite3.SQLITE_PERM: StoreReadOnly,
    sqlite3.SQLITE_CANTOPEN: StoreReadOnly,
    sqlite3.SQLITE_IOERR: StoreDamaged,
    sqlite3.SQLITE_CORRUPT: StoreDamaged,
    sqlite3.SQLITE_NOTADB: StoreDamaged,
}


_NO_TABLE = "no such table"
"""What is left of a database that was emptied; SQLite has no code of its own for it."""


@contextmanager
def machine_errors(path: Path) -> Iterator[None]:
    """Turn errors about the machine into ours; let programming errors pass.

    Args:
        path: the database file; the folder that it lies in is named to the operator.

    Raises:
        StoreBusy, StoreFull, StoreReadOnly, StoreDamaged: see the table above;
            in each case nothing was stored.

    Source: SQLite, "Result and Error Codes".
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0)
        meaning = _MEANINGS.get(code) or _MEANINGS.get(code & _PRIMARY_CODE)
        if meaning is None and code == sqlite3.SQLITE_ERROR and _NO_TABLE in str(error):
            meaning = StoreDamaged
        if meaning is None:
            raise
        # SQLite's own message can name a file; the cause is cut off.
        raise meaning(folder=str(path.parent)) from None
    except PermissionError:
        raise StoreReadOnly(folder=str(path.parent)) from None


class Connections:
    """The connections of one process to one database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._abandoned: list[Database] = []

    def get(self) -> Database:
        """Return this thread's connection; open one if it has none yet.

        Raises:
            StoreMissing: there is no database file.
        """
        held: Database | None = getattr(self._local, "database", None)
        if held is not None and self._local.process == os.getpid():
            return held
        if held is not None:
            # A connection that came along through a fork may be neither used nor closed.
            self._abandoned.append(held)
        may_write = os.access(self._path, os.W_OK, effective_ids=True)
        opened = open_database(self._path)
        self._local.database = opened
        self._local.process = os.getpid()
        self._local.may_write = may_write
        return opened

    def let_go(self) -> None:
        """Close this thread's connection after a use, if it can only read.

        SQLite opens a file that may not be written for reading alone, and looks at the rights
        never again: nor does any other connection of the process that shares its memory.
        """
        if not getattr(self._local, "may_write", True):
            self.close()

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        held: Database | None = getattr(self._local, "database", None)
        if held is not None and self._local.process == os.getpid():
            self._local.database = None
            held.close()


def open_database(path: Path) -> Database:
    """Open the database file with the settings that the threat model counts on.

    Raises:
        StoreMissing: the file is not there. It is never made here: an empty database
            in a wrong place would take reports that nobody collects.
        StoreError: the machine refused.
    """
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with machine_errors(path):
        if not path.exists():
            raise StoreMissing
        # isolation_level None: no transaction begins unless we begin it.
        connection = sqlite3.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None
        )
        database = Database(connection, recursive_triggers=False, execute_plugins=False)
        try:
            _settings(database)
        except BaseException:
            database.close()
            raise
    return database


def _settings(database: Database) -> None:
    database.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    database.execute("PRAGMA synchronous = FULL")
    database.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}").fetchall()
    database.execute("PRAGMA secure_delete = ON").fetchall()
    database.execute("PRAGMA foreign_keys = ON")
    # Sorting and rebuilding must leave no second copy in a shared folder for temporary files.
    database.execute("PRAGMA temp_store = MEMORY")
    # A file from elsewhere may not run code through its own schema.
    database.execute("PRAGMA trusted_schema = OFF")
