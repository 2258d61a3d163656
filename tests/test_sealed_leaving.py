"""What is left of a report in browser mode when its page is left, and who can use that page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from tests.accessible import violations
from tests.filling import STORY, Filling, filling, more, two_channels
from tests.live import BROWSER_FLAGS
from tests.site_client import World

AWAY = "https://www.knmi.nl/nederland-nu/weer/verwachtingen"
LARGE_LETTERS = "document.documentElement.style.fontSize = '32px'"
USUAL_LETTERS = "document.documentElement.removeAttribute('style')"
BREADTH = "document.documentElement.scrollWidth"
NARROW = 320


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start a Chromium that keeps pages in its cache for the way back, as people's does."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium,
            args=BROWSER_FLAGS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Filling]:
    """Begin a visit; the site to which one leaves stands in for the real one."""
    with filling(browser, origin, viewport={"width": 390, "height": 844}) as found:
        body = "<!doctype html><title>Weer</title><p>Zon."
        found.page.context.route(AWAY, lambda route: route.fulfill(body=body))
        yield found


def typed(page: Page) -> str:
    """Return all that a page shows and holds in its fields."""
    fields = "[...document.querySelectorAll('input, textarea')].map(e => e.value).join('|')"
    return page.content() + str(page.evaluate(fields))


def back(page: Page) -> None:
    """Go back; a page out of the browser's memory does not load again."""
    page.go_back(wait_until="commit")
    page.wait_for_function("document.readyState === 'complete'")


def reach(visit: Filling, state: str, lang: str = "nl") -> None:
    """Bring the page to the form, the review or the code."""
    visit.open(lang)
    if state == "form":
        return
    visit.check()
    if state == "code":
        visit.act("seal")
        visit.code()


def walk(visit: Filling, lang: str) -> Iterator[str]:
    """Go through all that the page can show; the first post gets no answer."""
    visit.open(lang)
    yield "form"
    visit.press_review()
    visit.page.wait_for_selector(".summary")
    yield "errors"
    visit.check()
    yield "review"
    visit.act("seal")
    visit.page.wait_for_selector("#problem")
    yield "lost"
    visit.act("seal")
    visit.code()
    yield "code"
    visit.changes(lambda page: page.replace('data-day="2026-11', 'data-day="2025-11'))
    visit.open(lang)
    visit.page.wait_for_selector("#problem")
    yield "alarm"


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ("review", "button"),
        ("code", "escape"),
        *more(("form", "button"), ("form", "escape"), ("review", "escape"), ("code", "button")),
    ],
)
def test_leaving_quickly_leaves_nothing(visit: Filling, state: str, how: str) -> None:
    """The button, or Esc twice: another site stands there at once, unasked, and back is blank."""
    asked: list[str] = []
    visit.page.on("dialog", lambda dialog: asked.append(dialog.type))
    visit.page.goto(f"{visit.origin}/nl/report")
    reach(visit, state)
    if state == "form":
        visit.page.locator("textarea").fill(STORY)
    if how == "button":
        visit.page.locator("a.leave").click()
    else:
        visit.page.keyboard.press("Escape")
        visit.page.keyboard.press("Escape")
    visit.page.wait_for_url(AWAY)
    assert asked == []
    back(visit.page)
    assert visit.page.url.endswith("/nl/report")
    assert "tapuit" not in typed(visit.page)


def test_one_escape_only_says_what_a_second_does(visit: Filling) -> None:
    """Once is perhaps no wish to leave; after two seconds the hint goes, and it counts anew."""
    visit.open("en")
    visit.page.keyboard.press("Escape")
    hint = visit.page.locator("#leave-hint")
    expect(hint).to_have_text("Press Esc once more to leave this page.")
    assert hint.get_attribute("role") == "status"
    expect(hint).to_have_text("", timeout=4_000)
    visit.page.keyboard.press("Escape")
    expect(hint).not_to_have_text("")
    assert visit.page.url.startswith(visit.origin)


@pytest.mark.parametrize("path", ["", "nowhere", *more("report", "keys", "mailbox", "privacy")])
def test_every_page_can_be_left_quickly(visit: Filling, path: str) -> None:
    """Esc twice works on each page, with the small script too."""
    visit.page.goto(f"{visit.origin}/nl/{path}")
    visit.page.wait_for_load_state()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    visit.page.wait_for_url(AWAY)


@pytest.mark.parametrize("state", ["review", *more("form", "code")])
def test_back_forward_and_reload_neither_resend_nor_reveal(visit: Filling, state: str) -> None:
    """Whichever way one comes back, the form is blank, and nothing more was handed in."""
    visit.page.goto(f"{visit.origin}/nl/report")
    reach(visit, state)
    if state == "form":
        visit.page.locator("textarea").fill(STORY)
    words = " ".join(visit.code()) if state == "code" else "geen"
    before = len(visit.posts())

    def nothing() -> None:
        visit.page.wait_for_selector("#mode-box[data-mode=browser]")
        assert "tapuit" not in typed(visit.page)
        assert words.split()[0] + "</li>" not in visit.page.content()

    visit.page.reload()
    nothing()
    reach(visit, "review")
    visit.page.goto(f"{visit.origin}/nl/keys")
    back(visit.page)
    nothing()
    back(visit.page)
    visit.page.go_forward(wait_until="commit")
    nothing()
    assert len(visit.posts()) == before


