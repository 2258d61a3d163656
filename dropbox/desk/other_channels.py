"""The other channels of the site, as far as this desk was shown their cards.

Owns one list in the vault: the newest card of each. A card file is public; the operator or
the other channel hands it out, and a person compares its fingerprint with the poster.
Invariants: nothing is ever sealed to a handler of another channel here; a card gives way
only to a newer one of the same channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.desk import keyring
from dropbox.desk.errors import FingerprintDiffers
from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.errors import N_, CardRolledBack, InputError, ProtocolError
from dropbox.protocol.channel_card import ChannelCard, first_possible_day, read_card

_OTHERS = b"other channels"

MOST_OTHERS = 64
"""More channels than this no site has; the oldest go."""


class OwnChannel(InputError):
    """A handler named the own channel where another one is meant."""

    text = N_("This is your own channel. Choose another one.")


class ChannelNotKnown(InputError):
    """No card of such a channel was ever shown to this vault."""

    text = N_("This vault knows no such channel. Name the file with its card.")


@dataclass(frozen=True)
class OtherCard:
    """A card that was shown here: channel identity of 32 bytes, version, last day, raw card."""

    channel_pk: bytes
    version: int
    expires: date
    raw: bytes


@dataclass(frozen=True)
class _Others:
    cards: tuple[OtherCard, ...] = ()


def learn(vault: Vault, raw: bytes, today: date, fingerprint: str | None = None) -> ChannelCard:
    """Take in another channel's card, inside a transaction that the caller holds.

    Args:
        vault: a handler's, with a pinned card.
        raw: the card.
        today: the day of reading.
        fingerprint: what a person read from that channel's poster, or None.

    Raises:
        ProtocolError: all that `read_card` raises.
        OwnChannel: it is the card of this vault's own channel.
        CardRolledBack: a newer one was shown before.
        FingerprintDiffers: it is not the channel that the person expects.
    """
    own = keyring.channel(vault)
    card = read_card(raw, own.site_id, today)
    if card.channel_pk == own.channel_pk:
        raise OwnChannel
    if fingerprint is not None and keyring.plain(fingerprint) != keyring.plain(card.fingerprint):
        raise FingerprintDiffers
    others = _load(vault)
    rest = tuple(each for each in others if each.channel_pk != card.channel_pk)
    if any(each.version > card.version for each in others if each not in rest):
        raise CardRolledBack
    record = OtherCard(card.channel_pk, card.version, card.expires, raw)
    save_setting(vault, _OTHERS, _Others((*rest, record)[-MOST_OTHERS:]))
    return card


def known(vault: Vault, today: date) -> list[ChannelCard]:
    """Return the other channels' cards, expired ones too: names to show, nothing to seal to."""
    site_id = keyring.load(vault).site_id
    found = []
    for each in _load(vault):
        day = min(max(today, first_possible_day(each.expires)), each.expires)
        try:
            found.append(read_card(each.raw, site_id, day))
        except ProtocolError:
            continue  # a vault of another program's version; the file can be shown again
    return sorted(found, key=lambda card: card.slug)


def named(vault: Vault, slug: str, today: date) -> ChannelCard:
    """Return the other channel with this short name; raises ChannelNotKnown."""
    for card in known(vault, today):
        if card.slug == slug.strip().lower():
            return card
    raise ChannelNotKnown


def name_of(vault: Vault, channel_pk: bytes, language: str, today: date) -> str:
    """Return what a channel, by its 32-byte identity, is called; empty where nobody knows."""
    for card in known(vault, today):
        if card.channel_pk == channel_pk:
            return card.texts[language].name
    return ""


def _load(vault: Vault) -> tuple[OtherCard, ...]:
    return (load_setting(vault, _OTHERS, _Others) or _Others()).cards
