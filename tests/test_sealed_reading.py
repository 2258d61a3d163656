"""The pages on which the browser seals, read and used without eyes or mouse, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import live
from tests.accessible import violations
from tests.live import LiveSite
from tests.reading_order import faults, place, reading
from tests.sealed_pages import CODE, MAILBOX, MESSAGE, SEAL, STORY, WORDS, Reporter, act
from tests.visitor import Chromium, Visitor

pytestmark = pytest.mark.parametrize("visits", ["chromium"], indirect=True, scope="module")

SLUG = "integriteitspunt"
LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])
MOST_STEPS = 120
FOCUSED = "document.activeElement?.matches({}) ?? false"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


def check(visitor: Visitor, where: str, shots: Path) -> None:
    """See that axe-core finds nothing, and that the page reads sensibly."""
    assert isinstance(visitor, Chromium)
    visitor.shot(shots / f"{where}.png")
    assert violations(visitor.page) == [], where
    assert faults(reading(visitor.page)) == [], where


@LANGUAGES
def test_every_screen_reads_sensibly(
    visitor: Visitor, site: LiveSite, language: str, tmp_path: Path
) -> None:
    """Form, form with a problem, review, code, mailbox, question before withdrawing, the end."""
    person = Reporter(visitor, site.origin, language)
    person.open_form(SLUG)
    check(visitor, "form", tmp_path)
    visitor.click("form#report button.main")
    visitor.wait('main [role="alert"]')
    check(visitor, "problem", tmp_path)
    person.check("Een merkteken-verhaal, bel 06-12345678.")
    check(visitor, "review", tmp_path)
    words = person.seal()
    check(visitor, "code", tmp_path)
    person.open_mailbox(words)
    check(visitor, "mailbox", tmp_path)
    person.press("hold")
    visitor.wait(act("resume"))
    check(visitor, "paused", tmp_path)
    visitor.click(act("withdraw"))
    visitor.wait(act("withdraw-now"))
    check(visitor, "withdraw", tmp_path)
    visitor.click(act("withdraw-now"))
    visitor.gone(act("withdraw-now"))
    check(visitor, "withdrawn", tmp_path)
    person.open_mailbox(words)
    check(visitor, "unknown", tmp_path)


def test_review_is_read_before_its_button(visitor: Visitor, site: LiveSite) -> None:
    """What will be sent and to whom, then the number to compare, then the button that sends."""
    assert isinstance(visitor, Chromium)
    person = Reporter(visitor, site.origin)
    person.open_form(SLUG)
    person.check("Een merkteken-verhaal.")
    read = reading(visitor.page)
    number = visitor.text("#review-fingerprint").split()[0]
    button = visitor.text(SEAL)
    order = [
        place(read, "heading", ""),
        place(read, "text", "merkteken-verhaal"),
        place(read, "text", number),
        place(read, "button", button),
    ]
    assert order == sorted(order), "\n".join(map(str, read))
    assert read[order[0]].focused


def test_code_is_read_as_a_list_after_its_heading(visitor: Visitor, site: LiveSite) -> None:
    """The heading says what it is and has the focus; ten words follow in their order."""
    assert isinstance(visitor, Chromium)
    words = Reporter(visitor, site.origin).report(SLUG, "Een merkteken-verhaal.")
    read = reading(visitor.page)
    order = [place(read, "heading", ""), place(read, "list", "")]
    order += [place(read, "text", word) for word in words]
    assert order[0] < min(order[2:])
    assert read[order[0]].focused


def tab_to(visitor: Visitor, at: str) -> None:
    """Press Tab until a place has the focus."""
    for _step in range(MOST_STEPS):
        if visitor.evaluate(FOCUSED.format(repr(at))):
            return
        visitor.press("Tab")
    raise AssertionError(f"Tab does not reach {at}")


def test_keyboard_alone_completes_the_loop(visitor: Visitor, site: LiveSite) -> None:
    """Tab, letters, Enter and Space: report, code, mailbox, message, pause, withdrawal."""
    person = Reporter(visitor, site.origin)
    person.open_form(SLUG)
    tab_to(visitor, STORY)
    visitor.type("Alleen met het toetsenbord.")
    for at in ("form#report button.main", SEAL):
        tab_to(visitor, at)
        visitor.press("Enter")
        visitor.wait(SEAL if at != SEAL else WORDS)
    words = visitor.texts(WORDS)
    visitor.goto(f"{site.origin}/nl/mailbox")
    visitor.wait('[data-mode="browser"]')
    tab_to(visitor, CODE)
    visitor.type(" ".join(words))
    tab_to(visitor, "form#enter .actions button")
    visitor.press("Enter")
    visitor.wait(MAILBOX)
    tab_to(visitor, MESSAGE)
    visitor.type("Nog iets.")
    for name, then in (("message", "#notice"), ("hold", act("resume"))):
        tab_to(visitor, act(name))
        visitor.press("Enter")
        visitor.wait(then)
    for name in ("withdraw", "withdraw-now"):
        visitor.wait(act(name))
        tab_to(visitor, act(name))
        visitor.press("Space")
    visitor.gone(act("withdraw-now"))
