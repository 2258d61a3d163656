"""Mailboxes that a handler's desk opens: for a letter, a call, or a signal passed on.

Invariants: such a mailbox takes the place of no other, open or withdrawn; it is of the
channel whose handler made it, and sealed only to keys of that channel's handlers; one
delivery opens a hundred at most.
"""

from __future__ import annotations

from dropbox.errors import N_, DeliveryRefused, ForeignHandler
from dropbox.filing import RETENTION_MONTHS
from dropbox.protocol import new_mailbox
from dropbox.protocol.bundle import BundleHeader
from dropbox.protocol.envelope import Direction, envelope_id
from dropbox.protocol.new_mailbox import MOST_NEW_MAILBOXES
from dropbox.store import StoredEnvelope, StoredMailbox, Tables


class TooManyNewMailboxes(DeliveryRefused):
    """A bundle from a desk opens more mailboxes than one may."""

    text = N_("The bundle opens too many mailboxes at once. Nothing of it was used.")


def check_count(count: int) -> None:
    """Refuse more new mailboxes than one bundle may hold.

    Raises:
        TooManyNewMailboxes: there are more.
    """
    if count > MOST_NEW_MAILBOXES:
        raise TooManyNewMailboxes


def check(content: bytes, bundle_header: BundleHeader) -> None:
    """See that a frame can open a mailbox; raises what `new_mailbox` raises."""
    found = new_mailbox.read(content)
    new_mailbox.header(found, bundle_header.site_id, bundle_header.channel_pk)


def keep(tables: Tables, bundle_header: BundleHeader, content: bytes, month: int) -> bool:
    """Open a mailbox, inside a transaction that the caller holds.

    Args:
        tables: of the site.
        bundle_header: of the bundle that it came in.
        content: of the frame.
        month: the number of this month.

    Returns:
        Whether it is new; what is here, or was withdrawn, stays as it is.

    Raises:
        ForeignHandler: the report is sealed to a key that is no handler's of this channel.
        ProtocolError: what `check` raises.
    """
    found = new_mailbox.read(content)
    channel_pk = bundle_header.channel_pk
    header = new_mailbox.header(found, bundle_header.site_id, channel_pk)
    readers = [slot.key_id for slot in header.slots]
    if not tables.recipients.all_belong(readers, channel_pk):
        raise ForeignHandler
    if tables.tombstones.exists(header.mailbox_id):
        return False
    last = month + RETENTION_MONTHS
    mailbox = StoredMailbox(
        id=header.mailbox_id,
        lookup=found.lookup,
        channel_pk=channel_pk,
        ed_pk=found.ed_pk,
        x_pk=found.x_pk,
        memo=found.memo,
        purge_month=last,
    )
    if not tables.mailboxes.add(mailbox):
        return False
    own_id = envelope_id(found.envelope)
    envelope = StoredEnvelope(own_id, mailbox.id, Direction.TO_HANDLERS, found.envelope, last)
    if tables.envelopes.add(envelope, readers, reply=False):
        tables.mailboxes.address(mailbox.id, readers)
    return True
