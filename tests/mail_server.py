"""A mail server on 127.0.0.1 that keeps what it is told, or misbehaves as a test wants."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import BinaryIO

CERTIFICATE = Path(__file__).parent / "data" / "mail-server.pem"
"""For the address 127.0.0.1 and no name, until 2120; its key is in it, and worth nothing."""

USER, PASSWORD = "kluis", "een lang wachtwoord"

Say = Callable[[bytes], None]
Odd = bytes | Callable[[Say], None] | None
"""What is said in place of the usual answer; None: nothing, the line is closed."""


@dataclass(frozen=True)
class Received:
    """One mail: who sends it, to whom, what; and whether the line was encrypted."""

    sender: str
    recipient: str
    content: bytes
    encrypted: bool


@dataclass
class MailServer:
    """A server that speaks enough SMTP; ``odd`` maps a command to what is said instead."""

    security: str = "starttls"
    refuse: frozenset[str] = frozenset()
    odd: dict[str, Odd] = field(default_factory=dict)
    mails: list[Received] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    port: int = 0
    open: set[socket.socket] = field(default_factory=set)

    def recipients(self) -> list[str]:
        """Return who got a mail, in order."""
        return [mail.recipient for mail in self.mails]


class _Goodbye(Exception):
    """The line is closed."""


class _Talk(socketserver.BaseRequestHandler):
    """One connection."""

    file: BinaryIO
    mail: MailServer

    def handle(self) -> None:
        self.mail = self.server.mail  # type: ignore[attr-defined]
        self.encrypted = False
        self.sender = self.recipient = ""
        self.mail.open.add(self.request)
        with suppress(OSError, ValueError, _Goodbye):
            if self.mail.security == "tls":
                self.encrypt()
            self.file = self.request.makefile("rb")
            self.answer("", b"220 ready")
            while line := self.file.readline():
                self.mail.lines.append(line)
                self.command(line.decode("ascii").rstrip("\r\n"))

    def finish(self) -> None:
        self.mail.open.discard(self.request)
        if hasattr(self, "file"):
            self.file.close()
        self.request.close()

    def encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        self.mail.open.discard(self.request)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.mail.open.add(self.request)
        self.encrypted = True

    def say(self, data: bytes) -> None:
        self.request.sendall(data)

    def answer(self, verb: str, usual: bytes) -> None:
        """Say the usual answer, or what the test wants in its place."""
        odd = self.mail.odd.get(verb, usual + b"\r\n")
        if callable(odd):
            odd(self.say)
        elif odd is None:
            raise _Goodbye
        else:
            self.say(odd)

    def command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        if verb == "EHLO":
            offers = [b"250-here", b"250-SIZE 100000"]
            if self.mail.security == "starttls" and not self.encrypted:
                offers.append(b"250-STARTTLS")
            self.answer(verb, b"\r\n".join([*offers, b"250 AUTH PLAIN"]))
        elif verb == "STARTTLS":
            self.answer(verb, b"220 go")
            if verb not in self.mail.odd:
                self.file.close()
                self.encrypt()
                self.file = self.request.makefile("rb")
        elif verb == "AUTH":
            self.login(rest)
        elif verb in ("MAIL", "RCPT"):
            self.address(verb, rest.partition("<")[2].partition(">")[0])
        elif verb == "DATA":
            self.answer(verb, b"354 go")
            if verb not in self.mail.odd:
                self.take()
        else:
            self.answer(verb, b"221 bye" if verb == "QUIT" else b"250 yes")

    def address(self, verb: str, named: str) -> None:
        if verb == "MAIL":
            self.sender = named
        else:
            self.recipient = named
        known = named not in self.mail.refuse
        self.answer(verb, b"250 yes" if known else b"550 who? \x1b[2J Anna")

    def login(self, words: str) -> None:
        typed = base64.b64decode(words.partition(" ")[2]).decode().split("\0")[1:]
        good = typed == [USER, PASSWORD]
        self.mail.logins.append(typed[0])
        self.answer("AUTH", b"235 yes" if good else b"535 no")

    def take(self) -> None:
        content = b""
        while (line := self.file.readline()) not in (b".\r\n", b""):
            content += line.removeprefix(b".")
        received = Received(self.sender, self.recipient, content, self.encrypted)
        if "." not in self.mail.odd:
            self.mail.mails.append(received)
        self.answer(".", b"250 taken")


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    mail: MailServer


@contextmanager
def mail_server(
    security: str = "starttls", refuse: frozenset[str] = frozenset(), **odd: Odd
) -> Iterator[MailServer]:
    """Run a mail server until the end of the block."""
    mail = MailServer(security, refuse, dict(odd))
    with _Listener(("127.0.0.1", 0), _Talk) as listener:
        listener.mail = mail
        mail.port = listener.server_address[1]
        thread = Thread(target=listener.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield mail
        finally:
            for each in list(mail.open):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            listener.shutdown()
            thread.join()
