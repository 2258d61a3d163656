"""The desk's symmetric cryptography: what stretches a passphrase and what seals a row.

Owns no file. Invariant: every sealed content is tied to a context, so it cannot be
put in another place; a failed open is an error.
"""

from __future__ import annotations

import hashlib
import struct
import unicodedata
from dataclasses import dataclass, field

import nacl.bindings
import nacl.pwhash.argon2id
from nacl.exceptions import CryptoError
from nacl.utils import random

from dropbox.desk.errors import (
    NotEnoughMemory,
    PassphraseTooShort,
    VaultDamaged,
    WrongPassphrase,
)

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 24
MIN_PASSPHRASE_CHARACTERS = 12
SMALLEST_PADDED_BYTES = 256

_VERSION = 1
_HEAD = struct.Struct(">BQI16s")
_LOWEST_MEMORY_BYTES = nacl.pwhash.argon2id.MEMLIMIT_MIN


@dataclass(frozen=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id memory in bytes, and passes over it."""

    memory_bytes: int
    operations: int


MODERATE = Cost(
    nacl.pwhash.argon2id.MEMLIMIT_MODERATE,
    nacl.pwhash.argon2id.OPSLIMIT_MODERATE,
)
"""256 MiB, 3 passes. Source: libsodium, "Password hashing", MODERATE."""

SENSITIVE = Cost(
    nacl.pwhash.argon2id.MEMLIMIT_SENSITIVE,
    nacl.pwhash.argon2id.OPSLIMIT_SENSITIVE,
)
"""1 GiB, 4 passes. Source: libsodium, "Password hashing", SENSITIVE. The most that is read."""


def seal(key: bytes, content: bytes, context: bytes) -> bytes:
    """Seal ``content`` under a 32-byte key, tied to ``context``; 40 bytes longer.

    Source: libsodium, "XChaCha20-Poly1305 construction" (random 24-byte nonces are safe).
    """
    nonce = random(NONCE_BYTES)
    return nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        content, context, nonce, key
    )


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Open what `seal` made.

    Raises:
        VaultDamaged: it was altered, moved to another context or cut off.
    """
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[NONCE_BYTES:], context, sealed[:NONCE_BYTES], key
        )
    except (CryptoError, ValueError):
        raise VaultDamaged from None


def random_bytes(size: int) -> bytes:
    """Return ``size`` fresh random bytes."""
    return random(size)


def derive(key: bytes, purpose: bytes, *fields: bytes) -> bytes:
    """Return a 32-byte subkey or tag: keyed BLAKE2b, ``purpose`` at most 16 bytes."""
    hasher = hashlib.blake2b(digest_size=KEY_BYTES, key=key, person=purpose)
    for part in fields:
        hasher.update(len(part).to_bytes(4, "big") + part)
    return hasher.digest()


@dataclass(frozen=True)
class Head:
    """The open part of a vault: how its passphrase is stretched, and the wrapped master key.

    ``salt`` is 16 raw bytes, ``wrapped`` 72.
    """

    cost: Cost
    salt: bytes
    wrapped: bytes = field(repr=False)

    @classmethod
    def wrap(cls, master: bytes, passphrase: str, cost: Cost) -> Head:
        """Wrap a 32-byte master key under a new passphrase.

        Raises:
            PassphraseTooShort: it has fewer than `MIN_PASSPHRASE_CHARACTERS`.
        """
        if len(passphrase.strip()) < MIN_PASSPHRASE_CHARACTERS:
            raise PassphraseTooShort(characters=MIN_PASSPHRASE_CHARACTERS)
        salt = random(SALT_BYTES)
        context = _HEAD.pack(_VERSION, cost.memory_bytes, cost.operations, salt)
        return cls(cost, salt, seal(_stretch(passphrase, salt, cost), master, context))

    def unwrap(self, passphrase: str) -> bytes:
        """Return the 32-byte master key.

        Raises:
            WrongPassphrase: the passphrase does not open this head.
            VaultDamaged: the cost is beyond anything that this program writes.
        """
        cost = self.cost
        if (
            not _LOWEST_MEMORY_BYTES <= cost.memory_bytes <= SENSITIVE.memory_bytes
            or not 1 <= cost.operations <= SENSITIVE.operations
            or len(self.salt) != SALT_BYTES
        ):
            raise VaultDamaged
        context = _HEAD.pack(_VERSION, cost.memory_bytes, cost.operations, self.salt)
        try:
            return unseal(_stretch(passphrase, self.salt, cost), self.wrapped, context)
        except VaultDamaged:
            raise WrongPassphrase from None


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # NFKC: the same keys pressed on another system give the same bytes
    typed = unicodedata.normalize("NFKC", passphrase.strip()).encode("utf-8", "surrogateescape")
    try:
        return nacl.pwhash.argon2id.kdf(
            KEY_BYTES, typed, salt, opslimit=cost.operations, memlimit=cost.memory_bytes
        )
    except CryptoError:
        raise NotEnoughMemory from None


def pad(content: bytes) -> bytes:
    """Pad to the next power of two, at least `SMALLEST_PADDED_BYTES`.

    Source: ISO/IEC 7816-4, the bytes of libsodium's sodium_pad. That one hides the length
    from who measures time, here in vain: it is a stored file that hides it.
    """
    size = max(SMALLEST_PADDED_BYTES, 1 << len(content).bit_length())
    return (content + b"\x80").ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """Take the padding off; raises VaultDamaged where it is not whole."""
    content = padded.rstrip(b"\0")
    if not content.endswith(b"\x80"):
        raise VaultDamaged
    return content[:-1]
