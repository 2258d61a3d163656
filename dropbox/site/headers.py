"""The headers of every answer of the site.

Owns what a browser may do with a page: load stylesheet and scripts from here, send forms
and bytes to here, and nothing else; keep no copy; tell no other site where it came from.
Invariant: every answer carries them, error pages and files too. It must
never learn an exception for a single page.
"""

from __future__ import annotations

from flask import Response

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


def put_on(response: Response) -> Response:
    """Set the headers; only an answer that says otherwise itself may be kept by a cache."""
    # Nothing else ever sets one of them: to look for each in vain would take its time.
    response.headers.extend(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
