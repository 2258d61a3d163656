"""What a delivery leaves at the site: handlers' replies to reporters, and notes to each other.

Invariants: a reply or note is kept only in a mailbox of its own channel; a note reaches
no mailbox page, lives no longer than its mailbox and makes that live no longer; so many
notes are kept in one mailbox that no handler can fill the disk with them.
"""

from __future__ import annotations

from enum import Enum

from dropbox.errors import ForeignEnvelope
from dropbox.filing import RETENTION_MONTHS, keep_until
from dropbox.protocol.bundle import BundleHeader
from dropbox.protocol.envelope import Direction, Header, envelope_id, parse_header
from dropbox.store import MAX_NOTES_HELD, StoredEnvelope, StoredMailbox, Tables


class Fate(Enum):
    """What became of a reply or note."""

    REPLY = "a reply is here"
    NOTE = "a note is here"
    DROPPED = "nobody can have it"
    SURPLUS = "its mailbox is full of notes"


def letter_header(data: bytes, bundle_header: BundleHeader) -> Header:
    """Read the header of a reply or note in a desk's bundle.

    Raises:
        MalformedEnvelope, UnknownVersion: it does not follow the format.
        ForeignEnvelope: it is of another site or channel, or neither reply nor note.
    """
    header = parse_header(data)
    place = (header.site_id, header.channel_pk)
    if place != (bundle_header.site_id, bundle_header.channel_pk):
        raise ForeignEnvelope
    if header.direction not in (Direction.TO_REPORTER, Direction.TO_COLLEAGUES):
        raise ForeignEnvelope
    return header


def keep(tables: Tables, bundle_header: BundleHeader, body: bytes, month: int) -> Fate:
    """Keep a reply or note, inside a transaction that the caller holds.

    Args:
        tables: of the site.
        bundle_header: of the bundle that it came in.
        body: the whole envelope.
        month: the number of this month.

    Raises:
        MalformedEnvelope, UnknownVersion, ForeignEnvelope: see `letter_header`; also when
            its mailbox is of another channel.
    """
    header = letter_header(body, bundle_header)
    mailbox = tables.mailboxes.with_id(header.mailbox_id)
    if mailbox is None:
        return Fate.DROPPED
    if mailbox.channel_pk != header.channel_pk:
        raise ForeignEnvelope
    # The reporter's own slot is in no card; colleagues' slots are.
    colleagues = [
        slot.key_id
        for slot in header.slots
        if tables.recipients.belongs_to(slot.key_id, header.channel_pk)
    ]
    put = _keep_reply if header.direction == Direction.TO_REPORTER else _keep_note
    return put(tables, mailbox, colleagues, body, month)


def _keep_reply(
    tables: Tables, mailbox: StoredMailbox, colleagues: list[bytes], body: bytes, month: int
) -> Fate:
    # No sooner than its mailbox: that one may have been written to by a clock ahead of ours.
    last = max(month + RETENTION_MONTHS, mailbox.purge_month)
    envelope = StoredEnvelope(envelope_id(body), mailbox.id, Direction.TO_REPORTER, body, last)
    if tables.envelopes.add(envelope, colleagues, reply=True):
        tables.mailboxes.address(mailbox.id, colleagues)
        keep_until(tables, mailbox, last)
    return Fate.REPLY


def _keep_note(
    tables: Tables, mailbox: StoredMailbox, colleagues: list[bytes], body: bytes, month: int
) -> Fate:
    if not colleagues:
        return Fate.DROPPED  # nobody could ever collect it
    # No longer than its mailbox, which lives by what the reporter wrote or is to read.
    last = min(month + RETENTION_MONTHS, mailbox.purge_month)
    envelope = StoredEnvelope(envelope_id(body), mailbox.id, Direction.TO_COLLEAGUES, body, last)
    if tables.envelopes.count(mailbox.id, envelope.direction) >= MAX_NOTES_HELD:
        # The rest of the bundle is used: a flood of one must not hold up anybody's answers.
        return Fate.NOTE if tables.envelopes.bodies([envelope.id]) else Fate.SURPLUS
    if tables.envelopes.add(envelope, colleagues, reply=False):
        tables.mailboxes.address(mailbox.id, colleagues)
    return Fate.NOTE
