"""A handler's question whether another channel may read: who would, and whether it is answered.

Owns what of a reply the mailbox page and the consent page show. Invariant: the other
channel's words come from its own card on this site, never from who asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from dropbox.errors import CardExpired, UnknownChannel
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import OpenedReply
from dropbox.reporter.letters import OpenMailbox
from dropbox.site.context import here


@dataclass(frozen=True)
class Question:
    """One reply that asks; ``card`` is None while that channel can receive nothing."""

    opened: OpenedReply
    card: ChannelCard | None
    answered: bool

    @property
    def name(self) -> str:
        """Return what names it in a form: its envelope id in hexadecimal."""
        return self.opened.envelope_id.hex()

    @property
    def text(self) -> str:
        """Return what the handler wrote."""
        return self.opened.reply.text


def questions(box: OpenMailbox) -> dict[str, Question]:
    """Return what is asked in the replies that may be read today, by `Question.name`."""
    found = {}
    for one in box.shown:
        if one.reply.transfer in (None, box.own.channel_pk):
            continue
        answered = box.memo is not None and one.reply.turn <= box.memo.answered
        question = Question(one, _card(one.reply.transfer), answered)
        found[question.name] = question
    return found


def _card(channel_pk: bytes | None) -> ChannelCard | None:
    try:
        return here().mailboxes.channel(channel_pk or b"", here().today())
    except (UnknownChannel, CardExpired):
        return None
