"""The shipped torrc in Debian's tor."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import programs
from tests.deploy_world import DEPLOY


def tor(*options: str) -> str:
    """Run tor until it ends by itself; return what it said, errors too."""
    done = subprocess.run(
        [programs.path_of("tor"), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
        timeout=30,
    )
    return done.stdout.decode()


@pytest.fixture
def shipped(tmp_path: Path) -> tuple[str, ...]:
    """Return the options that make tor read the shipped file, with folders of the test."""
    torrc = tmp_path / "torrc"
    text = (DEPLOY / "torrc").read_text("utf-8")
    assert "/var/lib/tor/" in text
    torrc.write_text(text.replace("/var/lib/tor/", f"{tmp_path}/"), "utf-8")
    empty = tmp_path / "defaults"
    empty.touch()
    data = tmp_path / "data"
    return ("-f", str(torrc), "--defaults-torrc", str(empty), "--DataDirectory", str(data))


def test_tor_accepts_its_configuration(shipped: tuple[str, ...]) -> None:
    """`tor --verify-config` knows every option of the shipped file and warns of none."""
    said = tor(*shipped, "--verify-config")
    assert "Configuration was valid" in said
    warnings = [line for line in said.splitlines() if "[warn]" in line or "[err]" in line]
    assert [line for line in warnings if "running Tor as root" not in line] == []


def test_onion_service_defends_itself_by_proof_of_work(shipped: tuple[str, ...]) -> None:
    """Debian's tor is built with the defence, and the shipped file switches it on."""
    assert "pow: yes" in tor("--list-modules").splitlines()
    options = set(tor(*shipped, "--dump-config", "short").splitlines())
    assert {
        "HiddenServicePoWDefensesEnabled 1",
        "HiddenServicePort 80 127.0.0.1:8081",
        "SocksPort 0",
        "Log err syslog",
        "HeartbeatPeriod 0",
    } <= options
