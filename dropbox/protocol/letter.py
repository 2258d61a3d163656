"""An opened envelope whose writer is still to be checked, and the writing of one.

Both sides use it: a letter is opened once, then read as exactly one kind, and that
reading checks the signature for that kind's purpose over the envelope's header.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dropbox.errors import ForeignEnvelope, ForeignHandler, MalformedPayload
from dropbox.protocol import payload, payload_bytes, sign
from dropbox.protocol.box import KeyPair, key_id
from dropbox.protocol.certificate import Certificate, read_certificate
from dropbox.protocol.envelope import (
    Address,
    Draft,
    Header,
    envelope_id,
    open_envelope,
    parse_header,
)


@dataclass(frozen=True)
class Recipient:
    """A handler to seal to: id of 8 bytes, today's X25519 intake key of 32 bytes."""

    handler_id: bytes
    x_pk: bytes


@dataclass(frozen=True)
class Received:
    """An envelope that is still sealed: id of 32 bytes, header, and the whole envelope."""

    envelope_id: bytes
    header: Header
    data: bytes


@dataclass(frozen=True)
class Letter:
    """An opened envelope: id of 32 bytes, header, signature of 64 bytes, signed content."""

    envelope_id: bytes
    header: Header
    signature: bytes
    content: bytes

    def verify(self, purpose: sign.Purpose, ed_pk: bytes) -> None:
        """Check that the holder of ``ed_pk`` wrote this; raises BadSignature."""
        sign.verify(purpose, ed_pk, self.signature, self.header.hash, self.content)


@dataclass(frozen=True)
class OpenedReply:
    """A checked reply with its envelope's id (32 bytes) and its writer's certificate."""

    envelope_id: bytes
    handler: Certificate
    reply: payload.Reply


def in_order(recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Sort recipients by id, so that the order of slots tells nothing."""
    return tuple(sorted(recipients, key=lambda recipient: recipient.handler_id))


def write(
    address: Address,
    public_keys: Sequence[bytes],
    purpose: sign.Purpose,
    seed: bytes,
    content: bytes,
) -> bytes:
    """Sign ``content`` and seal it to X25519 ``public_keys``; returns the envelope."""
    draft = Draft(address, public_keys)
    signature = sign.sign(purpose, seed, draft.header.hash, content)
    return draft.finish(signature + content)


def open_letter(data: bytes, box_keys: Mapping[bytes, KeyPair]) -> Letter:
    """Open an envelope with one of the reader's keys, by 16-byte key id.

    Raises:
        ProtocolError: all that `dropbox.protocol.envelope.open_envelope` raises.
    """
    return open_received(Received(envelope_id(data), parse_header(data), data), box_keys)


def open_received(found: Received, box_keys: Mapping[bytes, KeyPair]) -> Letter:
    """As `open_letter`, for an envelope whose header and id are known."""
    opened = open_envelope(found.header, found.data, box_keys)
    signature, content = payload_bytes.split(opened)
    return Letter(found.envelope_id, found.header, signature, content)


def check_address(header: Header, address: Address) -> None:
    """Refuse an envelope that belongs elsewhere; raises ForeignEnvelope."""
    found = Address(header.direction, header.site_id, header.channel_pk, header.mailbox_id)
    if found != address:
        raise ForeignEnvelope


def read_reply(
    letter: Letter, address: Address, x_pk: bytes, readers: Collection[bytes]
) -> OpenedReply:
    """Read a letter as a reply in the mailbox of ``address``.

    The certificate must be valid on the day that the reply states; the site accepts
    replies only from handlers on the current card.

    Args:
        letter: the opened envelope.
        address: the mailbox, and the direction of replies.
        x_pk: the reporter's public key, 32 raw bytes; the first slot must be theirs.
        readers: ids of the handlers who may read and so may answer, 8 raw bytes each.

    Raises:
        ForeignEnvelope: it is of another mailbox, channel, site or direction.
        ForeignHandler, CertificateExpired: its writer is not the channel's handler, was
            excluded by the reporter, or came after the report.
        BadSignature: the certified handler did not write it.
        MalformedPayload: it does not follow the format, or is not sealed to the reporter.
    """
    check_address(letter.header, address)
    reply, raw = payload_bytes.read_reply(letter.content)
    handler = read_certificate(raw, address.site_id, address.channel_pk, reply.day)
    letter.verify(sign.Purpose.REPLY, handler.ed_pk)
    if handler.handler_id not in readers:
        raise ForeignHandler
    slots = letter.header.slots
    if len(slots) != len(reply.recipients) + 1 or slots[0].key_id != key_id(x_pk):
        raise MalformedPayload
    return OpenedReply(letter.envelope_id, handler, reply)
