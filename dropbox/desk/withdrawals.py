"""What a withdrawal does: a case is erased for good, and only its tombstone stays.

Invariants: the case's key is destroyed whatever else is damaged; nothing of the case
goes to the site any more but the receipt of the withdrawal, and the withdrawal itself
when the site lost it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dropbox.desk import activity, casebook, outbox, records
from dropbox.desk.backup_days import last_backup_expiry
from dropbox.desk.casebook import Trouble
from dropbox.desk.errors import UnknownCase, VaultDamaged
from dropbox.desk.keyring import erasure_is_final_on
from dropbox.desk.vault import Vault


@dataclass(frozen=True)
class Tombstone:
    """What stays of a withdrawn case beside its id: when an import makes the erasure final.

    From that day on the first import destroys the last key that opens an old copy. The day
    is the same for all withdrawals of a month, so it tells no more than that.
    """

    final_on: date


def withdraw(
    vault: Vault,
    mailbox_id: bytes,
    today: date,
    signed: bytes = b"",
    learned: date | None = None,
) -> bool:
    """Carry out a withdrawal, inside a transaction that the caller holds.

    Args:
        vault: a handler's.
        mailbox_id: what was withdrawn, 32 raw bytes; the withdrawal was checked.
        today: the day on which this desk learned of it, by a clock that can be believed.
        signed: the 160 bytes that the reporter signed, or none where they were not kept.
        learned: a later day from which to promise that the erasure is final, if not today.

    Returns:
        Whether it was news.
    """
    if signed:
        outbox.keep_command(vault, mailbox_id, signed, today)
    outbox.queue_withdrawal_receipt(vault, mailbox_id, last_backup_expiry(vault, today))
    if casebook.is_withdrawn(vault, mailbox_id):
        return False
    if vault.has("case_key", mailbox_id):
        _erase(vault, mailbox_id)
    for name, raw in vault.items("trouble"):
        if records.decode(Trouble, raw).mailbox_id == mailbox_id:
            vault.delete("trouble", name)
    tombstone = Tombstone(erasure_is_final_on(learned or today))
    vault.put("withdrawn", mailbox_id, records.encode(tombstone))
    activity.note(vault, activity.WITHDRAWN, today)
    return True


def _erase(vault: Vault, mailbox_id: bytes) -> None:
    try:
        book = casebook.open_book(vault, mailbox_id)
        outbox.drop_replies(vault, book.book.sealed)
        outbox.drop_receipts(vault, book.destroy())
    except VaultDamaged:
        # the promise to erase goes before the wish to know what was erased
        casebook.destroy_key(vault, mailbox_id)
        outbox.drop_replies_of(vault, mailbox_id)


def tombstones(vault: Vault) -> Iterator[Tombstone]:
    """Yield what stays of each withdrawn case."""
    for _name, raw in vault.items("withdrawn"):
        yield records.decode(Tombstone, raw)


def tombstone(vault: Vault, mailbox_id: bytes) -> Tombstone:
    """Return what stays of one withdrawn case, by its 32-byte id; raises UnknownCase."""
    raw = vault.get("withdrawn", mailbox_id)
    if raw is None:
        raise UnknownCase
    return records.decode(Tombstone, raw)
