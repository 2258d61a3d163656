"""One opening of a mailbox: from the ten typed words to what they open.

Invariant: nothing of a visit outlives its request; what it prints as is empty.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import g

from dropbox.errors import DropboxError
from dropbox.protocol import keys, mailbox_page, reply_code
from dropbox.protocol.channel_card import CardTooEarly, ChannelCard
from dropbox.protocol.mailbox_page import MailboxPage
from dropbox.reporter.letters import OpenMailbox, open_mailbox
from dropbox.site.context import here
from dropbox.site.speech import language

MOST_OLDER_PAGES = 99


@dataclass(frozen=True)
class Visit:
    """One opening of a mailbox: its code's key, what it holds, its channel's card if valid."""

    key: bytes
    box: OpenMailbox
    card: ChannelCard | None
    older: int

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a key."""
        return "Visit(…)"

    @property
    def code(self) -> str:
        """Return the reply code, for the page's own forms."""
        return " ".join(reply_code.words(self.key, language()))


def visit(typed: str, further: int = 0) -> Visit | None:
    """Open the mailbox of a code; None when no mailbox is there.

    Args:
        typed: the code.
        further: how many older pages to read beyond those that the reader asked for.

    Raises:
        UnknownWord, WrongWordCount, CodeCheckFailed: it is no code.
    """
    key = reply_code.parse(typed)
    site_id = here().config.site.site_id
    older = _older() + further
    pages = read_pages(keys.token(site_id, key), older)
    if not pages:
        return None
    box = open_mailbox(site_id, key, pages, here().today())
    return Visit(key, box, _card(pages[0].channel_pk), older)


def _older() -> int:
    """Return how many older pages the reader asked for."""
    asked = g.form.get("page", "0")
    return min(int(asked), MOST_OLDER_PAGES) if asked.isdecimal() and len(asked) < 3 else 0


def read_pages(token: bytes, older: int) -> list[MailboxPage]:
    """Read a mailbox's newest page and up to ``older`` more; nothing when no mailbox is there."""
    found: list[MailboxPage] = []
    for number in range(older + 1):
        page = mailbox_page.unpack(here().mailboxes.page(token, number))
        if page is None:
            return []
        found.append(page)
        if not page.more:
            break
    return found


def _card(channel_pk: bytes) -> ChannelCard | None:
    try:
        return here().mailboxes.channel(channel_pk, here().today())
    except CardTooEarly:
        raise  # our clock is wrong, on which every reply would look forged
    except DropboxError:
        # Without a card the mailbox can be read and withdrawn; the page says so.
        return None


def look_for_nothing() -> None:
    """Do for a code that fails its check what a code that opens nothing costs."""
    read_pages(secrets.token_bytes(keys.TOKEN_BYTES), 0)
