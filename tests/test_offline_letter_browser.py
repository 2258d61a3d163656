"""The offline letter, opened from disk in Chromium and in Firefox, and what becomes of its file."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from babel.dates import format_date
from playwright.sync_api import Browser, Page

from dropbox.config import read_site
from dropbox.protocol import handed_in, reply_code
from dropbox.protocol.channel_card import read_card
from tests import live
from tests.accessible import violations
from tests.letter_page import CHOICE, REFUSED, SECONDS, Writer, drop, fetched, with_card
from tests.live import LiveSite
from tests.recorder import Secrets
from tests.sealed_pages import FINGERPRINT, SEAL, STORY, WORDS, Reporter, act
from tests.test_sealed_story import numbers, secrets_of
from tests.visitor import Trap, Visitor

SLUG, OTHER = "integriteitspunt", "extern-meldpunt"
TEXT = "Mijn merkteken-chef doet dit élke merkteken-week weer."
HTML = "document.documentElement.outerHTML"
OLD_DAYS, EARLY_DAYS = 120, -200
BREADTH = "document.documentElement.scrollWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(scope="module")
def content(site: LiveSite) -> bytes:
    """Download the letter once."""
    return fetched(site.origin)


@pytest.fixture
def file(content: bytes, tmp_path: Path) -> Path:
    """Put the letter on the disk."""
    path = tmp_path / "brief.html"
    path.write_bytes(content)
    return path


def last_day(site: LiveSite) -> str:
    """Return until when all who read a letter of today have its key, as the page writes it."""
    today = datetime.now(UTC).date()
    settings = read_site(site.demo.places.site_toml)
    path = site.demo.places.cards_dir / f"{SLUG}.card"
    card = read_card(path.read_bytes(), settings.site_id, today)
    used = [
        key.last_day
        for handler in card.handlers
        for key in handler.intake_keys
        if key.first_day <= today <= key.last_day
    ]
    return format_date(min(card.expires, *used), "d MMMM y", locale="nl")


def test_letter_is_locked_at_home_and_handed_in_elsewhere(
    visitor: Visitor, site: LiveSite, file: Path, trap: Trap
) -> None:
    """It asks nobody while it is written; once dropped, its code opens, and a desk reads it."""
    writer = Writer(visitor, file)
    writer.choose(SLUG)
    visitor.click("#excluded label:nth-of-type(3)")
    visitor.choose("#period", "earlier")
    writer.review(TEXT)
    assert "merkteken-chef" in visitor.text("main")
    (fingerprint,) = visitor.texts(FINGERPRINT)
    words = writer.lock()
    assert len(words) == 10
    record = writer.save()
    assert last_day(site) in visitor.text("main")
    assert {each.url.partition(":")[0] for each in visitor.sent()} <= {"file", "blob", "data"}
    assert visitor.complaints() == []
    assert trap.strangers() == []
    secrets = secrets_of(site, words, ("merkteken-chef", "merkteken-week"))
    assert secrets.found_in(record) == []
    assert handed_in.read_report(record).raw() in record
    # It is computed from the card, and not told by the file.
    assert fingerprint.encode() not in file.read_bytes()
    with urlopen(f"{site.origin}/nl/keys", timeout=SECONDS) as keys:
        assert fingerprint in keys.read().decode()

    reporter = Reporter(visitor, site.origin)
    known = numbers(site)
    unknown = reporter.open_mailbox(words)
    assert drop(site.origin, record)[0] == 200
    assert drop(site.origin, record)[0] == 200, "the same file again does no harm"
    assert reporter.open_mailbox(words) != unknown
    assert visitor.shown(act("hold")) == 1
    (number,) = numbers(site) - known
    assert "merkteken-chef" in site.desk("integriteit-1", f"read {number}")
    assert trap.strangers() == []


def test_two_letters_of_one_file_have_two_codes(visitor: Visitor, file: Path) -> None:
    """The file holds no secret: whoever has it too learns nothing of another's code."""
    first = Writer(visitor, file).write(SLUG, TEXT)
    visitor.click(act("written"))
    second = Writer(visitor, file).write(SLUG, TEXT)
    assert reply_code.parse(" ".join(first[0])) != reply_code.parse(" ".join(second[0]))
    one, other = (handed_in.read_report(record) for _words, record in (first, second))
    assert one.lookup != other.lookup
    assert one.ed_pk != other.ed_pk
    assert len(first[1]) == len(second[1])


