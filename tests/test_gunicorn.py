"""The web server's own settings: what it says, what it writes down, what it opens."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving_world import ROOT, SECRET, Server, free_port, running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Start gunicorn with an application that fails on demand."""
    with running(tmp_path) as started:
        yield started


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
    assert "failing.py:7" in said
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
