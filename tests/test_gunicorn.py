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


def environment(folder: Path) -> dict[str, str]:
    """Return an environment of a site in ``folder``, in English, with the checkout's code."""
    places = {"KEYS": str(folder), "VAR": str(folder), "HOME": str(folder)}
    return {**os.environ, **places, "PORT": str(free_port()), "MELDKLUIS_LANG": "en"}


def ended(command: list[str], folder: Path) -> tuple[int, list[str]]:
    """Run a command that ends by itself; return its status and the lines on stderr."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stderr.decode().splitlines()


def test_site_without_settings_does_not_start(tmp_path: Path) -> None:
    """A server that could take no report says why in one line and ends, before it listens."""
    serve = ["-m", "gunicorn", "--config", "gunicorn.conf.py"]
    toml = tmp_path / "site.toml"
    missing = f"There is no {toml}. Are KEYS and VAR right? For a new site: meldkluis init"
    assert ended(serve, tmp_path) == (1, [missing])
    toml.write_text("site_id = 1", "utf-8")
    assert ended(serve, tmp_path) == (1, ["site.toml cannot be used. Look at: site_id"])
    toml.unlink()
    toml.mkdir()
    assert ended(serve, tmp_path) == (
        1,
        [f"{toml} cannot be read. Is this the user of the site?"],
    )


@pytest.mark.parametrize(
    ("failing", "line"),
    [
        (
            "from dropbox.language import CatalogueMissing as Trouble",
            "The Dutch texts are missing or damaged. Make them with: make environment",
        ),
        (
            "Trouble = PermissionError(13, 'Permission denied')",
            "A file could not be read or written: Permission denied",
        ),
        (
            "Trouble = PermissionError(13, 'Permission denied', '/srv/form.key')",
            "/srv/form.key could not be read or written: Permission denied",
        ),
        (
            "from dropbox.errors import StoreReadOnly; Trouble = StoreReadOnly(folder='/srv/site')",
            "/srv/site cannot be read or written. Is this the site's user? Nothing was changed.",
        ),
    ],
)
def test_site_that_the_machine_refuses_says_so_in_one_line(
    tmp_path: Path, failing: str, line: str
) -> None:
    """No traceback of ours stands before an operator who has to mend the rights of a folder."""
    program = f"""
from dropbox import config
{failing}
def load(_environ):
    raise Trouble
config.load = load
import wsgi
"""
    assert ended(["-c", program], tmp_path) == (1, [line])


def test_missing_catalogue_is_named(tmp_path: Path) -> None:
    """Dutch that is not there is no traceback, and nobody is spoken to in English instead."""
    program = f"""
from pathlib import Path
from dropbox import language
language.LOCALE_DIR = Path({str(tmp_path)!r})
try:
    language.translator("nl")
except language.CatalogueMissing as error:
    raise SystemExit(language.line_of(error, "nl"))
"""
    line = "The Dutch texts are missing or damaged. Make them with: make environment"
    assert ended(["-c", program], tmp_path) == (1, [line])


def test_no_header_moves_the_site(server: Server) -> None:
    """A visitor's header cannot say in which folder the site lies, or who they are."""
    moved = server.get("/a/large", "SCRIPT_NAME: /a", "PATH_INFO: /large")
    assert moved.startswith(b"HTTP/1.1 200")
    assert len(moved) < 1000 < len(server.get("/large"))
