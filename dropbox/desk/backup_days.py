"""How long backups live, and until when one may bring an erased case back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.protocol.days import CLOCK_TOLERANCE

BACKUP_DAYS = 35
"""A backup can be restored for this many days: no longer than an intake key lives on."""

BACKUP_WARNING_DAYS = 30
"""A handler is asked for a new backup when the last one is older than this, days."""

_LAST_BACKUP = b"last backup"
_LAST_RESTORE = b"last restore"


@dataclass(frozen=True)
class LastBackup:
    """The newest backup that is known, and the last day on which any can be restored.

    The two belong to one backup, unless the vault was restored since.
    """

    made: date
    expires: date


@dataclass(frozen=True)
class LastRestore:
    """The day on which this vault was made out of a backup."""

    day: date


def reckon_with_later(vault: Vault, known: LastBackup | None, today: date) -> None:
    """After a restore, reckon with backups that were made since, at the latest today.

    Args:
        vault: the restored one, inside a transaction.
        known: the newest backup that the replaced vault knew.
        today: the day of restoring.
    """
    found = [each for each in (last_backup(vault), known) if each is not None]
    made = max((each.made for each in found), default=today)
    expires = max([today + timedelta(days=BACKUP_DAYS), *(each.expires for each in found)])
    save_setting(vault, _LAST_BACKUP, LastBackup(made, expires))
    save_setting(vault, _LAST_RESTORE, LastRestore(today))


def is_before_restore(vault: Vault, day: date) -> bool:
    """Tell whether what was collected on ``day`` may lack what came before the restore.

    The site's clock and this computer's may differ a little. What was withdrawn in those
    days comes with the next bundle, since no receipt goes out while a backup lives.
    """
    found = load_setting(vault, _LAST_RESTORE, LastRestore)
    return found is not None and day + CLOCK_TOLERANCE < found.day


def note_backup(vault: Vault, today: date) -> LastBackup:
    """Keep that a backup is made today, inside a transaction that the caller holds."""
    found = LastBackup(today, today + timedelta(days=BACKUP_DAYS))
    save_setting(vault, _LAST_BACKUP, found)
    return found


def last_backup(vault: Vault) -> LastBackup | None:
    """Return the newest backup, or None where none was made."""
    return load_setting(vault, _LAST_BACKUP, LastBackup)


def last_backup_expiry(vault: Vault, today: date) -> date | None:
    """Return the first day on which no backup can be restored, or None when that is so now."""
    found = last_backup(vault)
    if found is None or found.expires < today:
        return None
    return found.expires + timedelta(days=1)
