"""Traceable descriptions: words that point to one person without a name.

They are highlighted and never silently masked: only somebody who knows the organisation can say
whether "de enige vrouw in het team" is one of two or one of two hundred. Each comes with a
suggestion of how to say less (`description`). Which words begin one is in `traits`, what must stand
around them in `who` and `life`, how far it goes in `phrases`, days and hours are in `days`.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dropbox.export.detect import days, life, traits, who
from dropbox.export.detect.contact import small
from dropbox.export.detect.days import PART_OF_DAY
from dropbox.export.detect.description import (
    AGE_GROUP,
    FAMILY_OF_ROLE,
    HEALTH,
    LARGER_UNIT,
    LEAVE_OUT,
    ORIGIN,
    RELATION,
    SINCE,
    WORD,
    Found,
    Word,
)
from dropbox.export.span import QUASI, Span

__all__ = [
    "AGE_GROUP",
    "FAMILY_OF_ROLE",
    "HEALTH",
    "LARGER_UNIT",
    "LEAVE_OUT",
    "ORIGIN",
    "PART_OF_DAY",
    "RELATION",
    "SINCE",
    "found",
]


_KNOWN = re.compile(
    r"\b(?:die van (?:die|dat) [^.,;:!?\n]{3,40}|(?:iedereen|everybody|everyone|(?:de|het) hele \w+) (?:die dit leest |hier )?(?:weet|kent|herkent|knows)\b(?: (?:dan|meteen|direct|immediately|then))?(?: (?:wie|who|om wie|mij|me|hem|haar)\b)[^.,;:!?\n]{0,30}"
    r"|(?:grew up in|was raised in|niemand anders|nobody else|no one else|maar één persoon|er is er maar één|er zijn er maar (?:twee|drie)|there is only one|only one of us|één van de (?:twee|drie|weinige)|een van de (?:twee|drie|weinige)|one of (?:the )?(?:two|three|few)|als geen ander|de ene die|die ene|the one)\b[^.,;:!?\n]{3,60})"
)
_KNOWN_SIGNS = (
    "grew up",
    "opgegroeid in",
    "die van d",
    "weet",
    "kent",
    "knows",
    "niemand anders",
    "nobody else",
    "no one else",
    "maar één",
    "maar twee",
    "maar drie",
    "n van de ",
    "one of ",
    "die ene",
    "the one",
    "only one",
    "ene die",
    "geen ander",
)
_JUST_AGE = re.compile(
    r"\b(?:ben|is|was|am|he's|she's|i'm) (?:nu |bijna |al |pas |now |almost )?([1-7]\d)(?: jaar)?(?= en\b| and\b|[.,;!?\n]|$)|(?<=, )([2-7]\d)(?=, )|\(([2-7]\d)\)"
)


def found(text: str, units: tuple[str, ...] = ()) -> Iterator[Span]:
    """Yield traceable descriptions in a view's text.

    Args:
        text: of the view.
        units: names of the organisation's units: beside a role they point to few people.
    """
    low = small(text)
    before = earlier = ""
    for match in WORD.finditer(low):
        word = match[0]
        kind = traits.trait(word)
        if kind:
            what = _RULES[kind](Word(text, low, match, before, earlier))
            if what:
                yield _span(text, *what)
        earlier, before = before, word
    if any(sign in low for sign in _KNOWN_SIGNS):
        for match in _KNOWN.finditer(low):
            yield _span(text, *match.span(), "known for", LEAVE_OUT)
    for match in _JUST_AGE.finditer(low):
        yield _span(text, *match.span(), "age", AGE_GROUP)
    yield from days.found(low)
    if units:
        yield from _in_unit(text, units)


_RULES: dict[str, Callable[[Word], Found | None]] = {
    traits.ONE: who.only,
    traits.FIRST: who.first,
    traits.ROLE: who.role,
    traits.PERSON: who.person,
    traits.KIN: life.kin,
    traits.ILL: life.ill,
    traits.FAITH: life.faith,
    traits.LOOKS: life.looks,
    traits.EVENT: life.event,
    traits.THAT: life.that,
    traits.SINCE: life.since,
    traits.AGED: life.aged,
    traits.FORMER: who.former,
    traits.NOW: who.now,
    traits.HEIR: who.heir,
    traits.ROOTS: who.roots,
}


def _span(text: str, start: int, end: int, kind: str, suggestion: str) -> Span:
    return Span(*_trimmed(text, start, end), QUASI, kind, f"description: {kind}", 0.6, suggestion)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and (text[end - 1].isspace() or text[end - 1] in ".,"):
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


_STOPS = re.compile(r"[.!?\n]")


def _in_unit(text: str, units: tuple[str, ...]) -> Iterator[Span]:
    names = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text):
        lead = max(0, match.start() - 40)
        for word in WORD.finditer(text, lead, match.start()):
            if traits.is_role(word[0].lower()) and not _STOPS.search(
                text, word.end(), match.start()
            ):
                yield _span(text, word.start(), match.end(), "role and unit", LARGER_UNIT)