def test_nothing_is_left_when_the_page_is_left(
    visitor: Visitor, file: Path, site: LiveSite
) -> None:
    """Back and reload show neither story nor code, and nothing is stored on the device."""
    writer = Writer(visitor, file)
    writer.choose(SLUG)
    writer.review(TEXT)
    words = writer.lock()
    secrets = Secrets(("merkteken",), words)
    visitor.click(act("written"))
    visitor.goto(f"{site.origin}/nl/")
    visitor.back()
    visitor.wait("h1")
    assert secrets.found_in(re.sub("<script>.*", "", str(visitor.evaluate(HTML))).encode()) == []
    writer.choose(SLUG)
    assert visitor.value(STORY) == ""
    visitor.fill(STORY, TEXT)
    visitor.reload()
    visitor.wait(CHOICE)
    assert visitor.shown(f"{CHOICE}:checked") == 0
    writer.choose(SLUG)
    assert visitor.value(STORY) == ""
    stored = "localStorage.length + sessionStorage.length + document.cookie.length"
    assert visitor.evaluate(stored) == 0


def test_page_is_emptied_at_once(visitor: Visitor, file: Path) -> None:
    """Esc twice, or the button, leaves a blank page, without a question and without a network."""
    for way in ("keys", "button"):
        Writer(visitor, file).choose(SLUG)
        visitor.fill(STORY, TEXT)
        if way == "keys":
            visitor.press("Escape")
            visitor.press("Escape")
        else:
            visitor.click("a.leave")
        visitor.gone(STORY)
        assert "merkteken" not in str(visitor.evaluate(HTML))
    assert {each.url.partition(":")[0] for each in visitor.sent()} <= {"file", "data", "about"}


def test_letter_with_a_changed_card_locks_nothing(
    visitor: Visitor, file: Path, content: bytes, site: LiveSite
) -> None:
    """However one card was changed, and though the others are good: the whole letter is refused."""
    cards = [base64.b64decode(each) for each in re.findall(rb'data-card="([^"]+)"', content)]
    good, middle = cards[1], len(cards[1]) // 2
    site_id = read_site(site.demo.places.site_toml).site_id
    changed = {
        "signature": good[:-1] + bytes((good[-1] ^ 1,)),
        "words": good[:middle] + bytes((good[middle] ^ 1,)) + good[middle + 1 :],
        "cut": good[:-40],
        "another channel's": cards[0],
    }
    values = {name: ("card", base64.b64encode(card).decode()) for name, card in changed.items()}
    values |= {"site": ("site", site_id[::-1].hex()), "none": ("site", ""), "slug": ("slug", "x")}
    for name, (attribute, value) in values.items():
        file.write_bytes(with_card(content, 1, attribute, value))
        Writer(visitor, file)
        visitor.wait(REFUSED)
        assert visitor.attribute(REFUSED, "data-reason") == "Altered", name
        assert visitor.shown(CHOICE) == visitor.shown(STORY) == 0


@pytest.mark.parametrize(("days", "reason"), [(OLD_DAYS, "Old"), (EARLY_DAYS, "Early")])
def test_clock_that_is_far_off_locks_nothing(
    visitor: Visitor, file: Path, days: int, reason: str
) -> None:
    """Too old a letter or a wrong date: the page names the day, and has no form."""
    Writer(visitor, file, days)
    visitor.wait(REFUSED)
    assert visitor.attribute(REFUSED, "data-reason") == reason
    assert re.search(r"\d{1,2} \w+ 20\d\d", visitor.text(REFUSED))
    assert visitor.shown(CHOICE) == visitor.shown(STORY) == 0


