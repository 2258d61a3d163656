"""Upkeep of the blind server: what goes when its month is over, and what the operator sees.

Invariant: the operator sees cards, collections and the disk, which are the operator's
own affair; never a number, a size or a day of anything that a reporter did. What a
program sees of it, `Health`, is so little that anybody may.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from dropbox.errors import StoreError
from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.store import (
    DATABASE_NAME,
    NEVER,
    SUFFIX,
    CardShelf,
    Courier,
    ShelvedCard,
    Store,
    Tables,
    disk_errors,
    files_at,
    hide_times,
    incoming,
    purge_day,
)
from dropbox.store.purge_day import DateDoubtfulForPurge

COLLECTION_DAYS = 5
"""A collection is overdue after this many days: receipt is owed to the reporter within 7."""

DISK_LOW_BYTES = 512 * 1024 * 1024
"""With less free besides the room for maintenance, the operator hears that the disk is low."""

DISK_WELL_BYTES = 64 * 1024 * 1024
"""A disk that was low is well again with so much more, so that no report turns it to and fro."""

MAINTENANCE_COPIES = 2
"""Maintenance writes the database once to a scratch file and once to the log."""

_NOBODY = bytes(32)
"""Looked for in the place of a mailbox; no hash gives it."""


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

    Negative days mean that it was collected while this server's clock was ahead: nobody
    knows how long ago that is, so it counts as overdue.

    Who never collected is overdue when the operator accepted their first card that long ago.
    Where that day is not known, because the card came another way, it is with the channel.
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
    disk_low: bool


@dataclass(frozen=True)
class Health:
    """All that a program needs to know.

    ``up``: the database can be read and a channel takes reports. ``disk_low``: see
    `DiskRoom.is_low`. ``overdue``: short names of channels with a late collection.
    """

    up: bool
    disk_low: bool
    overdue: tuple[str, ...]


def purge(store: Store, today: date, *, date_is_right: bool = False) -> None:
    """Delete what was to be kept only until before this month, then erase its traces.

    Args:
        store: the site's database.
        today: the day of purging.
        date_is_right: whether a person looked at the date, so that it need not fit the
            last purge.

    Raises:
        DateDoubtfulForPurge: today does not fit the last purge; see `purge_day`.
        StoreError: the machine refused; nothing was deleted, or only traces remain, or what
            a courier did not finish.
    """
    folder = store.path.parent
    if not date_is_right:
        try:
            purge_day.check(folder, today)
        except DateDoubtfulForPurge:
            store.maintain()  # which a wrong date does no harm
            raise
    # Before anything goes: a purge that is cut short does not make the next one doubtful.
    purge_day.note(folder, today, is_right=date_is_right)
    try:
        # A courier that goes on tomorrow begins anew.
        incoming.sweep(folder)
    finally:
        # A file there that cannot be emptied keeps no report longer than it may stay.
        _purge(store, today)


def _purge(store: Store, today: date) -> None:
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


class Watch:
    """What a worker does every minute, whether or not anybody comes; see `hide_times`.

    A file system keeps two times that nobody can set back: when a file was made, and when
    its entry was written. So SQLite's log must be made by the start of the site and not by
    the first visit: each worker keeps the database open. And a file that is read at a visit
    must have been read just before anyway: the cards are.
    """

    def __init__(self, site_dir: Path, cards_dir: Path, *others: Path | int) -> None:
        """Name the folders with the server's data and cards, and what else shows times."""
        self._cards_dir = cards_dir
        self._site_dir = site_dir
        self._hidden = (*files_at(site_dir), *others)
        self._store = Store(site_dir / DATABASE_NAME)

    def look(self) -> None:
        """Use what a visit uses, then hide when it was used. Never fails: a visit would say so."""
        with suppress(StoreError), self._store.read() as tables:
            tables.mailboxes.with_lookup(_NOBODY)
        with suppress(OSError):
            for card in self._cards_dir.iterdir():
                card.read_bytes()
        self.hide()

    def hide(self) -> None:
        """Hide when any of it was used, without using it."""
        hide_times(*incoming.paths_at(self._site_dir), *self._hidden)


@dataclass(frozen=True)
class DiskRoom:
    """What is free on the server's disk, and what the database takes there, in bytes."""

    free_bytes: int
    database_bytes: int

    @property
    def is_low(self) -> bool:
        """Tell whether the operator must make room."""
        return self.free_bytes < DISK_LOW_BYTES + MAINTENANCE_COPIES * self.database_bytes


