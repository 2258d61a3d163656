"""What other pages in the handler's own browser can do to the desk: nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import live
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, World

LARGE_LETTERS = "document.documentElement.style.fontSize = '200%'"
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
UNNAMED = """[...document.querySelectorAll('input:not([type=hidden]), textarea, select')]
    .filter((each) => !each.labels.length && !each.ariaLabel).map((each) => each.outerHTML)"""
EVIL = """<a id="link" href="{address}">link</a>
<form id="form" method="post" action="{origin}/lock"><button id="post">post</button></form>
<img src="{origin}/static/desk.css"><iframe src="{origin}/cases"></iframe>
<script src="{origin}/static/desk.js"></script>"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """Run a desk with one report."""
    world = World(tmp_path_factory.mktemp("browser"))
    world.take_in("anna", world.report(world.reporter()))
    with running_desk(world.path("anna")) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, desk: RunningDesk) -> Iterator[Page]:
    """Open the desk once a page of another site tried its address in vain."""
    context = browser.new_context()
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    opened = context.new_page()
    show_evil(opened, desk, "http://evil.example/")
    with opened.expect_navigation():
        opened.locator("#link").click()
    expect(opened.locator("main")).to_contain_text("asked by another page")
    opened.goto(desk.address)  # and so the address was not used up
    opened.locator("#passphrase").fill(PASSPHRASE)
    opened.locator("main button").click()
    expect(opened.locator("h1")).to_have_text("Cases")
    yield opened
    context.close()


def show_evil(page: Page, desk: RunningDesk, place: str) -> None:
    """Show a hostile page at a place."""
    html = EVIL.format(address=desk.address, origin=desk.origin)
    page.route(place, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(place, wait_until="domcontentloaded")


@pytest.mark.parametrize(
    "place", ["http://evil.example/", "http://127.0.0.1:9/", "http://localhost:9/"]
)
def test_hostile_page_gets_nothing(page: Page, desk: RunningDesk, place: str) -> None:
    """Link, form, image, script and frame of another site, or of another port here, do nothing."""
    other = page.context.new_page()
    answers: list[tuple[str, int]] = []
    other.on("response", lambda response: answers.append((response.url, response.status)))
    for pressed in ("#link", "#post"):
        show_evil(other, desk, place)
        other.wait_for_load_state()
        reached = {status for url, status in answers if url.startswith(desk.origin)}
        assert reached <= {403}  # a new Chromium does not even ask
        with other.expect_navigation():
            other.locator(pressed).click()
        expect(other.locator("main")).to_contain_text("asked by another page")
        assert other.locator("form, nav").count() == 0
        answers.clear()
    other.close()
    page.goto(f"{desk.origin}/cases")
    expect(page.locator("h1")).to_have_text("Cases")  # still open


@pytest.mark.parametrize("path", ["/cases", "/start", "/unlock", "/unlock/late", "/none-such"])
def test_pages_are_readable_at_twice_the_size(page: Page, desk: RunningDesk, path: str) -> None:
    """At 200% nothing is cut off sideways; each page has one heading, a language, named fields."""
    for width in (1280, 640):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(desk.origin + path)
        page.evaluate(LARGE_LETTERS)
        assert page.evaluate(TOO_WIDE) <= 0, width
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate(UNNAMED) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_going_back_after_the_lock_shows_nothing(page: Page, desk: RunningDesk) -> None:
    """After the lock, no page and no address has the number of the case any more."""
    page.goto(f"{desk.origin}/cases")
    number = page.locator("main th a").first.inner_text()
    assert len(number) == 8
    with page.expect_navigation():
        page.locator("#lock button").click()
    assert number not in page.content()
    page.go_back()
    assert number not in page.content()
