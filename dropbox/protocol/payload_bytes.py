"""Payloads as bytes: what an envelope's signature covers.

A payload is ``signature 64 · meta length 4 · meta · text``: meta is a JSON object
with exactly the fields of its kind, the text is raw UTF-8. Reading is strict: an
unknown, missing or doubled field, a wrong type or a value out of range is refused.
A few fields are younger than the format: a writer leaves them out where they say
nothing, so that an older reader still understands, and who reads takes that for nothing.
The signature covers the envelope's header, so it is made and checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dropbox.errors import FieldTooLong, MalformedPayload, TextTooLong
from dropbox.protocol import keys, sign
from dropbox.protocol.fields import Fields, encode
from dropbox.protocol.payload import (
    ANSWER_KINDS,
    MAX_CERTIFICATE_BYTES,
    MAX_CONTACT_CHARACTERS,
    MAX_COUNT,
    MAX_HANDLERS,
    MAX_NAME_CHARACTERS,
    MAX_PEOPLE,
    MAX_REPLY_BYTES,
    MAX_REPLY_CHARACTERS,
    MAX_SEEN,
    MAX_TEXT_BYTES,
    MAX_TEXT_CHARACTERS,
    MESSAGE_KINDS,
    MODES,
    ORIGINS,
    OUTCOMES,
    STATES,
    YES_NO,
    Memo,
    Message,
    Reply,
    Report,
)

LENGTH_BYTES = 4


def check_text(text: str, characters: int, size: int) -> bytes:
    """Return ``text`` in UTF-8, at most ``characters`` long and ``size`` bytes.

    Raises:
        TextTooLong: it is longer.
    """
    raw = text.encode("utf-8")
    if len(text) > characters or len(raw) > size:
        raise TextTooLong(characters=characters, bytes=size)
    return raw


def join(meta: dict[str, Any], text: bytes) -> bytes:
    """Write meta and text: what a payload's signature covers beside the header."""
    raw = encode(meta)
    return len(raw).to_bytes(LENGTH_BYTES, "big") + raw + text


def split(payload: bytes) -> tuple[bytes, bytes]:
    """Divide a payload into its 64-byte signature and the content that was signed."""
    if len(payload) < sign.SIGNATURE_BYTES + LENGTH_BYTES:
        raise MalformedPayload
    return payload[: sign.SIGNATURE_BYTES], payload[sign.SIGNATURE_BYTES :]


def parts(content: bytes) -> tuple[Fields, str]:
    """Read meta and text of a payload's content.

    Raises:
        MalformedPayload: the lengths or the encodings are wrong.
    """
    end = LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "big")
    if end > len(content):
        raise MalformedPayload
    try:
        text = content[end:].decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedPayload from None
    return Fields(content[LENGTH_BYTES:end], MalformedPayload), text


def _younger(**values: object) -> dict[str, Any]:
    """Return those younger fields that say something."""
    return {name: value for name, value in values.items() if value}


def _hexes(values: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in values]


def _readers(fields: Fields) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    recipients = fields.hexes("recipients", keys.HANDLER_ID_BYTES, MAX_HANDLERS)
    excluded = fields.hexes("excluded", keys.HANDLER_ID_BYTES, MAX_HANDLERS)
    return _checked(recipients), _apart(excluded, recipients)


