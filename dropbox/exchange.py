"""Exchange by courier: what a handler collects, and what their desk delivers.

Owns both bundle files at the site's end. Invariants: a handler gets only what has
a slot for their keys, and no trace of anything else; a delivery is used wholly or
not at all, only when its handler signed it and only in the order of its serials;
memory does not grow with a bundle.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from dropbox import entered
from dropbox.delivered import Fate, keep, letter_header
from dropbox.errors import (
    N_,
    BundleAltered,
    CardExpired,
    CardRolledBack,
    CertificateExpired,
    ForeignBundle,
    MalformedBundle,
    NoSuchHandler,
    OldSerial,
    StoreBusy,
    StoreFull,
    StoreReadOnly,
    UnknownChannel,
)
from dropbox.filing import RETENTION_MONTHS
from dropbox.protocol import bundle, carried, days, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, BundleReader, Frame, FrameType
from dropbox.protocol.channel_card import CardHandler, ChannelCard
from dropbox.protocol.envelope import Direction
from dropbox.store import CardShelf, Store, Tables, Tombstone

_ID_BYTES = 32


class DeliveredTooLate(CertificateExpired):
    """A bundle came after its maker's certificate ended, or this server's clock is ahead."""

    text = N_("A handler's certificate has expired. Nothing was used. Is this server's date right?")


OpenRead = Callable[[], bundle.Read]
"""Opens the bundle file anew and returns its ``read``; called once for each pass."""


@dataclass(frozen=True)
class Signer:
    """Who makes bundles to desks: the site's 16-byte id and its 32-byte signing seed."""

    site_id: bytes
    seed: bytes = field(repr=False)


class Item(NamedTuple):
    """What one frame of a bundle to a desk holds; an envelope's bytes are not read yet."""

    type: FrameType
    id: bytes
    content: bytes | None


@dataclass(frozen=True)
class DeliveryResult:
    """What a delivery did, in numbers of frames.

    ``mailboxes`` are new ones that a desk made; ``notes`` are what handlers tell each other;
    ``dropped`` are replies and notes to mailboxes that were withdrawn or never were here;
    ``surplus`` are notes to mailboxes that held as many as they may; ``withdrawals`` are
    those that a restored site had lost; ``already`` says that the same bundle was delivered
    before and nothing was done.
    """

    replies: int = 0
    receipts: int = 0
    cards: int = 0
    dropped: int = 0
    withdrawals: int = 0
    already: bool = False
    notes: int = 0
    surplus: int = 0
    mailboxes: int = 0


@dataclass(frozen=True)
class _Survey:
    """What the first pass found in a bundle that is whole and rightly signed."""

    header: BundleHeader
    hash: bytes
    card: ChannelCard
    """The card that counts: the bundle's own when that is newer than the shelf's."""
    is_new: bool


def collect(
    signer: Signer,
    store: Store,
    shelf: CardShelf,
    handler_id: bytes,
    today: date,
    again: bool = False,
) -> Iterator[bytes]:
    """Write the bundle for one handler, part by part.

    The same state gives the same bytes: the channel's card, withdrawals ordered by
    mailbox id, envelopes ordered by id. At the end the day is kept as the
    handler's last collection, unless the machine refuses: from a full disk, above all,
    must be collected.

    Args:
        signer: the site.
        store: the site's database.
        shelf: the site's cards; the handler must be on one, expired or not, or have been:
            who left the card gets withdrawals alone.
        handler_id: 8 raw bytes.
        today: the day of collection.
        again: also what the handler receipted before, for a desk that was restored.

    Raises:
        NoSuchHandler: no card has or had this handler; raised by the call itself.
        CardTooEarly: this server's date is wrong; raised by the call itself, too.
        StoreError: the machine refused; raised while the parts are taken.
    """
    card = card_of(store, shelf, handler_id, today)
    return _collect(signer, store, card, handler_id, today, again)


def card_of(store: Store, shelf: CardShelf, handler_id: bytes, today: date) -> ChannelCard:
    """Return the card of the channel that a handler is of, or was of before leaving it.

    Raises:
        NoSuchHandler, CardTooEarly, StoreError: see `collect`.
    """
    for shelved in shelf.cards(today):
        if _is_on(shelved.card, handler_id):
            return shelf.of_channel(shelved.card.channel_pk, today).card
    with store.read() as tables:
        channel_pk = tables.recipients.channel_of(handler_id)
    if channel_pk is None:
        raise NoSuchHandler
    return shelf.of_channel(channel_pk, today).card


def _is_on(card: ChannelCard, handler_id: bytes) -> bool:
    return any(handler.handler_id == handler_id for handler in card.handlers)


