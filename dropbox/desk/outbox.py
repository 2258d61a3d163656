"""What waits to go to the site, and what the site has said that it accepted.

Invariants: a serial belongs to one bundle for ever; an item goes with every bundle
from its first one on, until the site names that serial or a later one; a serial or
hash that this vault did not make settles nothing; what a site that was restored from
a backup may have lost goes again: replies and notes that it confirmed not long ago, and
every withdrawal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dropbox.desk import records
from dropbox.desk.casebook import open_book
from dropbox.desk.errors import CaseWithdrawn, UnknownCase, VaultDamaged
from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.protocol.days import add_months

RECEIPT = b"r"
WITHDRAWAL_RECEIPT = b"w"
REPLY = b"p"
COMMAND = b"c"
MAILBOX = b"m"
NOTE = b"n"
"""What a name in the drawer ``outbox`` starts with; an id of 32 bytes follows."""

SEALED = (REPLY, NOTE, MAILBOX)
"""What stands sealed in its case until the site has it, and a while longer."""

NO_CASE = (VaultDamaged, UnknownCase, CaseWithdrawn)
"""What `open_book` says of the case of a reply or note when rows of it are damaged or gone."""

LARGEST_STEP = 2**42
"""How far the site's word may raise our serial at once: our numbers must not run out.

A restored site goes up to 1,024 for each minute since 1970: less than this until the year 9999.
"""

KEPT_DAYS = 90
"""A reply or note is kept this long after the site confirmed it, by the site's own days.

A backup of the site lives for five weeks at most, and a bundle may be 45 days under way.
"""

COMMAND_MONTHS = 14
"""A withdrawal is kept this long: no site keeps a mailbox longer that was withdrawn.

