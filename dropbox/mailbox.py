"""The use cases of the blind server: file, read, append, withdraw.

Owns what may enter a mailbox and what leaves it. Invariants: nothing here can read
a report; what is acknowledged is on the disk; a token only ever reads; whoever asks for
room was found to be in order first, so that asking tells nothing. Knows nothing of HTTP.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from dropbox import filing, reading
from dropbox.errors import (
    AlreadyReceived,
    CardExpired,
    ForeignEnvelope,
    MailboxChanged,
    MailboxFull,
    MalformedWithdrawal,
    UnknownChannel,
    UnknownMailbox,
)
from dropbox.filing import RETENTION_MONTHS, Opening
from dropbox.protocol import days, keys, mailbox_page, new_mailbox, withdrawal
from dropbox.protocol.channel_card import CardTooEarly, ChannelCard
from dropbox.protocol.envelope import (
    Direction,
    Header,
    channel_of,
    envelope_id,
    padded_bytes,
    parse_header,
)
from dropbox.protocol.handed_in import Message
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.store import (
    DATABASE_NAME,
    MAX_ENVELOPES_HELD,
    CardShelf,
    Store,
    StoredMailbox,
    Tables,
    Tombstone,
)
from dropbox.upkeep import Health, health, is_disk_low

_NOBODY = bytes(32)
"""Looked for in the place of a mailbox; no hash gives it."""


class Admission(Protocol):
    """Lets letters in while a block runs, by their padded size in bytes; or raises."""

    def report(self, letter_bytes: int) -> AbstractContextManager[None]:
        """Let a new report in."""

    def message(self, letter_bytes: int) -> AbstractContextManager[None]:
        """Let a later message in."""


@dataclass(frozen=True)
class _Addition:
    """A later message, checked and not yet stored."""

    mailbox: StoredMailbox
    header: Header
    message: Message
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

    def file_report(
        self,
        report: NewMailbox,
        today: date,
        nonce: bytes | None = None,
        admission: Admission | None = None,
    ) -> None:
        """Open a mailbox and keep its first report; committed when this returns.

        Args:
            report: the mailbox's keys, memo and report; it is of the channel that it names.
            today: the day.
            nonce: of the form, 16 raw bytes; None for what was handed in sealed, which is
                known by the mailbox alone.
            admission: asked once nothing else can refuse but the machine; None lets all in.

        Raises:
            AlreadyReceived: the form's nonce, or this report in its mailbox, is known.
            AnotherLetter: the mailbox, or one of this token, is here without this report.
            UnknownChannel, CardExpired, CardTooEarly: nobody can be sealed to.
            MalformedEnvelope, UnknownVersion: an envelope does not follow the format.
            ForeignEnvelope: an envelope is for another site, channel or mailbox.
            WeakKey: nothing could be answered under its key.
            ForeignHandler: the report is sealed to a key that is not on the card.
            HandlerElsewhere: the card names a handler or key of another channel.
            StoreError: the machine, or ``admission``, refused; nothing was stored.
        """
        opened = self._opening(report, today)
        with ExitStack() as admitted, self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            filing.begin(tables, opened)
            # What is here already is, also when its readers left since the answer was lost.
            filing.check_readers(opened.header, opened.card)
            _let_in(admitted, admission, opened)
            filing.keep_report(tables, opened)

    def hand_in(self, report: NewMailbox, today: date, admission: Admission | None = None) -> None:
        """Keep a report that was sealed before, perhaps to the card of an earlier day.

        As `file_report`; but who wrote it cannot be asked again, so a handler who left, or a
        key that is not on the card any more, is no reason to refuse it while somebody can open it.

        Raises:
            LetterTooOld: nobody can be expected to open it.
            ForeignEnvelope: see `file_report`; or a key is no handler's of this channel.
            AlreadyReceived, AnotherLetter, UnknownChannel, CardExpired, CardTooEarly,
                MalformedEnvelope, UnknownVersion, WeakKey, HandlerElsewhere, StoreError: see
                `file_report`.
        """
        opened = self._opening(report, today)
        with ExitStack() as admitted, self._store.write() as tables:
            filing.begin(tables, opened)
            filing.check_waited(tables, opened.header, opened.card, today)
            _let_in(admitted, admission, opened)
            filing.keep_report(tables, opened)

    def transfer(
        self,
        report: NewMailbox,
        consent: Message,
        today: date,
        nonce: bytes | None = None,
        admission: Admission | None = None,
    ) -> None:
        """File a report with another channel, and tell the first one that its reporter agreed.

        Both or neither; committed when this returns. No row says that they belong together.

        Args:
            report: opens a mailbox at the other channel.
            consent: goes into the mailbox where the reporter was asked.
            today: the day.
            nonce: as in `file_report`.
            admission: as in `file_report`; asked for both.

        Raises:
            DropboxError: all that `file_report` and `append` raise; nothing was stored.
        """
        opened = self._opening(report, today)
        with ExitStack() as admitted, self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            # First what tells that both are here already.
            filing.begin(tables, opened)
            filing.check_readers(opened.header, opened.card)
            addition = self._addition(tables, consent, today)
            _let_in(admitted, admission, opened, addition)
            filing.keep_report(tables, opened)
            _add(tables, addition, today)

    def _opening(self, report: NewMailbox, today: date) -> Opening:
        card = self.channel(channel_of(report.envelope), today)
        return filing.opening(report, self._site_id, card, today)

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
            found = reading.read(tables, token, number)
        return mailbox_page.pack(found)

    def append(
        self,
        message: Message,
        today: date,
        nonce: bytes | None = None,
        admission: Admission | None = None,
    ) -> None:
        """Keep a later message of the reporter; committed when this returns.

        Args:
            message: what was sealed, and the token of the mailbox that it is for.
            today: the day.
            nonce: as in `file_report`; without one, the envelope is known by its id.
            admission: as in `file_report`.

        Raises:
            UnknownMailbox: the token opens no mailbox, or it was withdrawn.
            AlreadyReceived: the form's nonce, or the very envelope, is known.
            MailboxChanged: another message came in between; seal anew.
            MailboxFull: the handlers must collect before there is room again.
            UnknownChannel, CardExpired, CardTooEarly: nobody can be sealed to.
            MalformedEnvelope, UnknownVersion, ForeignEnvelope, ForeignHandler,
                HandlerElsewhere, StoreError: see `file_report`.
        """
        with ExitStack() as admitted, self._store.write() as tables:
            self._see_fresh(tables, nonce, today)
            addition = self._addition(tables, message, today)
            _let_in(admitted, admission, addition=addition)
            _add(tables, addition, today)

    def _addition(self, tables: Tables, message: Message, today: date) -> _Addition:
        mailbox = tables.mailboxes.with_lookup(keys.lookup(message.token))
        if mailbox is None:
            raise UnknownMailbox
        card = self.channel(mailbox.channel_pk, today)
        header = self._check(message.envelope, Direction.TO_HANDLERS, card, mailbox.id)
        held = tables.envelopes.held(mailbox.id, header.direction)
        if envelope_id(message.envelope) in held:
            raise AlreadyReceived
        filing.check_readers(header, card)
        if len(held) >= MAX_ENVELOPES_HELD:
            raise MailboxFull
        if message.replaces != envelope_id(mailbox.memo):
            raise MailboxChanged
        memo = self._check(message.memo, Direction.MEMO, card, mailbox.id)
        new_mailbox.check_memo(memo, mailbox.x_pk)
        return _Addition(mailbox, header, message, card)

    def withdraw(self, command: bytes, today: date) -> None:
        """Delete a mailbox and all in it, and keep the signed command for the desks.

        Args:
            command: the 160 bytes that the holder of the reply code signed.
            today: the day, for the month in which the command may go.

        Raises:
            AlreadyReceived: this very command withdrew the mailbox before.
            UnknownMailbox: no mailbox has this id, or another command withdrew it.
            MalformedWithdrawal, BadSignature: the command is not the holder's, whether or not
                the mailbox is here.
            StoreError: the machine refused; nothing was deleted.
        """
        if len(command) != withdrawal.WITHDRAWAL_BYTES:
            raise MalformedWithdrawal
        month = days.month_number(today) + RETENTION_MONTHS
        channels = [each.card.channel_pk for each in self._shelf.cards(today)]
        with self._store.write() as tables:
            mailbox = tables.mailboxes.with_id(command[: keys.MAILBOX_ID_BYTES])
            if mailbox is None:
                if tables.tombstones.command(command[: keys.MAILBOX_ID_BYTES]) == command:
                    raise AlreadyReceived
                # Who knows an id and no code must not learn that this mailbox is gone.
                withdrawal.read_of_any(command, self._site_id, channels)
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


def _let_in(
    admitted: ExitStack,
    admission: Admission | None,
    opened: Opening | None = None,
    addition: _Addition | None = None,
) -> None:
    """Ask for room; what the machine then cannot store, the commit included, is given back."""
    if admission is None:
        return
    if opened:
        size = padded_bytes(opened.header, opened.envelope)
        admitted.enter_context(admission.report(size))
    if addition:
        size = padded_bytes(addition.header, addition.message.envelope)
        admitted.enter_context(admission.message(size))


def _add(tables: Tables, addition: _Addition, today: date) -> None:
    month = days.month_number(today) + RETENTION_MONTHS
    mailbox, message = addition.mailbox, addition.message
    tables.mailboxes.replace_memo(mailbox.id, message.memo)
    filing.keep(tables, addition.header, message.envelope, month, addition.card)
    filing.keep_until(tables, mailbox, month)
