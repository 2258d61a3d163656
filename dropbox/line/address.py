"""Where a site is, and the proxy on the way there, as people type it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from dropbox.line.errors import OnionWithoutProxy, ProxyInvalid, SiteAddressInvalid

PORTS = {"https": 443, "http": 80}
_THIS_MACHINE = "127.0.0.1"
_ONION = ".onion"


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
    if not is_named or parts.scheme not in PORTS or parts.query or parts.fragment:
        raise SiteAddressInvalid
    if parts.scheme == "http" and not is_onion and host != _THIS_MACHINE:
        raise SiteAddressInvalid
    if is_onion and proxy is None:
        raise OnionWithoutProxy
    named = port or PORTS[parts.scheme]
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
