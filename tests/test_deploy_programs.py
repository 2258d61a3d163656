"""The programs that tests need: found, installed without being started, or named in one line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import programs
from scripts.programs import PROGRAMS
from tests.deploy_world import DEPLOY, ROOT

ALL = "chromium firefox-esr nginx caddy tor openssl systemd"
APT_GET = """#!/bin/sh
echo "$*" >>{log}
test -x {policy} && {policy} || echo "policy $?" >>{log}
echo "$*" | grep -q ' install ' && echo '#!/bin/sh' >{bin}/nginx && chmod +x {bin}/nginx
exit 0
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder of programs of a machine that has none."""
    found = tmp_path / "bin"
    found.mkdir()
    for name in ("chmod", "grep"):
        (found / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(found))
    monkeypatch.setattr(programs, "SERVERS", str(found))
    monkeypatch.setattr(programs, "APT", {"PATH": str(found)})
    monkeypatch.setattr(programs, "POLICY", tmp_path / "policy-rc.d")
    for program in PROGRAMS:
        monkeypatch.delenv(program.variable, raising=False)
    return found


def test_missing_programs_are_named_in_one_line(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who may not install gets one command to hand to who may, and nothing is tried."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["programs.py", "--install"])
    assert programs.main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"apt install {ALL}. " in said


def test_root_installs_what_is_missing_and_starts_nothing(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While packages install, the machine's policy forbids to start anything; then it is gone.

    What was installed is not started with the machine either.
    """
    log = tmp_path / "log"
    script = APT_GET.format(log=log, policy=programs.POLICY, bin=bare)
    for name, text in (("apt-get", script), ("systemctl", f'#!/bin/sh\necho "$*" >>{log}\n')):
        (bare / name).write_text(text, "utf-8")
        (bare / name).chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs.install(programs.missing())
    assert log.read_text("utf-8").splitlines() == [
        "--quiet --quiet --option=Dpkg::Use-Pty=0 update",
        "policy 101",
        "--quiet --quiet --option=Dpkg::Use-Pty=0 install --yes --no-install-recommends " + ALL,
        "policy 101",
        "--quiet disable nginx.service",
    ]
    assert not programs.POLICY.exists()
    assert [program.package for program in programs.missing()][:3] == [
        "chromium",
        "firefox-esr",
        "caddy",
    ]


def test_rule_of_the_machine_stays(bare: Path) -> None:
    """A machine with its own policy for services keeps it."""
    programs.POLICY.write_text("own", "ascii")
    with programs.nothing_starts():
        assert programs.POLICY.read_text("ascii") == "own"
    assert programs.POLICY.read_text("ascii") == "own"


def test_program_at_another_place_is_found(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable names it, and what it names wins."""
    monkeypatch.setenv("SYSTEMD_ANALYZE", "/bin/true")
    assert programs.path_of("systemd-analyze") == "/bin/true"
    with pytest.raises(FileNotFoundError, match="apt install tor"):
        programs.path_of("tor")


def run_backup(folder: Path, **programs_: str) -> subprocess.CompletedProcess[str]:
    """Run the shipped backup with stand-ins for the programs that it calls."""
    for name, text in programs_.items():
        path = folder / (".venv/bin/meldkluis" if name == "meldkluis" else f"bin/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        path.chmod(0o700)
    (folder / "deploy").mkdir(exist_ok=True)
    script = folder / "deploy" / "backup"
    script.write_bytes((DEPLOY / "backup").read_bytes())
    script.chmod(0o700)
    (folder / "out").mkdir(exist_ok=True)
    return subprocess.run(
        [str(script), str(folder / "backup.pub"), str(folder / "out")],
        env={"PATH": f"{folder / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


SEAL = 'test "$1 $2 $4" = "--encrypt --recipients-file --output" && tr a-z A-Z >"$5"'


def test_backup_is_whole_private_and_named_by_its_day(tmp_path: Path) -> None:
    """What the command writes goes through age into one private file; the sixth week is deleted."""
    out = tmp_path / "out"
    out.mkdir()
    for name, age in (("site-2026-01-01.age", 36), ("site-2026-02-01.age", 20), ("other", 99)):
        (out / name).touch()
        subprocess.run(["touch", "-d", f"{age} days ago", str(out / name)], check=True)
    done = run_backup(tmp_path, meldkluis='echo "$@"', age=SEAL)
    assert (done.returncode, done.stderr) == (0, "")
    names = sorted(path.name for path in out.iterdir())
    assert [name for name in names if not re.fullmatch(r"site-\d{4}-\d\d-\d\d\.age", name)] == [
        "other"
    ]
    assert "site-2026-01-01.age" not in names
    assert "site-2026-02-01.age" in names
    newest = max(out.glob("site-*"), key=lambda path: path.stat().st_mtime)
    assert newest.read_text("utf-8") == "BACKUP --OUT -\n"
    assert newest.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("meldkluis", "age"), [("echo half; exit 1", SEAL), ("echo all", "echo half >$5; exit 1")]
)
def test_backup_that_fails_leaves_none_and_says_so(
    tmp_path: Path, meldkluis: str, age: str
) -> None:
    """Half an archive never looks like a backup, and the service shows as failed."""
    assert run_backup(tmp_path, meldkluis=meldkluis, age=age).returncode != 0
    assert list((tmp_path / "out").iterdir()) == []


def test_page_installs_every_file_and_names_no_other() -> None:
    """What deploy/ holds is named in the page, and what the page installs from there is there."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    named = set(re.findall(r"/opt/meldkluis/(deploy/[\w./*-]+)", page))
    wanted = {path for name in named for path in ROOT.glob(name)}
    assert all(list(ROOT.glob(name)) for name in named)
    # These are used where they lie.
    used = {DEPLOY / "backup", DEPLOY / "pages" / "error.html", DEPLOY / "Containerfile"}
    used |= set((DEPLOY / "desk-kit").iterdir())  # goes into the kit, and no server has it
    assert {path for path in DEPLOY.rglob("*") if path.is_file()} - used <= wanted
