"""The pages of patterns in a real browser: clean for axe-core, readable large, used by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.desk import signals
from dropbox.desk.index import Index
from dropbox.desk.patterns import by_quarter
from dropbox.desk.signals import Commitment
from dropbox.desk.threshold import Threshold
from tests import live
from tests.accessible import violations
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, TODAY, World
from tests.pattern_world import CODES, bring, quarters_ago, teach

TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
LARGE_LETTERS = "document.documentElement.style.fontSize = '200%'"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """Run a desk with a proposal, a signal with a promise that is overdue, and some more."""
    world = teach(World(tmp_path_factory.mktemp("patterns")))
    bring(world, 7)
    bring(world, 1, conduct=("bullying", "exclusion"), period="2026-Q2")
    bring(world, 3, unit="", conduct=("jan-de-vries",), grounds=("age",))
    bring(world, 4, unit="pools", conduct=("exclusion",), day=quarters_ago(1))
    past = TODAY - timedelta(days=20)
    with world.vault("anna") as vault:
        index = Index(vault, TODAY)
        index.read_on(vault)
        found = signals.proposals(by_quarter(index.rows.values(), CODES), [], Threshold())
        made = signals.take_up(vault, found, "exclusion", "pools", past)
        late = Commitment("told", "unit_lead", "pools", TODAY - timedelta(days=2))
        signals.promise(vault, made, late, CODES.units, past)
    with running_desk(world.path("anna"), idle_seconds=600) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """Unlock the desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    opened = context.new_page()
    opened.goto(desk.address)
    opened.locator("#passphrase").fill(PASSPHRASE)
    opened.locator("main button").click()
    yield opened
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_on_patterns_and_signals(
    page: Page, desk: RunningDesk, language: str
) -> None:
    """Tables with one year and all, grounds, a signal and the list of a cell, light and dark."""
    page.goto(f"{desk.origin}/patterns")
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f".away a[lang={language}]").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for axis, year in (("grounds", ""), ("conduct", "2026")):
            page.goto(f"{desk.origin}/patterns")
            page.locator("#axis").select_option(axis)
            page.locator("#year").select_option(year)
            page.locator("#filter button").click()
            assert page.locator("html").get_attribute("lang") == language
            assert violations(page) == []
        page.locator("#signals + ul a").click()
        expect(page.locator(".tag.late")).to_have_count(1)
        assert violations(page) == []
        page.goto(f"{desk.origin}/patterns")
        page.locator(".heat button").first.click()
        expect(page.locator(".note[role=status]")).to_have_count(1)
        assert violations(page) == []


def test_patterns_are_used_by_keyboard_and_readable_at_twice_the_size(
    page: Page, desk: RunningDesk
) -> None:
    """A number is reached and pressed by keys alone; large letters cut nothing off sideways."""
    page.goto(f"{desk.origin}/patterns")
    page.locator("button[value='parks|bullying|2026-Q4']").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(7)
    number = page.locator("#signals")
    for path in ("/patterns", "/patterns/signals"):
        page.goto(f"{desk.origin}/patterns")
        if path.endswith("signals"):
            page.locator("#signals + ul a").click()
            number = page.locator("h1")
        expect(number).to_have_count(1)
        for width in (1280, 640):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(LARGE_LETTERS)
            assert page.evaluate(TOO_WIDE) <= 0, (path, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_printed_table_keeps_its_numbers(page: Page, desk: RunningDesk) -> None:
    """On paper stand the table and its numbers; filters, buttons and navigation do not."""
    page.goto(f"{desk.origin}/patterns")
    page.emulate_media(media="print")
    expect(page.locator(".heat button").first).to_be_visible()
    for gone in ("#filter", "aside", ".top", ".screen"):
        expect(page.locator(gone).first).to_be_hidden()
    page.emulate_media(media="screen")
