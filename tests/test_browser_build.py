"""The scripts that reporters run: made the same everywhere, compared, licensed, and tested."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dropbox import program
from scripts import programs

ROOT = Path(__file__).resolve().parent.parent
BROWSER = ROOT / "browser"
SCRIPTS = ("leave.js", "letter.js", "open.js", "seal.js")
TESTS = sorted((BROWSER / "test").glob("*.test.js"))
READY = ("--import", "./test/ready.js")
RUNTIME = ("@noble", "@scure", "@esbuild", "esbuild")
IMPORTS = """import { ed25519 } from "@noble/curves/ed25519.js";
import { wordList } from "../protocol/words.js";
addEventListener("load", () => { document.title = `${ed25519} ${wordList("en")}`; });
"""
SECONDS = 120


def node(*words: str, cwd: Path = BROWSER) -> subprocess.CompletedProcess[str]:
    """Run set-up's Node."""
    return subprocess.run(
        [programs.node(), *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def build(browser: Path, folder: Path) -> dict[str, bytes]:
    """Make the scripts of one checkout; return them by name."""
    ended = node("build.js", str(folder), cwd=browser)
    assert ended.returncode == 0, ended.stderr
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return the folder browser/ of another checkout, which holds what a build reads."""
    checkout = tmp_path / "elsewhere" / "of another name"
    without = shutil.ignore_patterns("node_modules", "test", "words.data.js*")
    shutil.copytree(BROWSER, checkout / "browser", ignore=without)
    for name in RUNTIME:
        target = checkout / "browser" / "node_modules" / name
        shutil.copytree(BROWSER / "node_modules" / name, target)
    for name in ("dropbox/protocol/words_nl.txt", "dropbox/program.json"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    return checkout / "browser"


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_modules_of_the_browser(path: Path) -> None:
    """Node's own runner finds nothing wrong in this file of browser/test."""
    ended = node(*READY, "--test", str(path))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_same_sources_give_the_same_bytes_in_any_folder(elsewhere: Path, tmp_path: Path) -> None:
    """Two checkouts at two places make one and the same script, so that people can compare."""
    here = build(BROWSER, tmp_path / "here")
    assert tuple(sorted(here)) == tuple(sorted(SCRIPTS))
    assert build(elsewhere, tmp_path / "there") == here
    assert not [name for name, content in here.items() if str(ROOT).encode() in content]


def test_published_sums_are_those_of_the_sources(tmp_path: Path) -> None:
    """What the site says of its scripts is true of this version: make publish-browser."""
    built = build(BROWSER, tmp_path / "built")
    assert program.published() == {
        name: hashlib.sha256(content).digest() for name, content in built.items()
    }


def test_script_carries_the_licences_of_what_is_in_it(elsewhere: Path, tmp_path: Path) -> None:
    """MIT wants its notice in every copy, of packed words too; our own alone has only our own."""
    (elsewhere / "pages" / "seal.js").write_text(IMPORTS, "utf-8")
    (elsewhere / "pages" / "leave.js").write_text("addEventListener('x', () => close());", "utf-8")
    built = build(elsewhere, tmp_path / "built")
    head = built["seal.js"].partition(b"*/")[0].decode("utf-8")
    assert re.search(r"\n@noble/curves \d+\.\d+\.\d+: Copyright \(c\) \d{4} .+\n", head)
    assert "@noble/hashes" in head
    assert "@scure/bip39" in head
    assert "@noble/ciphers" not in head
    assert "Permission is hereby granted, free of charge" in head
    assert head.rstrip().endswith("DEALINGS IN THE SOFTWARE.")
    assert built["leave.js"].startswith(b"/*! Meldkluis, EUPL-1.2. */\n")


def test_package_with_other_terms_is_not_bundled(elsewhere: Path, tmp_path: Path) -> None:
    """A licence that changed with an update stops the build, instead of being passed over."""
    (elsewhere / "pages" / "seal.js").write_text(IMPORTS, "utf-8")
    licence = elsewhere / "node_modules" / "@noble" / "curves" / "LICENSE"
    licence.write_text(licence.read_text("utf-8").replace("free of charge", "for money"), "utf-8")
    ended = node("build.js", str(tmp_path / "built"), cwd=elsewhere)
    assert ended.returncode == 1
    assert "@noble/curves: not the MIT licence" in ended.stderr
    assert not (tmp_path / "built").exists()


def test_comparison_names_every_difference(elsewhere: Path, tmp_path: Path) -> None:
    """Alike three times ends with 0; not made, changed, or never published each has its words."""
    built, served = tmp_path / "built", elsewhere.parent / "dropbox" / "site" / "static"
    build(elsewhere, built)
    missing = node("verify.js", str(built), cwd=elsewhere)
    assert missing.returncode == 1
    assert "leave.js was not made in this checkout. Run make environment." in missing.stderr
    build(elsewhere, served)
    alike = node("verify.js", str(built), "publish", cwd=elsewhere)
    assert alike.returncode == 0, alike.stderr
    assert "the same, byte for byte" in alike.stdout
    sums = json.loads((elsewhere.parent / "dropbox" / "program.json").read_text("ascii"))
    assert list(sums) == list(SCRIPTS)
    for name in SCRIPTS:
        assert sums[name] == hashlib.sha256((built / name).read_bytes()).hexdigest()
        assert re.search(
            rf"(?m)^{sums[name]}  {name}  \(\d+ bytes, \d+ in brotli, \d+ in gzip\)$", alike.stdout
        )
    number = program.release({name: bytes.fromhex(value) for name, value in sums.items()})
    assert f"\nTogether, the number of the program: {number.fingerprint}\n" in alike.stdout
    with (served / "seal.js").open("ab") as script:
        script.write(b" ")
    changed = node("verify.js", str(built), cwd=elsewhere)
    assert changed.returncode == 1
    assert "seal.js as this checkout serves it is NOT what its sources give" in changed.stderr
    build(elsewhere, served)
    with (elsewhere / "pages" / "letter.js").open("a", encoding="utf-8") as source:
        source.write("addEventListener('load', () => close());\n")
    build(elsewhere, served)
    build(elsewhere, built)
    unpublished = node("verify.js", str(built), cwd=elsewhere)
    assert unpublished.returncode == 1
    assert unpublished.stderr.startswith("letter.js is NOT what was published")
    assert unpublished.stderr.count("\n") == 1


def test_versions_are_exact_and_every_package_has_its_sum() -> None:
    """No install can bring another version; nothing in the lock says where packages came from."""
    wanted = json.loads((BROWSER / "package.json").read_text("utf-8"))
    pins = wanted["dependencies"] | wanted["devDependencies"]
    assert [pin for pin in pins.values() if not re.fullmatch(r"\d+\.\d+\.\d+", pin)] == []
    lock = json.loads((BROWSER / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert [name for name, one in packages.items() if "sha512-" not in one["integrity"]] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []
    for name, pin in pins.items():
        assert packages[f"node_modules/{name}"]["version"] == pin


def test_fingerprint_is_the_beginning_of_the_sum() -> None:
    """People compare 25 characters in groups of five, which any program can make of the file."""
    sum_of_nothing = hashlib.sha256(b"").digest()
    assert program.fingerprint(sum_of_nothing) == "4OYMI QUY7Q OBJGX 36TEJ S35ZE"
    with pytest.raises(ValueError, match="31"):
        program.fingerprint(sum_of_nothing[:31])


def test_number_of_the_program_is_what_two_commands_find(tmp_path: Path) -> None:
    """Whoever has the files needs no more than sha256sum to find the number of a poster."""
    sums = {}
    for name in reversed(SCRIPTS):
        (tmp_path / name).write_text(f"the script {name}", "utf-8")
        sums[name] = hashlib.sha256((tmp_path / name).read_bytes()).digest()
    found = subprocess.run(
        ["sh", "-c", "LC_ALL=C; sha256sum *.js | sha256sum"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    release = program.release(sums)
    assert found.split()[0] == release.sha256
    assert release.fingerprint == program.fingerprint(bytes.fromhex(release.sha256))


def test_packed_words_are_made_when_they_are_not_right(elsewhere: Path) -> None:
    """Git does not hold them: missing or changed ones are made, right ones are not touched."""
    packed = elsewhere / "protocol" / "words.data.js"
    made = []
    for before in (None, "export const NL = '', EN = '';"):
        if before is not None:
            packed.write_text(before, "utf-8")
        assert node("pack_words.js", cwd=elsewhere).returncode == 0
        made.append(packed.read_bytes())
    written = packed.stat().st_mtime_ns
    assert node("pack_words.js", cwd=elsewhere).returncode == 0
    assert packed.stat().st_mtime_ns == written
    assert made[0] == made[1] == (BROWSER / "protocol" / "words.data.js").read_bytes()


def test_words_that_cannot_be_unpacked_are_not_packed(elsewhere: Path) -> None:
    """Unpacking sorts: a list in another order would give other words for the same key."""
    words = elsewhere.parent / "dropbox" / "protocol" / "words_nl.txt"
    first, second, *rest = words.read_text("ascii").splitlines()
    words.write_text("\n".join((second, first, *rest)), "ascii")
    ended = node("pack_words.js", cwd=elsewhere)
    assert ended.returncode == 1
    assert "out of order" in ended.stderr
    assert not (elsewhere / "protocol" / "words.data.js").exists()
