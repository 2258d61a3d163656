"""axe-core finds nothing on the pages about keys, and they work at 200% zoom, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import live
from tests.accessible import violations
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, World

HANDLERS = (
    *("/keys", "/keys/passphrase", "/keys/activity", "/keys/rehearse"),
    *("/keys/lost", "/keys/leaving"),
)
OWNERS = ("/keys", "/keys/lost", "/keys/activity", "/channel")


def opened(browser: Browser, desk: RunningDesk, scheme: str) -> Page:
    """Enter a desk at twice the size of its letters, and unlock it."""
    context = browser.new_context(
        accept_downloads=True,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": 640, "height": 480},
    )
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    page = context.new_page()
    page.goto(desk.address)
    if page.locator("#passphrase").is_visible():
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("main button").click()
        page.wait_for_url("**/*")
    return page


def check(page: Page, path: str) -> None:
    """Hold a page against axe-core, and against having to scroll sideways."""
    assert violations(page) == [], path
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, path


@pytest.mark.parametrize(("language", "scheme"), [("nl", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_pages_of_keys(
    browser: Browser, tmp_path: Path, language: str, scheme: str
) -> None:
    """A handler's and an owner's pages, a rehearsal's result and a restore among them."""
    world = World(tmp_path)
    keys = world.reporter()
    world.take_in("anna", world.report(keys), world.card.raw)
    with running_desk(world.path("anna"), language=language) as desk:
        page = opened(browser, desk, scheme)
        for path in HANDLERS:
            page.goto(f"{desk.origin}{path}")
            check(page, path)
        page.goto(f"{desk.origin}/keys")
        with page.expect_download() as download:
            page.locator("form[action='/keys/backup'] button").click()
        kept = tmp_path / "kept.backup"
        download.value.save_as(kept)
        page.goto(f"{desk.origin}/keys/rehearse")
        page.locator("#file").set_input_files(kept)
        page.locator("#old").fill(PASSPHRASE)
        page.locator("main button").click()
        page.locator("#found").wait_for()
        check(page, "rehearsed")
        page.context.close()
    with running_desk(world.path("owner"), language=language) as desk:
        page = opened(browser, desk, scheme)
        gone = f"/channel/handlers/{world.handler_id('bram').hex()}"
        for path in (*OWNERS, gone):
            page.goto(f"{desk.origin}{path}")
            check(page, path)
        page.context.close()
    with running_desk(tmp_path / "empty.vault", language=language) as desk:
        page = opened(browser, desk, scheme)
        page.goto(f"{desk.origin}/start/restore")
        check(page, "restore")
        page.context.close()
