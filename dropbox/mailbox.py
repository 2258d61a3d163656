"""The use cases of the blind server: file, read, append, withdraw.

Owns what may enter a mailbox and what leaves it. Invariants: nothing here can read
a report; what is acknowledged is on the disk; a token only ever reads; an unknown,
an empty and a full mailbox cost the same statements and give the same number of
bytes. Knows nothing of HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropbox.errors import (
    AlreadyReceived,
    CardExpired,
    ForeignEnvelope,
    ForeignHandler,
    MailboxChanged,
    MailboxFull,
    MalformedWithdrawal,
    UnknownChannel,
    UnknownMailbox,
)
from dropbox.protocol import box, days, keys, mailbox_page, new_mailbox, withdrawal
from dropbox.protocol.channel_card import CardTooEarly, ChannelCard
from dropbox.protocol.envelope import Direction, Header, envelope_id, parse_header
from dropbox.protocol.handed_in import Message
from dropbox.protocol.mailbox_page import MailboxPage
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.store import (
    DATABASE_NAME,
    MAX_ENVELOPES_HELD,
    CardShelf,
    Store,
    StoredEnvelope,
    StoredMailbox,
    Tables,
    Tombstone,
)
from dropbox.upkeep import Health, health, is_disk_low

RETENTION_MONTHS = 13
"""A mailbox stays this many whole months after the month of its last envelope."""

_NOBODY = bytes(32)
"""Looked for in the place of an unknown mailbox; no hash gives it."""

_READS_PER_PAGE = 8
"""More replies than this never fit on one page: the smallest is over 4 KiB."""


@dataclass(frozen=True)
class _Opening:
    """A new mailbox and its first report, checked and not yet stored."""

    mailbox: StoredMailbox
    header: Header
    envelope: bytes
    card: ChannelCard


class Mailboxes:
    """The mailboxes of one site."""

    def __init__(self, site_id: bytes, store: Store, shelf: CardShelf) -> None:
        """Take the site's 16-byte id, its database and its cards."""
        self._site_id = site_id
        self._store = store
        self._shelf = shelf
        self._forgot_on: date | None = None
        self._disk_low: bool | None = None

    @classmethod
    def at(cls, site_id: bytes, site_dir: Path, cards_dir: Path) -> Mailboxes:
        """Return the mailboxes in the folder with the server's data, for cards in another.

        Both may still be missing: that shows at the first use, or at `check`.
        """
        store = Store(site_dir / DATABASE_NAME)
        return cls(site_id, store, CardShelf(cards_dir, site_id))

    def check(self) -> None:
        """See that the database can be used, so that a server without one does not start.

        Nothing stays open, so that worker processes may be forked after it.

        Raises:
            StoreError: there is no database, or it cannot be used.
        """
        with self._store.read() as tables:
            tables.mailboxes.with_lookup(_NOBODY)
        self._store.close()

    def health(self, today: date) -> Health:
        """Return what a program that watches the site may know.

        Of the disk, what the last `look_at_disk` saw: each report takes some of it, and who
        asks again and again would see on a nearly full one when that happens.
        """
        if self._disk_low is None:
            self.look_at_disk()
        return health(self._store, self._shelf, today, disk_low=self._disk_low)

    def look_at_disk(self) -> None:
        """See whether the disk is low; to be done once a minute."""
        self._disk_low = is_disk_low(self._store.path.parent, was_low=bool(self._disk_low))

    def channels(self, today: date) -> list[ChannelCard]:
        """Return the cards that are valid today, internal channels first, then by slug."""
        shelf = self._shelf.cards(today)
        valid = [each.card for each in shelf if not each.expired and not each.early]
        return sorted(valid, key=lambda card: (card.external, card.slug))

    def channel(self, name: bytes | str, today: date) -> ChannelCard:
        """Return a channel's valid card, by its 32-byte key or its slug.

        Raises:
            UnknownChannel: there is no such channel.
            CardExpired: its card's time is over.
            CardTooEarly: its card's time cannot have begun.
        """
        for shelved in self._shelf.cards(today):
            if name in (shelved.card.channel_pk, shelved.card.slug):
                if shelved.expired:
                    raise CardExpired
                if shelved.early:
                    raise CardTooEarly
                return shelved.card
        raise UnknownChannel

    def expect(self, nonce: bytes, today: date) -> None:
        """See, before anything is sealed or counted, that a form was not sent before.

        Raises:
            AlreadyReceived: the form's nonce is known.
            StoreError: the machine refused.
        """
        with self._store.read() as tables:
            if tables.nonces.was_used(nonce, today):
                raise AlreadyReceived

    def expect_message(self, mailbox_id: bytes, nonce: bytes, today: date) -> None:
        """See the same of a message's form, and that the mailbox has room for it.

        Raises:
            AlreadyReceived: the form's nonce is known.
            MailboxFull: the handlers must collect before there is room again.
            StoreError: the machine refused.
        """
        self.expect(nonce, today)
        with self._store.read() as tables:
            held = tables.envelopes.held(mailbox_id, Direction.TO_HANDLERS)
        if len(held) >= MAX_ENVELOPES_HELD:
            raise MailboxFull

    def file_report(self, report: NewMailbox, today: date, nonce: bytes | None = None) -> None:
        """Open a mailbox and keep its first report; committed when this returns.

        Args:
            report: the mailbox's keys, memo and report; it is of the channel that it names.
            today: the day.
            nonce: of the form, 16 raw bytes; None for what was handed in sealed, which is
                known by the mailbox alone.

        Raises:
            AlreadyReceived: the form's nonce, or the mailbox, is known.
            UnknownChannel, CardExpired, CardTooEarly: nobody can be sealed to.
            MalformedEnvelope, UnknownVersion: an envelope does not follow the format.
            ForeignEnvelope: an envelope is for another site, channel or mailbox.
            WeakKey: nothing could be answered under its key.
            ForeignHandler: the report is sealed to a key that is not on the card.
            StoreError: the machine refused; nothing was stored.
        """
        opening = self._opening(report, today)
        with self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            _open(tables, opening)

    def transfer(
        self, report: NewMailbox, consent: Message, today: date, nonce: bytes | None = None
    ) -> None:
        """File a report with another channel, and tell the first one that its reporter agreed.

        Both or neither; committed when this returns. No row says that they belong together.

        Args:
            report: opens a mailbox at the other channel.
            consent: goes into the mailbox where the reporter was asked.
            today: the day.
            nonce: as in `file_report`.

        Raises:
            DropboxError: all that `file_report` and `append` raise; nothing was stored.
        """
        opening = self._opening(report, today)
        with self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            # First what tells that both are here already.
            _open(tables, opening)
            self._append(tables, consent, today)

    def _opening(self, report: NewMailbox, today: date) -> _Opening:
        card = self.channel(parse_header(report.envelope).channel_pk, today)
        header = new_mailbox.header(report, self._site_id, card.channel_pk)
        _check_readers(header, card)
        mailbox = StoredMailbox(
            id=header.mailbox_id,
            lookup=report.lookup,
            channel_pk=card.channel_pk,
            ed_pk=report.ed_pk,
            x_pk=report.x_pk,
            memo=report.memo,
            purge_month=days.month_number(today) + RETENTION_MONTHS,
        )
        return _Opening(mailbox, header, report.envelope, card)

    def page(self, token: bytes, number: int) -> bytes:
        """Return one page of the mailbox that a token reads.

        Args:
            token: 32 raw bytes, derived from the reply code.
            number: 0 for the newest replies, 1 for those before, and so on.

        Returns:
            Exactly ``PAGE_BYTES`` bytes, also when no mailbox fits the token.

        Raises:
            StoreError: the machine refused.
        """
        with self._store.read() as tables:
            mailbox = tables.mailboxes.with_lookup(keys.lookup(token))
            mailbox_id = mailbox.id if mailbox else _NOBODY
            sent = tables.envelopes.held(mailbox_id, Direction.TO_HANDLERS)
            sizes = tables.envelopes.sizes(mailbox_id, Direction.TO_REPORTER)
            pages = _paginate(sizes)
            wanted = pages[number] if 0 <= number < len(pages) else []
            filler = [_NOBODY] * (_READS_PER_PAGE - len(wanted))
            bodies = tables.envelopes.bodies(wanted + filler)
        if mailbox is None:
            return mailbox_page.pack(None)
        return mailbox_page.pack(
            MailboxPage(
                channel_pk=mailbox.channel_pk,
                mailbox_id=mailbox.id,
                memo=mailbox.memo,
                replies=tuple(bodies[reply_id] for reply_id in wanted),
                sent=tuple(sent),
                more=number + 1 < len(pages),
            )
        )

    def append(self, message: Message, today: date, nonce: bytes | None = None) -> None:
        """Keep a later message of the reporter; committed when this returns.

        Args:
            message: what was sealed, and the token of the mailbox that it is for.
            today: the day.
            nonce: as in `file_report`; without one, the envelope is known by its id.

        Raises:
            UnknownMailbox: the token opens no mailbox, or it was withdrawn.
            AlreadyReceived: the form's nonce, or the very envelope, is known.
            MailboxChanged: another message came in between; seal anew.
            MailboxFull: the handlers must collect before there is room again.
            UnknownChannel, CardExpired, CardTooEarly: nobody can be sealed to.
            MalformedEnvelope, UnknownVersion, ForeignEnvelope, ForeignHandler: see
                `file_report`.
            StoreError: the machine refused; nothing was stored.
        """
        with self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            self._append(tables, message, today)

    def _append(self, tables: Tables, message: Message, today: date) -> None:
        month = days.month_number(today) + RETENTION_MONTHS
        mailbox = tables.mailboxes.with_lookup(keys.lookup(message.token))
        if mailbox is None:
            raise UnknownMailbox
        card = self.channel(mailbox.channel_pk, today)
        header = self._check(message.envelope, Direction.TO_HANDLERS, card, mailbox.id)
        _check_readers(header, card)
        held = tables.envelopes.held(mailbox.id, header.direction)
        if envelope_id(message.envelope) in held:
            raise AlreadyReceived
        if len(held) >= MAX_ENVELOPES_HELD:
            raise MailboxFull
        if message.replaces != envelope_id(mailbox.memo):
            raise MailboxChanged
        self._check(message.memo, Direction.MEMO, card, mailbox.id)
        tables.mailboxes.replace_memo(mailbox.id, message.memo)
        _keep(tables, header, message.envelope, month, card)
        keep_until(tables, mailbox, month)

    def withdraw(self, command: bytes, today: date) -> None:
        """Delete a mailbox and all in it, and keep the signed command for the desks.

        Args:
            command: the 160 bytes that the holder of the reply code signed.
            today: the day, for the month in which the command may go.

        Raises:
            AlreadyReceived: this very command withdrew the mailbox before.
            UnknownMailbox: no mailbox has this id, or another command withdrew it.
            MalformedWithdrawal, BadSignature: the command is not the holder's.
            StoreError: the machine refused; nothing was deleted.
        """
        if len(command) != withdrawal.WITHDRAWAL_BYTES:
            raise MalformedWithdrawal
        month = days.month_number(today) + RETENTION_MONTHS
        with self._store.write() as tables:
            mailbox = tables.mailboxes.with_id(command[: keys.MAILBOX_ID_BYTES])
            if mailbox is None:
                if tables.tombstones.command(command[: keys.MAILBOX_ID_BYTES]) == command:
                    raise AlreadyReceived
                raise UnknownMailbox
            withdrawal.read(command, self._site_id, mailbox.channel_pk)
            tables.bury(Tombstone(mailbox.id, command, month))
        self._store.tidy()

    def _see_fresh(self, tables: Tables, nonce: bytes | None, today: date) -> None:
        """Refuse a form that was sent before; forget the old ones once a day."""
        if self._forgot_on != today:
            tables.nonces.forget_old(today)
            self._forgot_on = today
        if nonce is not None and not tables.nonces.use(nonce, today):
            raise AlreadyReceived

    def _check(
        self, data: bytes, direction: Direction, card: ChannelCard, mailbox_id: bytes
    ) -> Header:
        header = parse_header(data)
        place = (header.direction, header.site_id, header.channel_pk, header.mailbox_id)
        if place != (direction, self._site_id, card.channel_pk, mailbox_id):
            raise ForeignEnvelope
        return header


