"""Nobody but the browser that brought this start's token gets anything from the desk."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dropbox.desk.pages import door, peers
from dropbox.desk.pages.door import Door, NotLetIn, TokenTooOld, TokenUsed
from tests.desk_process import RunningDesk, running_desk
from tests.desk_world import PASSPHRASE, World

LISTENING = "0A"
NOBODY = 65_534


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the vaults of one channel."""
    place = tmp_path_factory.mktemp("door")
    World(place)
    return place


@pytest.fixture
def desk(folder: Path) -> Iterator[RunningDesk]:
    """Run a desk that nobody has entered yet."""
    with running_desk(folder / "anna.vault") as running:
        yield running


@pytest.fixture(scope="module")
def entered(folder: Path) -> Iterator[RunningDesk]:
    """Run a desk that is entered and stays locked."""
    with running_desk(folder / "anna.vault") as running:
        running.enter()
        yield running


def said_nothing(text: str) -> bool:
    """Tell whether a page shows nothing of the desk: no form, no navigation, no token."""
    return not re.search(r"<form|<nav|csrf|passphrase|cases", text, re.IGNORECASE)


def test_only_this_computer_and_only_the_browser_with_the_token(desk: RunningDesk) -> None:
    """It listens on 127.0.0.1 alone; without the token every page says that, and no more."""
    places = [
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == LISTENING and line.split()[1].endswith(f":{desk.port:04X}")
    ]
    assert places == [f"0100007F:{desk.port:04X}"]
    for path in ("/", "/cases", "/unlock", "/start", "/language/nl", "/here", "/none-such"):
        found = desk.ask(path)
        assert found.status == 403, path
        assert said_nothing(found.text), path
        assert found.cookies == []
    assert desk.ask("/enter/" + "x" * 43).status == 403
    assert desk.ask("/unlock", {"passphrase": PASSPHRASE}).status == 403


def test_token_opens_once(desk: RunningDesk) -> None:
    """The token has 256 bits; a second browser is refused, and the first one hears of it."""
    path = urlsplit(desk.address).path
    assert len(path.removeprefix("/enter/")) == 43
    found = desk.enter()
    assert found.status == 303
    assert found.headers["Location"] == "/"
    assert path not in found.text
    assert "second time" not in desk.ask("/unlock").text
    other = desk.ask(path, cookie="", Sec_Fetch_Site="none")
    assert (other.status, other.cookies) == (403, [])
    assert "used before" in other.text
    assert said_nothing(other.text)
    assert "second time" in desk.ask("/unlock").text
    assert desk.ask(path).status == 303  # who is in may press the address again


def test_session_cookie_is_for_this_start_and_this_site_only(
    desk: RunningDesk, folder: Path
) -> None:
    """HttpOnly, SameSite=Strict, under a random name; another start does not know it."""
    (cookie,) = desk.enter().cookies
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} == set(cookie.split("; ")[1:])
    with running_desk(folder / "bram.vault") as other:
        (second,) = other.enter().cookies
        assert second.split("=")[0] != cookie.split("=")[0]
        assert other.ask("/cases", cookie=cookie.partition(";")[0]).status == 403
        renamed = f"{second.split('=')[0]}={cookie.partition(';')[0].partition('=')[2]}"
        assert other.ask("/cases", cookie=renamed).status == 403


def test_token_dies_after_ten_minutes_and_is_compared_whole() -> None:
    """A start that nobody entered cannot be entered later, and no part of a token does."""
    clock = [0.0]
    found = Door(1, "t" * 43, lambda: clock[0])
    for wrong in ("", "t" * 42, "t" * 44, "\udcff", "u" * 43):
        with pytest.raises(NotLetIn):
            found.use(wrong)
    clock[0] = door.TOKEN_SECONDS + 1.0
    with pytest.raises(TokenTooOld):
        found.use("t" * 43)
    with pytest.raises(TokenUsed):
        found.use("t" * 43)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "localhost",
        "127.0.0.1.evil.example:{port}",
        "[::1]:{port}",
        "127.0.0.1:{port}.evil.example",
        "user@127.0.0.1:{port}",
        "127.0.0.1:{other}",
        "",
    ],
)
def test_other_hosts_are_refused(entered: RunningDesk, host: str) -> None:
    """A name that a stranger points at this computer shows nothing, also with the session."""
    name = host.format(port=entered.port, other=entered.port + 1)
    for path in ("/unlock", "/static/desk.css", urlsplit(entered.address).path):
        found = entered.ask(path, Host=name)
        assert found.status in (400, 421), path
        assert said_nothing(found.text)
    assert entered.ask("/unlock", Host=f"localhost:{entered.port}").status == 200


