"""What the reporter waits for in a real Chromium: from click to code, and until a mailbox opens.

Each time a fresh page. The clock is the page's own: it starts with the click, and stops
when what was waited for stands on the page. Once as fast as this machine is, and once with
the processor throttled six times, like a cheap phone's.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.results import Result, at_most, raw
from bench.site import ANSWER, FORM, MAILBOX, STORY, Site
from scripts import programs

PAGES = 15
THROTTLED = 6
MOST_MILLISECONDS = {1: 150, THROTTLED: 1000}
REPLIES = 2
LONGEST_MILLISECONDS = 60_000
TYPING_MILLISECONDS = 2000
"""Nobody types ten words, or a report, in less; meanwhile the page gets ready."""
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

_BY_BROWSER = '[data-mode="browser"]'
_CHECK = "form#report button.main"
_SEAL = '[data-act="seal"]'
_WORDS = "ol#words li"
_CODE = "form#enter textarea#code"
_OPEN = "form#enter .actions button"
_LETTERS = "section#mailbox article.letter"

_STOPWATCH = """([start, end, count]) => {
  globalThis.took = new Promise((done) => {
    let begin = 0;
    const press = (event) => { if (event.target.closest(start)) begin = performance.now(); };
    document.addEventListener("click", press, { capture: true });
    new MutationObserver(() => {
      if (begin && document.querySelectorAll(end).length >= count) done(performance.now() - begin);
    }).observe(document.documentElement, { childList: true, subtree: true });
  });
}"""


def measure(folder: Path) -> list[Result]:
    """Report, and open a mailbox, again and again."""
    site = Site(folder / "site")
    results = []
    with site.serving() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=programs.path_of("chromium"), args=list(_FLAGS)
        )
        origin = f"http://127.0.0.1:{served.port}"
        _took, words = _report(_open(browser, 1), origin)
        site.answer(REPLIES)
        for throttle in (1, THROTTLED):
            name = f", processor {throttle} times slower" if throttle > 1 else ""
            filed = _times(browser, throttle, lambda page: _report(page, origin)[0])
            opened = _times(browser, throttle, lambda page: _mailbox(page, origin, words))
            most = MOST_MILLISECONDS[throttle]
            results += [
                at_most(f"click to code, two readers{name}", statistics.median(filed), "ms", most),
                raw(f"click to code, slowest of {PAGES}{name}", max(filed), "ms"),
                at_most(f"mailbox, {REPLIES} replies{name}", statistics.median(opened), "ms", most),
                raw(f"mailbox, slowest of {PAGES}{name}", max(opened), "ms"),
            ]
        browser.close()
    return results


def _times(browser: Browser, throttle: int, job: Callable[[Page], float]) -> list[float]:
    found = []
    for _each in range(PAGES):
        page = _open(browser, throttle)
        found.append(job(page))
        page.context.close()
    return found


def _open(browser: Browser, throttle: int) -> Page:
    context = browser.new_context(locale="nl-NL")
    context.set_default_timeout(LONGEST_MILLISECONDS)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    return page


def _report(page: Page, origin: str) -> tuple[float, str]:
    page.goto(origin + FORM)
    page.wait_for_selector(_BY_BROWSER)
    page.wait_for_timeout(TYPING_MILLISECONDS)
    page.fill("textarea#text", STORY)
    page.click(_CHECK)
    took = _clicked(page, _SEAL, _WORDS, 10)
    return took, " ".join(page.locator(_WORDS).all_inner_texts())


def _mailbox(page: Page, origin: str, words: str) -> float:
    page.goto(origin + MAILBOX)
    page.wait_for_selector(_BY_BROWSER)
    page.wait_for_timeout(TYPING_MILLISECONDS)
    page.fill(_CODE, words)
    took = _clicked(page, _OPEN, _LETTERS, REPLIES)
    assert ANSWER[:20] in page.locator(_LETTERS).first.inner_text()
    return took


def _clicked(page: Page, start: str, end: str, count: int) -> float:
    page.wait_for_selector(start)
    page.evaluate(_STOPWATCH, [start, end, count])
    page.click(start)
    return float(page.evaluate("globalThis.took"))
