"""The message itself: the same words every day, in a mail or a text of a fixed size.

Owns words, headers and filling. Invariant: a message is made of a language, a day and
two addresses, and of nothing else; the day stands in its date and its id only.
"""

from __future__ import annotations

import hashlib
import textwrap
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dropbox.errors import N_
from dropbox.language import translator

MAIL_BYTES = 1536
"""Size of every mail, headers and line ends included; two of the longest addresses fit."""

TEXT_BYTES = 768
"""Size of what a program gets on its standard input."""

SUBJECT = N_("Collect today")
PARAGRAPHS = (
    N_(
        "See to it today that the bundle for your desk is collected, and import it there. Do so "
        "too when you expect nothing: receipt of a report is owed within seven days."
    ),
    N_(
        "This message comes every day and is always the same. It knows nothing of reports: not "
        "whether there are any."
    ),
    N_("Does it stay away for a day? Then ask the operator."),
    N_("The lines below only give every message the same size."),
)
_COLUMNS = 72
_ID_BYTES = 16
_POLICY = SMTP.clone(max_line_length=998)
"""No header is folded: an address in two halves is none. Source: RFC 5322, section 2.1.1."""


def mail(language: str, today: date, sender: str, recipient: str) -> bytes:
    """Return the mail of a day, `MAIL_BYTES` long.

    The date is the start of the day, in UTC: a schedule and no clock. The id is the same
    when the mail is made again, so that a mail program shows a repeated one once.

    Args:
        language: one of `dropbox.language.LANGUAGES`.
        today: the day.
        sender: an address of ASCII characters.
        recipient: an address of ASCII characters.
    """
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = sender
    letter["To"] = recipient
    letter["Subject"] = translator(language).gettext(SUBJECT)
    letter["Date"] = format_datetime(datetime.combine(today, time(), UTC))
    letter["Message-ID"] = f"<{_number(today, sender, recipient)}@{sender.rpartition('@')[2]}>"
    # Nobody's holiday answer is wanted. Source: RFC 3834, section 5.
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(_words(language), cte="quoted-printable")
    return _filled(letter.as_bytes(), MAIL_BYTES, b"\r\n")


def text(language: str) -> bytes:
    """Return the message for a program, UTF-8, `TEXT_BYTES` long."""
    return _filled(_words(language).encode("utf-8"), TEXT_BYTES, b"\n")


def _words(language: str) -> str:
    speak = translator(language).gettext
    paragraphs = (textwrap.fill(speak(each), _COLUMNS) for each in PARAGRAPHS)
    return "\n\n".join(paragraphs) + "\n\n"


def _number(today: date, sender: str, recipient: str) -> str:
    source = f"{today.isoformat()} {sender} {recipient}".encode("ascii")
    return hashlib.blake2b(source, digest_size=_ID_BYTES, person=b"mk1 alert").hexdigest()


def _filled(content: bytes, size: int, line_end: bytes) -> bytes:
    """Add lines of dashes, which no encoding changes, until the size is reached."""
    left = size - len(content)
    if left <= len(line_end):
        raise ValueError("the words do not fit the size of a message")
    filling = b""
    while left:
        line = _COLUMNS if left > _COLUMNS + len(line_end) else left
        filling += b"-" * (line - len(line_end)) + line_end
        left -= line
    return content + filling
