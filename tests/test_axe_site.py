"""axe-core finds nothing on any page of a reporter, in both languages, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests import live
from tests.accessible import violations
from tests.live import LiveSite

PAGES = (
    *("", "routes", "report", "report/integriteitspunt", "mailbox", "keys", "drop"),
    *("privacy", "accessibility", "contact", "no-such-page"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a visit on a phone; axe-core itself needs JavaScript."""
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 390, "height": 800}
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_on_open_pages(page: Page, site: LiveSite, language: str) -> None:
    """Every page that anybody can open, the one for an unknown address too."""
    for path in PAGES:
        page.goto(f"{site.origin}/{language}/{path}")
        assert violations(page) == [], path


@pytest.mark.parametrize("language", ["nl", "en"])
def test_axe_finds_nothing_on_the_way_of_a_report(
    page: Page, site: LiveSite, language: str
) -> None:
    """The form with errors, the review, the code, the mailbox, the pause and the withdrawal.

    The scripts of the site are blocked, so that the server locks and opens.
    """
    page.route("**/static/*.js", lambda route: route.abort())
    page.goto(f"{site.origin}/{language}/report/integriteitspunt")
    for name in ("review", "review", "send"):
        page.locator(f"main button[value={name}]").first.click()
        assert violations(page) == [], name
        if page.locator("textarea[name=text]").is_visible():
            page.locator("textarea[name=text]").fill("Een merkteken-verhaal.")
    code = live.code_on(page)
    page.goto(f"{site.origin}/{language}/mailbox")
    page.locator("[name=code]").first.fill(code)
    for name in ("open", "hold", "resume", "withdraw", "withdraw_now"):
        page.locator(f"main button[value={name}]").first.click()
        assert re.search(r"\w", page.locator("main").inner_text())
        assert violations(page) == [], name


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    """A page without a language, a title and a label is no clean page."""
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<input><img src='data:,'>")
    rules = {each.partition(":")[0] for each in violations(page)}
    assert {"html-has-lang", "document-title", "label", "image-alt"} <= rules
    context.close()
