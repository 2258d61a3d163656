"""The headers of every answer of the site.

Owns what a browser may do with a page: load stylesheet and scripts from here, send forms
and bytes to here, and nothing else; keep no copy; tell no other site where it came from.
Invariant: every answer carries them, error pages and files too. It must
never learn an exception for a single page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_Headers = list[tuple[str, str]]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Source: W3C, Content Security Policy Level 3."""

_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "keyboard-map",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # A script runs only if the page names its sum; the tag has to say crossorigin, too, since
    # browsers ask that of scripts from here as well. Source: W3C, Subresource Integrity.
    "Integrity-Policy": "blocked-destinations=(script)",
    # With no-referrer a browser would send "Origin: null", and no form could be told apart.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
    "X-Robots-Tag": "noindex, nofollow",
}


_ALWAYS = tuple(HEADERS.items())
_UNLESS_SAID = ("Cache-Control", "no-store")


def put_on(start_response: StartResponse) -> StartResponse:
    """Return a start of an answer that adds the headers to those that it is given.

    Only an answer that says otherwise itself may be kept by a cache. Nothing else ever sets
    one of these headers, so they are added as they are, behind what Flask knows: it would look
    at each of them, for each answer.
    """

    def start(status: str, found: _Headers, error: Any = None) -> Callable[[bytes], object]:
        says = any(name.lower() == "cache-control" for name, _value in found)
        own = _ALWAYS if says else (*_ALWAYS, _UNLESS_SAID)
        return start_response(status, [*found, *own], error)

    return start
