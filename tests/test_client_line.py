"""The line of a reporter's own program: slow answers, doubt, and what ends in neither."""

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dropbox.cli import telling
from dropbox.client.errors import LineCut, OutcomeUnknown
from dropbox.client.site import Record, Site
from dropbox.line.address import address
from dropbox.line.errors import LineBroken, ProxyRefused, SiteUntrusted
from dropbox.line.wire import Wire
from tests.organisation import TODAY
from tests.serving_world import free_port

SECONDS = 0.5
PATIENCE_SECONDS = 20.0


@contextmanager
def dripping() -> Iterator[int]:
    """Run a server whose answers never end: a byte now and then; yield its port."""
    over = threading.Event()

    def drip(taken: socket.socket) -> None:
        with taken, suppress(OSError):
            taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n")
            while not over.wait(0.05):
                taken.sendall(b"X")

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                taken = listener.accept()[0]
                threading.Thread(target=drip, args=(taken,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_answer_that_drips_ends() -> None:
    """However slowly an answer comes, a request ends: as broken, or as unknown if it had gone."""
    begun = time.monotonic()
    with dripping() as port:
        site = Site(address(f"http://127.0.0.1:{port}"), SECONDS)
        with pytest.raises(LineBroken):
            site.cards(TODAY)
        with pytest.raises(OutcomeUnknown):
            site.hand_in(Record.REPORT, b"sealed")
    assert time.monotonic() - begun < PATIENCE_SECONDS


def test_answer_that_the_library_does_not_understand_leaves_doubt() -> None:
    """A chunk of negative length ends no program that has not shown the code yet."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n"

    def serve(listener: socket.socket) -> None:
        taken = listener.accept()[0]
        with taken:
            taken.recv(65536)
            taken.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        site = Site(address(f"http://127.0.0.1:{listener.getsockname()[1]}"))
        with pytest.raises(OutcomeUnknown):
            site.hand_in(Record.REPORT, b"sealed")
    thread.join(10)


def test_keys_of_the_line_are_written_to_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of the environment that other programs obey leaves no keys on the disk."""
    written = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(written))
    with dripping() as port, pytest.raises((LineBroken, SiteUntrusted)):
        Site(address(f"https://127.0.0.1:{port}"), SECONDS).cards(TODAY)
    assert not written.exists()


def test_name_that_cannot_be_asked_for_is_not_reached() -> None:
    """A part of a name that is too long for any name server ends in one line, too."""
    with pytest.raises(LineBroken):
        Site(address(f"https://{'a' * 64}.example")).cards(TODAY)


def test_site_that_is_not_there_got_nothing() -> None:
    """Who was never reached leaves no doubt, with a proxy and without."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(LineBroken):
        Site(address(nowhere)).hand_in(Record.REPORT, b"sealed")
    proxied = address(nowhere, f"socks5h://127.0.0.1:{free_port()}")
    with pytest.raises(ProxyRefused):
        Site(proxied).hand_in(Record.REPORT, b"sealed")


def test_impatience_while_sending_is_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C at the moment of sending does not end the program as if nothing had been sent."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Wire, "open", lambda _wire: None)
    monkeypatch.setattr(Wire, "ask", interrupted)
    with pytest.raises(OutcomeUnknown):
        Site(address("http://127.0.0.1:1")).hand_in(Record.REPORT, b"sealed")


class Terminal(io.StringIO):
    """Input that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_line_that_a_terminal_may_have_cut_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A paste in one long line is asked for again, rather than sent without its end."""
    long = "x" * telling.LONGEST_LINE_BYTES
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    monkeypatch.setattr("sys.stdin", Terminal(f"{long}\n.\nshort\n.\n"))
    assert telling.typed_story(telling.ASK_TEXT) == "short"
    assert LineCut.text in capsys.readouterr().err
