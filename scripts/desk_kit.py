"""Writes a folder that installs the desk without a network, for the systems that people have.

`make desk-kit` runs it, with a network. Invariants: every package is one that requirements.lock
names by its checksum; the same sources give the same bytes; no file names where packages
came from; what could not be had is said, in the folder and here.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "deploy" / "desk-kit"
LOCK = ROOT / "requirements.lock"
LEXICON = ROOT / "dropbox" / "export" / "data" / "lexicon.bin"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NOT_AT_A_DESK = frozenset({"gunicorn", "pip", "setuptools"})
"""What a server runs, or what only set-up needs; a desk imports none of them."""

# The oldest thing that a wheel, which is a zip file, can say of its time.
EPOCH = 315_532_800
SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class System:
    """A kind of computer: its name here and to people, and pip's names for it."""

    name: str
    people: str
    tags: tuple[str, ...]


SYSTEMS = (
    System("linux-x86_64", "Linux x86_64", ("manylinux_2_28_x86_64", "manylinux2014_x86_64")),
    System("linux-aarch64", "Linux aarch64", ("manylinux_2_28_aarch64", "manylinux2014_aarch64")),
    System("windows-x86_64", "Windows x86_64", ("win_amd64",)),
    System("macos-arm64", "macOS 13+ arm64", ("macosx_13_0_arm64",)),
    System("macos-x86_64", "macOS 13+ x86_64", ("macosx_13_0_x86_64",)),
)


class NotToBeHad(Exception):
    """Packages for a system could not be fetched."""


@dataclass(frozen=True)
class Locked:
    """One package of the lock: ``name==version``, its SHA-256 sums, and who wants it."""

    name: str
    pin: str
    sums: frozenset[str]
    wanted_by: frozenset[str]