So is a confirmed reply or note that goes again to a restored site, which may have lost it.
"""

_COURIER = b"courier"
_NOTHING_ACCEPTED = bytes(32)


@dataclass(frozen=True)
class Sent:
    """A bundle that was made: serial, hash of 32 bytes, version of the card in it."""

    serial: int
    hash: bytes
    card_version: int


@dataclass(frozen=True)
class Courier:
    """Where the exchange with the site stands.

    ``serial`` is the highest in use, ``accepted`` the highest that the site confirmed,
    ``card_version`` the highest card version in what it confirmed. ``import_first`` is
    on after a restore, until the site's own count is known.
    """

    serial: int = 0
    accepted: int = 0
    card_version: int = 0
    sent: tuple[Sent, ...] = ()
    import_first: bool = False


@dataclass(frozen=True)
class Item:
    """One thing to send. ``serial`` is that of its first bundle, 0 before.

    ``mailbox_id`` is empty but for a reply, a note or a new mailbox; ``not_before`` delays a
    withdrawal's receipt until no backup can bring the case back. ``out`` tells that some bundle
    had it, also one whose serial does not count any more.
    """

    serial: int = 0
    mailbox_id: bytes = b""
    not_before: date | None = None
    out: bool = False


_RECEIPT_ITEM = records.encode(Item())


@dataclass(frozen=True)
class Confirmed:
    """A reply that the site has: 32-byte id of its mailbox, and the site's day when it said so.

    ``kind`` is `NOTE` or `MAILBOX` where it is no reply: a note, or the mailbox with its report.
    """

    mailbox_id: bytes
    day: date
    kind: bytes = REPLY


@dataclass(frozen=True)
class Command:
    """A withdrawal: the 160 bytes that the reporter signed, and the day when it came here."""

    signed: bytes
    day: date


@dataclass(frozen=True)
class Waiting:
    """What lies ready for the next bundle, counted; ``withdrawals`` are those sent again."""

    replies: int
    receipts: int
    withdrawal_receipts: int
    delayed: int
    withdrawals: int = 0
    mailboxes: int = 0
    notes: int = 0


def courier(vault: Vault) -> Courier:
    """Return where the exchange with the site stands."""
    return load_setting(vault, _COURIER, Courier) or Courier()


def save_courier(vault: Vault, found: Courier) -> None:
    """Keep where the exchange stands."""
    save_setting(vault, _COURIER, found)


def queue_receipt(vault: Vault, envelope_id: bytes) -> None:
    """Tell the site, with the next bundle, that an envelope was read."""
    vault.put("outbox", RECEIPT + envelope_id, _RECEIPT_ITEM)


def queue_receipt_again(vault: Vault, envelope_id: bytes) -> None:
    """As `queue_receipt`, for one that may wait already."""
    if not vault.has("outbox", RECEIPT + envelope_id):
        queue_receipt(vault, envelope_id)


def queue_withdrawal_receipt(vault: Vault, mailbox_id: bytes, not_before: date | None) -> None:
    """Tell the site that a withdrawal was carried out, from ``not_before`` on."""
    _queue(vault, WITHDRAWAL_RECEIPT + mailbox_id, Item(not_before=not_before))


def queue_reply(vault: Vault, envelope_id: bytes, mailbox_id: bytes) -> None:
    """Send a sealed reply, which the case keeps, with the next bundle."""
    _queue(vault, REPLY + envelope_id, Item(mailbox_id=mailbox_id))


def queue_note(vault: Vault, envelope_id: bytes, mailbox_id: bytes) -> None:
    """Send a sealed note, which the case keeps, with the next bundle."""
    _queue(vault, NOTE + envelope_id, Item(mailbox_id=mailbox_id))


def queue_mailbox(vault: Vault, envelope_id: bytes, mailbox_id: bytes) -> None:
    """Open a mailbox at the site that was made here, with its first report."""
    _queue(vault, MAILBOX + envelope_id, Item(mailbox_id=mailbox_id))


def was_exported(vault: Vault, envelope_id: bytes) -> bool:
    """Tell whether a mailbox that was made here, with this report, went into a bundle."""
    raw = vault.get("outbox", MAILBOX + envelope_id)
    if raw is None:
        return True
    item = records.decode(Item, raw)
    return item.out or item.serial > 0  # an older program's item has the serial alone


def keep_command(vault: Vault, mailbox_id: bytes, signed: bytes, today: date) -> None:
    """Keep a withdrawal, for a site that may forget it."""
    if not vault.has("command", mailbox_id):
        vault.put("command", mailbox_id, records.encode(Command(signed, today)))


def command(vault: Vault, mailbox_id: bytes) -> bytes:
    """Return the 160 bytes that the reporter signed, or none where they are not kept."""
    raw = vault.get("command", mailbox_id)
    return b"" if raw is None else records.decode(Command, raw).signed


def drop_receipts(vault: Vault, envelope_ids: Iterable[bytes]) -> None:
    """Send no receipts for these envelopes: their mailbox is gone at the site."""
    for each in envelope_ids:
        vault.delete("outbox", RECEIPT + each)


def drop_replies(vault: Vault, envelope_ids: Iterable[bytes]) -> None:
    """Send none of these replies, notes and mailboxes: their mailbox is gone at the site."""
    for each in envelope_ids:
        for kind in SEALED:
            vault.delete("outbox", kind + each)
        vault.delete("confirmed", each)


def drop_replies_of(vault: Vault, mailbox_id: bytes) -> None:
    """As `drop_replies`, for a case that cannot say which were its own; looks at everything."""
    for name, raw in vault.items("outbox"):
        if records.decode(Item, raw).mailbox_id == mailbox_id:
            vault.delete("outbox", name)
    for name, raw in vault.items("confirmed"):
        if records.decode(Confirmed, raw).mailbox_id == mailbox_id:
            vault.delete("confirmed", name)


def _queue(vault: Vault, name: bytes, item: Item) -> None:
    if not vault.has("outbox", name):
        vault.put("outbox", name, records.encode(item))


def due(vault: Vault, today: date) -> Iterator[tuple[bytes, bytes, Item]]:
    """Yield kind (`RECEIPT` to `MAILBOX`), 32-byte id and item to send; new mailboxes first.

    The site drops what is for a mailbox that it does not have.
    """
    for name, raw in _mailboxes_first(vault):
        item = records.decode(Item, raw)
        if item.not_before is None or item.not_before <= today:
            yield name[:1], name[1:], item


def _mailboxes_first(vault: Vault) -> Iterator[tuple[bytes, bytes]]:
    names = [name for name, _raw in vault.items("outbox") if name[:1] == MAILBOX]
    for name in sorted(names):
        raw = vault.get("outbox", name)
        if raw is not None:
            yield name, raw
    for name, raw in vault.items("outbox"):
        if name[:1] != MAILBOX:
            yield name, raw


def mark(vault: Vault, kind: bytes, name: bytes, item: Item, serial: int) -> None:
    """Note the first bundle that an item goes with."""
    if not item.serial:
        vault.put("outbox", kind + name, records.encode(replace(item, serial=serial, out=True)))


def hold_back(vault: Vault, kind: bytes, name: bytes, item: Item) -> None:
    """Note that an item cannot go along now, so that no bundle's arrival confirms it."""
    if item.serial:
        vault.put("outbox", kind + name, records.encode(replace(item, serial=0, out=True)))


