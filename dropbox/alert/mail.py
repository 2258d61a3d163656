"""One mail through one server: encrypted, certificates checked, bounded in time and size.

Invariants: no name of this machine is told; nothing goes out in clear, except to this
very machine; what the server answers is neither kept nor printed but for its number.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import Any

from dropbox.alert import settings
from dropbox.alert.deadline import within
from dropbox.alert.errors import (
    AlertFileUnusable,
    LoginRefused,
    MailRefused,
    NoEncryption,
    NotDelivered,
    ServerSilent,
    ServerUntrusted,
)
from dropbox.alert.settings import STARTTLS, TLS, Mail

STEP_SECONDS = 15
MAIL_SECONDS = 45
MAX_ANSWER_BYTES = 64 * 1024
"""All that a server may answer while it takes one mail; usual are about 600 bytes."""

NOBODY = "[127.0.0.1]"
"""How we introduce ourselves. Source: RFC 5321, section 4.1.3, for who has no name."""

_READY = 220
_LOWEST_REFUSAL = 400


class _Counted:
    """The server's answers, of which only so many bytes are taken."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = MAX_ANSWER_BYTES

    def readline(self, size: int) -> bytes:
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise smtplib.SMTPServerDisconnected
        return line

    def close(self) -> None:
        self._file.close()


class _Client(smtplib.SMTP):
    """A client that is not connected yet, so that there is always something to close."""

    def __init__(self, server: str) -> None:
        super().__init__(local_hostname=NOBODY, timeout=STEP_SECONDS)
        # The name that a certificate has to carry; the library takes it only when it connects.
        self._host = server

    def getreply(self) -> tuple[int, bytes]:
        # The library collects the lines of an answer until the server ends it.
        if self.file is None and self.sock is not None:
            self.file = _Counted(self.sock.makefile("rb"))
        return super().getreply()


class _EncryptedClient(_Client):
    """A client that speaks TLS from the first byte."""

    def __init__(self, server: str, context: ssl.SSLContext) -> None:
        super().__init__(server)
        self._context = context

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        return self._context.wrap_socket(plain, server_hostname=host)


def send(mail: Mail, recipient: str, content: bytes) -> None:
    """Hand one mail to the server.

    Args:
        mail: the server and the sender.
        recipient: one address.
        content: the whole mail, ASCII, lines ended by CR LF.

    Raises:
        NotDelivered: it was not taken over, or nobody knows. Sending it again does no harm.
        AlertFileUnsafe, AlertFileUnusable: the password or ``ca_file`` cannot be used.
    """
    password = settings.password(mail) if mail.user else ""
    context = _context(mail)
    within(MAIL_SECONDS, partial(_deliver, mail, recipient, content, password, context))


def _deliver(
    mail: Mail, recipient: str, content: bytes, password: str, context: ssl.SSLContext
) -> None:
    client = (
        _EncryptedClient(mail.server, context) if mail.security == TLS else _Client(mail.server)
    )
    with _meanings(), closing(client):
        code, _words = client.connect(mail.server, mail.port)
        if code != _READY:
            raise _refused(code)
        if mail.security == STARTTLS:
            _encrypt(client, context)
        if mail.user:
            client.login(mail.user, password)
        client.sendmail(mail.sender, [recipient], content)
        with suppress(smtplib.SMTPException, OSError):
            # It is taken over; how the server says goodbye changes nothing.
            client.quit()


def _context(mail: Mail) -> ssl.SSLContext:
    if mail.ca_file is None:
        return ssl.create_default_context()
    try:
        trusted = settings.read_trusted(mail.ca_file).decode("ascii")
        return ssl.create_default_context(cadata=trusted)
    except (OSError, ValueError):
        raise AlertFileUnusable(file=str(mail.ca_file)) from None


def _encrypt(client: smtplib.SMTP, context: ssl.SSLContext) -> None:
    client.ehlo_or_helo_if_needed()
    try:
        client.starttls(context=context)
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
        raise NoEncryption from None


@contextmanager
def _meanings() -> Iterator[None]:
    """Turn what the library raises into ours; its own messages repeat the server's words."""
    try:
        yield
    except ssl.SSLError:
        raise ServerUntrusted from None
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        raise LoginRefused from None
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*(code for code, _words in error.recipients.values())) from None
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from None
    except (smtplib.SMTPException, OSError, ValueError):
        # A ValueError: the server's challenge for the login was no base 64.
        raise ServerSilent from None


def _refused(*codes: int) -> NotDelivered:
    code = max(codes, default=0)
    return MailRefused(code=code) if code >= _LOWEST_REFUSAL else ServerSilent()
