"""Upkeep of the blind server: what goes when its month is over, and what the operator sees.

Invariant: the operator sees cards, collections and the disk, which are the operator's
own affair; never a number, a size or a day of anything that a reporter did.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.store import CardShelf, Store

COLLECTION_DAYS = 5
"""A collection is overdue after this many days: receipt is owed to the reporter within 7."""


class CardState(Enum):
    """How a channel's card stands."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"


@dataclass(frozen=True)
class ChannelStatus:
    """A channel's card; ``days_left`` counts to its last day and is negative after it."""

    slug: str
    version: int
    expires: date
    days_left: int
    state: CardState


@dataclass(frozen=True)
class HandlerStatus:
    """When a handler's bundle was last collected; ``days_since`` is None if it never was."""

    handler_id: bytes
    slug: str
    role: Mapping[str, str]
    days_since: int | None
    overdue: bool


@dataclass(frozen=True)
class Status:
    """All that the operator needs to know. ``broken_cards`` are file names."""

    channels: tuple[ChannelStatus, ...]
    handlers: tuple[HandlerStatus, ...]
    broken_cards: tuple[str, ...]
    free_bytes: int


def purge(store: Store, today: date) -> None:
    """Delete what was to be kept only until before this month, then erase its traces.

    Raises:
        StoreError: the machine refused; nothing was deleted, or only traces remain.
    """
    month = days.month_number(today)
    with store.write() as tables:
        tables.envelopes.delete_before(month)
        for mailbox_id in tables.mailboxes.overdue(month):
            tables.envelopes.delete_of(mailbox_id)
            tables.mailboxes.delete(mailbox_id)
        tables.tombstones.delete_before(month)
        tables.nonces.forget_old(today)
    store.maintain()


def maintain(store: Store) -> None:
    """Rebuild the database without traces of what was deleted or of the order of arrival.

    Raises:
        StoreError: the machine refused; nothing is lost.
    """
    store.maintain()


def status(store: Store, shelf: CardShelf, today: date) -> Status:
    """Return what the operator must look after.

    Raises:
        StoreError: the database cannot be read.
    """
    shelved = shelf.cards(today)
    handlers = []
    with store.read() as tables:
        for one in shelved:
            for handler in one.card.handlers:
                day = tables.couriers.get(handler.handler_id).collected_day
                since = today.toordinal() - day if day else None
                overdue = since is None or since > COLLECTION_DAYS
                handlers.append(
                    HandlerStatus(handler.handler_id, one.card.slug, handler.role, since, overdue)
                )
    return Status(
        channels=tuple(_channel(one.card, today) for one in shelved),
        handlers=tuple(handlers),
        broken_cards=tuple(shelf.broken(today)),
        free_bytes=shutil.disk_usage(store.path.parent).free,
    )


def _channel(card: ChannelCard, today: date) -> ChannelStatus:
    days_left = (card.expires - today).days
    state = CardState.ENDING if card.warns(today) else CardState.VALID
    if days_left < 0:
        state = CardState.EXPIRED
    return ChannelStatus(card.slug, card.version, card.expires, days_left, state)
