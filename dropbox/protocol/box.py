"""X25519 keys and libsodium's sealed boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

import nacl.bindings
from nacl.exceptions import CryptoError
from nacl.utils import random

from dropbox.errors import SlotDoesNotOpen, WeakKey
from dropbox.protocol.hashing import digest

KEY_BYTES = 32
KEY_ID_BYTES = 16
SEAL_OVERHEAD_BYTES = 48

_TOP_BIT_OFF = 0x7F
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        # 0, 1 and the two of order 8
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        # p - 1, and 0 and 1 written as p and p + 1
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Every coordinate, the unused top bit aside, whose point is of small order, on the curve
or its twist. Source: libsodium, x25519_ref10.c, has_small_order.
"""


@dataclass(frozen=True)
class KeyPair:
    """A reader's own X25519 key, 32 raw bytes each: with the public half, opening is cheaper."""

    secret: bytes = field(repr=False)
    public: bytes

    @classmethod
    def of(cls, secret: bytes) -> KeyPair:
        """Return the pair of a 32-byte secret."""
        return cls(secret, public_key(secret))


def new_key() -> bytes:
    """Return a fresh X25519 secret key, 32 raw bytes."""
    return random(KEY_BYTES)


def public_key(secret: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte secret (the scalar itself, not hashed)."""
    return nacl.bindings.crypto_scalarmult_base(secret)


def check_public(x_pk: bytes) -> None:
    """Refuse a public key with which every secret gives the same, known result.

    Raises:
        WeakKey: the point has a small order.

    Source: RFC 7748, section 6.1 (the all-zero check); libsodium's crypto_scalarmult
    refuses by the same list.
    """
    if len(x_pk) != KEY_BYTES or x_pk[:-1] + bytes((x_pk[-1] & _TOP_BIT_OFF,)) in _SMALL_ORDER:
        raise WeakKey


def key_id(x_pk: bytes) -> bytes:
    """Return the 16 bytes by which a slot names its recipient."""
    return digest("recipient", x_pk)[:KEY_ID_BYTES]


def seal(content: bytes, x_pk: bytes) -> bytes:
    """Seal ``content`` to ``x_pk``: 48 bytes longer, readable by the secret's holder alone.

    Raises:
        WeakKey: the public key is a point of small order.

    Source: libsodium, "Sealed boxes" (crypto_box_seal).
    """
    try:
        return nacl.bindings.crypto_box_seal(content, x_pk)
    except (CryptoError, ValueError):
        raise WeakKey from None


def open_sealed(sealed: bytes, own: KeyPair) -> bytes:
    """Open a sealed box with one's own key.

    Raises:
        SlotDoesNotOpen: it was tampered with, or sealed to another key.
    """
    try:
        return nacl.bindings.crypto_box_seal_open(sealed, own.public, own.secret)
    except (CryptoError, ValueError, TypeError):
        raise SlotDoesNotOpen from None
