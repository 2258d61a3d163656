"""Fixtures of the stories that both browsers tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from tests.firefox import firefox
from tests.visitor import Trap, Visitor, Visits, chromium


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
