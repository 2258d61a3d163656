"""A site behind a real socket that notes every byte and may be told to misbehave, for tests."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pytest
from click.testing import CliRunner, Result

from dropbox.cli import rooms
from dropbox.cli.root import root
from tests.organisation import TODAY
from tests.site_client import World

Misbehaviour = Callable[[bytes], bytes | None]
"""Takes a request's body; returns the raw answer, or None for no answer at all."""

MARKER = "Regenboogforel-7391"
STORY = f"Elke week wordt er geschreeuwd.\n{MARKER} was erbij."
OF_THE_LINE = (
    b"GET /cards POST /sealed/report /sealed/message /sealed/withdrawal /sealed/mailbox"
    b" HTTP/1.1 Host Accept-Encoding identity Content-Type application/octet-stream Content-Length"
)
CODE_WORD = re.compile(r"^ ?\d+\. ([a-z]+)$", re.MULTILINE)


def raw(content: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer as it goes over the line."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + content


@dataclass
class Wired:
    """A site on a port: what it heard, and what it does instead of answering as it should.

    ``instead`` holds for each path what comes next, in order; after the last, the site itself.
    """

    world: World
    port: int
    heard: list[bytes] = field(default_factory=list)
    instead: dict[str, list[Misbehaviour]] = field(default_factory=dict)

    @property
    def site(self) -> str:
        """Return the site's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """Return what was asked, as method and path."""
        return [one.split(b" HTTP", 1)[0].decode() for one in self.heard]

    def serve(self, listener: socket.socket) -> None:
        """Answer one connection after the other, each once."""
        with suppress(OSError):
            while True:
                taken = listener.accept()[0]
                with taken, suppress(OSError):
                    self._answer(taken)

    def _answer(self, taken: socket.socket) -> None:
        head, body = _request(taken)
        if not head:
            return
        self.heard.append(head + body)
        method, path = head.decode().split(" ", 2)[:2]
        waiting = self.instead.get(path)
        answer = waiting.pop(0)(body) if waiting else self.honest(method, path, body)
        if answer is not None:
            taken.sendall(answer)

    def honest(self, method: str, path: str, body: bytes) -> bytes:
        """Return what the site itself says."""
        kind = "application/octet-stream"
        said = self.world.client.open(path, method=method, data=body or None, content_type=kind)
        return raw(said.data, said.status)

    def store_and_break(self, path: str) -> Misbehaviour:
        """Return what does the work and then says nothing."""

        def broken(body: bytes) -> None:
            self.honest("POST", path, body)

        return broken


def _request(taken: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = taken.recv(65_536)
        if not piece:
            return b"", b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    size = re.search(rb"Content-Length: (\d+)", head)
    while size and len(body) < int(size[1]):
        body += taken.recv(65_536)
    return head + b"\r\n\r\n", body


@contextmanager
def wired(world: World) -> Iterator[Wired]:
    """Run a site on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Wired(world, listener.getsockname()[1])
        thread = threading.Thread(target=made.serve, args=(listener,), daemon=True)
        thread.start()
        yield made
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def at_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands live on the day of the tests' organisation, and speak English."""
    noon = datetime.combine(TODAY, time(12), UTC)
    monkeypatch.setattr(rooms, "now", lambda: noon)
    monkeypatch.setenv("MELDKLUIS_LANG", "en")


def run(*line: str, typed: str = "") -> Result:
    """Run a command line as a person at a terminal would, who types this."""
    return CliRunner().invoke(root, line, input=typed)


def telling(
    text: str = STORY, channel: str = "1\ny\n", excluded: str = "", mode: str = "n", send: str = "y"
) -> str:
    """Return what a person types to report: channel, excluded, text, mode, details, yes."""
    return f"{channel}{excluded}\n{text}\n.\n{mode}\n\n\n{send}\n"


def words(shown: str) -> str:
    """Return the ten words of a reply code that were shown."""
    found = CODE_WORD.findall(shown.partition("This is your reply code.")[2])
    if len(found) != 10:
        raise AssertionError(shown)
    return " ".join(found)


def telltale(code: str, before: bytes) -> list[str]:
    """Return the words of a code that only the code can have brought somewhere.

    A word such as "report" or "index" stands in addresses and databases, too: what ``before``
    holds proves nothing.
    """
    known = before + OF_THE_LINE
    found = [word for word in code.split() if word.encode() not in known]
    if len(found) < 3:
        raise AssertionError(code)
    return found
