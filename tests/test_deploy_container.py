"""The container file: what it copies is enough, and what it runs may do little."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.deploy_world import DEPLOY, ROOT

LINES = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text("utf-8")).splitlines()


def of(instruction: str) -> list[str]:
    """Return what stands behind each such instruction, in order."""
    return [line.partition(" ")[2].strip() for line in LINES if line.startswith(f"{instruction} ")]


def test_container_runs_as_a_user_of_its_own_on_a_pinned_base() -> None:
    """The base has a version and no address; what starts is no longer root."""
    assert of("FROM") == ["python:3.11-slim-bookworm"]
    starts = [
        line.partition(" ")[0] for line in LINES if line.startswith(("USER ", "CMD ", "RUN "))
    ]
    assert starts[-2:] == ["USER", "CMD"]
    assert of("USER") == ["meldkluis"]
    assert "ADD" not in {line.partition(" ")[0] for line in LINES}


def test_container_holds_all_that_the_site_needs(tmp_path: Path) -> None:
    """With nothing but the copied files a site is made and starts, and no key is among them."""
    unwanted = shutil.ignore_patterns("node_modules")
    assert "**/node_modules" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for line in of("COPY"):
        *sources, target = line.split()
        for source in sources:
            place = tmp_path / target / Path(source).name
            if (ROOT / source).is_dir():
                place = tmp_path / target
                shutil.copytree(ROOT / source, place, ignore=unwanted)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "KEYS": str(tmp_path / "site-keys"),
        "VAR": str(tmp_path / "site-var"),
    }
    for arguments in (("-m", "dropbox.cli", "init"), ("-c", "import wsgi; print(wsgi.__file__)")):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'wsgi.py'}\n"
    assert list((tmp_path / "keys").iterdir()) == [tmp_path / "keys" / "site.example.toml"]