def test_page_that_is_left_is_empty_in_the_browsers_memory(visit: Filling) -> None:
    """On the way out, also into the cache of the way back, fields and text are gone."""
    reach(visit, "review")
    left = visit.page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}));"
        " return document.body.innerHTML + document.title; }"
    )
    assert left == ""


@pytest.mark.parametrize(("state", "asks"), [("blank", 0), ("form", 1), ("review", 1), ("code", 1)])
def test_leaving_by_accident_is_asked_about_while_something_is_lost(
    visit: Filling, state: str, asks: int
) -> None:
    """With something typed, or a code that is not written down; else nothing stands in the way."""
    asked: list[str] = []

    def note(dialog: Dialog) -> None:
        asked.append(dialog.type)

    visit.page.on("dialog", note)
    if state == "blank":
        visit.open()
    else:
        reach(visit, state)
    if state == "form":
        visit.page.locator("textarea").press_sequentially("iets")
    visit.page.locator("h1").click()
    visit.page.goto(f"{visit.origin}/nl/keys")
    assert asked == ["beforeunload"] * asks


def test_written_down_code_lets_go(visit: Filling) -> None:
    """After saying that it is written down the page may be closed; a status says so."""
    asked: list[str] = []
    visit.page.on("dialog", lambda dialog: asked.append(dialog.type))
    reach(visit, "code", "en")
    visit.act("written")
    expect(visit.page.locator("[role=status]#busy")).to_contain_text("You can now leave")
    visit.page.goto(f"{visit.origin}/en/keys")
    assert asked == []


def test_nothing_of_the_report_is_in_the_page_beside_the_code(visit: Filling) -> None:
    """The form, the review and the words of the page are gone when the code stands."""
    reach(visit, "code")
    assert visit.page.locator("form, textarea, template, dl.review").count() == 0
    assert "tapuit" not in visit.page.content()
    assert visit.page.locator("header button").count() == 0


@pytest.mark.parametrize(
    "script",
    [
        "delete window.fetch",
        *more("delete window.BigInt", "delete Element.prototype.replaceChildren"),
    ],
)
def test_old_browser_stays_in_the_servers_mode(visit: Filling, script: str) -> None:
    """What the browser cannot do is not tried; the page says who locks, and works."""
    visit.page.add_init_script(script)
    visit.open("en", mode="server")
    assert "Our server sees your text" in visit.page.locator("#mode-box").inner_text()
    visit.page.locator("textarea").fill(STORY)
    visit.press_review()
    visit.page.locator("button[value=send]").click()
    visit.page.wait_for_selector("#reply-code li")


@pytest.mark.parametrize("lang", ["nl", *more("en")])
def test_axe_finds_nothing_in_any_state(browser: Browser, origin: str, lang: str) -> None:
    """Form, errors, review, a lost answer and the code, narrow and dark, with large letters too."""
    with filling(
        browser, origin, viewport={"width": NARROW, "height": 700}, color_scheme="dark"
    ) as visit:
        visit.answers(None)
        for state in walk(visit, lang):
            assert violations(visit.page) == [], state
            assert visit.page.locator("h1").count() == 1
            assert visit.page.evaluate(BREADTH) <= NARROW, state
            visit.page.evaluate(LARGE_LETTERS)
            visit.page.set_viewport_size({"width": 390, "height": 700})
            assert visit.page.evaluate(BREADTH) <= 390, state
            visit.page.set_viewport_size({"width": NARROW, "height": 700})
            visit.page.evaluate(USUAL_LETTERS)


def test_report_can_be_made_by_keyboard_alone(visit: Filling) -> None:
    """Tab, letters, Space and Enter lead from the form to the code, which has the focus."""
    visit.open("en")
    keys = visit.page.keyboard

    def tab_to(found: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if visit.page.evaluate(f"document.activeElement.matches('{found}')"):
                return
        raise AssertionError(found)

    tab_to("#text")
    keys.type("Alleen met toetsen.")
    tab_to("#name")
    keys.press("Enter")
    expect(visit.page.locator("h1")).to_be_focused()
    tab_to("[data-act=change]")
    keys.press("Enter")
    tab_to("main button[value=review]")
    keys.press("Space")
    tab_to("[data-act=seal]")
    keys.press("Enter")
    visit.code()
    expect(visit.page.locator("h1")).to_be_focused()


def test_order_for_a_screen_reader_is_the_order_of_reading(visit: Filling) -> None:
    """On the review: step, heading, what is sent, the number to compare, then the buttons."""
    reach(visit, "review", "en")
    tree = visit.page.locator("main").aria_snapshot()
    places = [
        tree.index(part)
        for part in (
            "Step 3 of 4",
            'heading "Check your report"',
            "Who reads it",
            "What you tell",
            'heading "Is this the right channel?"',
            'button "Lock and send"',
            'button "Change something"',
        )
    ]
    assert places == sorted(places)
