"""The envelope: a versioned record around sealed boxes, for one mailbox.

Layout, all numbers big-endian::

    "MKEN" · version 1 · direction 1 · site_id 16 · channel_pk 32 · mailbox_id 32
    · slot count 1 · slots (key id 16 · sealed content key 80) · commitment 32 · nonce 24
    · XChaCha20-Poly1305(padded payload), with everything before it as associated data

Invariants: whoever opens one slot has read the bytes that every other recipient
reads (the header commits to the content key); no byte of header or body can be
changed without a refusal. Who wrote the payload is checked one room further on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import nacl.bindings
from nacl.exceptions import CryptoError
from nacl.utils import random

from dropbox.errors import (
    AlteredEnvelope,
    CommitmentMismatch,
    MalformedEnvelope,
    NotAddressed,
    UnknownVersion,
)
from dropbox.protocol import box, padding
from dropbox.protocol.hashing import digest

MAGIC = b"MKEN"
VERSION = 1
MAX_SLOTS = 17
"""Sixteen handlers and, in a reply, the reporter."""

_KEY_BYTES = 32
_TAG_BYTES = 16
_COMMITMENT_BYTES = 32
_NONCE_BYTES = 24
_SEALED_KEY_BYTES = _KEY_BYTES + box.SEAL_OVERHEAD_BYTES
_SLOT_BYTES = box.KEY_ID_BYTES + _SEALED_KEY_BYTES
_FIXED_BYTES = len(MAGIC) + 2 + 16 + 32 + 32 + 1
"""Magic, version, direction, site, channel, mailbox and the slot count."""


class Direction(IntEnum):
    """Who an envelope is for."""

    TO_HANDLERS = 1
    TO_REPORTER = 2
    MEMO = 3
    TO_COLLEAGUES = 4


SIZES = {
    Direction.TO_HANDLERS: padding.LETTER_SIZES,
    Direction.TO_REPORTER: padding.REPLY_SIZES,
    Direction.MEMO: padding.MEMO_SIZES,
    Direction.TO_COLLEAGUES: padding.NOTE_SIZES,
}

MAX_ENVELOPE_BYTES = (
    _FIXED_BYTES
    + MAX_SLOTS * _SLOT_BYTES
    + _COMMITMENT_BYTES
    + _NONCE_BYTES
    + padding.LETTER_SIZES[-1]
    + _TAG_BYTES
)
"""Size of the largest envelope, bytes."""


@dataclass(frozen=True)
class Slot:
    """One recipient's copy of the content key: key id 16 bytes, sealed box 80 bytes."""

    key_id: bytes
    sealed: bytes


@dataclass(frozen=True)
class Header:
    """What an envelope says in the open. ``raw`` is the header's own bytes."""

    direction: Direction
    site_id: bytes
    channel_pk: bytes
    mailbox_id: bytes
    slots: tuple[Slot, ...]
    commitment: bytes
    nonce: bytes
    raw: bytes

    @property
    def hash(self) -> bytes:
        """Return the 32 bytes that the payload's signature covers."""
        return digest("header", self.raw)


@dataclass(frozen=True)
class Address:
    """Where an envelope belongs: site 16 bytes, channel and mailbox 32 bytes each."""

    direction: Direction
    site_id: bytes
    channel_pk: bytes
    mailbox_id: bytes


def envelope_id(data: bytes) -> bytes:
    """Return the 32-byte id of an envelope: primary key, receipt and proof of sameness."""
    return digest("envelope", data)


class Draft:
    """An envelope whose header is fixed and whose payload is still to be written.

    The payload's signature covers the header, so the header is made first.
    """

    def __init__(self, address: Address, recipients: Sequence[bytes]) -> None:
        """Choose a content key and seal it to ``recipients``, X25519 public keys of 32 bytes."""
        self._content_key = random(_KEY_BYTES)
        slots = tuple(Slot(box.key_id(pk), box.seal(self._content_key, pk)) for pk in recipients)
        self.header = _header(address, slots, digest("commit", self._content_key))

    def finish(self, payload: bytes) -> bytes:
        """Pad and encrypt ``payload``; return the whole envelope.

        Raises:
            FieldTooLong: the payload fits no size of this direction.
        """
        padded = padding.pad(payload, SIZES[self.header.direction])
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            padded, self.header.raw, self.header.nonce, self._content_key
        )
        return self.header.raw + sealed


