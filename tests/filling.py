"""The report's form in a real Chromium that locks it itself, over a site in this process."""

from __future__ import annotations

import html
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from http import HTTPStatus
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from playwright.sync_api import Browser, Page, Request, Route, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.organisation import TODAY, Handler, Office, office
from tests.site_client import World

STORY = "Merkteken-tapuit: er wordt geschreeuwd.\n\nElke week."
TIMEOUT_MILLISECONDS = 10_000
ANSWER = b"MKAN\x01"
_LINK = re.compile(r'<a href="#[\w-]+">(.*?)</a>')


class _Quiet(WSGIRequestHandler):
    """Says nothing of a request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Keep silent."""


@contextmanager
def served(world: World) -> Iterator[str]:
    """Serve a world's site; return its origin."""
    server = make_server("127.0.0.1", 0, world.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def two_channels(folder: Path) -> World:
    """Make a site with a channel of two handlers, and another of one."""
    elsewhere = Office([Handler("buitenstaander")], slug="elders")
    return World(folder, (office(), elsewhere))


def listen(page: Page, asked: list[Request]) -> None:
    """Keep every request of a page, and answer its questions with yes."""

    def note(request: Request) -> None:
        # Playwright does not take a method that is built in.
        asked.append(request)

    page.on("request", note)
    page.on("dialog", lambda dialog: dialog.accept())


@dataclass
class Filling:
    """One visit to the form, all that it asked for, and what to press."""

    page: Page
    origin: str
    asked: list[Request] = field(default_factory=list)

    def open(self, lang: str = "nl", slug: str = "meldpunt", mode: str = "browser") -> None:
        """Open the form and wait until its mode stands."""
        self.page.goto(f"{self.origin}/{lang}/report/{slug}")
        self.page.wait_for_selector(f"#mode-box[data-mode={mode}]", state="attached")

    def check(self, story: str = STORY) -> None:
        """Write a story, and go to the review."""
        self.page.locator("textarea[name=text]").fill(story)
        self.press_review()
        self.page.wait_for_selector("[data-act=seal]")

    def press_review(self) -> None:
        """Press the form's own button."""
        self.page.locator("main button[value=review]").click()

    def act(self, name: str) -> None:
        """Press a button of the script."""
        self.page.locator(f"[data-act={name}]").click()

    def switch(self, text: str) -> None:
        """Press the button of the other language or channel."""
        button = self.page.locator("button[formaction]", has_text=text).first
        if not button.is_visible():
            self.page.locator("details#others summary").click()
        button.click()
        self.page.wait_for_load_state()

    def code(self) -> list[str]:
        """Return the ten words, once they stand."""
        expect(self.page.locator("#words li")).to_have_count(10)
        return self.page.locator("#words li").all_inner_texts()

    def problem(self) -> str:
        """Return the reason of the box that says what is wrong."""
        return self.page.locator("#problem").get_attribute("data-reason") or ""

    def sealed(self) -> list[bytes]:
        """Return all that was handed in."""
        found = [one for one in self.asked if one.url.endswith("/sealed/report")]
        return [one.post_data_buffer or b"" for one in found]

    def posts(self) -> list[Request]:
        """Return every request that carried something."""
        return [one for one in self.asked if one.method != "GET"]

    def answers(self, *codes: int | None, wait: int | None = None) -> None:
        """Have the next posts answered so, with None by nothing; then by the site again."""
        left = list(codes)

        def answer(route: Route) -> None:
            if not left:
                route.fallback()
            elif (code := left.pop(0)) is None:
                route.abort()
            else:
                headers = {"Retry-After": str(wait)} if wait else {}
                route.fulfill(body=ANSWER + bytes([code]), headers=headers)

        self.page.route("**/sealed/report", answer)

    def changes(self, change: Callable[[str], str]) -> None:
        """Have a hostile server change its pages."""

        def altered(route: Route) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=change(answer.text()))

        self.page.route("**/report/*", altered)


@contextmanager
def filling(browser: Browser, origin: str, **options: object) -> Iterator[Filling]:
    """Begin a visit whose clock stands on the day of the tests."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    context.clock.set_fixed_time(datetime.combine(TODAY, time(12), UTC))
    visit = Filling(context.new_page(), origin)
    listen(visit.page, visit.asked)
    try:
        yield visit
    finally:
        context.close()


def more(*cases: object) -> list[ParameterSet]:
    """Return the cases that only a long run tries."""
    found = [case if isinstance(case, tuple) else (case,) for case in cases]
    return [pytest.param(*case, marks=pytest.mark.soak) for case in found]


def in_page(office: Office, version: int = 1, **changes: int) -> str:
    """Return a card as a page carries it."""
    return b64encode(office.card_bytes(version, **changes)).decode("ascii")


def refused(world: World, lang: str, fields: dict[str, object]) -> list[str]:
    """Return what the server's own mode finds wrong with a form, in the words of its page."""
    typed = world.filled(lang=lang, **fields)
    answer = world.post(f"/{lang}/report/meldpunt", typed | {"step": "review"})
    if answer.status_code == HTTPStatus.OK:
        return []
    head = answer.text.partition('<div class="summary"')[2].partition("</div>")[0]
    return [html.unescape(found) for found in _LINK.findall(head)]
