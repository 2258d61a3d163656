"""Ed25519 signatures, each tied to one purpose and one direction.

Invariant: a signature made for one purpose never verifies for another, because
the purpose's name opens the signed bytes. Verification is libsodium's strict
one: canonical scalars, no small-order points, the cofactorless equation.
"""

from __future__ import annotations

from enum import Enum

import nacl.bindings
from nacl.exceptions import BadSignatureError
from nacl.utils import random

from dropbox.errors import BadSignature
from dropbox.protocol.hashing import frame

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


class Purpose(Enum):
    """What is signed, and from whom to whom it travels."""

    REPORT = b"meldkluis 1 reporter-to-handler report"
    MESSAGE = b"meldkluis 1 reporter-to-handler message"
    COMMAND = b"meldkluis 1 reporter-to-all command"
    MEMO = b"meldkluis 1 reporter-to-reporter memo"
    REPLY = b"meldkluis 1 handler-to-reporter reply"
    CARD = b"meldkluis 1 channel-to-all card"
    CERTIFICATE = b"meldkluis 1 channel-to-all handler certificate"
    INTAKE = b"meldkluis 1 handler-to-all intake key"
    REQUEST = b"meldkluis 1 handler-to-channel certificate request"
    BUNDLE_TO_SITE = b"meldkluis 1 desk-to-site bundle"
    BUNDLE_TO_DESK = b"meldkluis 1 site-to-desk bundle"
    NOTE = b"meldkluis 1 handler-to-handlers note"


def new_seed() -> bytes:
    """Return 32 fresh random bytes that make a signing key."""
    return random(SEED_BYTES)


def public_key(seed: bytes) -> bytes:
    """Return the 32-byte Ed25519 public key of a 32-byte seed."""
    public, _secret = nacl.bindings.crypto_sign_seed_keypair(seed)
    return public


def sign(purpose: Purpose, seed: bytes, *fields: bytes) -> bytes:
    """Sign ``fields`` for ``purpose``.

    Args:
        purpose: what the signature is for.
        seed: 32 raw bytes.
        fields: any number of byte strings.

    Returns:
        64 raw bytes.

    Source: RFC 8032, section 5.1 (Ed25519), as libsodium's crypto_sign_detached.
    """
    _public, secret = nacl.bindings.crypto_sign_seed_keypair(seed)
    signed = nacl.bindings.crypto_sign(frame((purpose.value, *fields)), secret)
    return signed[:SIGNATURE_BYTES]


def verify(purpose: Purpose, ed_pk: bytes, signature: bytes, *fields: bytes) -> None:
    """Check a signature.

    Args:
        purpose: what it must have been made for.
        ed_pk: the signer's 32-byte public key.
        signature: 64 raw bytes.
        fields: what was signed.

    Raises:
        BadSignature: it was made by another key, for another purpose or over
            other fields, or the key or signature is not canonical.
    """
    if len(signature) != SIGNATURE_BYTES or len(ed_pk) != PUBLIC_KEY_BYTES:
        raise BadSignature
    try:
        nacl.bindings.crypto_sign_open(signature + frame((purpose.value, *fields)), ed_pk)
    except (BadSignatureError, ValueError):
        raise BadSignature from None
