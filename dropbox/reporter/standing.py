"""How a report stands: which sentences an opened mailbox asks for, in no language yet.

Owns which sentence is true; the site and the client each say it in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.errors import N_, NoReader
from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import OpenedReply
from dropbox.reporter import sealing
from dropbox.reporter.letters import OpenMailbox
from dropbox.told import OUTCOMES, STATES

CHANNEL_CLOSED = N_("This channel cannot receive anything at this moment. Try again later.")


@dataclass(frozen=True)
class Phrase:
    """A sentence of the catalogue: with the day that it names, or the count and its plural."""

    text: str
    day: date | None = None
    plural: str = ""
    num: int = 0


@dataclass(frozen=True)
class Standing:
    """What is said of a report: its state, the outcome if any, dates owed, and gaps."""

    state: Phrase
    outcome: Phrase | None
    owed: tuple[Phrase, ...]
    gaps: tuple[Phrase, ...]


def lazy_ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark two forms for the catalogue and return them unchanged."""
    return one, many


_MISSING = lazy_ngettext(
    "%(num)d earlier reply is missing here. Tell this in a message.",
    "%(num)d earlier replies are missing here. Tell this in a message.",
)
_UNSEEN = lazy_ngettext(
    "%(num)d of your texts was not seen yet when the last reply was written.",
    "%(num)d of your texts were not seen yet when the last reply was written.",
)
_UNOPENED = lazy_ngettext(
    "%(num)d reply does not open. It may be damaged or forged. Tell this in a message.",
    "%(num)d replies do not open. They may be damaged or forged. Tell this in a message.",
)


def standing(box: OpenMailbox, today: date) -> Standing:
    """Return what is to be said of an opened mailbox today."""
    last = box.last
    return Standing(_state(last), _outcome(last), _owed(box, today), _gaps(box))


def unopened(box: OpenMailbox) -> Phrase | None:
    """Return what is to be said of replies that do not open, if there are any."""
    return _counted(_UNOPENED, box.unopened) if box.unopened else None


def cannot_write(box: OpenMailbox, card: ChannelCard | None, today: date) -> str:
    """Return why no message can be sent, in English, or nothing."""
    if card is None:
        return CHANNEL_CLOSED
    if box.thread is None:
        return N_("Part of your mailbox is damaged. You can read and withdraw, but not write.")
    try:
        sealing.later_readers(box.thread.memo, card, today)
    except NoReader:
        return N_(
            "The people who read your report do not work for this channel any more. "
            "Make a new report."
        )
    return ""


def _state(last: OpenedReply | None) -> Phrase:
    if last is None:
        return Phrase(N_("There is no answer yet. Your report waits for its readers."))
    return Phrase(STATES[last.reply.state])


def _outcome(last: OpenedReply | None) -> Phrase | None:
    return Phrase(OUTCOMES[last.reply.outcome]) if last and last.reply.outcome else None


def _owed(box: OpenMailbox, today: date) -> tuple[Phrase, ...]:
    if box.memo is None:
        return ()
    if box.memo.hold:
        return (Phrase(N_("The dates wait while your report is paused.")),)
    return _receipt(box, box.memo.day, today), _feedback(box, box.memo.day, today)


def _receipt(box: OpenMailbox, filed: date, today: date) -> Phrase:
    last_day = days.receipt_owed(filed)
    if box.receipt_given():
        return Phrase(N_("Receipt is confirmed."))
    if today <= last_day:
        return Phrase(N_("At the latest on %(day)s you read here that it was received."), last_day)
    return Phrase(N_("Receipt was owed on %(day)s. It has not come. That is not right."), last_day)


def _feedback(box: OpenMailbox, filed: date, today: date) -> Phrase:
    last_day = days.feedback_owed(filed)
    if box.feedback_given():
        return Phrase(N_("You were told what is being done."))
    if today <= last_day:
        return Phrase(N_("At the latest on %(day)s you read here what was done."), last_day)
    return Phrase(
        N_("You should have heard by %(day)s what was done. You can take another route."),
        last_day,
    )


def _gaps(box: OpenMailbox) -> tuple[Phrase, ...]:
    found = ((_MISSING, box.missing()), (_UNSEEN, box.unseen()))
    return tuple(_counted(forms, count) for forms, count in found if count)


def _counted(forms: tuple[str, str], count: int) -> Phrase:
    one, many = forms
    return Phrase(one, plural=many, num=count)
