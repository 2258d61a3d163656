"""The demonstration's web server: the real gunicorn with the site's own settings."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from dropbox.config import CHECKOUT, Places
from dropbox.demo.errors import PortInUse, ServerDidNotStart

START_SECONDS = 30


def environment(environ: Mapping[str, str], places: Places) -> dict[str, str]:
    """Return ``environ`` with the demonstration's folders and port."""
    found = {"KEYS": str(places.keys_dir), "VAR": str(places.var_dir), "PORT": str(places.port)}
    return dict(environ) | found


def command() -> list[str]:
    """Return the command that starts the site."""
    config = str(CHECKOUT / "gunicorn.conf.py")
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--chdir",
        str(CHECKOUT),
        "--config",
        config,
        "wsgi:app",
    ]


def check_port(port: int) -> None:
    """See that nobody listens on a port of 127.0.0.1.

    Raises:
        PortInUse: another program listens there, or the machine keeps the port to itself.
    """
    with socket.socket() as listener:
        # As the web server does: who listened a moment ago is no longer in the way.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUse(port=port, other=free_port()) from None


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    environ: Mapping[str, str], places: Places, log: IO[bytes] | None = None
) -> Iterator[str]:
    """Run the web server beside this process; yield its origin. See `started`."""
    with started(environ, places, log):
        yield origin(places)


def origin(places: Places) -> str:
    """Return scheme, host and port of the site."""
    return f"http://127.0.0.1:{places.port}"


@contextmanager
def started(
    environ: Mapping[str, str], places: Places, log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web server beside this process; yield it once it gives pages, and end it.

    Args:
        environ: the environment to start from.
        places: folders and port.
        log: where its messages go, by default to this process's own stderr.

    Raises:
        PortInUse: another program listens there.
        ServerDidNotStart: it gave no page within `START_SECONDS`.
    """
    check_port(places.port)
    process = subprocess.Popen(
        command(), env=environment(environ, places), stdout=subprocess.DEVNULL, stderr=log
    )
    with ended_at_last(process):
        _wait(origin(places), process)
        yield process


@contextmanager
def ended_at_last(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process at the end of the block, however that comes: asked first, then at once."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(place: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{place}/nl/", timeout=START_SECONDS):  # noqa: S310 - our own site
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise ServerDidNotStart
