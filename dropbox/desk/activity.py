"""The log of what was done at this desk: by day and kind of act, as numbers, without content.

Owns the drawer ``activity``, a row for each month, and one row beside each case that was
acted on. Invariants: an entry is a day, a code and a number, never a moment, a case or a
word; what was done in a case is kept under that case's own key and goes with it, so that no
sum tells what a withdrawn case was; a withdrawal counts for its month, not its day; after
`KEPT_MONTHS` an entry goes. A damaged row never stops the work that it would count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from dropbox.desk import casebook, records
from dropbox.desk.casebook import ACTS, OpenBook
from dropbox.desk.errors import CaseWithdrawn, UnknownCase, VaultDamaged
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol.days import add_months

KEPT_MONTHS = 14
"""As long as a withdrawal is kept for a site that is restored: see `outbox`."""

IMPORTED, EXPORTED, WITHDRAWN = "imported", "exported", "withdrawn"
ANSWERED, CLOSED, NOTED = "answered", "closed", "noted"
KEYS_MADE, CARD_PINNED, CARD_SIGNED, HANDLER_REMOVED = "keys", "pinned", "signed", "removed"
PASSPHRASE, BACKED_UP, REHEARSED, RESTORED = "passphrase", "backup", "rehearsed", "restored"

WORDS = {
    IMPORTED: N_("bundles imported"),
    EXPORTED: N_("bundles written"),
    WITHDRAWN: N_("cases erased because they were withdrawn"),
    ANSWERED: N_("answers sealed"),
    CLOSED: N_("cases closed"),
    NOTED: N_("notes to colleagues"),
    KEYS_MADE: N_("keys made"),
    CARD_PINNED: N_("channel card taken in"),
    CARD_SIGNED: N_("channel card signed"),
    HANDLER_REMOVED: N_("handlers removed from the card"),
    PASSPHRASE: N_("passphrase changed"),
    BACKED_UP: N_("backup made"),
    REHEARSED: N_("backup rehearsed"),
    RESTORED: N_("vault restored from a backup"),
}
"""Every kind of act, in the order in which a day tells them."""

_MONTH = len("2026-11")
_KEPT_SINCE = b"kept since"


@dataclass(frozen=True)
class Acts:
    """Numbers by day or month, in the form 2026-11-21 or 2026-11, and by code."""

    counts: dict[str, dict[str, int]]


@dataclass(frozen=True)
class _KeptSince:
    """The month in which old entries were last let go of, in the form 2026-11."""

    month: str


@dataclass(frozen=True)
class Line:
    """What was done on one day, or in one month where ``whole_month``: codes and numbers."""

    day: date
    whole_month: bool
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Log:
    """All lines, newest first. ``damaged`` is how many rows could not be read."""

    lines: tuple[Line, ...]
    damaged: int


def note(vault: Vault, act: str, today: date, count: int = 1) -> None:
    """Count an act of the desk itself, with the act's own transaction where there is one.

    Args:
        vault: any.
        act: one of `WORDS`.
        today: the day of the act.
        count: how many.
    """
    if count <= 0:
        return
    month = today.isoformat()[:_MONTH]
    when = month if act == WITHDRAWN else today.isoformat()
    name = month.encode("ascii")
    before = _read(lambda: vault.get("activity", name))
    vault.put("activity", name, _with(before, when, act, count))


def note_in_case(book: OpenBook, act: str, today: date) -> None:
    """Count an act in a case, beside it, inside a transaction that the caller holds."""
    before = _read(lambda: book.side(ACTS))
    book.put_side(ACTS, _with(before, today.isoformat(), act, 1))


def _read(row: Callable[[], bytes | None]) -> dict[str, dict[str, int]]:
    """Return a row's numbers; those of a damaged one are lost, not the work that comes now."""
    try:
        raw = row()
        return {} if raw is None else records.decode(Acts, raw).counts
    except VaultDamaged:
        return {}


def _with(counts: dict[str, dict[str, int]], when: str, act: str, count: int) -> bytes:
    of_day = Counter(counts.get(when, {}))
    of_day[act] += count
    return records.encode(Acts({**counts, when: dict(of_day)}))


def read(vault: Vault, today: date) -> Log:
    """Return the log of the last `KEPT_MONTHS`; this opens one row of every case."""
    found: dict[str, Counter[str]] = {}
    damaged = vault.count("activity") + vault.count("case_key")
    for acts in _rows(vault):
        damaged -= 1
        for when, counts in acts.counts.items():
            found.setdefault(when, Counter()).update(counts)
    first = _first_month(today)
    lines = [_line(when, counts) for when, counts in found.items() if when[:_MONTH] >= first]
    # a month's own line stands below the days of that month
    lines.sort(key=lambda each: (each.day, not each.whole_month), reverse=True)
    return Log(tuple(lines), damaged)


def _rows(vault: Vault) -> Iterator[Acts]:
    """Yield the numbers of every row that opens, none for a case in which nothing was done."""
    for name, raw in vault.items("activity", skip_damaged=True):
        try:
            yield Acts({}) if name == _KEPT_SINCE else records.decode(Acts, raw)
        except VaultDamaged:
            continue
    for mailbox_id in casebook.ids(vault):
        try:
            acts = casebook.open_book(vault, mailbox_id).side(ACTS)
            yield Acts({}) if acts is None else records.decode(Acts, acts)
        except (VaultDamaged, CaseWithdrawn, UnknownCase):
            continue


def _line(when: str, counts: Counter[str]) -> Line:
    whole_month = len(when) == _MONTH
    day = date.fromisoformat(f"{when}-01" if whole_month else when)
    told = tuple((act, counts[act]) for act in WORDS if counts[act])
    return Line(day, whole_month, told)


def _first_month(today: date) -> str:
    return add_months(today.replace(day=1), -KEPT_MONTHS).isoformat()[:_MONTH]


def forget_old(vault: Vault, today: date) -> None:
    """Let go of entries older than `KEPT_MONTHS`, once a month, inside a transaction.

    Args:
        vault: a handler's or an owner's.
        today: a day that something else than this computer's clock vouches for.
    """
    month, first = today.isoformat()[:_MONTH], _first_month(today)
    if _kept_since(vault) == month:
        return
    vault.put("activity", _KEPT_SINCE, records.encode(_KeptSince(month)))
    for name, _raw in vault.items("activity", skip_damaged=True):
        if name != _KEPT_SINCE and name < first.encode("ascii"):
            vault.delete("activity", name)
    for mailbox_id in casebook.ids(vault):
        try:
            _forget_in_case(casebook.open_book(vault, mailbox_id), first)
        except (VaultDamaged, CaseWithdrawn, UnknownCase):
            continue


def _kept_since(vault: Vault) -> str:
    try:
        raw = vault.get("activity", _KEPT_SINCE)
        return "" if raw is None else records.decode(_KeptSince, raw).month
    except VaultDamaged:
        return ""


def _forget_in_case(book: OpenBook, first: str) -> None:
    raw = book.side(ACTS)
    if raw is None:
        return
    counts = records.decode(Acts, raw).counts
    kept = {when: each for when, each in counts.items() if when[:_MONTH] >= first}
    if not kept:
        book.drop_side(ACTS)
    elif kept != counts:
        book.put_side(ACTS, records.encode(Acts(kept)))
