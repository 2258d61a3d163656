"""The mailbox in browser mode: what it shows, sends, refuses, and leaves behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests import live, organisation
from tests.accessible import violations
from tests.filling import served
from tests.opening import Opening, opening
from tests.organisation import TODAY, Handler, Office
from tests.site_client import Desk, World

REPLY = "Dank je wel, merkteken-roerdomp.\n\n  Ingesprongen <b>regel</b>."
WRITTEN = "Er is nog iets, merkteken-snor."


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once."""
    with live.chromium_browser(chromium) as started:
        yield started


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    elsewhere = Office([Handler("buitenstaander")], slug="elders")
    return World(tmp_path_factory.mktemp("world"), (organisation.office(), elsewhere))


@pytest.fixture(scope="module")
def origin(world: World) -> Iterator[str]:
    """Serve it."""
    with served(world) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit on a phone."""
    with opening(browser, origin, viewport={"width": 390, "height": 844}) as found:
        yield found


def test_reply_is_opened_here_and_shown_as_it_was_written(visit: Opening, world: World) -> None:
    """A desk's reply stands on the page with its white space; what is HTML in it stays text."""
    code = world.file()
    Desk(world, code).reply(world.offices[0].handlers[0], REPLY)
    visit.open(code)
    letter = visit.page.locator("article.letter .words")
    assert letter.inner_text() == REPLY
    assert letter.locator("b").count() == 0
