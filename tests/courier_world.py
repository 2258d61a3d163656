"""A site with couriers behind the real gunicorn, and a small SOCKS proxy, for tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from dropbox import exchange
from dropbox.config import EXAMPLE_SITE_TOML, Places
from dropbox.courier.errand import Clock, Errand
from dropbox.courier.line import Line, SiteLine
from dropbox.demo import server
from dropbox.line.address import address
from dropbox.mailbox import Mailboxes
from dropbox.protocol import sign
from dropbox.protocol.envelope import Direction, envelope_id
from dropbox.store import DATABASE_NAME, CardShelf, Store, StoredEnvelope
from tests.blind_server import SIGNER, Filed, new_report
from tests.organisation import SITE_ID, SITE_PK, SITE_SEED, Handler, Office, office

BODY_BYTES = 60_000
START_SECONDS = 30
QUICK = Clock(time.monotonic, lambda seconds: time.sleep(seconds / 5))
"""Waits a fifth of what the command waits."""

HASTY = Clock(time.monotonic, lambda _seconds: None)


def today() -> date:
    """Return the day of the real server."""
    return datetime.now(UTC).date()


def courier_lines(key: bytes, *handlers: bytes) -> str:
    """Return what an operator writes into site.toml for a courier's public key."""
    named = ", ".join(f'"{each.hex()}"' for each in handlers)
    return f'\n[[couriers]]\nkey = "{key.hex()}"\nhandlers = [{named}]\n'


def settings(*lines: str) -> str:
    """Return a site.toml of the tests' site, with ``lines`` at its end."""
    text = EXAMPLE_SITE_TOML.read_text("utf-8")
    text = text.replace('site_id = ""', f'site_id = "{SITE_ID.hex()}"')
    return text.replace('site_pk = ""', f'site_pk = "{SITE_PK.hex()}"') + "".join(lines)


