"""From an opened mailbox to a stored letter: who can write, and sealing anew on a race.

Invariant: a consent or refusal is never sent while the reporter's own pause lasts, also
when the pause came from another tab in that very moment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dropbox.errors import MailboxChanged
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.handed_in import Message
from dropbox.protocol.payload import ANSWER_KINDS
from dropbox.reporter import sealing, standing
from dropbox.reporter.sealing import PausedByReporter, Saying, Thread
from dropbox.site.context import here
from dropbox.site.speech import gettext as _
from dropbox.site.visit import Visit, visit

TRIES = 4
"""How often a message is sealed anew because another one came in between."""


@dataclass(frozen=True)
class Writer:
    """Who can write in a mailbox: its code, what the next letter stands on, and the card."""

    code: str
    thread: Thread
    card: ChannelCard

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a code."""
        return "Writer(…)"


def cannot_write(opened: Visit) -> str:
    """Say why no message can be sent, or nothing."""
    found = standing.cannot_write(opened.box, opened.card, here().today())
    return _(found) if found else ""


def writer(opened: Visit) -> Writer | None:
    """Return who writes, or None where `cannot_write` says why nobody can."""
    if cannot_write(opened) or opened.box.thread is None or opened.card is None:
        return None
    return Writer(opened.code, opened.box.thread, opened.card)


def send(by: Writer, said: Saying, store: Callable[[Message], None]) -> None:
    """Seal and store; anew when another tab was quicker.

    Args:
        by: who writes.
        said: what.
        store: keeps it; committed when it returns.

    Raises:
        PausedByReporter: an answer, and the report is paused by now.
        DropboxError: what sealing and ``store`` raise.
    """
    thread, today = by.thread, here().today()
    for left in reversed(range(TRIES)):
        if said.kind in ANSWER_KINDS and thread.memo.hold:
            raise PausedByReporter
        try:
            store(sealing.seal_message(thread, by.card, said, today))
        except MailboxChanged:
            now = visit(by.code)
            if not left or now is None or now.box.thread is None:
                raise
            thread = now.box.thread
        else:
            return
