"""A real gunicorn with the site's own settings and an application of the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "geheim-9f3a"
APPLICATION = f"""
import os

def app(environ, start_response):
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/fail":
        raise ValueError("{SECRET} " + environ["QUERY_STRING"])
    handle = os.open("made", os.O_CREAT | os.O_WRONLY, 0o666)
    os.close(handle)
    if environ["PATH_INFO"] == "/large":
        body += b"x" * 131072
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["SERVER_SOFTWARE"].encode(), b" %d %d" % (len(body), os.getpid()), body[1000:]]
"""


@dataclass
class Server:
    """A running gunicorn with the site's settings and an application of this test."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def ask(self, request: str) -> bytes:
        """Send a request as it stands and return the whole answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(request.encode("latin-1"))
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def get(self, target: str, *headers: str) -> bytes:
        """Ask for ``target`` and return the whole answer."""
        lines = (f"GET {target} HTTP/1.1", "Host: x", "Connection: close", *headers, "", "")
        return self.ask("\r\n".join(lines))

    def stop(self) -> str:
        """Stop the server and return all that it wrote."""
        self.process.terminate()
        said, _nothing = self.process.communicate(timeout=30)
        return said.decode()


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# The settings themselves, read as gunicorn reads them, and then what a test changes.
SETTINGS = f"""
import runpy
from dropbox.serving import worker
globals().update(runpy.run_path({str(ROOT / "gunicorn.conf.py")!r}))
wsgi_app = "failing:app"
"""


@contextmanager
def running(folder: Path, changes: str = "graceful_timeout = 2") -> Iterator[Server]:
    """Start gunicorn as `make run` does, with ``changes`` behind the settings."""
    (folder / "failing.py").write_text(APPLICATION, "utf-8")
    settings = folder / "settings.py"
    settings.write_text(f"{SETTINGS}chdir = {str(folder)!r}\n{changes}\n", "utf-8")
    port = free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "HOME": str(folder),
        "VAR": str(folder / "var"),
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
    }
    environment.pop("XDG_RUNTIME_DIR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(settings)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(Server(process, port, folder))
        yield Server(process, port, folder)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    server.process.kill()
    pytest.fail(f"gunicorn did not start: {server.process.communicate()[0]!r}")
