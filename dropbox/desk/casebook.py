"""Where cases are kept: each under its own key, erased by destroying that key.

Invariants: everything about a mailbox, also what waits for its report, is sealed
under the case's key; a mailbox that was withdrawn never gets a key again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from dropbox.desk import records
from dropbox.desk.cases import Case, Entry
from dropbox.desk.errors import (
    AmbiguousCase,
    CaseWithdrawn,
    NumberTooShort,
    UnknownCase,
    VaultDamaged,
)
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import KEY_BYTES, random_bytes
from dropbox.protocol.handler import Pinned

_THREAD = b"t"
_WAITING = b"q"
_WAITING_AT = b"n"
_SEALED = b"s"

DRAFT = b"d"
TRIAGE = b"m"
MEASURES = b"o"
SUPPORT = b"u"
ACTS = b"a"
SIDES = (DRAFT, TRIAGE, MEASURES, SUPPORT, ACTS)
"""What this desk alone keeps beside a thread, one row of each for a case; goes with its key."""

SHORTEST_NUMBER = 8
"""Characters of a case's number on the screen, unless more are needed."""

_NAMING = ("case_key", "withdrawn")


@dataclass(frozen=True)
class Book:
    """What a case consists of: reporter's keys, empty before the report, and how much of each.

    ``entries`` counts what is in the thread and the notes beside it, ``waiting`` what came
    before its report; ``sealed`` are the ids of own replies and notes that are kept to be
    sent, or sent again.
    """

    mailbox_id: bytes
    ed_pk: bytes
    x_pk: bytes
    entries: int
    waiting: int
    sealed: tuple[bytes, ...]


@dataclass(frozen=True)
class Trouble:
    """An envelope for us that could not be used. ``reason`` is an error's English text."""

    mailbox_id: bytes
    damaged: bool
    reason: str


class OpenBook:
    """One case, open for reading and writing inside a transaction that the caller holds."""

    def __init__(self, vault: Vault, key: bytes, book: Book, *, is_new: bool = False) -> None:
        self._vault = vault
        self._key = key
        self._is_new = is_new
        self.book = book

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a key."""
        return "OpenBook(…)"

    @property
    def has_report(self) -> bool:
        """Tell whether the first report is here."""
        return bool(self.book.ed_pk)

    @property
    def pinned(self) -> Pinned:
        """Return the keys out of the first report."""
        return Pinned(self.book.mailbox_id, self.book.ed_pk, self.book.x_pk)

    def _save(self, book: Book) -> None:
        if self._is_new:
            self._vault.put("case_key", book.mailbox_id, self._key)
            self._is_new = False
        self.book = book
        self._vault.put("casebook", book.mailbox_id, records.encode(book), self._key)

    def _get(self, name: bytes) -> bytes:
        content = self._vault.get("entry", name, self._key)
        if content is None:
            raise VaultDamaged
        return content

    def _name(self, prefix: bytes, number: int) -> bytes:
        return prefix + self.book.mailbox_id + number.to_bytes(4, "big")

    def _entries(self) -> Iterator[Entry]:
        for number in range(self.book.entries):
            yield records.decode(Entry, self._get(self._name(_THREAD, number)))

    def case(self) -> Case:
        """Return the whole thread and the notes; raises UnknownCase before the report is here."""
        if not self.has_report:
            raise UnknownCase
        return Case.of(self.pinned, self._entries())

    def add(self, entry: Entry, pinned: Pinned | None = None) -> None:
        """Put a checked entry in the thread; with a first report, believe its keys."""
        keys = pinned or self.pinned
        name = self._name(_THREAD, self.book.entries)
        self._vault.put("entry", name, records.encode(entry), self._key)
        count = self.book.entries + 1
        self._save(replace(self.book, ed_pk=keys.ed_pk, x_pk=keys.x_pk, entries=count))

    def wait(self, envelope_id: bytes, data: bytes) -> None:
        """Keep an envelope, still sealed, until the report comes."""
        if self._vault.has("entry", _WAITING + envelope_id):
            return
        self._vault.put("entry", _WAITING + envelope_id, data, self._key)
        name = self._name(_WAITING_AT, self.book.waiting)
        self._vault.put("entry", name, envelope_id, self._key)
        self._save(replace(self.book, waiting=self.book.waiting + 1))

    def take_waiting(self) -> Iterator[bytes]:
        """Yield and let go of what waited, in the order of arrival."""
        count = self.book.waiting
        if count:
            self._save(replace(self.book, waiting=0))
        for number in range(count):
            name = self._name(_WAITING_AT, number)
            envelope_id = self._get(name)
            data = self._get(_WAITING + envelope_id)
            self._vault.delete("entry", name)
            self._vault.delete("entry", _WAITING + envelope_id)
            yield data

    def keep_sealed(self, envelope_id: bytes, data: bytes) -> None:
        """Keep an own reply or note for the site, until a while after that confirmed it."""
        self._vault.put("entry", _SEALED + envelope_id, data, self._key)
        self._save(replace(self.book, sealed=(*self.book.sealed, envelope_id)))

    def sealed(self, envelope_id: bytes) -> bytes:
        """Return an own reply or note as the site gets it."""
        return self._get(_SEALED + envelope_id)

    def drop_sealed(self, envelope_id: bytes) -> None:
        """Let go of an own reply or note that the site will not ask for again."""
        self._vault.delete("entry", _SEALED + envelope_id)
        rest = tuple(each for each in self.book.sealed if each != envelope_id)
        self._save(replace(self.book, sealed=rest))

    def side(self, kind: bytes) -> bytes | None:
        """Return what is kept beside the thread under `DRAFT` or another of these, or None."""
        return self._vault.get("entry", kind + self.book.mailbox_id, self._key)

    def put_side(self, kind: bytes, content: bytes) -> None:
        """Keep something beside the thread, sealed under the case's key like the thread itself."""
        self._vault.put("entry", kind + self.book.mailbox_id, content, self._key)

    def drop_side(self, kind: bytes) -> None:
        """Let go of what is kept beside the thread; no harm where nothing is."""
        self._vault.delete("entry", kind + self.book.mailbox_id)

    def destroy(self) -> list[bytes]:
        """Remove key and rows, and rewrite the file when the transaction ends.

        Returns:
            The 32-byte ids of all envelopes that were in the thread.
        """
        vault, book = self._vault, self.book
        for _data in self.take_waiting():
            pass  # taking it deletes it
        ids = []
        for number, entry in enumerate(self._entries()):
            ids.append(entry.envelope_id)
            vault.delete("entry", self._name(_THREAD, number))
        for each in book.sealed:
            vault.delete("entry", _SEALED + each)
        destroy_key(vault, book.mailbox_id)
        return ids


