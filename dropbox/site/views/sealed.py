"""Where browsers, clients and letters hand in what they sealed, and read their mailbox.

Invariants: nothing that comes here can be read here; every answer is the six bytes of
`dropbox.protocol.handed_in`, whatever went wrong, or one mailbox page of a fixed size;
every post may come again and then does nothing more; no word, code or key of a request is
logged.
"""

from __future__ import annotations

import logging
import sys

from flask import Blueprint, Response, current_app, g
from werkzeug.exceptions import HTTPException, InternalServerError

from dropbox.errors import DropboxError
from dropbox.protocol import handed_in
from dropbox.protocol.handed_in import Answer, MalformedRecord
from dropbox.protocol.keys import TOKEN_BYTES
from dropbox.site import answers, failures
from dropbox.site.context import here
from dropbox.site.limits import BYTES_TYPE
from dropbox.site.packing import Packed

_LOG = logging.getLogger(__name__)
_OK = 200
_LENGTH_BYTES = 4
_ASKED_BYTES = TOKEN_BYTES + 1

sealed_pages = Blueprint("sealed", __name__)


@sealed_pages.post("/sealed/report")
def report() -> Response:
    """Open a mailbox."""
    found = handed_in.read_report(g.body)
    here().mailboxes.file_report(found, here().today(), admission=here().gate)
    return _said(Answer.DONE)


@sealed_pages.post("/sealed/message")
def message() -> Response:
    """Append a message, a pause, its end, or an answer to a question."""
    found = handed_in.read_message(g.body)
    here().mailboxes.append(found, here().today(), admission=here().gate)
    return _said(Answer.DONE)


@sealed_pages.post("/sealed/consent")
def consent() -> Response:
    """Open a mailbox at another channel and append the consent, or neither."""
    found = handed_in.read_consent(g.body)
    today = here().today()
    here().mailboxes.transfer(found.report, found.message, today, admission=here().gate)
    return _said(Answer.DONE)


@sealed_pages.post("/sealed/withdrawal")
def withdrawal() -> Response:
    """Withdraw a mailbox."""
    here().mailboxes.withdraw(g.body, here().today())
    return _said(Answer.DONE)


@sealed_pages.post("/sealed/mailbox")
def mailbox() -> Response:
    """Answer one page of a mailbox: token 32 · page number 1."""
    if len(g.body) != _ASKED_BYTES:
        raise MalformedRecord
    page = here().mailboxes.page(g.body[:TOKEN_BYTES], g.body[TOKEN_BYTES])
    return Response(page, mimetype=BYTES_TYPE)


@sealed_pages.get("/cards")
def cards() -> Response:
    """Answer with every channel's valid card: length 4 · card, one behind the other."""
    today = here().today()
    raws = tuple(card.raw for card in here().mailboxes.channels(today))
    packed = here().packed_cards.of((today, raws), lambda: Packed.of(b"".join(map(_framed, raws))))
    return packed.answer(BYTES_TYPE)


def _framed(card: bytes) -> bytes:
    return len(card).to_bytes(_LENGTH_BYTES, "big") + card


def _said(code: Answer, status: int = _OK) -> Response:
    response = Response(handed_in.answer(code), status, mimetype=BYTES_TYPE)
    return failures.ask_later(response) if code is Answer.NOT_NOW else response


@sealed_pages.errorhandler(DropboxError)
def _on_dropbox(error: DropboxError) -> Response:
    code = answers.of(error)
    if code is Answer.FAILING:
        _LOG.error("%s", type(error).__name__)
    return _said(code, error.status)


@sealed_pages.errorhandler(HTTPException)
def _on_http(error: HTTPException) -> Response:
    status = error.code or InternalServerError.code
    failing = status >= InternalServerError.code
    return _said(Answer.FAILING if failing else Answer.MALFORMED, status)


@sealed_pages.errorhandler(Exception)
def _on_unknown(_error: Exception) -> Response:
    current_app.log_exception(sys.exc_info())
    return _said(Answer.FAILING, InternalServerError.code)
