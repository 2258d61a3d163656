"""What a handler tells the other handlers of a case: words, who does it, tasks done.

Reasons for a change of state are written with the reply itself: see `dropbox.desk.replies`.
Invariants: a note goes to the case's readers on the card and never to the reporter; a case
is given only to a handler who may read it. Notes are possible while the reporter pauses a
case, and are erased with it when it is withdrawn.
"""

from __future__ import annotations

from datetime import date

from dropbox.desk.replies import Writer, Written, checked
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError
from dropbox.protocol.fields import is_code

MOST_NOTES = 400
"""With so many notes in a case a handler writes no more words; the site holds 500 at a time.

The rest is for reasons, for who does it, and for tasks.
"""


class TooManyNotes(InputError):
    """A case has as many notes as the site can be sure to carry."""

    text = N_("This case has as many notes as it can hold. Talk to the other handlers in person.")


class AssigneeCannotRead(InputError):
    """A case was to be given to somebody who may not read it."""

    text = N_("That handler cannot read this case, so cannot do it.")


class TaskUnknown(InputError):
    """A task was named by what is no code."""

    text = N_("There is no such task.")


def write_note(vault: Vault, mailbox_id: bytes, text: str, today: date) -> Written:
    """Write a note to the case's other handlers.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        text: what to say, at most 5,000 characters.
        today: the day of writing.

    Raises:
        TooManyNotes: see `MOST_NOTES`.
        EmptyText, NotText, TextTooLong: the text cannot be sent.
        DropboxError: all that `dropbox.desk.replies.reply` raises for a case or a desk
            that cannot be used.
    """
    with vault.transaction():
        desk = Writer(vault, mailbox_id, today)
        if len(desk.case.notes) >= MOST_NOTES:
            raise TooManyNotes
        return desk.note("note", checked(text))


def assign(
    vault: Vault, mailbox_id: bytes, assignee: bytes | None, today: date, text: str = ""
) -> Written:
    """Say who of the channel does a case.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        assignee: a handler's 8-byte id, or None for nobody.
        today: the day of writing.
        text: why, or nothing.

    Raises:
        AssigneeCannotRead: the reporter excluded them, or they came later or left.
        DropboxError: all else that `write_note` raises.
    """
    with vault.transaction():
        desk = Writer(vault, mailbox_id, today)
        if assignee is not None and assignee not in desk.possible_readers:
            raise AssigneeCannotRead
        return desk.note("assign", checked(text) if text else "", assignee=assignee)


def task_done(
    vault: Vault, mailbox_id: bytes, task: str, today: date, *, done: bool = True, text: str = ""
) -> Written:
    """Say that a care task was done, or that it is open again.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        task: its code: lower case, digits, ``_`` and ``-``, at most 40 characters.
        today: the day of writing.
        done: whether it was done.
        text: what to say of it, or nothing.

    Raises:
        TaskUnknown: the code is none.
        DropboxError: all else that `write_note` raises.
    """
    if not is_code(task):
        raise TaskUnknown
    with vault.transaction():
        desk = Writer(vault, mailbox_id, today)
        said = checked(text) if text else ""
        return desk.note("task", said, task=task, done="yes" if done else "no")
