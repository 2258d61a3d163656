"""How a report stands, in words: state, outcome, dates owed, and gaps.

Owns the sentences of the mailbox page. Holds no rule of the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.protocol import days
from dropbox.protocol.letter import OpenedReply
from dropbox.reporter.letters import OpenMailbox, readable_from
from dropbox.site.context import day
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language, ngettext
from dropbox.told import OUTCOMES, STATES


@dataclass(frozen=True)
class ShownLetter:
    """A reply as the page shows it: who wrote, when it may be read, the state, the text.

    ``name`` is its envelope id in hexadecimal.
    """

    name: str
    role: str
    day: date
    state: str
    text: str


@dataclass(frozen=True)
class Told:
    """All that the mailbox page says of a report, in words; what there is none of is empty."""

    state: str
    outcome: str
    owed: list[str]
    gaps: list[str]
    letters: list[ShownLetter]


def tell(box: OpenMailbox, today: date) -> Told:
    """Put an opened mailbox into words."""
    last = box.last
    return Told(_state(last), _outcome(last), _owed(box, today), _gaps(box), _letters(box))


def _letters(box: OpenMailbox) -> list[ShownLetter]:
    return [
        ShownLetter(
            name=one.envelope_id.hex(),
            role=one.handler.role[language()],
            day=readable_from(one),
            state=_(STATES[one.reply.state]),
            text=one.reply.text,
        )
        for one in box.shown
    ]


def _state(last: OpenedReply | None) -> str:
    if last is None:
        return _("There is no answer yet. Your report waits for its readers.")
    return _(STATES[last.reply.state])


def _outcome(last: OpenedReply | None) -> str:
    return _(OUTCOMES[last.reply.outcome]) if last and last.reply.outcome else ""


def _owed(box: OpenMailbox, today: date) -> list[str]:
    if box.memo is None:
        return []
    if box.memo.hold:
        return [_("The dates wait while your report is paused.")]
    return [_receipt(box, box.memo.day, today), _feedback(box, box.memo.day, today)]


def _receipt(box: OpenMailbox, filed: date, today: date) -> str:
    last_day = days.receipt_owed(filed)
    if box.receipt_given():
        return _("Receipt is confirmed.")
    if today <= last_day:
        return _("At the latest on %(day)s you read here that it was received.", day=day(last_day))
    return _("Receipt was owed on %(day)s. It has not come. That is not right.", day=day(last_day))


def _feedback(box: OpenMailbox, filed: date, today: date) -> str:
    last_day = days.feedback_owed(filed)
    if box.feedback_given():
        return _("You were told what is being done.")
    if today <= last_day:
        return _("At the latest on %(day)s you read here what was done.", day=day(last_day))
    return _(
        "You should have heard by %(day)s what was done. You can take another route.",
        day=day(last_day),
    )


def _gaps(box: OpenMailbox) -> list[str]:
    found = []
    if missing := box.missing():
        found.append(
            ngettext(
                "%(num)d earlier reply is missing here. Tell this in a message.",
                "%(num)d earlier replies are missing here. Tell this in a message.",
                missing,
            )
        )
    if unseen := box.unseen():
        found.append(
            ngettext(
                "%(num)d of your texts was not seen yet when the last reply was written.",
                "%(num)d of your texts were not seen yet when the last reply was written.",
                unseen,
            )
        )
    return found
