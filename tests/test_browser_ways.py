"""A signal passed on and a transfer, from the desk's own pages to the mailbox, over bundles."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from dropbox.config import read_site
from dropbox.protocol.channel_card import read_card
from tests import live
from tests.accessible import violations
from tests.desk_process import RunningDesk, running_desk
from tests.live import LiveSite
from tests.test_browser_transfer import press

SIGNAL = "Mevrouw Jansen schold ons uit, merkteken-wielewaal."
WRITTEN = "Er gebeurde nog iets: merkteken-roodborst."
THANKS = "Dank voor het signaal."
STORY = "Eerste verhaal, merkteken-zanglijster."
QUESTION = "Mag een ander kanaal lezen? merkteken-heggenmus."
TOLD = "Voor het andere kanaal: merkteken-goudhaan."
QUARTER_MILLIMETRES = (105, 148)
MARGIN_MILLIMETRES = 14
PIXELS_A_MILLIMETRE = 96 / 25.4
FIRST, OTHER = "integriteit-1", "extern-1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder / "tmp"))  # so that `leaves_no_mark` looks there too
        with live.live_site(folder) as running:
            yield running


@pytest.fixture
def source(browser: Browser) -> Iterator[Page]:
    """Open the source's visit to the site, without JavaScript, on a narrow phone."""
    context = live.without_script(browser, 320)
    yield context.new_page()
    context.close()


@contextmanager
def open_desk(browser: Browser, site: LiveSite, name: str) -> Iterator[tuple[Page, RunningDesk]]:
    """Start a handler's desk, and unlock it in a browser of its own."""
    with running_desk(site.demo.vault(name)) as desk:
        context = browser.new_context(accept_downloads=True)
        context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
        page = context.new_page()
        page.goto(desk.address)
        secret = site.demo.passphrase_file.read_text("utf-8").strip()
        page.locator("#passphrase").fill(secret)
        page.locator("main button").click()
        expect(page.locator("h1")).to_have_text("Cases")
        yield page, desk
        context.close()


def accessible(page: Page) -> None:
    """See that axe-core finds nothing on a page, in English and in Dutch."""
    here = page.url
    for language in ("nl", "en"):
        page.goto(f"{here.split('/', 3)[0]}//{here.split('/', 3)[2]}/language/{language}")
        page.goto(here)
        assert page.locator("html").get_attribute("lang") == language
        assert violations(page) == [], here


def step(page: Page, value: str) -> None:
    """Press the button of a step."""
    with page.expect_navigation():
        page.locator(f"main button[name=step][value={value}]").first.click()


def carry_out(page: Page, desk: RunningDesk, site: LiveSite) -> str:
    """Write the next bundle at the pages, deliver it; return what that printed."""
    page.goto(f"{desk.origin}/bundles")
    with page.expect_download() as started:
        page.locator("#out ~ form button").click()
    path = site.demo.desks / "by-hand.bundle"
    started.value.save_as(path)
    return site.run(f"{live.PROGRAM} deliver {shlex.quote(str(path))}")


def carry_in(page: Page, desk: RunningDesk, site: LiveSite, name: str) -> None:
    """Collect a handler's bundle, and take it in at the pages."""
    path = site.demo.desks / f"{name}.bundle"
    handler = site.demo.handler_id(name).hex()
    site.run(f"{live.PROGRAM} collect --handler {handler} --out {shlex.quote(str(path))}")
    page.goto(f"{desk.origin}/bundles")
    page.locator("#file").set_input_files(path)
    with page.expect_navigation():
        page.locator("#in ~ form button.main").click()


def open_mailbox(page: Page, site: LiveSite, code: str) -> str:
    """Type a code, which may open nothing; return what the page says."""
    page.goto(f"{site.origin}/nl/mailbox")
    page.locator("textarea[name=code]").fill(code)
    press(page, page.locator("main button[value=open]").first)
    return page.locator("main").inner_text()


