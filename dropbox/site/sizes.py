"""How large a letter will be, before anything is sealed: what admission asks first."""

from __future__ import annotations

from dataclasses import replace

from dropbox.protocol import payload_bytes
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.padding import LETTER_SIZES
from dropbox.protocol.payload import Report
from dropbox.protocol.sign import PUBLIC_KEY_BYTES, SIGNATURE_BYTES
from dropbox.reporter import sealing

_ANY_KEY = bytes(PUBLIC_KEY_BYTES)
_MESSAGE_AROUND_BYTES = 1024
"""Signature, readers, excluded, and the rest around a message's text, at most."""


def of_report(card: ChannelCard, report: Report) -> int:
    """Return the padded size of a report to all who may read it, in bytes.

    Raises:
        NoReader: nobody is left who can read it.
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    readers = sealing.readers(card, report.excluded, report.day)
    whole = replace(report, recipients=tuple(reader.handler_id for reader in readers))
    content = payload_bytes.write_report(whole, _ANY_KEY, _ANY_KEY)
    return _padded(SIGNATURE_BYTES + len(content))


def of_message(text: str) -> int:
    """Return the padded size of a message in bytes, or one size more near a size's end."""
    return _padded(_MESSAGE_AROUND_BYTES + len(text.encode("utf-8")))


def _padded(length: int) -> int:
    return next((size for size in LETTER_SIZES if length < size), LETTER_SIZES[-1])
