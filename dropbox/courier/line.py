"""The line to a site: HTTPS, or HTTP to an onion service, perhaps through a SOCKS proxy.

Invariants: a certificate is always checked; clear HTTP goes to an onion address or to this
very machine only; a name is looked up by the proxy where there is one; no variable of the
environment names a proxy; nothing of this machine is told; no redirection is followed.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from python_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError, ProxyType
from python_socks.sync import Proxy

from dropbox.courier.errors import (
    LineBroken,
    NoCourierHere,
    NotASite,
    OnionWithoutProxy,
    ProxyInvalid,
    ProxyRefused,
    SiteAddressInvalid,
    SiteBusy,
    SiteUntrusted,
)
from dropbox.protocol.carried import MAX_ANSWER_BYTES

PATH = "/courier"
STEP_SECONDS = 60.0
"""So long may a single step on the line take."""

_PORTS = {"https": 443, "http": 80}
_THIS_MACHINE = "127.0.0.1"
_ONION = ".onion"
_LATER = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)


class Line(Protocol):
    """Where requests go."""

    def ask(self, body: bytes) -> bytes:
        """Send a request's bytes; return the answer's, or raise a DropboxError."""


@dataclass(frozen=True)
class Proxy5:
    """A SOCKS 5 proxy, and what it asks for, if anything."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Address:
    """Where a site is, and the proxy on the way there."""

    is_safe: bool
    host: str
    port: int
    proxy: Proxy5 | None = None


def address(site: str, proxy: str | None = None) -> Address:
    """Read a site's address and a proxy's, as they are typed.

    Raises:
        SiteAddressInvalid, ProxyInvalid, OnionWithoutProxy.
    """
    parts, port = _parts(site, SiteAddressInvalid)
    host = (parts.hostname or "").rstrip(".")
    is_onion = host.endswith(_ONION)
    is_named = bool(host) and parts.username is None and parts.path in ("", "/")
    if not is_named or parts.scheme not in _PORTS or parts.query or parts.fragment:
        raise SiteAddressInvalid
    if parts.scheme == "http" and not is_onion and host != _THIS_MACHINE:
        raise SiteAddressInvalid
    if is_onion and proxy is None:
        raise OnionWithoutProxy
    named = port or _PORTS[parts.scheme]
    return Address(parts.scheme == "https", host, named, _proxy(proxy) if proxy else None)


def _proxy(text: str) -> Proxy5:
    parts, port = _parts(text, ProxyInvalid)
    if parts.scheme != "socks5h" or not parts.hostname or not port or parts.path not in ("", "/"):
        raise ProxyInvalid
    return Proxy5(parts.hostname, port, parts.username, parts.password)


def _parts(
    text: str, wrong: type[SiteAddressInvalid | ProxyInvalid]
) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
        text.encode("ascii")
    except ValueError:
        raise wrong from None
    if any(sign.isspace() for sign in text):
        raise wrong
    return parts, port


class _Connection(HTTPConnection):
    """A connection that is made the way that `Address` says."""

    def __init__(self, where: Address) -> None:
        super().__init__(where.host, where.port, timeout=STEP_SECONDS)
        # The library writes the port into Host unless it is its own scheme's usual one.
        self.default_port = _PORTS["https" if where.is_safe else "http"]
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
        context = ssl.create_default_context()
        return context.wrap_socket(dialled, server_hostname=self._where.host)


def _dial(where: Address) -> socket.socket:
    if where.proxy is None:
        return socket.create_connection((where.host, where.port), STEP_SECONDS)
    via = where.proxy
    proxy = Proxy(ProxyType.SOCKS5, via.host, via.port, via.user, via.password, rdns=True)
    return proxy.connect(where.host, where.port, timeout=STEP_SECONDS)


class SiteLine:
    """A line to a site that stays open between requests, and is made anew when it broke."""

    def __init__(self, where: Address) -> None:
        """Say where to; nothing is dialled yet."""
        self._connection = _Connection(where)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def ask(self, body: bytes) -> bytes:
        """Send a request's bytes; return the answer's.

        Raises:
            NoCourierHere: the site has no such page for whoever sent this.
            SiteBusy, LineBroken: it may work later.
            SiteUntrusted, NotASite: it will not.
        """
        try:
            with _meanings():
                return self._asked(body)
        except BaseException:
            self._connection.close()
            raise

    def _asked(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/octet-stream"}
        self._connection.request("POST", PATH, body, headers)
        response = self._connection.getresponse()
        _check(response)
        content = response.read(MAX_ANSWER_BYTES + 1)
        if len(content) > MAX_ANSWER_BYTES:
            raise NotASite
        return content


def _check(response: HTTPResponse) -> None:
    if response.status in _LATER:
        raise SiteBusy
    if response.status == HTTPStatus.NOT_FOUND:
        raise NoCourierHere
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SiteBusy
    if response.status != HTTPStatus.OK:
        raise NotASite


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
    except (HTTPException, OSError):
        raise LineBroken from None