def _collect(
    signer: Signer, store: Store, card: ChannelCard, handler_id: bytes, today: date, again: bool
) -> Iterator[bytes]:
    with store.loose() as tables:
        header = header_of(signer, tables, card, handler_id, today, again)
        yield from bundle.write(header, _frames(tables, card, handler_id, again), signer.seed)
    # Without it the status tells that this handler is late, which is the safe side.
    with suppress(StoreBusy, StoreFull, StoreReadOnly), store.write() as tables:
        courier = tables.couriers.get(handler_id)
        tables.couriers.put(replace(courier, collected_day=today.toordinal()))


def header_of(
    signer: Signer, tables: Tables, card: ChannelCard, handler_id: bytes, today: date, again: bool
) -> BundleHeader:
    """Return the head of a handler's bundle; the arguments are those of `collect`."""
    courier = tables.couriers.get(handler_id)
    return BundleHeader(
        BundleDirection.TO_DESK,
        signer.site_id,
        card.channel_pk,
        handler_id,
        courier.serial,
        courier.bundle_hash,
        again,
        today,
    )


def items(
    tables: Tables, card: ChannelCard, handler_id: bytes, again: bool, after: bytes = b""
) -> Iterator[Item]:
    """Yield what a handler's bundle holds, in its order, without reading an envelope.

    Envelopes whose id is not larger than ``after`` are left out.
    """
    yield _item(FrameType.CARD, card.raw)
    own_keys = tables.recipients.keys_of(handler_id, card.channel_pk)
    for command in tables.tombstones.withdrawals_for(own_keys, again):
        yield _item(FrameType.WITHDRAWAL, command)
    if not _is_on(card, handler_id):
        return  # who left reads nothing more, and still has to erase what is withdrawn
    for found in tables.envelopes.ids_for(own_keys, again, after):
        yield Item(FrameType.ENVELOPE, found, None)


def _item(kind: FrameType, content: bytes) -> Item:
    return Item(kind, carried.item_id(Frame(kind, content)), content)


def frame_of(tables: Tables, item: Item) -> Frame | None:
    """Return an item's frame; None when a reporter withdrew it in between."""
    if item.content is not None:
        return Frame(item.type, item.content)
    body = tables.envelopes.bodies([item.id]).get(item.id)
    return None if body is None else Frame(item.type, body)


def _frames(tables: Tables, card: ChannelCard, handler_id: bytes, again: bool) -> Iterator[Frame]:
    for item in items(tables, card, handler_id, again):
        if (frame := frame_of(tables, item)) is not None:
            yield frame


def deliver(
    site_id: bytes, store: Store, shelf: CardShelf, open_read: OpenRead, today: date
) -> DeliveryResult:
    """Use a bundle that came from a desk.

    The file is read twice: once to check all of it, once to apply it in a single
    transaction, which commits only when the second reading gave the same hash.

    Args:
        site_id: 16 raw bytes.
        store: the site's database.
        shelf: the site's cards.
        open_read: opens the file from its start.
        today: the day of delivery.

    Raises:
        MalformedBundle, UnknownVersion, BundleTruncated, BundleAltered: the file is
            no bundle, or not whole.
        ForeignBundle, ForeignEnvelope: it, or something in it, belongs elsewhere.
        ForeignHandler, DeliveredTooLate, BadSignature: no current handler made it.
        MalformedWithdrawal, BadSignature: no reporter made a withdrawal in it.
        CardTooEarly: this server's date is wrong.
        TooManyNewMailboxes: it opens more mailboxes than one may.
        OldSerial: a later bundle, or another one with the same serial, came before.
        ProtocolError: a card in it is not in order.
        StoreError: the machine refused. In each case nothing was used.
    """
    survey = _survey(site_id, shelf, BundleReader(open_read()), today)
    header = survey.header
    with store.write() as tables:
        courier = tables.couriers.get(header.handler_id)
        if (header.serial, survey.hash) == (courier.serial, courier.bundle_hash):
            return DeliveryResult(already=True)
        if header.serial <= courier.serial:
            raise OldSerial
        tables.recipients.learn(survey.card)
        reader = BundleReader(open_read())
        result = _Application(tables, header, today).run(reader)
        if (reader.header, reader.hash) != (header, survey.hash):
            raise BundleAltered
        tables.couriers.put(replace(courier, serial=header.serial, bundle_hash=survey.hash))
        tables.couriers.meet(survey.card, today)
        if survey.is_new:
            # Last, but before the commit: if the card cannot be kept, nothing is.
            shelf.add(survey.card.raw, today)
    if result.withdrawals:
        store.tidy()
    return replace(result, cards=int(survey.is_new))


