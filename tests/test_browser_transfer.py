"""Consent from the mailbox, and a letter's slip, in a real Chromium over real desks."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests import live
from tests.live import LiveSite

STORY = "Eerste verhaal, merkteken-kievit."
QUESTION = "Mag het externe meldpunt merkteken-grutto meelezen?"
TOLD = "Speciaal voor het andere kanaal: merkteken-tureluur."
LETTER = "Wij schreven samen een brief: merkteken-scholekster."
NARROWEST = 320
CASE = r"(?m)^([0-9a-f]{8,64})\b"
BREADTH = "document.documentElement.scrollWidth"
FIRST, OTHERS = "integriteit-1", ("extern-1", "extern-2")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a visit without JavaScript, on the narrowest phone."""
    context = live.without_script(browser, NARROWEST)
    yield context.new_page()
    context.close()


def press(page: Page, button: Locator) -> None:
    """Press a button, wait for the page that comes, and see that it fits."""
    with page.expect_navigation():
        button.click()
    fits(page)


def fits(page: Page) -> None:
    """See that a page has one heading and does not scroll sideways."""
    assert page.locator("h1").count() == 1
    assert page.evaluate(BREADTH) <= NARROWEST, page.url


def open_mailbox(page: Page, site: LiveSite, code: str, language: str = "nl") -> str:
    """Type the code; return what the page says."""
    page.goto(f"{site.origin}/{language}/mailbox")
    page.locator("textarea[name=code]").fill(code)
    press(page, page.locator("main button[value=open]").first)
    return page.locator("main").inner_text()


def deliver(site: LiveSite, name: str) -> None:
    """Bring a desk's bundle to the site."""
    bundle = shlex.quote(str(site.demo.desks / f"{name}-out.bundle"))
    site.desk(name, f"export --out {bundle}")
    site.run(f"{live.PROGRAM} deliver {bundle}")


def ask(page: Page, site: LiveSite) -> tuple[str, str]:
    """File a report and let a handler ask; return reply code and case number."""
    page.goto(f"{site.origin}/nl/report/integriteitspunt")
    page.locator("textarea[name=text]").fill(STORY)
    press(page, page.locator("main button[value=review]"))
    press(page, page.locator("button[value=send]"))
    code = live.code_on(page)
    (number,) = re.findall(CASE, site.carry_in(FIRST))
    card = shlex.quote(str(site.demo.places.keys_dir / "cards" / "extern-meldpunt.card"))
    question = shlex.quote(QUESTION)
    site.desk(FIRST, f"propose-transfer {number} --channel-card {card} --text {question}")
    deliver(site, FIRST)
    return code, number


def test_reporter_lets_another_channel_read(page: Page, site: LiveSite) -> None:
    """First no by keyboard, then yes in three steps: read there under a new code, told here."""
    code, number = ask(page, site)
    assert QUESTION in open_mailbox(page, site, code)
    assert "Extern Meldpunt" in page.locator("article.letter").inner_text()
    say_no_by_keyboard(page)
    open_mailbox(page, site, code)
    press(page, page.locator("article.letter button[value=form]"))
    assert QUESTION in page.locator("main").inner_text()
    press(page, page.locator("header button[value=form]"))  # the other language
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("textarea[name=text]").fill(TOLD)
    press(page, page.locator("header button[value=form]"))
    assert page.locator("textarea[name=text]").input_value() == TOLD
    page.locator("#excluded-0").check()
    press(page, page.locator("main button[value=review]"))
    assert TOLD in page.locator("main").inner_text()
    press(page, page.locator("main button[value=send]"))
    fresh = live.code_on(page)
    assert len(fresh.split()) == 10
    assert fresh != code
    assert QUESTION not in open_mailbox(page, site, fresh)
    assert QUESTION in open_mailbox(page, site, code)
    site.carry_in(FIRST)
    thread = re.sub(r"[\s│┆]+", " ", site.desk(FIRST, f"read {number}"))
    assert "merkteken-kievit" in thread
    assert "merkteken-tureluur" not in thread
    assert "Extern Meldpunt Voorbeeldregio" in thread
    there = [read_all(site, name) for name in OTHERS]
    assert sum("merkteken-tureluur" in each for each in there) == 1  # the other was excluded
    assert not any("merkteken-kievit" in each for each in there)
    leaves_no_mark(site, code, fresh)


def say_no_by_keyboard(page: Page) -> None:
    """Reach the refusal with Tab, and press Enter."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "refuse":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("main .note[role=status]").count() == 1
    fits(page)


def leaves_no_mark(site: LiveSite, *codes: str) -> None:
    """See that no file of the site, and not its log, holds a text, a code or an address."""
    kept = site.log.read_bytes()
    for root, _folders, names in os.walk(site.demo.places.site_dir):
        kept += b"".join(Path(root, name).read_bytes() for name in names)
    assert len(kept) > 10_000
    marks = ["kievit", "grutto", "tureluur", "mailbox/transfer", "127.0.0.1:"]
    marks += [between.join(words.split()[:2]) for words in codes for between in " +"]
    for mark in marks:
        assert mark.encode() not in kept, mark


def read_all(site: LiveSite, name: str) -> str:
    """Return all threads of a desk, once its bundle was taken in."""
    found = re.findall(CASE, site.carry_in(name))
    return "\n".join(site.desk(name, f"read {number}") for number in found)


def test_slip_of_a_letter_opens_its_mailbox(page: Page, site: LiveSite, tmp_path: Path) -> None:
    """The printed code opens nothing before the delivery, and then the answer and a message."""
    letter, slip = tmp_path / "letter.txt", tmp_path / "slip.txt"
    letter.write_text(LETTER, "utf-8")
    printed = site.desk(
        FIRST, f"intake --origin letter --people 12 --names keep --text-file {letter} --slip {slip}"
    )
    number = re.findall(r"\b[0-9a-f]{8,64}\b", printed)[0]
    code = " ".join(re.findall(r"\b(?:10|[1-9])\. ([a-z]+)", slip.read_text("utf-8")))
    site.desk(FIRST, f"reply {number} --text 'Dank voor jullie brief.'")
    page.goto(f"{site.origin}/nl/mailbox")
    page.locator("textarea[name=code]").fill(code)
    press(page, page.locator("main button[value=open]").first)
    assert "Dank voor jullie brief." not in page.locator("main").inner_text()
    deliver(site, FIRST)
    assert "Dank voor jullie brief." in open_mailbox(page, site, code)
    page.locator("main textarea[name=text]").fill("Nog iets van ons.")
    press(page, page.locator("main button[value=message]"))
    site.carry_in(FIRST)
    assert "Nog iets van ons." in site.desk(FIRST, f"read {number}")
    site.carry_in("integriteit-2")
    theirs = site.desk("integriteit-2", f"read {number}")
    assert "merkteken-scholekster" in theirs
    assert "12" in theirs