@pytest.mark.parametrize("fetched_from", ["cross-site", "same-site", "nonsense"])
def test_other_pages_are_refused(entered: RunningDesk, fetched_from: str) -> None:
    """A link, an image or a form on any other page, also of this computer's ports, does nothing."""
    path = urlsplit(entered.address).path
    assert entered.ask(path, Sec_Fetch_Site=fetched_from).status == 403
    token = entered.token()
    for asked in ("/unlock", "/", "/static/desk.css"):
        found = entered.ask(asked, Sec_Fetch_Site=fetched_from)
        assert found.status == 403
        assert token not in found.text
    form = {"csrf_token": token, "passphrase": PASSPHRASE}
    assert entered.ask("/unlock", form, Sec_Fetch_Site=fetched_from).status == 403
    assert entered.ask("/cases").status == 303  # still locked


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:{other}",
        "http://localhost:{port}",
    ],
)
def test_posts_of_other_origins_are_refused(entered: RunningDesk, origin: str | None) -> None:
    """A post needs this very origin, whatever else the browser says or leaves out."""
    form = {"csrf_token": entered.token(), "passphrase": PASSPHRASE}
    named = origin and origin.format(port=entered.port, other=entered.port + 1)
    for fetched_from in (None, "same-origin", "none"):
        found = entered.ask("/unlock", form, Origin=named, Sec_Fetch_Site=fetched_from)
        assert found.status == 403
    assert entered.ask("/cases").status == 303


def test_posts_need_the_token_of_their_page(entered: RunningDesk) -> None:
    """Without it, or with one of another session, nothing is unlocked, locked or stopped."""
    for path in ("/unlock", "/lock", "/stop", "/here", "/start/card"):
        for given in ({}, {"csrf_token": "x"}):
            found = entered.ask(path, {**given, "passphrase": PASSPHRASE})
            assert found.status in (303, 400), path
    assert entered.ask("/cases").headers["Location"] == "/unlock"
    assert entered.process.poll() is None


def test_every_answer_has_the_strict_headers(desk: RunningDesk) -> None:
    """Pages, refusals, errors and files alike: nothing from elsewhere, no copy, no frame."""
    desk.enter()
    desk.unlock(PASSPHRASE)
    answers = [desk.ask(path) for path in ("/cases", "/none-such", "/static/desk.css", "/")]
    answers += [desk.ask("/cases", cookie=""), desk.ask("/cases", Host="evil.example")]
    assert {each.status for each in answers} == {200, 303, 403, 404, 421}
    for each in answers:
        policy = each.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert each.headers["Cache-Control"] == "no-store"
        assert each.headers["Referrer-Policy"] == "same-origin"
        assert each.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert each.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert not re.search(r"Werkzeug|Python", str(each.headers))


def test_another_user_of_this_computer_is_not_answered(entered: RunningDesk) -> None:
    """With everything that the right browser has, another person's program gets no answer.

    Only root can take another user's place; for everybody else the next test must do.
    """
    program = (
        "import http.client, os, sys\n"
        "''.encode('idna')\n"
        "c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=10)\n"
        "c.putrequest('GET', '/unlock')\n"  # loads what another user may not read
        "os.setuid(int(sys.argv[3]))\n"
        "c.putheader('Cookie', sys.argv[2])\n"
        "c.putheader('Sec-Fetch-Site', 'same-origin')\n"
        "c.endheaders()\n"
        "print(c.getresponse().status)\n"
    )
    command = [sys.executable, "-I", "-c", program, str(entered.port), entered.cookie]
    mine = subprocess.run([*command, str(os.getuid())], capture_output=True, text=True, check=True)
    assert mine.stdout == "200\n"
    if os.getuid() == 0:
        theirs = subprocess.run(
            [*command, str(NOBODY)], capture_output=True, text=True, check=False
        )
        assert theirs.stdout == ""
        assert re.search(r"RemoteDisconnected|ConnectionResetError", theirs.stderr)