def locked() -> dict[str, Locked]:
    """Return what a desk needs of the lock, by name."""
    found: dict[str, Locked] = {}
    for block in re.split(r"^(?=[a-z0-9])", LOCK.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        pin = block.split()[0]
        sums = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        comments = " ".join(re.findall(r"^ +#(.*)$", block, flags=re.MULTILINE))
        wanted_by = frozenset(comments.replace("-r ", "").split()) - {"via"}
        found[pin.partition("==")[0]] = Locked(pin.partition("==")[0], pin, sums, wanted_by)
    left_out = set(NOT_AT_A_DESK)
    while more := {n for n, each in found.items() if each.wanted_by <= left_out} - left_out:
        left_out |= more
    return {name: each for name, each in sorted(found.items()) if name not in left_out}


def fetch(packages: Iterable[Locked], system: System, python: str, folder: Path) -> None:
    """Fetch wheels into a folder; pip compares each with the lock's sums.

    Raises:
        NotToBeHad: one of them is not there for this system, or pip failed.
    """
    lines = [
        " ".join([each.pin, *(f"--hash=sha256:{one}" for one in sorted(each.sums))])
        for each in packages
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as wanted:
        wanted.write("\n".join(lines) + "\n")
        wanted.flush()
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
        command += ["--implementation", "cp", "--python-version", python, "--dest", str(folder)]
        command += [part for tag in system.tags for part in ("--platform", tag)]
        ended = subprocess.run(
            [*command, "-r", wanted.name], capture_output=True, text=True, check=False
        )
    if ended.returncode:
        raise NotToBeHad(ended.stderr.strip().rpartition("\n")[2])


def package_of(wheel: Path) -> str:
    """Return the name of a wheel's package as the lock writes it."""
    return re.sub(r"[-_.]+", "-", wheel.name.partition("-")[0]).lower()


def sum_of(path: Path) -> str:
    """Return a file's SHA-256 sum in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def collect(systems: Iterable[System], pythons: Iterable[str], folder: Path) -> Iterator[System]:
    """Fetch all wheels into a folder; yield the systems that are complete."""
    packages, pythons = locked(), tuple(pythons)
    everywhere: frozenset[str] = frozenset()
    for system in systems:
        with tempfile.TemporaryDirectory() as place:
            here = Path(place)
            try:
                for python in pythons:
                    wanted = [each for n, each in packages.items() if n not in everywhere]
                    fetch(wanted, system, python, here)
                    pure = (w for w in here.glob("*-none-any.whl"))
                    everywhere |= {package_of(wheel) for wheel in pure}
            except NotToBeHad as error:
                print(f"Not in the kit: {system.people}. {error}", file=sys.stderr)
                everywhere &= {package_of(wheel) for wheel in folder.glob("*-none-any.whl")}
                continue
            for wheel in here.iterdir():
                if sum_of(wheel) not in packages[package_of(wheel)].sums:
                    raise SystemExit(f"{wheel.name} is not in the lock")
                shutil.copy(wheel, folder / wheel.name)
        yield system


def build_wheel(folder: Path) -> Path:
    """Build our own wheel with the setuptools of the lock, templates within; return it."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        unwanted = shutil.ignore_patterns("__pycache__", "*.py[co]", "messages.po")
        shutil.copytree(ROOT / "dropbox", source / "dropbox", ignore=unwanted)
        for script in (source / "dropbox" / "site" / "static").glob("*.js"):
            script.unlink()  # Made at a site's set-up; whether it was, must not show in the kit.
        shutil.copytree(ROOT / "templates", source / "dropbox" / "templates", ignore=unwanted)
        for name in ("setup.cfg", "pyproject.toml", "LICENSE"):
            shutil.copy(ROOT / name, source / name)
        settle(source)
        command = [sys.executable, "-m", "pip", "--isolated", "wheel", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--no-build-isolation", "--no-index"]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH), "PYTHONHASHSEED": "0"}
        subprocess.run(
            [*command, "--wheel-dir", str(folder), str(source)], env=environment, check=True
        )
    return next(folder.glob("meldkluis-*.whl"))


def settle(folder: Path) -> None:
    """Give all files in a folder one time, and modes that do not depend on who made them."""
    for path in sorted(folder.rglob("*")):
        programs = path.is_dir() or path.suffix in (".sh", ".command")
        path.chmod(0o755 if programs else 0o644)
        os.utime(path, (EPOCH, EPOCH))
    os.utime(folder, (EPOCH, EPOCH))


def requirements(wheels: Path) -> str:
    """Return what the launcher installs: each package with the sums of the files that are here."""
    sums: dict[str, list[str]] = {}
    pins = {name: each.pin for name, each in locked().items()}
    for wheel in sorted(wheels.iterdir()):
        name = package_of(wheel)
        sums.setdefault(pins.get(name, "==".join(wheel.name.split("-")[:2])), []).append(
            sum_of(wheel)
        )
    lines = [" ".join([pin, *(f"--hash=sha256:{s}" for s in sums[pin])]) for pin in sorted(sums)]
    return "\n".join(lines) + "\n"


def write_words(kit: Path, systems: Iterable[System], pythons: Iterable[str]) -> None:
    """Copy the launchers, and fill in what the explanations leave open."""
    versions = ", ".join(pythons)
    listed = "\n".join(f"- {system.people}: Python {versions}" for system in systems)
    absent = {
        "LEESMIJ.txt": "- Het woordenboek voor meldkluis redact zit er NIET in.",
        "README.txt": "- The lexicon for meldkluis redact is NOT in it.",
    }
    for part in sorted(PARTS.iterdir()):
        content = part.read_bytes()
        if part.name in absent:
            text = content.decode("utf-8").replace("@PLATFORMS@", listed)
            lexicon = "" if LEXICON.exists() else absent[part.name]
            content = text.replace("@LEXICON@\n", f"{lexicon}\n" if lexicon else "").encode("utf-8")
        (kit / part.name).write_bytes(content)


def make(kit: Path, systems: Iterable[System], pythons: Iterable[str]) -> None:
    """Make the kit in a folder, which is emptied first."""
    if kit.exists() and not (kit / SUMS).exists():
        raise SystemExit(f"{kit} is there and is no kit")
    shutil.rmtree(kit, ignore_errors=True)
    wheels = kit / "wheels"
    wheels.mkdir(parents=True)
    complete = list(collect(systems, pythons, wheels))
    if not complete:
        raise SystemExit("There are no packages for any system")
    build_wheel(wheels)
    (kit / "requirements.txt").write_text(requirements(wheels), "utf-8")
    write_words(kit, complete, pythons)
    files = sorted(path for path in kit.rglob("*") if path.is_file())
    lines = [f"{sum_of(path)}  {path.relative_to(kit).as_posix()}\n" for path in files]
    (kit / SUMS).write_text("".join(lines), "utf-8")
    settle(kit)


def main() -> None:
    """Make the kit, and print what to tell those who install it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kit", type=Path, help="the folder to write")
    names = [system.name for system in SYSTEMS]
    parser.add_argument("--system", action="append", choices=names, help="only this one")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only this one")
    given = parser.parse_args()
    chosen = [each for each in SYSTEMS if each.name in (given.system or names)]
    make(given.kit, chosen, tuple(given.python or PYTHONS))
    print(f"{given.kit} is ready. Checksum of its {SUMS}, to be told in another way:")
    print(sum_of(given.kit / SUMS))


if __name__ == "__main__":
    main()
