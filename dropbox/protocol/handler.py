"""The handler's side: reading what reporters sealed, and sealing replies.

Invariant: a mailbox's keys are believed only out of the first sealed report, whose
signature and mailbox id bind them (`Pinned`); the server's row is never asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dropbox.errors import ForeignEnvelope, MalformedPayload
from dropbox.protocol import box, keys, letter, payload, payload_bytes, sign
from dropbox.protocol.envelope import Address, Direction
from dropbox.protocol.letter import Letter, OpenedReply, Received, Recipient

BoxKeys = Mapping[bytes, box.KeyPair]
"""A handler's intake keys by their 16-byte key id."""


@dataclass(frozen=True)
class Channel:
    """Where a desk works: site id 16 bytes, channel identity 32 bytes."""

    site_id: bytes
    channel_pk: bytes


@dataclass(frozen=True)
class Pinned:
    """A mailbox's id and its reporter's public keys, out of the first report; 32 bytes each."""

    mailbox_id: bytes
    ed_pk: bytes
    x_pk: bytes


@dataclass(frozen=True)
class OpenedReport:
    """A checked first report and the keys to pin."""

    envelope_id: bytes
    pinned: Pinned
    report: payload.Report


@dataclass(frozen=True)
class OpenedMessage:
    """A checked later message."""

    envelope_id: bytes
    message: payload.Message


def open_letter(data: bytes, channel: Channel, box_keys: BoxKeys) -> Letter:
    """Open an envelope of this site and channel; its writer is checked by a ``read_`` call.

    Raises:
        ForeignEnvelope: it is of another site or channel, or not for handlers' eyes.
        ProtocolError: all that `dropbox.protocol.envelope.open_envelope` raises.
    """
    return _own(letter.open_letter(data, box_keys), channel)


def open_received(found: Received, channel: Channel, box_keys: BoxKeys) -> Letter:
    """As `open_letter`, for an envelope whose header and id are known."""
    return _own(letter.open_received(found, box_keys), channel)


def _own(opened: Letter, channel: Channel) -> Letter:
    if (opened.header.site_id, opened.header.channel_pk) != (channel.site_id, channel.channel_pk):
        raise ForeignEnvelope
    if opened.header.direction not in _FOR_HANDLERS:
        raise ForeignEnvelope
    return opened


_FOR_HANDLERS = (Direction.TO_HANDLERS, Direction.TO_REPORTER, Direction.TO_COLLEAGUES)

_REPORT_START = b'{"kind":"report",'
"""How every writer of ours begins a report: most letters need no second look."""


def kind(opened: Letter) -> str:
    """Tell which ``read_`` call fits: ``report``, ``message``, ``reply`` or ``note``.

    Nothing is checked. For a note see `dropbox.protocol.note`.
    """
    if opened.header.direction == Direction.TO_REPORTER:
        return "reply"
    if opened.header.direction == Direction.TO_COLLEAGUES:
        return "note"
    if opened.content.startswith(_REPORT_START, payload_bytes.LENGTH_BYTES):
        return "report"
    fields, _text = payload_bytes.parts(opened.content)
    found = fields.choice("kind", ("report", *payload.MESSAGE_KINDS))
    return "report" if found == "report" else "message"


def read_report(opened: Letter) -> OpenedReport:
    """Read a letter as a mailbox's first report.

    Raises:
        ForeignEnvelope: its mailbox id does not belong to the keys that it names.
        BadSignature: the holder of those keys did not write it.
        WeakKey: nothing could be answered under the key that it names.
        MalformedPayload: it does not follow the format, or names other readers than slots.
    """
    header = opened.header
    report, ed_pk, x_pk = payload_bytes.read_report(opened.content)
    pinned = Pinned(header.mailbox_id, ed_pk, x_pk)
    own_id = keys.mailbox_id(header.site_id, header.channel_pk, ed_pk, x_pk)
    if own_id != header.mailbox_id or header.direction != Direction.TO_HANDLERS:
        raise ForeignEnvelope
    opened.verify(sign.Purpose.REPORT, ed_pk)
    box.check_public(x_pk)
    if len(header.slots) != len(report.recipients):
        raise MalformedPayload
    return OpenedReport(opened.envelope_id, pinned, report)


def read_message(opened: Letter, pinned: Pinned) -> OpenedMessage:
    """Read a letter as a later message in a mailbox that is already pinned.

    Raises:
        ForeignEnvelope: it is of another mailbox or direction.
        BadSignature: the reporter of that mailbox did not write it.
        MalformedPayload: it does not follow the format, or names other readers than slots.
    """
    letter.check_address(opened.header, _address(opened, pinned, Direction.TO_HANDLERS))
    opened.verify(sign.Purpose.MESSAGE, pinned.ed_pk)
    message = payload_bytes.read_message(opened.content)
    if len(opened.header.slots) != len(message.recipients):
        raise MalformedPayload
    return OpenedMessage(opened.envelope_id, message)


def read_colleague_reply(opened: Letter, pinned: Pinned, readers: Collection[bytes]) -> OpenedReply:
    """Read a letter as another handler's reply; see `dropbox.protocol.letter.read_reply`.

    Args:
        opened: the letter.
        pinned: the mailbox's keys out of its first report.
        readers: ids of the handlers who may read the case and so may answer.
    """
    address = _address(opened, pinned, Direction.TO_REPORTER)
    return letter.read_reply(opened, address, pinned.x_pk, readers)


def _address(opened: Letter, pinned: Pinned, direction: Direction) -> Address:
    header = opened.header
    return Address(direction, header.site_id, header.channel_pk, pinned.mailbox_id)


def seal_reply(
    channel: Channel,
    handler_seed: bytes,
    certificate: bytes,
    pinned: Pinned,
    readers: Sequence[Recipient],
    reply: payload.Reply,
) -> bytes:
    """Seal a reply to the reporter and to ``readers``, whose ids are written into it.

    Args:
        channel: the desk's site and channel.
        handler_seed: the writer's signing seed, 32 raw bytes.
        certificate: the writer's certificate, raw bytes, as on the card.
        pinned: the mailbox's keys out of its first report.
        readers: the handlers who may read it; with the writer among them, a desk that was
            restored gets its own replies back.
        reply: what to say.

    Raises:
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    ordered = letter.in_order(readers)
    reply = replace(reply, recipients=tuple(reader.handler_id for reader in ordered))
    content = payload_bytes.write_reply(reply, certificate)
    address = Address(Direction.TO_REPORTER, channel.site_id, channel.channel_pk, pinned.mailbox_id)
    public_keys = [pinned.x_pk, *(reader.x_pk for reader in ordered)]
    return letter.write(address, public_keys, sign.Purpose.REPLY, handler_seed, content)
