"""The one hash of the protocol: BLAKE2b-256 with a purpose and framed fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

DIGEST_BYTES = 32
_PERSON_PREFIX = b"mk1 "
_PERSON_BYTES = 16


def frame(fields: Iterable[bytes]) -> bytes:
    """Join ``fields``, each behind its length in 4 bytes big-endian.

    No two different lists of fields give the same bytes.
    """
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def personalisation(purpose: str) -> bytes:
    """Return the 16 bytes that keep one purpose's hashes apart from another's."""
    person = _PERSON_PREFIX + purpose.encode("ascii")
    if len(person) > _PERSON_BYTES:
        raise ValueError("purpose is too long")
    return person.ljust(_PERSON_BYTES, b"\0")


def digest(purpose: str, *fields: bytes) -> bytes:
    """Hash ``fields`` for ``purpose``.

    Args:
        purpose: at most 12 ASCII characters, one of the names in docs/protocol.md.
        fields: any number of byte strings, of any length below 4 GiB.

    Returns:
        32 raw bytes.

    Source: BLAKE2 with personalisation, RFC 7693 and the BLAKE2 paper, section 2.8.
    """
    hasher = hashlib.blake2b(digest_size=DIGEST_BYTES, person=personalisation(purpose))
    hasher.update(frame(fields))
    return hasher.digest()


class StreamDigest:
    """The same hash over one long field that comes in parts, without a length in front."""

    def __init__(self, purpose: str) -> None:
        self._hasher = hashlib.blake2b(digest_size=DIGEST_BYTES, person=personalisation(purpose))

    def update(self, part: bytes) -> None:
        """Take in the next part."""
        self._hasher.update(part)

    def digest(self) -> bytes:
        """Return the 32 raw bytes over all parts so far."""
        return self._hasher.digest()
