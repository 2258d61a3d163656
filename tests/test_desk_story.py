"""One long story: from a desk without a vault to aftercare, beside a reporter's browser."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.demo import server
from dropbox.demo.channels import INTEGRITY
from dropbox.demo.organisation import PASSPHRASE as DEMO_PASSPHRASE
from dropbox.desk import keyring
from dropbox.desk.vault import Vault
from tests import live
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE
from tests.live import LiveSite
from tests.test_browser_ways import open_mailbox, step
from tests.test_desk_first_run import fill_vault, saved
from tests.test_desk_first_run import press as press_named
from tests.test_desk_journey import press

SLUG = "bureau"
TEXTS = {
    f"{code}-{field}": f"{field} {code}"
    for code in ("nl", "en")
    for field in ("name", "runs", "reads", "about")
}
STORY = "Iedere week grappen over mij: merkteken-kwikstaart."
ANSWER = "Dank je wel, merkteken-putter. We lezen het."
CLOSING = "Er is met het team gesproken, merkteken-sijs."
AFTERCARE = "Hoe gaat het nu, merkteken-barmsijs?"
MORE = "Het gaat beter, merkteken-kneu."
OTHER_STORY = "Een tweede verhaal, merkteken-geelgors."
MARKS = ("kwikstaart", "putter", "sijs", "kneu", "geelgors")
MONTH_DAYS = 35
MOVED = """
import datetime, os, time
class _Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=int(os.environ["DAYS_LATER"]))
datetime.datetime = _Later
"""
"""A sitecustomize.py: every program that starts with it reads a later day from the clock."""


@dataclass
class Person:
    """Somebody at a desk of their own: the browser, the desk, and the name of the vault."""

    page: Page
    desk: RunningDesk
    vault: Path

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.desk.origin + path)


@dataclass
class Channel:
    """A channel of the demonstration's site; all of its people work at pages.

    The one that stands there already is for the short story; the long one makes its own.
    """

    site: LiveSite
    browser: Browser
    folder: Path
    slug: str
    reads: str
    excluded: str
    excluded_role: str
    passphrase: str

    def vault(self, name: str) -> Path:
        """Return somebody's vault."""
        return self.folder / f"{name}.vault"

    @contextmanager
    def at(self, name: str, *, known: bool = True) -> Iterator[Person]:
        """Start somebody's desk, and unlock it where there is a vault."""
        vault = self.vault(name)
        with running_desk(vault) as desk:
            context = self.browser.new_context(accept_downloads=True)
            context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
            page = context.new_page()
            page.goto(desk.address)
            if known:
                page.locator("#passphrase").fill(self.passphrase)
                page.locator("main button").click()
                expect(page.locator("#passphrase")).to_have_count(0)
            yield Person(page, desk, vault)
            context.close()

    def file(self, name: str) -> Path:
        """Return a file that people pass to each other."""
        return self.folder / name

    def handler_id(self, name: str) -> str:
        """Return a handler's id."""
        with Vault.open(self.vault(name), self.passphrase) as vault:
            return keyring.load(vault).handler_id.hex()

    def bring(self, who: Person) -> str:
        """Collect a handler's bundle and take it in at the pages; return what these say."""
        path = who.vault.with_suffix(".bundle")
        name = shlex.quote(str(path))
        handler = self.handler_id(who.vault.stem)
        self.site.run(f"{live.PROGRAM} collect --handler {handler} --out {name}")
        who.go("/bundles")
        who.page.locator("#file").set_input_files(path)
        press(who.page, who.page.locator("#in ~ form button.main"))
        return who.page.locator("main").inner_text()

    def fetch(self, who: Person) -> None:
        """Write a bundle at the pages and deliver it."""
        who.go("/bundles")
        path = who.vault.with_suffix(".out.bundle")
        with who.page.expect_download() as coming:
            who.page.locator("#out ~ form button").click()
        coming.value.save_as(path)
        self.site.run(f"{live.PROGRAM} deliver {shlex.quote(str(path))}")


@pytest.fixture
def reporter(browser: Browser) -> Iterator[Page]:
    """Open the reporter's visit to the site, without JavaScript, on a phone."""
    context = live.without_script(browser, 320)
    yield context.new_page()
    context.close()


def ask(handler: Person, site_toml: Path, request: Path, role: str) -> str:
    """Make a handler's vault and a request; return the id that the handler reads aloud."""
    page = handler.page
    page.get_by_role("link", name="Make a handler's vault").click()
    fill_vault(page, site_toml)
    press_named(page, "Make the vault")
    page.get_by_label("Role in Dutch").fill(f"rol {role}")
    page.get_by_label("Role in English").fill(f"role {role}")
    saved(page, "Save the request", request)
    return page.locator("p.key").inner_text()


