"""The channel cards of a site, believed as far as their signatures go.

Layout: for each card ``length 4 · card``, nothing else. Invariants: a site is named by its
verified cards and by nothing else, and all of them name the same; a card is never older
than one that was read before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dropbox.client.errors import (
    CardsDisagree,
    FingerprintDiffers,
    NoCards,
    NoChannel,
    NoSuchChannel,
)
from dropbox.errors import ProtocolError
from dropbox.protocol import document
from dropbox.protocol.channel_card import CARD_MAGIC, ChannelCard, read_card
from dropbox.protocol.document import MAX_DOCUMENT_BYTES
from dropbox.protocol.keys import SITE_ID_BYTES

MOST_CARDS = 64
_LENGTH_BYTES = 4
MAX_CARDS_BYTES = MOST_CARDS * (_LENGTH_BYTES + MAX_DOCUMENT_BYTES)
"""More than any site has, bytes."""


@dataclass(frozen=True)
class Cards:
    """A site's 16-byte id, its cards that are in order, and why the others are not."""

    site_id: bytes
    cards: tuple[ChannelCard, ...]
    refused: tuple[ProtocolError, ...]

    @property
    def versions(self) -> Mapping[bytes, int]:
        """Return the version of each card, by the channel's 32-byte key."""
        return {card.channel_pk: card.version for card in self.cards}

    def of(self, channel_pk: bytes) -> ChannelCard | None:
        """Return a channel's card by its 32-byte key."""
        return next((card for card in self.cards if card.channel_pk == channel_pk), None)

    def matching(self, slug: str | None, fingerprint: str | None) -> tuple[ChannelCard, ...]:
        """Return the cards with a short name and a fingerprint, where they are asked for.

        Raises:
            NoSuchChannel: no card has the name.
            FingerprintDiffers: none of those has the fingerprint.
        """
        named = tuple(card for card in self.cards if slug in (None, card.slug))
        if not named:
            raise NoSuchChannel
        wanted = _plain(fingerprint or "")
        found = tuple(card for card in named if wanted in ("", _plain(card.fingerprint)))
        if not found or (fingerprint is not None and not wanted):
            raise FingerprintDiffers
        return found


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).upper()


def read_cards(data: bytes, today: date, at_least: Mapping[bytes, int] | None = None) -> Cards:
    """Read a site's cards.

    Args:
        data: as `GET /cards` gives them.
        today: the day.
        at_least: versions that were read before, by the channel's 32-byte key.

    Raises:
        NoCards: the bytes do not follow the format.
        NoChannel: there is none.
        CardsDisagree: they are of different sites, or two are of one channel or name.
        ProtocolError: no card is in order; this is why the first one is not.
    """
    good: list[ChannelCard] = []
    refused: list[ProtocolError] = []
    for raw in _split(data):
        try:
            good.append(_read(raw, today, at_least or {}))
        except ProtocolError as error:
            refused.append(error)
    if not good:
        raise refused[0] if refused else NoChannel
    if len({card.site_id for card in good}) > 1:
        raise CardsDisagree
    if min(len({card.slug for card in good}), len({card.channel_pk for card in good})) < len(good):
        raise CardsDisagree
    return Cards(good[0].site_id, tuple(good), tuple(refused))


def _read(raw: bytes, today: date, at_least: Mapping[bytes, int]) -> ChannelCard:
    # Not believed: `read_card` checks the signature over this very field.
    named = document.read(CARD_MAGIC, raw).fields()
    site_id, channel_pk = named.hex("site_id", SITE_ID_BYTES), named.hex("channel_pk", 32)
    return read_card(raw, site_id, today, at_least.get(channel_pk, 0))


def _split(data: bytes) -> Iterator[bytes]:
    if len(data) > MAX_CARDS_BYTES:
        raise NoCards
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start >= at or at > len(data):
            raise NoCards
        yield data[start:at]
