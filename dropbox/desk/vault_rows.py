"""The rows of a vault's file: drawer number, 16-byte tag, sealed content.

Owns the SQLite file, and knows neither a key nor anything in clear. Invariants: a row that
was put is found at once, and stands in the file when the transaction ends; memory does not
grow with a transaction; every failure of SQLite leaves as the vault's own error, without
the path or the statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from dropbox.desk.errors import VaultBusy, VaultDamaged, VaultNotWritable

BUSY_SECONDS = 5
CACHE_KIB = 32 * 1024
"""Memory for pages of the file: tags are random, so the rows of one case lie all over it."""

PENDING_BYTES = 4 * 1024 * 1024
"""Rows of a transaction that are held before they are written at once, in the file's order."""

_ERRORS = {
    sqlite3.SQLITE_BUSY: VaultBusy,
    sqlite3.SQLITE_LOCKED: VaultBusy,
    sqlite3.SQLITE_FULL: VaultNotWritable,
    sqlite3.SQLITE_IOERR: VaultNotWritable,
    sqlite3.SQLITE_READONLY: VaultNotWritable,
    sqlite3.SQLITE_CANTOPEN: VaultNotWritable,
    sqlite3.SQLITE_PERM: VaultNotWritable,
}

_PUT = "INSERT OR REPLACE INTO row VALUES (?, ?, ?)"
_GET = "SELECT sealed FROM row WHERE drawer = ? AND tag = ?"
_HAS = "SELECT 1 FROM row WHERE drawer = ? AND tag = ?"
_TAGS = "SELECT tag FROM row WHERE drawer = ?"
_DELETE = "DELETE FROM row WHERE drawer = ? AND tag = ?"
_ALL = "SELECT drawer, tag, sealed FROM row"

Place = tuple[int, bytes]
"""A drawer's number and a row's 16-byte tag."""


class _FileErrors:
    """Turns SQLite's failures into the vault's own, without the path or the statement."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, sqlite3.Error):
            # what Python finds wrong by itself has no code; of a code, the primary part counts
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
            raise _ERRORS.get(code, VaultDamaged) from None
        if isinstance(error, UnicodeDecodeError):
            raise VaultDamaged from None  # altered words in the file's own plan of its tables


file_errors = _FileErrors()
"""For ``with``. An object of its own: a generator's would cost as much as finding a row."""


def connect(path: Path) -> Database:
    """Open the SQLite file at ``path``, which must exist, with the vault's settings.

    Threads may use it one after the other: who has several lets them take turns.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # this module alone begins and ends transactions
        check_same_thread=False,
    )
    database = Database(connection, execute_plugins=False)
    for pragma in (
        "secure_delete = ON",  # overwrite what is deleted, in the file itself
        "temp_store = MEMORY",  # nothing of the vault in the system's temporary folder
        "synchronous = FULL",
        f"cache_size = -{CACHE_KIB}",
    ):
        database.execute(f"PRAGMA {pragma}").fetchall()
    return database


class Rows:
    """The table of rows in an open file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: dict[Place, bytes] = {}
        self._pending_bytes = 0

    def begin(self) -> None:
        """Begin a transaction; raises VaultBusy while another program writes."""
        with file_errors:
            self._database.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make all changes hold; raises VaultNotWritable, after which `undo` is to be called."""
        self._write_pending()
        with file_errors:
            self._database.execute("COMMIT")

    def undo(self) -> None:
        """Leave the file as it was before the transaction."""
        self._forget_pending()
        with file_errors:
            self._database.rollback()

    def rewrite(self) -> None:
        """Rewrite the whole file, so that no page keeps what was deleted or any order."""
        with file_errors:
            self._database.vacuum()

    def put(self, place: Place, sealed: bytes) -> None:
        """Write one row, or replace it."""
        self._pending[place] = sealed
        self._pending_bytes += len(sealed)
        if not self._database.conn.in_transaction:
            try:
                self._write_pending()
            finally:
                self._forget_pending()  # no `undo` comes after a failure
        elif self._pending_bytes >= PENDING_BYTES:
            self._write_pending()

    def _write_pending(self) -> None:
        """Hand over what `put` held back: in the order of tags each page is met once.

        Who goes on after a failure, since a case is damaged, still has the rows: `commit`
        writes them again, or fails.
        """
        if self._pending:
            self.load(sorted((*place, sealed) for place, sealed in self._pending.items()))
        self._forget_pending()

    def _forget_pending(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0

    def get(self, place: Place) -> bytes | None:
        """Return a row's sealed content, or None where no such row stands."""
        held = self._pending.get(place)
        if held is not None:
            return held
        with file_errors:
            row = self._database.execute(_GET, place).fetchone()
        return None if row is None else row[0]

    def has(self, place: Place) -> bool:
        """Tell whether a row stands."""
        if place in self._pending:
            return True
        with file_errors:
            return self._database.execute(_HAS, place).fetchone() is not None

    def delete(self, place: Place) -> None:
        """Remove a row; no harm where none stands."""
        self._pending.pop(place, None)
        with file_errors:
            self._database.execute(_DELETE, place)

    def tags(self, drawer: int) -> list[bytes]:
        """Return the tags of all rows in a drawer."""
        self._write_pending()
        with file_errors:
            return [tag for (tag,) in self._database.execute(_TAGS, (drawer,))]

    def count(self, drawer: int) -> int:
        """Return the number of rows in a drawer."""
        self._write_pending()
        with file_errors:
            return int(self._database.table("row").count_where("drawer = ?", (drawer,)))

    def stamp(self) -> int:
        """Return a number that changes when another program has written in the file."""
        with file_errors:
            return int(self._database.execute("PRAGMA data_version").fetchone()[0])

    def all(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield drawer number, tag and sealed content of every row."""
        self._write_pending()
        with file_errors:
            yield from self._database.execute(_ALL)

    def load(self, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Write rows as `all` yields them, inside a transaction that the caller holds."""
        with file_errors:
            self._database.conn.executemany(_PUT, rows)
