"""The desk has no network, and nothing notices."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests import without_network
from tests.without_network import CHECKOUT


def run(folder: Path, *words: str) -> tuple[str, str]:
    """Run a watched program without a network; return its output, and what it reached for."""
    environment, seen = without_network.watched(folder)
    ended = subprocess.run(
        without_network.command(sys.executable, *words),
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, seen.read_text("utf-8")


def test_handlers_day_needs_nothing_but_loopback(tmp_path: Path) -> None:
    """Import, read, answer, export at the pages, in a namespace that has only 127.0.0.1.

    Who is not root cannot make one: then the network is there, and what holds is that no Python
    of the desk names another host than 127.0.0.1 to any socket, which is looked at in both cases.
    """
    told, reached = run(tmp_path, "-m", "tests.without_network", str(tmp_path))
    found = json.loads(told)
    # the test's own look at whether there is a network, and nothing else
    lines = [line for line in reached.splitlines() if without_network.ELSEWHERE[0] not in line]
    assert lines == []
    network = found.pop("network")
    if without_network.may_leave_the_network():
        assert not network
    else:
        print("Not run in a network namespace: that needs root. The watch on sockets was on.")
    assert found == dict.fromkeys(("imported", "read", "sent", "exported"), True)


def test_watch_sees_who_reaches_out(tmp_path: Path) -> None:
    """A name looked up, a datagram and a connection each come to stand in the file."""
    program = """
import socket
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.1),
    lambda: socket.getaddrinfo("site.invalid", 80),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(("192.0.2.2", 9)),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 9)),
):
    try:
        attempt()
    except OSError:
        pass
"""
    _told, reached = run(tmp_path, "-c", program)
    hosts = {line.split()[-1] for line in reached.splitlines()}
    assert hosts == {"192.0.2.1", "site.invalid", "192.0.2.2"}
