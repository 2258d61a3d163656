"""One opening of a mailbox with its reply code, on the reporter's own machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.client.cards import Cards
from dropbox.client.site import Site
from dropbox.errors import MalformedMailboxPage, UnknownMailbox
from dropbox.protocol import keys
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import OpenedReply
from dropbox.protocol.mailbox_page import MailboxPage
from dropbox.reporter.letters import OpenMailbox, open_mailbox

MOST_OLDER_PAGES = 99


@dataclass(frozen=True)
class Question:
    """A reply that asks whether another channel may read; its card if there is one."""

    opened: OpenedReply
    card: ChannelCard | None
    answered: bool


@dataclass(frozen=True)
class Visit:
    """An opened mailbox, its code's 16-byte key, and the site's cards."""

    key: bytes
    box: OpenMailbox
    cards: Cards
    older: int

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a key."""
        return "Visit(…)"

    @property
    def card(self) -> ChannelCard | None:
        """Return the channel's card, or None where it has no valid one."""
        return self.cards.of(self.box.own.channel_pk)

    def questions(self) -> list[Question]:
        """Return what is asked in the replies that may be read today, newest first."""
        memo = self.box.memo
        return [
            Question(
                one,
                self.cards.of(one.reply.transfer),
                memo is not None and one.reply.turn <= memo.answered,
            )
            for one in self.box.shown
            if one.reply.transfer is not None and one.reply.transfer != self.box.own.channel_pk
        ]


def visit(site: Site, cards: Cards, key: bytes, today: date, older: int = 0) -> Visit:
    """Open the mailbox of a reply code's 16-byte key, with up to ``older`` older pages.

    Raises:
        UnknownMailbox: there is none.
        DropboxError: what `Site.page` raises.
    """
    token = keys.token(cards.site_id, key)
    pages: list[MailboxPage] = []
    for number in range(min(older, MOST_OLDER_PAGES) + 1):
        page = site.page(token, number)
        if page is None:
            raise UnknownMailbox
        if pages and page.channel_pk != pages[0].channel_pk:
            raise MalformedMailboxPage
        pages.append(page)
        if not page.more:
            break
    return Visit(key, open_mailbox(cards.site_id, key, pages, today), cards, older)
