"""The mailbox in a real Chromium that opens it itself, over a site in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.filling import ANSWER, TIMEOUT_MILLISECONDS, listen
from tests.organisation import TODAY


@dataclass
class Opening:
    """One visit to the mailbox's page, all that it asked for, and what to press."""

    page: Page
    origin: str
    asked: list[Request] = field(default_factory=list)

    def enter(self, lang: str = "nl", mode: str = "browser") -> None:
        """Open the form for a code, and wait until its mode stands."""
        self.page.goto(f"{self.origin}/{lang}/mailbox")
        self.page.wait_for_selector(f"#mode-box[data-mode={mode}]", state="attached")

    def type(self, code: str) -> None:
        """Type a code and press the button."""
        self.page.locator("#code").fill(code)
        self.act("open")

    def open(self, code: str, lang: str = "nl") -> None:
        """Open a mailbox, and wait until it stands."""
        self.enter(lang)
        self.type(code)
        self.page.wait_for_selector("section#mailbox #state")

    def act(self, name: str) -> None:
        """Press a button of the script, and wait until it is done."""
        self.page.locator(f"[data-act={name}]").first.click()
        expect(self.page.locator("#busy:not(:empty)")).to_have_count(0)

    def write(self, text: str) -> None:
        """Write a message and send it."""
        self.page.locator("#message-text").fill(text)
        self.act("message")

    def text(self) -> str:
        """Return what the opened mailbox says."""
        return self.page.locator("section#mailbox").inner_text()

    @property
    def notice(self) -> Locator:
        """Return where it says what was done."""
        return self.page.locator("#notice")

    @property
    def problem(self) -> Locator:
        """Return where it says what is wrong."""
        return self.page.locator("#problem")

    def sealed(self, what: str = "message") -> list[bytes]:
        """Return all that was handed in at an address."""
        found = [one for one in self.asked if one.url.endswith(f"/sealed/{what}")]
        return [one.post_data_buffer or b"" for one in found]

    def answers(self, *codes: int | None, what: str = "message") -> None:
        """Have the next posts answered so, with None by nothing; then by the site again."""
        left = list(codes)

        def answer(route: Route) -> None:
            if not left:
                route.fallback()
            elif (code := left.pop(0)) is None:
                route.abort()
            else:
                route.fulfill(body=ANSWER + bytes([code]))

        self.page.route(f"**/sealed/{what}", answer)

    def loses_answers(self, count: int = 1, what: str = "message") -> None:
        """Break the line after the next posts came in, before their answers."""
        left = [None] * count

        def answer(route: Route) -> None:
            if not left:
                route.fallback()
                return
            left.pop()
            route.fetch()
            route.abort()

        self.page.route(f"**/sealed/{what}", answer)

    def gives(self, change: Callable[[bytes], bytes], what: str = "sealed/mailbox") -> None:
        """Have a hostile server change its answers."""

        def altered(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=change(answer.body()))

        self.page.unroute(f"**/{what}")
        self.page.route(f"**/{what}", altered)


@contextmanager
def opening(
    browser: Browser, origin: str, day: date = TODAY, **options: object
) -> Iterator[Opening]:
    """Begin a visit whose clock stands on the day of the tests, or another."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    context.clock.install(time=datetime.combine(day, time(12), UTC))
    visit = Opening(context.new_page(), origin)
    listen(visit.page, visit.asked)
    try:
        yield visit
    finally:
        context.close()
