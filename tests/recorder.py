"""Keeps what goes over the wire, and searches it for what must never be there.

`Tap` stands before the site and keeps every byte both ways, whatever a browser says of
itself. `Secrets` knows what a reporter has to hide, in all the forms in which it could slip
out: as text, percent-encoded, in base64 at any alignment, in hexadecimal, backwards.
"""

from __future__ import annotations

import base64
import html
import json
import re
import select
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote, quote_plus, urlsplit

from dropbox.protocol import keys, reply_code
from tests.visitor import Sent

_CHUNK = 1 << 16
_BETWEEN = rb"(?:[^a-z]|%[0-9a-f]{2}|\\u[0-9a-f]{4}|&[a-z]{2,6};){0,6}?"
"""What may stand between two words: anything but a word, however it is written."""

_EMPTY = 4
"""The first bytes of a code's key are nearly empty: the others tell it."""


class Tap:
    """Passes connections on to a server and keeps all bytes, each connection's by itself."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._sent: list[bytearray] = []
        self._answered: list[bytearray] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    @property
    def sent(self) -> bytes:
        """Return what browsers sent."""
        return b"\n".join(self._sent)

    @property
    def answered(self) -> bytes:
        """Return what the site answered."""
        return b"\n".join(self._answered)

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            there, back = bytearray(), bytearray()
            self._sent.append(there)
            self._answered.append(back)
            threading.Thread(target=self._pass_on, args=(near, there, back), daemon=True).start()

    def _pass_on(self, near: socket.socket, there: bytearray, back: bytearray) -> None:
        with near, socket.create_connection(self._target) as far:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    try:
                        data = ready.recv(_CHUNK)
                        (far if ready is near else near).sendall(data)
                    except OSError:
                        return
                    if not data:
                        return
                    (there if ready is near else back).extend(data)


def strangers(sent: Iterable[Sent], origin: str) -> list[str]:
    """Return the addresses that were asked and are not the site's; ``data:`` asks nobody."""
    return [
        each.url
        for each in sent
        if not each.url.startswith(f"{origin}/") and urlsplit(each.url).scheme != "data"
    ]


def in_base64(data: bytes) -> Iterator[bytes]:
    """Yield the part of ``data`` in base64 that does not depend on what stands around it."""
    for before, cut in ((0, 0), (1, 2), (2, 3)):
        whole = data[: len(data) - (before + len(data)) % 3]
        plain = base64.b64encode(bytes(before) + whole)[cut:]
        yield plain
        yield plain.replace(b"+", b"-").replace(b"/", b"_")


def forms_of(text: str) -> dict[str, list[bytes]]:
    """Return how a text could stand in a request, by the name of the way of writing."""
    data = text.encode()
    every = "".join(f"%{byte:02x}" for byte in data)
    turned = " ".join(reversed(text.split()))
    return {
        "text": [data, text.upper().encode()],
        "utf-16": [text.encode("utf-16-le"), text.encode("utf-16-be")],
        "percent": [quote(text).encode(), quote_plus(text).encode(), every.encode()],
        "twice percent": [quote(quote(text)).encode()],
        "json": [json.dumps(text)[1:-1].encode()],
        "html": [
            html.escape(text).encode(),
            text.encode("ascii", "xmlcharrefreplace"),
        ],
        "base64": list(in_base64(data)),
        "hex": [data.hex().encode()],
        "backwards": [text[::-1].encode(), turned.encode()],
    }


def forms_of_key(key: bytes) -> list[bytes]:
    """Return how raw bytes could stand in a request."""
    return [key, key[::-1], key.hex().encode(), key[::-1].hex().encode(), *in_base64(key)]


@dataclass(frozen=True)
class Secrets:
    """What a reporter has to hide: texts, the ten words of the code, and the channel's key.

    Each text should be rare enough to stand nowhere by chance.
    """

    texts: tuple[str, ...]
    words: tuple[str, ...] = ()
    site_id: bytes = b""
    channel_pk: bytes = b""

    def found_in(self, data: bytes) -> list[str]:
        """Return what of it stands in ``data``, and how it is written there."""
        return [*self._texts(data), *self._words(data), *self._keys(data)]

    def _texts(self, data: bytes) -> Iterator[str]:
        small = data.lower()
        for text in self.texts:
            for name, forms in forms_of(text).items():
                if any(form.lower() in small for form in forms):
                    yield f"{text!r} as {name}"

    def _words(self, data: bytes) -> Iterator[str]:
        # Without its zero bytes, UTF-16 is what it would be in ASCII.
        for seen in (data, data.replace(b"\0", b"")):
            for one, other in self._neighbours():
                if re.search(one.encode() + _BETWEEN + other.encode(), seen, re.IGNORECASE):
                    yield f"{one} {other} of the code"
        for one, other in pairwise(self.words):
            both = f"{one} {other}".encode()
            if any(form in data for form in (*in_base64(both), both.hex().encode())):
                yield f"{one} {other} of the code, encoded"

    def _neighbours(self) -> Iterator[tuple[str, str]]:
        short = [word[:4] for word in self.words]
        for words in (self.words, self.words[::-1], short, short[::-1]):
            yield from pairwise(words)

    def _keys(self, data: bytes) -> Iterator[str]:
        if not self.words:
            return
        key = reply_code.parse(" ".join(self.words))
        own = keys.reporter_keys(self.site_id, self.channel_pk, key)
        for name, secret in (("code", key[_EMPTY:]), ("signing", own.ed_seed), ("box", own.x_sk)):
            if any(form in data for form in forms_of_key(secret)):
                yield f"the {name} key"
