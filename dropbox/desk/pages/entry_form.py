"""The form for what came another way: what it offers, and what was filled in.

Pure. Invariant: a code that the site does not have is no choice, whatever was posted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from dropbox.desk import intake, words
from dropbox.desk.entering import EntryDraft
from dropbox.desk.pages import present
from dropbox.desk.pages.present import Labels
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import language
from dropbox.language import LANGUAGES
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.days import add_months, quarter
from dropbox.protocol.payload import MAX_CONTACT_CHARACTERS, MAX_NAME_CHARACTERS, MODES, YES_NO

QUARTERS = 8
EARLIER = "earlier"
_MONTHS_A_QUARTER = 3
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Colleague:
    """Another handler on the card: id in hexadecimal, and role."""

    code: str
    role: str


def choices(labels: Labels, draft: EntryDraft, today: date) -> dict[str, Pairs]:
    """Return what each field offers: code and words.

    Args:
        labels: the site's.
        draft: whose own codes are offered too, so that none is lost by looking.
        today: decides which quarters are offered.
    """
    back = [quarter(add_months(today, -_MONTHS_A_QUARTER * each)) for each in range(QUARTERS)]
    if draft.period and draft.period not in (*back, EARLIER):
        back.append(draft.period)
    return {
        "origin": [(code, present.came_by(code)) for code in intake.ORIGINS],
        "mode": [(code, _(words.MODES[code])) for code in MODES],
        "language": [(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
        "conduct": _labelled(labels, "conduct"),
        "grounds": _labelled(labels, "grounds"),
        "units": _labelled(labels, "units"),
        "period": [*((code, code) for code in back), (EARLIER, _("earlier"))],
        "answer": [(code, _(said)) for code, said in words.ANSWERS.items()],
    }


def _labelled(labels: Labels, taxonomy: str) -> Pairs:
    return [(code, present.label(labels, taxonomy, code)) for code in labels.get(taxonomy, {})]


def colleagues(card: ChannelCard, own_id: bytes) -> list[Colleague]:
    """Return who else is on the card, and so can be left out."""
    return [
        Colleague(each.handler_id.hex(), dict(each.role)[language()])
        for each in card.handlers
        if each.handler_id != own_id
    ]


def read(
    form: MultiDict[str, str], before: EntryDraft, labels: Labels, card: ChannelCard
) -> EntryDraft:
    """Return the draft that a form makes of the one before.

    Args:
        form: what was posted.
        before: whose decisions about names stay, see `entering.save`.
        labels: the site's; codes that are not among them are no choice.
        card: whose handlers can be left out.
    """

    def one(name: str, allowed: Mapping[str, object] | tuple[str, ...], otherwise: str) -> str:
        found = form.get(name, "")
        return found if found in allowed else otherwise

    def codes(name: str) -> tuple[str, ...]:
        given = set(form.getlist(name))
        return tuple(code for code in labels.get(name, {}) if code in given)

    def line(name: str, most: int) -> str:
        return " ".join(form.get(name, "").split())[:most]

    mode = one("mode", MODES, MODES[0])
    excluded = set(form.getlist("excluded"))
    return replace(
        before,
        text="\n".join(form.get("text", "").splitlines()),
        origin=one("origin", intake.ORIGINS, before.origin),
        people=line("people", 40),
        mode=mode,
        language=one("language", LANGUAGES, before.language),
        name=line("name", MAX_NAME_CHARACTERS),
        contact=line("contact", MAX_CONTACT_CHARACTERS),
        conduct=codes("conduct"),
        grounds=codes("grounds"),
        unit=one("unit", labels.get("units", {}), ""),
        period=form.get("period", "")[:10],
        works_with_subject=one("works_with_subject", YES_NO, ""),
        supporter=one("supporter", YES_NO, ""),
        excluded=tuple(
            each.handler_id for each in card.handlers if each.handler_id.hex() in excluded
        ),
    )
