"""The headers of every answer of the desk.

Owns what a browser may do with a page: load style, script and images from here, post forms
to here, and nothing else; keep no copy. Invariant: every answer carries them, error pages
and files too. It must never learn an exception for a single page.
"""

from __future__ import annotations

from flask import Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""Source: W3C, Content Security Policy Level 3."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # With no-referrer a browser would send "Origin: null" with every form. Like this, another
    # origin is told nothing either.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=()",
    "X-DNS-Prefetch-Control": "off",
    "X-Robots-Tag": "noindex, nofollow",
}


def put_on(response: Response) -> Response:
    """Set the headers."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
