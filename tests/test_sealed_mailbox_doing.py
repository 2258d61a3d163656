"""The mailbox in browser mode: what is sent, sent again, refused, and left behind."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from dropbox.protocol import mailbox_page
from tests.filling import two_channels
from tests.opening import Opening, opening
from tests.site_client import World
from tests.test_sealed_mailbox import asked, desk_of

REPLY = "Dank je wel, merkteken-roerdomp.\n\n  Ingesprongen <b>regel</b>."
WRITTEN = "Er is nog iets, merkteken-snor."
STORED = """JSON.stringify([localStorage.length, sessionStorage.length, document.cookie,
    history.state]) """
DATABASES = "Promise.all([indexedDB.databases(), caches.keys()]).then(JSON.stringify)"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit on a phone."""
    with opening(browser, origin, viewport={"width": 390, "height": 844}) as found:
        yield found


def said(world: World) -> list[tuple[str, str]]:
    """Return kind and text of all later messages that the first handler can read."""
    found = world.messages(world.offices[0].handlers[0])
    return [(one.message.kind, one.message.text) for one in found]


def test_reply_is_shown_as_it_was_written(visit: Opening, world: World) -> None:
    """A desk's reply stands on the page with its white space; what is HTML in it stays text."""
    code = world.file()
    desk_of(world, code).reply(world.offices[0].handlers[0], REPLY)
    visit.open(code)
    letter = visit.page.locator("article.letter .words")
    assert letter.text_content() == REPLY
    assert letter.locator("b").count() == 0


def test_message_pause_and_resumption_reach_the_desk(visit: Opening, world: World) -> None:
    """Each is sealed here, said to be done, and opened by the handler; the page is new after it."""
    before = len(said(world))
    visit.open(world.file(), "en")
    visit.write(WRITTEN)
    expect(visit.notice).to_have_text("Your message is sent.")
    assert visit.page.locator("#message-text").input_value() == ""
    visit.act("hold")
    expect(visit.notice).to_have_text("Your report is paused.")
    visit.act("resume")
    expect(visit.notice).to_have_text("Your report is resumed.")
    assert visit.page.locator("[data-act=hold]").count() == 1
    new = said(world)[before:]
    assert sorted(new) == [("hold", ""), ("message", WRITTEN), ("resume", "")]


def test_nothing_in_clear_leaves_and_nothing_stays(visit: Opening, world: World) -> None:
    """No request holds a word of message, reply or code, or the key; nothing is stored."""
    code = world.file()
    desk_of(world, code).reply(world.offices[0].handlers[0], REPLY)
    visit.open(code)
    visit.write(WRITTEN)
    visit.act("lock")
    sent = b"".join(one.url.encode() + (one.post_data_buffer or b"") for one in visit.asked)
    sent += json.dumps([one.headers for one in visit.asked]).encode()
    words = code.split()
    for trace in ("snor", "roerdomp", " ".join(words[:2]), "+".join(words[:2]), *words[:3]):
        assert not re.search(rb"\b%s\b" % re.escape(trace).encode(), sent), trace
    assert all(one.url.startswith(visit.origin) for one in visit.asked)
    assert visit.page.evaluate(STORED) == '[0,0,"",null]'
    assert visit.page.evaluate(DATABASES) == "[[],[]]"
    assert "roerdomp" not in visit.page.content()
    assert visit.page.locator("#code").input_value() == ""
    posts = {one.url.removeprefix(visit.origin) for one in visit.asked if one.method == "POST"}
    assert posts == {"/sealed/mailbox", "/sealed/message"}


def test_withdrawing_asks_first_and_is_final(visit: Opening, world: World) -> None:
    """The consequences come first, the way back keeps a text, and afterwards nothing opens."""
    code = world.file()
    visit.open(code, "en")
    visit.page.locator("#message-text").fill("Nog niet verstuurd.")
    visit.act("withdraw")
    assert "You cannot undo this." in visit.text()
    visit.act("back")
    assert visit.page.locator("#message-text").input_value() == "Nog niet verstuurd."
    visit.act("withdraw")
    visit.act("withdraw-now")
    expect(visit.page.locator("h1")).to_have_text("Your report is withdrawn")
    visit.enter("en")
    visit.type(code)
    expect(visit.page.locator("h1")).to_have_text("No mailbox opens with this code")