def fits_a_quarter(page: Page) -> None:
    """See that the printed slip stands on a quarter of A4, and nothing else on the paper."""
    page.emulate_media(media="print")
    box = page.locator(".slip").bounding_box()
    assert box is not None
    for size, paper in zip((box["width"], box["height"]), QUARTER_MILLIMETRES, strict=True):
        assert size <= (paper - MARGIN_MILLIMETRES) * PIXELS_A_MILLIMETRE
    assert page.evaluate("document.querySelector('.slip').scrollHeight") <= box["height"] + 1
    texts = page.locator("body").inner_text()
    assert "Ctrl" not in texts
    assert page.locator("h1").is_hidden()
    assert page.locator("nav").first.is_hidden()
    page.emulate_media(media="screen")


def words_on(page: Page) -> str:
    """Return the code of a slip."""
    return " ".join(page.locator(".slip li").all_inner_texts())


def leaves_no_mark(site: LiveSite, *marks: str) -> None:
    """See that no vault, database, log, bundle or temporary file holds a mark in clear."""
    kept = [path.read_bytes() for path in site.log.parent.rglob("*") if path.is_file()]
    whole = b"\0".join(kept)
    assert len(whole) > 100_000
    for mark in marks:
        assert mark.encode() not in whole, mark


def enter_signal(page: Page) -> str:
    """Go through the steps of a council member's signal; return the code on the slip."""
    page.locator("header nav a", has_text="Other ways in").click()
    accessible(page)
    page.locator("input[name=origin][value=council]").check()
    page.locator("#people").fill("3")
    page.locator("#text").fill(SIGNAL)
    step(page, "names")
    accessible(page)
    expect(page.locator("main mark").first).to_contain_text("Jansen")
    step(page, "preview")
    accessible(page)
    expect(page.locator("main div.stranger")).to_contain_text("[weggelaten]")
    with page.expect_navigation():
        page.locator("main button.main").click()
    assert violations(page) == []
    fits_a_quarter(page)
    return words_on(page)


def new_slip(page: Page, desk: RunningDesk) -> str:
    """Make a new code in Dutch, on the page of the only case that allows it; return the code."""
    page.goto(f"{desk.origin}/language/nl")
    page.goto(f"{desk.origin}/cases")
    page.locator("tbody th a").first.click()
    assert violations(page) == []
    with page.expect_navigation():
        page.locator("#entered-here ~ .actions button").click()
    assert violations(page) == []
    fits_a_quarter(page)
    return words_on(page)


def answer(page: Page, text: str) -> None:
    """Answer the case whose page is open."""
    page.locator("#text").fill(text)
    step(page, "preview")
    with page.expect_navigation():
        page.locator("main button.main").click()


def test_signal_from_desk_to_source_and_back(
    browser: Browser, source: Page, site: LiveSite
) -> None:
    """A council member's signal is entered; its slip opens the mailbox once it was delivered."""
    with open_desk(browser, site, FIRST) as (page, desk):
        lost = enter_signal(page)
        code = new_slip(page, desk)
        assert len(code.split()) == 10
        assert code != lost
        page.locator("main a.button.main").click()
        case = page.url
        answer(page, THANKS)
        assert THANKS not in open_mailbox(source, site, code)
        page.goto(f"{desk.origin}/intake/{case.rpartition('/')[2]}/mistaken")
        accessible(page)
        assert re.search(r"New mailboxes .*: 1", delivered_in_english(page, desk, site))
        assert THANKS in open_mailbox(source, site, code)
        source.locator("main textarea[name=text]").fill(WRITTEN)
        press(source, source.locator("main button[value=message]"))
        assert THANKS not in open_mailbox(source, site, lost)
        carry_in(page, desk, site, FIRST)
        page.goto(case)
        expect(page.locator("main")).to_contain_text("merkteken-roodborst")
        expect(page.locator("main")).to_contain_text("merkteken-wielewaal")
        assert page.locator("#entered-here").count() == 0
        marks = [code, lost, "\n".join(code.split()), "+".join(code.split()[:2])]
        leaves_no_mark(site, "wielewaal", "roodborst", *marks)


