"""The shelf of channel cards: one public file per channel, ``<slug>.card``.

Invariants: a card is shown only after every check of the protocol; a card never
gives way to a lower version, to another card of the same version, or to another
channel's; a handler belongs to one channel; where today lies before every day on which
a card can have been signed, no use is made of it. A running worker sees a changed file
at its next request. Nothing private is ever on the shelf.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropbox.errors import (
    CardForked,
    CardRolledBack,
    ChannelHasOtherSlug,
    DropboxError,
    HandlerElsewhere,
    MalformedCard,
    SlugTaken,
    StoreReadOnly,
    UnknownChannel,
)
from dropbox.protocol import document
from dropbox.protocol.channel_card import (
    CARD_MAGIC,
    CardTooEarly,
    ChannelCard,
    first_possible_day,
    read_card,
)
from dropbox.store.files import PUBLIC_FILE, disk_errors, write_durably

SUFFIX = ".card"

_Signature = tuple[tuple[str, int, int, int, int], ...]
"""Name, inode, size and both change times of every file: cheap to compare."""


@dataclass(frozen=True)
class ShelvedCard:
    """A card on the shelf that passed every check.

    ``expired`` says whether its time is over, ``early`` that it cannot have begun: then
    this server's clock is wrong, or somebody laid a card there that lives too long.
    """

    card: ChannelCard
    expired: bool
    early: bool = False


@dataclass(frozen=True)
class _Contents:
    signature: _Signature
    day: date
    cards: tuple[ShelvedCard, ...]
    broken: dict[str, DropboxError]


class CardShelf:
    """The cards of one site, re-read when a file or the day changes."""

    def __init__(self, folder: Path, site_id: bytes) -> None:
        """Name the folder, which may not exist yet, and the site's 16-byte id."""
        self.folder = folder
        self._site_id = site_id
        self._contents: _Contents | None = None

    def cards(self, today: date) -> tuple[ShelvedCard, ...]:
        """Return every readable card, expired ones too, ordered by slug."""
        return self._now(today).cards

    def broken(self, today: date) -> dict[str, DropboxError]:
        """Return what is wrong with each file on the shelf that is not shown, by its name."""
        return dict(self._now(today).broken)

    def of_channel(self, channel_pk: bytes, today: date) -> ShelvedCard:
        """Return a channel's card, also when it expired.

        Raises:
            UnknownChannel: no card is of this channel.
            CardTooEarly: its time cannot have begun.
        """
        for shelved in self.cards(today):
            if shelved.card.channel_pk == channel_pk:
                if shelved.early:
                    raise CardTooEarly
                return shelved
        raise UnknownChannel

    def check(self, raw: bytes, today: date) -> ChannelCard:
        """Read a card and check that the shelf may take it, without taking it.

        Raises:
            ProtocolError: the card itself is not in order; see `read_card`.
            CardRolledBack, CardForked: a later or another card of it is here.
            ChannelHasOtherSlug, SlugTaken, HandlerElsewhere: it clashes with a card here.
        """
        card = read_card(raw, self._site_id, today)
        for shelved in self.cards(today):
            if shelved.card.channel_pk == card.channel_pk:
                _check_successor(shelved.card, card)
            else:
                _check_neighbour(shelved.card, card)
        return card

    def add(self, raw: bytes, today: date) -> ChannelCard:
        """Take a card, in the place of the channel's earlier one.

        Raises:
            ProtocolError, StoreError: see `check`; also when the folder cannot be
                written. The shelf is unchanged.
        """
        card = self.check(raw, today)
        path = self.folder / f"{card.slug}{SUFFIX}"
        with disk_errors(self.folder):
            is_here = path.exists() and path.read_bytes() == raw
        if not is_here:
            write_durably(path, raw, PUBLIC_FILE)
        return card

    def _now(self, today: date) -> _Contents:
        signature = self._signature()
        contents = self._contents
        if contents is None or contents.signature != signature or contents.day != today:
            contents = self._load(signature, today)
            # One assignment: another thread sees the old contents or the new, never a mixture.
            self._contents = contents
        return contents

    def _signature(self) -> _Signature:
        try:
            with os.scandir(self.folder) as entries:
                found = [(e.name, e.stat()) for e in entries if e.name.endswith(SUFFIX)]
        except FileNotFoundError:
            # No folder yet, or a file was replaced between the look at its name and at it.
            return ()
        except OSError:
            # A folder that may not be read is no empty shelf.
            raise StoreReadOnly(folder=str(self.folder)) from None
        return tuple(
            (name, s.st_ino, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for name, s in sorted(found)
        )

    def _load(self, signature: _Signature, today: date) -> _Contents:
        cards: list[ShelvedCard] = []
        broken: dict[str, DropboxError] = {}
        for name, *_times in signature:
            try:
                shelved = self._read(name, today)
                for other in cards:
                    _check_neighbour(other.card, shelved.card)
            except DropboxError as error:
                broken[name] = error
            else:
                cards.append(shelved)
        return _Contents(signature, today, tuple(cards), broken)

    def _read(self, name: str, today: date) -> ShelvedCard:
        raw = _read_file(self.folder / name)
        last_day = document.read(CARD_MAGIC, raw).fields().day("expires")
        first_day = first_possible_day(last_day)
        # On its own first and last day a card passes every other check.
        card = read_card(raw, self._site_id, min(max(today, first_day), last_day))
        if name != f"{card.slug}{SUFFIX}":
            raise ChannelHasOtherSlug
        return ShelvedCard(card, expired=today > last_day, early=today < first_day)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(document.MAX_DOCUMENT_BYTES + 1)
    except OSError:
        raise MalformedCard from None


def _check_successor(held: ChannelCard, card: ChannelCard) -> None:
    if card.slug != held.slug:
        raise ChannelHasOtherSlug
    if card.version < held.version:
        raise CardRolledBack
    if card.version == held.version and card.raw != held.raw:
        raise CardForked


def _check_neighbour(held: ChannelCard, card: ChannelCard) -> None:
    if card.channel_pk == held.channel_pk:
        raise ChannelHasOtherSlug
    if card.slug == held.slug:
        raise SlugTaken
    here = {handler.handler_id for handler in held.handlers}
    if any(handler.handler_id in here for handler in card.handlers):
        raise HandlerElsewhere
