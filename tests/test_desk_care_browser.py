"""The pages of care in Chromium: axe-core finds nothing, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.desk import notes
from tests import live
from tests.accessible import violations
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, TODAY, World
from tests.test_desk_browser import LARGE_LETTERS, TOO_WIDE

WORDS = {"note": "Zullen we bellen?", "by": "Anneke", "text": "Eigen woorden."}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDesk, str]]:
    """Run the desk of an external channel with a confidential case; return it and the number."""
    world = World(tmp_path_factory.mktemp("care"), external=True)
    keys = world.reporter()
    wishes = {"works_with_subject": "yes", "supporter": "yes"}
    report = world.report(keys, mode="confidential", name="Jan", **wishes)
    for name in ("anna", "bram"):
        world.take_in(name, report)
    with world.vault("anna") as vault:
        notes.assign(vault, keys.mailbox_id, world.handler_id("bram"), TODAY, "Jij kent het.")
    with running_desk(world.path("anna")) as running:
        yield running, keys.mailbox_id.hex()[:8]


@pytest.fixture(scope="module")
def page(browser: Browser, case: tuple[RunningDesk, str]) -> Iterator[Page]:
    """Enter the desk and unlock it."""
    context = browser.new_context()
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    opened = context.new_page()
    opened.goto(case[0].address)
    opened.locator("#passphrase").fill(PASSPHRASE)
    opened.locator("main button").click()
    expect(opened.locator("h1")).to_have_text("Cases")
    yield opened
    context.close()


def test_a_handler_cares_with_a_browser(page: Page, case: tuple[RunningDesk, str]) -> None:
    """Note, name, task, measure, escalation and support are done by hand, and every page is clean.

    Clean is: no finding of axe-core in English on light and in Dutch on dark, and nothing cut
    off at 200%.
    """
    desk, number = case
    at = f"{desk.origin}/cases/{number}"
    page.goto(at)
    page.locator("#note").fill(WORDS["note"])
    page.locator("form:has(#note) button").click()
    expect(page.locator("section:has(> #between)")).to_contain_text(WORDS["note"])
    page.locator("#assignee").select_option(index=0)
    page.locator("form:has(#assignee) button").click()
    expect(page.locator("section:has(> #doing)")).to_contain_text("(you)")
    page.locator("#task-supporter button").click()
    expect(page.locator("#task-supporter")).to_contain_text("Open again")
    page.locator("details:has(#code) summary").click()
    page.locator("#code").select_option("coaching")
    page.locator("form:has(#code) button").click()
    page.locator("details:has(#code) summary").click()
    page.locator("#body").select_option("ombudsman")
    page.locator("form:has(#body) button").click()
    expect(page.locator("section:has(> #measures)")).to_contain_text("escalated to: the ombudsman")
    page.goto(f"{desk.origin}/support")
    page.locator("main form button").click()
    page.locator("form:has(#kind) button").click()
    page.locator("#by").fill(WORDS["by"])
    page.locator("#text").fill(WORDS["text"])
    page.locator("#appointment").fill("2026-12-01")
    page.locator("form:has(#by) button").click()
    expect(page.locator("#text")).to_have_value(WORDS["text"])
    record = page.url
    page.locator("#case").fill(number)
    page.locator("form:has(#case) button").first.click()
    expect(page.locator(".note")).to_contain_text("a support record exists")
    page.goto(at)
    expect(page.locator("section:has(> #care)")).to_contain_text("A support record exists.")
    pages = (at, f"{at}/close", f"{desk.origin}/care", f"{desk.origin}/care/measures")
    _all_clean(page, (*pages, f"{desk.origin}/cases", f"{desk.origin}/support", record))


def _all_clean(page: Page, places: tuple[str, ...]) -> None:
    for language, scheme in (("en", "light"), ("nl", "dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        if page.locator("html").get_attribute("lang") != language:
            with page.expect_navigation():
                page.locator(".away a").click()
        for place in places:
            page.goto(place)
            for folded in page.locator("main details").all():
                folded.locator("summary").click()
            assert violations(page) == [], (place, language, scheme)
            page.evaluate(LARGE_LETTERS)
            page.set_viewport_size({"width": 640, "height": 800})
            assert page.evaluate(TOO_WIDE) <= 0, (place, language)
            page.set_viewport_size({"width": 1280, "height": 800})


def test_missing_reason_takes_one_to_its_field(page: Page, case: tuple[RunningDesk, str]) -> None:
    """The summary has the focus and leads to the field; what was typed stands there still."""
    desk, number = case
    page.goto(f"{desk.origin}/cases/{number}")
    page.locator("#text").fill("Dank je.")
    page.locator("input[name=state][value=being_handled]").check()
    page.locator("button[value=preview]").click()
    expect(page.locator(".summary")).to_be_focused()
    assert violations(page) == []
    page.locator(".summary a").click()
    expect(page.locator("#reason")).to_be_focused()
    expect(page.locator("#text")).to_have_value("Dank je.")
    page.keyboard.type("Beiden zijn gehoord.")
    page.locator("button[value=preview]").click()
    expect(page.locator("form button.main")).to_be_visible()
    assert page.url.endswith("/preview")
