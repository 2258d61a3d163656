"""A bundle comes in: checked to its end, then taken in as a whole or not at all.

The file is read twice: once to its trailer, once to use it, in one transaction that
ends only when the second reading came to the same hash. One frame is in memory at a
time. Invariants: an envelope that fails any check is counted and changes no case; a
withdrawn mailbox never comes back; only what was read is receipted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from dropbox.desk import (
    activity,
    casebook,
    clock,
    keyring,
    opener,
    outbox,
    records,
    withdrawals,
)
from dropbox.desk.backup_days import is_before_restore
from dropbox.desk.casebook import OpenBook, Trouble
from dropbox.desk.cases import Entry
from dropbox.desk.errors import (
    AgainFirst,
    AgainTooOld,
    CaseWithdrawn,
    DayToCome,
    IntakeKeyDestroyed,
    IntakeKeyMissing,
    ReaderNotNamed,
    SecondReport,
    VaultBusy,
    VaultNotWritable,
)
from dropbox.desk.served_card import Notice, compare, fits_today
from dropbox.desk.vault import Vault
from dropbox.errors import (
    AlteredEnvelope,
    BundleAltered,
    CommitmentMismatch,
    ForeignBundle,
    MalformedPayload,
    NotAddressed,
    ProtocolError,
    SlotDoesNotOpen,
)
from dropbox.protocol import days, handler, note, withdrawal
from dropbox.protocol.bundle import (
    BundleDirection,
    BundleHeader,
    BundleReader,
    Frame,
    FrameType,
)
from dropbox.protocol.envelope import Direction, envelope_id, parse_header
from dropbox.protocol.handler import OpenedReport, Pinned
from dropbox.protocol.letter import Letter, Received

DAMAGED = (
    SlotDoesNotOpen,
    CommitmentMismatch,
    AlteredEnvelope,
    MalformedPayload,
    IntakeKeyDestroyed,
    IntakeKeyMissing,
    NotAddressed,
)
"""Failures that hide something meant for us: shown as a damaged item, not only counted."""


STEP = 500
"""Frames between two words on how far an import is."""


@dataclass
class ImportSummary:
    """What a bundle brought, counted; ``refused`` and ``damaged`` by English reason.

    ``waiting`` counts what this bundle brought and has no report yet; ``keys_destroyed``
    counts months; ``clock_fits`` tells whether the site's card shows that today can be right;
    ``touched`` holds the 32-byte ids of the mailboxes of which anything changed.
    """

    reports: int = 0
    messages: int = 0
    replies: int = 0
    notes: int = 0
    withdrawals: int = 0
    duplicates: int = 0
    waiting: int = 0
    after_withdrawal: int = 0
    damaged: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)
    final_on: date | None = None
    keys_destroyed: int = 0
    clock_fits: bool = False
    touched: set[bytes] = field(default_factory=set, compare=False)


def import_bundle(vault: Vault, path: Path, today: date) -> ImportSummary:
    """Take in a bundle from the site; see `in_steps`."""
    with path.open("rb") as file:
        steps = in_steps(vault, file, today)
        try:
            while True:
                next(steps)
        except StopIteration as end:
            summary: ImportSummary = end.value
            return summary


def in_steps(
    vault: Vault, file: BinaryIO, today: date
) -> Generator[tuple[int, int], None, ImportSummary]:
    """Take in a bundle from the site, and tell now and then how far it is.

    Args:
        vault: a handler's, with a pinned card.
        file: the bundle, open for reading from its start; it is read twice.
        today: the day of importing.

    Yields:
        How many frames were used, of how many; the first time when the bundle was found to
        be whole, ours and the site's. Who stops asking before the end undoes everything.

    Returns:
        What it brought.

    Raises:
        NoCardYet: the vault does not know its channel.
        AgainFirst: the vault was restored and wants a bundle with everything in it.
        AgainTooOld: it does, and this one was collected before.
        ForeignBundle: the bundle is for another site, channel, handler or direction.
        MalformedBundle, BundleTruncated, BundleAltered: it is not whole. Nothing was used.
        BadSignature: the site did not make it, or not like this. Nothing was used.
    """
    first = _checked(vault, file)
    for _frame in first.frames():
        pass
    first.verify(keyring.load(vault).site_pk)
    if outbox.courier(vault).import_first:
        _check_again(vault, first.header)
    yield 0, first.count
    file.seek(0)
    with vault.transaction():
        again = _checked(vault, file)
        intake = _Intake(vault, today, again.header)
        with closing(intake.open_ahead(again, first.count)) as frames:
            for number, (frame, opened) in enumerate(frames, 1):
                intake.take(frame, opened)
                if number % STEP == 0:
                    yield number, first.count
        if again.hash != first.hash:
            raise BundleAltered  # the file was changed between the two readings
        intake.settle()
        activity.note(vault, activity.IMPORTED, today)
        if intake.summary.clock_fits:
            clock.note_import(vault, min(today, again.header.day or today))
            activity.forget_old(vault, min(today, again.header.day or today))
    _destroy_keys(vault, intake.summary, min(today, again.header.day or date.min))
    return intake.summary


def _check_again(vault: Vault, header: BundleHeader) -> None:
    """Let a restored vault show cases only once it knows all withdrawals up to its restore."""
    if not header.again:
        raise AgainFirst
    if header.day is not None and is_before_restore(vault, header.day):
        raise AgainTooOld


def _destroy_keys(vault: Vault, summary: ImportSummary, day: date) -> None:
    """Destroy the intake keys that were over on ``day``, when the bundle was made.

    Only what had come to the site by then is known to be here: an older bundle, handed over
    again, must not cost the key of a report that waits.
    """
    if summary.clock_fits:
        # what was imported stays so; where the disk refuses, the next import tries again
        with suppress(VaultBusy, VaultNotWritable):
            summary.keys_destroyed = keyring.destroy_expired(vault, day)


def _checked(vault: Vault, file: BinaryIO) -> BundleReader:
    desk = keyring.load(vault)
    reader = BundleReader(file.read)
    reader.expect(BundleDirection.TO_DESK, desk.site_id)
    addressee = (reader.header.channel_pk, reader.header.handler_id)
    if addressee != (keyring.pinned(vault).channel_pk, desk.handler_id):
        raise ForeignBundle
    return reader


class _Intake:
    """One import, inside its transaction."""

    def __init__(self, vault: Vault, today: date, header: BundleHeader) -> None:
        self.summary = ImportSummary()
        self._vault = vault
        self._today = today
        self._header = header
        # First: a restored site serves an older card, which then is no reason for an alarm.
        had_sent = outbox.courier(vault).serial > 0
        self._made = clock.believed(vault, header.day, today)
        self._restored = outbox.start_over(vault, header.serial, header.accepted, self._made)
        if self._restored and had_sent:
            self.summary.notices.append(Notice.SITE_RESTORED)
        # a withdrawal is final no sooner than by the later of both clocks
        self._learned = max(today, header.day or today)
        self._compare_days(header.day)
        self._desk = keyring.load(vault)
        self._channel = keyring.channel(vault)
        self._box_keys = self._desk.box_keys()
        self._own_id = self._desk.handler_id
        self._waiting: set[bytes] = set()
        self._had_trouble = vault.count("trouble") > 0

    def _compare_days(self, made: date | None) -> None:
        """Hold the day on which the bundle was made against today and the bundles before."""
        if made is None:
            return
        if made > self._today + days.CLOCK_TOLERANCE:
            self.summary.notices.append(Notice.BUNDLE_TO_COME)
            return
        before = clock.newest_bundle(self._vault)
        if before is not None and made < before:
            self.summary.notices.append(Notice.OLDER_BUNDLE)
        clock.note_bundle(self._vault, made)

    def open_ahead(
        self, reader: BundleReader, count: int
    ) -> Generator[tuple[Frame, OpenedReport | None]]:
        """Yield a bundle's ``count`` frames, some with the report that is in them."""
        return opener.ahead(reader.frames(), count, self._channel, self._box_keys)

    def take(self, frame: Frame, opened: OpenedReport | None) -> None:
        """Use one frame; a failed check is counted and goes no further."""
        if frame.type == FrameType.ENVELOPE:
            self._take_envelope(frame.content, opened)
        elif frame.type == FrameType.WITHDRAWAL:
            self._take_withdrawal(frame.content)
        elif frame.type == FrameType.CARD:
            self._take_card(frame.content)
        else:
            raise ForeignBundle  # receipts travel the other way only

    def _take_card(self, raw: bytes) -> None:
        fits = fits_today(self._vault, raw, self._today)
        notice = compare(self._vault, raw, self._today)
        self.summary.clock_fits = fits is True and Notice.BUNDLE_TO_COME not in self.summary.notices
        self.summary.notices += [notice] if notice else []
        self.summary.notices += [Notice.CLOCK_DOUBTFUL] if fits is False else []

    def settle(self) -> None:
        """Take in which of our bundles the site accepted, and count what still waits."""
        self.summary.waiting = len(self._waiting)
        if self._restored:
            return
        serial, accepted = self._header.serial, self._header.accepted
        if not outbox.settle(self._vault, serial, accepted, self._made):
            self.summary.notices.append(Notice.UNKNOWN_BUNDLE)

    def _take_withdrawal(self, data: bytes) -> None:
        try:
            found = withdrawal.read(data, self._channel.site_id, self._channel.channel_pk)
        except ProtocolError as error:
            self.summary.refused[error.text] += 1
            return
        if withdrawals.withdraw(self._vault, found.mailbox_id, self._made, data, self._learned):
            self.summary.withdrawals += 1
            self.summary.touched.add(found.mailbox_id)
            self.summary.final_on = keyring.erasure_is_final_on(self._learned)
        else:
            self.summary.duplicates += 1

    def _take_envelope(self, data: bytes, opened: OpenedReport | None) -> None:
        own_id = opened.envelope_id if opened else envelope_id(data)
        if self._vault.has("seen", own_id):
            self.summary.duplicates += 1
            outbox.queue_receipt_again(self._vault, own_id)
            return
        mailbox_id = opened.pinned.mailbox_id if opened else None
        try:
            if opened is None:
                found = Received(own_id, parse_header(data), data)
                mailbox_id = found.header.mailbox_id
                self._open(casebook.open_or_start(self._vault, mailbox_id), found)
            else:
                book = casebook.open_or_start(self._vault, opened.pinned.mailbox_id)
                self._take_report(book, opened)
        except CaseWithdrawn:
            self._note_seen(own_id)
            self.summary.after_withdrawal += 1
        except ProtocolError as error:
            self._refuse(own_id, mailbox_id, error)

    def _refuse(self, own_id: bytes, mailbox_id: bytes | None, error: ProtocolError) -> None:
        damaged = isinstance(error, DAMAGED)
        (self.summary.damaged if damaged else self.summary.refused)[error.text] += 1
        if mailbox_id is not None:
            self.summary.touched.add(mailbox_id)
            trouble = Trouble(mailbox_id, damaged, error.text)
            self._vault.put("trouble", own_id, records.encode(trouble))
            self._had_trouble = True

    def _open(self, book: OpenBook, found: Received) -> None:
        slots = {slot.key_id for slot in found.header.slots}
        if slots.isdisjoint(self._box_keys):
            # the bundle is for this handler: one of its slots was ours
            raise IntakeKeyDestroyed if slots & set(self._desk.destroyed) else IntakeKeyMissing
        letter = handler.open_received(found, self._channel, self._box_keys)
        if handler.kind(letter) == "report":
            self._take_report(book, handler.read_report(letter))
        elif book.has_report:
            self._take_later(book, letter)
        else:
            book.wait(found.envelope_id, found.data)
            self._waiting.add(found.envelope_id)

    def _take_report(self, book: OpenBook, opened: OpenedReport) -> None:
        self._check_reader(opened.report.recipients, opened.report.day)
        if book.has_report:
            raise SecondReport
        self._keep(book, Entry(opened.envelope_id, b"", {}, report=opened.report), opened.pinned)
        self.summary.reports += 1
        for data in book.take_waiting():
            self._take_waiting(book, data)

    def _take_waiting(self, book: OpenBook, data: bytes) -> None:
        self._waiting.discard(envelope_id(data))
        try:
            self._take_later(book, handler.open_letter(data, self._channel, self._box_keys))
        except ProtocolError as error:
            self._refuse(envelope_id(data), book.book.mailbox_id, error)

    def _take_later(self, book: OpenBook, letter: Letter) -> None:
        if letter.header.direction == Direction.TO_REPORTER:
            self._take_reply(book, letter)
            return
        if letter.header.direction == Direction.TO_COLLEAGUES:
            self._take_note(book, letter)
            return
        opened = handler.read_message(letter, book.pinned)
        self._check_reader(opened.message.recipients, opened.message.day)
        self._keep(book, Entry(opened.envelope_id, b"", {}, message=opened.message))
        self.summary.messages += 1

    def _take_reply(self, book: OpenBook, letter: Letter) -> None:
        # our own replies come back after a restore; who was excluded or came later sends nothing
        opened = handler.read_colleague_reply(letter, book.pinned, book.case().readers)
        self._check_reader(opened.reply.recipients, opened.reply.day)
        author = opened.handler.handler_id
        role = dict(opened.handler.role)
        self._keep(book, Entry(opened.envelope_id, author, role, reply=opened.reply))
        self.summary.replies += 1

    def _take_note(self, book: OpenBook, letter: Letter) -> None:
        # as a reply: ours come back after a restore, and who may not read says nothing
        opened = note.read_note(letter, book.pinned, book.case().readers)
        self._check_reader(opened.note.recipients, opened.note.day)
        author, role = opened.handler.handler_id, dict(opened.handler.role)
        self._keep(book, Entry(opened.envelope_id, author, role, note=opened.note))
        self.summary.notes += 1

    def _check_reader(self, recipients: tuple[bytes, ...], day: date) -> None:
        if self._own_id not in recipients:
            raise ReaderNotNamed
        if day > self._today + days.CLOCK_TOLERANCE:
            raise DayToCome

    def _keep(self, book: OpenBook, entry: Entry, pinned: Pinned | None = None) -> None:
        book.add(entry, pinned)
        self.summary.touched.add(book.book.mailbox_id)
        if self._had_trouble:
            self._vault.delete("trouble", entry.envelope_id)
        self._note_seen(entry.envelope_id)

    def _note_seen(self, envelope_id_: bytes) -> None:
        self._vault.put("seen", envelope_id_, b"")
        outbox.queue_receipt(self._vault, envelope_id_)
