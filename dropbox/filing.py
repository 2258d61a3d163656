"""What is checked before a letter is kept, and the rows that keep it.

Invariants: a mailbox takes the place of no other, open or withdrawn; a letter is sealed to
nobody but handlers of its channel; whoever it is sealed to can be reached by a later
withdrawal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.errors import N_, AlreadyReceived, ForeignEnvelope, ForeignHandler, ProtocolError
from dropbox.protocol import days, new_mailbox
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.envelope import Direction, Header, envelope_id
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.store import StoredEnvelope, StoredMailbox, Tables

RETENTION_MONTHS = 13
"""A mailbox stays this many whole months after the month of its last envelope."""

WAITING_DAYS = 7
"""A letter that waited may be sealed to a key whose last day is so long ago, and no longer.

Desks keep a key for 35 days after its end: so the handler has four weeks to collect.
"""


class LetterTooOld(ProtocolError):
    """None of those whom a letter was sealed to can be expected to open it."""

    text = N_(
        "This letter waited too long: its readers may not be able to open it. Nothing was stored. "
        "Write it again with a new letter page."
    )
    status = 410


class AnotherLetter(ProtocolError):
    """A mailbox with these keys or this token is here, and this report is not in it (any more).

    Whoever found the file of a letter can hand in another one with the keys that stand in it.
    """

    text = N_(
        "A letter with the same keys came before this one. If you handed in this letter more than "
        "a month ago, all is well. If not, somebody else had this file, and your letter is not "
        "here: write it again with a new letter page."
    )
    status = 409


@dataclass(frozen=True)
class Opening:
    """A new mailbox and its first report, checked and not yet stored."""

    mailbox: StoredMailbox
    header: Header
    envelope: bytes
    card: ChannelCard


def opening(report: NewMailbox, site_id: bytes, card: ChannelCard, today: date) -> Opening:
    """Check a new mailbox but for its readers; raises what `new_mailbox.header` raises."""
    header = new_mailbox.header(report, site_id, card.channel_pk)
    mailbox = StoredMailbox(
        id=header.mailbox_id,
        lookup=report.lookup,
        channel_pk=card.channel_pk,
        ed_pk=report.ed_pk,
        x_pk=report.x_pk,
        memo=report.memo,
        purge_month=days.month_number(today) + RETENTION_MONTHS,
    )
    return Opening(mailbox, header, report.envelope, card)


def check_readers(header: Header, card: ChannelCard) -> None:
    """Refuse what is sealed to anybody who is not on the card; raises ForeignHandler."""
    if not all(slot.key_id in card.last_days for slot in header.slots):
        raise ForeignHandler


def check_waited(tables: Tables, header: Header, card: ChannelCard, today: date) -> None:
    """See that a letter which waited is sealed to handlers of the channel, and can be opened.

    Raises:
        ForeignEnvelope: it is sealed to a key that never stood on a card of this channel.
        LetterTooOld: none of its keys stands on today's card and ended a week ago at most.
    """
    last_days = card.last_days
    own = [slot.key_id for slot in header.slots]
    unknown = [key for key in own if key not in last_days]
    if not tables.recipients.all_belong(unknown, card.channel_pk):
        raise ForeignEnvelope
    since = today - timedelta(days=WAITING_DAYS)
    if not any(key in last_days and last_days[key] >= since for key in own):
        raise LetterTooOld


def begin(tables: Tables, opened: Opening) -> None:
    """Open a mailbox, inside a transaction that ends with `keep_report` or is undone.

    Raises:
        AlreadyReceived: it was opened before with this very report; it may be withdrawn by now.
        AnotherLetter: it was opened before, and this report is not in it; or its token opens
            another mailbox.
    """
    mailbox = opened.mailbox
    if tables.tombstones.exists(mailbox.id):
        raise AlreadyReceived
    if tables.mailboxes.add(mailbox):
        return
    found = tables.mailboxes.with_id(mailbox.id)
    held = tables.envelopes.held(mailbox.id, Direction.TO_HANDLERS)
    # To call it done would have its writer throw away the only copy of what nobody got.
    is_ours = found is not None and found.lookup == mailbox.lookup
    if not is_ours or envelope_id(opened.envelope) not in held:
        raise AnotherLetter
    raise AlreadyReceived


def keep_report(tables: Tables, opened: Opening) -> None:
    """Keep the report of a mailbox that was just opened; raises what `keep` raises."""
    keep(tables, opened.header, opened.envelope, opened.mailbox.purge_month, opened.card)


def keep(tables: Tables, header: Header, body: bytes, month: int, card: ChannelCard) -> None:
    """Keep a letter to handlers until ``month``.

    Raises:
        AlreadyReceived: the very same letter is here.
        HandlerElsewhere: the card names a handler or key of another channel.
    """
    recipients = [slot.key_id for slot in header.slots]
    if not tables.recipients.all_belong(recipients, card.channel_pk):
        tables.recipients.learn(card)
    envelope = StoredEnvelope(envelope_id(body), header.mailbox_id, header.direction, body, month)
    if not tables.envelopes.add(envelope, recipients, reply=False):
        raise AlreadyReceived
    tables.mailboxes.address(header.mailbox_id, recipients)


def keep_until(tables: Tables, mailbox: StoredMailbox, month: int) -> None:
    """Keep a mailbox, and the replies that live and die with it, until ``month`` at least."""
    if mailbox.purge_month < month:
        # Once a month at most: it touches every reply.
        tables.mailboxes.keep_until(mailbox.id, month)
        tables.envelopes.keep_until(mailbox.id, Direction.TO_REPORTER, month)
