"""A mailbox that a handler's desk made, on its way to the site: a frame of a bundle.

Somebody wrote a letter or rang; the desk made reply code, keys, report and memo, as the
site does for who fills in the form. Layout, all numbers big-endian::

    lookup 32 · ed_pk 32 · x_pk 32 · memo length 4 · memo envelope · report envelope

Invariant: the mailbox's id follows from the keys, so it cannot be chosen. Who signed the
report is sealed; the readers' desks check that.
"""

from __future__ import annotations

from dataclasses import dataclass

from dropbox.errors import ForeignEnvelope, MalformedBundle
from dropbox.protocol import box, keys
from dropbox.protocol.envelope import MAX_ENVELOPE_BYTES, Direction, Header, parse_header

_KEY_BYTES = 32
_LENGTH_BYTES = 4
_HEAD_BYTES = 3 * _KEY_BYTES + _LENGTH_BYTES
_MAX_MEMO_BYTES = 1024

NEW_MAILBOX_BYTES = _HEAD_BYTES + _MAX_MEMO_BYTES + MAX_ENVELOPE_BYTES
"""More than the largest, bytes."""

MOST_NEW_MAILBOXES = 100
"""So many go in one bundle to the site at most."""


@dataclass(frozen=True)
class NewMailbox:
    """A mailbox to open. ``lookup`` and the public keys have 32 bytes, the rest are envelopes."""

    lookup: bytes
    ed_pk: bytes
    x_pk: bytes
    memo: bytes
    envelope: bytes

    def raw(self) -> bytes:
        """Return the frame's content."""
        length = len(self.memo).to_bytes(_LENGTH_BYTES, "big")
        head = self.lookup + self.ed_pk + self.x_pk
        return head + length + self.memo + self.envelope


def read(content: bytes) -> NewMailbox:
    """Read a frame's content; the envelopes in it are checked by `header`.

    Raises:
        MalformedBundle: it does not follow the format.
    """
    size = int.from_bytes(content[_HEAD_BYTES - _LENGTH_BYTES : _HEAD_BYTES], "big")
    end = _HEAD_BYTES + size
    if not size <= _MAX_MEMO_BYTES or len(content) <= end:
        raise MalformedBundle
    lookup, ed_pk, x_pk = (
        content[at : at + _KEY_BYTES] for at in range(0, 3 * _KEY_BYTES, _KEY_BYTES)
    )
    return NewMailbox(lookup, ed_pk, x_pk, content[_HEAD_BYTES:end], content[end:])


def header(found: NewMailbox, site_id: bytes, channel_pk: bytes) -> Header:
    """Check what can be checked without a secret key; return the report's header.

    Args:
        found: the mailbox.
        site_id: 16 raw bytes, of the site that is to open it.
        channel_pk: 32 raw bytes, of the channel whose handler made it.

    Raises:
        MalformedEnvelope, UnknownVersion: an envelope does not follow the format.
        WeakKey: nothing could be answered under its key.
        ForeignEnvelope: report or memo are of another site, channel or mailbox, or the memo
            is not for the mailbox's own key.
    """
    report, memo = parse_header(found.envelope), parse_header(found.memo)
    box.check_public(found.x_pk)
    own_id = keys.mailbox_id(site_id, channel_pk, found.ed_pk, found.x_pk)
    for each, direction in ((report, Direction.TO_HANDLERS), (memo, Direction.MEMO)):
        place = (each.direction, each.site_id, each.channel_pk, each.mailbox_id)
        if place != (direction, site_id, channel_pk, own_id):
            raise ForeignEnvelope
    check_memo(memo, found.x_pk)
    return report


def check_memo(memo: Header, x_pk: bytes) -> None:
    """See that a memo is for the mailbox's own key and nobody else; raises ForeignEnvelope."""
    if [slot.key_id for slot in memo.slots] != [box.key_id(x_pk)]:
        raise ForeignEnvelope
