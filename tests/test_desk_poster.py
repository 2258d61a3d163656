"""The poster and the button: on paper, on an intranet, and by command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import segno
from playwright.sync_api import Browser, Page, Route, expect

from dropbox import program
from dropbox.desk import addresses, channel, sheets
from dropbox.desk.addresses import Addresses
from dropbox.desk.channel import ChannelPlan
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.sheets import Face
from dropbox.desk.vault_file import create
from dropbox.protocol.channel_card import CardTexts
from tests import live
from tests.accessible import violations
from tests.desk_office import Office
from tests.desk_process import client, running_desk
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY, World
from tests.test_desk_addresses import ONION

ADDRESS = "https://meldpunt.example.org"
FOUND = Addresses(ADDRESS, f"http://{ONION}")
LONG_ADDRESS = f"https://{'meldpunt-' * 6}x.{'voorbeeld-' * 2}regio.example.org"
LETTERS = "Een woord van tien "
LONGEST = CardTexts("N" + "aam van het meldpunt " * 3, LETTERS * 10, LETTERS * 15, "Verzonnen.")
"""As long as a card lets its texts be."""

BOX = "document.querySelector({!r}).getBoundingClientRect().{}"
POSTER_PAGES = re.compile(rb"/Type\s*/Page\b")


class Outside(HTMLParser):
    """Collects what a file would run, load, send or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[dict[str, str | None]] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        if tag == "a":
            self.links.append(found)
        loading = ("src", "srcset", "action", "data", "poster", "background", "ping", "xlink:href")
        self.loads += [name for name in found if name in loading or name.startswith("on")]
        self.loads += ["url("] if "url(" in (found.get("style") or "") else []


@pytest.fixture
def face(world: World) -> Face:
    """Return what a handler's vault shows of its channel."""
    with world.vault("anna") as vault:
        return sheets.face(vault, TODAY)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a visit in which every request is seen, and none leaves."""
    context = browser.new_context()
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    yield context.new_page()
    context.close()


def module_rows(svg: str) -> str:
    """Return what a drawing draws: the path of its dark squares."""
    found = re.search(
        r'<path[^>]* stroke="#000"[^>]*? d="([^"]+)"|d="([^"]+)"[^>]* stroke="#000"', svg
    )
    assert found, svg[:300]
    return found[1] or found[2]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_poster_has_all_that_a_passer_by_needs(face: Face, language: str) -> None:
    """Address, onion, fingerprint in five groups, who reads, and squares of these very bytes."""
    made = sheets.poster(face, FOUND, language)
    assert face.fingerprint in made
    assert len(face.fingerprint.split()) == 5
    for needed in (ADDRESS, ONION, face.texts[language].reads, face.texts[language].runs):
        assert needed in made
    whole_key = f"MELDKLUIS:{face.channel_pk.hex().upper()}"
    for text in (f"{ADDRESS}/{language}/", whole_key):
        drawn = segno.make(text, micro=False, error="m").svg_inline(
            border=4, omitsize=True, lineclass=None, dark="#000", light="#fff"
        )
        assert module_rows(drawn) in made


def test_owner_and_handler_hang_up_the_same_poster(world: World, face: Face) -> None:
    """The identity that signed the card and the card itself say the same, key included."""
    with world.vault("owner") as vault:
        assert replace(sheets.face(vault, TODAY), texts=dict(face.texts)) == replace(
            face, texts=dict(face.texts)
        )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_poster_prints_on_one_sheet_of_a4(page: Page, face: Face, language: str) -> None:
    """Also with the longest texts that a card can have, and nothing lies over the strips."""
    for texts, found in (
        (face.texts[language], Addresses(ADDRESS)),
        (LONGEST, Addresses(LONG_ADDRESS, FOUND.onion)),
    ):
        shown = replace(face, texts={language: texts}, external=True)
        page.set_content(sheets.poster(shown, found, language))
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 794, "height": 1123})
        ends = page.evaluate(BOX.format(".check", "bottom"))
        assert ends <= page.evaluate(BOX.format(".strips", "top"))
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(POSTER_PAGES.findall(printed)) == 1
        assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12]", printed)
        cut_off = """[...document.querySelectorAll('.strips > div')]
            .filter((each) => each.scrollWidth > each.clientWidth + 1).length"""
        assert page.evaluate(cut_off) == 0


def test_hostile_card_cannot_change_the_sheets(face: Face) -> None:
    """Tags, quotes and reversed text in an owner's words stay words on poster and button."""
    evil = CardTexts('"><script>x</script>', "</style><b>", "\u202eomgekeerd", "-->")
    shown = replace(face, texts={"nl": evil})
    for made in (sheets.poster(shown, FOUND, "nl"), sheets.button(shown, FOUND, "nl")):
        read = Outside()
        read.feed(made)
        assert "script" not in read.tags
        assert "\u202e" not in made
        assert "‹U+202E›" in made


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sheets_run_and_load_nothing(face: Face, language: str) -> None:
    """No script, frame, form, image or style of elsewhere; the one link gives no referrer."""
    for made, links in (
        (sheets.poster(face, FOUND, language), 0),
        (sheets.button(face, FOUND, language), 1),
    ):
        read = Outside()
        read.feed(made)
        never = {"script", "img", "iframe", "form", "object", "embed", "link", "base", "video"}
        assert not read.tags & never
        assert read.loads == []
        assert "@import" not in made
        assert len(read.links) == links
        for each in read.links:
            assert each["href"] == f"{ADDRESS}/{language}/"
            assert each["rel"] == "noreferrer noopener"
            assert "target" not in each


