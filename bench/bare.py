"""The desk's reference: bare PyNaCl on the same envelopes, and nothing else.

One sealed box opened, one XChaCha20-Poly1305 decryption and one Ed25519 check for each.
Everything is cut to size before the clock runs: no file, no parsing, no hash, no vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import nacl.bindings

from dropbox.protocol import handler, sign
from dropbox.protocol.envelope import parse_header
from dropbox.protocol.handler import BoxKeys, Channel
from dropbox.protocol.hashing import frame


@dataclass(frozen=True)
class Operands:
    """What the three operations on one envelope need, raw bytes."""

    sealed: bytes
    public: bytes
    secret: bytes
    body: bytes
    header: bytes
    nonce: bytes
    signed: bytes
    ed_pk: bytes


def operands(data: bytes, channel: Channel, box_keys: BoxKeys) -> Operands:
    """Cut a report's envelope to size."""
    header = parse_header(data)
    slot = next(slot for slot in header.slots if slot.key_id in box_keys)
    own = box_keys[slot.key_id]
    letter = handler.open_letter(data, channel, box_keys)
    signed = frame((sign.Purpose.REPORT.value, header.hash, letter.content))
    return Operands(
        slot.sealed,
        own.public,
        own.secret,
        data[len(header.raw) :],
        header.raw,
        header.nonce,
        letter.signature + signed,
        handler.read_report(letter).pinned.ed_pk,
    )


def run(all_operands: Sequence[Operands]) -> None:
    """Open, decrypt and check each."""
    for each in all_operands:
        key = nacl.bindings.crypto_box_seal_open(each.sealed, each.public, each.secret)
        nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            each.body, each.header, each.nonce, key
        )
        nacl.bindings.crypto_sign_open(each.signed, each.ed_pk)
