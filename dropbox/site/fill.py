"""Answers of one size: what a mailbox answers does not show by its length.

An answer to a mailbox's form grows to a multiple of `STEP_BYTES` with a comment of
random characters, which do not compress away.
"""

from __future__ import annotations

import secrets
from base64 import b64encode

from flask import Response, request

STEP_BYTES = 64 * 1024
_OPEN, _CLOSE = b"<!--", b"-->"


def fill(html: bytes) -> bytes:
    """Return ``html`` with a random comment behind it, a multiple of 64 KiB long."""
    room = -(len(html) + len(_OPEN) + len(_CLOSE)) % STEP_BYTES
    # Standard base64 has no hyphen, so nothing in it can end the comment.
    return html + _OPEN + b64encode(secrets.token_bytes(room))[:room] + _CLOSE


def fill_answer(response: Response) -> Response:
    """Bring the answer to a post to one size, whatever it says."""
    if request.method == "POST":
        response.set_data(fill(response.get_data()))
    return response
