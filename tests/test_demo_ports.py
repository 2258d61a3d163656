"""The demonstration's commands, where something is in the way."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from dropbox.cli.root import root
from dropbox.cli.site import set_up
from dropbox.config import Places
from dropbox.demo import organisation, server
from dropbox.demo.browser import Browser
from dropbox.demo.errors import PortInUse
from dropbox.demo.organisation import PASSPHRASE
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


def free(port: int) -> bool:
    """Tell whether nobody listens on a port."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) != 0


class Both:
    """A running demonstration, in a group of processes of its own as in a terminal."""

    def __init__(self, folder: Path) -> None:
        self.port = server.free_port()
        environment = {
            **os.environ,
            "VAR": str(folder),
            "PORT": str(self.port),
            "MELDKLUIS_LANG": "en",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dropbox.cli", "demo", "serve"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline() for _ in range(5)]
        self.desk = self.lines[3].strip()
        self.desk_port = int(self.desk.split(":")[2].split("/")[0])

    def children(self) -> dict[str, int]:
        """Return the number of the site's and of the desk's process."""
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = {}
        for each in map(int, listing.split()):
            words = Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
            found["site" if b"gunicorn" in words else "desk"] = each
        return found

    def end(self) -> str:
        """Wait for the end; return what was said on the way."""
        said, wrong = self.process.communicate(timeout=30)
        return said + wrong


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration once."""
    folder = tmp_path_factory.mktemp("demo")
    organisation.prepare(
        Places(folder, folder, server.free_port()), datetime.now(UTC).date(), set_up
    )
    return folder


@pytest.fixture
def both(prepared: Path) -> Iterator[Both]:
    """Start the demonstration, and leave nothing running."""
    found = Both(prepared)
    yield found
    with suppress(ProcessLookupError):
        os.killpg(found.process.pid, signal.SIGKILL)
    found.process.communicate(timeout=30)


def test_serve_shows_site_and_desk_and_ends_both(both: Both, prepared: Path) -> None:
    """Both addresses work when they are shown; Ctrl+C ends both and says nothing of failures."""
    assert both.lines[0] == (
        f"Open http://127.0.0.1:{both.port} in a browser and file a report there.\n"
    )
    assert PASSPHRASE in both.lines[1]
    code = " ".join(reply_code.words(reply_code.new_key(), "nl"))
    Browser(f"http://127.0.0.1:{both.port}").post("/nl/mailbox", [("code", code), ("step", "open")])
    with urlopen(urlsplit(both.desk)._replace(path="/static/desk.css").geturl()) as style:
        assert style.status == 200
    os.killpg(both.process.pid, signal.SIGINT)
    assert "Traceback" not in both.end()
    assert both.process.returncode == 0
    assert free(both.port)
    assert free(both.desk_port)
    # Nor do the files tell when somebody was there, or when it ended.
    files = [prepared / "site", prepared / "site" / "site.db"]
    assert [path.stat().st_mtime % 86_400 for path in files] == [0, 0]


def test_desk_that_ends_leaves_the_site(both: Both) -> None:
    """Its button ends the desk alone; a signal to the whole then ends the site."""
    os.kill(both.children()["desk"], signal.SIGTERM)
    assert both.process.stdout is not None
    assert both.process.stdout.readline() == (
        "The desk has stopped. The site goes on until Ctrl+C.\n"
    )
    assert not free(both.port)
    both.process.terminate()
    both.end()
    assert both.process.returncode == 0
    assert free(both.port)


def test_site_that_dies_ends_the_desk(both: Both) -> None:
    """Nobody is left with half a demonstration and no word of it."""
    os.kill(both.children()["site"], signal.SIGTERM)
    assert "The web server ended by itself." in both.end()
    assert both.process.returncode == 1
    assert free(both.desk_port)
