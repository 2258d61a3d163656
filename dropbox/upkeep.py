"""Upkeep of the blind server: what goes when its month is over, and what the operator sees.

Invariant: the operator sees cards, collections and the disk, which are the operator's
own affair; never a number, a size or a day of anything that a reporter did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.store import CardShelf, Store, Tables, files_at, free_bytes, hide_times

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
    """When a handler's bundle was last collected; ``days_since`` is None if it never was.

    Who never collected counts as overdue only when the whole channel is: nothing here
    knows since when a handler is on the card.
    """

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


def hide_use(site_dir: Path) -> None:
    """Hide when the database in the folder with the server's data was last used.

    For the web server to call every minute, whether or not anybody comes; see `hide_times`.
    """
    hide_times(*files_at(site_dir))


def status(store: Store, shelf: CardShelf, today: date) -> Status:
    """Return what the operator must look after.

    Raises:
        StoreError: the database cannot be read.
    """
    shelved = shelf.cards(today)
    handlers: list[HandlerStatus] = []
    with store.read() as tables:
        for one in shelved:
            handlers += _handlers(tables, one.card, today)
    return Status(
        channels=tuple(_channel(one.card, today) for one in shelved),
        handlers=tuple(handlers),
        broken_cards=tuple(shelf.broken(today)),
        free_bytes=free_bytes(store.path.parent),
    )


def _handlers(tables: Tables, card: ChannelCard, today: date) -> list[HandlerStatus]:
    days_since: list[int | None] = []
    for handler in card.handlers:
        day = tables.couriers.get(handler.handler_id).collected_day
        days_since.append(today.toordinal() - day if day else None)
    known = [since for since in days_since if since is not None]
    channel_is_late = bool(known) and min(known) > COLLECTION_DAYS
    return [
        HandlerStatus(
            handler.handler_id,
            card.slug,
            handler.role,
            since,
            overdue=channel_is_late if since is None else since > COLLECTION_DAYS,
        )
        for handler, since in zip(card.handlers, days_since, strict=True)
    ]


def _channel(card: ChannelCard, today: date) -> ChannelStatus:
    days_left = (card.expires - today).days
    state = CardState.ENDING if card.warns(today) else CardState.VALID
    if days_left < 0:
        state = CardState.EXPIRED
    return ChannelStatus(card.slug, card.version, card.expires, days_left, state)