def destroy_key(vault: Vault, mailbox_id: bytes) -> None:
    """Destroy a case's key, which makes whatever is left of the case unreadable for ever."""
    vault.delete("case_key", mailbox_id)
    vault.delete("casebook", mailbox_id)
    for kind in SIDES:
        vault.delete("entry", kind + mailbox_id)
    vault.erase_later()


def is_withdrawn(vault: Vault, mailbox_id: bytes) -> bool:
    """Tell whether the reporter withdrew this mailbox."""
    return vault.has("withdrawn", mailbox_id)


def open_book(vault: Vault, mailbox_id: bytes) -> OpenBook:
    """Open a case by its 32-byte mailbox id.

    Raises:
        CaseWithdrawn: the reporter withdrew it.
        UnknownCase: there is none.
    """
    if is_withdrawn(vault, mailbox_id):
        raise CaseWithdrawn
    key = vault.get("case_key", mailbox_id)
    if key is None:
        raise UnknownCase
    return _open_with(vault, mailbox_id, key)


def _open_with(vault: Vault, mailbox_id: bytes, key: bytes) -> OpenBook:
    raw = vault.get("casebook", mailbox_id, key)
    if raw is None:
        raise VaultDamaged
    return OpenBook(vault, key, records.decode(Book, raw))


def open_or_start(vault: Vault, mailbox_id: bytes) -> OpenBook:
    """As `open_book`, and start one where there is none; it is kept from its first content on."""
    if is_withdrawn(vault, mailbox_id):
        raise CaseWithdrawn
    key = vault.get("case_key", mailbox_id)
    if key is not None:
        return _open_with(vault, mailbox_id, key)
    book = Book(mailbox_id, b"", b"", 0, 0, ())
    return OpenBook(vault, random_bytes(KEY_BYTES), book, is_new=True)


def ids(vault: Vault) -> Iterator[bytes]:
    """Yield the 32-byte mailbox id of every case, in no telling order.

    A case whose key does not open is left out: nothing tells its id. `unnamed` counts these.
    """
    for mailbox_id, _key in vault.items("case_key", skip_damaged=True):
        yield mailbox_id


def unnamed(vault: Vault) -> int:
    """Return how many cases are so damaged that not even their number can be read."""
    return vault.count("case_key") - sum(1 for _each in ids(vault))


def troubles(vault: Vault) -> Iterator[Trouble]:
    """Yield what was sent to us and could not be used."""
    for _name, raw in vault.items("trouble"):
        yield records.decode(Trouble, raw)


def count_waiting(vault: Vault) -> int:
    """Return how many envelopes wait for their report, those in damaged cases left out."""
    count = 0
    for mailbox_id, key in vault.items("case_key", skip_damaged=True):
        with suppress(VaultDamaged):
            count += _open_with(vault, mailbox_id, key).book.waiting
    return count


def numbers(vault: Vault) -> dict[bytes, str]:
    """Return for each case the beginning of its mailbox id that names only this case."""
    return shortest(_names(vault))


def shortest(mailbox_ids: Iterable[bytes]) -> dict[bytes, str]:
    """Return for each 32-byte id a beginning, in hexadecimal, that no other of them has."""
    names = sorted({each.hex() for each in mailbox_ids})
    shown = {}
    for before, name, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        length = 1 + max(_common(name, before), _common(name, after))
        shown[bytes.fromhex(name)] = name[: max(SHORTEST_NUMBER, length)]
    return shown


def _names(vault: Vault) -> Iterator[bytes]:
    """Yield the id of every mailbox that has or had a case; one damaged row hides no other."""
    for drawer in _NAMING:
        for mailbox_id, _raw in vault.items(drawer, skip_damaged=True):
            yield mailbox_id


def _common(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(other))


def find(vault: Vault, typed: str, at_least: int = 0) -> bytes:
    """Return the 32-byte mailbox id of the case whose number begins with what was typed.

    Args:
        vault: a handler's.
        typed: the beginning of a case's number; spaces and capitals do not matter.
        at_least: how many characters a person must have typed. To read, what is unique
            will do; an answer to the wrong case cannot be taken back.

    Raises:
        NumberTooShort: fewer were typed.
        UnknownCase, AmbiguousCase: none does, or several do.
    """
    start = "".join(typed.split()).lower()
    if len(start) < at_least:
        raise NumberTooShort(characters=at_least)
    found = {each for each in _names(vault) if start and each.hex().startswith(start)}
    if not found:
        raise UnknownCase
    if len(found) > 1:
        raise AmbiguousCase
    return found.pop()
