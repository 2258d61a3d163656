"""What a reporter hands in sealed, as bytes: a report, a message, a consent, and the answer.

A browser that seals, the client and the offline letter's file all hand in the same. Layout,
all numbers big-endian::

    report    "MKRP" · version 1 · new mailbox (`dropbox.protocol.new_mailbox`)
    message   "MKMS" · version 1 · token 32 · replaces 32 · memo length 4 · memo · envelope
    consent   "MKTR" · version 1 · report length 4 · report · message
    answer    "MKAN" · version 1 · code 1

Invariants: each record proves by itself whose it is, so sending it again does nothing more;
none holds the reply code or a key from which it follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from dropbox.errors import N_, MalformedBundle, ProtocolError, UnknownVersion
from dropbox.protocol import new_mailbox
from dropbox.protocol.envelope import MAX_ENVELOPE_BYTES
from dropbox.protocol.new_mailbox import NEW_MAILBOX_BYTES, NewMailbox

VERSION = 1
REPORT_MAGIC = b"MKRP"
MESSAGE_MAGIC = b"MKMS"
CONSENT_MAGIC = b"MKTR"
ANSWER_MAGIC = b"MKAN"
ANSWER_BYTES = 6

_HEAD_BYTES = 5
_KEY_BYTES = 32
_LENGTH_BYTES = 4
_MAX_MEMO_BYTES = 1024
_MESSAGE_FIXED_BYTES = _HEAD_BYTES + 2 * _KEY_BYTES + _LENGTH_BYTES

MAX_REPORT_BYTES = _HEAD_BYTES + NEW_MAILBOX_BYTES
"""More than the largest report, bytes."""

MAX_MESSAGE_BYTES = _MESSAGE_FIXED_BYTES + _MAX_MEMO_BYTES + MAX_ENVELOPE_BYTES
"""More than the largest message, bytes."""

MAX_CONSENT_BYTES = _HEAD_BYTES + _LENGTH_BYTES + MAX_REPORT_BYTES + MAX_MESSAGE_BYTES
"""More than the largest consent, bytes."""


class MalformedRecord(ProtocolError):
    """What was handed in is no sealed report or message."""

    text = N_("This is not a sealed report or message, or it is damaged.")


class Answer(IntEnum):
    """What became of something that was handed in."""

    DONE = 0
    DONE_BEFORE = 1
    """The very same was here before; nothing more was stored."""

    UNKNOWN_MAILBOX = 2
    MAILBOX_CHANGED = 3
    """Another message came in between: read the mailbox again and seal anew."""

    MAILBOX_FULL = 4
    READERS_CHANGED = 5
    """It is sealed to a key that is not on the channel's card any more."""

    CHANNEL_CLOSED = 6
    NOT_NOW = 7
    """Too much at once; the same bytes may be sent again later."""

    MALFORMED = 8
    FAILING = 9
    """The machine refused; nothing was stored or erased."""

    TOO_OLD = 10
    """Nobody who could open it is left: an offline letter that waited too long."""


@dataclass(frozen=True)
class Message:
    """A later message of a reporter.

    ``token`` (32 bytes) reads the mailbox; ``replaces`` is the 32-byte envelope id of the memo
    that its writer read; ``memo`` and ``envelope`` are whole sealed envelopes.
    """

    token: bytes = field(repr=False)
    replaces: bytes
    memo: bytes
    envelope: bytes

    def raw(self) -> bytes:
        """Return the record."""
        length = len(self.memo).to_bytes(_LENGTH_BYTES, "big")
        head = _head(MESSAGE_MAGIC) + self.token + self.replaces
        return head + length + self.memo + self.envelope


@dataclass(frozen=True)
class Consent:
    """A report to another channel, and the message that agrees to it in the first mailbox."""

    report: NewMailbox
    message: Message

    def raw(self) -> bytes:
        """Return the record."""
        report = write_report(self.report)
        length = len(report).to_bytes(_LENGTH_BYTES, "big")
        return _head(CONSENT_MAGIC) + length + report + self.message.raw()


def _head(magic: bytes) -> bytes:
    return magic + bytes((VERSION,))


def _content(magic: bytes, data: bytes) -> bytes:
    """Return what follows magic and version."""
    if len(data) < _HEAD_BYTES or data[: len(magic)] != magic:
        raise MalformedRecord
    if data[len(magic)] != VERSION:
        raise UnknownVersion
    return data[_HEAD_BYTES:]


def write_report(report: NewMailbox) -> bytes:
    """Return a report's record, which is also the offline letter's file."""
    return _head(REPORT_MAGIC) + report.raw()


def read_report(data: bytes) -> NewMailbox:
    """Read a report's record; the envelopes in it are checked by `new_mailbox.header`.

    Raises:
        MalformedRecord, UnknownVersion: it does not follow the format.
    """
    try:
        return new_mailbox.read(_content(REPORT_MAGIC, data))
    except MalformedBundle:
        raise MalformedRecord from None


def read_message(data: bytes) -> Message:
    """Read a message's record; the envelopes in it are still to be checked.

    Raises:
        MalformedRecord, UnknownVersion: it does not follow the format.
    """
    _content(MESSAGE_MAGIC, data)
    at = _MESSAGE_FIXED_BYTES
    size = int.from_bytes(data[at - _LENGTH_BYTES : at], "big")
    if size > _MAX_MEMO_BYTES or len(data) <= at + size:
        raise MalformedRecord
    start = _HEAD_BYTES + _KEY_BYTES
    return Message(
        token=data[_HEAD_BYTES:start],
        replaces=data[start : start + _KEY_BYTES],
        memo=data[at : at + size],
        envelope=data[at + size :],
    )


def read_consent(data: bytes) -> Consent:
    """Read a consent's record.

    Raises:
        MalformedRecord, UnknownVersion: it does not follow the format.
    """
    content = _content(CONSENT_MAGIC, data)
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    return Consent(read_report(content[_LENGTH_BYTES:end]), read_message(content[end:]))


def answer(code: Answer) -> bytes:
    """Return the 6 bytes that say what became of a record."""
    return _head(ANSWER_MAGIC) + bytes((code,))


def read_answer(data: bytes) -> Answer:
    """Read an answer.

    Raises:
        MalformedRecord, UnknownVersion: it is none; what became of the record is unknown.
    """
    content = _content(ANSWER_MAGIC, data)
    try:
        return Answer(int.from_bytes(content, "big") if len(content) == 1 else -1)
    except ValueError:
        raise MalformedRecord from None
