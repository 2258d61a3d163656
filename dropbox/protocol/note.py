"""Notes: what the handlers of one case say to each other, and the reporter never sees.

Owns their fields, their bytes and their checks. Invariants: a note is sealed to handlers
alone, one slot for each of its recipients; it stands under a purpose and a direction of
its own, so nothing that is read as a reply or a message was ever a note.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dropbox.errors import ForeignHandler, MalformedPayload, TextTooLong
from dropbox.protocol import keys, letter, payload_bytes, sign
from dropbox.protocol.box import key_id
from dropbox.protocol.certificate import Certificate, read_certificate
from dropbox.protocol.envelope import Address, Direction, Header
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.letter import Letter, Recipient
from dropbox.protocol.payload import MAX_CERTIFICATE_BYTES, MAX_COUNT, MAX_HANDLERS, YES_NO

MAX_NOTE_CHARACTERS = 5_000
MAX_NOTE_BYTES = 10_000
NOTE_KINDS = ("note", "reason", "assign", "task")
_WITH_WORDS = ("note", "reason")
"""Kinds that say nothing without a text."""


@dataclass(frozen=True)
class Note:
    """What a handler tells the other handlers of a case.

    ``number`` counts one handler's notes in one case from 1; ``turn`` is one more than the
    highest of any note that the writer knew, so that it says nothing of the thread.

    ``about`` is the 32-byte envelope id of the reply that a reason is for; ``assignee`` the
    8-byte id of the handler who does the case, None for nobody; ``task`` a care task's code
    and ``done`` whether it was done (``yes``) or is open again (``no``).
    """

    kind: str
    day: date
    turn: int
    number: int
    text: str = ""
    recipients: tuple[bytes, ...] = ()
    about: bytes | None = None
    assignee: bytes | None = None
    task: str = ""
    done: str = ""

    def is_sound(self) -> bool:
        """Tell whether exactly the fields of its kind are filled in, and somebody may read it."""
        return (
            (self.kind == "reason") == (self.about is not None)
            and (self.kind == "assign" or self.assignee is None)
            and (self.kind == "task") == bool(self.task) == bool(self.done)
            and (self.kind not in _WITH_WORDS or bool(self.text.strip()))
            and bool(self.recipients)
            and list(self.recipients) == sorted(self.recipients)
        )


@dataclass(frozen=True)
class OpenedNote:
    """A checked note with its envelope's id (32 bytes) and its writer's certificate."""

    envelope_id: bytes
    handler: Certificate
    note: Note


def write_note(note: Note, certificate: bytes) -> bytes:
    """Write a note's content with its writer's certificate.

    Raises:
        TextTooLong: the text is over `MAX_NOTE_CHARACTERS` or `MAX_NOTE_BYTES`.
    """
    meta = {
        "kind": note.kind,
        "day": note.day.isoformat(),
        "turn": note.turn,
        "number": note.number,
        "about": note.about.hex() if note.about else None,
        "assignee": note.assignee.hex() if note.assignee else None,
        "task": note.task,
        "done": note.done,
        "recipients": [each.hex() for each in note.recipients],
        "certificate": certificate.hex(),
    }
    text = payload_bytes.check_text(note.text, MAX_NOTE_CHARACTERS, MAX_NOTE_BYTES)
    return payload_bytes.join(meta, text)


def read_content(content: bytes) -> tuple[Note, bytes]:
    """Read a note's content; return it with its writer's certificate, unchecked.

    Raises:
        MalformedPayload: it does not follow the format.
    """
    fields, text = payload_bytes.parts(content)
    try:
        payload_bytes.check_text(text, MAX_NOTE_CHARACTERS, MAX_NOTE_BYTES)
    except TextTooLong:
        raise MalformedPayload from None
    certificate = fields.blob("certificate", MAX_CERTIFICATE_BYTES)
    note = Note(
        kind=fields.choice("kind", NOTE_KINDS),
        day=fields.day("day"),
        turn=fields.number("turn", highest=MAX_COUNT),
        number=fields.number("number", lowest=1, highest=MAX_COUNT),
        text=text,
        recipients=fields.hexes("recipients", keys.HANDLER_ID_BYTES, MAX_HANDLERS),
        about=fields.hex_or_none("about", 32),
        assignee=fields.hex_or_none("assignee", keys.HANDLER_ID_BYTES),
        task=fields.code("task"),
        done=fields.choice("done", YES_NO),
    )
    fields.finish()
    if not note.is_sound():
        raise MalformedPayload
    return note, certificate


def seal_note(
    channel: Channel,
    handler_seed: bytes,
    certificate: bytes,
    pinned: Pinned,
    readers: Sequence[Recipient],
    note: Note,
) -> bytes:
    """Seal a note to ``readers``, whose ids are written into it.

    Args:
        channel: the desk's site and channel.
        handler_seed: the writer's signing seed, 32 raw bytes.
        certificate: the writer's certificate, raw bytes, as on the card.
        pinned: the mailbox's keys out of its first report.
        readers: the case's handlers, at least one; with the writer among them, a desk that
            was restored gets its own notes back.
        note: what to say.

    Raises:
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    ordered = letter.in_order(readers)
    note = replace(note, recipients=tuple(reader.handler_id for reader in ordered))
    content = write_note(note, certificate)
    address = _address(channel.site_id, channel.channel_pk, pinned)
    public_keys = [reader.x_pk for reader in ordered]
    return letter.write(address, public_keys, sign.Purpose.NOTE, handler_seed, content)


def read_note(opened: Letter, pinned: Pinned, readers: Collection[bytes]) -> OpenedNote:
    """Read a letter as a handler's note in a mailbox that is already pinned.

    Args:
        opened: the letter.
        pinned: the mailbox's keys out of its first report.
        readers: ids of the handlers who may read the case, 8 raw bytes each.

    Raises:
        ForeignEnvelope: it is of another mailbox, channel, site or direction.
        ForeignHandler, CertificateExpired: its writer is not the channel's handler, was
            excluded by the reporter, or came after the report.
        BadSignature: the certified handler did not write it.
        MalformedPayload: it does not follow the format, or is sealed to others than it
            names, above all to the reporter.
    """
    header = opened.header
    letter.check_address(header, _address(header.site_id, header.channel_pk, pinned))
    note, raw = read_content(opened.content)
    author = read_certificate(raw, header.site_id, header.channel_pk, note.day)
    opened.verify(sign.Purpose.NOTE, author.ed_pk)
    if author.handler_id not in readers:
        raise ForeignHandler
    _check_slots(header, note, pinned)
    return OpenedNote(opened.envelope_id, author, note)


def _check_slots(header: Header, note: Note, pinned: Pinned) -> None:
    sealed_to = {slot.key_id for slot in header.slots}
    if len(header.slots) != len(note.recipients) or key_id(pinned.x_pk) in sealed_to:
        raise MalformedPayload


def _address(site_id: bytes, channel_pk: bytes, pinned: Pinned) -> Address:
    return Address(Direction.TO_COLLEAGUES, site_id, channel_pk, pinned.mailbox_id)
