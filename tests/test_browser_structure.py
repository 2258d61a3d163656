"""The reporter's scripts are built as `docs/architecture.md` says, and can keep or leak nothing."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts import programs

ROOT = Path(__file__).resolve().parent.parent
BROWSER = ROOT / "browser"
ROOMS = ("protocol", "reporter", "pages")
MODULES = sorted(path for room in ROOMS for path in (BROWSER / room).rglob("*.js"))
OWN = sorted([*MODULES, *BROWSER.glob("*.js"), *(BROWSER / "test").rglob("*.js")])
MAX_FILE_LINES = 400
IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*?["']([^"']+)["']""", re.MULTILINE)
# Each room may reach into itself and into those before it; cryptography is known in one.
MAY_IMPORT = {
    "protocol": r"\./|@noble/|@scure/|\.\./\.\./dropbox/protocol/words_nl\.txt$",
    "reporter": r"\./|\.\./protocol/",
    "pages": r"\./|\.\./protocol/|\.\./reporter/",
}
# Storage, markup from text, code from text, weak randomness, a console, other ways out.
FORBIDDEN = re.compile(
    r"\b(?:localStorage|sessionStorage|indexedDB|serviceWorker|insertAdjacentHTML|sendBeacon"
    r"|WebSocket|EventSource|XMLHttpRequest|WebAssembly|pushState)\b"
    r"|\.(?:cookie|innerHTML|outerHTML)\b|\bdocument\.write|\bMath\.random|\bconsole\."
    r"|\beval\(|\bnew Function\b|\bimport\("
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_rooms_of_the_browser_import_only_what_they_may(path: Path) -> None:
    """Pages stand on the reporter's rules, these on the protocol, and that on the libraries."""
    allowed = re.compile(MAY_IMPORT[path.relative_to(BROWSER).parts[0]])
    assert [
        name for name in IMPORT.findall(path.read_text("utf-8")) if not allowed.match(name)
    ] == []


def test_files_of_the_browser_stay_small() -> None:
    """No file is over 400 lines: what is larger is two things."""
    lines = {path.name: len(path.read_text("utf-8").splitlines()) for path in OWN}
    assert {name: count for name, count in lines.items() if count > MAX_FILE_LINES} == {}


def test_scripts_have_no_way_to_keep_or_to_leak(tmp_path: Path) -> None:
    """Nothing in them, libraries included, stores, logs, makes markup of text or runs text."""
    build = [programs.node(), "build.js", str(tmp_path / "built")]
    subprocess.run(build, cwd=BROWSER, check=True, timeout=60)
    found = {
        path.name: [match[0] for match in FORBIDDEN.finditer(path.read_text("utf-8"))]
        for path in (tmp_path / "built").iterdir()
    }
    assert found == {"seal.js": [], "leave.js": [], "letter.js": []}
