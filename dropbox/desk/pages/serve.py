"""The desk's web server: on this computer alone, for as long as the program runs.

Werkzeug's server, see docs/decisions/0018. Invariants: it listens on 127.0.0.1 and nowhere
else; it writes no line about a request; where the system tells whose program is asking,
another person's program is not answered; however it ends, the vault is closed first.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from dropbox.desk.pages import door, peers
from dropbox.desk.pages.app import create_app
from dropbox.desk.pages.workplace import IDLE_SECONDS, Workplace
from dropbox.export.detect import Known

HOST = "127.0.0.1"
REQUEST_SECONDS = 60
TICK_SECONDS = 1.0
LAST_PAGE_SECONDS = 2.0
"""The page that says that the desk has stopped is fetched in this time."""


class _Handler(WSGIRequestHandler):
    """Reads one request at a time, says nothing of itself and logs nothing."""

    timeout = REQUEST_SECONDS
    server_version = "desk"
    sys_version = ""

    def version_string(self) -> str:
        """Return a name without versions."""
        return self.server_version

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        """Write nothing: an address, a path or a traceback could say who reported what."""


class _Server(ThreadedWSGIServer):
    """Werkzeug's server; threads, since a browser opens connections that it does not use."""

    daemon_threads = True
    # elsewhere than on Unix, a second program could take the same port and get the requests
    allow_reuse_address = hasattr(socket, "AF_UNIX") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE")

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        """Answer nobody else who works on this computer."""
        return peers.is_ours(client_address, (HOST, self.port))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Write nothing; a connection that broke is no news."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - Werkzeug's name
        """Write nothing, see `_Handler.log`."""


def run(
    vault: Path,
    *,
    port: int,
    language: str,
    today: Callable[[], date],
    announce: Callable[[str], None],
    idle_seconds: float = IDLE_SECONDS,
    own_words: Callable[[], Known] = Known,
) -> None:
    """Serve the desk until a signal or its own button ends it.

    Args:
        vault: the vault's file; it may still have to be made.
        port: to listen on, or 0 for any that is free.
        language: the first one that the pages speak.
        today: returns the day.
        announce: gets the address with the token, once.
        idle_seconds: after which it locks.
        own_words: returns what the organisation adds to the lists of names.

    Raises:
        OSError: the port is taken.
    """
    desk = Workplace(vault, today=today, idle_seconds=idle_seconds, own_words=own_words)
    ending, by_button = threading.Event(), threading.Event()

    def end() -> None:
        by_button.set()
        ending.set()

    server = _Server(HOST, port, Flask(__name__), handler=_Handler)
    token = door.new_token()
    server.app = create_app(desk, port=server.port, token=token, language=language, end=end)
    _end_by_signal(ending)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        announce(f"http://{HOST}:{server.port}/enter/{token}")
        while not ending.wait(TICK_SECONDS):
            desk.lock_if_idle()
        if by_button.is_set():
            time.sleep(LAST_PAGE_SECONDS)
    finally:
        desk.end()
        server.shutdown()


def _end_by_signal(ending: threading.Event) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)
