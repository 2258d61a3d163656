"""The folder that installs the desk without a network: whole, checked, and able to start."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import desk_kit
from tests import without_network
from tests.desk_world import PASSPHRASE, World
from tests.test_structure import LOCAL_OR_REGISTRY

ROOT = Path(__file__).resolve().parent.parent
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
START_SECONDS = 240
"""An installation on a busy machine."""

NOT_ON_WINDOWS = ("fcntl", "grp", "pwd", "resource", "termios", "pty", "syslog")
NOT_IN_OS = (
    *("geteuid", "getuid", "getegid", "getgid", "fchmod", "fchown", "chown", "fork", "statvfs"),
    *("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "killpg", "memfd_create", "mkfifo"),
)
LIKE_WINDOWS = f"""
import os, signal, sys
for name in {NOT_ON_WINDOWS}:
    sys.modules[name] = None
for name in {NOT_IN_OS}:
    if hasattr(os, name):
        delattr(os, name)
del signal.SIGHUP, signal.SIGKILL
import json
from datetime import date
from pathlib import Path
from dropbox.cli.root import root
from dropbox.desk.pages import app, serve, workplace
from dropbox.desk import keyring
from dropbox.desk.files import write_public
from dropbox.desk.vault import Vault
from dropbox.desk.vault_file import create
from dropbox.desk.vault_seal import Cost
folder = Path(sys.argv[1])
with create(folder / "windows.vault", {PASSPHRASE!r}, Cost(8192, 1)) as vault:
    vault.put("setting", b"x", b"y")
with Vault.open(folder / "windows.vault", {PASSPHRASE!r}) as vault:
    kept = vault.get("setting", b"x") == b"y"
write_public(folder / "a.card", b"MKCD1")
write_public(folder / "a.card", b"MKCD2")
desk = workplace.Workplace(folder / "windows.vault", today=lambda: date(2026, 11, 21))
made = app.create_app(desk, port=1, token="t", end=lambda: None)
page = made.test_client().get("/enter/t", base_url="http://127.0.0.1:1")
print(json.dumps([kept, (folder / "a.card").read_text(), page.status_code, len(root.commands) > 5,
                  [each.name for each in folder.glob(".meldkluis*")]]))
