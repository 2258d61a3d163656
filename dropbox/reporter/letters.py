"""What an opened mailbox says: letters, how it stands, dates owed, and gaps.

Pure: pages of the mailbox and a key in, plain values out. Invariants: a reply that
does not open, or is of somebody who may not answer, is counted and never shown; a
reply is hidden until the day that its writer chose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dropbox.errors import ProtocolError
from dropbox.protocol import days, keys, reporter
from dropbox.protocol.letter import OpenedReply
from dropbox.protocol.mailbox_page import MailboxPage
from dropbox.protocol.payload import MAX_COUNT, MAX_SEEN, Memo, standing_order
from dropbox.reporter.sealing import Thread

FEEDBACK_STATES = ("in_conversation", "being_handled", "weighed_as_pattern", "closed")
"""States that tell what is being done: with one of these, feedback has been given."""


@dataclass(frozen=True)
class OpenMailbox:
    """A mailbox as its reply code opens it.

    ``shown`` holds the replies that may be read today, newest first; ``turn`` is the
    next free one; ``unopened`` counts replies that do not open; ``complete`` tells
    that no older page is left.
    """

    token: bytes = field(repr=False)
    own: keys.ReporterKeys
    memo: Memo | None
    sealed_memo: bytes
    shown: tuple[OpenedReply, ...]
    unopened: int
    sent: tuple[bytes, ...]
    turn: int
    numbers: dict[bytes, set[int]]
    complete: bool

    @property
    def last(self) -> OpenedReply | None:
        """Return the reply that says how the report stands."""
        told = [one for one in self.shown if one.reply.not_before is None]
        return max(told, key=_weight, default=None)

    @property
    def thread(self) -> Thread | None:
        """Return what a later message stands on, or None when the memo does not open."""
        if self.memo is None:
            return None
        return Thread(self.token, self.own, self.memo, self.sealed_memo, self.turn)

    def missing(self) -> int:
        """Count the replies that should be here by their numbers, and are not."""
        gone = 0
        for numbers in self.numbers.values():
            first = 1 if self.complete else min(numbers)
            gone += max(numbers) - first + 1 - len(numbers)
        return gone

    def unseen(self) -> int:
        """Count the reporter's texts still held that the last reply's writer had not seen.

        A reply names only its newest sightings; when its list is full, the rest is unknown.
        """
        if self.last is None or len(self.last.reply.seen) >= MAX_SEEN:
            return 0
        return len(set(self.sent) - set(self.last.reply.seen))

    def receipt_given(self) -> bool:
        """Tell whether somebody has confirmed receipt."""
        return bool(self.shown)

    def feedback_given(self) -> bool:
        """Tell whether somebody has said what is being done."""
        return any(one.reply.state in FEEDBACK_STATES for one in self.shown)


def open_mailbox(
    site_id: bytes, key: bytes, pages: Sequence[MailboxPage], today: date
) -> OpenMailbox:
    """Open the pages of one mailbox, newest first.

    Args:
        site_id: 16 raw bytes.
        key: the reply code's key, 16 raw bytes.
        pages: at least one.
        today: replies for a later day stay hidden.
    """
    own = keys.reporter_keys(site_id, pages[0].channel_pk, key)
    sealed = [reply for page in pages for reply in page.replies]
    memo = _open_memo(own, pages[0].memo)
    opened = [one for one in (_open_reply(own, reply, memo, today) for reply in sealed) if one]
    numbers: dict[bytes, set[int]] = {}
    for one in opened:
        numbers.setdefault(one.handler.handler_id, set()).add(one.reply.number)
    known = max((one.reply.turn for one in opened), default=0)
    return OpenMailbox(
        token=keys.token(site_id, key),
        own=own,
        memo=memo,
        sealed_memo=pages[0].memo,
        shown=_visible(opened, today),
        unopened=len(sealed) - len(opened),
        sent=pages[0].sent,
        turn=min(1 + max(known, memo.turn if memo else 0), MAX_COUNT),
        numbers=numbers,
        complete=not pages[-1].more,
    )


def _visible(opened: Sequence[OpenedReply], today: date) -> tuple[OpenedReply, ...]:
    ready = [one for one in opened if (one.reply.not_before or today) <= today]
    ready.sort(key=lambda one: (readable_from(one), one.reply.turn, one.envelope_id), reverse=True)
    return tuple(ready)


def readable_from(one: OpenedReply) -> date:
    """Return the day from which a reply is shown: its own, or the later one that it names."""
    return max(one.reply.day, one.reply.not_before or one.reply.day)


def _weight(one: OpenedReply) -> tuple[int, int, bytes, int]:
    return standing_order(one.reply, one.handler.handler_id)


def _open_reply(
    own: keys.ReporterKeys, data: bytes, memo: Memo | None, today: date
) -> OpenedReply | None:
    """Open a reply of somebody who may read; None for all others, counted by the caller.

    Without a memo nobody is known to be a reader, so nothing is believed.
    """
    try:
        opened = reporter.open_reply(own, data, memo.readers if memo else ())
    except ProtocolError:
        return None
    return opened if opened.reply.day <= today + days.CLOCK_TOLERANCE else None


def _open_memo(own: keys.ReporterKeys, data: bytes) -> Memo | None:
    try:
        return reporter.open_memo(own, data)
    except ProtocolError:
        # The mailbox can still be read and withdrawn; the page says why not more.
        return None
