"""What goes over the wire when a browser first loads the form, counted at the socket.

With JavaScript on, so the script that seals is part of it. A real Chromium talks to the site
through a forwarder that counts every byte both ways: requests and answers, headers and
bodies, and whatever else the browser asks for.
"""

from __future__ import annotations

import os
import re
import select
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from bench.load import Client
from bench.results import Result, at_most, raw
from bench.site import FORM, Site
from scripts import programs

QUIET_SECONDS = 2
LONGEST_SECONDS = 20
_REQUEST = re.compile(rb"^[A-Z]+ (\S+) HTTP/1\.1\r\n", re.MULTILINE)
_LINK = re.compile(rb'<(?:link|script|img)[^>]* (?:href|src)="([^"]+)"')
_SCRIPT = re.compile(rb'<script[^>]* src="([^"]+)"')
_CHUNK = 1 << 16
MOST_KILOBYTES = 60
MOST_SCRIPT_KILOBYTES = 40
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Forwarder:
    """Passes connections on to a server and counts what goes through."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = bytearray()
        self.received = 0
        self.last = time.monotonic()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    @property
    def requests(self) -> list[str]:
        """Return the paths that were asked for."""
        return [path.decode() for path in _REQUEST.findall(bytes(self.sent))]

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._target) as far:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(_CHUNK)
                    if not data:
                        return
                    self.last = time.monotonic()
                    if ready is near:
                        self.sent += data
                        far.sendall(data)
                    else:
                        self.received += len(data)
                        near.sendall(data)


def measure(folder: Path) -> list[Result]:
    """Load the form once, in Chromium."""
    site = Site(folder / "site")
    with site.serving() as served:
        page = Client(served.port).get(FORM)
        links = _LINK.findall(page)
        packed = {link: len(Client(served.port).get_packed(link.decode())) for link in links}
        script = sum(packed[link] for link in _SCRIPT.findall(page))
        bodies = len(Client(served.port).get_packed(FORM)) + sum(packed.values())
        counter = Forwarder(served.port)
        _load(f"http://127.0.0.1:{counter.port}{FORM}", counter)
        counter.close()
    print("asked for:", *counter.requests)
    return [
        at_most("first load of the form, as sent", _total(counter) / 1000, "KB", MOST_KILOBYTES),
        at_most("of it the script", script / 1000, "KB", MOST_SCRIPT_KILOBYTES),
        raw("first load of the form, bodies", bodies / 1000, "KB"),
        raw("first load of the form, requests' bytes", len(counter.sent) / 1000, "KB"),
        raw("first load of the form, answers' bytes", counter.received / 1000, "KB"),
        at_most("first load of the form, requests", len(counter.requests), "", 4),
    ]


def _total(counter: Forwarder) -> int:
    return len(counter.sent) + counter.received


def _load(url: str, counter: Forwarder) -> None:
    browser = programs.path_of("chromium")
    with tempfile.TemporaryDirectory(prefix="meldkluis-bench-") as profile:
        process = subprocess.Popen(
            [browser, *_FLAGS, f"--user-data-dir={profile}", url],
            env=dict(os.environ) | {"HOME": profile},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_quiet(counter)
        finally:
            process.terminate()
            process.wait(timeout=LONGEST_SECONDS)


def _wait_until_quiet(counter: Forwarder) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        time.sleep(0.2)
        if counter.received and time.monotonic() - counter.last > QUIET_SECONDS:
            return
