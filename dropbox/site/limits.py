"""What the site takes in: forms of its own pages, in UTF-8, and sealed bytes, of bounded size.

Owns the only reading of a request's body. Invariants: a body is refused while it
streams, once it is too large; nothing is spooled to a file; a text that is not
UTF-8 is refused whole rather than mended; a form or bytes from another site get no further
than their headers; a request that names no possible host gets no page of ours. Must
never put what it read into an error.
"""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import parse_qsl, urlsplit

from flask import Request, abort, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser

from dropbox.protocol.handed_in import MAX_CONSENT_BYTES, MAX_MESSAGE_BYTES, MAX_REPORT_BYTES
from dropbox.protocol.keys import TOKEN_BYTES
from dropbox.protocol.withdrawal import WITHDRAWAL_BYTES

MAX_BODY_BYTES = 500_000
"""Over ten times the longest story, each byte written as ``%XX``.

A story that is far too long must still reach the form, which alone can give it back.
"""

SIGNED = "courier"
"""The pages that no browser posts to: who asks there says so by a signature."""

SEALED_BYTES = {
    "sealed.report": MAX_REPORT_BYTES,
    "sealed.message": MAX_MESSAGE_BYTES,
    "sealed.consent": MAX_CONSENT_BYTES,
    "sealed.withdrawal": WITHDRAWAL_BYTES,
    "sealed.mailbox": TOKEN_BYTES + 1,
}
"""How much each address takes to which sealed bytes are posted."""

UPLOADS = "drop"
"""The page that takes a file."""

MAX_UPLOAD_BYTES = MAX_REPORT_BYTES + 4096
"""The largest letter, and what a browser puts around it."""

MAX_PARTS = 10
MAX_FIELDS = 200
MAX_HOST_CHARACTERS = 253
_HOST = re.compile(
    r"(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?",
    re.IGNORECASE,
)
_PIECE_BYTES = 64 * 1024
FORM_TYPE = "application/x-www-form-urlencoded"
UPLOAD_TYPE = "multipart/form-data"
BYTES_TYPE = "application/octet-stream"
"""A page of another site may not post this without asking first, and gets no leave."""


def guard() -> None:
    """Check a request, and read a post's form into ``g.form``; runs before every view.

    Bytes that were signed or sealed go into ``g.body`` as they stand, uploaded files into
    ``g.files``.
    """
    # Flask's name for the running request looks for it each time.
    asking: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - documented
    if not is_host(asking.host):
        abort(400)
    if asking.method != "POST" or asking.routing_exception is not None:
        return
    if most := SEALED_BYTES.get(asking.endpoint or ""):
        g.body = _sealed(asking, most)
    elif asking.blueprint == SIGNED:
        g.body = read_body(asking)
    elif asking.blueprint == UPLOADS:
        g.files = _upload()
    else:
        g.form = _form()


def _sealed(asking: Request, most: int) -> bytes:
    # What is no browser says nothing of where it comes from; the bytes prove themselves.
    if is_elsewhere(asking):
        abort(403)
    if asking.content_type != BYTES_TYPE or asking.content_encoding:
        abort(415)
    return read_body(asking, most)


def _form() -> MultiDict[str, str]:
    if not is_same_origin(request):
        abort(403)
    if request.mimetype != FORM_TYPE or request.content_encoding:
        abort(415)
    return parse(read_body(request))


def _upload() -> list[bytes]:
    if not is_same_origin(request):
        abort(403)
    if request.mimetype != UPLOAD_TYPE or request.content_encoding:
        abort(415)
    return files(read_body(request, MAX_UPLOAD_BYTES), request.mimetype_params.get("boundary", ""))


def is_host(name: str) -> bool:
    """Tell whether a request's host, with or without a port, can be the name of a site.

    Source: RFC 1035, section 2.3.4, for the lengths.
    """
    return len(name) <= MAX_HOST_CHARACTERS and _HOST.fullmatch(name) is not None


def is_same_origin(asking: Request) -> bool:
    """Tell whether a browser sent this from a page of this very site.

    ``Sec-Fetch-Site: none`` is the reader's own act, such as opening a closed tab again.
    A request with neither header is no browser's form and is refused.

    Source: W3C, Fetch Metadata Request Headers; RFC 6454, section 7.
    """
    says = "Sec-Fetch-Site" in asking.headers or "Origin" in asking.headers
    return says and not is_elsewhere(asking)


def is_elsewhere(asking: Request) -> bool:
    """Tell whether a request says that something else than a page of this very site sent it."""
    if asking.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = asking.headers.get("Origin")
    if origin is None:
        return False
    # Only the host: a proxy in front may have taken off the TLS.
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        return True
    # Without a host, "null" and a request that names none would be the same nothing.
    return not named or named.lower() != asking.host.lower()


def read_body(asking: Request, most: int = MAX_BODY_BYTES) -> bytes:
    """Read a body of at most ``most`` bytes, whether or not its length was announced.

    Read in pieces: asked for everything at once, Werkzeug's stream would cut a body that
    is too long at the limit and hand out the piece as if it were whole. Its own limit is
    one byte higher than ours, because it takes a body that just fits for one that does not.
    """
    announced = asking.content_length
    if (announced or 0) > most:
        abort(413)
    asking.max_content_length = most + 1
    body = bytearray()
    while piece := _piece(asking):
        body += piece
        if len(body) > most:
            abort(413)
    if announced not in (None, len(body)):
        # The line broke; half a story must not pass for a whole one.
        abort(400)
    return bytes(body)


def _piece(asking: Request) -> bytes:
    try:
        return asking.stream.read(_PIECE_BYTES)
    except HTTPException:
        raise
    except Exception:  # noqa: BLE001 - each server has its own errors for a malformed stream
        abort(400)


def parse(body: bytes) -> MultiDict[str, str]:
    """Read a form's fields, in order.

    Line ends become a single line feed, as HTML writes them inside a page; NUL, which
    no page can hold, becomes U+FFFD. Everything else stays as it was typed.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        abort(400)
    return MultiDict((name, _clean(value)) for name, value in pairs)


def files(body: bytes, boundary: str) -> list[bytes]:
    """Return the files of an uploaded form, without their names.

    Werkzeug would put a large one into a file on the disk: here all stay in memory.
    """
    parser = MultiPartParser(stream_factory=_in_memory, max_form_parts=MAX_PARTS)
    try:
        _fields, found = parser.parse(BytesIO(body), boundary.encode("ascii"), len(body))
    except (ValueError, HTTPException):
        abort(400)
    # Where none was chosen, a browser sends an empty one without a name.
    return [file.stream.read() for _name, file in found.items(multi=True) if file.filename]


def _in_memory(*_about: object, **_more: object) -> BytesIO:
    return BytesIO()


def _clean(value: str) -> str:
    return (
        value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
