"""The demonstration organisation behind a real gunicorn, and a real Chromium, for tests."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.limits import set_limits
from dropbox.cli.site import set_up
from dropbox.config import Places
from dropbox.demo import organisation, server
from dropbox.demo.organisation import Demonstration
from dropbox.demo.walk import next_commands

PROGRAM = f"{shlex.quote(sys.executable)} -m dropbox.cli"
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
COMMAND_SECONDS = 60
TIMEOUT_MILLISECONDS = 20_000


@dataclass
class LiveSite:
    """A running demonstration: its origin, its folders, and the file with the server's log."""

    origin: str
    demo: Demonstration
    log: Path

    def commands(self) -> list[str]:
        """Return the five commands that ``make run`` prints."""
        return list(next_commands(self.demo, PROGRAM))

    def run(self, command: str) -> str:
        """Run a command line as a person would paste it; return what it printed."""
        ended = subprocess.run(  # noqa: S602 - the very lines that a person pastes
            command,
            shell=True,
            env=server.environment(os.environ, self.demo.places),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        if ended.returncode:
            raise AssertionError(ended.stdout + ended.stderr)
        return ended.stdout

    def desk(self, name: str, words: str) -> str:
        """Run a command of one handler's desk."""
        secret = shlex.quote(str(self.demo.passphrase_file))
        vault = shlex.quote(str(self.demo.vault(name)))
        return self.run(f"{PROGRAM} desk --vault {vault} --passphrase-file {secret} {words}")

    def carry_in(self, name: str) -> str:
        """Collect a handler's bundle and import it at the desk; return what that printed."""
        bundle = shlex.quote(str(self.demo.desks / f"{name}.bundle"))
        handler = self.demo.handler_id(name).hex()
        self.run(f"{PROGRAM} collect --handler {handler} --out {bundle}")
        return self.desk(name, f"import {bundle}")


@contextmanager
def live_site(folder: Path, **limits: int) -> Iterator[LiveSite]:
    """Prepare and run the demonstration in ``folder``, perhaps with other limits."""
    places = Places(folder / "keys", folder / "var", server.free_port())
    places.var_dir.mkdir(parents=True)
    demo = organisation.prepare(places, datetime.now(UTC).date(), set_up)
    set_limits(demo.places.site_toml, **limits)
    log = folder / "server.log"
    with log.open("wb") as file, server.running(os.environ, demo.places, file) as origin:
        yield LiveSite(origin, demo, log)


@contextmanager
def chromium_browser(path: str, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """Start a headless Chromium, perhaps with more flags."""
    with sync_playwright() as playwright:
        args = [*BROWSER_FLAGS, *flags]
        browser = playwright.chromium.launch(executable_path=path, args=args)
        try:
            yield browser
        finally:
            browser.close()


def without_script(browser: Browser, width: int = 390, **options: object) -> BrowserContext:
    """Return a fresh visit with JavaScript switched off."""
    size = {"width": width, "height": 844}
    context = browser.new_context(java_script_enabled=False, viewport=size, **options)  # type: ignore[arg-type]
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    return context


def code_on(page: Page) -> str:
    """Return the reply code of a code page."""
    return " ".join(page.locator("#reply-code li").all_inner_texts())