def test_owner_of_a_connection_is_read_as_linux_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of the client's end decides; no line is nobody of ours, no table is no answer."""
    client, server = ("127.0.0.1", 0x9C40), ("127.0.0.1", 0x8123)
    here, there = "0100007F:9C40", "0100007F:8123"
    row = "   0: {} {} 01 00000000:00000000 00:00000000 00000000 {:5d}        0 1 1 0 20 4 30 10 -1"
    table = tmp_path / "tcp"
    monkeypatch.setattr(peers, "CONNECTIONS", table)
    assert peers.is_ours(client, server)
    own, other = os.getuid(), os.getuid() + 1
    for rows, expected in (
        ([(here, there, own), (there, here, other)], True),
        ([(here, there, other), (there, here, own)], False),
        ([(there, here, own)], False),
        ([], False),
    ):
        table.write_text("\n".join(["  sl  local", *(row.format(*each) for each in rows)]))
        assert peers.is_ours(client, server) is expected


def test_nothing_is_logged(desk: RunningDesk) -> None:
    """Whatever is asked, the process printed the address once, and nothing about requests."""
    desk.enter()
    desk.unlock("wrong passphrase merkteken-aalscholver")
    desk.unlock(PASSPHRASE)
    desk.ask("/cases/merkteken-aalscholver")
    with socket.create_connection(("127.0.0.1", desk.port)) as raw:
        raw.sendall(b"merkteken-aalscholver\r\n\r\n")
        raw.recv(1000)
    with socket.create_connection(("127.0.0.1", desk.port)) as raw:
        raw.sendall(b"GET /cases HTTP/1.1\r\nHost: x\r\n")
    assert desk.end() == 0
    lines = desk.printed.read_text().splitlines()
    assert len(lines) == 3
    assert lines[1] == desk.address
    assert "merkteken" not in "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(desk: RunningDesk, number: int) -> None:
    """Both signals end the process with status 0, also while a connection stands open."""
    desk.enter()
    desk.unlock(PASSPHRASE)
    with socket.create_connection(("127.0.0.1", desk.port)):
        assert desk.end(number) == 0


def test_button_stops_the_desk(desk: RunningDesk) -> None:
    """The page that says so comes whole, and then nobody listens any more."""
    desk.enter()
    found = desk.post("/stop")
    assert found.status == 200
    assert "stopped" in found.text
    assert desk.process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", desk.port).request("GET", "/")


def test_language_link_stays_here(entered: RunningDesk) -> None:
    """The way back after choosing a language is a path of this desk, whatever is asked."""
    for back in (
        "//evil.example",
        "http://evil.example",
        "/\\evil.example",
        "\t//evil.example",
        "",
    ):
        found = entered.ask(f"/language/nl?back={back}".replace("\t", "%09").replace("\\", "%5C"))
        assert found.headers["Location"] == "/", back
    found = entered.ask("/language/nl?back=/cases%3Fsort%3Dday")
    assert found.headers["Location"] == "/cases?sort=day"
    entered.keep(found)
    assert '<html lang="nl">' in entered.ask("/unlock").text


def test_unknown_pages_and_methods_are_in_the_house_style(desk: RunningDesk) -> None:
    """A wrong address and a wrong method have a page with a way back."""
    desk.enter()
    desk.unlock(PASSPHRASE)
    for path, status in (("/none-such", 404), ("/lock", 405)):
        found = desk.ask(path)
        assert found.status == status
        assert 'href="/"' in found.text
        assert "desk.css" in found.text
