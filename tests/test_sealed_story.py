"""The whole loop with a browser that seals and opens, in Chromium and in Firefox, recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dropbox.config import read_site
from dropbox.protocol.channel_card import read_card
from tests import live
from tests.live import LiveSite
from tests.recorder import Secrets, Tap, strangers
from tests.sealed_pages import CODE_PROBLEM, LETTER, NOTICE, Reporter, act
from tests.visitor import Trap, Visitor

SLUG = "integriteitspunt"
HEAD = 2
"""The place among the readers of the one who is to get nothing."""

STORY = "Mijn merkteken-leidinggevende maakt grappen, élke merkteken-week weer."
MORE = "Er was nog een merkteken-bericht."
ANSWER = "Dank je wel. Dit is het merkteken-antwoord."
PLANTED = ("merkteken-leidinggevende", "merkteken-week", "merkteken-bericht", "merkteken-antwoord")
STORED = "localStorage.length + sessionStorage.length + document.cookie.length"
DATABASES = "indexedDB.databases().then(found => found.length)"
CACHES = "globalThis.caches ? caches.keys().then(found => found.length) : 0"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def tap(site: LiveSite) -> Iterator[Tap]:
    """Keep the bytes of one test."""
    found = Tap(int(site.origin.rpartition(":")[2]))
    yield found
    found.close()


def secrets_of(site: LiveSite, words: tuple[str, ...], texts: tuple[str, ...]) -> Secrets:
    """Return what a reporter of the channel has to hide."""
    settings = read_site(site.demo.places.site_toml)
    path = site.demo.places.cards_dir / f"{SLUG}.card"
    today = datetime.now(UTC).date()
    card = read_card(path.read_bytes(), settings.site_id, today)
    return Secrets(texts, words, settings.site_id, card.channel_pk)


def test_whole_loop(visitor: Visitor, tap: Tap, site: LiveSite, trap: Trap) -> None:
    """Report, code, mailbox, a desk's reply, message, pause, resume, withdrawal.

    Nothing of it went over the wire in clear, nobody but the site was asked, and
    nothing stayed in the browser.
    """
    reporter = Reporter(visitor, tap.origin)
    known = numbers(site)
    reporter.open_form(SLUG)
    reporter.exclude(HEAD)
    reporter.check(STORY)
    assert "merkteken-leidinggevende" in visitor.text("main")
    words = reporter.seal()
    assert len(words) == 10
    reporter.open_mailbox(words)
    assert visitor.shown(LETTER) == 0
    (number,) = numbers(site) - known
    answer(site, number)
    reporter.open_mailbox(words)
    assert "merkteken-antwoord" in reporter.letters()[0]
    reporter.message(MORE)
    reporter.press("hold")
    visitor.wait(act("resume"))
    reporter.press("resume")
    visitor.wait(act("hold"))
    for name in ("integriteit-1", "integriteit-2"):
        site.carry_in(name)
        thread = re.sub(r"[\s│┆]+", " ", site.desk(name, f"read {number}"))
        assert all(each in thread for each in ("merkteken-week", "merkteken-bericht"))
    site.carry_in("integriteit-3")
    assert number not in site.desk("integriteit-3", "list")
    reporter.withdraw()
    unknown = reporter.open_mailbox(words)
    assert visitor.shown(act("hold")) == 0
    swapped = (words[1], words[0], *words[2:])
    assert reporter.open_mailbox(swapped) == unknown
    assert visitor.evaluate(STORED) == 0
    assert visitor.evaluate(DATABASES) == visitor.evaluate(CACHES) == 0
    site.carry_in("integriteit-1")
    check_recording(visitor, tap, secrets_of(site, words, PLANTED))
    assert strangers(visitor.sent(), tap.origin) == []
    assert trap.strangers() == []
    assert visitor.complaints() == []


def check_recording(visitor: Visitor, tap: Tap, secrets: Secrets) -> None:
    """See that something was recorded, and that nothing of it tells anything."""
    told = b"\n".join(each.all for each in visitor.sent())
    for path in (b"/sealed/report", b"/sealed/message", b"/sealed/mailbox", b"/sealed/withdrawal"):
        assert path in told
        assert path in tap.sent
    assert secrets.found_in(told) == []
    assert secrets.found_in(tap.sent) == []
    assert Secrets(secrets.texts).found_in(tap.answered) == []


def numbers(site: LiveSite) -> set[str]:
    """Bring what there is to the first handler's desk; return the numbers of its cases."""
    site.carry_in("integriteit-1")
    return set(re.findall(r"\b[0-9a-f]{8,64}\b", site.desk("integriteit-1", "list")))


def answer(site: LiveSite, number: str) -> None:
    """Let the first handler answer, and bring the reply to the site, with the commands."""
    _collect, _take_in, _read, reply, export = site.commands()
    site.run(reply.replace("CASE", number).replace("Dank je wel. We lezen het.", ANSWER))
    site.run(export)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_code_and_story_are_gone_when_the_page_is_left(
    visitor: Visitor, site: LiveSite, language: str
) -> None:
    """Back, forward and reload show neither the code nor the story nor a letter again."""
    reporter = Reporter(visitor, site.origin, language)
    words = reporter.report(SLUG, STORY)
    visitor.goto(f"{site.origin}/{language}/")
    visitor.back()
    visitor.wait("h1")
    page = str(visitor.evaluate("document.documentElement.outerHTML"))
    assert not any(word in page for word in (f">{words[0]}<", "merkteken"))
    reporter.open_mailbox(words)
    visitor.reload()
    assert visitor.shown(act("message")) == 0
    assert visitor.value("textarea#code") == ""
    visitor.goto(f"{site.origin}/{language}/")
    visitor.back()
    visitor.wait("h1")
    assert visitor.value("textarea#code") == ""
    posted = [each for each in visitor.sent() if each.url.endswith("/sealed/report")]
    assert len(posted) == 1


def test_leaving_quickly_replaces_the_page(visitor: Visitor, site: LiveSite, trap: Trap) -> None:
    """Esc twice leads away, and the way back does not lead to what was written."""
    reporter = Reporter(visitor, site.origin)
    visitor.goto(f"{site.origin}/nl/")
    reporter.open_form(SLUG)
    visitor.fill("textarea#text", STORY)
    visitor.press("Escape")
    visitor.press("Escape")
    visitor.gone("textarea#text")
    assert "merkteken" not in str(visitor.evaluate("document.documentElement.outerHTML"))
    # It leads to another site, and tells it nothing.
    assert not any(b"127.0.0.1" in each for each in trap.caught)
    trap.caught.clear()


def test_mailbox_opens_however_the_code_was_written_down(visitor: Visitor, site: LiveSite) -> None:
    """Capitals, numbers and first letters open it; a wrong word is named and asks nobody."""
    reporter = Reporter(visitor, site.origin)
    words = reporter.report(SLUG, "Verhaal voor de code.")
    for typed in (
        tuple(f"{place}. {word.upper()}" for place, word in enumerate(words, 1)),
        tuple(word[:4] for word in words),
    ):
        reporter.open_mailbox(typed)
        assert visitor.shown(act("hold")) == 1
    before = len([each for each in visitor.sent() if each.method == "POST"])
    reporter.try_to_open((*words[:9], "qqqqz"))
    assert "qqqqz" in visitor.text(CODE_PROBLEM)
    assert len([each for each in visitor.sent() if each.method == "POST"]) == before
    assert visitor.shown(NOTICE) == 0
