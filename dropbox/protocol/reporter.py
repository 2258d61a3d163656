"""The reporter's side: sealing with a reply code's keys, and opening the answers.

The site runs this where a browser does not; nothing that it is given is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from dropbox.errors import MalformedPayload
from dropbox.protocol import letter, payload, payload_bytes, sign
from dropbox.protocol.box import KeyPair, key_id
from dropbox.protocol.envelope import Address, Direction
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.letter import OpenedReply, Recipient


def _address(reporter: ReporterKeys, direction: Direction) -> Address:
    return Address(direction, reporter.site_id, reporter.channel_pk, reporter.mailbox_id)


def _box_keys(reporter: ReporterKeys) -> dict[bytes, KeyPair]:
    return {key_id(reporter.x_pk): KeyPair(reporter.x_sk, reporter.x_pk)}


def seal_report(
    reporter: ReporterKeys, recipients: Sequence[Recipient], report: payload.Report
) -> bytes:
    """Seal the first submission to ``recipients``, whose ids are written into it.

    Raises:
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    readers = letter.in_order(recipients)
    report = replace(report, recipients=tuple(reader.handler_id for reader in readers))
    content = payload_bytes.write_report(report, reporter.ed_pk, reporter.x_pk)
    address = _address(reporter, Direction.TO_HANDLERS)
    public_keys = [reader.x_pk for reader in readers]
    return letter.write(address, public_keys, sign.Purpose.REPORT, reporter.ed_seed, content)


def seal_message(
    reporter: ReporterKeys, recipients: Sequence[Recipient], message: payload.Message
) -> bytes:
    """Seal a message, hold or resume to ``recipients``, whose ids are written into it.

    Raises:
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    readers = letter.in_order(recipients)
    message = replace(message, recipients=tuple(reader.handler_id for reader in readers))
    content = payload_bytes.write_message(message)
    address = _address(reporter, Direction.TO_HANDLERS)
    public_keys = [reader.x_pk for reader in readers]
    return letter.write(address, public_keys, sign.Purpose.MESSAGE, reporter.ed_seed, content)


def seal_memo(reporter: ReporterKeys, memo: payload.Memo) -> bytes:
    """Seal a memo to the reporter's own key."""
    content = payload_bytes.write_memo(memo)
    address = _address(reporter, Direction.MEMO)
    return letter.write(address, [reporter.x_pk], sign.Purpose.MEMO, reporter.ed_seed, content)


def open_memo(reporter: ReporterKeys, data: bytes) -> payload.Memo:
    """Open the reporter's own memo.

    Raises:
        ProtocolError: it is not of this mailbox, or the holder of the code did not write it.
    """
    opened = letter.open_letter(data, _box_keys(reporter))
    letter.check_address(opened.header, _address(reporter, Direction.MEMO))
    if len(opened.header.slots) != 1:
        raise MalformedPayload
    opened.verify(sign.Purpose.MEMO, reporter.ed_pk)
    return payload_bytes.read_memo(opened.content)


def open_reply(reporter: ReporterKeys, data: bytes, readers: Collection[bytes]) -> OpenedReply:
    """Open a handler's reply; see `dropbox.protocol.letter.read_reply` for what is refused.

    Args:
        reporter: the mailbox's keys.
        data: the envelope.
        readers: ids of the handlers who may answer, as the reporter's memo says.
    """
    opened = letter.open_letter(data, _box_keys(reporter))
    address = _address(reporter, Direction.TO_REPORTER)
    return letter.read_reply(opened, address, reporter.x_pk, readers)