def open_channel(channel: Channel) -> str:
    """Let an owner make a channel, and two handlers ask for its card; return the fingerprint."""
    site_toml = channel.site.demo.places.site_toml
    names = ("anna", "bram")
    ids = []
    for name in names:
        with channel.at(name, known=False) as handler:
            ids.append(ask(handler, site_toml, channel.file(f"{name}.request"), name))
    with channel.at("owner", known=False) as owner:
        page = owner.page
        page.get_by_role("link", name="Make a channel").click()
        fill_vault(page, site_toml)
        page.get_by_label("Short name").fill(SLUG)
        for field, text in TEXTS.items():
            page.locator(f"[name='{field}']").fill(text)
        press_named(page, "Make the channel")
        fingerprint = page.locator("dd.key").inner_text()
        requests = [channel.file(f"{name}.request") for name in names]
        page.get_by_label("Requests").set_input_files(requests)
        press_named(page, "Look at them")
        shown = page.locator("#offered").inner_text()
        assert all(each in shown for each in ids)
        press_named(page, "Sign the next card")
        saved(page, "Save the card", channel.file("bureau.card"))
    card = shlex.quote(str(channel.file("bureau.card")))
    channel.site.run(f"echo ja | {live.PROGRAM} card add {card}")
    return fingerprint


def take_card(handler: Person, channel: Channel, fingerprint: str) -> None:
    """Compare and take in the card."""
    handler.go("/start")
    handler.page.locator("#card").set_input_files(channel.file("bureau.card"))
    handler.page.get_by_label("The fingerprint").fill(fingerprint.lower())
    press_named(handler.page, "Compare and take in")
    expect(handler.page.locator("dl.facts")).to_contain_text("name en")


def file_report(page: Page, channel: Channel, story: str) -> str:
    """File a report on the site that one handler may not read; return the code."""
    page.goto(f"{channel.site.origin}/nl/report/{channel.slug}")
    page.locator("textarea[name=text]").fill(story)
    page.get_by_label(channel.excluded_role).check()
    press(page, page.locator("main button[value=review]"))
    press(page, page.locator("button[value=send]"))
    return live.code_on(page)


def the_case(handler: Person, words: str) -> str:
    """Search for words and open the only case that has them; return its path."""
    handler.go("/cases")
    handler.page.locator("#words").fill(words)
    press(handler.page, handler.page.locator(".left button.main"))
    expect(handler.page.locator("tbody th a")).to_have_count(1)
    press(handler.page, handler.page.locator("tbody th a"))
    return handler.page.url.removeprefix(handler.desk.origin)


def send(page: Page, text: str, state: str = "") -> None:
    """Write an answer on the open page of a case, look at it and seal it."""
    page.locator("#text").fill(text)
    if state:
        page.locator(f"input[name=state][value={state}]").check()
    step(page, "preview")
    expect(page.locator("article.letter .words").first).to_have_text(text)
    press(page, page.locator("main button.main"))


def close(page: Page, desk: RunningDesk, case: str) -> None:
    """Close a case with two messages of aftercare, the first in the handler's own words."""
    page.goto(f"{desk.origin}{case}/close")
    page.locator("input[name=outcome]").first.check()
    page.locator("#text").fill(CLOSING)
    page.locator("#reason").fill("Alles is gedaan.")
    page.locator("textarea[id^=later_]").first.fill(AFTERCARE)
    step(page, "preview")
    assert page.locator("section:has(> h2[id^=later-])").count() == 2
    press(page, page.locator("main button.main"))
    expect(page.locator("main")).to_contain_text(AFTERCARE)


def until_closed(channel: Channel, reporter: Page, code: str) -> str:
    """Work a case from its bundle to its closing, paused once; return its path at the desk."""
    site = channel.site
    with channel.at(channel.reads) as anna:
        assert "New reports" in channel.bring(anna)
        case = the_case(anna, "merkteken-kwik")
        send(anna.page, ANSWER)
        channel.fetch(anna)
        assert ANSWER in open_mailbox(reporter, site, code)
        press(reporter, reporter.locator("main button[value=hold]"))
        channel.bring(anna)
        anna.go(case)
        expect(anna.page.locator("main")).to_contain_text("Paused by the reporter")
        assert anna.page.locator("#answer").count() == 0
        open_mailbox(reporter, site, code)
        press(reporter, reporter.locator("main button[value=resume]"))
        channel.bring(anna)
        anna.go(case)
        close(anna.page, anna.desk, case)
        channel.fetch(anna)
    told = open_mailbox(reporter, site, code)
    assert CLOSING in told
    assert AFTERCARE not in told
    return case


