"""The rows and words of all cases, read once after unlocking and kept in memory until the lock.

Owns the reading, in steps that a page can wait for. Invariants: nothing of it is ever written
to a disk; a case that changed is read again, one that was withdrawn is gone; damage in one
case hides no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dropbox.desk import casebook, keyring, overview, triage
from dropbox.desk.casebook import DRAFT
from dropbox.desk.errors import CaseWithdrawn, UnknownCase, VaultDamaged
from dropbox.desk.overview import Beside, Codes, Counts, Row, Wanted
from dropbox.desk.search import Search, texts
from dropbox.desk.vault import Vault

STEP = 2_000
"""Cases that are read in one step: less than a second's work."""


class Index:
    """All cases as lists show them. ``day`` is the day that the clocks were held against."""

    def __init__(self, vault: Vault, today: date) -> None:
        self.day = today
        self.search = Search()
        self.rows: dict[bytes, Row] = {}
        self._tally: tuple[Counts, Codes] | None = None
        self._own_id = keyring.load(vault).handler_id
        self._start(vault)

    def _start(self, vault: Vault) -> None:
        self._name(vault)
        self._count(vault)
        self._left = list(casebook.ids(vault))
        self.total = len(self._left)

    def _count(self, vault: Vault) -> None:
        found = list(casebook.troubles(vault))
        self._troubles = Counter(trouble.mailbox_id for trouble in found)
        self.withdrawn = vault.count("withdrawn")
        self.unnamed = casebook.unnamed(vault)

    @property
    def ready(self) -> bool:
        """Tell whether all cases were read."""
        return not self._left

    @property
    def read(self) -> int:
        """Return how many cases were read."""
        return self.total - len(self._left)

    @property
    def strays(self) -> int:
        """Return how many items came for mailboxes of which there is no case here."""
        return sum(n for each, n in self._troubles.items() if each not in self.rows)

    def read_on(self, vault: Vault, count: int = STEP) -> bool:
        """Read at most ``count`` more cases; return whether all were read."""
        for mailbox_id in self._left[:count]:
            self._read(vault, mailbox_id)
        del self._left[:count]
        return self.ready

    def renew(self, vault: Vault, changed: Iterable[bytes]) -> None:
        """Read cases again that changed, appeared or went; numbers grow where they must."""
        changed = set(changed)
        if any(each not in self._numbers for each in changed):
            self._name(vault)
            for mailbox_id, found in list(self.rows.items()):
                self.rows[mailbox_id] = replace(found, number=self.number(mailbox_id))
        self._count(vault)
        for mailbox_id in changed:
            self._read(vault, mailbox_id)

    def number(self, mailbox_id: bytes) -> str:
        """Return a case's number on the screen."""
        return self._numbers.get(mailbox_id, mailbox_id.hex())

    def named(self, number: str) -> bytes | None:
        """Return the 32-byte id of the case with exactly this number, withdrawn or not, or None."""
        return self._by_number.get(number)

    def _name(self, vault: Vault) -> None:
        self._numbers = casebook.numbers(vault)
        self._by_number = {number: mailbox_id for mailbox_id, number in self._numbers.items()}

    def tally(self) -> tuple[Counts, Codes]:
        """Return counts and the codes that occur, counted again only after a change."""
        if self._tally is None:
            rows = list(self.rows.values())
            self._tally = overview.counts(rows), overview.codes(rows)
        return self._tally

    def _read(self, vault: Vault, mailbox_id: bytes) -> None:
        self._tally = None
        number = self.number(mailbox_id)
        try:
            book = casebook.open_book(vault, mailbox_id)
            if not book.has_report:
                self._forget(mailbox_id)
                return
            case = book.case()
            beside = Beside(
                triage.of_book(book),
                self._troubles[mailbox_id],
                draft=book.side(DRAFT) is not None,
            )
        except (CaseWithdrawn, UnknownCase):
            self._forget(mailbox_id)
        except VaultDamaged:
            self._forget(mailbox_id)
            self.rows[mailbox_id] = Row(mailbox_id, number, damaged=True)
        else:
            self.rows[mailbox_id] = overview.row(case, number, self._own_id, self.day, beside)
            self.search.put(mailbox_id, texts(case))

    def _forget(self, mailbox_id: bytes) -> None:
        self.rows.pop(mailbox_id, None)
        self.search.drop(mailbox_id)

    def chosen(self, wanted: Wanted, typed: str = "") -> list[Row]:
        """Return the rows that a person asked for, by filter and by words or a case's number."""
        return overview.chosen(self._found(typed) if typed.strip() else self.rows.values(), wanted)

    def _found(self, typed: str) -> Iterator[Row]:
        start = "".join(typed.split()).lower()
        found = self.search.find(typed)
        for mailbox_id, each in self.rows.items():
            named = len(start) >= casebook.SHORTEST_NUMBER and mailbox_id.hex().startswith(start)
            if mailbox_id in found or named:
                yield each