def test_unknown_mistyped_and_withdrawn_are_one_page_and_ask_the_same(
    visit: Opening, world: World
) -> None:
    """Words and requests are the same, so that nothing tells them apart."""
    code = world.file()
    words = code.split()
    swapped = " ".join([words[1], words[0], *words[2:]])
    never = "abandon ability able about above absent absorb abstract absurd abuse"
    seen = set()
    for typed in (swapped, never):
        visit.enter("en")
        visit.asked.clear()
        visit.type(typed)
        expect(visit.page.locator("h1")).to_have_text("No mailbox opens with this code")
        asked = sorted(
            (one.method, one.url, len(one.post_data_buffer or b"")) for one in visit.asked
        )
        seen.add((visit.text(), tuple(asked)))
    assert len(seen) == 1
    assert [one[1].rpartition("/")[2] for one in seen.pop()[1]] == ["cards", "mailbox"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("one two three", "A reply code has ten words. You typed 3."),
        ("zoo zoo qqqqz zoo", "Word 3, “qqqqz”, is in no word list. Look at it once more."),
    ],
)
def test_wrong_code_is_said_at_its_field(visit: Opening, typed: str, words: str) -> None:
    """What was typed stays, the words are the server's, and nothing was asked."""
    visit.enter("en")
    visit.asked.clear()
    visit.type(typed)
    expect(visit.page.locator("main .summary li")).to_have_text(words)
    expect(visit.page.locator("#code-problem")).to_contain_text(words)
    assert visit.page.locator("#code").input_value() == typed
    assert visit.page.locator("#code").get_attribute("aria-invalid") == "true"
    assert visit.asked == []


def test_answer_that_is_lost_is_asked_for_with_the_same_bytes(visit: Opening, world: World) -> None:
    """The line breaks after the message came in: sent again, it is stored once."""
    before = len(said(world))
    visit.open(world.file(), "en")
    visit.loses_answers()
    visit.write(WRITTEN)
    expect(visit.problem).to_contain_text("The line broke before our answer came.")
    assert visit.page.locator("#message-text").input_value() == WRITTEN
    visit.act("again")
    expect(visit.notice).to_have_text("Your message is sent.")
    first, second = visit.sealed()
    assert first == second
    assert len(said(world)) == before + 1


def test_text_that_was_changed_after_a_lost_answer_stays(visit: Opening, world: World) -> None:
    """What went out is sent again as it was; what was written since waits in the field."""
    visit.open(world.file(), "en")
    visit.loses_answers()
    visit.write(WRITTEN)
    visit.page.locator("#message-text").fill("Iets anders.")
    visit.act("again")
    expect(visit.notice).to_have_text("Your message is sent.")
    assert visit.page.locator("#message-text").input_value() == "Iets anders."
    assert ("message", WRITTEN) in said(world)


def test_two_tabs_do_not_hinder_each_other(visit: Opening, world: World) -> None:
    """The other tab wrote in between: the mailbox is read again and sealed anew, once each."""
    code = world.file()
    before = len(said(world))
    visit.open(code, "en")
    world.act(code, "message", text="Uit een ander tabblad.")
    visit.write(WRITTEN)
    expect(visit.notice).to_have_text("Your message is sent.")
    assert len(visit.sealed()) == 2
    assert len(said(world)) == before + 2


def test_pause_of_another_tab_stops_a_refusal(visit: Opening, world: World) -> None:
    """Paused in between: no answer is sent, and the page says to resume first."""
    code = asked(world)
    visit.open(code, "en")
    world.act(code, "hold")
    before = len(said(world))
    visit.act("refuse")
    expect(visit.problem).to_contain_text("You paused your report. Resume it first")
    assert len(said(world)) == before


def test_refusal_is_sent_once(visit: Opening, world: World) -> None:
    """A no reaches the desk, and the question stands as answered."""
    visit.open(asked(world), "en")
    visit.act("refuse")
    expect(visit.notice).to_have_text("Your answer is sent: nothing is passed on.")
    assert "You have answered this." in visit.text()
    assert ("refusal", "") in said(world)


REFUSALS = {
    4: "Your mailbox is full for now. Nothing was stored.",
    5: "The readers of this channel changed in this very moment.",
    6: "This channel cannot take reports or messages at the moment.",
    7: "Our server cannot take more at this moment.",
    8: "Our server does not understand what this page sent.",
    9: "This does not work at the moment.",
}


def test_every_refusal_keeps_the_text(visit: Opening, world: World) -> None:
    """Each code of the server has its words; nothing that was typed is lost."""
    visit.open(world.file(), "en")
    visit.answers(*REFUSALS)
    visit.page.locator("#message-text").fill(WRITTEN)
    for words in REFUSALS.values():
        visit.act("message")
        expect(visit.problem).to_contain_text(words)
        assert visit.page.locator("#message-text").input_value() == WRITTEN


def test_mailbox_that_is_gone_gives_the_text_back(visit: Opening, world: World) -> None:
    """Withdrawn in another tab: the words of an unknown code, with what was typed."""
    code = world.file()
    visit.open(code, "en")
    world.act(code, "withdraw_now")
    visit.write(WRITTEN)
    expect(visit.page.locator("h1")).to_have_text("No mailbox opens with this code")
    assert visit.page.locator("#typed").input_value() == WRITTEN


