"""A backup: one encrypted file that says when it was made and ends by itself.

Layout, all numbers big-endian::

    "MKBK" · version 1 · made 4 · expires 4 (days, proleptic ordinals)
    · Argon2id memory 8 · passes 4 · salt 16 · wrapped master key 72
    · chunks (length 4 · sealed chunk), each tied to everything above and its place;
      the last one is marked, and nothing follows it

A chunk holds whole rows: ``drawer 1 · tag 16 · length 4 · sealed content``.
Invariants: the rows are sealed once more, so a backup shows no count of anything; the
days cannot be altered; an expired backup is refused; a vault gives way only to a backup
of the same handler or channel; withdrawals that the replaced vault knew are carried out
in the restored one. One chunk is in memory at a time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from dropbox.desk import activity, channel, clock, keyring, outbox, withdrawals
from dropbox.desk.backup_days import LastBackup, last_backup, note_backup, reckon_with_later
from dropbox.desk.errors import (
    BackupDamaged,
    BackupExpired,
    BackupFromTheFuture,
    NoCardYet,
    OldVaultUnreadable,
    OtherOwnersVault,
    VaultDamaged,
    VaultExists,
    WrongPassphrase,
)
from dropbox.desk.files import whole_file
from dropbox.desk.vault import TAG_BYTES, Vault
from dropbox.desk.vault_file import build
from dropbox.desk.vault_seal import Cost, Head, derive, seal, unseal
from dropbox.protocol import sign

MAGIC = b"MKBK"
VERSION = 1
CHUNK_BYTES = 256 * 1024
"""A chunk is sealed once it holds this much, so it is at most one row longer."""

MAX_CHUNK_BYTES = 1024 * 1024

_HEAD = struct.Struct(">4sBIIQI16s72s")
_ROW = struct.Struct(f">B{TAG_BYTES}sI")
_LENGTH = struct.Struct(">I")
_PURPOSE = b"vault backup"


@dataclass(frozen=True)
class BackupHead:
    """The open part of a backup. ``raw`` is what every chunk is tied to."""

    days: LastBackup
    head: Head
    raw: bytes


@dataclass(frozen=True)
class Restored:
    """What a restore did: the backup's days, and how many withdrawals it carried over.

    ``of_owner`` tells a channel's identity, which signs cards, from a handler's vault, which
    imports bundles: what its person does next differs.
    """

    days: LastBackup
    withdrawn: int
    of_owner: bool


def backup(vault: Vault, out: Path, today: date, *, date_is_right: bool = False) -> LastBackup:
    """Write a backup of the whole vault to ``out``.

    Args:
        vault: any vault.
        out: where the backup goes; it appears there whole or not at all.
        today: the day of making; see `backup_days` for how long it lives.
        date_is_right: whether a person looked at the date, so that it need not fit the
            last import.

    Raises:
        DateDoubtful: today does not fit the last import; see `clock`.
        NotOurFile, OSError: the file cannot be written.
    """
    with whole_file(out) as (file, _beside), vault.transaction():
        if date_is_right:
            clock.vouch_for(vault, today)
        clock.check(vault, today)
        days = note_backup(vault, today)
        activity.note(vault, activity.BACKED_UP, today)
        _write(vault, file, days)
    return days


def _write(vault: Vault, file: BinaryIO, days: LastBackup) -> None:
    head = vault.head
    raw = _HEAD.pack(
        MAGIC,
        VERSION,
        days.made.toordinal(),
        days.expires.toordinal(),
        head.cost.memory_bytes,
        head.cost.operations,
        head.salt,
        head.wrapped,
    )
    file.write(raw)
    key = vault.derive(_PURPOSE)
    for index, (chunk, last) in enumerate(_chunks(vault.raw_rows())):
        sealed = seal(key, chunk, _context(raw, index, last=last))
        file.write(_LENGTH.pack(len(sealed)) + sealed)


def _chunks(rows: Iterable[tuple[int, bytes, bytes]]) -> Iterator[tuple[bytes, bool]]:
    """Yield chunks, the last one marked; there is always a last one."""
    chunk = bytearray()
    for drawer, tag, sealed in rows:
        if len(chunk) >= CHUNK_BYTES:
            yield bytes(chunk), False
            chunk.clear()
        chunk += _ROW.pack(drawer, tag, len(sealed)) + sealed
    yield bytes(chunk), True


def _context(raw: bytes, index: int, *, last: bool) -> bytes:
    return raw + index.to_bytes(8, "big") + bytes((last,))


def read_head(file: BinaryIO) -> BackupHead:
    """Read the open part of a backup.

    Raises:
        BackupDamaged: this is no backup.
    """
    raw = file.read(_HEAD.size)
    if len(raw) != _HEAD.size:
        raise BackupDamaged
    magic, version, made, expires, memory, operations, salt, wrapped = _HEAD.unpack(raw)
    if (magic, version) != (MAGIC, VERSION):
        raise BackupDamaged
    try:
        days = LastBackup(date.fromordinal(made), date.fromordinal(expires))
    except (ValueError, OverflowError):
        raise BackupDamaged from None
    return BackupHead(days, Head(Cost(memory, operations), salt, wrapped), raw)


def restore(
    source: Path,
    path: Path,
    passphrase: str,
    today: date,
    *,
    replace_vault: bool = False,
    forget_unreadable: bool = False,
) -> Restored:
    """Make a vault out of a backup.

    Args:
        source: the backup.
        path: where the vault is to be.
        passphrase: the one that the vault had when the backup was made.
        today: the day of restoring.
        replace_vault: whether a vault that stands there may go, once its withdrawals
            were carried over.
        forget_unreadable: whether it may also go when it does not open.

    Raises:
        VaultExists: a vault stands there and may not go.
        WrongPassphrase: the passphrase does not open the backup.
        BackupExpired, BackupFromTheFuture: today is not among its days.
        BackupDamaged: it is cut off or altered. Nothing was changed.
        OldVaultUnreadable: the vault that stands there does not open with this passphrase.
        OtherOwnersVault: it does, and is another handler's or channel's. Nothing was changed.
    """
    with source.open("rb") as file:
        return restore_from(
            file,
            path,
            passphrase,
            today,
            replace_vault=replace_vault,
            forget_unreadable=forget_unreadable,
        )


def restore_from(
    file: BinaryIO,
    path: Path,
    passphrase: str,
    today: date,
    *,
    replace_vault: bool = False,
    forget_unreadable: bool = False,
) -> Restored:
    """As `restore`, from an open file."""
    if path.exists() and not replace_vault:
        raise VaultExists
    opened = open_backup(file, passphrase, today)
    before = _known_before(path, passphrase, forget=forget_unreadable)
    with build(path, opened.found.head, opened.master, replace=replace_vault) as vault:
        opened.load(vault)
        of_owner = _catch_up(vault, before, today)
    return Restored(opened.found.days, len(before.withdrawn), of_owner)


@dataclass(frozen=True)
class OpenedBackup:
    """A backup whose passphrase and days were checked, before its rows are read."""

    found: BackupHead
    master: bytes = field(repr=False)
    first: tuple[bytes, bool] = field(repr=False)
    rest: Iterator[tuple[bytes, bool]] = field(repr=False)

    def load(self, vault: Vault) -> None:
        """Put all rows in a fresh vault; raises BackupDamaged where the end is missing."""
        chunk, is_last = self.first
        vault.load_raw_rows(_rows(chunk))
        for chunk, last in self.rest:
            vault.load_raw_rows(_rows(chunk))
            is_last = last
        if not is_last:
            raise BackupDamaged


def open_backup(file: BinaryIO, passphrase: str, today: date) -> OpenedBackup:
    """Check a backup's passphrase and days; its rows are still to be read.

    Raises:
        WrongPassphrase, BackupExpired, BackupFromTheFuture, BackupDamaged: see `restore`.
    """
    found = read_head(file)
    try:
        master = found.head.unwrap(passphrase)
    except VaultDamaged:
        raise BackupDamaged from None
    chunks = _chunks_of(file, found, derive(master, _PURPOSE))
    first = next(chunks)  # proves the days before they are believed
    _check_days(found.days, today)
    return OpenedBackup(found, master, first, chunks)


def _chunks_of(file: BinaryIO, found: BackupHead, key: bytes) -> Iterator[tuple[bytes, bool]]:
    index, length = 0, file.read(_LENGTH.size)
    while True:
        if len(length) != _LENGTH.size:
            raise BackupDamaged
        (size,) = _LENGTH.unpack(length)
        sealed = file.read(size) if size <= MAX_CHUNK_BYTES else b""
        if len(sealed) != size:
            raise BackupDamaged  # the last chunk, under a length that is too large
        length = file.read(_LENGTH.size)
        try:
            yield unseal(key, sealed, _context(found.raw, index, last=not length)), not length
        except VaultDamaged:
            raise BackupDamaged from None
        if not length:
            return
        index += 1


def _rows(chunk: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at < len(chunk):
        drawer, tag, size = _ROW.unpack_from(chunk, at)
        at += _ROW.size + size
        yield drawer, tag, chunk[at - size : at]


def _check_days(days: LastBackup, today: date) -> None:
    if today > days.expires:
        raise BackupExpired(day=days.expires.isoformat())
    if today < days.made:
        raise BackupFromTheFuture(day=days.made.isoformat())


@dataclass(frozen=True)
class Whose:
    """Who a vault is: 8-byte handler id or empty, channel's 32-byte identity or empty."""

    site_id: bytes
    handler_id: bytes
    channel_pk: bytes

    def is_another(self, other: Whose) -> bool:
        """Tell whether two vaults differ; a handler's may have no channel yet."""
        same = (self.site_id, self.handler_id) == (other.site_id, other.handler_id)
        unpinned = bool(self.handler_id) and not (self.channel_pk and other.channel_pk)
        return not same or (self.channel_pk != other.channel_pk and not unpinned)


