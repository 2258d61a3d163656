"""Questions whether another channel may read a case, and what the reporter answered.

Pure. Invariants: an answer counts only for the reply that it names; who agreed once has
agreed, since a mailbox was made then that no later answer closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dropbox.protocol.payload import ANSWER_KINDS, Message, Reply


@dataclass(frozen=True)
class Transfer:
    """One question. Ids: the reply's envelope 32 bytes, its writer 8, the channel 32.

    ``answer`` is ``consent``, ``refusal``, or empty while there is none; ``answered`` is
    the day that the reporter's answer bears.
    """

    reply_id: bytes
    author: bytes
    channel_pk: bytes
    asked: date
    answer: str = ""
    answered: date | None = None


def found(
    replies: Iterable[tuple[bytes, bytes, Reply]], messages: Sequence[Message]
) -> tuple[Transfer, ...]:
    """Return the questions among replies, in their order.

    Args:
        replies: 32-byte envelope id, writer's 8-byte id and content of each.
        messages: the reporter's, in the thread's order.
    """
    return tuple(
        _one(reply_id, author, reply, reply.transfer, messages)
        for reply_id, author, reply in replies
        if reply.transfer is not None
    )


def _one(
    reply_id: bytes, author: bytes, reply: Reply, channel_pk: bytes, messages: Sequence[Message]
) -> Transfer:
    said = [each for each in messages if each.kind in ANSWER_KINDS and each.about == reply_id]
    agreed = [each for each in said if each.kind == "consent"]
    counts = next(iter(agreed or said[-1:]), None)
    if counts is None:
        return Transfer(reply_id, author, channel_pk, reply.day)
    return Transfer(reply_id, author, channel_pk, reply.day, counts.kind, counts.day)
