"""What a hostile server's HTML, a changed text and a curious hand get out of a page: nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.filling import Filling, filling, two_channels
from tests.opening import Opening, opening
from tests.site_client import World
from tests.test_sealed_mailbox_doing import said

WRITTEN = "Er is nog iets, merkteken-snor."
CHANGED = "Er is iets heel anders, merkteken-rietzanger."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels."""
    return two_channels(tmp_path_factory.mktemp("world"))


@pytest.fixture
def form(browser: Browser, origin: str) -> Iterator[Filling]:
    """Begin a visit to the form."""
    with filling(browser, origin) as found:
        yield found


@pytest.fixture
def mailbox(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit to the mailbox."""
    with opening(browser, origin) as found:
        yield found


def test_text_that_was_changed_after_a_lost_answer_stays(mailbox: Opening, world: World) -> None:
    """Send again" sends what was sent before; the newer text is still in its field afterwards."""
    before = len(said(world))
    mailbox.open(world.file(), "en")
    mailbox.answers(None)
    mailbox.write(WRITTEN)
    mailbox.page.locator("#message-text").fill(CHANGED)
    mailbox.act("again")
    expect(mailbox.notice).to_have_text("Your message is sent.")
    assert said(world)[before:] == [("message", WRITTEN)]
    assert mailbox.page.locator("#message-text").input_value() == CHANGED


def test_text_that_was_typed_while_sending_stays(mailbox: Opening, world: World) -> None:
    """Who goes on typing before the answer comes loses nothing of it."""
    mailbox.open(world.file(), "en")

    def slowly(route: Route) -> None:
        mailbox.page.locator("#message-text").fill(CHANGED)
        route.fallback()

    mailbox.page.route("**/sealed/message", slowly)
    mailbox.write(WRITTEN)
    expect(mailbox.notice).to_have_text("Your message is sent.")
    assert mailbox.page.locator("#message-text").input_value() == CHANGED


def test_code_cannot_be_undone_back_into_its_field(mailbox: Opening, world: World) -> None:
    """After closing, "undo" in the empty field brings no word of the code back."""
    mailbox.enter()
    code = world.file()
    mailbox.page.locator("#code").press_sequentially(code)
    mailbox.act("open")
    mailbox.page.wait_for_selector("section#mailbox #state")
    mailbox.act("lock")
    field = mailbox.page.locator("#code")
    for _ in range(5):
        field.press("Control+z")
    assert field.input_value() == ""


def test_code_cannot_be_undone_back_after_typing(mailbox: Opening, world: World) -> None:
    """Also when somebody types something first."""
    mailbox.enter()
    code = world.file()
    mailbox.page.locator("#code").press_sequentially(code)
    mailbox.act("open")
    mailbox.page.wait_for_selector("section#mailbox #state")
    mailbox.act("lock")
    field = mailbox.page.locator("#code")
    field.press_sequentially("x")
    for _ in range(8):
        field.press("Control+z")
    assert not set(field.input_value().split()) & set(code.split())


def test_form_around_the_code_is_sent_by_nobody(form: Filling) -> None:
    """A hostile server's template makes the code's list part of a form: no word of it is sent."""
    place = (
        '<form method="post" id="trap" action="/collect"></form>'
        '<select name="w" form="trap"><option id="words" selected></option></select>'
    )

    def change(page: str) -> str:
        found = re.sub(r'<ol class="code" id="words".*?</ol>', place, page)
        return found.replace('type="button" data-act="written"', 'form="trap" data-act="written"')

    form.changes(change)
    form.open("en")
    form.check()
    form.act("seal")
    expect(form.page.locator("option#words li")).to_have_count(10)
    form.page.locator("[data-act=written]").click()
    form.page.wait_for_timeout(500)
    posts = [one.url for one in form.posts()]
    assert all(url.endswith("/sealed/report") for url in posts), form.posts()[-1].post_data


def test_review_names_who_is_shut_out_by_the_card(form: Filling, world: World) -> None:
    """A hostile server that swaps the boxes' values shows in the review, under its own words."""
    first, second = world.offices[0].handlers

    def change(page: str) -> str:
        swapped = {first.handler_id.hex(): second.handler_id.hex()}
        swapped |= {after: before for before, after in swapped.items()}
        return re.sub("|".join(swapped), lambda found: swapped[found[0]], page)

    form.changes(change)
    form.open("nl")
    labels = form.page.locator("#excluded label").all_inner_texts()
    form.page.locator("#excluded input").first.check()
    form.check()
    row = form.page.locator("dl.review div", has_text="Wie krijgt het niet").inner_text()
    assert labels[1] in row
    assert labels[0] not in row


def test_choice_without_words_is_shown_by_its_value(form: Filling) -> None:
    """What a hostile page ticks without a label cannot go along unseen."""

    def change(page: str) -> str:
        return page.replace(
            '<fieldset id="conduct">',
            '<fieldset id="conduct"><input type="checkbox" name="conduct" value="ip-2001-db8" '
            "checked hidden>",
        )

    form.changes(change)
    form.open("nl")
    form.check()
    assert "ip-2001-db8" in form.page.locator("dl.review").inner_text()


KEPT = """() => {
    const templates = [...document.querySelectorAll("template")].map((one) => one.content);
    return [document, ...templates]
        .flatMap((root) => [...root.querySelectorAll("textarea, select")])
        .filter((field) => field.getAttribute("autocomplete") !== "off")
        .map((field) => field.outerHTML);
}"""


@pytest.mark.parametrize("path", ["report/meldpunt", "mailbox"])
def test_every_field_is_left_out_of_the_browsers_session(form: Filling, path: str) -> None:
    """Firefox keeps texts and choices on the disk, unless the field itself says not to."""
    form.page.goto(f"{form.origin}/nl/{path}")
    assert form.page.evaluate(KEPT) == []


ACTION = "document.querySelector('form[data-site]').getAttribute('action')"


def test_form_is_none_that_a_browser_asks_about_until_it_is_the_servers(form: Filling) -> None:
    """Chromium asks nobody how to fill in a form that searches; given back, it goes to the site."""
    form.open("nl")
    assert form.page.evaluate(ACTION) == "/search"
    form.changes(lambda page: re.sub('data-card="[^"]*"', 'data-card="AQI="', page))
    form.open("nl")
    form.act("server")
    assert form.page.evaluate(ACTION) == "/nl/report/meldpunt"
    assert form.page.evaluate("document.querySelector('form[data-site]').method") == "post"


@pytest.mark.parametrize("name", ["remove", "elements", "querySelectorAll", "__proto__"])
def test_field_that_takes_a_methods_name_loses_no_code_and_sends_no_text(
    form: Filling, name: str
) -> None:
    """A hostile field stands where the script expects a method: nothing goes out in clear."""
    field = f'<input type="text" name="{name}" value="x"><fieldset class="group" id="mode">'
    form.changes(lambda page: page.replace('<fieldset class="group" id="mode">', field, 1))
    form.open("nl")
    form.page.locator("textarea#text").fill(WRITTEN)
    form.press_review()
    if name in ("remove", "querySelectorAll"):
        form.act("seal")
        assert len(form.code()) == 10
    else:
        assert form.problem() == "Broken"
    assert all(one.url.endswith("/sealed/report") for one in form.posts())
