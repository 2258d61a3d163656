"""The shipped nginx.conf and Caddyfile in the real programs: what passes, and what stays behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dropbox.site.headers import HEADERS
from dropbox.site.limits import MAX_BODY_BYTES
from scripts import programs
from tests.deploy_world import (
    FILES,
    NAME,
    Answer,
    Echo,
    Front,
    answer_of,
    echoing,
    front,
    nginx_files,
)
from tests.live import LiveSite, live_site
from tests.serving_world import free_port
from tests.site_client import hidden

SECRET = "geheim-4b1d"
ADDRESS = "203.0.113.77"
VISITOR = (
    f"User-Agent: {SECRET}",
    f"Referer: https://intranet.example/{SECRET}",
    f"Cookie: {SECRET}=1",
    f"Sec-CH-UA: {SECRET}",
    f"X-Forwarded-For: {ADDRESS}",
    f"X-Real-IP: {ADDRESS}",
    f"Forwarded: for={ADDRESS}",
    f"Via: 1.1 {ADDRESS}",
    f"CF-Connecting-IP: {ADDRESS}",
    f"True-Client-IP: {ADDRESS}",
)
HEALTH = (
    "/health",
    "/health/",
    "//health",
    "/%68ealth",
    "/nl/../health",
    "/health?x",
    "/health%2f",
)
POST = (
    f"POST /nl/x HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\n"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """Run the demonstration behind the real gunicorn."""
    with live_site(tmp_path_factory.mktemp("site")) as live:
        yield live


@pytest.fixture
def echo() -> Iterator[Echo]:
    """Run a site that keeps what reaches it."""
    with echoing() as running:
        yield running


@pytest.fixture(params=sorted(FILES))
def before_echo(request: pytest.FixtureRequest, tmp_path: Path, echo: Echo) -> Iterator[Front]:
    """Run each program in front of the echo."""
    with front(request.param, tmp_path / "front", echo.port) as running:
        yield running


@pytest.fixture(params=sorted(FILES))
def before_site(request: pytest.FixtureRequest, tmp_path: Path, site: LiveSite) -> Iterator[Front]:
    """Run each program in front of the site."""
    with front(request.param, tmp_path / "front", urlsplit(site.origin).port or 0) as running:
        yield running


def form(fields: dict[str, object], path: str = "/nl/x", origin: str = f"https://{NAME}") -> bytes:
    """Return a whole request that sends a form as a browser does."""
    body = urlencode(fields, doseq=True)
    head = POST.replace("/nl/x", path) + f"Origin: {origin}\r\nContent-Length: {len(body)}\r\n"
    return (head + "".join(f"{line}\r\n" for line in VISITOR) + "\r\n" + body).encode()


def report(server: Front, secure: bool) -> Answer:
    """File a report without a script, through the clear site or the onion service."""
    path, origin = "/nl/report/integriteitspunt", f"http{'s' if secure else ''}://{NAME}"
    typed = {"text": f"Er is iets gebeurd. {SECRET}", "mode": "anonymous"}
    asked = hidden(server.get(path, *VISITOR, secure=secure).body.decode())
    review = server.ask(form(asked | typed | {"step": "review"}, path, origin), secure)
    return server.ask(form(hidden(review.body.decode()) | {"step": "send"}, path, origin), secure)


@pytest.mark.parametrize("secure", [True, False])
def test_report_is_filed_through_the_web_server_in_front(before_site: Front, secure: bool) -> None:
    """Form, review and code page work on the clear site and through the onion service.

    What was typed is in no file, print or open file of the program in front.
    """
    answer = report(before_site, secure)
    assert answer.status == 200
    assert b'id="reply-code"' in answer.body
    assert before_site.open_files() == set()
    assert SECRET.encode() not in before_site.stop()


def test_headers_of_the_site_arrive_unchanged(before_site: Front) -> None:
    """Every strict header comes through; the clear site adds HSTS, the onion service does not."""
    clear, onion = before_site.get("/nl/"), before_site.get("/nl/", secure=False)
    for answer in (clear, onion):
        assert answer.status == 200
        for name, value in {**HEADERS, "Cache-Control": "no-store"}.items():
            assert answer.headers[name.lower()] == value
        assert answer.headers.get("server", "nginx") == "nginx"
        assert "via" not in answer.headers
    assert clear.headers["strict-transport-security"] == "max-age=63072000"
    assert "strict-transport-security" not in onion.headers
    assert len(clear.body) == len(onion.body)


def test_body_over_the_limit_is_refused(before_site: Front) -> None:
    """A story of 400 KB reaches the site, which gives it back; over the limit the answer is 413."""
    large, larger = (hidden_text(size) for size in (400_000, MAX_BODY_BYTES + 200_000))
    path = "/nl/report/integriteitspunt"
    assert str(large["text"]).encode() in before_site.ask(form(large, path)).body
    for _ in range(3):
        refused = before_site.ask(form(larger, path))
        assert refused.status == 413
        assert SECRET.encode() not in refused.body


def hidden_text(size: int) -> dict[str, object]:
    """Return a form with a story of ``size`` letters."""
    return {"text": SECRET + "a" * size, "step": "review"}


def test_nothing_about_a_visitor_is_forwarded(before_echo: Front, echo: Echo) -> None:
    """No address, browser name, page of origin, cookie or hint passes, whoever put it in."""
    for secure in (True, False):
        before_echo.get(f"/nl/?from={NAME}", *VISITOR, "Accept-Language: en", secure=secure)
        assert echo.last.startswith(f"GET /nl/?from={NAME} HTTP/1.1\r\n".encode())
        assert f"\r\nHost: {NAME}\r\n".encode() in echo.last
        assert b"\r\nAccept-Language: en\r\n" in echo.last
        for unwanted in (SECRET, ADDRESS, "127.0.0.1", "orwarded", "User-Agent", "Referer"):
            assert unwanted.encode() not in echo.last


def test_health_is_for_this_machine_only(before_echo: Front, echo: Echo) -> None:
    """However the health endpoint is written, nobody reaches it from outside."""
    for secure in (True, False):
        for target in HEALTH:
            assert before_echo.get(target, secure=secure).status == 404
    assert echo.requests == []


@pytest.mark.parametrize("chunked", [False, True])
def test_body_stays_in_memory(before_echo: Front, echo: Echo, chunked: bool) -> None:
    """A body of 400 KB that comes in two parts is in no file, open or not, at any moment."""
    text = f"text={SECRET}".encode() + b"a" * 400_000
    head = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(text)}"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text) if chunked else text
    with before_echo.connected() as connection:
        connection.sendall(f"{POST}{head}\r\n\r\n".encode() + body[:-20])
        assert before_echo.open_files() == set()
        connection.sendall(body[-20:])
        assert answer_of(connection).status == 200
    assert echo.last.count(b"a") > 400_000
    assert SECRET.encode() in echo.last
    assert before_echo.open_files() == set()
    assert SECRET.encode() not in before_echo.stop()


@pytest.mark.parametrize("kind", sorted(FILES))
def test_nothing_is_written_when_things_go_wrong(tmp_path: Path, kind: str) -> None:
    """A site that is down, garbage, and requests that are too large leave no word anywhere."""
    with front(kind, tmp_path / "front", free_port()) as server:
        answers = [
            server.get(f"/{SECRET}", *VISITOR),
            server.ask(form({"text": SECRET})),
            server.ask(form(hidden_text(MAX_BODY_BYTES + 200_000))),
            server.get("/nl/", f"X-{SECRET}: " + "a" * 40_000),
            server.ask(f"{SECRET}\r\n\r\n".encode()),
            server.ask(f"GET /{SECRET} HTTP/1.1\r\nHost: other.example\r\n\r\n".encode()),
        ]
        assert [answer.status for answer in answers[:2]] == [502, 502]
        page = answers[0]
        assert b"Dit lukt nu niet" in page.body
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert page.headers["strict-transport-security"] == "max-age=63072000"
        for answer in answers:
            assert SECRET.encode() not in answer.body
        # The answer that follows is the last; what it would write is written before it.
        left = server.stop()
    for unwanted in (SECRET, ADDRESS, NAME + "/", "other.example", "/nl/"):
        assert unwanted.encode() not in left.replace(b"//" + NAME.encode() + b"$", b"")


def test_plain_address_leads_to_the_safe_one(before_echo: Front, echo: Echo) -> None:
    """Whoever types the name without https gets there, and nothing reaches the site before."""
    with socket.create_connection(("127.0.0.1", before_echo.plain), 10) as connection:
        connection.sendall(f"GET /nl/ HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        answer = answer_of(connection)
    assert answer.status in (301, 308)
    assert answer.headers["location"] == f"https://{NAME}/nl/"
    assert echo.requests == []


@pytest.mark.parametrize(
    "offer",
    [
        ("-tls1_2", "-cipher", "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA"),
        ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
    ],
)
def test_recorded_connections_stay_closed_to_who_takes_the_key(
    before_echo: Front, offer: tuple[str, ...]
) -> None:
    """Old protocols, and ciphers without a key that is forgotten, are refused."""
    where = ("-connect", f"127.0.0.1:{before_echo.secure}", "-servername", NAME)
    assert _handshake(*where) == 0
    assert _handshake(*where, *offer) == 1


def _handshake(*options: str) -> int:
    command = [programs.path_of("openssl"), "s_client", *options]
    done = subprocess.run(command, input=b"", capture_output=True, check=False, timeout=20)
    return done.returncode


def test_nginx_forgets_what_passed_when_it_is_reloaded(tmp_path: Path, site: LiveSite) -> None:
    """Remains of reports lie in its memory until its workers are replaced, and not after."""
    with front("nginx", tmp_path / "front", urlsplit(site.origin).port or 0) as server:
        for secure in (True, False):
            report(server, secure)
        before = set(server.processes())
        assert sum(map(remains, before)) > 0
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while before & set(server.processes()) != {server.process.pid}:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert server.get("/nl/").status == 200
        assert sum(map(remains, server.processes())) == 0


def remains(process: int) -> int:
    """Return how often the secret stands in the memory that a process has written."""
    found = 0
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            places, rights = line.split()[:2]
            start, end = (int(place, 16) for place in places.split("-"))
            if rights.startswith("rw"):
                memory.seek(start)
                found += memory.read(end - start).count(SECRET.encode())
    return found


def test_nginx_counts_visitors_of_the_clear_site_only(tmp_path: Path, echo: Echo) -> None:
    """A flood from one address is cut short; visitors through tor share one and are not."""
    with front("nginx", tmp_path / "front", echo.port) as server:
        clear = [server.get("/nl/").status for _ in range(90)]
        onion = [server.get("/nl/", secure=False).status for _ in range(90)]
    assert clear[:60] == [200] * 60
    assert 503 in clear[60:]
    assert set(onion) == {200}


def test_nginx_finds_nothing_wrong_with_its_configuration(tmp_path: Path) -> None:
    """`nginx -t` reads the shipped file and warns of nothing."""
    command = nginx_files(tmp_path, (free_port(), free_port(), free_port()), free_port())
    said = subprocess.run([*command, "-t"], capture_output=True, check=False, timeout=20)
    assert said.returncode == 0, said.stderr
    assert b"syntax is ok" in said.stderr
    warnings = [line for line in said.stderr.splitlines() if b"[warn]" in line]
    # Who is not root cannot run it as another user, and need not.
    assert [line for line in warnings if b'the "user" directive' not in line] == []