def _check_readers(header: Header, card: ChannelCard) -> None:
    """Refuse what is sealed to anybody who is not on the card."""
    on_card = {box.key_id(key.x_pk) for h in card.handlers for key in h.intake_keys}
    if not on_card.issuperset(slot.key_id for slot in header.slots):
        raise ForeignHandler


def keep_until(tables: Tables, mailbox: StoredMailbox, month: int) -> None:
    """Keep a mailbox, and the replies that live and die with it, until ``month`` at least."""
    if mailbox.purge_month < month:
        # Once a month at most: it touches every reply.
        tables.mailboxes.keep_until(mailbox.id, month)
        tables.envelopes.keep_until(mailbox.id, Direction.TO_REPORTER, month)


def _open(tables: Tables, opening: _Opening) -> None:
    mailbox = opening.mailbox
    if tables.tombstones.exists(mailbox.id) or not tables.mailboxes.add(mailbox):
        raise AlreadyReceived
    _keep(tables, opening.header, opening.envelope, mailbox.purge_month, opening.card)


def _keep(tables: Tables, header: Header, body: bytes, month: int, card: ChannelCard) -> None:
    recipients = [slot.key_id for slot in header.slots]
    if not all(tables.recipients.belongs_to(key, card.channel_pk) for key in recipients):
        tables.recipients.learn(card)
    envelope = StoredEnvelope(envelope_id(body), header.mailbox_id, header.direction, body, month)
    if not tables.envelopes.add(envelope, recipients, reply=False):
        raise AlreadyReceived
    tables.mailboxes.address(header.mailbox_id, recipients)


def _paginate(sizes: list[tuple[bytes, int]]) -> list[list[bytes]]:
    """Spread replies over pages, newest first; there is always a first page."""
    pages: list[list[bytes]] = [[]]
    left = mailbox_page.REPLY_SPACE_BYTES
    for reply_id, size in sizes:
        needed = size + mailbox_page.FRAME_HEAD_BYTES
        if needed > left:
            pages.append([])
            left = mailbox_page.REPLY_SPACE_BYTES
        pages[-1].append(reply_id)
        left -= needed
    return pages