def _survey(site_id: bytes, shelf: CardShelf, reader: BundleReader, today: date) -> _Survey:
    reader.expect(BundleDirection.TO_SITE, site_id)
    header = reader.header
    try:
        held = shelf.of_channel(header.channel_pk, today).card
    except UnknownChannel:
        raise ForeignBundle from None
    card = held
    opened = 0
    for frame in reader.frames():
        if frame.type == FrameType.CARD:
            card = _newer(shelf, card, frame.content, today)
        elif frame.type == FrameType.MAILBOX:
            opened += 1
            entered.check_count(opened)
            entered.check(frame.content, header)
        else:
            _check(frame, header)
    maker = card.handler(header.handler_id)
    _check_certificate(maker, today)
    reader.verify(maker.certificate.ed_pk)
    return _Survey(header, reader.hash, card, is_new=card is not held)


def _check_certificate(handler: CardHandler, today: date) -> None:
    if today > handler.certificate.not_after:
        raise DeliveredTooLate


def _newer(shelf: CardShelf, held: ChannelCard, raw: bytes, today: date) -> ChannelCard:
    """Return the later of two cards of one channel.

    A desk sends the card that it has. That one may be older than the site's, or
    over: no reason to refuse the replies that came with it.
    """
    if raw == held.raw:
        return held
    try:
        card = shelf.check(raw, today)
    except (CardRolledBack, CardExpired):
        return held
    if card.channel_pk != held.channel_pk:
        raise ForeignBundle
    return card if card.version > held.version else held


def _check(frame: Frame, header: BundleHeader) -> None:
    if frame.type == FrameType.ENVELOPE:
        letter_header(frame.content, header)
        return
    if frame.type == FrameType.WITHDRAWAL:
        withdrawal.read(frame.content, header.site_id, header.channel_pk)
        return
    receipt = frame.type in (FrameType.RECEIPT, FrameType.WITHDRAWAL_RECEIPT)
    if not receipt or len(frame.content) != _ID_BYTES:
        raise MalformedBundle


class _Application:
    """The second pass: applies frame after frame inside the caller's transaction."""

    def __init__(self, tables: Tables, header: BundleHeader, today: date) -> None:
        self._tables = tables
        self._header = header
        self._month = days.month_number(today)
        self._own_keys = tables.recipients.keys_of(header.handler_id, header.channel_pk)

    def run(self, reader: BundleReader) -> DeliveryResult:
        """Apply all frames; raises what `BundleReader.frames` and `parse_header` raise."""
        letters: Counter[Fate] = Counter()
        receipts = withdrawals = mailboxes = 0
        for frame in reader.frames():
            if frame.type == FrameType.ENVELOPE:
                letters[keep(self._tables, self._header, frame.content, self._month)] += 1
            elif frame.type == FrameType.RECEIPT:
                self._receipt(frame.content)
                receipts += 1
            elif frame.type == FrameType.WITHDRAWAL_RECEIPT:
                self._tables.tombstones.clear(frame.content, self._own_keys)
                receipts += 1
            elif frame.type == FrameType.WITHDRAWAL:
                withdrawals += self._withdraw(frame.content)
            elif frame.type == FrameType.MAILBOX:
                # The desk puts them before its replies: a mailbox is there before its answers.
                mailboxes += entered.keep(self._tables, self._header, frame.content, self._month)
        return DeliveryResult(
            replies=letters[Fate.REPLY],
            receipts=receipts,
            dropped=letters[Fate.DROPPED],
            withdrawals=withdrawals,
            notes=letters[Fate.NOTE],
            surplus=letters[Fate.SURPLUS],
            mailboxes=mailboxes,
        )

    def _withdraw(self, command: bytes) -> bool:
        """Repeat a withdrawal that a desk kept; True when the mailbox was here again."""
        channel_pk = self._header.channel_pk
        mailbox_id = withdrawal.read(command, self._header.site_id, channel_pk).mailbox_id
        if self._tables.mailboxes.with_id(mailbox_id) is None:
            return False
        self._tables.bury(Tombstone(mailbox_id, command, self._month + RETENTION_MONTHS))
        return True

    def _receipt(self, receipted: bytes) -> None:
        if self._tables.envelopes.clear(receipted, self._own_keys):
            # The copy of everybody is in safety: it may go after one whole month.
            for direction in (Direction.TO_HANDLERS, Direction.TO_COLLEAGUES):
                self._tables.envelopes.let_go(receipted, direction, self._month + 1)
