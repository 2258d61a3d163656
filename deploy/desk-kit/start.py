"""Installs the desk beside this file, without a network, and starts it.

Needs a Python with nothing but its standard library. Invariants: only files of this folder
are installed, and only when they are the ones that requirements.txt names by their checksum;
no setting of pip or of the environment is listened to; a broken installation starts again.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE / ".venv"
STAMP = PLACE / "desk.stamp"
REQUIREMENTS = HERE / "requirements.txt"
FIRST, LAST = (3, 11), (3, 14)
WRONG_PYTHON = (
    "Dit vraagt Python 3.11, 3.12, 3.13 of 3.14. Dit is {}.",
    "This needs Python 3.11, 3.12, 3.13 or 3.14. This is {}.",
)
INSTALLING = (
    "De werkplek wordt geïnstalleerd, zonder netwerk. Dat duurt een minuut.",
    "The desk is being installed, without a network. This takes a minute.",
)
FAILED = (
    "Installeren lukte niet. Kopieer de map nog een keer en vergelijk SHA256SUMS.",
    "It could not be installed. Copy the folder once more, and compare SHA256SUMS.",
)


def say(texts: tuple[str, ...], *values: object) -> None:
    """Print in Dutch and in English; a terminal that lacks a sign shows a question mark."""
    for text in texts:
        line = text.format(*values)
        shown = line.encode(sys.stderr.encoding or "ascii", "replace")
        sys.stderr.write(shown.decode(sys.stderr.encoding or "ascii") + "\n")


def python() -> Path:
    """Return the Python of the installation."""
    windows = PLACE / "Scripts" / "python.exe"
    return windows if os.name == "nt" else PLACE / "bin" / "python"


def stamp() -> str:
    """Return what tells this very installation from any other."""
    parts = (REQUIREMENTS.read_text("utf-8"), sys.version, sys.base_prefix, str(HERE))
    return hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()


def is_installed() -> bool:
    """Tell whether the desk stands here already, as this folder says."""
    return python().exists() and STAMP.exists() and STAMP.read_text("utf-8") == stamp()


def install() -> bool:
    """Make the installation anew; tell whether that went well."""
    venv.create(PLACE, clear=True, with_pip=True)
    command = [str(python()), "-I", "-m", "pip", "--isolated", "--quiet", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-input", "install", "--no-index", "--no-deps"]
    command += ["--find-links", str(HERE / "wheels"), "--only-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(REQUIREMENTS)]
    if subprocess.run(command, check=False).returncode:
        return False
    STAMP.write_text(stamp(), "utf-8")
    return True


def words(given: list[str]) -> list[str]:
    """Return what goes behind ``meldkluis desk``: by default, a vault in the home folder."""
    if given:
        return given
    folder = Path.home() / "Meldkluis"
    folder.mkdir(mode=0o700, exist_ok=True)
    return ["--vault", str(folder / "desk.vault")]


def main() -> int:
    """Install where that is needed, start the desk, and return its exit status."""
    if not FIRST <= sys.version_info[:2] <= LAST:
        say(WRONG_PYTHON, sys.version.split()[0])
        return 1
    if not is_installed():
        say(INSTALLING)
        if not install():
            say(FAILED)
            return 1
    command = [str(python()), "-I", "-m", "dropbox.cli", "desk", *words(sys.argv[1:])]
    desk = subprocess.Popen(command)
    while True:
        try:
            return desk.wait()
        except KeyboardInterrupt:
            continue  # the desk heard it, too, and ends by itself


if __name__ == "__main__":
    sys.exit(main())
