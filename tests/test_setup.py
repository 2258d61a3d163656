"""Setting up, where somebody else is at it or changes their mind."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("requirements.lock", "setup.cfg", "pyproject.toml", "scripts/setup.sh")
SLOW_PYTHON = """#!/bin/sh
case "$*" in
    *venv*) echo started >&2; sleep 60; echo finished >&2 ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with nothing but what set-up reads, and a Python that is slow."""
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "slow-python"
    python.write_text(SLOW_PYTHON, "utf-8")
    python.chmod(0o700)
    return tmp_path


def start(checkout: Path) -> subprocess.Popen[str]:
    """Start the set-up as make does, able to be interrupted.

    Who was itself started in the background ignores Ctrl+C, and so would its children.
    """
    return subprocess.Popen(
        ["env", "--default-signal=INT", "scripts/setup.sh", "runtime"],
        cwd=checkout,
        env={**os.environ, "PYTHON": str(checkout / "slow-python")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_second_set_up_waits_for_the_first(checkout: Path) -> None:
    """Two at once would empty each other's folder."""
    handle = os.open(checkout, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    process = start(checkout)
    assert process.stderr is not None
    assert process.stderr.readline() == "Another set-up is at work here. Waiting for it …\n"
    assert process.poll() is None
    os.close(handle)
    assert process.stderr.readline().startswith("Setting up .venv")
    assert process.stderr.readline() == "started\n"
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=10)


def test_set_up_that_is_stopped_says_so_and_leaves_nothing_running(checkout: Path) -> None:
    """Ctrl+C gives a sentence, no traceback, and ends what was started."""
    process = start(checkout)
    assert process.stderr is not None
    process.stderr.readline()
    assert process.stderr.readline() == "started\n"
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    # The end of stderr is the end of everything that was started.
    said = process.communicate(timeout=20)[1]
    assert time.monotonic() - begun < 10
    assert said == "Set-up was stopped. The next one starts again.\n"
    assert process.returncode == 130
