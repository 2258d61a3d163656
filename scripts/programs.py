"""Finds the programs that the tests run, and installs Debian's when it may.

Needs nothing but the standard library, so that it can run before anything is installed.
Invariant: what it installs is not started, neither now nor when the machine starts.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# Where Debian puts servers, which is not on everybody's PATH.
SERVERS = "/usr/sbin:/sbin"
# Packages ask it before they start a service. Source: Debian's invoke-rc.d(8).
POLICY = Path("/usr/sbin/policy-rc.d")
START_NOTHING = (
    "#!/bin/sh\n# For the tests of Meldkluis. Remove it if it is still here.\nexit 101\n"
)
APT_GET = ("apt-get", "--quiet", "--quiet", "--option=Dpkg::Use-Pty=0")
APT = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


@dataclass(frozen=True)
class Program:
    """A program that tests run: its possible names, Debian's package, its service there."""

    commands: tuple[str, ...]
    package: str
    service: str = ""

    @property
    def variable(self) -> str:
        """Return the variable that names another place of it, such as ``CHROMIUM``."""
        return self.commands[0].upper().replace("-", "_")

    def find(self) -> str | None:
        """Return its path: the one that its variable names, else the first on the PATH."""
        named = os.environ.get(self.variable)
        path = f"{os.environ.get('PATH', os.defpath)}:{SERVERS}"
        commands = (named,) if named else self.commands
        return next(filter(None, (shutil.which(one, path=path) for one in commands)), None)


PROGRAMS = (
    Program(("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"), "chromium"),
    Program(("firefox-esr", "firefox"), "firefox-esr"),
    Program(("nginx",), "nginx", "nginx.service"),
    Program(("caddy",), "caddy", "caddy.service"),
    Program(("tor",), "tor", "tor.service"),
    Program(("openssl",), "openssl"),
    Program(("systemd-analyze",), "systemd"),
)

# The long tests make a bare Debian and start it.
FOR_SOAK = (
    Program(("debootstrap",), "debootstrap"),
    Program(("systemd-nspawn",), "systemd-container"),
)


def missing(wanted: tuple[Program, ...] = PROGRAMS) -> list[Program]:
    """Return the programs that are not here."""
    return [program for program in wanted if not program.find()]


def path_of(command: str) -> str:
    """Return the path of one program.

    Raises:
        FileNotFoundError: it is not here; the message says what to do.
    """
    program = next(one for one in PROGRAMS + FOR_SOAK if command in one.commands)
    found = program.find()
    if not found:
        raise FileNotFoundError(advice([program]))
    return found


def advice(programs: list[Program]) -> str:
    """Return what to do about programs that are not here."""
    packages = " ".join(program.package for program in programs)
    return (
        f"The tests need programs that are not here. On Debian: apt install {packages}. "
        f"One that stands somewhere else is named like this: "
        f"{programs[0].variable}=/path/to/{programs[0].commands[0]} make test"
    )


def install(programs: list[Program]) -> None:
    """Install Debian's packages, where that is possible: as root, and with apt-get."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    packages = [program.package for program in programs]
    print(f"Installing for the tests: {' '.join(packages)} …", file=sys.stderr)
    with nothing_starts():
        run(*APT_GET, "update")
        run(*APT_GET, "install", "--yes", "--no-install-recommends", *packages)
    services = [program.service for program in programs if program.service and program.find()]
    if services and shutil.which("systemctl"):
        run("systemctl", "--quiet", "disable", *services)


def run(*command: str) -> None:
    """Run a command of the system; whether it failed shows in what is still missing."""
    subprocess.run(command, env=APT, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


@contextmanager
def nothing_starts() -> Iterator[None]:
    """Keep packages from starting their services, unless the machine has its own rule for that."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(START_NOTHING, "ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def main() -> int:
    """Print the paths of all programs; exit with 1 and say what to do when one is missing."""
    parser = argparse.ArgumentParser(description="Find the programs that the tests run.")
    parser.add_argument("--install", action="store_true", help="install first what is missing")
    parser.add_argument("--soak", action="store_true", help="also what the long tests run")
    options = parser.parse_args()
    wanted = PROGRAMS + FOR_SOAK if options.soak else PROGRAMS
    if options.install and (absent := missing(wanted)):
        install(absent)
    for program in wanted:
        if path := program.find():
            print(path)
    if absent := missing(wanted):
        print(advice(absent), file=sys.stderr)
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
