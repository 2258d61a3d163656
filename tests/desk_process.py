"""The desk's pages as a real process, and small means to ask it things."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from dropbox.desk.pages import door
from dropbox.desk.pages.app import create_app
from dropbox.desk.pages.workplace import Workplace

START_SECONDS = 20.0
CHECKOUT = Path(__file__).resolve().parent.parent
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

SHORT_LIVED = """
import sys
from datetime import date
from pathlib import Path
from dropbox.desk.pages import serve
serve.run(
    Path(sys.argv[1]), port=0, language="en", today=lambda: date(2026, 11, 21),
    announce=lambda address: print(address, flush=True), idle_seconds=float(sys.argv[2]),
)
"""
"""Serves a vault as the command does, with another patience."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    cookies: list[str]
    text: str


@dataclass
class RunningDesk:
    """A desk's process: its address with the token, and what it printed."""

    process: subprocess.Popen[bytes]
    address: str
    printed: Path
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        """Return the port that it listens on."""
        return urlsplit(self.address).port or 0

    def ask(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        cookie: str | None = None,
        **changed: str | None,
    ) -> Answer:
        """Ask as this desk's own browser; ``changed`` are headers, None takes one away."""
        headers: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": self.cookie if cookie is None else cookie,
            "Sec-Fetch-Site": "same-origin",
            "Origin": self.origin if form is not None else None,
            "Content-Type": "application/x-www-form-urlencoded" if form is not None else None,
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(
                "GET" if form is None else "POST", path, skip_host=True, skip_accept_encoding=True
            )
            body = b"" if form is None else urlencode(form).encode()
            for name, value in headers.items():
                if value:
                    connection.putheader(name, value)
            if form is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
            cookies = response.headers.get_all("Set-Cookie") or []
            return Answer(response.status, dict(response.headers), cookies, text)
        finally:
            connection.close()

    def enter(self) -> Answer:
        """Bring the token, and keep the session."""
        found = self.ask(urlsplit(self.address).path, Sec_Fetch_Site="none")
        self.keep(found)
        return found

    def keep(self, answer: Answer) -> None:
        """Keep the cookie as a browser does."""
        for cookie in answer.cookies:
            self.cookie = cookie.partition(";")[0]

    def token(self) -> str:
        """Return the form token of this session."""
        found = self.ask("/unlock")
        self.keep(found)
        match = TOKEN.search(found.text)
        assert match, found.text
        return match[1]

    def post(self, path: str, **form: str) -> Answer:
        """Send a form of this desk."""
        return self.ask(path, {"csrf_token": self.token(), **form})

    def unlock(self, passphrase: str) -> Answer:
        """Type the passphrase."""
        return self.post("/unlock", passphrase=passphrase)

    def end(self, number: int = signal.SIGTERM) -> int:
        """End the process with a signal; return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(START_SECONDS)


class Visitor:
    """A browser's session with the pages, without a process: fast, for what a page says."""

    def __init__(self, app: Flask, port: int) -> None:
        self._client = app.test_client()
        self._place = {"base_url": f"http://127.0.0.1:{port}"}
        self._origin = {"Origin": f"http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self._client.get(path, **self._place)

    def token(self) -> str:
        """Return the form token of this session."""
        page = self._client.get("/unlock", follow_redirects=True, **self._place)
        match = TOKEN.search(page.text)
        assert match
        return match[1]

    def post(self, path: str, /, token: str = "", **form: object) -> TestResponse:
        """Send a form, perhaps with a token of before; a file is a pair of a stream and a name."""
        data = {"csrf_token": token or self.token(), **form}
        return self._client.post(path, data=data, headers=self._origin, **self._place)

    def send(self, path: str, body: bytes) -> TestResponse:
        """Send a form of several parts, bounded by ``x``, as it is."""
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        return self._client.post(path, data=body, headers=self._origin | kind, **self._place)


def client(desk: Workplace, *, language: str = "en", unlock: str = "") -> Visitor:
    """Enter the pages of a workplace, and unlock it where a passphrase is given."""
    port, token = 40_000, door.new_token()
    app = create_app(desk, port=port, token=token, language=language, end=lambda: None)
    # What nobody expected is to fail the test where it happens, not to become a page.
    app.testing = True
    del app.error_handler_spec[None][None][Exception]
    visitor = Visitor(app, port)
    assert visitor.get(f"/enter/{token}").status_code == 303
    if unlock:
        assert visitor.post("/unlock", passphrase=unlock).status_code == 303
    return visitor


@contextmanager
def running_desk(
    vault: Path, *options: str, language: str = "en", idle_seconds: float | None = None
) -> Iterator[RunningDesk]:
    """Start the desk's pages on a vault, as a person does, and end them."""
    command = [sys.executable, "-m", "dropbox.cli", "desk", "--vault", str(vault), *options]
    if idle_seconds is not None:
        command = [sys.executable, "-c", SHORT_LIVED, str(vault), str(idle_seconds)]
    printed = vault.parent / f"{vault.name}.printed"
    environment = os.environ | {"MELDKLUIS_LANG": language, "PYTHONUNBUFFERED": "1"}
    with printed.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield RunningDesk(process, _address(process, printed), printed)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _address(process: subprocess.Popen[bytes], printed: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"^(http://\S+)$", printed.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1]
        time.sleep(0.05)
    raise AssertionError(printed.read_text("utf-8"))