def excluded_sees_nothing(channel: Channel, marks: tuple[str, ...]) -> None:
    """At the excluded handler's desk no case comes, and nothing of one."""
    with channel.at(channel.excluded) as bram:
        told = channel.bring(bram)
        assert "Cases of which something came" not in told
        bram.go("/cases")
        expect(bram.page.locator("main")).to_contain_text("There are no cases")
        for path in ("/cases", "/patterns", "/care", "/bundles", "/keys/activity"):
            bram.go(path)
            assert not any(mark in bram.page.content() for mark in marks), path
    kept = b"".join(path.read_bytes() for path in channel.folder.glob(f"{channel.excluded}*"))
    assert not any(mark.encode() in kept for mark in marks)


def withdrawn_is_gone(channel: Channel, reporter: Page, code: str) -> None:
    """A second report comes in and is withdrawn: the desk says what is gone, and searches none."""
    with channel.at(channel.reads) as anna:
        channel.bring(anna)
        case = the_case(anna, "merkteken-geel")
        open_mailbox(reporter, channel.site, code)
        press(reporter, reporter.locator("main button[value=withdraw]"))
        press(reporter, reporter.locator("main button[value=withdraw_now]"))
        assert "Withdrawn and erased" in channel.bring(anna)
        anna.go(case)
        expect(anna.page.locator("h1")).to_contain_text("was withdrawn")
        expect(anna.page.locator("main")).to_contain_text("not final yet")
        assert "geelgors" not in anna.page.content()
    assert "geelgors" not in open_mailbox(reporter, channel.site, code)


def weeks_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every program that starts from now on read a later day from the clock."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(MOVED, "utf-8")
    path = os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", "")))
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("DAYS_LATER", str(MONTH_DAYS))


def aftercare(channel: Channel, reporter: Page, code: str, case: str) -> None:
    """A month later the message shows by itself; what the reporter answers reopens attention."""
    told = open_mailbox(reporter, channel.site, code)
    assert AFTERCARE in told
    reporter.locator("main textarea[name=text]").fill(MORE)
    press(reporter, reporter.locator("main button[value=message]"))
    with channel.at(channel.reads) as anna:
        channel.bring(anna)
        anna.go(case)
        expect(anna.page.locator("main")).to_contain_text("The reporter wrote after the closing")
        expect(anna.page.locator("main")).to_contain_text(MORE)
        anna.go("/care")
        expect(anna.page.locator("main")).to_contain_text(case.rpartition("/")[2])


def new_channel(site: LiveSite, browser: Browser, folder: Path) -> Channel:
    """Let three people make a channel from nothing, and its two handlers take in its card."""
    folder.mkdir()
    channel = Channel(site, browser, folder, SLUG, "anna", "bram", "rol bram", PASSPHRASE)
    fingerprint = open_channel(channel)
    for name in (channel.reads, channel.excluded):
        with channel.at(name) as handler:
            take_card(handler, channel, fingerprint)
    return channel


def ready_channel(site: LiveSite, browser: Browser) -> Channel:
    """Return the demonstration's first channel."""
    first, *_others, last = INTEGRITY.handlers
    names = (first.name, last.name, last.role["nl"])
    return Channel(site, browser, site.demo.desks, INTEGRITY.plan.slug, *names, DEMO_PASSPHRASE)


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_from_first_run_to_aftercare(
    browser: Browser,
    reporter: Page,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    whole: bool,
) -> None:
    """A case is worked until a month after its closing; one shut out learns nothing.

    Everybody works at pages, and only bundles and a card go between site and desks; no file
    holds a word in clear. The whole story begins without a vault, and has a second report,
    which is withdrawn.
    """
    (tmp_path / "site").mkdir()
    with live.live_site(tmp_path / "site") as site:
        desks = tmp_path / "desks"
        channel = new_channel(site, browser, desks) if whole else ready_channel(site, browser)
        code = file_report(reporter, channel, STORY)
        case = until_closed(channel, reporter, code)
        excluded_sees_nothing(channel, (*MARKS, case.rpartition("/")[2]))
        if whole:
            withdrawn_is_gone(channel, reporter, file_report(reporter, channel, OTHER_STORY))
    weeks_later(tmp_path / "later", monkeypatch)
    with (
        (tmp_path / "later.log").open("wb") as log,
        server.running(os.environ, site.demo.places, log),
    ):
        aftercare(channel, reporter, code, case)
    kept = b"\0".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(kept) > 100_000
    assert [mark for mark in (*MARKS, code) if mark.encode() in kept] == []