def test_other_language_keeps_mailbox_and_text(visit: Opening, world: World) -> None:
    """The switch fetches the other page and shows the same opening; no code is asked or sent."""
    visit.open(world.file(), "en")
    visit.page.locator("#message-text").fill(WRITTEN)
    visit.page.locator("header a[hreflang=nl]").click()
    expect(visit.page.locator("h1")).to_have_text("Je postvak")
    assert visit.page.locator("html").get_attribute("lang") == "nl"
    assert visit.page.locator("#message-text").input_value() == WRITTEN
    visit.page.locator("header a[hreflang=en]").click()
    visit.act("message")
    expect(visit.notice).to_have_text("Your message is sent.")


def test_idle_mailbox_closes_itself_unless_somebody_writes(visit: Opening, world: World) -> None:
    """After ten minutes without a touch the empty form is left, but a text is never lost."""
    visit.open(world.file(), "en")
    visit.page.locator("#message-text").fill(WRITTEN)
    visit.page.clock.run_for(11 * 60 * 1000)
    assert visit.page.locator("#message-text").input_value() == WRITTEN
    visit.page.locator("#message-text").fill("")
    visit.page.clock.run_for(11 * 60 * 1000)
    expect(visit.notice).to_contain_text("nothing happened for ten minutes")
    assert visit.page.locator("section#mailbox").count() == 0
    assert visit.page.locator("#code").input_value() == ""


def test_older_replies_come_on_asking(visit: Opening, world: World) -> None:
    """More replies than fit on one answer are shown by a button, from where the letters ended."""
    code = world.file()
    desk, handler = desk_of(world, code), world.offices[0].handlers[0]
    for number in range(1, 10):
        desk.reply(handler, f"Brief {number}." + "x" * 3_500, number=number, turn=number + 1)
    visit.open(code, "en")
    visit.page.locator("#message-text").fill(WRITTEN)
    assert "Brief 1." not in visit.text()
    letters = visit.page.locator("article.letter h3")
    for _ in range(2):
        before = letters.count()
        visit.act("older")
        expect(letters.nth(before)).to_be_focused()
    assert "Brief 1." in visit.text()
    assert "Brief 9." in visit.text()
    assert visit.page.locator("[data-act=older]").count() == 0
    assert visit.page.locator("#message-text").input_value() == WRITTEN
    assert visit.page.locator("#problem").is_hidden()


def test_full_mailbox_takes_a_pause_and_no_message(visit: Opening, world: World) -> None:
    """With ninety texts that nobody fetched there is room left to pause, and nothing is sent."""

    def filled(body: bytes) -> bytes:
        page = mailbox_page.unpack(body)
        assert page
        sent = tuple(secrets.token_bytes(32) for _ in range(90))
        return mailbox_page.pack(replace(page, sent=sent))

    code = world.file()
    visit.enter("en")
    visit.gives(filled)
    visit.type(code)
    visit.write(WRITTEN)
    expect(visit.problem).to_contain_text("Your mailbox is full for now.")
    assert visit.sealed() == []
    visit.act("hold")
    expect(visit.notice).to_have_text("Your report is paused.")


def test_keyboard_alone_opens_writes_and_closes(visit: Opening, world: World) -> None:
    """Tab and Enter reach everything; each step leaves the focus where reading goes on."""
    code = world.file()
    visit.enter("en")
    page = visit.page

    def to(selector: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(selector)

    to("#code")
    page.keyboard.type(code)
    to("[data-act=open]")
    page.keyboard.press("Enter")
    expect(page.locator("section#mailbox h1")).to_be_focused()
    to("#message-text")
    page.keyboard.type("Alleen met het toetsenbord.")
    to("[data-act=message]")
    page.keyboard.press("Enter")
    expect(visit.notice).to_be_focused()
    expect(visit.notice).to_have_text("Your message is sent.")
    to("[data-act=lock]")
    page.keyboard.press("Enter")
    expect(visit.notice).to_be_focused()
    assert "Your mailbox is closed." in visit.notice.inner_text()


def test_leaving_and_coming_back_reveals_nothing(visit: Opening, world: World) -> None:
    """Neither back, nor reload, nor the browser's own cache of pages shows a mailbox again."""
    code = world.file()
    desk_of(world, code).reply(world.offices[0].handlers[0], REPLY)
    for leave in ("goto", "reload"):
        visit.open(code, "en")
        if leave == "goto":
            visit.page.goto(f"{visit.origin}/en/routes")
            visit.page.go_back()
        else:
            visit.page.reload()
        visit.page.wait_for_selector("#mode-box[data-mode=browser]")
        assert "roerdomp" not in visit.page.content()
        assert visit.page.locator("#code").input_value() == ""
