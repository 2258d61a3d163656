"""The answer to what is no request: one fixed page, with the headers of every answer.

Gunicorn's own page repeats what was sent. Invariant: this one depends on the status and
on nothing else. It stands in both languages, because no address was understood.
"""

from __future__ import annotations

import socket
from http import HTTPStatus
from typing import Any

from gunicorn.http.wsgi import Response

from dropbox.site.headers import HEADERS

_PAGE = """<!doctype html>
<html lang="nl">
<head><meta charset="utf-8"><title>Dit kwam niet goed aan</title></head>
<body>
<h1>Dit kwam niet goed aan</h1>
<p>Er is niets opgeslagen. <a href="/nl/">Ga naar de startpagina</a> en begin opnieuw.</p>
<div lang="en">
<h2>That did not arrive well</h2>
<p>Nothing was stored. <a href="/en/">Go to the start page</a> and begin again.</p>
</div>
</body>
</html>
"""
_BODY = _PAGE.encode("utf-8")


SEND_SECONDS = 1.0


def refusal(status: int) -> bytes:
    """Return the whole answer for an HTTP status."""
    head = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(_BODY)),
        "Connection": "close",
        "Cache-Control": "no-store",
        **HEADERS,
    }
    lines = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        *(f"{name}: {value}" for name, value in head.items()),
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii") + _BODY


def write_refusal(sock: socket.socket, status: int, _reason: str, _message: str) -> None:
    """Send the page instead of gunicorn's; takes what gunicorn's own function takes."""
    sock.settimeout(SEND_SECONDS)
    sock.sendall(refusal(status))


_default_headers = Response.default_headers


def headers_without_server(response: Any) -> list[str]:
    """Return gunicorn's own headers of an answer, without the one that names it."""
    return [line for line in _default_headers(response) if not line.startswith("Server:")]
