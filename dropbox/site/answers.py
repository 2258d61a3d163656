"""What became of something that was handed in sealed, for each way in which it can fail.

Invariant: every failure has a code; what is none of a reporter's business is `FAILING`.
"""

from __future__ import annotations

from dropbox.errors import (
    AlreadyReceived,
    CardExpired,
    DropboxError,
    ForeignHandler,
    MailboxChanged,
    MailboxFull,
    ProtocolError,
    UnknownChannel,
    UnknownMailbox,
)
from dropbox.filing import LetterTooOld
from dropbox.protocol.channel_card import CardTooEarly
from dropbox.protocol.handed_in import Answer
from dropbox.site.admission import NotNow

CODES: dict[type[DropboxError], Answer] = {
    AlreadyReceived: Answer.DONE_BEFORE,
    UnknownMailbox: Answer.UNKNOWN_MAILBOX,
    MailboxChanged: Answer.MAILBOX_CHANGED,
    MailboxFull: Answer.MAILBOX_FULL,
    ForeignHandler: Answer.READERS_CHANGED,
    UnknownChannel: Answer.CHANNEL_CLOSED,
    CardExpired: Answer.CHANNEL_CLOSED,
    CardTooEarly: Answer.CHANNEL_CLOSED,
    NotNow: Answer.NOT_NOW,
    LetterTooOld: Answer.TOO_OLD,
    # What is left: bytes that are not in order, and then whatever the machine refuses.
    ProtocolError: Answer.MALFORMED,
    DropboxError: Answer.FAILING,
}


def of(error: DropboxError) -> Answer:
    """Return the code of a failure: that of its own class, or of the nearest one above."""
    return next(CODES[kind] for kind in type(error).__mro__ if kind in CODES)
