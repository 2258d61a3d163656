"""What the reporter will see of an answer: the mailbox's own words, days and template.

Pure. Invariant: it is in the reporter's language, whatever language the desk speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from dropbox.desk.cases import Case
from dropbox.desk.drafts import Draft
from dropbox.desk.replies import aftercare_texts, next_state
from dropbox.errors import N_
from dropbox.language import translator
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.days import add_months
from dropbox.told import OUTCOMES, STATES

ASKED = N_("May another channel read?")
WHO_READS = N_("Who can read:")
DECIDES = N_("Only you decide. You may also leave this question as it is.")
AGREES = N_("Read what that means and agree…")
REFUSES = N_("No, do not pass it on")
INSIDE, OUTSIDE = N_("Inside the organisation"), N_("Outside the organisation")
INDEPENDENT = N_("independent")
DEPENDENT = N_("not independent of the organisation")
"""The mailbox page's own words for a question: see ``templates/site/mailbox.html``."""


@dataclass(frozen=True)
class Question:
    """A question about another channel, as the mailbox shows it under a reply."""

    title: str
    name: str
    runs: str
    place: str
    reads: str
    decides: str
    buttons: tuple[str, str]


@dataclass(frozen=True)
class Letter:
    """One reply as the mailbox shows it. ``day`` is in words of the reporter's language."""

    role: str
    day: str
    state: str
    text: str


@dataclass(frozen=True)
class Preview:
    """All that changes in the mailbox: letters by day, and the lines under "how it stands"."""

    language: str
    state: str
    outcome: str
    now: Letter
    later: tuple[Letter, ...]


def question(card: ChannelCard, language: str) -> Question:
    """Return how the mailbox asks about a channel, by the card of it that this desk knows."""
    say, texts = translator(language).gettext, card.texts[language]
    where = say(OUTSIDE if card.external else INSIDE)
    return Question(
        title=say(ASKED),
        name=texts.name,
        runs=texts.runs,
        place=f"{where}, {say(INDEPENDENT if card.independent else DEPENDENT)}",
        reads=f"{say(WHO_READS)} {texts.reads}",
        decides=say(DECIDES),
        buttons=(say(AGREES), say(REFUSES)),
    )


def later_texts(draft: Draft, case: Case) -> dict[int, str]:
    """Return the aftercare texts of a draft, by months; nothing where none are to be sent."""
    usual = aftercare_texts(case.report.language)
    return {months: draft.later[str(months)] for months in usual if str(months) in draft.later}


def of(draft: Draft, case: Case, role: dict[str, str], today: date) -> Preview:
    """Return what the reporter will see of a draft.

    Args:
        draft: what would be sent.
        case: in which it would be.
        role: the writer's role per language, as on the card.
        today: the day of writing.
    """
    language, standing = case.report.language, case.standing()
    say = translator(language).gettext
    state = draft.state or next_state(standing)
    # Where a colleague closed it meanwhile, what was to be a closing is one more answer.
    closing = draft.state == "closed" and standing.state != "closed"
    outcome = draft.outcome if closing else standing.outcome if state == "closed" else ""

    def letter(text: str, day: date) -> Letter:
        words = format_date(day, "d MMMM y", locale=language)
        return Letter(role[language], words, say(STATES[state]), "\n".join(text.splitlines()))

    later = later_texts(draft, case).items() if closing else ()
    return Preview(
        language=language,
        state=say(STATES[state]),
        outcome=say(OUTCOMES[outcome]) if outcome else "",
        now=letter(draft.text, today),
        later=tuple(letter(text, add_months(today, months)) for months, text in later),
    )