@dataclass(frozen=True)
class _Before:
    """What the replaced vault knew and the backup may not.

    ``whose`` is what `whose` returns, None where no vault stood or it does not open;
    ``withdrawn`` are mailbox ids with what the reporter signed.
    """

    whose: Whose | None = None
    withdrawn: tuple[tuple[bytes, bytes], ...] = ()
    serial: int = 0
    card_version: int = 0
    last_backup: LastBackup | None = None
    last_import: date | None = None


def whose(vault: Vault) -> Whose:
    """Return who an open vault belongs to; raises NotAHandlersVault where it is nobody's."""
    owner = keyring.load_setting(vault, channel.SETTING, channel.Owner)
    if owner is not None:
        return Whose(owner.site_id, b"", sign.public_key(owner.seed))
    desk = keyring.load(vault)
    try:
        channel_pk = keyring.pinned(vault).channel_pk
    except NoCardYet:
        channel_pk = b""
    return Whose(desk.site_id, desk.handler_id, channel_pk)


def _known_before(path: Path, passphrase: str, *, forget: bool) -> _Before:
    if not path.exists():
        return _Before()
    try:
        with Vault.open(path, passphrase) as old:
            owner = keyring.load_setting(old, channel.SETTING, channel.Owner)
            return _Before(
                whose(old),
                tuple((each, outbox.command(old, each)) for each, _ in old.items("withdrawn")),
                outbox.courier(old).serial,
                owner.version if owner else 0,
                last_backup(old),
                clock.last_import(old),
            )
    except (VaultDamaged, WrongPassphrase):
        if forget:
            return _Before()
        raise OldVaultUnreadable from None


def _catch_up(vault: Vault, before: _Before, today: date) -> bool:
    """Bring a restored vault to what is known since its backup was made; tell if it is an owner's.

    A later backup may lie anywhere, made at the latest today: withdrawals are receipted
    only when none of them can bring a case back.
    """
    if before.whose is not None and before.whose.is_another(whose(vault)):
        raise OtherOwnersVault
    reckon_with_later(vault, before.last_backup, today)
    if before.last_import is not None:
        clock.note_import(vault, before.last_import)
    for mailbox_id, signed in before.withdrawn:
        withdrawals.withdraw(vault, mailbox_id, today, signed)
    found = outbox.courier(vault)
    serial = max(found.serial, before.serial)
    outbox.save_courier(vault, replace(found, serial=serial, import_first=True))
    activity.note(vault, activity.RESTORED, today)
    owner = keyring.load_setting(vault, channel.SETTING, channel.Owner)
    if owner is not None:
        version = max(owner.version, before.card_version)
        keyring.save_setting(vault, channel.SETTING, replace(owner, version=version))
    return owner is not None
