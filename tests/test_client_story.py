"""The whole story over a real server, a proxy and a real desk, as people would run it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dropbox.demo.channels import INTEGRITY
from dropbox.protocol import reply_code
from tests.client_world import MARKER, run, telling, telltale, words
from tests.courier_world import socks
from tests.live import LiveSite, live_site

NAME = "a" * 56 + ".onion"
DESK = INTEGRITY.handlers[0].name
CHANNEL = ("--channel", INTEGRITY.plan.slug)


@contextmanager
def tapped(to_port: int, heard: bytearray) -> Iterator[int]:
    """Lead a port to another, and keep every byte of both ways; yield the port."""

    def pour(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                heard.extend(piece)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def lead(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", to_port)) as server:
            back = threading.Thread(target=pour, args=(server, client), daemon=True)
            back.start()
            pour(client, server)
            back.join(10)

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                taken = listener.accept()[0]
                threading.Thread(target=lead, args=(taken,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def another_code() -> str:
    """Return a code that opens nothing."""
    return " ".join(reply_code.words(reply_code.new_key(), "en"))


def files_of(site: LiveSite) -> bytes:
    """Return all that the server keeps, its log too."""
    folder = site.demo.places.site_dir
    return site.log.read_bytes() + b"".join(
        path.read_bytes() for path in folder.rglob("*") if path.is_file()
    )


def test_report_from_a_terminal_through_a_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Report, desk, reply, mailbox, message, pause, withdrawal, over SOCKS to an onion address.

    The proxy is asked for the name; no byte on the line and no file of the server holds a text
    or a word of the code.
    """
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    heard = bytearray()
    with (
        live_site(tmp_path) as site,
        tapped(site.demo.places.port, heard) as port,
        socks(port) as proxy,
    ):
        way = (f"http://{NAME}", "--proxy", f"socks5h://127.0.0.1:{proxy.port}")
        run("mailbox", *way, typed=f"{another_code()}\n")
        before = bytes(heard) + files_of(site)
        sent = run("report", *way, *CHANNEL, typed=telling(channel="y\n"))
        assert sent.exit_code == 0, sent.output
        code = words(sent.output)

        case = re.findall(r"\b[0-9a-f]{8,64}\b", site.carry_in(DESK))[0]
        assert MARKER in site.desk(DESK, f"read {case}")
        site.desk(DESK, f"reply {case} --text 'Dank je wel.'")
        site.run(site.commands()[-1])

        opened = run("mailbox", *way, typed=f"{code}\n1\n{MARKER}\n.\ny\n2\n\n")
        assert opened.exit_code == 0, opened.output
        assert "│ Dank je wel." in opened.output
        assert "Your report is paused." in opened.output
        gone = run("mailbox", *way, typed=f"{code}\n3\nwithdraw\n")
        assert gone.exit_code == 0, gone.output
        assert run("mailbox", *way, typed=f"{code}\n").exit_code == 1
        kept = files_of(site)
    assert set(proxy.asked) == {(3, NAME, 80)}
    assert heard.count(b"POST /sealed/report") == 1
    for secret in (MARKER, "geschreeuwd", *telltale(code, before)):
        assert secret.encode() not in heard
        assert secret.encode() not in kept
