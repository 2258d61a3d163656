"""The web server under people who send slowly, wrongly or a lot."""

import socket
import threading
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from dropbox.serving.intake import MAX_HEAD_BYTES, Intake
from dropbox.serving.refusal import refusal
from dropbox.site.headers import HEADERS
from dropbox.site.limits import MAX_BODY_BYTES
from tests.serving_world import SECRET, Server, running

QUICK = "worker.SILENT_SECONDS = 3.0\nworker.REQUEST_SECONDS = 5.0"
HALF_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhello"
HALF_CHUNKS = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\nhello"
HALF_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-A"
STUCK = 40


def opened(server: Server, sent: bytes) -> socket.socket:
    """Return a connection that sent something and says no more."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=15)
    connection.sendall(sent)
    return connection


@pytest.mark.parametrize("half", [HALF_BODY, HALF_CHUNKS, HALF_HEAD, b""])
def test_half_requests_do_not_stop_the_site(tmp_path: Path, half: bytes) -> None:
    """Forty connections that never finish keep nobody waiting, and are dropped."""
    with running(tmp_path, QUICK) as server, ExitStack() as stack:
        stuck = [stack.enter_context(opened(server, half)) for _ in range(STUCK)]
        for _visit in range(4):
            begun = time.monotonic()
            assert b" 200 " in server.get("/")
            assert time.monotonic() - begun < 2
        assert [connection.recv(100) for connection in stuck] == [b""] * STUCK
        assert time.monotonic() - begun < 10
        assert "failed" not in server.stop()


def test_answers_that_nobody_reads_do_not_stop_the_site(tmp_path: Path) -> None:
    """Who asks for a large page and does not take it holds no thread."""
    with running(tmp_path) as server, ExitStack() as stack:
        for _ in range(2 * STUCK):
            deaf = stack.enter_context(socket.socket())
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            deaf.connect(("127.0.0.1", server.port))
            deaf.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        begun = time.monotonic()
        assert b" 200 " in server.get("/")
        assert time.monotonic() - begun < 2


def test_refused_in_the_middle_do_not_stop_the_site(tmp_path: Path) -> None:
    """Who announces too much and leaves the line open is answered, dropped, and holds no thread."""
    much = b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n"
    with running(tmp_path) as server, ExitStack() as stack:
        stuck = [stack.enter_context(opened(server, much)) for _ in range(2 * STUCK)]
        begun = time.monotonic()
        assert b" 200 " in server.get("/")
        assert time.monotonic() - begun < 2
        for connection in stuck:
            answer = b"".join(iter(partial(connection.recv, 65536), b""))
            assert answer.startswith(b"HTTP/1.1 ")
        # Half closed, the line was still ours to end; a moment later nobody listens.
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                stuck[0].sendall(b"x")
            except ConnectionError:
                break
            time.sleep(0.1)
        assert time.monotonic() < end


def test_half_requests_do_not_stop_workers_from_following_each_other(tmp_path: Path) -> None:
    """Somebody is there to serve while others end and wait for what never comes whole."""
    with running(tmp_path, "worker.LIFE_SECONDS = 4.0") as server, ExitStack() as stack:
        for _ in range(STUCK):
            stack.enter_context(opened(server, HALF_BODY))
        end = time.monotonic() + 8
        while time.monotonic() < end:
            begun = time.monotonic()
            assert b" 200 " in server.get("/")
            assert time.monotonic() - begun < 2
            time.sleep(0.05)


def test_workers_that_have_done_enough_end_one_after_the_other(tmp_path: Path) -> None:
    """A flood brings them to their end together, and somebody still takes in the next visitor."""
    few = "max_requests = 20\nmax_requests_jitter = 1"
    workers = set()
    with running(tmp_path, few) as server, ExitStack() as stack:
        for _ in range(STUCK):
            stack.enter_context(opened(server, HALF_BODY))
        end = time.monotonic() + 6
        while time.monotonic() < end:
            begun = time.monotonic()
            workers.add(server.get("/").rpartition(b" ")[2])
            assert time.monotonic() - begun < 2
    assert len(workers) > 3


def test_request_that_trickles_without_end_is_dropped(tmp_path: Path) -> None:
    """A byte now and then buys no more time than a whole request may take."""
    with running(tmp_path, QUICK) as server, opened(server, HALF_BODY) as connection:
        begun = time.monotonic()
        connection.settimeout(0.2)
        while time.monotonic() - begun < 12:
            try:
                connection.sendall(b"x")
                if not connection.recv(1):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert 4 < time.monotonic() - begun < 9


def test_slow_request_that_ends_in_time_is_answered(tmp_path: Path) -> None:
    """A request in small pieces arrives whole, whether or not its length was announced."""
    chunked = HALF_CHUNKS.replace(b"3e8\r\nhello", b"5;x=y\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")
    announced = HALF_BODY.replace(b"1000", b"10") + b"world"
    with running(tmp_path) as server:
        for request in (chunked, announced):
            with opened(server, b"") as connection:
                for at in range(0, len(request), 7):
                    connection.sendall(request[at : at + 7])
                    time.sleep(0.005)
                answer = b""
                while not answer.endswith(b"0\r\n\r\n"):
                    piece = connection.recv(1000)
                    assert piece, answer
                    answer += piece
                assert b" 10 " in answer


def test_two_requests_at_once_are_both_answered(tmp_path: Path) -> None:
    """What came along with a request is the start of the next one."""
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with running(tmp_path) as server, opened(server, request * 2 + last) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b" 3 ") == 2


def test_answer_to_no_request_is_one_fixed_page(tmp_path: Path) -> None:
    """Too long, garbage, a doubled host: the strict headers, both languages, nothing repeated."""
    hosts = f"GET / HTTP/1.1\r\nHost: {SECRET}\r\nHost: {SECRET}\r\n\r\n"
    coding = f"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {SECRET}\r\n\r\n"
    method = f"{SECRET} / HTTP/1.1\r\nHost: x\r\n\r\n"
    with running(tmp_path) as server:
        for status, answer in (
            (414, server.get(f"/?{SECRET * 400}")),
            (431, server.get("/", f"X-{SECRET}: " + "a" * 9000)),
            (400, server.get("/", f"X {SECRET}: a")),
            (400, server.ask(hosts)),
            (501, server.ask(coding)),
            (400, server.ask(method)),
            (500, server.get(f"/fail?{SECRET}")),
        ):
            assert answer == refusal(status)
    page = refusal(400).decode("utf-8")
    for name, value in {**HEADERS, "Cache-Control": "no-store"}.items():
        assert f"\r\n{name}: {value}\r\n" in page
    assert "Nothing was stored." in page
    assert "Er is niets opgeslagen." in page


def test_body_that_is_announced_too_large_is_not_waited_for(tmp_path: Path) -> None:
    """The site refuses it by its announcement; the connection is not used again."""
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
    with running(tmp_path) as server, opened(server, head.encode()) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 ")


def test_worker_ends_by_age_without_dropping_a_request(tmp_path: Path) -> None:
    """Workers follow each other under load, and every request is answered."""
    short = "worker.LIFE_SECONDS = 1.0\nworker.SUCCESSOR_SECONDS = 0.2\n"
    short += "max_requests = 100\nmax_requests_jitter = 50"
    answers: list[bytes] = []
    with running(tmp_path, short) as server:
        end = time.monotonic() + 5

        def visit() -> None:
            while time.monotonic() < end:
                answers.append(server.get("/"))

        visitors = [threading.Thread(target=visit) for _ in range(8)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join()
    assert all(b" 200 OK" in answer for answer in answers)
    assert len({answer.rpartition(b" ")[2] for answer in answers}) > 5


def test_worker_ends_by_age_when_nobody_comes(tmp_path: Path) -> None:
    """What the last visitor left in memory goes without a next visitor."""
    with running(tmp_path, "worker.LIFE_SECONDS = 1.0\nworkers = 1") as server:
        first = server.get("/").rpartition(b" ")[2]
        time.sleep(4)
        assert server.get("/").rpartition(b" ")[2] != first


def test_times_of_the_database_are_hidden_when_nobody_comes(tmp_path: Path) -> None:
    """The site does it every minute, so that its last time tells of no visit."""
    database = tmp_path / "var" / "site" / "site.db"
    database.parent.mkdir(parents=True)
    database.touch()
    with running(tmp_path, "worker.CHORE_SECONDS = 0.5"):
        deadline = time.monotonic() + 10
        while database.stat().st_mtime % 86_400 and time.monotonic() < deadline:
            time.sleep(0.1)
        first = database.stat()
        assert first.st_mtime % 86_400 == 0
        while database.stat().st_ctime == first.st_ctime and time.monotonic() < deadline:
            time.sleep(0.1)
        assert database.stat().st_ctime > first.st_ctime


# Counting what came in


def fed(data: bytes, step: int) -> Intake:
    """Return an intake after ``data`` came in pieces of ``step`` bytes."""
    intake = Intake()
    for at in range(0, len(data), step):
        assert not intake.is_ready
        intake.add(data[at : at + step])
    return intake


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n00\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
    ],
)
@pytest.mark.parametrize("step", [1, 3, 1000])
def test_request_is_whole_at_its_last_byte(request_bytes: bytes, step: int) -> None:
    """Neither a byte sooner nor a byte later, in whatever pieces it comes."""
    assert fed(request_bytes, step).is_whole
    assert not fed(request_bytes[:-1], len(request_bytes)).is_ready


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 300,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"x" * (MAX_HEAD_BYTES + 1),
    ],
)
def test_nonsense_is_not_waited_for(request_bytes: bytes) -> None:
    """What can never become a request goes to the parser at once, which refuses it."""
    intake = Intake(request_bytes)
    assert (intake.is_ready, intake.is_whole) == (True, False)
