"""How long backups live, and until when one may bring an erased case back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault

BACKUP_DAYS = 35
"""A backup can be restored for this many days: no longer than an intake key lives on."""

BACKUP_WARNING_DAYS = 30
"""A handler is asked for a new backup when the last one is older than this, days."""

_LAST_BACKUP = b"last backup"


@dataclass(frozen=True)
class LastBackup:
    """The newest backup: the day it was made and the last day on which it can be restored."""

    made: date
    expires: date


def keep_latest(vault: Vault, known: LastBackup | None) -> None:
    """Keep ``known`` if it can be restored for longer than the newest that the vault knows."""
    before = last_backup(vault)
    if known is not None and (before is None or before.expires < known.expires):
        save_setting(vault, _LAST_BACKUP, known)


def made_on(day: date) -> LastBackup:
    """Return the days of a backup that is made on ``day``."""
    return LastBackup(day, day + timedelta(days=BACKUP_DAYS))


def note_backup(vault: Vault, today: date) -> LastBackup:
    """Keep that a backup is made today, inside a transaction that the caller holds."""
    found = made_on(today)
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
