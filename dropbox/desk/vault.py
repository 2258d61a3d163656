"""The vault: one SQLite file that says nothing to who lacks the passphrase.

Owns what stands in the file, which `vault_rows` holds. A row lies in a drawer and is a tag and a
sealed content. The tag is a keyed hash of the row's name, so no identifier stands
in the file. The content is padded, sealed with XChaCha20-Poly1305 and tied to its
drawer and tag, so a row cannot be moved.

Invariants: a random master key seals everything, the passphrase only wraps that
key; what belongs to a case is sealed under the case's own key, and erasing the
case destroys that key; whatever fails to open is an error, never an empty answer;
a transaction that does not end leaves the file as it was; what was committed stays
committed, also when the file cannot be rewritten after it.
It must never write a name or a content unsealed, also not to a temporary file.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from dropbox.desk.errors import VaultDamaged, VaultMissing
from dropbox.desk.vault_rows import Place, Rows, connect, file_errors
from dropbox.desk.vault_seal import Cost, Head, derive, pad, seal, unpad, unseal
from dropbox.errors import VaultError

TAG_BYTES = 16

CASE_DRAWERS = ("casebook", "entry")
"""Drawers sealed under a case's own key."""

DRAWERS = (
    *("setting", "case_key", "seen", "withdrawn", "trouble", "outbox"),
    *CASE_DRAWERS,
    *("confirmed", "command"),
    *("signal", "support", "measured", "activity"),
)
"""A drawer's place in this list is its number in the file: new ones come at the end."""

MASTER_DRAWERS = tuple(drawer for drawer in DRAWERS if drawer not in CASE_DRAWERS)
"""Drawers sealed under the master key; they outlive any one case."""

_VERSION = 1
_APPLICATION_ID = 0x4D4B4B4C
_COMPACT_DUE = b"compact due"
_NUMBERS = {drawer: number for number, drawer in enumerate(DRAWERS)}


