"""The channel card: a channel's signed public keys and texts.

Invariants: a card is accepted only whole (signature, site, every handler's
certificate and intake keys, life of at most `CARD_DAYS`), and never with a lower
version than one accepted before. Whether its ``channel_pk`` is the right one is
for people to compare: see `ChannelCard.fingerprint`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from dropbox.errors import (
    N_,
    CardExpired,
    CardLivesTooLong,
    CardRolledBack,
    ForeignCard,
    ForeignHandler,
    MalformedCard,
    NoIntakeKey,
    ProtocolError,
)
from dropbox.protocol import box, certificate, document, keys, sign
from dropbox.protocol.certificate import Certificate, IntakeKey
from dropbox.protocol.fields import Fields

CARD_MAGIC = b"MKCD"
CARD_DAYS = 100
"""The longest that a card may still be valid, days."""

CARD_WARNING_DAYS = 30
"""Both sides warn this many days before a card expires."""

MAX_HANDLERS = 16
KINDS = ("integrity", "hotline", "adviser")
_SLUG = re.compile(r"[a-z0-9](-?[a-z0-9]){0,39}")
_TEXT_CHARACTERS = {"name": 80, "runs": 200, "reads": 300, "about": 600}


class CardTooEarly(ProtocolError):
    """Today lies before every day on which a card that was accepted can have been signed."""

    text = N_("This computer's date lies before the channel card was made. Check the date.")
    status = 503


@dataclass(frozen=True)
class CardTexts:
    """A channel's words in one language: its name, who runs it, who reads, what it is."""

    name: str
    runs: str
    reads: str
    about: str


@dataclass(frozen=True)
class CardHandler:
    """One handler on a card."""

    certificate: Certificate
    intake_keys: tuple[IntakeKey, ...]

    @property
    def handler_id(self) -> bytes:
        """Return the handler's 8-byte id."""
        return self.certificate.handler_id

    @property
    def role(self) -> Mapping[str, str]:
        """Return the handler's role per language."""
        return self.certificate.role

    def intake_key(self, today: date) -> bytes:
        """Return the 32-byte X25519 key to seal to on ``today``.

        Raises:
            NoIntakeKey: none is valid on that day.
        """
        for key in self.intake_keys:
            if key.first_day <= today <= key.last_day:
                return key.x_pk
        raise NoIntakeKey


@dataclass(frozen=True)
class CardDraft:
    """What a channel's owner decides before signing a card."""

    slug: str
    version: int
    expires: date
    kind: str
    external: bool
    independent: bool
    texts: Mapping[str, CardTexts]


@dataclass(frozen=True)
class ChannelCard:
    """A card that was read and checked."""

    site_id: bytes
    channel_pk: bytes
    draft: CardDraft
    handlers: tuple[CardHandler, ...]
    raw: bytes

    @property
    def slug(self) -> str:
        """Return the channel's short name for addresses."""
        return self.draft.slug

    @property
    def version(self) -> int:
        """Return the card's number, which only rises."""
        return self.draft.version

    @property
    def expires(self) -> date:
        """Return the card's last day."""
        return self.draft.expires

    @property
    def kind(self) -> str:
        """Return one of `KINDS`."""
        return self.draft.kind

    @property
    def external(self) -> bool:
        """Tell whether another organisation runs the channel."""
        return self.draft.external

    @property
    def independent(self) -> bool:
        """Tell whether the channel decides without instructions from the employer."""
        return self.draft.independent

    @property
    def texts(self) -> Mapping[str, CardTexts]:
        """Return the channel's words per language."""
        return self.draft.texts

    @property
    def fingerprint(self) -> str:
        """Return the 25 characters that people compare with a poster."""
        return keys.fingerprint(self.site_id, self.channel_pk)

    @cached_property
    def last_days(self) -> Mapping[bytes, date]:
        """Return the last day of every intake key on the card, by its 16-byte key id."""
        return {box.key_id(key.x_pk): key.last_day for h in self.handlers for key in h.intake_keys}

    def handler(self, handler_id: bytes) -> CardHandler:
        """Return a handler by id; raises ForeignHandler when the card has none such."""
        for handler in self.handlers:
            if handler.handler_id == handler_id:
                return handler
        raise ForeignHandler

    def warns(self, today: date) -> bool:
        """Tell whether the card is near its end."""
        return self.expires - today <= timedelta(days=CARD_WARNING_DAYS)


