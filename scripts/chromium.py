"""Finds the Chromium that the browser tests drive, and installs Debian's when it may.

Needs nothing but the standard library, so that it can run before anything is installed.
"""

import argparse
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ADVICE = (
    "The browser tests need Chromium, and it is not here. On Debian: apt install chromium. "
    "If it stands somewhere else, name it: CHROMIUM=/path/to/chromium make test"
)
APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


def find() -> str | None:
    """Return the path of Chromium: the one named in CHROMIUM, else the first on the PATH."""
    named = os.environ.get("CHROMIUM")
    candidates = (named,) if named else NAMES
    return next(filter(None, map(shutil.which, candidates)), None)


def install() -> None:
    """Install Debian's package, where that is possible: as root, and with apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium for the browser tests …", file=sys.stderr)
    install = ["install", "--yes", "--no-install-recommends", "chromium"]
    for arguments in (["update"], install):
        subprocess.run(
            ["apt-get", "--quiet", "--quiet", *arguments],
            env=APT,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )


def main() -> int:
    """Print the path of Chromium; exit with 1 and say what to do when there is none."""
    parser = argparse.ArgumentParser(description="Find Chromium for the browser tests.")
    parser.add_argument("--install", action="store_true", help="install it first if it is missing")
    if parser.parse_args().install and not find():
        install()
    path = find()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
