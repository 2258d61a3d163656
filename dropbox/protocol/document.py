"""Signed documents: cards, certificates and requests share one container.

Layout: ``magic 4 · version 1 · body length 4 · body (JSON object) · signature 64``.
The signature covers the body's bytes as they stand, so nothing is re-encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dropbox.errors import MalformedCard, UnknownVersion
from dropbox.protocol import sign
from dropbox.protocol.fields import Fields, encode

VERSION = 1
MAX_DOCUMENT_BYTES = 64 * 1024
_HEAD_BYTES = 9


@dataclass(frozen=True)
class Document:
    """A document whose signature is not checked yet."""

    body: bytes
    signature: bytes

    def fields(self) -> Fields:
        """Return the body's fields; failures are `MalformedCard`."""
        return Fields(self.body, MalformedCard)

    def verify(self, purpose: sign.Purpose, ed_pk: bytes) -> None:
        """Check the signature; raises BadSignature."""
        sign.verify(purpose, ed_pk, self.signature, self.body)


def write(magic: bytes, purpose: sign.Purpose, seed: bytes, values: dict[str, Any]) -> bytes:
    """Write and sign a document.

    Raises:
        MalformedCard: it would be larger than a document may be.
    """
    body = encode(values)
    head = magic + bytes((VERSION,)) + len(body).to_bytes(4, "big")
    data = head + body + sign.sign(purpose, seed, body)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise MalformedCard
    return data


def read(magic: bytes, data: bytes) -> Document:
    """Take a document apart.

    Raises:
        MalformedCard: the bytes do not follow the format.
        UnknownVersion: the version byte is not ours.
    """
    if not _HEAD_BYTES + sign.SIGNATURE_BYTES <= len(data) <= MAX_DOCUMENT_BYTES:
        raise MalformedCard
    if data[:4] != magic:
        raise MalformedCard
    if data[4] != VERSION:
        raise UnknownVersion
    end = _HEAD_BYTES + int.from_bytes(data[5:9], "big")
    if end + sign.SIGNATURE_BYTES != len(data):
        raise MalformedCard
    return Document(data[_HEAD_BYTES:end], data[end:])
