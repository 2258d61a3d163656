"""Fixtures of the pages in a real browser, and of the stories that both browsers tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser

from tests import hostile_server, live
from tests.filling import served
from tests.firefox import firefox
from tests.hostile_server import HostileServer
from tests.sealed_pages import Reporter
from tests.sealing_world import SealingWorld
from tests.site_client import World
from tests.visitor import Trap, Visitor, Visits, chromium


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once for a file."""
    with live.chromium_browser(chromium) as started:
        yield started


@pytest.fixture(scope="module")
def origin(world: World) -> Iterator[str]:
    """Serve the site of a file, which makes its world once."""
    with served(world) as found:
        yield found


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    """Catch whatever a browser asks others than the site."""
    found = Trap()
    yield found
    found.close()


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def visits(request: pytest.FixtureRequest, trap: Trap) -> Iterator[Visits]:
    """Start a browser once for a module: Chromium, and then Firefox."""
    started: AbstractContextManager[Visits] = (
        chromium(request.getfixturevalue("chromium"), trap)
        if request.param == "chromium"
        else firefox(trap)
    )
    with started as running:
        yield running


@pytest.fixture
def visitor(visits: Visits) -> Iterator[Visitor]:
    """Open a fresh visit."""
    with visits.visit() as found:
        yield found


@pytest.fixture(scope="module")
def sealing(tmp_path_factory: pytest.TempPathFactory) -> SealingWorld:
    """Make a site whose channels' keys the test holds."""
    return SealingWorld(tmp_path_factory.mktemp("sealing"))


@pytest.fixture(scope="module")
def running_hostile(sealing: SealingWorld) -> Iterator[HostileServer]:
    """Run that site, and the hostile server before it."""
    with sealing.serving() as origin, hostile_server.hostile(origin) as found:
        yield found


@pytest.fixture
def hostile(running_hostile: HostileServer) -> HostileServer:
    """Let the hostile server begin honestly."""
    running_hostile.rule = hostile_server.honest
    running_hostile.seen.clear()
    return running_hostile


@pytest.fixture
def person(visitor: Visitor, hostile: HostileServer) -> Reporter:
    """Put a person before the pages that come through the hostile server."""
    return Reporter(visitor, hostile.origin)