def _header(address: Address, slots: tuple[Slot, ...], commitment: bytes) -> Header:
    nonce = random(_NONCE_BYTES)
    raw = b"".join(
        (
            MAGIC,
            bytes((VERSION, address.direction)),
            address.site_id,
            address.channel_pk,
            address.mailbox_id,
            bytes((len(slots),)),
            *(slot.key_id + slot.sealed for slot in slots),
            commitment,
            nonce,
        )
    )
    return Header(
        address.direction,
        address.site_id,
        address.channel_pk,
        address.mailbox_id,
        slots,
        commitment,
        nonce,
        raw,
    )


def channel_of(data: bytes) -> bytes:
    """Return the 32-byte key of the channel that an envelope names, without a look at the rest.

    Raises:
        MalformedEnvelope: it is too short to name one.
    """
    if len(data) < _FIXED_BYTES:
        raise MalformedEnvelope
    return data[22:54]


def padded_bytes(header: Header, data: bytes) -> int:
    """Return the padded size of what an envelope holds; ``header`` is of this very envelope."""
    return len(data) - len(header.raw) - _TAG_BYTES


def parse_header(data: bytes) -> Header:
    """Read the header of a whole envelope, without any key.

    Raises:
        MalformedEnvelope: the bytes do not follow the format or have a wrong length.
        UnknownVersion: the version byte is not ours.
    """
    if len(data) < _FIXED_BYTES or data[:4] != MAGIC:
        raise MalformedEnvelope
    if data[4] != VERSION:
        raise UnknownVersion
    count = data[_FIXED_BYTES - 1]
    end = _FIXED_BYTES + count * _SLOT_BYTES + _COMMITMENT_BYTES + _NONCE_BYTES
    if data[5] not in SIZES or not 1 <= count <= MAX_SLOTS:
        raise MalformedEnvelope
    direction = Direction(data[5])
    if len(data) - end - _TAG_BYTES not in SIZES[direction]:
        raise MalformedEnvelope
    slots = tuple(
        Slot(data[at : at + box.KEY_ID_BYTES], data[at + box.KEY_ID_BYTES : at + _SLOT_BYTES])
        for at in range(_FIXED_BYTES, _FIXED_BYTES + count * _SLOT_BYTES, _SLOT_BYTES)
    )
    if len({slot.key_id for slot in slots}) != count:
        raise MalformedEnvelope
    return Header(
        direction,
        site_id=data[6:22],
        channel_pk=data[22:54],
        mailbox_id=data[54:86],
        slots=slots,
        commitment=data[end - _NONCE_BYTES - _COMMITMENT_BYTES : end - _NONCE_BYTES],
        nonce=data[end - _NONCE_BYTES : end],
        raw=data[:end],
    )


def open_envelope(header: Header, data: bytes, box_keys: Mapping[bytes, box.KeyPair]) -> bytes:
    """Open an envelope with one of the reader's keys; return the payload, its padding taken off.

    Args:
        header: what `parse_header` gave for this very envelope.
        data: the whole envelope.
        box_keys: the reader's keys by their 16-byte key id.

    Raises:
        NotAddressed: no slot is for these keys.
        SlotDoesNotOpen: a slot is for one of these keys and does not open.
        CommitmentMismatch: the slot holds another content key than the header's.
        AlteredEnvelope: header or body were changed.
        MalformedPayload: the padding is not whole.
    """
    slot = next((slot for slot in header.slots if slot.key_id in box_keys), None)
    if slot is None:
        raise NotAddressed
    content_key = box.open_sealed(slot.sealed, box_keys[slot.key_id])
    if digest("commit", content_key) != header.commitment:
        raise CommitmentMismatch
    try:
        padded = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            data[len(header.raw) :], header.raw, header.nonce, content_key
        )
    except (CryptoError, ValueError):
        raise AlteredEnvelope from None
    return padding.unpad(padded, SIZES[header.direction])
