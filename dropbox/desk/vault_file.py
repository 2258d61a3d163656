"""How a vault's file comes to be: built beside its place, then put there in one step.

Invariant: at every moment the place holds a whole vault, the old one or the new.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dropbox.desk.errors import VaultExists
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import KEY_BYTES, MODERATE, Cost, Head, random_bytes
from dropbox.store import draft, put_in_place, sync_folder


@contextmanager
def create(
    path: Path, passphrase: str, cost: Cost = MODERATE, *, replace: bool = False
) -> Iterator[Vault]:
    """Make a new vault with a master key of its own.

    Args:
        path: where the vault is to be; its folder must exist.
        passphrase: at least `vault_seal.MIN_PASSPHRASE_CHARACTERS`.
        cost: what a guess at the passphrase costs.
        replace: whether a file that stands there may go.

    Yields:
        The vault, inside its first transaction. An error in the block leaves nothing.

    Raises:
        VaultExists: a file stands there and ``replace`` is off.
        PassphraseTooShort: see `Head.wrap`.
        OSError: the folder cannot be written.
    """
    if path.exists() and not replace:
        raise VaultExists
    master = random_bytes(KEY_BYTES)
    head = Head.wrap(master, passphrase, cost)
    with build(path, head, master, replace=replace) as vault:
        yield vault


@contextmanager
def build(path: Path, head: Head, master: bytes, *, replace: bool) -> Iterator[Vault]:
    """As `create`, with a head and a 32-byte master key that exist already (a backup's)."""
    # a draft has mode 0600, and SQLite gives its journal the same; it stays open, since
    # closing it would undo the locks that SQLite has on it in this process
    with draft(path.parent) as (file, beside):
        with Vault.fill(beside, head, master) as vault:
            yield vault
        _publish(file, beside, path, replace=replace)


@contextmanager
def passing(folder: Path, head: Head, master: bytes) -> Iterator[Vault]:
    """As `build`, for a vault that is gone at the end of the block; only sealed rows lie there."""
    with draft(folder) as (_file, beside), Vault.fill(beside, head, master) as vault:
        yield vault


def _journal(path: Path) -> Path:
    return path.with_name(path.name + "-journal")


def _publish(file: BinaryIO, beside: Path, path: Path, *, replace: bool) -> None:
    # a journal that a killed program left would be played back into the new file
    _journal(path).unlink(missing_ok=True)
    try:
        if replace:
            put_in_place(file, beside, path)
        else:
            os.link(beside, path)  # unlike a rename, this never takes another file's place
    except FileExistsError:
        raise VaultExists from None
    sync_folder(path.parent)
