"""One page of a mailbox, as whoever holds its token may read it.

Invariant: an unknown, an empty and a full mailbox cost the same statements.
"""

from __future__ import annotations

from dropbox.protocol import keys, mailbox_page
from dropbox.protocol.envelope import Direction
from dropbox.protocol.mailbox_page import MailboxPage
from dropbox.store import Tables

_NOBODY = bytes(32)
"""Looked for in the place of an unknown mailbox; no hash gives it."""

_READS_PER_PAGE = 8
"""More replies than this never fit on one page: the smallest is over 4 KiB."""


def read(tables: Tables, token: bytes, number: int) -> MailboxPage | None:
    """Return one page of the mailbox that a token reads, or None where there is none.

    Args:
        tables: of the site.
        token: 32 raw bytes, derived from the reply code.
        number: 0 for the newest replies, 1 for those before, and so on.
    """
    mailbox = tables.mailboxes.with_lookup(keys.lookup(token))
    mailbox_id = mailbox.id if mailbox else _NOBODY
    sent = tables.envelopes.held(mailbox_id, Direction.TO_HANDLERS)
    sizes = tables.envelopes.sizes(mailbox_id, Direction.TO_REPORTER)
    pages = _paginate(sizes)
    wanted = pages[number] if 0 <= number < len(pages) else []
    filler = [_NOBODY] * (_READS_PER_PAGE - len(wanted))
    bodies = tables.envelopes.bodies(wanted + filler)
    if mailbox is None:
        return None
    return MailboxPage(
        channel_pk=mailbox.channel_pk,
        mailbox_id=mailbox.id,
        memo=mailbox.memo,
        replies=tuple(bodies[reply_id] for reply_id in wanted),
        sent=tuple(sent),
        more=number + 1 < len(pages),
    )


def _paginate(sizes: list[tuple[bytes, int]]) -> list[list[bytes]]:
    """Spread replies over pages, newest first; there is always a first page."""
    pages: list[list[bytes]] = [[]]
    left = mailbox_page.REPLY_SPACE_BYTES
    for reply_id, size in sizes:
        needed = size + mailbox_page.FRAME_HEAD_BYTES
        if needed > left:
            pages.append([])
            left = mailbox_page.REPLY_SPACE_BYTES
        pages[-1].append(reply_id)
        left -= needed
    return pages