def test_button_tells_the_site_nothing_of_the_intranet(page: Page, face: Face) -> None:
    """Pasted into a page, Chromium asks nothing by itself, and no referrer goes along."""
    made = sheets.button(face, FOUND, "en")
    snippet = made[made.index("<section") : made.index("</section>")] + "</section>"
    asked: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        asked.append((route.request.url, route.request.headers.get("referer")))
        body = snippet if "intranet" in route.request.url else "the site"
        route.fulfill(body=f"<!doctype html><title>x</title>{body}", content_type="text/html")

    page.route("**/*", answer)
    page.goto("https://intranet.example.org/news?who=jan")
    page.wait_for_load_state("networkidle")
    expect(page.locator("section")).to_contain_text("The work network can see")
    expect(page.locator("section")).to_contain_text(face.fingerprint)
    assert len(asked) == 1
    page.locator("section a").click()
    page.wait_for_url(f"{ADDRESS}/**")
    there = [each for each in asked if each[0].startswith(ADDRESS)]
    assert there[0] == (f"{ADDRESS}/en/", None)


def test_first_run_leads_to_a_printed_poster(page: Page, world: World) -> None:
    """A handler types the address, sees the sheet and saves the button; axe finds nothing."""
    with running_desk(world.path("anna")) as desk:
        page.goto(desk.address)
        page.locator("#passphrase").fill(PASSPHRASE)
        page.locator("main button").click()
        page.goto(f"{desk.origin}/start")
        page.get_by_role("link", name="Print the poster").click()
        page.get_by_label("The site's address").fill("http://meldpunt.example.org")
        page.get_by_role("button", name="Keep this address").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be the site's address")
        assert violations(page) == []
        page.get_by_label("The site's address").fill("meldpunt.example.org")
        page.get_by_label("The onion address").fill(ONION)
        page.get_by_role("button", name="Keep this address").click()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert violations(page) == []
        with page.expect_download() as download:
            page.get_by_role("link", name="Save the button as a file: Nederlands").click()
        assert download.value.suggested_filename == "button-nl.html"
        saved = Path(download.value.path()).read_text("utf-8")
        assert saved.startswith("<!doctype html>")
        for name in ("Nederlands", "English"):
            page.goto(f"{desk.origin}/poster")
            page.get_by_role("link", name=f"Look at the poster and print it: {name}").click()
            assert violations(page) == []
            assert page.locator("html").get_attribute("lang") == ("nl" if name[0] == "N" else "en")
            # the style sheet came, within what the desk's pages allow
            assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).position")
            assert page.locator(".address").inner_text() == ADDRESS
            assert page.evaluate("document.styleSheets.length") == 1
            printed = page.pdf(prefer_css_page_size=True)
            assert len(POSTER_PAGES.findall(printed)) == 1