def _checked(recipients: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Refuse readers that are not in the order of their slots, or are none."""
    if not recipients or list(recipients) != sorted(set(recipients)):
        raise MalformedPayload
    return recipients


def _apart(excluded: tuple[bytes, ...], recipients: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if set(recipients) & set(excluded):
        raise MalformedPayload
    return excluded


def _bounded(text: str, characters: int, size: int) -> str:
    try:
        check_text(text, characters, size)
    except TextTooLong:
        raise MalformedPayload from None
    return text


def write_report(report: Report, ed_pk: bytes, x_pk: bytes) -> bytes:
    """Write a report's content with the reporter's public keys, 32 bytes each."""
    if len(report.name) > MAX_NAME_CHARACTERS or len(report.contact) > MAX_CONTACT_CHARACTERS:
        raise FieldTooLong
    text = check_text(report.text, MAX_TEXT_CHARACTERS, MAX_TEXT_BYTES)
    meta = {
        "kind": "report",
        "day": report.day.isoformat(),
        "turn": report.turn,
        "ed_pk": ed_pk.hex(),
        "x_pk": x_pk.hex(),
        "recipients": _hexes(report.recipients),
        "excluded": _hexes(report.excluded),
        "mode": report.mode,
        "language": report.language,
        "name": report.name,
        "contact": report.contact,
        "conduct": list(report.conduct),
        "grounds": list(report.grounds),
        "unit": report.unit,
        "period": report.period,
        "works_with_subject": report.works_with_subject,
        "supporter": report.supporter,
        "attachments": [],
        **_younger(origin=report.origin, people=report.people if report.people > 1 else 0),
    }
    return join(meta, text)


def read_report(content: bytes) -> tuple[Report, bytes, bytes]:
    """Read a report's content; return it with the reporter's ``ed_pk`` and ``x_pk``."""
    fields, text = parts(content)
    fields.choice("kind", ("report",))
    ed_pk = fields.hex("ed_pk", 32)
    x_pk = fields.hex("x_pk", 32)
    recipients, excluded = _readers(fields)
    report = Report(
        day=fields.day("day"),
        turn=fields.number("turn", highest=MAX_COUNT),
        mode=fields.choice("mode", MODES),
        language=fields.choice("language", ("nl", "en")),
        text=_bounded(text, MAX_TEXT_CHARACTERS, MAX_TEXT_BYTES),
        recipients=recipients,
        excluded=excluded,
        name=fields.line("name", MAX_NAME_CHARACTERS),
        contact=fields.line("contact", MAX_CONTACT_CHARACTERS),
        conduct=fields.codes("conduct"),
        grounds=fields.codes("grounds"),
        unit=fields.code("unit"),
        period=fields.quarter("period"),
        works_with_subject=fields.choice("works_with_subject", YES_NO),
        supporter=fields.choice("supporter", YES_NO),
        origin=fields.choice("origin", ORIGINS) if fields.has("origin") else "",
        people=fields.number("people", 1, MAX_PEOPLE) if fields.has("people") else 1,
    )
    fields.items("attachments", 0)
    fields.finish()
    return report, ed_pk, x_pk


def write_message(message: Message) -> bytes:
    """Write a message's content."""
    meta = {
        "kind": message.kind,
        "day": message.day.isoformat(),
        "turn": message.turn,
        "number": message.number,
        "recipients": _hexes(message.recipients),
        "excluded": _hexes(message.excluded),
        "hold": message.hold.hex() if message.hold else None,
        "attachments": [],
        **_younger(about=message.about.hex() if message.about else None),
    }
    return join(meta, check_text(message.text, MAX_TEXT_CHARACTERS, MAX_TEXT_BYTES))


def read_message(content: bytes) -> Message:
    """Read a message's content."""
    fields, text = parts(content)
    recipients, excluded = _readers(fields)
    message = Message(
        kind=fields.choice("kind", MESSAGE_KINDS),
        day=fields.day("day"),
        turn=fields.number("turn", highest=MAX_COUNT),
        number=fields.number("number", lowest=2, highest=MAX_COUNT),
        recipients=recipients,
        excluded=excluded,
        text=_bounded(text, MAX_TEXT_CHARACTERS, MAX_TEXT_BYTES),
        hold=fields.hex_or_none("hold", 32),
        about=fields.hex("about", 32) if fields.has("about") else None,
    )
    fields.items("attachments", 0)
    fields.finish()
    if (message.kind == "resume") != (message.hold is not None):
        raise MalformedPayload
    if (message.kind in ANSWER_KINDS) != (message.about is not None):
        raise MalformedPayload
    return message


def write_memo(memo: Memo) -> bytes:
    """Write a memo's content."""
    meta = {
        "day": memo.day.isoformat(),
        "recipients": b"".join(sorted(memo.recipients)).hex(),
        "excluded": b"".join(sorted(memo.excluded)).hex(),
        "hold": memo.hold.hex() if memo.hold else None,
        "turn": memo.turn,
        "number": memo.number,
        **_younger(answered=memo.answered),
    }
    return join(meta, b"")


def _ids(fields: Fields, name: str) -> tuple[bytes, ...]:
    size = keys.HANDLER_ID_BYTES
    raw = fields.blob(name, MAX_HANDLERS * size)
    if len(raw) % size:
        raise MalformedPayload
    return tuple(raw[at : at + size] for at in range(0, len(raw), size))


def read_memo(content: bytes) -> Memo:
    """Read a memo's content."""
    fields, text = parts(content)
    recipients = _checked(_ids(fields, "recipients"))
    memo = Memo(
        day=fields.day("day"),
        recipients=recipients,
        excluded=_apart(_ids(fields, "excluded"), recipients),
        hold=fields.hex_or_none("hold", 32),
        turn=fields.number("turn", highest=MAX_COUNT),
        number=fields.number("number", lowest=1, highest=MAX_COUNT),
        answered=fields.number("answered", highest=MAX_COUNT) if fields.has("answered") else 0,
    )
    fields.finish()
    if text:
        raise MalformedPayload
    return memo


def write_reply(reply: Reply, certificate: bytes) -> bytes:
    """Write a reply's content with its writer's certificate."""
    meta = {
        "kind": "reply",
        "day": reply.day.isoformat(),
        "turn": reply.turn,
        "number": reply.number,
        "state": reply.state,
        "outcome": reply.outcome,
        "not_before": reply.not_before.isoformat() if reply.not_before else None,
        "seen": _hexes(reply.seen[-MAX_SEEN:]),
        "recipients": _hexes(reply.recipients),
        "certificate": certificate.hex(),
        "attachments": [],
        **_younger(transfer=reply.transfer.hex() if reply.transfer else None),
    }
    return join(meta, check_text(reply.text, MAX_REPLY_CHARACTERS, MAX_REPLY_BYTES))


def read_reply(content: bytes) -> tuple[Reply, bytes]:
    """Read a reply's content; return it with its writer's certificate, unchecked."""
    fields, text = parts(content)
    fields.choice("kind", ("reply",))
    certificate = fields.blob("certificate", MAX_CERTIFICATE_BYTES)
    reply = Reply(
        day=fields.day("day"),
        turn=fields.number("turn", highest=MAX_COUNT),
        number=fields.number("number", lowest=1, highest=MAX_COUNT),
        text=_bounded(text, MAX_REPLY_CHARACTERS, MAX_REPLY_BYTES),
        state=fields.choice("state", STATES),
        recipients=fields.hexes("recipients", keys.HANDLER_ID_BYTES, MAX_HANDLERS),
        outcome=fields.choice("outcome", OUTCOMES),
        not_before=fields.day_or_none("not_before"),
        seen=fields.hexes("seen", 32, MAX_SEEN),
        transfer=fields.hex("transfer", 32) if fields.has("transfer") else None,
    )
    fields.items("attachments", 0)
    fields.finish()
    if list(reply.recipients) != sorted(reply.recipients):
        raise MalformedPayload
    return reply, certificate