def waiting(vault: Vault, today: date) -> Waiting:
    """Count what lies ready."""
    kinds = [kind for kind, _name, _item in due(vault, today)]
    return Waiting(
        replies=kinds.count(REPLY),
        receipts=kinds.count(RECEIPT),
        withdrawal_receipts=kinds.count(WITHDRAWAL_RECEIPT),
        delayed=vault.count("outbox") - len(kinds),
        withdrawals=kinds.count(COMMAND),
        mailboxes=kinds.count(MAILBOX),
        notes=kinds.count(NOTE),
    )


def start_over(vault: Vault, serial: int, accepted: bytes, day: date) -> bool:
    """Get ready to repeat what a site lost that was restored, inside the caller's transaction.

    Such a site names a serial that it raised itself, and no bundle. Doing it once more,
    as for a bundle that was collected twice, does no harm.

    Args:
        vault: a handler's.
        serial: the serial that the site names.
        accepted: the 32-byte hash that it names; zeros with a serial mean a restore.
        day: the site's day of saying so.

    Returns:
        Whether the site was restored.
    """
    if not serial or accepted != _NOTHING_ACCEPTED:
        return False
    _let_go(vault, day)  # first: what is old already was in the backup
    for name, raw in vault.items("outbox"):
        # A confirmation from before the restore must settle nothing any more.
        item = records.decode(Item, raw)
        item = replace(item, serial=0, out=item.out or item.serial > 0)
        vault.put("outbox", name, records.encode(item))
    for sealed_id, raw in vault.items("confirmed"):
        kept = records.decode(Confirmed, raw)
        _queue(vault, kept.kind + sealed_id, Item(mailbox_id=kept.mailbox_id, out=True))
    for mailbox_id, _command in vault.items("command"):
        _queue(vault, COMMAND + mailbox_id, Item())
    found = courier(vault)
    save_courier(
        vault,
        replace(
            found,
            serial=_raised(found, serial),
            card_version=0,
            sent=tuple(each for each in found.sent if each.serial > serial),
            import_first=False,
        ),
    )
    return True


def _raised(found: Courier, serial: int) -> int:
    return serial if found.serial < serial <= found.serial + LARGEST_STEP else found.serial


def settle(vault: Vault, serial: int, accepted: bytes, day: date) -> bool:
    """Take in what the site says it accepted last, inside the caller's transaction.

    Args:
        vault: a handler's.
        serial: the serial that the site names, 0 for none.
        accepted: the 32-byte hash of that bundle.
        day: the site's day of saying so.

    Returns:
        Whether the site's word fits what this vault knows; if not, nothing is settled.
    """
    found = courier(vault)
    fits = True
    made = next((each for each in found.sent if each.serial == serial), None)
    if made is not None and made.hash == accepted:
        _drop_settled(vault, serial, day)
        found = replace(
            found,
            accepted=serial,
            card_version=max(found.card_version, made.card_version),
            sent=tuple(each for each in found.sent if each.serial > serial),
        )
    elif serial > found.accepted:
        fits = found.import_first
        found = replace(found, accepted=serial if fits else found.accepted)
    save_courier(vault, replace(found, serial=_raised(found, serial), import_first=False))
    _let_go(vault, day)
    return fits


def _drop_settled(vault: Vault, serial: int, day: date) -> None:
    for name, raw in vault.items("outbox"):
        item = records.decode(Item, raw)
        if 0 < item.serial <= serial:
            vault.delete("outbox", name)
            if name[:1] in SEALED:
                kept = Confirmed(item.mailbox_id, day, name[:1])
                vault.put("confirmed", name[1:], records.encode(kept))


def _let_go(vault: Vault, day: date) -> None:
    """Let go of replies, notes and withdrawals that no restored site can lack any more."""
    for sealed_id, raw in vault.items("confirmed"):
        kept = records.decode(Confirmed, raw)
        if _last_day(kept, goes_again=vault.has("outbox", kept.kind + sealed_id)) < day:
            # A case that is damaged or gone keeps them; it must not stop an import.
            with suppress(*NO_CASE):
                open_book(vault, kept.mailbox_id).drop_sealed(sealed_id)
            drop_replies(vault, [sealed_id])
    for mailbox_id, raw in vault.items("command"):
        if add_months(records.decode(Command, raw).day, COMMAND_MONTHS) < day:
            vault.delete("command", mailbox_id)
            vault.delete("outbox", COMMAND + mailbox_id)


def _last_day(kept: Confirmed, *, goes_again: bool) -> date:
    if goes_again:
        return add_months(kept.day, COMMAND_MONTHS)
    return kept.day + timedelta(days=KEPT_DAYS)
