"""What is compressed ahead of time: the same bytes for everybody, in three encodings.

Invariant: nothing of a request, and nothing secret, is ever in what is packed here, so its
length tells nothing. Source: RFC 9110, section 12.5.3; RFC 7932 for Brotli.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

import brotli
from flask import Response, request

_PLAIN = "identity"


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
        "gzip": gzip.compress(content, mtime=0),
        _PLAIN: content,
    }
    return Packed(dict(sorted(found.items(), key=lambda item: len(item[1]))))
