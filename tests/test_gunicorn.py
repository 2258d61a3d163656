"""The web server's own settings: what it says, what it writes down, what it opens."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECRET = "geheim-9f3a"
APPLICATION = f"""
import os

def app(environ, start_response):
    if environ["PATH_INFO"] == "/fail":
        raise ValueError("{SECRET} " + environ["QUERY_STRING"])
    handle = os.open("made", os.O_CREAT | os.O_WRONLY, 0o666)
    os.close(handle)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["SERVER_SOFTWARE"].encode()]
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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Start gunicorn as `make run` does, but with an application that fails on demand."""
    (tmp_path / "failing.py").write_text(APPLICATION, "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    changed = [
        "--graceful-timeout",
        "2",
        "--chdir",
        str(tmp_path),
        "--pythonpath",
        f"{tmp_path},{ROOT}",
        "failing:app",
    ]
    environment = {**os.environ, "PORT": str(port), "HOME": str(tmp_path)}
    environment.pop("XDG_RUNTIME_DIR", None)
    process = subprocess.Popen(
        [*command, *changed],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    started = Server(process, port, tmp_path)
    _wait(started)
    yield started
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


def test_server_writes_nothing_about_a_visitor(server: Server) -> None:
    """Good, failing, malformed and oversized requests leave no word, address or time in the log.

    A failure leaves its kind and its place in the code, which the operator needs.
    """
    answers = [
        server.get(f"/?{SECRET}", f"User-Agent: {SECRET}", f"Referer: http://x/{SECRET}"),
        server.get(f"/fail?{SECRET}"),
        server.get(f"/?{SECRET * 400}"),
        server.get("/", f"X-{SECRET}: " + "a" * 9000),
        server.get("/", f"X {SECRET}: a"),
        server.ask(f"{SECRET} / HTTP/1.1\r\n\r\n"),
    ]
    assert [answer.split(b" ", 2)[1] for answer in answers] == [
        b"200",
        b"500",
        b"414",
        b"431",
        b"400",
        b"400",
    ]
    said = server.stop()
    assert SECRET not in said
    assert "127.0.0.1" not in said
    assert "/fail" not in said
    assert "ValueError at" in said
    assert "failing.py:6" in said
    assert time.strftime("%Y-%m") not in said


def test_answers_do_not_name_the_server(server: Server) -> None:
    """No answer, good or bad, says which program made it."""
    for answer in (server.get("/"), server.get("/fail"), server.ask("?\r\n\r\n")):
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert b"\nserver" not in head
        assert b"gunicorn" not in head


def test_server_opens_no_control_socket_and_makes_private_files(server: Server) -> None:
    """Nothing appears in the home folder, and what a worker makes is for its owner only."""
    server.get("/")
    server.stop()
    assert (server.folder / "made").stat().st_mode & 0o777 == 0o600
    left = {path.name for path in server.folder.rglob("*")} - {"__pycache__"}
    assert {name for name in left if "ctl" in name or "gunicorn" in name} == set()


def test_site_without_settings_does_not_start(tmp_path: Path) -> None:
    """A server that could take no report says why and ends, before it listens."""
    environment = {
        **os.environ,
        "PORT": str(free_port()),
        "KEYS": str(tmp_path),
        "VAR": str(tmp_path),
        "HOME": str(tmp_path),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode != 0
    assert "meldkluis init" in ended.stderr.decode()