"""
"""The desk's first steps without what Windows does not have."""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the kit's part for this Python on Linux, as set-up fetches packages."""
    made = tmp_path_factory.mktemp("made") / "desk-kit"
    script = [sys.executable, str(ROOT / "scripts" / "desk_kit.py"), str(made)]
    subprocess.run([*script, "--system", "linux-x86_64", "--python", PYTHON], check=True)
    return made


@pytest.fixture(scope="module")
def installed(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Copy the kit into an empty folder and install it, where there is no network."""
    place = tmp_path_factory.mktemp("offline") / "desk kit"
    shutil.copytree(kit, place)
    ended = subprocess.run(
        without_network.command(str(place / "desk.sh"), "--help"),
        env=bare(place.parent),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "--vault" in ended.stdout
    yield place
    shutil.rmtree(place)


def bare(home: Path) -> dict[str, str]:
    """Return an environment in which pip's own settings would lead to nothing."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHON": sys.executable,
        "PYTHONPATH": "",
        "MELDKLUIS_LANG": "en",
        "PIP_INDEX_URL": nowhere,
        "http_proxy": nowhere,
        "https_proxy": nowhere,
    }


def test_kit_holds_what_the_lock_names(kit: Path) -> None:
    """Each wheel but our own has a sum of the lock; nothing that only a server runs is in it."""
    packages = desk_kit.locked()
    names = set()
    for wheel in (kit / "wheels").iterdir():
        name = desk_kit.package_of(wheel)
        names.add(name)
        if name != "meldkluis":
            assert desk_kit.sum_of(wheel) in packages[name].sums
    assert names == {*packages, "meldkluis"}
    assert not names & {"gunicorn", "setuptools", "pip"}
    assert {"flask", "pynacl", "cffi", "segno"} <= names


def test_sums_fit_and_cover_every_file(kit: Path) -> None:
    """SHA256SUMS is what sha256sum wants, and leaves no file out."""
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", desk_kit.SUMS], cwd=kit, check=True
    )
    lines = (kit / desk_kit.SUMS).read_text("utf-8").splitlines()
    files = {each.relative_to(kit).as_posix() for each in kit.rglob("*") if each.is_file()}
    assert {line[66:] for line in lines} == files - {desk_kit.SUMS}
    assert {each.stat().st_mtime for each in kit.rglob("*")} == {desk_kit.EPOCH}


def test_words_of_the_kit_name_no_registry_and_what_was_not_tried(kit: Path) -> None:
    """Both explanations say so of Windows and macOS; no file names where packages came from."""
    for each in kit.iterdir():
        if each.is_file():
            assert not LOCAL_OR_REGISTRY.search(each.read_text("utf-8")), each.name
    for name, said in (("README.txt", "NOT TRIED"), ("LEESMIJ.txt", "NIET GEPROBEERD")):
        text = (kit / name).read_text("utf-8")
        assert f"- Linux x86_64: Python {PYTHON}\n" in text
        assert re.search(rf"Windows (and|en) macOS: {said}", text)
        assert "@" not in text
    assert b"\r\n" in (kit / "desk.cmd").read_bytes()
    assert os.access(kit / "desk.sh", os.X_OK)
    assert os.access(kit / "desk.command", os.X_OK)


def test_own_wheel_is_the_same_twice_and_has_all_parts(kit: Path, tmp_path: Path) -> None:
    """Templates, Dutch, style and the lexicon's words are in it; a second build has its bytes."""
    own = next((kit / "wheels").glob("meldkluis-*.whl"))
    assert desk_kit.build_wheel(tmp_path).read_bytes() == own.read_bytes()
    with zipfile.ZipFile(own) as opened:
        names = set(opened.namelist())
    for folder, suffix in (("dropbox", ".py"), ("templates", "")):
        for each in (ROOT / folder).rglob(f"*{suffix}"):
            if each.is_file() and "__pycache__" not in each.parts:
                inside = each.relative_to(ROOT).as_posix()
                assert (
                    inside.replace("templates/", "dropbox/templates/", folder == "templates")
                    in names
                )
    assert "dropbox/locale/nl/LC_MESSAGES/messages.mo" in names
    assert "dropbox/desk/pages/static/desk.css" in names
    assert "dropbox/desk/pages/static/desk.js" in names
    assert not [name for name in names if re.match(r"dropbox/site/.*\.js", name)]
    assert "dropbox/export/data/word_classes.txt" in names
    assert ("dropbox/export/data/lexicon.bin" in names) == desk_kit.LEXICON.exists()


def test_lock_without_a_servers_part() -> None:
    """What is left out of the lock takes along only what nobody else wants."""
    found = desk_kit.locked()
    assert {"werkzeug", "jinja2", "tzdata", "python-socks"} <= found.keys()
    assert not found.keys() & desk_kit.NOT_AT_A_DESK
    assert all(each.sums and "==" in each.pin for each in found.values())


def test_kit_starts_the_desk_without_a_network(installed: Path, tmp_path: Path) -> None:
    """The launcher serves the pages from the installation, and ends with it; no second install."""
    world = World(tmp_path)
    environment, seen = without_network.watched(tmp_path)
    driver = "import sys; from tests.test_desk_kit import visit; visit(*sys.argv[1:])"
    words = (str(installed / "desk.sh"), str(world.path("anna")), str(tmp_path))
    ended = subprocess.run(
        without_network.command(sys.executable, "-c", driver, *words),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    status, said, network = json.loads(ended.stdout)
    assert status == 200
    assert "passphrase" in said
    assert not (network and without_network.may_leave_the_network())
    reached = seen.read_text("utf-8").splitlines()
    assert [line for line in reached if without_network.ELSEWHERE[0] not in line] == []


def visit(launcher: str, vault: str, home: str) -> None:
    """Start the desk by its launcher, look at its first page, end it, and print what was so."""
    printed = Path(home) / "printed"
    with printed.open("wb") as file:
        desk = subprocess.Popen(
            [launcher, "--vault", vault],
            env=bare(Path(home)),
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + START_SECONDS
        while not (found := re.search(r"^http://\S+$", printed.read_text("utf-8"), re.MULTILINE)):
            assert desk.poll() is None, printed.read_text("utf-8")
            assert time.monotonic() < end
            time.sleep(0.05)
        assert "being installed" not in printed.read_text("utf-8")
        page = without_network.enter(found[0])
        network = without_network.reaches_elsewhere()
    finally:
        os.killpg(desk.pid, signal.SIGINT)
        status = desk.wait(30)
    assert status == 0, printed.read_text("utf-8")
    print(json.dumps([*page, network]))


@pytest.mark.soak
def test_changed_package_is_not_installed(kit: Path, tmp_path: Path) -> None:
    """One byte more in one wheel: the launcher says so, and the next start tries again."""
    place = tmp_path / "kit"
    shutil.copytree(kit, place)
    with next((place / "wheels").glob("flask-*.whl")).open("ab") as wheel:
        wheel.write(b"x")
    for _again in range(2):
        ended = subprocess.run(
            [str(place / "desk.sh"), "--help"],
            env=bare(tmp_path),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert ended.returncode == 1
        assert "could not be installed" in ended.stderr
    assert not (place / ".venv" / "desk.stamp").exists()


def test_desk_needs_nothing_that_windows_lacks(tmp_path: Path) -> None:
    """Commands load, a vault is made and opened, a file replaced, a page served: all the same.

    This is Linux without those parts, and no Windows: how that treats open files is not seen.
    """
    ended = subprocess.run(
        [sys.executable, "-c", LIKE_WINDOWS, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [True, "MKCD2", 303, True, []]