def test_what_was_typed_goes_along_to_another_channel(visitor: Visitor, file: Path) -> None:
    """But not who was shut out: they are others there, and the page says to look again."""
    writer = Writer(visitor, file)
    writer.choose(SLUG)
    visitor.fill(STORY, TEXT)
    visitor.click("#excluded-0")
    visitor.choose("#unit", "north")
    visitor.click(act("choose"))
    visitor.wait(CHOICE)
    assert visitor.shown(f'{CHOICE}[value="{SLUG}"]:checked') == 1
    writer.choose(OTHER)
    assert visitor.value(STORY) == TEXT
    assert visitor.value("#unit") == "north"
    assert visitor.shown("[name=excluded]:checked") == 0
    assert visitor.shown(".note[role=status]") == 1
    visitor.click(act("choose"))
    visitor.wait(CHOICE)
    writer.choose(SLUG)
    assert visitor.value(STORY) == TEXT


def test_errors_are_shown_and_nothing_is_lost(visitor: Visitor, file: Path) -> None:
    """No channel, no story, nobody left to read: words at the field, and the text stays."""
    writer = Writer(visitor, file)
    visitor.click(act("take"))
    visitor.wait("#channel-problem")
    writer.choose(SLUG)
    visitor.click("form#report button.main")
    visitor.wait("#text-problem")
    visitor.fill(STORY, TEXT)
    for place in range(3):
        visitor.click(f"#excluded label:nth-of-type({place + 1})")
    visitor.click("form#report button.main")
    visitor.wait("#excluded-problem")
    assert visitor.value(STORY) == TEXT
    visitor.click("#excluded label:nth-of-type(1)")
    visitor.click("form#report button.main")
    visitor.wait(SEAL)
    visitor.click(act("change"))
    assert visitor.value(STORY) == TEXT


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Start Chromium once more, for what only it can show."""
    with live.chromium_browser(chromium) as started:
        yield started


def steps(page: Page) -> Iterator[str]:
    """Go through all screens of a letter, and stop at each."""
    yield "channels"
    page.locator(act("take")).click()
    yield "no channel chosen"
    page.locator(f'{CHOICE}[value="{SLUG}"]').check()
    page.locator(act("take")).click()
    yield "form"
    page.locator("button[value=review]").click()
    yield "form with an error"
    page.locator(STORY).fill(f"{TEXT} Bel 0612345678.")
    page.locator("button[value=review]").click()
    yield "review"
    page.locator(SEAL).click()
    page.locator(WORDS).first.wait_for()
    yield "code"
    with page.expect_download() as download:
        page.locator(act("save")).click()
    name = download.value.suggested_filename
    assert re.fullmatch(r"(brief|letter)\.meldkluis", name)
    assert Path(download.value.path()).read_bytes().startswith(b"MKRP\x01")
    yield "saved"


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("nl", "light", 320), ("en", "dark", 1280)]
)
def test_axe_finds_nothing_in_the_letter(
    browser: Browser, site: LiveSite, tmp_path: Path, language: str, scheme: str, width: int
) -> None:
    """On no screen; each fits, has one heading and a title, and the file is saved at the end."""
    path = tmp_path / "letter.html"
    path.write_bytes(fetched(site.origin, language))
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(live.TIMEOUT_MILLISECONDS)
    page = context.new_page()
    page.goto(path.as_uri())
    for name in steps(page):
        assert violations(page) == [], name
        assert page.evaluate(BREADTH) <= width, name
        assert page.locator("h1").count() == 1, name
        assert page.title(), name
    context.close()


def test_without_javascript_the_letter_says_what_else_to_do(browser: Browser, file: Path) -> None:
    """Nothing that could be typed into, and the other ways."""
    context = live.without_script(browser)
    page = context.new_page()
    page.goto(file.as_uri())
    assert "JavaScript" in page.locator("#unable").inner_text()
    assert page.locator("input, textarea, select, button").filter(visible=True).count() == 0
    context.close()
