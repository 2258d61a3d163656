"""From what was typed to sealed envelopes, through the protocol's reporter side.

Owns who may read: the handlers on the channel's card with an intake key of today,
without those whom the reporter excluded; later messages only those who could read
the report. Invariant: nothing here is kept; keys and texts live as long as a call.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from dropbox.errors import N_, InputError, NoIntakeKey, NoReader
from dropbox.protocol import keys, reply_code, reporter
from dropbox.protocol.channel_card import CardHandler, ChannelCard
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import Message as SealedMessage
from dropbox.protocol.letter import OpenedReply, Recipient
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import MAX_COUNT, Memo, Message, Report


class PausedByReporter(InputError):
    """The reporter paused the report, so that nobody takes a step, and wants to answer."""

    text = N_("You paused your report. Resume it first, then answer this question.")
    status = 409


@dataclass(frozen=True)
class SealedReport:
    """A mailbox to open with a report in it, and the ten words that are its reply code."""

    words: list[str]
    sealed: NewMailbox

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a code."""
        return "SealedReport(…)"


def readers(card: ChannelCard, excluded: Collection[bytes], today: date) -> tuple[Recipient, ...]:
    """Return to whom a report is sealed.

    Raises:
        NoReader: nobody is left.
    """
    able = [_recipient(handler, today) for handler in card.handlers]
    left = tuple(found for found in able if found and found.handler_id not in excluded)
    if not left:
        raise NoReader
    return left


def _recipient(handler: CardHandler, today: date) -> Recipient | None:
    try:
        return Recipient(handler.handler_id, handler.intake_key(today))
    except NoIntakeKey:
        # The others on the card can still read; the card's owner is told by the commands.
        return None


def seal_report(card: ChannelCard, report: Report) -> SealedReport:
    """Seal a report under a fresh reply code.

    Args:
        card: the channel's card.
        report: what was typed; the protocol writes its recipients into it.

    Raises:
        NoReader: nobody is left who can read it.
        TextTooLong, FieldTooLong: it does not fit the format.
    """
    recipients = readers(card, report.excluded, report.day)
    key = reply_code.new_key()
    own = keys.reporter_keys(card.site_id, card.channel_pk, key)
    ids = tuple(recipient.handler_id for recipient in recipients)
    memo = Memo(day=report.day, recipients=ids, excluded=report.excluded, turn=report.turn)
    sealed = NewMailbox(
        lookup=keys.lookup(keys.token(card.site_id, key)),
        ed_pk=own.ed_pk,
        x_pk=own.x_pk,
        memo=reporter.seal_memo(own, memo),
        envelope=reporter.seal_report(own, recipients, report),
    )
    return SealedReport(reply_code.words(key, report.language), sealed)


def later_readers(memo: Memo, card: ChannelCard, today: date) -> tuple[Recipient, ...]:
    """Return to whom a later message is sealed: the report's readers who are still on the card.

    Raises:
        NoReader: nobody is left.
    """
    came_later = {handler.handler_id for handler in card.handlers} - set(memo.recipients)
    return readers(card, came_later | set(memo.excluded), today)


@dataclass(frozen=True)
class Thread:
    """What a later message stands on: token, keys, memo, the memo as it was sealed, next turn."""

    token: bytes = field(repr=False)
    own: keys.ReporterKeys
    memo: Memo
    sealed_memo: bytes
    turn: int


@dataclass(frozen=True)
class Saying:
    """What a reporter does in a mailbox: one of the kinds of `Message`, and its text.

    ``answers`` is the reply whose question a consent or refusal answers.
    """

    kind: str
    text: str = ""
    answers: OpenedReply | None = None


def seal_message(thread: Thread, card: ChannelCard, said: Saying, today: date) -> SealedMessage:
    """Seal what a reporter says to those who could read the report and still are here.

    Args:
        thread: the opened mailbox.
        card: the channel's current card.
        said: what; the text is empty for all but a message.
        today: the day that it carries.

    Raises:
        NoReader: nobody is left who can read it.
        TextTooLong: it does not fit the format.
    """
    memo = thread.memo
    recipients = later_readers(memo, card, today)
    message = Message(
        kind=said.kind,
        day=today,
        turn=thread.turn,
        number=min(memo.number + 1, MAX_COUNT),
        recipients=(),
        excluded=memo.excluded,
        text=said.text,
        hold=memo.hold if said.kind == "resume" else None,
        about=said.answers.envelope_id if said.answers else None,
    )
    envelope = reporter.seal_message(thread.own, recipients, message)
    return SealedMessage(
        token=thread.token,
        replaces=envelope_id(thread.sealed_memo),
        memo=reporter.seal_memo(thread.own, _next_memo(message, memo, envelope, said.answers)),
        envelope=envelope,
    )


def _next_memo(message: Message, memo: Memo, envelope: bytes, answers: OpenedReply | None) -> Memo:
    """Return the memo after a message. It changes with each, so that a hold does not stand out."""
    holds = {"hold": envelope_id(envelope), "resume": None}
    return replace(
        memo,
        hold=holds.get(message.kind, memo.hold),
        turn=message.turn,
        number=message.number,
        answered=max(memo.answered, answers.reply.turn if answers else 0),
    )
