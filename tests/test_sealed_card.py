"""What the page in browser mode does with a card that is not right, and with other pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.filling import STORY, Filling, filling, in_page, more, two_channels
from tests.organisation import TODAY, Office
from tests.site_client import World

CARD = re.compile(r'data-card="[^"]*"')
FINGERPRINT = "#review-fingerprint"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Filling]:
    """Begin a visit."""
    with filling(browser, origin) as found:
        yield found


def swap(visit: Filling, card: str) -> None:
    """Have the server serve another card from now on."""
    visit.changes(lambda page: CARD.sub(f'data-card="{card}"', page))


def bad_cards(world: World) -> dict[str, str]:
    """Return a card for each reason to refuse one."""
    office = world.offices[0]
    good = in_page(office)
    stranger = Office(office.handlers, office.slug)
    return {
        "BadSignature": good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
        "CardExpired": in_page(office, today=TODAY - timedelta(days=91)),
        "CardLivesTooLong": in_page(office, days=101),
        "ForeignCard": in_page(world.offices[1]),
        "MalformedCard": "!",
        "Swapped": in_page(stranger),
    }


@pytest.mark.parametrize(
    "reason",
    ["BadSignature", "CardExpired", *more("CardLivesTooLong", "ForeignCard", "MalformedCard")],
)
def test_refused_card_is_an_alarm_and_nothing_can_be_sent(
    visit: Filling, world: World, reason: str
) -> None:
    """The page says what is wrong and that nothing should be sent; its own button is gone."""
    swap(visit, bad_cards(world)[reason])
    visit.open("en")
    assert visit.problem() == reason
    box = visit.page.locator("#problem")
    assert box.get_attribute("role") == "alert"
    assert "Do not send anything now" in box.inner_text()
    assert visit.page.evaluate("document.activeElement.id") == "problem"
    expect(visit.page.locator("h1 + #problem a")).to_have_attribute("href", "/en/routes#others")
    for part in ("form#report", "#mode-box"):
        expect(visit.page.locator(part)).to_be_hidden()
    visit.page.evaluate("document.querySelector('main button[value=review]').click()")
    visit.page.evaluate("document.querySelector('form#report').submit()")
    assert visit.page.locator("[data-act=seal]").count() == 0
    assert visit.posts() == []


def test_servers_mode_is_offered_below_the_alarm_and_never_taken(
    visit: Filling, world: World
) -> None:
    """Only the press of a button that says so gives the form back, with the words of that mode."""
    swap(visit, bad_cards(world)["BadSignature"])
    visit.open("en")
    words = visit.page.locator("#problem").inner_text()
    assert words.index("Do not send") < words.index("this same server gave the wrong key")
    visit.act("server")
    expect(visit.page.locator("#mode-box")).to_have_attribute("data-mode", "server")
    assert "Our server sees your text" in visit.page.locator("#mode-box").inner_text()
    visit.page.locator("textarea").fill(STORY)
    visit.press_review()
    visit.page.wait_for_selector("button[value=send]")
    assert [one.method for one in visit.posts()] == ["POST"]


def test_check_again_takes_a_card_that_is_right_by_then(visit: Filling, world: World) -> None:
    """The alarm goes when the page is fetched anew with its true card."""
    bad = [bad_cards(world)["BadSignature"]]
    visit.changes(lambda page: CARD.sub(f'data-card="{bad.pop()}"', page) if bad else page)
    visit.open("en")
    visit.act("again")
    expect(visit.page.locator("#problem")).to_have_count(0)
    visit.check()


@pytest.mark.parametrize("days", [3, *more(-3, 400)])
def test_wrong_clock_is_told_with_both_days(visit: Filling, days: int) -> None:
    """From three days apart on nothing is locked; both days, and how to mend it, are said."""
    device = datetime.combine(TODAY + timedelta(days=days), time(12), UTC)
    visit.page.context.clock.set_fixed_time(device)
    visit.open("en")
    assert visit.problem() == "ClockWrong"
    words = visit.page.locator("#problem").inner_text()
    assert f"{device.day} {device:%B %Y}" in words
    assert f"{TODAY.day} {TODAY:%B %Y}" in words
    assert f"{abs(days)} days" in words
    assert "Set its date" in words


def test_clock_two_days_off_is_no_matter(visit: Filling) -> None:
    """Who lives far away, or whose clock is a little off, is not kept from reporting."""
    device = datetime.combine(TODAY + timedelta(days=2), time(23), UTC)
    visit.page.context.clock.set_fixed_time(device)
    visit.open()
    visit.check()


def test_older_card_is_refused_after_a_newer_one(visit: Filling, world: World) -> None:
    """What the page saw first binds the pages that it fetches later."""
    office = world.offices[0]
    cards = [in_page(office, 1), in_page(office, 2)]
    visit.changes(lambda page: CARD.sub(f'data-card="{cards.pop()}"', page))
    visit.open("nl")
    visit.page.locator("textarea").fill(STORY)
    visit.switch("English")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "CardRolledBack"
    assert visit.page.locator("textarea").input_value() == STORY
    expect(visit.page.locator("textarea")).to_be_visible()


def test_another_key_for_the_same_channel_is_refused(visit: Filling, world: World) -> None:
    """A channel whose key changes between two pages is not the channel that was chosen."""
    cards = [bad_cards(world)["Swapped"], in_page(world.offices[0])]
    visit.changes(lambda page: CARD.sub(f'data-card="{cards.pop()}"', page))
    visit.open("nl")
    visit.switch("English")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "ForeignCard"


def test_swapped_key_shows_in_the_fingerprint(visit: Filling, world: World) -> None:
    """A card that is right in itself, of another key, is for people to see: beside the button."""
    swap(visit, bad_cards(world)["Swapped"])
    visit.open()
    visit.check()
    shown = visit.page.locator(FINGERPRINT).inner_text()
    assert re.fullmatch(r"([A-Z2-7]{5} ){4}[A-Z2-7]{5}", shown)
    assert shown != world.offices[0].card().fingerprint


def test_language_switch_keeps_what_was_typed(visit: Filling) -> None:
    """On the form and on the review: the other words, the same answers, and nothing posted."""
    visit.open("nl")
    page = visit.page
    page.locator("textarea").fill(STORY)
    page.locator("#mode-1").check()
    page.locator("#name").fill("Iemand")
    page.locator("select[name=unit]").select_option(index=1)
    page.locator("#excluded-0").check()
    visit.switch("English")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/en/report/meldpunt")
    assert page.locator("#mode-box").get_attribute("data-mode") == "browser"
    assert page.locator("textarea").input_value() == STORY
    assert page.locator("#name").input_value() == "Iemand"
    assert page.locator("#mode-1").is_checked()
    assert page.locator("#excluded-0").is_checked()
    assert page.locator("select[name=unit]").input_value()
    visit.press_review()
    page.wait_for_selector("[data-act=seal]")
    visit.switch("Nederlands")
    expect(page.locator("h1")).to_have_text("Controleer je melding")
    assert page.title().startswith("Controleer je melding")
    assert "Iemand" in page.locator("dl.review").inner_text()
    assert visit.posts() == []
    visit.act("seal")
    visit.code()


def test_another_channel_gets_what_was_typed_and_says_who_reads(visit: Filling) -> None:
    """The choice who may not read does not fit there: that is said, and the rest goes along."""
    visit.open("en")
    visit.page.locator("textarea").fill(STORY)
    visit.page.locator("#excluded-0").check()
    visit.switch("Meldpunt")
    visit.page.wait_for_url("**/en/report/elders")
    expect(visit.page.locator("main [role=status]").first).to_contain_text("has changed")
    assert visit.page.locator("textarea").input_value() == STORY
    visit.press_review()
    expect(visit.page.locator("dl.review")).to_contain_text("buitenstaander")
    assert visit.posts() == []


def test_page_that_does_not_come_loses_nothing(visit: Filling) -> None:
    """Without a network the switch says so, and what was typed stays."""
    visit.open("nl")
    visit.page.locator("textarea").fill(STORY)
    visit.page.context.set_offline(True)
    visit.switch("English")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "PageLost"
    assert visit.page.locator("textarea").input_value() == STORY
    expect(visit.page.locator("html")).to_have_attribute("lang", "nl")


def test_what_fails_inside_is_said_and_the_server_offered(visit: Filling) -> None:
    """Without randomness nothing is locked; the text stays, and the reporter chooses."""
    visit.open("en")
    visit.page.evaluate("() => { crypto.getRandomValues = () => { throw new Error('none') } }")
    visit.check()
    visit.act("seal")
    visit.page.wait_for_selector("#problem")
    assert visit.problem() == "Broken"
    assert visit.posts() == []
    assert visit.page.locator("textarea").input_value() == STORY
    visit.act("server")
    assert visit.page.locator("textarea").input_value() == STORY
    expect(visit.page.locator("#mode-box")).to_have_attribute("data-mode", "server")
