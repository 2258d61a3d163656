"""Consent in browser mode: both are sealed here, and stored together or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests import organisation
from tests.accessible import violations
from tests.opening import Opening, opening
from tests.organisation import Handler, Office
from tests.site_client import World
from tests.test_sealed_mailbox import asked

TOLD = "Voor het andere kanaal: merkteken-tureluur."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Make a site with two channels of two handlers each."""
    other = Office([Handler("inspector"), Handler("jurist")], slug="ander")
    return World(tmp_path_factory.mktemp("world"), (organisation.office(), other))


@pytest.fixture
def visit(browser: Browser, origin: str) -> Iterator[Opening]:
    """Begin a visit on the narrowest phone."""
    with opening(browser, origin, viewport={"width": 320, "height": 800}) as found:
        yield found


def write(visit: Opening, world: World, lang: str = "en") -> str:
    """Open a mailbox with a question, and write for the other channel; return the code."""
    code = asked(world)
    visit.open(code, lang)
    visit.act("consent")
    visit.page.locator("textarea[name=text]").fill(TOLD)
    return code


def kinds(world: World) -> list[str]:
    """Return the kinds of all later messages at the first channel."""
    return [one.message.kind for one in world.messages(world.offices[0].handlers[0])]


def fresh(visit: Opening) -> str:
    """Return the new code, once it stands."""
    expect(visit.page.locator("#words li")).to_have_count(10)
    return " ".join(visit.page.locator("#words li").all_inner_texts())


def test_consent_opens_a_mailbox_there_and_tells_it_here(visit: Opening, world: World) -> None:
    """Excluded readers get nothing, the new code opens, the first stays; nothing left in clear."""
    inspector, jurist = world.offices[1].handlers
    code = write(visit, world)
    assert "Mag een ander lezen?" in visit.text()
    assert violations(visit.page) == []
    visit.page.get_by_label("jurist").check()
    visit.act("review")
    assert "Another channel asked, and you agreed." in visit.page.locator("main").inner_text()
    assert violations(visit.page) == []
    visit.act("seal")
    new = fresh(visit)
    assert violations(visit.page) == []
    assert "Keep your first code too" in visit.page.locator("main").inner_text()
    told = [one.report for one in world.reports(inspector)]
    assert [(one.text, one.origin) for one in told if TOLD in one.text] == [(TOLD, "transfer")]
    assert TOLD not in [one.report.text for one in world.reports(jurist)]
    assert kinds(world)[-1:] == ["consent"]
    sent = b"".join(one.url.encode() + (one.post_data_buffer or b"") for one in visit.asked)
    for word in ("tureluur", *new.split()[:2], *code.split()[:2]):
        assert not re.search(rb"\b%s\b" % word.encode(), sent)
    visit.open(new, "en")
    assert "There is no reply yet." in visit.text()
    visit.page.reload()
    visit.open(code, "en")
    assert "You have answered this." in visit.text()


def test_lost_answer_is_asked_for_with_the_same_bytes(visit: Opening, world: World) -> None:
    """The line breaks after both were stored: sent again, there is still one of each."""
    inspector = world.offices[1].handlers[0]
    reports, before = len(world.reports(inspector)), len(kinds(world))
    write(visit, world)
    visit.act("review")
    visit.loses_answers(what="consent")
    visit.act("seal")
    expect(visit.problem).to_contain_text("The line broke")
    visit.problem.locator("[data-act=seal]").click()
    assert len(fresh(visit).split()) == 10
    assert len(set(visit.sealed("consent"))) == 1
    assert len(world.reports(inspector)) == reports + 1
    assert len(kinds(world)) == before + 1


def test_pause_of_another_tab_stops_the_consent(visit: Opening, world: World) -> None:
    """Paused in between: neither is stored, the text stays, and the page says why."""
    reports = len(world.reports(world.offices[1].handlers[0]))
    code = write(visit, world)
    visit.act("review")
    world.act(code, "hold")
    visit.act("seal")
    expect(visit.problem).to_contain_text("You paused your report. Resume it first")
    visit.act("change")
    assert visit.page.locator("textarea[name=text]").input_value() == TOLD
    assert len(world.reports(world.offices[1].handlers[0])) == reports


def test_message_of_another_tab_is_sealed_around(visit: Opening, world: World) -> None:
    """The mailbox changed in between: it is read again and both are sealed anew."""
    code = write(visit, world)
    visit.act("review")
    world.act(code, "message", text="Uit een ander tabblad.")
    visit.act("seal")
    assert len(fresh(visit).split()) == 10
    assert len(visit.sealed("consent")) == 2


def test_way_back_and_other_language(visit: Opening, world: World) -> None:
    """The switch keeps what was typed; "not now" leads back and sends nothing."""
    write(visit, world)
    visit.page.locator("header a[hreflang=nl]").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "nl")
    expect(visit.page.locator("textarea[name=text]")).to_have_value(TOLD)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    visit.act("back")
    expect(visit.page.locator("h1")).to_have_text("Je postvak")
    assert visit.sealed("consent") == []


def test_wrong_form_says_what_is_wrong(visit: Opening, world: World) -> None:
    """An empty story is no story, in the words of the report's form."""
    write(visit, world)
    visit.page.locator("textarea[name=text]").fill(" ")
    visit.act("review")
    expect(visit.page.locator("main .summary li")).to_have_text(
        "Write what you want to tell. The rest may stay empty."
    )
    assert violations(visit.page) == []
