"""Chromium and Firefox can both be steered and recorded: shown on the pages without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from dropbox.protocol import reply_code
from tests import hostile_server, live
from tests.hostile_server import Answer, Asked, Forward, HostileServer
from tests.live import LiveSite
from tests.recorder import Secrets, Tap, strangers
from tests.visitor import Trap, Visitor

STORY = "Iedereen lachte mee, één merkteken-kwartel zweeg.\n\nElke week."
BYTES = "new Uint8Array([0, 255, 254, 128, 13, 10, 226, 130])"
POST = f"fetch('/nl/nowhere', {{method: 'POST', body: {BYTES}}}).then(answer => answer.status)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration."""
    with live.live_site(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def tap(site: LiveSite) -> Iterator[Tap]:
    """Keep the bytes of one test, in which no script arrives: so the server must see all."""

    def without_scripts(asked: Asked, forward: Forward) -> Answer:
        return Answer(status=404) if asked.path.endswith(".js") else forward(asked)

    with hostile_server.hostile(site.origin) as running:
        running.rule = without_scripts
        found = Tap(int(running.origin.rpartition(":")[2]))
        yield found
        found.close()


@pytest.fixture
def blank(site: LiveSite) -> Iterator[HostileServer]:
    """Answer with an empty page whose scripts may do what they like, unlike the site's."""
    with hostile_server.hostile(site.origin) as running:
        page = b"<!doctype html><html lang=nl><link rel=icon href='data:,'><title>x</title>"
        empty = Answer(headers={"content-type": "text/html"}, body=page)
        running.rule = lambda asked, forward: empty
        yield running


def file_report(visitor: Visitor, origin: str) -> tuple[str, ...]:
    """Report in the mode in which the server seals; return the words of the code."""
    visitor.goto(f"{origin}/nl/report/extern-meldpunt")
    visitor.fill("textarea[name=text]", STORY)
    visitor.choose("select[name=unit]", "north")
    visitor.leave("main button[value=review]")
    assert STORY.split("\n")[0] in visitor.text("main")
    visitor.leave("button[value=send]")
    return tuple(visitor.texts("#reply-code li"))


def test_report_is_filed_and_its_recording_is_complete(
    visitor: Visitor, tap: Tap, site: LiveSite, trap: Trap
) -> None:
    """What the server must see here is found in both recordings: so it would be, elsewhere."""
    words = file_report(visitor, tap.origin)
    assert len(words) == 10
    visitor.goto(f"{tap.origin}/nl/mailbox")
    visitor.fill("textarea[name=code]", " ".join(words))
    visitor.leave("main button[value=open]")
    secrets = Secrets(("merkteken-kwartel", "één"), words)
    told = b"\n".join(each.all for each in visitor.sent())
    for recording in (told, tap.sent):
        found = "\n".join(secrets.found_in(recording))
        assert "merkteken-kwartel" in found
        assert "één" in found
        assert f"{words[0]} {words[1]} of the code" in found
        assert f"{words[8]} {words[9]} of the code" in found
    others = tuple(reply_code.words(reply_code.new_key(), "nl"))
    assert Secrets(("merkteken-reiger",), others).found_in(tap.sent) == []
    posted = [each for each in visitor.sent() if each.method == "POST"]
    assert [parse_qs(each.body.decode()).get("step") for each in posted] == [
        ["review"],
        ["send"],
        ["open"],
    ]
    assert strangers(visitor.sent(), tap.origin) == []
    assert trap.strangers() == []


def test_bytes_that_are_no_text_are_recorded_as_sent(
    visitor: Visitor, blank: HostileServer
) -> None:
    """A body of raw bytes is the same in what the browser says and on the wire."""
    tap = Tap(int(blank.origin.rpartition(":")[2]))
    visitor.goto(f"{tap.origin}/")
    assert visitor.evaluate(POST) == 200
    (sent,) = [each for each in visitor.sent() if each.method == "POST"]
    assert sent.body == blank.posts()[0].body == bytes([0, 255, 254, 128, 13, 10, 226, 130])
    assert sent.body in tap.sent
    tap.close()


def test_stranger_is_caught(visitor: Visitor, blank: HostileServer, trap: Trap) -> None:
    """A page that asks another host is seen: in the browser's record, and by the trap."""
    visitor.goto(f"{blank.origin}/")
    visitor.evaluate("fetch('http://evil.example/x', {mode: 'no-cors'}).catch(String)")
    assert strangers(visitor.sent(), blank.origin) == ["http://evil.example/x"]
    assert any(b"evil.example" in each for each in trap.strangers())
    trap.caught.clear()


def test_steps_of_a_visit(visitor: Visitor, site: LiveSite, tmp_path: Path) -> None:
    """What stories lean on: places, values, keys, the way back, pictures, code before a page."""
    visitor.before("globalThis.mark = 'set before'")
    visitor.goto(f"{site.origin}/nl/report/extern-meldpunt")
    assert visitor.evaluate("globalThis.mark") == "set before"
    assert visitor.attribute("html", "lang") == "nl"
    assert visitor.shown("h1") == 1
    assert visitor.shown("#no-such-place") == 0
    visitor.gone("#no-such-place")
    visitor.click("textarea[name=text]")
    visitor.type("Getypt")
    visitor.press("Enter")
    assert visitor.value("textarea[name=text]") == "Getypt\n"
    visitor.wait("main button[value=review]")
    visitor.goto(f"{site.origin}/nl/mailbox")
    visitor.back()
    assert visitor.url().endswith("/nl/report/extern-meldpunt")
    visitor.reload()
    assert visitor.value("textarea[name=text]") == ""
    visitor.shot(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert visitor.complaints() == []
