"""The demonstration's commands, where something is in the way."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dropbox.cli.root import root
from dropbox.demo import server
from dropbox.demo.browser import Browser
from dropbox.demo.errors import PortInUse
from dropbox.protocol import reply_code


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[int]:
    """Return a port that somebody listens on, and let the environment name it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        monkeypatch.setenv("VAR", str(tmp_path / "var"))
        monkeypatch.setenv("MELDKLUIS_LANG", "en")
        yield port


@pytest.mark.parametrize("command", ["prepare", "serve"])
def test_port_in_use_is_said_before_anything_is_made(
    taken: int, tmp_path: Path, command: str
) -> None:
    """One line names the port and how to choose another; no folder appears."""
    result = CliRunner().invoke(root, ["demo", command])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Port {taken} is in use. Choose another one, such as: PORT=")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_free_port_is_no_trouble(taken: int) -> None:
    """What is free passes; what is taken does not."""
    server.check_port(server.free_port())
    with pytest.raises(PortInUse):
        server.check_port(taken)


def test_serve_says_where_it_is_once_it_listens(tmp_path: Path) -> None:
    """Whoever started it sees the address again, at the moment when it works."""
    port = server.free_port()
    environment = {
        **os.environ,
        "VAR": str(tmp_path),
        "PORT": str(port),
        "MELDKLUIS_LANG": "en",
    }
    program = [sys.executable, "-m", "dropbox.cli", "demo"]
    subprocess.run([*program, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    serving = subprocess.Popen([*program, "serve"], env=environment, stdout=subprocess.PIPE)
    try:
        assert serving.stdout is not None
        line = serving.stdout.readline().decode()
        assert line == f"Open http://127.0.0.1:{port} in a browser and file a report there.\n"
        code = " ".join(reply_code.words(reply_code.new_key(), "nl"))
        Browser(f"http://127.0.0.1:{port}").post("/nl/mailbox", [("code", code), ("step", "open")])
    finally:
        serving.terminate()
        serving.communicate(timeout=30)
    # Nor do the files tell when somebody was there, or when it ended.
    files = [tmp_path / "site", tmp_path / "site" / "site.db"]
    assert [path.stat().st_mtime % 86_400 for path in files] == [0, 0]
