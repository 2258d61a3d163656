"""The pages of a SQLite file, read without SQLite: what somebody sees who carves a seized disk.

Owns the file format as far as the tables ``WITHOUT ROWID`` need it, which is all that the
site's database has. Invariants: only reads; takes a copy first, and folds the log into the
copy as SQLite would, because page numbers stay the same there.

Source: SQLite, "Database File Format".
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

SIDES = ("", "-wal", "-shm")
_INTERIOR, _LEAF = 0x02, 0x0A
_HEADER = {_INTERIOR: 12, _LEAF: 8}
_FIRST_FREE_TRUNK = 32
_RESERVED = 20
_PAGE_SIZE = 16


@dataclass(frozen=True)
class Cell:
    """Where one row lies: page, byte in the page, overflow pages in order, and its first blobs."""

    page: int
    offset: int
    overflow: tuple[int, ...]
    blobs: tuple[bytes, ...]


def copy(database: Path, folder: Path) -> Path:
    """Copy a database with its log into ``folder``, fold the log in, and return the copy."""
    taken = folder / database.name
    for side in SIDES:
        source = database.with_name(database.name + side)
        if source.exists():
            shutil.copy(source, folder / source.name)
    with closing(sqlite3.connect(taken)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return taken


class Pages:
    """A whole database file in memory, without a log."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.size = int.from_bytes(self.data[_PAGE_SIZE : _PAGE_SIZE + 2], "big")
        self._usable = self.size - self.data[_RESERVED]
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
            rows = connection.execute("SELECT name, rootpage FROM sqlite_schema").fetchall()
        self._roots: dict[str, int] = {name: page for name, page in rows if page}

    def trees(self) -> Iterator[tuple[str, list[Cell]]]:
        """Yield each table and index with its rows in the order of its keys."""
        for name, root in self._roots.items():
            yield name, list(self._cells(root))

    def unused(self) -> bytes:
        """Return all bytes that belong to no row: gaps in pages, ends of chains, free pages."""
        found = bytearray()
        for root in self._roots.values():
            for page in self._tree_pages(root):
                found += self._gaps(page)
                for cell in self._own_cells(page):
                    found += self._tail(cell)
        for page in self._free():
            found += self._page(page)[8:]
        return bytes(found)

    def _page(self, number: int) -> bytes:
        return self.data[(number - 1) * self.size : number * self.size]

    def _number(self, page: int, offset: int, size: int = 2) -> int:
        start = (page - 1) * self.size + offset
        return int.from_bytes(self.data[start : start + size], "big")

    def _kind(self, page: int) -> int:
        kind = self._number(page, 0, 1)
        if kind not in _HEADER:
            raise ValueError(f"page {page} is of a kind that this database does not have")
        return kind

    def _pointers(self, page: int) -> list[int]:
        head = _HEADER[self._kind(page)]
        return [self._number(page, head + 2 * at) for at in range(self._number(page, 3))]

    def _children(self, page: int) -> list[int]:
        if self._kind(page) == _LEAF:
            return []
        return [self._number(page, at, 4) for at in self._pointers(page)] + [
            self._number(page, 8, 4)
        ]

    def _tree_pages(self, page: int) -> Iterator[int]:
        yield page
        for child in self._children(page):
            yield from self._tree_pages(child)

    def _cells(self, page: int) -> Iterator[Cell]:
        own, children = list(self._own_cells(page)), self._children(page)
        for place, cell in enumerate(own):
            if children:
                yield from self._cells(children[place])
            yield cell
        if children:
            yield from self._cells(children[-1])

    def _own_cells(self, page: int) -> Iterator[Cell]:
        for offset in self._pointers(page):
            start, size, local = self._payload(page, offset)
            chain: tuple[int, ...] = ()
            if local < size:
                chain = tuple(self._chain(self._number(page, start + local, 4)))
            blobs = tuple(_blobs(self._page(page)[start : start + local]))
            yield Cell(page, offset, chain, blobs)

    def _payload(self, page: int, offset: int) -> tuple[int, int, int]:
        """Return where a cell's payload begins, its size, and how much lies in the page."""
        at = offset + (4 if self._kind(page) == _INTERIOR else 0)
        size, at = _varint(self._page(page), at)
        most = (self._usable - 12) * 64 // 255 - 23
        least = (self._usable - 12) * 32 // 255 - 23
        fitting = least + (size - least) % (self._usable - 4)
        local = size if size <= most else fitting if fitting <= most else least
        return at, size, local

    def _chain(self, page: int) -> Iterator[int]:
        while page:
            yield page
            page = self._number(page, 0, 4)

    def _tail(self, cell: Cell) -> bytes:
        if not cell.overflow:
            return b""
        _start, size, local = self._payload(cell.page, cell.offset)
        left = size - local - (len(cell.overflow) - 1) * (self._usable - 4)
        return self._page(cell.overflow[-1])[4 + left : self._usable]

    def _gaps(self, page: int) -> bytes:
        """Return what stands between a page's list of cells and its cells, and in its holes."""
        content = self._number(page, 5) or self.size
        begin = _HEADER[self._kind(page)] + 2 * self._number(page, 3)
        found = bytearray(self._page(page)[begin:content])
        hole = self._number(page, 1)
        while hole:
            found += self._page(page)[hole + 4 : hole + self._number(page, hole + 2)]
            hole = self._number(page, hole)
        return bytes(found)

    def _free(self) -> Iterator[int]:
        trunk = int.from_bytes(self.data[_FIRST_FREE_TRUNK : _FIRST_FREE_TRUNK + 4], "big")
        while trunk:
            for place in range(self._number(trunk, 4, 4)):
                yield self._number(trunk, 8 + 4 * place, 4)
            trunk = self._number(trunk, 0, 4)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number of SQLite's variable length and the place behind it."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


_NUMBER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8}


def _blobs(payload: bytes) -> Iterator[bytes]:
    """Yield the blobs of a record that lie wholly in ``payload``."""
    end, at = _varint(payload, 0)
    value = end
    while at < end:
        serial, at = _varint(payload, at)
        size = (serial - 12) // 2 if serial >= 12 else _NUMBER_BYTES.get(serial, 0)
        if serial >= 12 and serial % 2 == 0 and value + size <= len(payload):
            yield payload[value : value + size]
        value += size
