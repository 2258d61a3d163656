"""The shipped units: systemd knows every line of them, and they are as closed as the page says."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from scripts import programs
from tests.deploy_world import DEPLOY, ROOT

UNITS = DEPLOY / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("meldkluis*.service"))
PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")


def analyze(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze."""
    return subprocess.run(
        [programs.path_of("systemd-analyze"), *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def settings(path: Path) -> dict[str, list[str]]:
    """Return the settings of a unit; one that stands twice has two values."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_systemd_knows_every_line(tmp_path: Path) -> None:
    """`systemd-analyze verify` finds nothing wrong: no unknown name, value or unit."""
    for path in filter(Path.is_file, UNITS.iterdir()):
        # Verify looks for the program, too, and this need not be the machine that has it.
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", path.read_text("utf-8"))
        (tmp_path / path.name).write_text(text, "utf-8")
    done = analyze("verify", "--man=no", *sorted(str(path) for path in tmp_path.iterdir()))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_units_run_what_is_here() -> None:
    """Every program that a unit starts is installed with the product, or lies in deploy/."""
    scripts = {script.name for script in entry_points(group="console_scripts")}
    for name in SERVICES:
        program = Path(settings(UNITS / name)["ExecStart"][0].split()[0])
        if program.parent == Path("/opt/meldkluis/deploy"):
            assert os.access(DEPLOY / program.name, os.X_OK)
        else:
            assert program.parent == Path("/opt/meldkluis/.venv/bin")
            assert program.name in {*scripts, "meldkluis"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_as_closed_as_the_page_says(name: str) -> None:
    """The exposure that systemd computes is at most the one that is quoted."""
    quoted = re.search(rf"`{re.escape(name)}` \| ([0-9.]+) \|", PAGE)
    assert quoted, name
    said = analyze("security", "--offline=yes", "--no-pager", str(UNITS / name)).stdout
    computed = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    assert computed, said
    assert float(computed[1]) <= float(quoted[1])


@pytest.mark.parametrize("name", SERVICES)
def test_memory_of_a_service_reaches_no_disk(name: str) -> None:
    """Nothing is swapped out or dumped, made files are private, and no visit is in the journal.

    The journal puts the second before each line; an error of a timer's command is the
    operator's own act, at an hour that everybody knows, and has to be found somewhere.
    """
    found = settings(UNITS / name)
    assert found["LimitCORE"] == ["0"]
    assert found["MemorySwapMax"] == ["0"]
    assert found["UMask"] == ["0077"]
    assert found["PrivateTmp"] == ["yes"]
    assert found["StandardOutput"] == ["null"]
    is_site = name == "meldkluis.service"
    assert found["StandardError"] == ["append:/var/log/meldkluis.log" if is_site else "journal"]


@pytest.mark.parametrize("name", SERVICES)
def test_only_the_alert_runs_as_another_user(name: str) -> None:
    """What works on the site's data is the site's user, and nobody else is."""
    user = "meldkluis-alert" if name == "meldkluis-alert.service" else "meldkluis"
    found = settings(UNITS / name)
    assert (found["User"], found["Group"]) == ([user], [user])


def test_alert_and_site_cannot_look_at_each_other() -> None:
    """The alert sees no data of the site; its settings lie where the site's user may not look.

    Both pages make that place for the alert's user, and name it as the unit does.
    """
    found = settings(UNITS / "meldkluis-alert.service")
    assert found["InaccessiblePaths"] == ["/var/lib/meldkluis"]
    assert found["Environment"] == ["ALERT=/etc/meldkluis-alert/alert.toml"]
    made = "install -d -o root -g meldkluis-alert -m 0750 /etc/meldkluis-alert\n"
    put = r"install -o root -g meldkluis-alert -m 0640 alert\.toml \S+ /etc/meldkluis-alert/\n"
    for page in (PAGE, (ROOT / "docs" / "alert.md").read_text("utf-8")):
        assert made in page
        assert re.search(put, page)
        assert "/var/lib/meldkluis/alert" not in page


@pytest.mark.parametrize("name", SERVICES)
def test_service_cannot_change_program_settings_or_cards(name: str) -> None:
    """Each may write data and backups at most; what it runs and what it trusts is read only."""
    found = settings(UNITS / name)
    assert found["ProtectSystem"] == ["strict"]
    writable = {path for value in found.get("ReadWritePaths", []) for path in value.split()}
    assert writable <= {"/var/lib/meldkluis", "/var/backups/meldkluis"}


def test_every_timer_has_its_service_and_an_hour_of_its_own() -> None:
    """What runs at night is spread, and is made up for after the machine was off."""
    timers = sorted(UNITS.glob("meldkluis*.timer"))
    assert [timer.stem for timer in timers] == [
        "meldkluis-alert",
        "meldkluis-backup",
        "meldkluis-night",
    ]
    hours = {settings(timer)["OnCalendar"][0] for timer in timers}
    assert len(hours) == len(timers)
    for timer in timers:
        assert settings(timer)["Persistent"] == ["yes"]
        assert timer.with_suffix(".service").is_file()
        assert analyze("calendar", settings(timer)["OnCalendar"][0]).returncode == 0


def test_alert_comes_at_the_same_minute_of_every_day() -> None:
    """A day or an hour that moved would say when something arrived."""
    found = settings(UNITS / "meldkluis-alert.timer")
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d", found["OnCalendar"][0])
    assert "RandomizedDelaySec" not in found


@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_web_server_in_front_may_write_no_body(name: str) -> None:
    """The addition to Debian's own unit leaves memory, and Caddy its certificates, to write to."""
    found = settings(UNITS / f"{name}.service.d" / "meldkluis.conf")
    assert found["ProtectSystem"] == ["strict"]
    assert found["ReadWritePaths"] == [{"nginx": "/run", "caddy": "/var/lib/caddy"}[name]]
    assert (found["LimitCORE"], found["MemorySwapMax"]) == (["0"], ["0"])


def test_nginx_gets_new_workers_as_often_as_the_site() -> None:
    """Gunicorn's workers end within 15 minutes; nginx's remember no longer than that."""
    assert settings(UNITS / "nginx-forget.timer")["OnCalendar"] == ["*:0/15"]
    command = settings(UNITS / "nginx-forget.service")["ExecStart"]
    assert command == ["/usr/bin/systemctl try-reload-or-restart nginx.service"]


def test_nginx_counts_nobody_longer_than_a_day() -> None:
    """A reload keeps the counters with the visitors' addresses, so it is restarted at night."""
    assert settings(UNITS / "nginx-night.timer")["OnCalendar"] == ["*-*-* 03:35"]
    command = settings(UNITS / "nginx-night.service")["ExecStart"]
    assert command == ["/usr/bin/systemctl try-restart nginx.service"]
