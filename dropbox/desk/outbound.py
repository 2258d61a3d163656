"""The bundle to the site: the newest card, replies, notes and receipts, signed and numbered.

Invariants: a serial is committed before the file that bears it takes its name, so it
never stands for other content; every item that the site has not confirmed goes along
again; the file is read back and checked before it leaves. One frame is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dropbox.desk import activity, casebook, keyring, outbox
from dropbox.desk.errors import ImportFirst
from dropbox.desk.files import whole_file
from dropbox.desk.outbox import (
    COMMAND,
    MAILBOX,
    NOTE,
    RECEIPT,
    REPLY,
    SEALED,
    WITHDRAWAL_RECEIPT,
    Sent,
    Waiting,
)
from dropbox.desk.vault import Vault
from dropbox.protocol import sign
from dropbox.protocol.bundle import (
    BundleDirection,
    BundleHeader,
    BundleReader,
    Frame,
    FrameType,
    write,
)
from dropbox.protocol.new_mailbox import MOST_NEW_MAILBOXES

_FRAMES = {
    RECEIPT: FrameType.RECEIPT,
    WITHDRAWAL_RECEIPT: FrameType.WITHDRAWAL_RECEIPT,
    REPLY: FrameType.ENVELOPE,
    NOTE: FrameType.ENVELOPE,
    COMMAND: FrameType.WITHDRAWAL,
    MAILBOX: FrameType.MAILBOX,
}


@dataclass(frozen=True)
class Exported:
    """What was put in a bundle; ``left_out`` counts what waits because its case is damaged."""

    serial: int
    card_version: int
    waiting: Waiting
    left_out: int = 0


def export(vault: Vault, out: Path, today: date) -> Exported:
    """Write the next bundle to ``out``, which must not exist or may be replaced.

    Args:
        vault: a handler's, with a pinned card.
        out: where the bundle goes; it appears there whole or not at all.
        today: the day of writing.

    Raises:
        NoCardYet: the vault does not know its channel.
        ImportFirst: the vault was restored and does not know the site's count yet.
        NotOurFile, OSError: the file cannot be written.
    """
    # the transaction ends before the file takes its name: a serial is never used twice
    with whole_file(out) as (file, beside), vault.transaction():
        keyring.load(vault)
        found = outbox.courier(vault)
        if found.import_first:
            raise ImportFirst
        exported = Exported(
            found.serial + 1, keyring.pinned(vault).version, outbox.waiting(vault, today)
        )
        left_out: list[bytes] = []
        for part in _parts(vault, exported.serial, today, left_out):
            file.write(part)
        file.flush()
        exported = replace(exported, left_out=len(left_out))
        sent = Sent(exported.serial, _check(vault, beside), exported.card_version)
        found = replace(found, serial=exported.serial, sent=(*found.sent, sent))
        outbox.save_courier(vault, found)
        activity.note(vault, activity.EXPORTED, today)
    return exported


def _parts(vault: Vault, serial: int, today: date, left_out: list[bytes]) -> Iterator[bytes]:
    desk = keyring.load(vault)
    header = BundleHeader(
        BundleDirection.TO_SITE,
        desk.site_id,
        keyring.pinned(vault).channel_pk,
        desk.handler_id,
        serial,
    )
    return write(header, _frames(vault, serial, today, left_out), desk.seed)


def _frames(vault: Vault, serial: int, today: date, left_out: list[bytes]) -> Iterator[Frame]:
    yield Frame(FrameType.CARD, keyring.pinned(vault).raw)
    opened = 0
    next_time: set[bytes] = set()
    for kind, name, item in outbox.due(vault, today):
        opened += kind == MAILBOX
        if kind == MAILBOX and opened > MOST_NEW_MAILBOXES:
            next_time.add(item.mailbox_id)
        if kind in SEALED and item.mailbox_id in next_time:
            outbox.hold_back(vault, kind, name, item)
            continue
        content = name
        try:
            if kind in SEALED:
                content = casebook.open_book(vault, item.mailbox_id).sealed(name)
            elif kind == COMMAND:
                content = outbox.command(vault, name)
        except outbox.NO_CASE:
            # it goes when a backup has brought its case back; the others go now
            outbox.hold_back(vault, kind, name, item)
            left_out.append(name)
            continue
        outbox.mark(vault, kind, name, item, serial)
        yield Frame(_FRAMES[kind], content)


def _check(vault: Vault, path: Path) -> bytes:
    """Read a bundle back from the disk; return its 32-byte hash."""
    desk = keyring.load(vault)
    with path.open("rb") as file:
        reader = BundleReader(file.read)
        reader.expect(BundleDirection.TO_SITE, desk.site_id)
        for _frame in reader.frames():
            pass
    reader.verify(sign.public_key(desk.seed))
    return reader.hash
