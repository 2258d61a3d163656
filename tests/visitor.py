"""What a story needs of a browser, and the two that tell it: here Chromium, in `firefox` Firefox.

Places on a page are CSS selectors. Whatever a step needs is waited for, some seconds at most.
Invariant: neither browser asks anybody but the site for anything: what it would ask others
for goes to a `Trap`, which answers nothing and remembers who knocked.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests import live

PHONE = (390, 844)
LONGEST_MILLISECONDS = 20_000
_HEAD_BYTES = 2048
_CHROMIUMS_OWN = re.compile(rb"^\w+ (?:http://)?[\w.-]+\.(?:google|googleapis|gvt1)\.com[:/]")
"""Among them: whether it knows a form. It asks that with numbers made of the form's fields."""


@dataclass(frozen=True)
class Sent:
    """One request as a browser says that it sent it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def all(self) -> bytes:
        """Return everything in it: address, headers and body."""
        named = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.method} {self.url}\n{named}\n\n".encode() + self.body


class Visitor(Protocol):
    """A person at a browser with one page open."""

    def goto(self, url: str) -> None: ...
    def reload(self) -> None: ...
    def back(self) -> None: ...
    def url(self) -> str: ...
    def before(self, code: str) -> None:
        """Run JavaScript on every page before its own."""

    def fill(self, at: str, text: str) -> None: ...
    def choose(self, at: str, value: str) -> None:
        """Choose an option of a list by its value."""

    def click(self, at: str) -> None: ...
    def leave(self, at: str) -> None:
        """Click what leads to another page, and wait for that page."""

    def press(self, key: str) -> None: ...
    def type(self, text: str) -> None: ...
    def text(self, at: str) -> str:
        """Return what is to be read in a visible place."""

    def texts(self, at: str) -> list[str]: ...
    def value(self, at: str) -> str: ...
    def attribute(self, at: str, name: str) -> str | None: ...
    def shown(self, at: str) -> int:
        """Return how many of these places can be seen now."""

    def wait(self, at: str) -> None:
        """Wait until a place can be seen."""

    def gone(self, at: str) -> None:
        """Wait until a place cannot be seen any more."""

    def evaluate(self, code: str) -> object: ...
    def shot(self, path: Path) -> None: ...
    def sent(self) -> list[Sent]:
        """Return all requests so far."""

    def complaints(self) -> list[str]:
        """Return what the page wrote on the console, and errors that nobody caught."""


class Chromium:
    """A `Visitor` in Chromium."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self._sent: list[Sent] = []
        self._complaints: list[str] = []
        context.on("request", self._record)
        self.page.on("console", lambda message: self._complaints.append(message.text))
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))

    def _record(self, request: Request) -> None:
        body = request.post_data_buffer or b""
        self._sent.append(Sent(request.method, request.url, request.headers, body))

    def goto(self, url: str) -> None:
        self.page.goto(url)

    def reload(self) -> None:
        self.page.reload()

    def back(self) -> None:
        self.page.go_back()

    def url(self) -> str:
        return self.page.url

    def before(self, code: str) -> None:
        self.page.add_init_script(code)

    def fill(self, at: str, text: str) -> None:
        self.page.locator(at).fill(text)

    def choose(self, at: str, value: str) -> None:
        self.page.locator(at).select_option(value)

    def click(self, at: str) -> None:
        self.page.locator(at).first.click()

    def leave(self, at: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(at).first.click()

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def text(self, at: str) -> str:
        self.wait(at)
        return self.page.locator(at).first.inner_text()

    def texts(self, at: str) -> list[str]:
        return self.page.locator(at).all_inner_texts()

    def value(self, at: str) -> str:
        return self.page.locator(at).input_value()

    def attribute(self, at: str, name: str) -> str | None:
        return self.page.locator(at).get_attribute(name)

    def shown(self, at: str) -> int:
        return self.page.locator(at).filter(visible=True).count()

    def wait(self, at: str) -> None:
        self.page.locator(at).first.wait_for()

    def gone(self, at: str) -> None:
        self.page.locator(at).first.wait_for(state="hidden")

    def evaluate(self, code: str) -> object:
        return self.page.evaluate(code)

    def shot(self, path: Path) -> None:
        self.page.screenshot(path=path, full_page=True)

    def sent(self) -> list[Sent]:
        return list(self._sent)

    def complaints(self) -> list[str]:
        return list(self._complaints)


class Trap:
    """A proxy that leads nowhere: it keeps the first bytes of each connection, and closes it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.caught: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def strangers(self) -> list[bytes]:
        """Return what was caught, without Chromium's own questions to its maker."""
        return [each for each in self.caught if not _CHROMIUMS_OWN.search(each)]

    def _accept(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(1)
                try:
                    self.caught.append(line.recv(_HEAD_BYTES))
                except OSError:
                    self.caught.append(b"")


class Visits(Protocol):
    """A browser that runs, and in which one visit after the other can be opened."""

    def visit(self) -> AbstractContextManager[Visitor]:
        """Open a fresh visit, which shares nothing with the one before."""


class ChromiumVisits:
    """`Visits` in Chromium, with JavaScript, on a phone."""

    def __init__(self, browser: Browser, language: str) -> None:
        self._browser = browser
        self._language = language

    @contextmanager
    def visit(self) -> Iterator[Chromium]:
        """Open a fresh visit."""
        size = {"width": PHONE[0], "height": PHONE[1]}
        context = self._browser.new_context(viewport=size, locale=self._language)  # type: ignore[arg-type]
        context.set_default_timeout(LONGEST_MILLISECONDS)
        yield Chromium(context)
        context.close()


@contextmanager
def chromium(path: str, trap: Trap, language: str = "nl-NL") -> Iterator[ChromiumVisits]:
    """Start a headless Chromium that can reach nobody but this machine."""
    flags = [f"--proxy-server=http://127.0.0.1:{trap.port}"]
    with live.chromium_browser(path, flags) as browser:
        yield ChromiumVisits(browser, language)
