"""A handler's day in a real browser on a real desk: from a bundle to a bundle, without script."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from dropbox.desk.vault import Vault
from dropbox.protocol import bundle, reporter, withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests import live
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, World, envelopes

STORY = "Een merkteken-ijsvogel zat op het bureau.\nEn <b>toen</b> \u202eniets."
ANSWER = "Dank je wel, merkteken-roerdomp.\nWe lezen het."
DRAFT = "Een merkteken-wouwaap dat blijft liggen."
SEARCHED = "merkteken-ijsv"
PATIENCE_SECONDS = 600.0


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a window without JavaScript: every page works without it."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the desk's process a folder of its own for whatever is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def desk(world: World, temporary: Path) -> Iterator[RunningDesk]:
    """Run anna's desk, on a day of the test's own."""
    with running_desk(world.path("anna"), idle_seconds=PATIENCE_SECONDS) as running:
        yield running


def press(page: Page, button: Locator) -> None:
    """Press a button of a form, and wait for the page that comes."""
    with page.expect_navigation():
        button.click()


def come_in(page: Page, desk: RunningDesk) -> None:
    """Open the printed address and unlock."""
    page.goto(desk.address)
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    press(page, page.get_by_role("button", name="Unlock"))


def take_in(page: Page, desk: RunningDesk, path: Path) -> str:
    """Import a file by its chooser; return the text of the summary."""
    page.goto(f"{desk.origin}/bundles")
    page.get_by_label("A bundle from the site, or a channel card").set_input_files(path)
    press(page, page.get_by_role("button", name="Import"))
    return page.locator("main").inner_text()


def test_import_read_answer_and_export(
    page: Page, desk: RunningDesk, world: World, keys: ReporterKeys
) -> None:
    """A report comes in, is found and read, is answered after a preview, and the answer leaves."""
    come_in(page, desk)
    summary = take_in(page, desk, world.bundle("anna", world.report(keys, text=STORY)))
    assert "New reports" in summary
    number = keys.mailbox_id.hex()[:8]
    page.goto(f"{desk.origin}/cases")
    page.get_by_label("Search").fill(SEARCHED)
    press(page, page.get_by_role("button", name="Show", exact=True))
    assert SEARCHED not in page.url
    press(page, page.get_by_role("link", name=number))
    theirs = page.locator("div.stranger")
    assert "merkteken-ijsvogel" in theirs.inner_text()
    assert "<b>toen</b> ‹U+202E›niets" in theirs.inner_text()
    page.locator("#answer textarea[name=text]").fill(ANSWER)
    press(page, page.get_by_role("button", name="Look at it as the reporter will"))
    assert page.locator("article.letter .words").inner_text() == ANSWER
    press(page, page.get_by_role("button", name="Seal it for the next bundle"))
    assert "merkteken-roerdomp" in page.locator("article.ours").inner_text()
    page.goto(f"{desk.origin}/bundles")
    assert "What leaves this workstation" in page.locator("main").inner_text()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Write bundle 1").click()
    with Path(coming.value.path()).open("rb") as file:
        sent = envelopes(bundle.BundleReader(file.read).frames())
    assert [reporter.open_reply(keys, each, world.ids).reply.text for each in sent] == [ANSWER]


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until an element has the focus, as who uses no mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.locator(f"{wanted}:focus").count():
            return
    raise AssertionError(wanted)


def test_keys_alone_do_it(page: Page, desk: RunningDesk, world: World, keys: ReporterKeys) -> None:
    """From the list to the sealed answer with Tab and Enter alone."""
    come_in(page, desk)
    take_in(page, desk, world.bundle("anna", world.report(keys, text=STORY)))
    page.goto(f"{desk.origin}/cases")
    tab_to(page, "th a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "#answer textarea[name=text]")
    page.keyboard.type("Met de toetsen.")
    tab_to(page, "button[value=preview]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "main button.main")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Met de toetsen." in page.locator("article.ours").inner_text()


@pytest.mark.parametrize("width", [640, 1280])
def test_pages_fit_their_window(
    page: Page, desk: RunningDesk, world: World, keys: ReporterKeys, width: int
) -> None:
    """At 1280 pixels and at twice the size no page is wider than its window; keys are unique."""
    page.set_viewport_size({"width": width, "height": 900})
    come_in(page, desk)
    report = world.report(keys, text="w" * 3_000, conduct=("bullying",), unit="x" * 40)
    take_in(page, desk, world.bundle("anna", report))
    at = f"/cases/{keys.mailbox_id.hex()[:8]}"
    page.goto(desk.origin + at)
    page.locator("#answer textarea[name=text]").fill("v" * 2_000)
    press(page, page.get_by_role("button", name="Look at it as the reporter will"))
    for path in ("/cases", at, f"{at}/close", f"{at}/preview", "/bundles", "/phrases"):
        page.goto(desk.origin + path)
        right = [box["x"] + box["width"] for box in boxes(page, "main > *, aside > *, .left > *")]
        assert max(right) <= width, path
        found = re.findall(r' accesskey="(\w)"', page.content())
        assert len(found) == len(set(found)), path


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Return where elements stand that are shown."""
    found = [each.bounding_box() for each in page.locator(selector).all()]
    return [dict(each) for each in found if each]


def test_killed_desk_keeps_the_draft_and_leaves_nothing_readable(
    page: Page, desk: RunningDesk, world: World, keys: ReporterKeys, temporary: Path
) -> None:
    """After a kill the draft is there again; no file of the desk shows a word or a case."""
    come_in(page, desk)
    path = world.bundle("anna", world.report(keys, text=STORY))
    take_in(page, desk, path)
    path.unlink()  # it names the mailbox, as the courier's stick does
    page.goto(f"{desk.origin}/cases/{keys.mailbox_id.hex()[:8]}")
    page.locator("#answer textarea[name=text]").fill(DRAFT)
    press(page, page.get_by_role("button", name="Keep as a draft"))
    desk.end(signal.SIGKILL)
    planted = [b"merkteken", b"ijsvogel", keys.mailbox_id, keys.mailbox_id.hex()[:8].encode()]
    files = [Path(root, name) for root, _dirs, names in os.walk(world.folder) for name in names]
    assert world.path("anna") in files
    for each in files:
        kept = each.read_bytes()
        assert [trace for trace in planted if trace in kept] == [], each
    assert list(temporary.iterdir()) == []
    with running_desk(world.path("anna"), idle_seconds=PATIENCE_SECONDS) as again:
        come_in(page, again)
        page.goto(f"{again.origin}/cases/{keys.mailbox_id.hex()[:8]}")
        assert page.locator("#answer textarea[name=text]").input_value() == DRAFT


def test_withdrawal_ends_it_in_the_browser(
    page: Page, desk: RunningDesk, world: World, keys: ReporterKeys
) -> None:
    """Once the withdrawal came in, the case's page says what is gone, and no key of it is left."""
    come_in(page, desk)
    take_in(page, desk, world.bundle("anna", world.report(keys, text=STORY)))
    summary = take_in(page, desk, world.bundle("anna", withdrawal.make(keys)))
    assert "Withdrawn and erased" in summary
    page.get_by_role("link", name=keys.mailbox_id.hex()[:8]).click()
    assert "was withdrawn" in page.locator("h1").inner_text()
    assert "merkteken" not in page.locator("main").inner_text()
    with Vault.open(world.path("anna"), PASSPHRASE) as vault:
        assert vault.count("case_key") == 0
