"""A withdrawal: the one command that is signed on the outside, so the server can check it.

Layout: ``mailbox_id 32 · ed_pk 32 · x_pk 32 · signature 64``. It is final.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from dropbox.errors import MalformedWithdrawal
from dropbox.protocol import keys, sign

WITHDRAWAL_BYTES = 160
_NAME = b"withdraw"


@dataclass(frozen=True)
class Withdrawal:
    """A checked withdrawal: mailbox id and the reporter's public keys, 32 bytes each."""

    mailbox_id: bytes
    ed_pk: bytes
    x_pk: bytes


def make(reporter: keys.ReporterKeys) -> bytes:
    """Sign the withdrawal of a mailbox; returns 160 raw bytes."""
    signature = sign.sign(
        sign.Purpose.COMMAND, reporter.ed_seed, _NAME, reporter.site_id, reporter.mailbox_id
    )
    return reporter.mailbox_id + reporter.ed_pk + reporter.x_pk + signature


def read(data: bytes, site_id: bytes, channel_pk: bytes) -> Withdrawal:
    """Check a withdrawal for a mailbox of this site and channel.

    Raises:
        MalformedWithdrawal: a wrong length, or the id does not belong to the keys.
        BadSignature: the holder of the reply code did not sign it.
    """
    if len(data) != WITHDRAWAL_BYTES:
        raise MalformedWithdrawal
    withdrawal = Withdrawal(data[:32], data[32:64], data[64:96])
    own_id = keys.mailbox_id(site_id, channel_pk, withdrawal.ed_pk, withdrawal.x_pk)
    if own_id != withdrawal.mailbox_id:
        raise MalformedWithdrawal
    sign.verify(
        sign.Purpose.COMMAND, withdrawal.ed_pk, data[96:], _NAME, site_id, withdrawal.mailbox_id
    )
    return withdrawal


def read_of_any(data: bytes, site_id: bytes, channel_pks: Iterable[bytes]) -> Withdrawal:
    """Check a withdrawal for a mailbox of this site, of one of these channels.

    Raises:
        MalformedWithdrawal: a wrong length, or the id belongs to the keys at none of them.
        BadSignature: see `read`.
    """
    for channel_pk in channel_pks:
        with suppress(MalformedWithdrawal):
            return read(data, site_id, channel_pk)
    raise MalformedWithdrawal
