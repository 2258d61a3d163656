"""Changing the passphrase of an open vault.

A new passphrase wraps the same master key: it keeps out who learns the new file and the old
passphrase, not who had both before.
"""

from __future__ import annotations

from datetime import date

from dropbox.desk import activity
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import Cost


def change(
    vault: Vault, fresh: str, today: date, cost: Cost | None = None, *, current: str | None = None
) -> None:
    """Give a vault another passphrase.

    Args:
        vault: any, open.
        fresh: the new passphrase.
        today: the day of the change.
        cost: what a guess is to cost from now on; None leaves it.
        current: the old passphrase where it is to be asked again, since the vault was opened
            a while ago and somebody else may sit there.

    Raises:
        WrongPassphrase: the current one was asked, and is another.
        PassphraseTooShort: see `Head.wrap`.
    """
    if current is not None:
        vault.head.unwrap(current)
    vault.change_passphrase(fresh, cost)
    activity.note(vault, activity.PASSPHRASE, today)