class Vault:
    """An open vault, by `open` or `vault_file.create`; close it, or use it as a context manager.

    ``unfinished`` tells that the file could not be rewritten after an erasure. What was
    erased is overwritten all the same; the next opening tries again.
    """

    def __init__(self, path: Path, database: Database, head: Head, master: bytes) -> None:
        self.path = path
        self.head = head
        self._database = database
        self._rows = Rows(database)
        self._take(master)
        self._compact_due = False
        self.unfinished = False

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a key."""
        return "Vault(…)"

    def __enter__(self) -> Vault:
        return self

    def __exit__(self, *_unused: object) -> None:
        self.close()

    def _take(self, master: bytes) -> None:
        self._master = master
        self._seal_key = derive(master, b"vault seal")
        self._tag_key = derive(master, b"vault tags")

    @classmethod
    @contextmanager
    def fill(cls, path: Path, head: Head, master: bytes) -> Iterator[Vault]:
        """Lay out an empty file as a vault and yield it inside its first transaction.

        Args:
            path: an empty file of mode 0600.
            head: wraps ``master``.
            master: 32 raw bytes.
        """
        with file_errors:
            database = connect(path)
        with cls(path, database, head, master) as vault, vault.transaction():
            with file_errors:
                _lay_out(database, head)
            yield vault

    @classmethod
    def open(cls, path: Path, passphrase: str) -> Vault:
        """Open the vault at ``path``.

        Raises:
            VaultMissing: there is no such file.
            WrongPassphrase: the passphrase does not fit.
            VaultDamaged: the file is cut off, altered, or no vault.
            VaultBusy: another program holds it.
        """
        if not path.is_file():
            raise VaultMissing
        with file_errors:
            database = connect(path)
        try:
            with file_errors:
                head = _read_head(database)
            vault = cls(path, database, head, head.unwrap(passphrase))
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)
            if vault.get("setting", _COMPACT_DUE) is not None:
                vault._compact()
        except BaseException:
            database.close()
            raise
        return vault

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group changes: all of them hold, or none does.

        Raises:
            VaultBusy: another program is writing.
            VaultNotWritable: the disk refused. Nothing was changed.
        """
        self._rows.begin()
        try:
            yield
            if self._compact_due:
                self.put("setting", _COMPACT_DUE, b"")
            self._rows.commit()
        except BaseException:
            self._compact_due = False
            self._rows.undo()
            raise
        if self._compact_due:
            self._compact()

    def _compact(self) -> None:
        """Rewrite the file, so that no page keeps what was erased or the order of arrival.

        This comes after the commit and so undoes nothing when it fails: the mark stays.
        """
        self._compact_due = False
        try:
            self._rows.rewrite()
            self.delete("setting", _COMPACT_DUE)
        except (VaultError, MemoryError):
            self.unfinished = True
        else:
            self.unfinished = False

    def derive(self, purpose: bytes, *fields: bytes) -> bytes:
        """Return a 32-byte key of this vault for ``purpose``, at most 16 bytes."""
        return derive(self._master, purpose, *fields)

    def _place(self, drawer: str, name: bytes) -> Place:
        tag = derive(self._tag_key, b"vault tag", drawer.encode("ascii"), name)[:TAG_BYTES]
        return _NUMBERS[drawer], tag

    def _key(self, drawer: str, case_key: bytes | None) -> bytes:
        if (drawer in CASE_DRAWERS) != (case_key is not None):
            raise ValueError("a case's rows, and only those, are sealed under the case's key")
        return self._seal_key if case_key is None else case_key

    def put(self, drawer: str, name: bytes, content: bytes, case_key: bytes | None = None) -> None:
        """Write one row, or replace it.

        Args:
            drawer: one of `DRAWERS`.
            name: what the row is found by, at most 255 raw bytes.
            content: anything; its length is hidden up to the next power of two.
            case_key: 32 raw bytes, for `CASE_DRAWERS` and only for those.
        """
        place = self._place(drawer, name)
        padded = pad(bytes((len(name),)) + name + content)
        sealed = seal(self._key(drawer, case_key), padded, _context(*place))
        self._rows.put(place, sealed)

    def get(self, drawer: str, name: bytes, case_key: bytes | None = None) -> bytes | None:
        """Return a row's content, or None where no such row stands.

        Raises:
            VaultDamaged: the row is there and does not open.
        """
        place = self._place(drawer, name)
        sealed = self._rows.get(place)
        if sealed is None:
            return None
        found, content = _open_row(place, sealed, self._key(drawer, case_key))
        if found != name:
            raise VaultDamaged
        return content

    def has(self, drawer: str, name: bytes) -> bool:
        """Tell whether a row stands, without opening it."""
        return self._rows.has(self._place(drawer, name))

    def delete(self, drawer: str, name: bytes) -> None:
        """Remove a row; no harm where none stands."""
        self._rows.delete(self._place(drawer, name))

    def items(self, drawer: str, *, skip_damaged: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """Yield name and content of each row of a master drawer, in no telling order.

        Rows that are removed while this runs are left out; rows may be changed. With
        ``skip_damaged`` rows that do not open are left out; `count` counts them still.
        """
        number = _NUMBERS[drawer]
        for tag in self._rows.tags(number):
            sealed = self._rows.get((number, tag))
            if sealed is None:
                continue
            try:
                opened = _open_row((number, tag), sealed, self._key(drawer, None))
            except VaultDamaged:
                if skip_damaged:
                    continue
                raise
            yield opened

    def count(self, drawer: str) -> int:
        """Return the number of rows."""
        return self._rows.count(_NUMBERS[drawer])

    def stamp(self) -> int:
        """Return a number that changes when another program has written in the vault."""
        return self._rows.stamp()

    def erase_later(self) -> None:
        """Rewrite the whole file once the running transaction has ended."""
        self._compact_due = True

    def change_passphrase(self, passphrase: str, cost: Cost | None = None) -> None:
        """Wrap the master key anew; contents stay as they are.

        Raises:
            PassphraseTooShort: see `Head.wrap`.
        """
        head = Head.wrap(self._master, passphrase, cost or self.head.cost)
        with self.transaction():
            with file_errors:
                _write_head(self._database, head)
            self.erase_later()
        self.head = head

    def raw_rows(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Return drawer number, 16-byte tag and sealed content of every row, for a backup."""
        return self._rows.all()

    def load_raw_rows(self, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Put a backup's rows in, inside a transaction that the caller holds."""
        self._rows.load(rows)


def _context(drawer: int, tag: bytes) -> bytes:
    return bytes((drawer,)) + tag


def _open_row(place: Place, sealed: bytes, key: bytes) -> tuple[bytes, bytes]:
    if not isinstance(sealed, bytes):
        raise VaultDamaged
    named = unpad(unseal(key, sealed, _context(*place)))
    end = 1 + named[0]
    return named[1:end], named[end:]


def _read_head(database: Database) -> Head:
    if database.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise VaultDamaged
    if database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise VaultDamaged
    row = database.execute("SELECT version, memory, operations, salt, wrapped FROM head").fetchone()
    kinds = [] if row is None else [type(each) for each in row]
    if kinds != [int, int, int, bytes, bytes] or row[0] != _VERSION:
        raise VaultDamaged
    return Head(Cost(row[1], row[2]), row[3], row[4])


def _write_head(database: Database, head: Head) -> None:
    database.execute(
        "INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?, ?, ?)",
        (_VERSION, head.cost.memory_bytes, head.cost.operations, head.salt, head.wrapped),
    )


def _lay_out(database: Database, head: Head) -> None:
    database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    database.execute(
        "CREATE TABLE head (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL,"
        " memory INTEGER NOT NULL, operations INTEGER NOT NULL, salt BLOB NOT NULL,"
        " wrapped BLOB NOT NULL) STRICT"
    )
    database.execute(
        "CREATE TABLE row (drawer INTEGER NOT NULL, tag BLOB NOT NULL, sealed BLOB NOT NULL,"
        " PRIMARY KEY (drawer, tag)) STRICT, WITHOUT ROWID"
    )
    _write_head(database, head)
