"""What is compressed ahead of time: the same bytes for everybody, in three encodings.

Also pages that are the same but for one value, around which they are compressed. Invariant:
nothing of a request, and nothing secret, is ever compressed here, so the length of an answer
tells nothing. Source: RFC 9110, section 12.5.3; RFC 7932 for Brotli; RFC 1951 and 1952 for
gzip.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import brotli
from flask import Response, request

_PLAIN = "identity"
_GZIP = "gzip"
_RAW_DEFLATE = -15
_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"
"""Deflate, no name, no time, no system. Source: RFC 1952, section 2.3."""
_END = b"\x03\0"
"""An empty last block. Source: RFC 1951, section 3.2.6."""
_LONGEST_VALUE = (1 << 16) - 1


@dataclass(frozen=True)
class Packed:
    """One content; ``encodings`` has it by content coding, the smallest first."""

    encodings: dict[str, bytes]

    @classmethod
    def of(cls, content: bytes) -> Packed:
        """Compress ``content`` as far as it goes; that takes its time."""
        return _packed(content)

    @property
    def plain(self) -> bytes:
        """Return the content as it is."""
        return self.encodings[_PLAIN]

    def answer(self, mimetype: str) -> Response:
        """Answer in the shortest coding that the browser takes."""
        takes = request.accept_encodings
        coding = next(name for name in self.encodings if name == _PLAIN or takes.quality(name) > 0)
        response = Response(self.encodings[coding], mimetype=mimetype)
        if coding != _PLAIN:
            response.content_encoding = coding
        response.vary.add("Accept-Encoding")
        return response


@lru_cache(maxsize=16)
def _packed(content: bytes) -> Packed:
    found = {
        "br": brotli.compress(content),
        _GZIP: gzip.compress(content, mtime=0),
        _PLAIN: content,
    }
    return Packed(dict(sorted(found.items(), key=lambda item: len(item[1]))))


@dataclass(frozen=True)
class PackedAround:
    """A text that is the same for everybody, but for a value that stands between its parts.

    The value goes between the compressed parts as it is, and no part refers to it: an answer
    is as long as with any other value of that length.
    """

    parts: tuple[bytes, ...]
    packed: tuple[bytes, ...]

    @classmethod
    def of(cls, parts: Iterable[str]) -> PackedAround:
        """Compress each part by itself, to its last whole byte."""
        plain = tuple(part.encode("utf-8") for part in parts)
        return cls(plain, tuple(map(_deflated, plain)))

    def answer(self, value: str, mimetype: str) -> Response:
        """Answer with ``value``, of at most 65,535 bytes, between the parts."""
        between = value.encode("utf-8")
        content = between.join(self.parts)
        is_packed = request.accept_encodings.quality(_GZIP) > 0
        if is_packed:
            ends = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
            content = _HEAD + _stored(between).join(self.packed) + _END + ends
        response = Response(content, mimetype=mimetype)
        if is_packed:
            response.content_encoding = _GZIP
        response.vary.add("Accept-Encoding")
        return response


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, _RAW_DEFLATE)
    return packer.compress(content) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(content: bytes) -> bytes:
    """Return a block that is not compressed. Source: RFC 1951, section 3.2.4."""
    size = len(content)
    return (
        b"\0" + size.to_bytes(2, "little") + (_LONGEST_VALUE - size).to_bytes(2, "little") + content
    )
