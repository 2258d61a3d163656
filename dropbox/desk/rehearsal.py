"""A rehearsal: a backup is opened to its last row, and nothing is replaced by it.

Invariants: what is written for it is sealed, lies in a private file beside the vault, and is
gone at the end; a backup that a rehearsal passes can be restored on the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from dropbox.desk import activity, casebook, keyring
from dropbox.desk.backup import open_backup, whose
from dropbox.desk.backup_days import LastBackup
from dropbox.desk.casebook import SIDES, OpenBook
from dropbox.desk.channel import SETTING, Owner
from dropbox.desk.errors import (
    BackupDamaged,
    CaseWithdrawn,
    NotAHandlersVault,
    UnknownCase,
    VaultDamaged,
    VaultMissing,
    WrongPassphrase,
)
from dropbox.desk.vault import MASTER_DRAWERS, Vault
from dropbox.desk.vault_file import passing


@dataclass(frozen=True)
class Rehearsed:
    """What a backup holds.

    ``name`` is the handler's id, or an owner's fingerprint; ``cases`` opened with all that is
    in them; ``damaged_cases`` and ``damaged_rows`` did not, and so were damaged in the vault
    already. ``waiting`` are cases whose report has not come. ``of_another`` tells whether it
    is another handler's or channel's than the vault that it was held against; None where it
    was held against none.
    """

    days: LastBackup
    of_owner: bool
    name: str
    cases: int
    waiting: int
    damaged_cases: int
    damaged_rows: int
    of_another: bool | None

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it opened."""
        return not self.damaged_cases and not self.damaged_rows


def rehearse(
    file: BinaryIO, passphrase: str, today: date, folder: Path, against: Vault | None = None
) -> Rehearsed:
    """Open a backup completely, and let go of it.

    Args:
        file: the backup.
        passphrase: the one that the vault had when the backup was made.
        today: the day of the rehearsal.
        folder: where a private file with the sealed rows may lie meanwhile.
        against: the vault that the backup would replace, if it is open; its log counts the
            rehearsal.

    Raises:
        WrongPassphrase: the passphrase does not open the backup.
        BackupExpired, BackupFromTheFuture: today is not among its days.
        BackupDamaged: it is cut off or altered, or holds no keys of anybody.
        OSError: the folder cannot be written.
    """
    opened = open_backup(file, passphrase, today)
    with passing(folder, opened.found.head, opened.master) as vault:
        opened.load(vault)
        try:
            found = whose(vault)
        except (VaultDamaged, NotAHandlersVault):
            raise BackupDamaged from None
        owner = keyring.load_setting(vault, SETTING, Owner)
        cases, waiting, damaged = _count_cases(vault)
        of_another = None if against is None else found.is_another(whose(against))
        rehearsed = Rehearsed(
            days=opened.found.days,
            of_owner=owner is not None,
            name=owner.fingerprint if owner else found.handler_id.hex(),
            cases=cases,
            waiting=waiting,
            damaged_cases=damaged,
            damaged_rows=_damaged_rows(vault),
            of_another=of_another,
        )
    if against is not None and not of_another:
        activity.note(against, activity.REHEARSED, today)
    return rehearsed


def rehearse_beside(file: BinaryIO, passphrase: str, today: date, path: Path) -> Rehearsed:
    """As `rehearse`, held against the vault at ``path`` where one stands and opens, too."""
    try:
        vault = Vault.open(path, passphrase)
    except (VaultMissing, VaultDamaged, WrongPassphrase):
        return rehearse(file, passphrase, today, path.parent)
    with vault:
        return rehearse(file, passphrase, today, path.parent, vault)


def _count_cases(vault: Vault) -> tuple[int, int, int]:
    """Return how many cases open with all that is in them, wait for a report, are damaged."""
    cases = waiting = 0
    for mailbox_id in casebook.ids(vault):
        try:
            book = casebook.open_book(vault, mailbox_id)
            _read_all(book)
        except (VaultDamaged, CaseWithdrawn, UnknownCase):
            continue
        cases, waiting = cases + book.has_report, waiting + (not book.has_report)
    return cases, waiting, vault.count("case_key") - cases - waiting


def _read_all(book: OpenBook) -> None:
    """Open every row of a case; in a vault that is let go of, what waits may be taken."""
    if book.has_report:
        book.case()
    for each in book.book.sealed:
        book.sealed(each)
    for kind in SIDES:
        book.side(kind)
    for _data in book.take_waiting():
        pass


def _damaged_rows(vault: Vault) -> int:
    """Return how many rows outside cases do not open."""
    return sum(
        vault.count(drawer) - sum(1 for _row in vault.items(drawer, skip_damaged=True))
        for drawer in MASTER_DRAWERS
        if drawer != "case_key"  # counted with the cases
    )
