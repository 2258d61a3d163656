"""The list of cases that this unlocking made, and what its person asked of it.

Both live in the workplace's memory and die with the lock: neither a word that was searched
for nor a filter stands in an address or on a disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dropbox.desk import casebook
from dropbox.desk.errors import UnknownCase
from dropbox.desk.index import Index
from dropbox.desk.overview import Row, Wanted
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.patterns import Cell
from dropbox.desk.vault import Vault

_INDEX = "index"
_ASKED = "asked"
NOTICE = "notice"
"""Names in memory what the list says once, above its rows."""


@dataclass(frozen=True)
class Asked:
    """A filter and the words that were typed with it, perhaps within one place of the patterns."""

    wanted: Wanted = Wanted()  # noqa: RUF009 - frozen, so it can be shared
    words: str = ""
    cell: Cell | None = None


def index_of(vault: Vault) -> Index:
    """Return the list, begun anew after an unlocking, at midnight, or when others wrote."""
    desk = workplace()
    today = desk.today()
    found: Index | None = desk.memory.get(_INDEX)
    if found is None or found.day != today:
        found = desk.memory[_INDEX] = Index(vault, today)
    return found


def whole_index(vault: Vault) -> Index:
    """Return the list, read to its end, however long that takes."""
    found = index_of(vault)
    while not found.ready:
        found.read_on(vault)
    return found


def renew(vault: Vault, *mailbox_ids: bytes) -> None:
    """Read cases again after writing in them; a list that is not there yet needs nothing."""
    found: Index | None = workplace().memory.get(_INDEX)
    if found is not None:
        found.renew(vault, mailbox_ids)


def asked() -> Asked:
    """Return what the list is asked for now."""
    found: Asked = workplace().memory.get(_ASKED, Asked())
    return found


def ask(wanted: Asked) -> None:
    """Ask the list for something else."""
    workplace().memory[_ASKED] = wanted


def chosen(index: Index) -> list[Row]:
    """Return the rows that the list shows now, in their order."""
    now = asked()
    if now.cell is None:
        return index.chosen(now.wanted, now.words)
    # A table counts what was put aside, too: its cases are shown after the others.
    both = (replace(now.wanted, aside=aside) for aside in (False, True))
    found = (each for wanted in both for each in index.chosen(wanted, now.words))
    return [each for each in found if now.cell.holds(each)]


def find(vault: Vault, number: str) -> bytes:
    """Return the 32-byte id of the case with this number, or UnknownCase."""
    found: Index | None = workplace().memory.get(_INDEX)
    if found is not None and (known := found.named(number)) is not None:
        return known
    if len(number) < casebook.SHORTEST_NUMBER:
        raise UnknownCase
    return casebook.find(vault, number)
