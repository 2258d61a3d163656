"""A server between browser and site that changes, keeps back or forges what a test tells it.

It sees all that the real server sees, and no key of a channel or handler. Every request
is kept in `HostileServer.seen`. A `Rule` gets each request and what asks the real site.
"""

from __future__ import annotations

import base64
import http.client
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dropbox.protocol.mailbox_page import MailboxPage, pack, unpack

TIMEOUT_SECONDS = 30
MOST_BYTES = 64 * 1024 * 1024
"""An endless answer ends here, so that no test eats a machine."""

OCTETS = "application/octet-stream"
MAILBOX = "/sealed/mailbox"
REPORT = "/sealed/report"
_CARD = re.compile(rb'data-card="[^"]*"')
_DAY = re.compile(rb'data-day="[^"]*"')
_NOT_PASSED_ON = {"connection", "content-length", "transfer-encoding", "date", "server"}


@dataclass(frozen=True)
class Asked:
    """A request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer; after an endless one's body come random bytes for as long as they are taken."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    endless: bool = False


class Dropped(Exception):
    """The connection breaks without an answer."""


Forward = Callable[[Asked], Answer]
Rule = Callable[[Asked, Forward], Answer]


def honest(asked: Asked, forward: Forward) -> Answer:
    """Change nothing."""
    return forward(asked)


class HostileServer:
    """The server; set ``rule`` to what it is to do, before each test."""

    def __init__(self, site: str) -> None:
        self._port = int(site.rpartition(":")[2])
        self.rule: Rule = honest
        self.seen: list[Asked] = []
        self.stopped = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.handle(self)

            def do_POST(self) -> None:
                outer.handle(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"

    def posts(self) -> list[Asked]:
        """Return what was posted since the test cleared ``seen``."""
        return [asked for asked in self.seen if asked.method == "POST"]

    def forward(self, asked: Asked) -> Answer:
        """Ask the real site."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_SECONDS)
        headers = {
            name: value for name, value in asked.headers.items() if name not in _NOT_PASSED_ON
        }
        try:
            # Uncompressed, so that a rule can change it.
            headers["accept-encoding"] = "identity"
            connection.request(asked.method, asked.path, asked.body or None, headers)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request as the rule says."""
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(length)
        asked = Asked(handler.command, handler.path, headers, body)
        self.seen.append(asked)
        handler.close_connection = True
        try:
            answer = self.rule(asked, self.forward)
            self._send(handler, answer)
        except (Dropped, OSError):
            return

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        handler.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name not in _NOT_PASSED_ON:
                handler.send_header(name, value)
        handler.send_header("connection", "close")
        if not answer.endless:
            handler.send_header("content-length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
        sent = 0
        while answer.endless and sent < MOST_BYTES and not self.stopped.is_set():
            sent += handler.wfile.write(os.urandom(65536))


@contextmanager
def hostile(site: str) -> Iterator[HostileServer]:
    """Run one before a site until the block ends."""
    found = HostileServer(site)
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.stopped.set()
        found.server.shutdown()
        thread.join()
        found.server.server_close()


def with_card(raw: bytes, after: Callable[[Asked], bool] = lambda asked: True) -> Rule:
    """Put another card in every page and list, from the first request that ``after`` names."""
    begun = threading.Event()

    def rule(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked)
        if after(asked):
            begun.set()
        if not begun.is_set():
            return answer
        if asked.path == "/cards":
            return replace(answer, body=len(raw).to_bytes(4, "big") + raw)
        card = b'data-card="' + base64.b64encode(raw) + b'"'
        return replace(answer, body=_CARD.sub(card, answer.body))

    return rule


def with_day(day: str) -> Rule:
    """Name another day in every page: for the page, the device's clock is wrong then."""

    def rule(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked)
        return replace(answer, body=_DAY.sub(b'data-day="' + day.encode() + b'"', answer.body))

    return rule


def answering(path: str, answer: Answer) -> Rule:
    """Give this answer at one address, without asking the site."""
    return lambda asked, forward: answer if asked.path == path else forward(asked)


def changing(path: str, change: Callable[[bytes], bytes]) -> Rule:
    """Change the site's answer at one address."""

    def rule(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked)
        return replace(answer, body=change(answer.body)) if asked.path == path else answer

    return rule


def in_mailbox(change: Callable[[MailboxPage], MailboxPage]) -> Rule:
    """Change what stands in a mailbox that the site found."""

    def packed(body: bytes) -> bytes:
        page = unpack(body)
        return body if page is None else pack(change(page))

    return changing(MAILBOX, packed)


def dropping(path: str, times: int, *, after: bool) -> Rule:
    """Break the connection so many times at one address, before or after the site acted."""
    left = [times]

    def rule(asked: Asked, forward: Forward) -> Answer:
        if asked.path != path or not left[0]:
            return forward(asked)
        left[0] -= 1
        if after:
            forward(asked)
        raise Dropped

    return rule


def replaying(path: str) -> Rule:
    """Give the first answer of an address again and again."""
    kept: list[Answer] = []

    def rule(asked: Asked, forward: Forward) -> Answer:
        if asked.path != path:
            return forward(asked)
        answer = forward(asked)
        kept.append(answer)
        return kept[0]

    return rule


BAD_ANSWERS = {
    "cut": lambda page: Answer(200, {"content-type": OCTETS}, page[:-1]),
    "one byte too long": lambda page: Answer(200, {"content-type": OCTETS}, page + b"\0"),
    "empty": lambda page: Answer(200, {"content-type": OCTETS}),
    "a page of HTML": lambda page: Answer(
        200, {"content-type": "text/html"}, b"<!doctype html><title>x</title><h1>Hacked</h1>"
    ),
    "noise": lambda page: Answer(200, {"content-type": OCTETS}, os.urandom(len(page))),
    "an error of the machine": lambda page: Answer(500, {"content-type": "text/html"}, b"<h1>no"),
    "endless": lambda page: Answer(200, {"content-type": OCTETS}, page, endless=True),
}
"""What no mailbox's answer may be, made of an answer that is one."""
