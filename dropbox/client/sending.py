"""Handing in until it is known what became of it, and sealing anew where that is needed.

Invariants: what may have arrived is sent again only as the very same bytes, or after the
mailbox showed that it did not arrive; nothing is said to be refused that may be there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from dropbox.client.cards import read_cards
from dropbox.client.errors import (
    ChannelClosed,
    NotNow,
    OutcomeUnknown,
    ReadersChanged,
    Refused,
    SiteFailing,
)
from dropbox.client.site import Record, Site
from dropbox.client.visit import Visit, visit
from dropbox.errors import DropboxError, MailboxChanged
from dropbox.line.errors import LineBroken
from dropbox.protocol import handed_in, keys, reply_code, withdrawal
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import Message
from dropbox.protocol.payload import ANSWER_KINDS
from dropbox.reporter import sealing
from dropbox.reporter.sealing import PausedByReporter, Saying, SealedReport

TRIES = 4
"""How often a message is sealed anew because something changed in between."""

Again = Callable[[DropboxError], bool]
"""Asks the person whether to try once more, after a failure."""


@dataclass
class Delivery:
    """One record on its way; ``unknown`` tells that it may have arrived."""

    site: Site
    again: Again
    unknown: bool = field(default=False, init=False)

    def hand_in(self, record: Record, body: bytes) -> bool:
        """Hand in the same bytes for as long as it is worth it and wanted; as `Site.hand_in`."""
        while True:
            try:
                return self.site.hand_in(record, body)
            except OutcomeUnknown as error:
                self.unknown = True
                failed: DropboxError = error
            except (LineBroken, NotNow, SiteFailing) as error:
                failed = error
            if not self.again(failed):
                raise OutcomeUnknown if self.unknown else failed


def send_report(site: Site, site_id: bytes, sealed: SealedReport, again: Again) -> bool:
    """Hand in a report; False when it was there already.

    Raises:
        OutcomeUnknown: it may be there; its code opens the mailbox if it is.
        LineBroken, SiteUntrusted, Refused: it is not there.
    """
    delivery = Delivery(site, again)
    try:
        return delivery.hand_in(Record.REPORT, handed_in.write_report(sealed.sealed))
    except Refused:
        # The second time it may be refused for what changed after the first had arrived.
        if delivery.unknown and _is_there(site, site_id, sealed):
            return False
        raise


def _is_there(site: Site, site_id: bytes, sealed: SealedReport) -> bool:
    key = reply_code.parse(" ".join(sealed.words))
    try:
        return site.page(keys.token(site_id, key), 0) is not None
    except DropboxError:
        raise OutcomeUnknown from None


def send_message(site: Site, opened: Visit, said: Saying, today: date, again: Again) -> bool:
    """Seal and hand in what a reporter says; anew when the mailbox or its readers changed.

    Raises:
        PausedByReporter: an answer, and the report is paused by now.
        NoReader, TextTooLong: it cannot be sealed.
        OutcomeUnknown, LineBroken, SiteUntrusted, StoreError, Refused: see `Delivery`.
    """
    delivery = Delivery(site, again)
    for left in reversed(range(TRIES)):
        sealed = _sealed(opened, said, today)
        try:
            return delivery.hand_in(Record.MESSAGE, sealed.raw())
        except (MailboxChanged, ReadersChanged):
            opened = _anew(site, opened, today, delivery)
            if _holds(opened, sealed):
                return False
            if not left:
                raise
    raise MailboxChanged


def _sealed(opened: Visit, said: Saying, today: date) -> Message:
    thread = opened.box.thread
    if thread is None or opened.card is None:
        raise ChannelClosed
    if said.kind in ANSWER_KINDS and thread.memo.hold:
        raise PausedByReporter
    return sealing.seal_message(thread, opened.card, said, today)


def _anew(site: Site, opened: Visit, today: date, delivery: Delivery) -> Visit:
    try:
        cards = read_cards(site.cards(today), today, opened.cards.versions)
        return visit(site, cards, opened.key, today)
    except DropboxError:
        if delivery.unknown:
            raise OutcomeUnknown from None
        raise


def _holds(opened: Visit, sealed: Message) -> bool:
    is_last = opened.box.sealed_memo == sealed.memo
    return is_last or envelope_id(sealed.envelope) in opened.box.sent


def withdraw(site: Site, opened: Visit, again: Again) -> bool:
    """Withdraw a mailbox; False when it was withdrawn before.

    Raises:
        UnknownMailbox: another command withdrew it.
        OutcomeUnknown, LineBroken, SiteUntrusted, Refused: see `Delivery`.
    """
    return Delivery(site, again).hand_in(Record.WITHDRAWAL, withdrawal.make(opened.box.own))
