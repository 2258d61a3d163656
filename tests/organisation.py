"""A small invented organisation for tests: channels, handlers, cards and reporters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from dropbox.protocol import box, certificate, channel_card, keys, payload, reply_code, sign
from dropbox.protocol.channel_card import CardDraft, CardTexts, ChannelCard
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.letter import Recipient

TODAY = date(2026, 11, 21)
SITE_ID = bytes(range(16))
SITE_SEED = bytes(range(32))
SITE_PK = sign.public_key(SITE_SEED)
TEXTS = CardTexts(
    name="Meldpunt Voorbeeld",
    runs="De Voorbeeldgemeente zelf.",
    reads="Twee behandelaars.",
    about="Een verzonnen meldpunt.",
)


@dataclass
class Handler:
    """A handler with one intake key that is valid around `TODAY`."""

    role: str
    seed: bytes = field(default_factory=sign.new_seed)
    secret: bytes = field(default_factory=box.new_key)

    @property
    def ed_pk(self) -> bytes:
        """Return the signing key."""
        return sign.public_key(self.seed)

    @property
    def handler_id(self) -> bytes:
        """Return the id."""
        return keys.handler_id(self.ed_pk)

    @property
    def x_pk(self) -> bytes:
        """Return the intake key."""
        return box.public_key(self.secret)

    @property
    def box_keys(self) -> dict[bytes, box.KeyPair]:
        """Return the intake key by its id."""
        return {box.key_id(self.x_pk): box.KeyPair(self.secret, self.x_pk)}

    @property
    def recipient(self) -> Recipient:
        """Return what a report is sealed to."""
        return Recipient(self.handler_id, self.x_pk)

    def intake(self, today: date = TODAY) -> certificate.IntakeKey:
        """Return the signed intake key."""
        first, last = today - timedelta(days=20), today + timedelta(days=120)
        return certificate.sign_intake_key(self.seed, SITE_ID, self.x_pk, first, last)


@dataclass
class Office:
    """A channel's identity and its handlers."""

    handlers: list[Handler]
    slug: str = "meldpunt"
    seed: bytes = field(default_factory=sign.new_seed)

    @property
    def channel_pk(self) -> bytes:
        """Return the channel's identity."""
        return sign.public_key(self.seed)

    @property
    def channel(self) -> Channel:
        """Return where its desks work."""
        return Channel(SITE_ID, self.channel_pk)

    def certificate(self, handler: Handler, today: date = TODAY) -> bytes:
        """Certify a handler for as long as a card may live."""
        role = {"nl": handler.role, "en": handler.role}
        not_after = today + timedelta(days=100)
        return certificate.issue_certificate(self.seed, SITE_ID, handler.ed_pk, role, not_after)

    def card_bytes(self, version: int = 1, today: date = TODAY, days: int = 90) -> bytes:
        """Sign a card."""
        draft = CardDraft(
            slug=self.slug,
            version=version,
            expires=today + timedelta(days=days),
            kind="integrity",
            external=False,
            independent=False,
            texts={"nl": TEXTS, "en": TEXTS},
        )
        handlers = [(self.certificate(h, today), [h.intake(today)]) for h in self.handlers]
        return channel_card.sign_card(self.seed, SITE_ID, draft, handlers)

    def card(self, version: int = 1) -> ChannelCard:
        """Return the card as it is read on `TODAY`."""
        return channel_card.read_card(self.card_bytes(version), SITE_ID, TODAY)


def office(*roles: str) -> Office:
    """Return a channel with a handler for each role, by default two."""
    return Office([Handler(role) for role in roles or ("adviseur", "coordinator")])


def reporter(channel: Office) -> keys.ReporterKeys:
    """Return the keys of a fresh reply code for ``channel``."""
    return keys.reporter_keys(SITE_ID, channel.channel_pk, reply_code.new_key())


def pinned(keys_: keys.ReporterKeys) -> Pinned:
    """Return what a desk pins of a reporter."""
    return Pinned(keys_.mailbox_id, keys_.ed_pk, keys_.x_pk)


def report(text: str = "Er is iets gebeurd.", **changes: object) -> payload.Report:
    """Return a report without readers; sealing writes them in."""
    values: dict[str, object] = {
        "day": TODAY,
        "turn": 1,
        "mode": "anonymous",
        "language": "nl",
        "text": text,
        "recipients": (),
    }
    return payload.Report(**(values | changes))  # type: ignore[arg-type]


def message(text: str = "Nog iets.", **changes: object) -> payload.Message:
    """Return a message without readers; sealing writes them in."""
    values: dict[str, object] = {
        "kind": "message",
        "day": TODAY,
        "turn": 2,
        "number": 2,
        "recipients": (),
        "text": text,
    }
    return payload.Message(**(values | changes))  # type: ignore[arg-type]


def reply(text: str = "Dank je wel.", **changes: object) -> payload.Reply:
    """Return a reply without readers; sealing writes them in."""
    values: dict[str, object] = {
        "day": TODAY,
        "turn": 2,
        "number": 1,
        "text": text,
        "state": "received",
        "recipients": (),
    }
    return payload.Reply(**(values | changes))  # type: ignore[arg-type]
