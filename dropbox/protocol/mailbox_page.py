"""The page on which the server answers a mailbox's token: always the same size.

Layout: ``found 1 · more 1 · frames (type 1 · length 4 · content) · end 1 · random fill``.
Invariant: unknown, empty and full mailboxes give `PAGE_BYTES` bytes alike; what is
not used is random, so that nothing is won by compressing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nacl.utils import random

from dropbox.errors import MalformedMailboxPage
from dropbox.protocol.padding import KIB

PAGE_BYTES = 32 * KIB
MAX_SENT = 128
"""A page names at most this many of the reporter's envelopes."""

REPLY_SPACE_BYTES = PAGE_BYTES - 2 * KIB - MAX_SENT * 37
"""Room for replies on a page, beside the memo and the names, bytes."""

FRAME_HEAD_BYTES = 5
_END, _MAILBOX, _MEMO, _REPLY, _SENT = range(5)
_MAILBOX_BYTES = 64


@dataclass(frozen=True)
class MailboxPage:
    """One page of a mailbox: ids of 32 bytes, memo and replies as envelopes, newest first.

    ``sent`` names the reporter's envelopes that the server still holds; ``more`` tells
    that older replies are on the next page.
    """

    channel_pk: bytes
    mailbox_id: bytes
    memo: bytes
    replies: tuple[bytes, ...]
    sent: tuple[bytes, ...]
    more: bool


def _frames(page: MailboxPage) -> Iterator[tuple[int, bytes]]:
    yield _MAILBOX, page.channel_pk + page.mailbox_id
    yield _MEMO, page.memo
    for reply in page.replies:
        yield _REPLY, reply
    for sent in page.sent:
        yield _SENT, sent


def _join(frames: Iterable[tuple[int, bytes]]) -> bytes:
    return b"".join(
        bytes((kind,)) + len(content).to_bytes(4, "big") + content for kind, content in frames
    )


def pack(page: MailboxPage | None) -> bytes:
    """Write a page, or the answer to an unknown token, as exactly `PAGE_BYTES` bytes.

    Raises:
        MalformedMailboxPage: it holds more than a page can.
    """
    head = bytes(2) if page is None else bytes((1, page.more))
    body = head + (b"" if page is None else _join(_frames(page))) + bytes((_END,))
    if len(body) > PAGE_BYTES:
        raise MalformedMailboxPage
    return body + random(PAGE_BYTES - len(body))


def unpack(data: bytes) -> MailboxPage | None:
    """Read a page; None stands for an unknown token.

    Raises:
        MalformedMailboxPage: it does not follow the format.
    """
    if len(data) != PAGE_BYTES or data[0] > 1 or data[1] > 1:
        raise MalformedMailboxPage
    if not data[0]:
        return None
    found: dict[int, list[bytes]] = {_MAILBOX: [], _MEMO: [], _REPLY: [], _SENT: []}
    at = 2
    while data[at] != _END:
        start = at + FRAME_HEAD_BYTES
        end = start + int.from_bytes(data[at + 1 : start], "big")
        if data[at] not in found or end >= PAGE_BYTES:
            raise MalformedMailboxPage
        found[data[at]].append(data[start:end])
        at = end
    return _page(found, bool(data[1]))


def _page(found: dict[int, list[bytes]], more: bool) -> MailboxPage:
    if len(found[_MAILBOX]) != 1 or len(found[_MEMO]) != 1:
        raise MalformedMailboxPage
    mailbox = found[_MAILBOX][0]
    if len(mailbox) != _MAILBOX_BYTES or any(len(name) != 32 for name in found[_SENT]):
        raise MalformedMailboxPage
    return MailboxPage(
        channel_pk=mailbox[:32],
        mailbox_id=mailbox[32:],
        memo=found[_MEMO][0],
        replies=tuple(found[_REPLY]),
        sent=tuple(found[_SENT]),
        more=more,
    )
