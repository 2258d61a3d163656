"""One machine that reports as fast as it can, honestly: form, send, code; for tests.

Runs as a process of its own, ``python -m tests.flood PORT SECONDS THREADS MOST``, so that
it does not slow down whoever measures. Bounded in number and in time.
"""

from __future__ import annotations

import html
import re
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

TIMEOUT_SECONDS = 30
FORM = "/nl/report/extern-meldpunt"
MAILBOX = "/nl/mailbox"
STORY = "Er is iets gebeurd op mijn werk. " * 60
_HIDDEN = re.compile(r'<input type="hidden" name="(token|readers)" value="([^"]*)">')
_CODE = re.compile(r'id="reply-code"[^>]*>(.*?)</ol>', re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """A page: its status, its headers and its text."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def code(self) -> str:
        """Return the reply code of a code page."""
        return " ".join(re.findall(r"<li>(\w+)</li>", _CODE.findall(self.text)[0]))


class Visitor:
    """A browser's worth of one connection, which is kept open."""

    def __init__(self, port: int) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, b"", {})

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        return self._ask("POST", path, urlencode(fields).encode("ascii"), kind)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8")
        return Answer(answer.status, dict(answer.getheaders()), text)

    def filled(self, text: str = STORY, form: str = FORM) -> dict[str, str]:
        """Open the form and fill it in."""
        page = self.get(form).text
        given = {name: html.unescape(value) for name, value in _HIDDEN.findall(page)}
        return given | {"text": text, "mode": "anonymous"}

    def report(self, text: str = STORY, form: str = FORM) -> Answer:
        """Open the form, look the report through, and send it."""
        typed = self.filled(text, form)
        self.post(form, typed | {"step": "review"})
        return self.post(form, typed | {"step": "send"})

    def open(self, code: str) -> Answer:
        """Open a mailbox."""
        return self.post(MAILBOX, {"code": code, "step": "open"})

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def flood(port: int, seconds: float, threads: int, most: int, text: str = STORY) -> Counter[int]:
    """Report until the time or the number is up; return how often each status came."""
    statuses: Counter[int] = Counter()
    end = time.monotonic() + seconds

    def work() -> None:
        visitor = Visitor(port)
        while time.monotonic() < end and statuses.total() < most:
            try:
                statuses[visitor.post(FORM, visitor.filled(text) | {"step": "send"}).status] += 1
            except (OSError, HTTPException):
                statuses[0] += 1
                visitor.close()
        visitor.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return statuses


if __name__ == "__main__":
    port, seconds, threads, most = sys.argv[1:]
    found = flood(int(port), float(seconds), int(threads), int(most))
    refused = found[HTTPStatus.SERVICE_UNAVAILABLE]
    print(found[HTTPStatus.OK], refused, found.total() - found[HTTPStatus.OK] - refused)
