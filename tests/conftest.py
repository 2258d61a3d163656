"""What every test stands on: a neutral environment, bounded property tests, and a browser."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

from dropbox.cli import desk as desk_commands
from dropbox.cli import desk_care, desk_intake, desk_keys, desk_notes, desk_patterns, desk_session
from dropbox.protocol.keys import ReporterKeys
from scripts import programs
from tests import organisation
from tests.blind_server import Site
from tests.browser_beside import beside  # noqa: F401
from tests.desk_office import Office
from tests.desk_world import CHEAP, World
from tests.operator_world import card_file, places, run, running  # noqa: F401
from tests.sealing_fixtures import (  # noqa: F401
    browser,
    hostile,
    origin,
    person,
    running_hostile,
    sealing,
    trap,
    visitor,
    visits,
)

ROOT = Path(__file__).resolve().parent.parent

# The product reads these; a test that wants one sets it. Without them the language is Dutch.
for name in ("KEYS", "VAR", "PORT", "MELDKLUIS_LANG", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)

set_hypothesis_home_dir(ROOT / ".venv" / "cache" / "hypothesis")
settings.register_profile(
    "meldkluis",
    max_examples=50,
    deadline=None,
    database=None,
    print_blob=True,
    # A build server runs the same examples every time; a developer's machine looks further.
    derandomize="CI" in os.environ,
    # A busy machine is no finding.
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("meldkluis")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; a test that needs it fails without it, and is never left out."""
    return programs.path_of("chromium")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Open a channel by commands, with cheap stretching and a day that tests choose."""
    found = Office(tmp_path)
    monkeypatch.setattr(desk_session, "COST", CHEAP)
    day: Callable[[], date] = lambda: found.day  # noqa: E731
    for module in (desk_commands, desk_keys, desk_intake, desk_notes, desk_patterns, desk_care):
        monkeypatch.setattr(module, "today", day)
    found.open_channel()
    return found


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make a channel with two handlers."""
    return World(tmp_path)


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter's keys."""
    return world.reporter()


@pytest.fixture
def channel() -> organisation.Office:
    """Return a channel with two handlers."""
    return organisation.office()


@pytest.fixture
def site(tmp_path: Path, channel: organisation.Office) -> Site:
    """Return a site with that channel."""
    return Site(tmp_path, channel)