@dataclass
class Town:
    """One site in a folder, its channel, and a courier for the first of its two handlers."""

    folder: Path
    channel: Office = field(default_factory=office)
    seed: bytes = field(default_factory=sign.new_seed)
    port: int = field(default_factory=server.free_port)
    process: subprocess.Popen[bytes] | None = None
    lines: list[SiteLine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.places = Places(self.folder / "keys", self.folder / "var", self.port)
        self.places.cards_dir.mkdir(parents=True)
        self.places.site_dir.mkdir(parents=True, mode=0o700)
        self.allow(courier_lines(self.courier_pk, self.handler.handler_id))
        (self.places.site_dir / "bundle.key").write_bytes(SITE_SEED)
        self.store = Store.create(self.places.site_dir / DATABASE_NAME)
        self.shelf = CardShelf(self.places.cards_dir, SITE_ID)
        self.shelf.add(self.channel.card_bytes(today=today()), today())
        self.mailboxes = Mailboxes(SITE_ID, self.store, self.shelf)
        self.log = self.folder / "server.log"

    @property
    def handler(self) -> Handler:
        """Return the handler whom the courier carries for."""
        return self.channel.handlers[0]

    @property
    def courier_pk(self) -> bytes:
        """Return the courier's public key."""
        return sign.public_key(self.seed)

    def allow(self, *lines: str) -> None:
        """Write site.toml with these lines about couriers."""
        self.places.site_toml.write_text(settings(*lines), "utf-8")

    def file(self, text: str = "Er is iets gebeurd.") -> Filed:
        """File a report to the first handler alone."""
        filed = new_report(self.channel, [self.handler], text)
        self.mailboxes.file_report(filed.new, today(), filed.nonce)
        return filed

    def fill(self, mailbox_id: bytes, count: int) -> None:
        """Put so many large envelopes for the first handler into a mailbox."""
        own = list(self.handler.box_keys)
        with self.store.write() as tables:
            for _ in range(count):
                body = os.urandom(BODY_BYTES)
                row = StoredEnvelope(
                    envelope_id(body), mailbox_id, Direction.TO_HANDLERS, body, 99_999
                )
                tables.envelopes.add(row, own, reply=False)

    def collected(self) -> bytes:
        """Return what ``meldkluis collect`` writes for the first handler."""
        return b"".join(
            exchange.collect(SIGNER, self.store, self.shelf, self.handler.handler_id, today())
        )

    def collected_day(self) -> int:
        """Return the day of the first handler's last collection, 0 if there was none."""
        with self.store.read() as tables:
            return tables.couriers.get(self.handler.handler_id).collected_day

    def start(self) -> None:
        """Start gunicorn as `make run` does, with a group of processes of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                server.command(),
                env=server.environment(os.environ, self.places),
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text("utf-8"))

    def stop(self, kind: int = signal.SIGTERM) -> None:
        """Stop the server and all its workers."""
        if self.process is None:
            return
        if kind == signal.SIGKILL:
            os.killpg(self.process.pid, kind)
        else:
            self.process.send_signal(kind)
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None
        # A worker that is being killed still holds the port for a moment.
        with suppress(ConnectionRefusedError):
            while True:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                time.sleep(0.02)

    def line(self) -> SiteLine:
        """Return a line straight to the server, which `hang_up` closes."""
        self.lines.append(SiteLine(address(f"http://127.0.0.1:{self.port}")))
        return self.lines[-1]

    def hang_up(self) -> None:
        """Close all lines."""
        while self.lines:
            self.lines.pop().close()

    def errand(self, line: Line | None = None, clock: Clock = QUICK) -> Errand:
        """Return an errand of the known courier for the first handler."""
        return Errand(line or self.line(), self.seed, SITE_ID, self.handler.handler_id, clock)


@contextmanager
def running_town(folder: Path) -> Iterator[Town]:
    """Make a site with a courier and run it."""
    folder.mkdir(exist_ok=True)
    town = Town(folder)
    town.start()
    try:
        yield town
    finally:
        town.stop()


@dataclass
class Dying:
    """A line on which a program dies, as it were, after so many requests."""

    line: Line
    requests: int
    first: Callable[[], None] = lambda: None
    """What happens elsewhere right before the last of them."""

    def ask(self, body: bytes) -> bytes:
        """Send a request, or die."""
        self.requests -= 1
        if self.requests < 0:
            raise Died
        if self.requests == 0:
            self.first()
        return self.line.ask(body)


class Died(BaseException):
    """Stands for the end of a program, which no code of it sees."""


@dataclass
class Socks:
    """A SOCKS 5 proxy that leads every name to one port of this machine and notes the names.

    Source: RFC 1928.
    """

    to_port: int
    port: int = field(default_factory=server.free_port)
    asked: list[tuple[int, str, int]] = field(default_factory=list)

    def serve(self, listener: socket.socket) -> None:
        """Answer until the listener is closed."""
        with suppress(OSError):
            while True:
                client = listener.accept()[0]
                threading.Thread(target=self._lead, args=(client,), daemon=True).start()

    def _lead(self, client: socket.socket) -> None:
        with client, suppress(OSError, IndexError):
            client.recv(1 + 1 + 255)
            client.sendall(b"\x05\x00")
            _version, _command, _reserved, kind = client.recv(4)
            size = client.recv(1)[0] if kind == 3 else 4
            name = client.recv(size)
            port = int.from_bytes(client.recv(2), "big")
            host = name.decode() if kind == 3 else socket.inet_ntoa(name)
            self.asked.append((kind, host, port))
            with socket.create_connection(("127.0.0.1", self.to_port)) as site:
                client.sendall(b"\x05\x00\x00\x01" + bytes(6))
                back = threading.Thread(target=_pour, args=(site, client), daemon=True)
                back.start()
                _pour(client, site)
                back.join(10)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def socks(to_port: int) -> Iterator[Socks]:
    """Run a proxy in this process."""
    proxy = Socks(to_port)
    with socket.create_server(("127.0.0.1", proxy.port)) as listener:
        thread = threading.Thread(target=proxy.serve, args=(listener,), daemon=True)
        thread.start()
        yield proxy
        # Closing alone would leave the thread waiting.
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
