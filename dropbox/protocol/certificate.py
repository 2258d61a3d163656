"""Who a handler is: intake keys, the request to be certified, and the certificate.

A handler signs their own intake keys; the channel's identity, kept offline by its
owner, certifies the handler's signing key. Both are public and travel in the card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dropbox.errors import (
    BadSignature,
    CertificateExpired,
    ForeignCard,
    ForeignHandler,
    MalformedCard,
)
from dropbox.protocol import box, document, keys, sign
from dropbox.protocol.fields import Fields

CERTIFICATE_MAGIC = b"MKCT"
REQUEST_MAGIC = b"MKRQ"
MAX_ROLE_CHARACTERS = 60
MAX_INTAKE_KEYS = 16


@dataclass(frozen=True)
class IntakeKey:
    """One month's X25519 key, valid from ``first_day`` to ``last_day`` inclusive."""

    x_pk: bytes
    first_day: date
    last_day: date
    signature: bytes


@dataclass(frozen=True)
class HandlerRequest:
    """A handler asks a channel's owner to be certified. ``role`` is per language."""

    ed_pk: bytes
    role: Mapping[str, str]
    intake_keys: tuple[IntakeKey, ...]

    @property
    def handler_id(self) -> bytes:
        """Return the handler's 8-byte id."""
        return keys.handler_id(self.ed_pk)


@dataclass(frozen=True)
class Certificate:
    """A channel's word that a signing key belongs to a handler in a role."""

    handler_id: bytes
    role: Mapping[str, str]
    ed_pk: bytes
    not_after: date
    raw: bytes


def _intake_fields(site_id: bytes, x_pk: bytes, first: date, last: date) -> tuple[bytes, ...]:
    return site_id, x_pk, first.isoformat().encode(), last.isoformat().encode()


def sign_intake_key(
    handler_seed: bytes, site_id: bytes, x_pk: bytes, first_day: date, last_day: date
) -> IntakeKey:
    """Sign an intake key as its handler."""
    fields = _intake_fields(site_id, x_pk, first_day, last_day)
    signature = sign.sign(sign.Purpose.INTAKE, handler_seed, *fields)
    return IntakeKey(x_pk, first_day, last_day, signature)


def intake_values(key: IntakeKey) -> dict[str, str]:
    """Return an intake key as the fields of a JSON object."""
    return {
        "x_pk": key.x_pk.hex(),
        "first_day": key.first_day.isoformat(),
        "last_day": key.last_day.isoformat(),
        "signature": key.signature.hex(),
    }


def read_intake_keys(items: Sequence[Any], site_id: bytes, ed_pk: bytes) -> tuple[IntakeKey, ...]:
    """Read and check the intake keys of the handler with signing key ``ed_pk``.

    Raises:
        MalformedCard: a key does not follow the format, or ends before it begins.
        WeakKey: a key is not a point that can keep a secret.
        BadSignature: the handler did not sign it.
    """
    found = []
    for item in items:
        if not isinstance(item, dict):
            raise MalformedCard
        fields = Fields(item, MalformedCard)
        key = IntakeKey(
            x_pk=fields.hex("x_pk", 32),
            first_day=fields.day("first_day"),
            last_day=fields.day("last_day"),
            signature=fields.hex("signature", sign.SIGNATURE_BYTES),
        )
        fields.finish()
        if key.first_day > key.last_day:
            raise MalformedCard
        box.check_public(key.x_pk)
        signed = _intake_fields(site_id, key.x_pk, key.first_day, key.last_day)
        sign.verify(sign.Purpose.INTAKE, ed_pk, key.signature, *signed)
        found.append(key)
    return tuple(found)


def read_role(fields: Fields) -> dict[str, str]:
    """Take a role in both languages."""
    role = fields.object("role")
    texts = {language: role.line(language, MAX_ROLE_CHARACTERS) for language in ("nl", "en")}
    role.finish()
    if not all(text.strip() for text in texts.values()):
        raise MalformedCard
    return texts


def make_request(
    handler_seed: bytes, site_id: bytes, role: Mapping[str, str], intake_keys: Sequence[IntakeKey]
) -> bytes:
    """Write a request to be certified, signed with the handler's own key."""
    values = {
        "site_id": site_id.hex(),
        "ed_pk": sign.public_key(handler_seed).hex(),
        "role": dict(role),
        "intake_keys": [intake_values(key) for key in intake_keys],
    }
    return document.write(REQUEST_MAGIC, sign.Purpose.REQUEST, handler_seed, values)


def read_request(data: bytes, site_id: bytes) -> HandlerRequest:
    """Read and check a request.

    Raises:
        MalformedCard, UnknownVersion: it does not follow the format.
        BadSignature: it was not made by the holder of its key.
        ForeignCard: it is for another site.
    """
    read = document.read(REQUEST_MAGIC, data)
    fields = read.fields()
    ed_pk = fields.hex("ed_pk", 32)
    read.verify(sign.Purpose.REQUEST, ed_pk)
    if fields.hex("site_id", keys.SITE_ID_BYTES) != site_id:
        raise ForeignCard
    role = read_role(fields)
    intake = read_intake_keys(fields.items("intake_keys", MAX_INTAKE_KEYS), site_id, ed_pk)
    fields.finish()
    return HandlerRequest(ed_pk, role, intake)


def issue_certificate(
    channel_seed: bytes, site_id: bytes, ed_pk: bytes, role: Mapping[str, str], not_after: date
) -> bytes:
    """Certify a handler's signing key as the channel's identity; returns raw bytes."""
    values = {
        "site_id": site_id.hex(),
        "channel_pk": sign.public_key(channel_seed).hex(),
        "ed_pk": ed_pk.hex(),
        "role": dict(role),
        "not_after": not_after.isoformat(),
    }
    return document.write(CERTIFICATE_MAGIC, sign.Purpose.CERTIFICATE, channel_seed, values)


def read_certificate(data: bytes, site_id: bytes, channel_pk: bytes, day: date) -> Certificate:
    """Read a certificate and check that ``channel_pk`` issued it for ``day``.

    Args:
        data: the certificate's raw bytes.
        site_id: 16 raw bytes.
        channel_pk: the channel's pinned identity, 32 raw bytes.
        day: the day on which what it vouches for was written.

    Raises:
        MalformedCard, UnknownVersion: it does not follow the format.
        ForeignHandler: another channel issued it, or the signature is not the channel's.
        ForeignCard: it is for another site.
        CertificateExpired: ``day`` is after its last day.
    """
    read = document.read(CERTIFICATE_MAGIC, data)
    fields = read.fields()
    try:
        read.verify(sign.Purpose.CERTIFICATE, channel_pk)
    except BadSignature:
        raise ForeignHandler from None
    if fields.hex("channel_pk", 32) != channel_pk:
        raise ForeignHandler
    if fields.hex("site_id", keys.SITE_ID_BYTES) != site_id:
        raise ForeignCard
    ed_pk = fields.hex("ed_pk", 32)
    role = read_role(fields)
    not_after = fields.day("not_after")
    fields.finish()
    if day > not_after:
        raise CertificateExpired
    return Certificate(keys.handler_id(ed_pk), role, ed_pk, not_after, data)