def delivered_in_english(page: Page, desk: RunningDesk, site: LiveSite) -> str:
    """Return what the delivery printed, in whatever language the terminal has."""
    printed = carry_out(page, desk, site)
    return re.sub(r"Nieuwe postvakken[^:]*:", "New mailboxes :", printed)


def file_report(source: Page, site: LiveSite) -> str:
    """File a report on the site; return its code."""
    source.goto(f"{site.origin}/nl/report/integriteitspunt")
    source.locator("textarea[name=text]").fill(STORY)
    press(source, source.locator("main button[value=review]"))
    press(source, source.locator("button[value=send]"))
    return live.code_on(source)


def ask(page: Page, desk: RunningDesk, site: LiveSite) -> tuple[str, str]:
    """Ask about the other channel; return the case's address and what the preview showed."""
    card = site.demo.places.keys_dir / "cards" / "extern-meldpunt.card"
    site_id = read_site(site.demo.places.site_toml).site_id
    fingerprint = read_card(card.read_bytes(), site_id, datetime.now(UTC).date()).fingerprint
    page.goto(f"{desk.origin}/cases")
    page.locator("#words").fill("zanglijster")
    page.locator(".left button.main").click()
    page.locator("tbody th a").first.click()
    case = page.url
    page.locator("aside a[href$='/transfer']").click()
    assert violations(page) == []
    page.locator("#card").set_input_files(card)
    page.locator("#fingerprint").fill(fingerprint.lower())
    page.locator("#text").fill(QUESTION)
    step(page, "card")
    expect(page.locator("#text")).to_have_value(QUESTION)
    accessible(page)
    step(page, "preview")
    accessible(page)
    shown = " ".join(page.locator("#question p").all_inner_texts()[:3])
    with page.expect_navigation():
        page.locator("main button.main").click()
    return case, shown


def agree(source: Page) -> str:
    """Agree to the question on the open mailbox page; return the new code."""
    press(source, source.locator("article.letter button[value=form]"))
    source.locator("textarea[name=text]").fill(TOLD)
    press(source, source.locator("main button[value=review]"))
    press(source, source.locator("main button[value=send]"))
    return live.code_on(source)


def test_transfer_from_desk_pages_to_the_other_desk(
    browser: Browser, source: Page, site: LiveSite
) -> None:
    """Asked at the pages, agreed in the mailbox, and a new case at the other channel's desk."""
    code = file_report(source, site)
    with open_desk(browser, site, FIRST) as (page, desk):
        carry_in(page, desk, site, FIRST)
        case, shown = ask(page, desk, site)
        carry_out(page, desk, site)
        assert QUESTION in open_mailbox(source, site, code)
        seen = source.locator("article.letter section").inner_text()
        assert " ".join(shown.split()) in " ".join(seen.split())
        fresh = agree(source)
        carry_in(page, desk, site, FIRST)
        page.goto(case)
        accessible(page)
        expect(page.locator("main")).to_contain_text("the reporter agreed")
        page.locator("main a.button[href*=passed_on]").click()
        expect(page.locator("input[value=passed_on]")).to_be_checked()
        assert "goudhaan" not in page.content()
    with open_desk(browser, site, OTHER) as (theirs, other):
        carry_in(theirs, other, site, OTHER)
        theirs.goto(f"{other.origin}/cases")
        theirs.locator("tbody th a").first.click()
        expect(theirs.locator("main")).to_contain_text("merkteken-goudhaan")
        expect(theirs.locator("main")).to_contain_text("agreed in the mailbox of another channel")
        assert "zanglijster" not in theirs.content()
    leaves_no_mark(site, "zanglijster", "heggenmus", "goudhaan", code, fresh)
