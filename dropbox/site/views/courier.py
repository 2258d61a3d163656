"""The address at which couriers ask; on a site without couriers there is none.

Invariants: a signature stands before everything that costs more than to check it; whoever is
no courier, or asks for what is not theirs, gets the page for an address that is not there,
whatever was wrong; no cookie, and nothing of a visit is kept or logged, but that notes
between handlers were not kept, which their operator has to tell them.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, g
from itsdangerous import BadSignature as BadChallenge
from itsdangerous import TimestampSigner

from dropbox.counter import Counter
from dropbox.errors import BadSignature, DropboxError
from dropbox.protocol import carried, courier
from dropbox.protocol.courier import Action, Code, Request
from dropbox.site.context import here

PATH = "/courier"
EXTENSION = "meldkluis.courier"
CHALLENGE_SECONDS = 300
"""A courier has so long for each piece, also over a slow line."""

_LOG = logging.getLogger(__name__)
_NONCE_BYTES = 16

courier_pages = Blueprint("courier", __name__)


class Desk:
    """The counter, and the challenges that it gives out and keeps nothing of."""

    def __init__(self, counter: Counter, key: bytes) -> None:
        """Take the counter and the server's key for forms, 32 raw bytes."""
        self.counter = counter
        self._signer = TimestampSigner(key, salt=b"courier challenge", digest_method=hashlib.sha256)

    def challenge(self) -> bytes:
        """Return a fresh challenge, printable ASCII."""
        nonce = urlsafe_b64encode(secrets.token_bytes(_NONCE_BYTES))
        return self._signer.sign(nonce)

    def admit(self, request: Request) -> None:
        """Check that a courier asks for what they carry, in answer to a challenge of ours.

        Raises:
            BadSignature: no such courier asks that, or not now.
        """
        if not self.counter.serves((request.courier_pk, request.handler_id)):
            raise BadSignature
        try:
            self._signer.unsign(request.challenge, max_age=CHALLENGE_SECONDS)
        except BadChallenge:
            raise BadSignature from None
        request.verify(self.counter.site_id)


def _desk() -> Desk:
    found: Desk = current_app.extensions[EXTENSION]
    return found


@courier_pages.post(PATH)
def visit() -> Response:
    """Answer one request of a courier."""
    desk = _desk()
    try:
        request = courier.read_request(g.body)
        if request.action is not Action.HELLO:
            desk.admit(request)
    except DropboxError:
        abort(404)
    if request.action is not Action.HELLO:
        return _said(_answered(desk.counter, request))
    if not desk.counter.knows(request.courier_pk):
        abort(404)
    return _said(courier.answer(desk.challenge()))


def _said(data: bytes) -> Response:
    return Response(data, mimetype="application/octet-stream")


def _answered(counter: Counter, request: Request) -> bytes:
    try:
        return _ACTIONS[request.action](counter, request)
    except DropboxError as error:
        return courier.failure(error)


def _list(counter: Counter, request: Request) -> bytes:
    asked = carried.read_asked(request.body)
    return courier.answer(counter.listing(request.handler_id, asked, here().today()).raw())


def _take(counter: Counter, request: Request) -> bytes:
    asked = carried.read_asked(request.body)
    return courier.answer(counter.take(request.handler_id, asked, here().today()))


def _close(counter: Counter, request: Request) -> bytes:
    again, hash_ = carried.read_close(request.body)
    return courier.answer(counter.close(request.handler_id, again, hash_, here().today()))


def _offer(counter: Counter, request: Request) -> bytes:
    held = counter.offer(_holder(request), carried.read_offer(request.body))
    return courier.answer(code=Code.ALREADY) if held is None else _offset(held)


def _put(counter: Counter, request: Request) -> bytes:
    claim, offset, piece = carried.read_put(request.body)
    return _offset(counter.put(_holder(request), claim, offset, piece))


def _apply(counter: Counter, request: Request) -> bytes:
    result = counter.apply(_holder(request), carried.read_offer(request.body), here().today())
    if result.surplus:
        # No operator reads a screen here, as at `deliver`.
        _LOG.error("%s", "NotesNotKept")
    return courier.answer(code=Code.ALREADY if result.already else Code.DONE)


def _offset(held: int) -> bytes:
    return courier.answer(carried.offset(held))


def _holder(request: Request) -> tuple[bytes, bytes]:
    return request.courier_pk, request.handler_id


_ACTIONS: dict[Action, Callable[[Counter, Request], bytes]] = {
    Action.LIST: _list,
    Action.TAKE: _take,
    Action.CLOSE: _close,
    Action.OFFER: _offer,
    Action.PUT: _put,
    Action.APPLY: _apply,
}