def test_button_file_is_clean_for_axe(page: Page, face: Face) -> None:
    """The file is a page of its own, too, that everybody can read."""
    for language in ("nl", "en"):
        page.set_content(sheets.button(face, FOUND, language))
        assert violations(page) == []


def test_without_a_card_or_an_address_there_is_no_poster(world: World, tmp_path: Path) -> None:
    """A new vault leads to the first run; a card without an address gives a sentence."""
    visitor = client(Workplace(world.path("anna"), today=lambda: TODAY), unlock=PASSPHRASE)
    for path in ("/poster/nl", "/poster/nl/file", "/poster/en/button"):
        found = visitor.get(path)
        assert (found.status_code, "Type the site&#39;s address first" in found.text) == (400, True)
    assert visitor.get("/poster/de").status_code == 404
    fresh = tmp_path / "fresh.vault"
    plan = ChannelPlan(
        "bureau",
        "integrity",
        external=False,
        independent=False,
        texts={"nl": LONGEST, "en": LONGEST},
    )
    with create(fresh, PASSPHRASE, CHEAP) as vault:
        channel.start(vault, SITE_ID, plan, TODAY)
    owner = client(Workplace(fresh, today=lambda: TODAY), unlock=PASSPHRASE)
    assert owner.get("/poster").headers["Location"] == "/start"


def test_owner_finds_the_poster_beside_the_card(world: World) -> None:
    """Once a card was signed, the channel's page leads to its poster."""
    owner = client(Workplace(world.path("owner"), today=lambda: TODAY), unlock=PASSPHRASE)
    assert 'href="/poster"' in owner.get("/channel").text
    owner.post("/poster", clear=ADDRESS, onion="")
    assert world.card.fingerprint in owner.get("/poster/nl").text


def test_commands_write_both_sheets(office: Office) -> None:
    """Once the address was named it is known; what stands there already is left as it is."""
    poster, button = office.place("poster.html"), office.place("button.html")
    assert "address first" in office.refused("anna", "poster", "--out", poster)
    said = office.ok("anna", "poster", "--out", poster, "--address", ADDRESS, "--onion", ONION)
    assert ADDRESS in said
    office.ok("anna", "button", "--out", button, "--language", "nl")
    with_pages = Path(poster).read_text("utf-8")
    assert office.card.fingerprint in with_pages
    assert 'lang="en"' in with_pages
    assert ONION in Path(button).read_text("utf-8")
    assert "another kind" in office.refused("anna", "button", "--out", button)
    assert "cannot be" in office.refused("anna", "button", "--out", button, "--address", "x")
    with Workplace(Path(office.place("anna")), today=lambda: TODAY).path.open("rb") as file:
        assert b"meldpunt" not in file.read()
    assert addresses.checked(ADDRESS).clear == ADDRESS


@pytest.mark.parametrize("language", ["nl", "en"])
def test_poster_names_the_published_program(
    face: Face, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the 25 characters that the site's pages show; and nothing while none is published."""
    sums = {"seal.js": bytes(range(32)), "leave.js": bytes(32)}
    monkeypatch.setattr(sheets, "published", lambda: sums)
    shown = program.release(sums).fingerprint
    assert len(shown.split()) == 5
    assert shown in sheets.poster(face, FOUND, language)
    sums.clear()
    made = sheets.poster(face, FOUND, language)
    assert shown not in made
    assert 'class="program"' not in made
    assert face.fingerprint in made
