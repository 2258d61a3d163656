"""What a reporter's own program asks of a site, and what it takes for an answer.

Invariants: every request has a line of its own, so that a failure to dial is known to have
sent nothing; an answer that is not exactly one is none; a failure after dialling is never
taken for a refusal.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from http import HTTPStatus

from dropbox.client import errors
from dropbox.client.cards import MAX_CARDS_BYTES
from dropbox.errors import DropboxError, MailboxChanged, MailboxFull, ProtocolError, UnknownMailbox
from dropbox.line.address import Address
from dropbox.line.errors import LineBroken, NotASite, SiteBusy, SiteUntrusted
from dropbox.line.wire import Answer as Came
from dropbox.line.wire import Request, Wire
from dropbox.protocol import days, handed_in, mailbox_page
from dropbox.protocol.handed_in import ANSWER_BYTES, Answer
from dropbox.protocol.mailbox_page import PAGE_BYTES, MailboxPage

WHOLE_SECONDS = 300.0
"""So long may one request take; through Tor a large text takes a while."""

REFUSALS: dict[Answer, type[DropboxError]] = {
    Answer.UNKNOWN_MAILBOX: UnknownMailbox,
    Answer.MAILBOX_CHANGED: MailboxChanged,
    Answer.MAILBOX_FULL: MailboxFull,
    Answer.READERS_CHANGED: errors.ReadersChanged,
    Answer.CHANNEL_CLOSED: errors.ChannelClosed,
    Answer.NOT_NOW: errors.NotNow,
    Answer.MALFORMED: errors.NotTaken,
    Answer.FAILING: errors.SiteFailing,
    Answer.TOO_OLD: errors.TooOld,
}


class Record(Enum):
    """What can be handed in, and where."""

    REPORT = "/sealed/report"
    MESSAGE = "/sealed/message"
    WITHDRAWAL = "/sealed/withdrawal"


class Site:
    """One site, asked over the network."""

    def __init__(self, where: Address, whole_seconds: float = WHOLE_SECONDS) -> None:
        """Say where it is; nothing is dialled yet."""
        self._where = where
        self._whole_seconds = whole_seconds

    def cards(self, today: date) -> bytes:
        """Return the bytes of the site's cards, to be read by `read_cards`.

        Raises:
            ClockDiffers: the site's day is not near ``today``; what is sealed now would be
                refused by its readers.
            LineBroken, SiteUntrusted, NotASite.
        """
        came = self._ask(Request("/cards", None, MAX_CARDS_BYTES))
        if came.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SiteBusy
        if came.status != HTTPStatus.OK:
            raise NotASite
        if came.day is not None and abs(came.day - today) > days.CLOCK_TOLERANCE:
            raise errors.ClockDiffers(here=today.isoformat(), there=came.day.isoformat())
        return came.content

    def page(self, token: bytes, number: int) -> MailboxPage | None:
        """Return a page of the mailbox that a 32-byte token reads, None if there is none.

        Raises:
            LineBroken, SiteUntrusted, NotASite, MalformedMailboxPage, Refused.
        """
        body = token + bytes((number,))
        came = self._ask(Request("/sealed/mailbox", body, PAGE_BYTES))
        if len(came.content) == ANSWER_BYTES:
            try:
                check(handed_in.read_answer(came.content))
            except ProtocolError:
                raise NotASite from None
        if came.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise SiteBusy
        if came.status != HTTPStatus.OK or len(came.content) != PAGE_BYTES:
            raise NotASite
        return mailbox_page.unpack(came.content)

    def hand_in(self, record: Record, body: bytes) -> bool:
        """Hand something in that may be handed in again; False when it was here before.

        Raises:
            OutcomeUnknown: it was on its way when something failed.
            LineBroken, SiteUntrusted: nothing was sent.
            UnknownMailbox, MailboxChanged, MailboxFull, Refused: nothing was stored.
        """
        wire = Wire(self._where, self._whole_seconds)
        wire.open()
        try:
            came = wire.ask(Request(record.value, body, ANSWER_BYTES))
            answer = handed_in.read_answer(came.content)
        except (LineBroken, SiteUntrusted, NotASite, ProtocolError, KeyboardInterrupt):
            # Whoever loses patience here does not know more than whose line broke.
            raise errors.OutcomeUnknown from None
        finally:
            wire.close()
        return check(answer)

    def _ask(self, request: Request) -> Came:
        wire = Wire(self._where, self._whole_seconds)
        try:
            return wire.ask(request)
        finally:
            wire.close()


def check(answer: Answer) -> bool:
    """Tell whether something new was stored; raise what a refusal means."""
    if answer in REFUSALS:
        raise REFUSALS[answer]
    return answer is Answer.DONE
