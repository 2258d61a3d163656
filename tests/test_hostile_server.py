"""The hostile server does what its rules say, and what it serves is refused by the reference."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from dropbox.errors import ProtocolError
from dropbox.protocol import reply_code, reporter
from dropbox.protocol.channel_card import read_card
from tests import hostile_server
from tests.hostile_server import BAD_ANSWERS, Answer, Asked, Dropped, HostileServer
from tests.organisation import SITE_ID
from tests.sealing_world import SealingWorld, bad_cards, bad_replies
from tests.site_client import URLENCODED, hidden

TEXT = "Dank je wel, zegt een merkteken."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SealingWorld:
    """Make the site."""
    return SealingWorld(tmp_path_factory.mktemp("sealing"))


@pytest.fixture(scope="module")
def hostile(world: SealingWorld) -> Iterator[HostileServer]:
    """Run the site, and the hostile server before it."""
    with world.serving() as origin, hostile_server.hostile(origin) as running:
        yield running


def ask(server: HostileServer, path: str, fields: dict[str, object] | None = None) -> bytes:
    """Ask as a browser does; return the body."""
    connection = http.client.HTTPConnection(server.origin.removeprefix("http://"), timeout=20)
    headers = {"Origin": server.origin, "Content-Type": URLENCODED} if fields else {}
    body = urlencode(fields, doseq=True) if fields else None
    connection.request("POST" if fields else "GET", path, body, headers)
    answer = connection.getresponse().read()
    connection.close()
    return answer


def test_every_bad_card_is_refused_by_the_reference(world: SealingWorld) -> None:
    """None of the cards can be read, each for a reason of its own kind; the site's own can."""
    assert read_card(world.card(world.office), SITE_ID, world.today).slug == "meldpunt"
    for name, raw in bad_cards(world).items():
        with pytest.raises(ProtocolError):
            print(name, read_card(raw, SITE_ID, world.today))
    with pytest.raises(ProtocolError):
        read_card(world.card(world.office, 1), SITE_ID, world.today, at_least_version=2)


def test_every_forged_reply_is_refused_by_the_reference(world: SealingWorld) -> None:
    """A reporter's mailbox shows none of them, and does show a good one."""
    words = " ".join(reply_code.words(reply_code.new_key(), "nl"))
    first, shut_out = world.office.handlers
    readers = {first.handler_id}
    own = world.keys(words)
    assert reporter.open_reply(own, world.reply(words, TEXT), readers).reply.text == TEXT
    for name, raw in bad_replies(world, words, shut_out, TEXT).items():
        with pytest.raises(ProtocolError):
            print(name, reporter.open_reply(own, raw, readers))


def test_site_works_through_an_honest_server(hostile: HostileServer, world: SealingWorld) -> None:
    """Forms are taken as if it were not there, and each request is seen."""
    hostile.rule = hostile_server.honest
    hostile.seen.clear()
    words = file_report(hostile)
    assert world.report(words).text == TEXT
    assert [asked.path for asked in hostile.posts()] == ["/nl/report/meldpunt"] * 2
    assert world.mailboxes() == 1


def file_report(hostile: HostileServer) -> str:
    """Report without script; return the code."""
    path = "/nl/report/meldpunt"
    fields = hidden(ask(hostile, path).decode()) | {"text": TEXT, "mode": "anonymous"}
    review = ask(hostile, path, fields | {"step": "review"}).decode()
    page = ask(hostile, path, hidden(review) | {"step": "send"}).decode()
    listed = page.partition('id="reply-code"')[2].partition("</ol>")[0]
    return " ".join(each.partition("</li>")[0] for each in listed.split("<li>")[1:])


@pytest.mark.parametrize("after", [False, True])
def test_connection_drops_before_or_after_the_site_acted(
    hostile: HostileServer, world: SealingWorld, after: bool
) -> None:
    """In both cases the browser hears nothing; only in one is a report stored."""
    before = world.mailboxes()
    path = "/nl/report/meldpunt"
    hostile.rule = hostile_server.honest
    fields = hidden(ask(hostile, path).decode()) | {"text": TEXT, "mode": "anonymous"}
    fields = hidden(ask(hostile, path, fields | {"step": "review"}).decode())
    hostile.rule = hostile_server.dropping(path, 1, after=after)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(hostile, path, fields | {"step": "send"})
    assert world.mailboxes() == before + after


def test_rules_change_what_they_name_and_nothing_else() -> None:
    """Cards, days, one address's answer, and the answer that comes again."""
    page = b'<form data-card="abc" data-day="2026-01-01">'

    def site(asked: Asked) -> Answer:
        return Answer(200, {}, page + asked.body)

    def body(rule: hostile_server.Rule, path: str, content: bytes = b"") -> bytes:
        return rule(Asked("GET", path, {}, content), site).body

    assert body(hostile_server.with_card(b"\1\2"), "/nl/x") == page.replace(b"abc", b"AQI=")
    assert body(hostile_server.with_card(b"\1\2"), "/cards") == b"\0\0\0\2\1\2"
    later = hostile_server.with_card(b"\1\2", lambda asked: asked.path == "/en/x")
    assert [body(later, path)[17:21] for path in ("/nl/x", "/en/x", "/nl/x")] == [
        *(b'abc"', b"AQI="),
        b"AQI=",
    ]
    assert b"2020-02-02" in body(hostile_server.with_day("2020-02-02"), "/nl/x")
    assert body(hostile_server.answering("/a", Answer(body=b"!")), "/a") == b"!"
    assert body(hostile_server.answering("/a", Answer(body=b"!")), "/b") == page
    again = hostile_server.replaying("/a")
    assert body(again, "/a", b"1") == body(again, "/a", b"2") == page + b"1"
    with pytest.raises(Dropped):
        body(hostile_server.dropping("/a", 1, after=True), "/a")


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_bad_answers_reach_the_browser(hostile: HostileServer, name: str) -> None:
    """What comes is not what the site said, and an endless answer is longer than any page."""
    good = b"x" * 32_768
    hostile.rule = hostile_server.answering("/a", BAD_ANSWERS[name](good))
    connection = http.client.HTTPConnection(hostile.origin.removeprefix("http://"), timeout=20)
    connection.request("GET", "/a")
    answer = connection.getresponse()
    found = answer.read(1_000_000)
    connection.close()
    assert found != good
    assert (len(found) == 1_000_000) == (name == "endless")
    assert (answer.status == 500) == (name == "an error of the machine")