def sign_card(
    channel_seed: bytes,
    site_id: bytes,
    draft: CardDraft,
    handlers: Sequence[tuple[bytes, Sequence[IntakeKey]]],
) -> bytes:
    """Sign a card.

    Args:
        channel_seed: the channel's identity, 32 raw bytes.
        site_id: 16 raw bytes.
        draft: the card's own words and days.
        handlers: pairs of a certificate's raw bytes and that handler's intake keys.

    Returns:
        The card's raw bytes. Read them once with `read_card` before handing them out.
    """
    values: dict[str, Any] = {
        "site_id": site_id.hex(),
        "channel_pk": sign.public_key(channel_seed).hex(),
        "slug": draft.slug,
        "version": draft.version,
        "expires": draft.expires.isoformat(),
        "kind": draft.kind,
        "external": draft.external,
        "independent": draft.independent,
        "texts": {language: vars(texts) for language, texts in draft.texts.items()},
        "handlers": [
            {
                "certificate": raw.hex(),
                "intake_keys": [certificate.intake_values(key) for key in intake],
            }
            for raw, intake in handlers
        ],
    }
    return document.write(CARD_MAGIC, sign.Purpose.CARD, channel_seed, values)


def read_card(data: bytes, site_id: bytes, today: date, at_least_version: int = 0) -> ChannelCard:
    """Read a card and check all that a program can check.

    Args:
        data: the card's raw bytes.
        site_id: 16 raw bytes, the reader's own site.
        today: the day of reading.
        at_least_version: the highest version accepted before, or 0.

    Raises:
        MalformedCard, UnknownVersion: it does not follow the format.
        BadSignature: the channel did not sign it.
        ForeignCard: it is for another site.
        ForeignHandler: a handler is not certified by this channel.
        CardExpired, CardLivesTooLong, CardRolledBack: its days or version are wrong.
        CertificateExpired: a certificate ends before the card does.
    """
    read = document.read(CARD_MAGIC, data)
    fields = read.fields()
    channel_pk = fields.hex("channel_pk", 32)
    read.verify(sign.Purpose.CARD, channel_pk)
    if fields.hex("site_id", keys.SITE_ID_BYTES) != site_id:
        raise ForeignCard
    draft = _read_draft(fields)
    _check_days(draft, today, at_least_version)
    handlers = tuple(
        _read_handler(item, site_id, channel_pk, draft.expires)
        for item in fields.items("handlers", MAX_HANDLERS)
    )
    fields.finish()
    _check_distinct(handlers)
    return ChannelCard(site_id, channel_pk, draft, handlers, data)


def _check_distinct(handlers: tuple[CardHandler, ...]) -> None:
    """Refuse doubled handlers and keys: with two of one key no envelope could be opened."""
    ids = [handler.handler_id for handler in handlers]
    offered = [key.x_pk for handler in handlers for key in handler.intake_keys]
    if not ids or len(set(ids)) != len(ids) or len(set(offered)) != len(offered):
        raise MalformedCard


def _read_draft(fields: Fields) -> CardDraft:
    slug = fields.line("slug", 40)
    if not _SLUG.fullmatch(slug):
        raise MalformedCard
    draft = CardDraft(
        slug=slug,
        version=fields.number("version", lowest=1),
        expires=fields.day("expires"),
        kind=fields.choice("kind", KINDS),
        external=fields.truth("external"),
        independent=fields.truth("independent"),
        texts=_read_texts(fields.object("texts")),
    )
    return draft


def _read_texts(fields: Fields) -> dict[str, CardTexts]:
    texts = {}
    for language in ("nl", "en"):
        words = fields.object(language)
        texts[language] = CardTexts(
            **{name: words.line(name, longest) for name, longest in _TEXT_CHARACTERS.items()}
        )
        words.finish()
    fields.finish()
    return texts


def first_possible_day(expires: date) -> date:
    """Return the first day on which a card that ends on ``expires`` can be valid."""
    return expires - timedelta(days=CARD_DAYS)


def _check_days(draft: CardDraft, today: date, at_least_version: int) -> None:
    if today > draft.expires:
        raise CardExpired
    if draft.expires - today > timedelta(days=CARD_DAYS):
        raise CardLivesTooLong(days=CARD_DAYS)
    if draft.version < at_least_version:
        raise CardRolledBack


def _read_handler(item: Any, site_id: bytes, channel_pk: bytes, expires: date) -> CardHandler:
    if not isinstance(item, dict):
        raise MalformedCard
    fields = Fields(item, MalformedCard)
    raw = fields.blob("certificate", 1_000)
    certified = certificate.read_certificate(raw, site_id, channel_pk, expires)
    intake = certificate.read_intake_keys(
        fields.items("intake_keys", certificate.MAX_INTAKE_KEYS), site_id, certified.ed_pk
    )
    fields.finish()
    return CardHandler(certified, intake)
