"""A courier's line to a site: requests to one path, and which statuses are answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from dropbox.courier.errors import NoCourierHere
from dropbox.line.address import Address
from dropbox.line.errors import NotASite, SiteBusy
from dropbox.line.wire import Request, Wire
from dropbox.protocol.carried import MAX_ANSWER_BYTES

PATH = "/courier"

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


class SiteLine:
    """A line to a site that stays open between requests, and is made anew when it broke."""

    def __init__(self, where: Address) -> None:
        """Say where to; nothing is dialled yet."""
        self._wire = Wire(where)

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def ask(self, body: bytes) -> bytes:
        """Send a request's bytes; return the answer's.

        Raises:
            NoCourierHere: the site has no such page for whoever sent this.
            SiteBusy, LineBroken: it may work later.
            SiteUntrusted, NotASite: it will not.
        """
        try:
            answer = self._wire.ask(Request(PATH, body, MAX_ANSWER_BYTES))
            _check(answer.status)
        except BaseException:
            self._wire.close()
            raise
        return answer.content


def _check(status: int) -> None:
    if status in _LATER:
        raise SiteBusy
    if status == HTTPStatus.NOT_FOUND:
        raise NoCourierHere
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise SiteBusy
    if status != HTTPStatus.OK:
        raise NotASite