def disk_room(site_dir: Path) -> DiskRoom:
    """Look at the disk that the folder with the server's data lies on.

    Raises:
        OSError: the machine does not say.
    """
    disk = os.statvfs(site_dir)
    taken = sum(_size(path) for path in files_at(site_dir))
    return DiskRoom(disk.f_bavail * disk.f_frsize, taken)


def is_disk_low(site_dir: Path, *, was_low: bool = False) -> bool:
    """Tell whether the operator must make room; a disk that does not answer is low.

    Args:
        site_dir: the folder with the server's data.
        was_low: whether it was the last time, and so must have some more room to be well.
    """
    try:
        room = disk_room(site_dir)
    except OSError:
        return True
    spare = DISK_WELL_BYTES if was_low else 0
    return DiskRoom(room.free_bytes - spare, room.database_bytes).is_low


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0  # the log and its index come and go
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def status(store: Store, shelf: CardShelf, today: date) -> Status:
    """Return what the operator must look after.

    Raises:
        StoreError: the database cannot be read.
    """
    shelved = shelf.cards(today)
    with disk_errors(store.path.parent):
        room = disk_room(store.path.parent)
    return Status(
        channels=tuple(_channel(one.card, today) for one in shelved),
        handlers=_all_handlers(store, shelved, today),
        broken_cards=(*shelf.broken(today), *_early(shelved)),
        free_bytes=room.free_bytes,
        disk_low=room.is_low,
    )


def health(store: Store, shelf: CardShelf, today: date, *, disk_low: bool | None = None) -> Health:
    """Return what a program may know; never fails, for a failure is what it asks about.

    Costs one look-up for each handler on a card, whatever is stored.

    Args:
        store: the site's database.
        shelf: its cards.
        today: the day.
        disk_low: what an earlier look at the disk told; without it, this looks now.
    """
    if disk_low is None:
        disk_low = is_disk_low(store.path.parent)
    try:
        shelved = shelf.cards(today)
        handlers = _all_handlers(store, shelved, today)
    except StoreError:
        return Health(up=False, disk_low=disk_low, overdue=())
    return Health(
        up=not all(one.expired or one.early for one in shelved),
        disk_low=disk_low,
        overdue=tuple(dict.fromkeys(one.slug for one in handlers if one.overdue)),
    )


def _early(shelved: tuple[ShelvedCard, ...]) -> list[str]:
    return [f"{one.card.slug}{SUFFIX}" for one in shelved if one.early]


def _all_handlers(
    store: Store, shelved: tuple[ShelvedCard, ...], today: date
) -> tuple[HandlerStatus, ...]:
    handlers: list[HandlerStatus] = []
    with store.read() as tables:
        for one in shelved:
            handlers += _handlers(tables, one.card, today)
    return tuple(handlers)


def _handlers(tables: Tables, card: ChannelCard, today: date) -> list[HandlerStatus]:
    couriers = [tables.couriers.get(handler.handler_id) for handler in card.handlers]
    now = today.toordinal()
    collected = [one.collected_day for one in couriers if NEVER < one.collected_day <= now]
    channel_since = now - max(collected) if collected else 0
    return [
        HandlerStatus(
            handler.handler_id,
            card.slug,
            handler.role,
            _days_since(courier, today),
            overdue=not 0 <= _days_waiting(courier, today, channel_since) <= COLLECTION_DAYS,
        )
        for handler, courier in zip(card.handlers, couriers, strict=True)
    ]


def _days_since(courier: Courier, today: date) -> int | None:
    return None if courier.collected_day == NEVER else today.toordinal() - courier.collected_day


def _days_waiting(courier: Courier, today: date, channel_since: int) -> int:
    """Return for how long nothing was collected: since then, or since the handler is known."""
    since = courier.collected_day or courier.known_day
    return today.toordinal() - since if since else channel_since


def _channel(card: ChannelCard, today: date) -> ChannelStatus:
    days_left = (card.expires - today).days
    state = CardState.ENDING if card.warns(today) else CardState.VALID
    if days_left < 0:
        state = CardState.EXPIRED
    return ChannelStatus(card.slug, card.version, card.expires, days_left, state)
