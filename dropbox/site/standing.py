"""How a report stands, on the mailbox page: in the reader's language, with its letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.reporter.letters import OpenMailbox, readable_from
from dropbox.reporter.standing import Phrase, standing
from dropbox.site.context import day
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language, ngettext
from dropbox.told import STATES


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
    found = standing(box, today)
    return Told(
        state=_words(found.state),
        outcome=_words(found.outcome) if found.outcome else "",
        owed=[_words(each) for each in found.owed],
        gaps=[_words(each) for each in found.gaps],
        letters=_letters(box),
    )


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


def _words(phrase: Phrase) -> str:
    if phrase.plural:
        return ngettext(phrase.text, phrase.plural, phrase.num)
    return _(phrase.text, day=day(phrase.day)) if phrase.day else _(phrase.text)
