"""One request after the other to a site, and what it answers, within bounds.

Owns the connection. Invariants: those of the room; no more is read than the asker wants, and
no request lasts longer than it may, however slowly an answer drips in.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError, ProxyType
from python_socks.sync import Proxy

from dropbox.line.address import PORTS, Address
from dropbox.line.errors import LineBroken, NotASite, ProxyRefused, SiteUntrusted

STEP_SECONDS = 60.0
"""So long may a single step on the line take."""

BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Request:
    """What is asked: the path, a body for a post and none for a get, the most bytes wanted."""

    path: str
    body: bytes | None
    most_bytes: int

    @property
    def method(self) -> str:
        """Return the method of HTTP."""
        return "GET" if self.body is None else "POST"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers that the library does not write itself."""
        return {} if self.body is None else {"Content-Type": BYTES}


@dataclass(frozen=True)
class Answer:
    """What came: the status of HTTP, the whole content, and the day there, if it was told."""

    status: int
    content: bytes
    day: date | None


class _Connection(HTTPConnection):
    """A connection that is made the way that `Address` says."""

    def __init__(self, where: Address) -> None:
        super().__init__(where.host, where.port, timeout=STEP_SECONDS)
        # The library writes the port into Host unless it is its own scheme's usual one.
        self.default_port = PORTS["https" if where.is_safe else "http"]
        self._where = where

    def connect(self) -> None:
        dialled = _dial(self._where)
        try:
            self.sock = self._wrapped(dialled)
        except BaseException:
            dialled.close()
            raise
        self.sock.settimeout(STEP_SECONDS)

    def _wrapped(self, dialled: socket.socket) -> socket.socket:
        if not self._where.is_safe:
            return dialled
        # Not the library's default context: told to by SSLKEYLOGFILE it would write down its keys.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        return context.wrap_socket(dialled, server_hostname=self._where.host)


def _dial(where: Address) -> socket.socket:
    if where.proxy is None:
        return socket.create_connection((where.host, where.port), STEP_SECONDS)
    via = where.proxy
    proxy = Proxy(ProxyType.SOCKS5, via.host, via.port, via.user, via.password, rdns=True)
    return proxy.connect(where.host, where.port, timeout=STEP_SECONDS)


class Wire:
    """A line to a site that stays open between requests, and is made anew when it broke."""

    def __init__(self, where: Address, whole_seconds: float | None = None) -> None:
        """Say where to, and how long a request may take in all; nothing is dialled yet."""
        self._connection = _Connection(where)
        self._whole_seconds = whole_seconds

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def open(self) -> None:
        """Dial now, so that a failure from here on is one of a request under way.

        Raises:
            LineBroken, SiteUntrusted: nothing was sent.
        """
        with self._whole():
            self._connection.connect()

    def ask(self, request: Request) -> Answer:
        """Send a request; return the answer, whatever its status.

        Raises:
            LineBroken: it broke, was too slow, or the answer was cut.
            SiteUntrusted: the site's certificate or encryption is not in order.
            NotASite: more came than was asked for.
        """
        with self._whole():
            line = self._connection
            line.request(request.method, request.path, request.body, dict(request.headers))
            # Known only now where the request itself had to dial.
            with _ended(line.sock, self._whole_seconds), line.getresponse() as response:
                return _read(response, request.most_bytes)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            with _meanings():
                yield
        except BaseException:
            self._connection.close()
            raise


def _read(response: HTTPResponse, most_bytes: int) -> Answer:
    content = response.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NotASite
    if response.length:
        # The library tells of an answer that was cut only who reads without a bound.
        raise LineBroken
    return Answer(response.status, content, _day(response.getheader("Date", "")))


def _day(header: str) -> date | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


@contextmanager
def _ended(line: socket.socket, seconds: float | None) -> Iterator[None]:
    """End a line after so long: a limit for each step bounds no answer that drips."""
    if seconds is None:
        yield
        return

    def end() -> None:
        with suppress(OSError):
            # Not the method of an encrypted socket, which would go on in clear.
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn what the libraries raise into ours; their messages repeat names and addresses."""
    try:
        yield
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise LineBroken from None
    except ssl.SSLError:
        raise SiteUntrusted from None
    except (ProxyConnectionError, ProxyError, ProxyTimeoutError):
        raise ProxyRefused from None
    except (HTTPException, OSError, ValueError):
        # ValueError: a chunk of negative length, or a name that no name server can be asked.
        raise LineBroken from None
