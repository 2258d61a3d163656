"""What is compressed ahead of time: the same bytes for everybody.

Invariant: nothing of a request, and nothing secret, is ever in what is packed here, so its
length tells nothing. The one thing that differs between two answers, a form's token, lies
in a block of its own that is not compressed. Source: RFC 9110, section 12.5.3; RFC 7932
for Brotli; RFC 1951 and 1952 for the parts of a gzip file.
"""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache

import brotli
from flask import Response, request

_PLAIN = "identity"
_GZIP_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
"""Deflate, without name or time, made on no system in particular."""


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


@dataclass(frozen=True)
class Gapped:
    """A page with one gap, compressed but for what comes to stand in the gap."""

    top: bytes
    foot: bytes
    packed_top: bytes
    packed_foot: bytes

    @classmethod
    def of(cls, page: str, gap: str) -> Gapped:
        """Compress a page around the one place where ``gap`` stands."""
        top, foot = (part.encode("utf-8") for part in page.split(gap))
        return cls(top, foot, _deflated(top, zlib.Z_FULL_FLUSH), _deflated(foot, zlib.Z_FINISH))

    def answer(self, filling: str) -> Response:
        """Answer with the page, ``filling`` in its gap, as the browser takes it."""
        middle = filling.encode("utf-8")
        packed = request.accept_encodings.quality("gzip") > 0
        body = self._gzip(middle) if packed else self.top + middle + self.foot
        response = Response(body, mimetype="text/html")
        if packed:
            response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
        return response

    def _gzip(self, middle: bytes) -> bytes:
        # A block that is stored as it is, and not the last one: type, length, its complement.
        size = len(middle)
        stored = struct.pack("<BHH", 0, size, 0xFFFF ^ size) + middle
        check = zlib.crc32(self.foot, zlib.crc32(middle, zlib.crc32(self.top)))
        length = len(self.top) + size + len(self.foot)
        end = struct.pack("<II", check, length)
        return _GZIP_HEAD + self.packed_top + stored + self.packed_foot + end


def _deflated(part: bytes, end: int) -> bytes:
    packer = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(part) + packer.flush(end)


@lru_cache(maxsize=16)
def _packed(content: bytes) -> Packed:
    found = {
        "br": brotli.compress(content),
        "gzip": gzip.compress(content, mtime=0),
        _PLAIN: content,
    }
    return Packed(dict(sorted(found.items(), key=lambda item: len(item[1]))))
