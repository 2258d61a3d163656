"""The mailbox in browser mode against a server that lies, and clocks that do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.filling import two_channels
from tests.opening import Opening, opening
from tests.site_client import World
from tests.test_sealed_mailbox import desk_of

REPLY = "Dank je wel, merkteken-roerdomp."
WRITTEN = "Er is nog iets, merkteken-snor."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit on a phone."""
    with opening(browser, origin, viewport={"width": 390, "height": 844}) as found:
        yield found


def test_answer_that_is_cut_opens_nothing_and_loses_nothing(visit: Opening, world: World) -> None:
    """Anything but a whole mailbox page is refused; the code stays typed."""
    code = world.file()
    visit.enter("en")
    lengths = [0, 1, 20_000, 32_767, 40_000]
    visit.gives(lambda body: (body + bytes(10_000))[: lengths.pop()])
    visit.page.locator("#code").fill(code)
    while lengths:
        visit.act("open")
        expect(visit.problem).to_contain_text("Nothing was lost. Try again.")
        assert visit.page.locator("#code").input_value() == code
    visit.page.unroute("**/sealed/mailbox")
    visit.act("open")
    expect(visit.page.locator("#state")).to_be_visible()


def test_older_mailbox_is_announced(visit: Opening, world: World) -> None:
    """A server that plays back an answer from before the message is not believed silently."""
    kept: list[bytes] = []
    code = world.file()
    visit.enter("en")
    visit.gives(lambda body: kept.append(body) or kept[0])
    visit.type(code)
    visit.write(WRITTEN)
    expect(visit.problem).to_contain_text("an older mailbox than a moment ago")


def test_reply_that_vanishes_is_announced(visit: Opening, world: World) -> None:
    """A letter that stood on the page and is left out later does not go unnoticed."""
    code = world.file()
    visit.enter("en")
    kept: list[bytes] = []
    visit.gives(lambda body: kept.append(body) or body)
    visit.type(code)
    expect(visit.page.locator("#state")).to_be_visible()
    desk_of(world, code).reply(world.offices[0].handlers[0], REPLY)
    visit.act("withdraw")
    visit.act("back")
    visit.act("lock")
    visit.type(code)
    expect(visit.page.locator("article.letter")).to_have_count(1)
    visit.gives(lambda _body: kept[0])
    visit.act("hold")
    expect(visit.problem).to_contain_text("an older mailbox than a moment ago")


def test_mailbox_of_other_keys_is_refused(visit: Opening, world: World) -> None:
    """A server that answers with somebody else's mailbox opens nothing."""
    other: list[bytes] = []
    visit.enter("en")
    visit.gives(lambda body: other.append(body) or body)
    visit.type(world.file())
    expect(visit.page.locator("#state")).to_be_visible()
    visit.act("lock")
    visit.gives(lambda _body: other[0])
    visit.type(world.file())
    expect(visit.problem).to_contain_text("is not a mailbox")


def test_swapped_cards_stop_writing_and_nothing_else(visit: Opening, world: World) -> None:
    """With a forged card one can read and withdraw; the page says why not write."""
    code = world.file()
    visit.enter("en")
    visit.gives(_forged, "cards")
    visit.type(code)
    expect(visit.page.locator("#state")).to_be_visible()
    assert "are not genuine" in visit.text()
    assert visit.page.locator("#message-text").count() == 0
    visit.act("withdraw")
    visit.act("withdraw-now")
    expect(visit.page.locator("h1")).to_have_text("Your report is withdrawn")


def _forged(cards: bytes) -> bytes:
    """Change the last byte of every card."""
    found, at = bytearray(cards), 0
    while at < len(found):
        at += 4 + int.from_bytes(found[at : at + 4], "big")
        found[at - 1] ^= 1
    return bytes(found)


def test_wrong_clock_opens_nothing_until_the_reader_decides(visit: Opening, world: World) -> None:
    """Both days are named; the server opens it only after a press of its own."""
    world.today, today = world.today.replace(year=world.today.year + 1), world.today
    try:
        visit.enter("en")
        expect(visit.problem).to_contain_text("Your device says that today is 21 November 2026.")
        visit.type("zoo zoo")
        assert visit.sealed("mailbox") == []
        expect(visit.page.locator("#mode-box")).to_be_hidden()
        visit.act("server")
        expect(visit.page.locator("#mode-box")).to_be_visible()
        expect(visit.page.locator("#mode-box")).to_have_attribute("data-mode", "server")
        expect(visit.page.locator("#mode-box")).to_contain_text("Our server opens your mailbox")
    finally:
        world.today = today
    with visit.page.expect_navigation():
        visit.page.locator("main button[value=open]").click()
    expect(visit.page.locator("main")).to_contain_text("A reply code has ten words.")
