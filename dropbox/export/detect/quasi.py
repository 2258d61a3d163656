"""Traceable descriptions: words that point to one person without a name.

They are highlighted and never silently masked: only somebody who knows the organisation can say
whether "de enige vrouw in het team" is one of two or one of two hundred. Each comes with a
suggestion of how to say less.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.errors import N_
from dropbox.export.span import QUASI, Span
from dropbox.export.words import (
    ILLNESS,
    ONLY,
    PEOPLES,
    PERSONS,
    POSSESSIVES,
    RELATIVES,
    ROLE_ENDINGS,
)

LEAVE_OUT = N_("leave out, or say what happened without saying to whom")
FAMILY_OF_ROLE = N_("name the family of roles instead, such as: an employee, a manager")
LARGER_UNIT = N_("name the larger unit instead: the directorate")
AGE_GROUP = N_("say an age group instead, or leave out")
RELATION = N_("say: a relative")
HEALTH = N_("leave out, or say: because of health")
ORIGIN = N_("say the group without the role, or the role without the group")
PART_OF_DAY = N_("say the part of the day, or leave out")
SINCE = N_("say: for some time")

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december",
    "january february march april may june july august september october november december",
    "jan feb mrt apr mei jun jul aug sep okt nov dec",
)
_MONTH = "|".join(sorted({name for row in _MONTHS for name in row.split()}, key=len, reverse=True))
_NUMBER = {name: place + 1 for row in _MONTHS for place, name in enumerate(row.split())}


_COUNT = (
    r"(?:\d{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|vijftien|twintig|vijfentwintig|dertig|veertig|anderhalf|"
    r"two|three|five|ten|fifteen|twenty|thirty)"
)

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEAD = re.compile(
    r"(?:(?<!\w)(?:de|het|een|onze|mijn|jullie|hun|die|dat|zijn|haar|als|the|our|my|their|his|her|a|an) )?(?:(?<!\w)[\w-]{2,20} )?$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?<!\w)(?:de|het|een|onze|mijn|die|the|our|my|as the|als) $", re.IGNORECASE)
_HAS_ARTICLE = re.compile(
    r"(?:de|het|een|onze|mijn|jullie|hun|die|dat|als|the|our|my|their|a|an) ", re.IGNORECASE
)
_NO_ONE = re.compile(
    r" (?:manier|reden|keer|optie|mogelijkheid|oplossing|vraag|wat|dat|ding|verschil|way|reason|time|option|thing|question|then|when|if|after)\b"
)
_REST = re.compile(r"[^.,;:!?\n]{3,70}")
_SINCE = re.compile(r",? (?:sinds|vanaf|since)\b[^.,;:!?\n]{2,40}", re.IGNORECASE)
_OF_UNIT = re.compile(
    r" (?:[a-zà-ÿ]+ )?(?:van|bij|in|voor|op|of|at|for)(?: (?:de|het|ons|onze|team|the|our|afdeling))* "
    r"(?=[A-Z\d]|directie|programma|onze|afdeling|team|unit|cluster|department)[^.,;:!?()\n]{2,60}?"
    r"(?=[.,;:!?()\n]|$| (?:die|dat|heeft|is|en|was|had|zei|who|has|and|said|ben|am)\b)"
)
_TITLED_UNIT = re.compile(r" (?:[A-Z][\w-]+ ?){1,4}")
_WHO = re.compile(r"(?: \w+){0,2} (?:die|who|that)\b[^.,;:!?\n]{3,50}", re.IGNORECASE)
_FROM = re.compile(
    r" (?:uit|met|die|who|from|with)\b(?! (?:mij|me|ons|hem|haar)\b)[^.,;:!?\n]{3,50}",
    re.IGNORECASE,
)
_THERE = re.compile(r" \w+ (?:daar|hier|there|here)\b|" + _REST.pattern, re.IGNORECASE)
_PLACE = re.compile(r" (?:van|in|bij|op|of|at|on) [^.,;:!?\n]{2,40}")

_RULES: tuple[tuple[str, str, str], ...] = (
    ("former life", r"\b(?:oud|ex|voormalig|former)[- ][a-zà-ÿ]{4,}(?: (?:van|bij|of|at) (?:de |het |the )?(?:team |afdeling )?[^\s.,;:!?]+(?: [A-Z]\w+)?)?", LEAVE_OUT),
    ("known for", r"\b(?:die van (?:die|dat|de|het) [^.,;:!?\n]{3,40}|(?:iedereen|everybody|everyone) (?:die dit leest )?(?:weet|knows) (?:dan )?(?:wie|who)[^.,;:!?\n]{0,30})", LEAVE_OUT),
    ("length of service", rf"\b(?:al|reeds|sinds|ruim|bijna|meer dan|for|almost|over|more than) {_COUNT} (?:jaar|years)\b(?: (?:in dienst|werkzaam|lang|bij \S+))?", SINCE),
    ("since", rf"\b(?:sinds|vanaf|since) (?:(?:\d{{1,2}} )?(?:{_MONTH})(?: \d{{4}})?\b|(?:19|20)\d\d\b)", SINCE),
    ("age", r"\b\d{2}(?:-jarige\b| jaar (?:oud|jong)\b| years? old\b|-year-old\b)|\b(?:ben|is|was|am) (?:nu |bijna |al )?[1-7]\d(?: jaar)?(?= en\b|[.,])|\b[a-z]{3,12}(?:tig|tien)(?:-?jarige| jaar oud)\b", AGE_GROUP),
    ("family", r"\b(?:alleenstaande|single|gescheiden) (?:moeder|vader|mother|father)\b|\b(?:weduwe|weduwnaar|widow)\b", RELATION),
)  # fmt: skip
_COMPILED = tuple(
    (kind, re.compile(pattern, re.IGNORECASE), text) for kind, pattern, text in _RULES
)

_STOPS = re.compile(r"[.!?\n]")
_DAY = re.compile(
    rf"(?i)\b(\d{{1,2}})(?:e|ste|de|th|st|nd|rd)?(?: of)? ({_MONTH})\b\.?(?:,? (\d{{4}}))?|\b({_MONTH}) (\d{{1,2}})(?:th|st|nd|rd)?\b(?:,? (\d{{4}}))?|\b(\d{{1,2}})[-/](\d{{1,2}})(?:[-/](\d{{4}}|\d{{2}}))?\b(?![-/\d])"
)
_HOUR = re.compile(
    r"(?i)\b(?:om|rond|tegen|voor|na|at|around|before|after) (?:\d{1,2}[:.]\d{2}(?: ?uur| ?u)?|\d{1,2} ?(?:uur|u\b|am\b|pm\b)|half \w+|kwart (?:voor|over) \w+)|\b\d{1,2}[:.]\d{2} ?(?:uur|u\b|am\b|pm\b)"
)


def found(text: str, units: tuple[str, ...] = ()) -> Iterator[Span]:
    """Yield traceable descriptions in a view's text.

    Args:
        text: of the view.
        units: names of the organisation's units: beside a role they point to few people.
    """
    yield from _by_word(text)
    for kind, pattern, suggestion in _COMPILED:
        for match in pattern.finditer(text):
            yield _span(text, *match.span(), kind, suggestion)
    for match in _DAY.finditer(text):
        suggestion = quarter(match)
        if suggestion:
            yield _span(text, *match.span(), "date", suggestion)
    for match in _HOUR.finditer(text):
        yield Span(*match.span(), QUASI, "time", "description: time", 0.5, PART_OF_DAY)
    if units:
        yield from _in_unit(text, units)


def _by_word(text: str) -> Iterator[Span]:
    """Yield descriptions that hang on one word: a role, a person, "enige", a relative, an illness."""
    before = ""
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word in ONLY or (word == "eerste" and before in {"de", "als"}):
            yield from _only(text, match)
        elif word in ILLNESS:
            yield _span(text, *match.span(), "health", HEALTH)
        elif word in RELATIVES and before in POSSESSIVES:
            start = text.rfind(" ", 0, max(0, match.start() - 1)) + 1
            yield _span(text, start, match.end(), "family", RELATION)
        elif word.endswith(ROLE_ENDINGS):
            yield from _role(text, match, before)
        if word in PERSONS:
            yield from _person(text, match, before)
        before = word


def _only(text: str, match: re.Match[str]) -> Iterator[Span]:
    """Yield "de enige …", with its article and up to the next stop."""
    if _NO_ONE.match(text, match.end()):
        return
    rest = _THERE.match(text, match.end())
    lead = _ARTICLE.search(text, max(0, match.start() - 12), match.start())
    if rest and (lead or match[0].lower() != "only"):
        yield _span(
            text, lead.start() if lead else match.start(), rest.end(), "only one", LEAVE_OUT
        )


def _role(text: str, match: re.Match[str], before: str) -> Iterator[Span]:
    """Yield a role with what makes it one person's: since when, where, who."""
    end = match.end()
    start = _start(text, match.start())
    for kind, rest, suggestion in (
        ("role and since", _SINCE, SINCE),
        ("role and unit", _OF_UNIT, LARGER_UNIT),
        ("role and unit", _TITLED_UNIT, LARGER_UNIT),
        ("role and more", _WHO, FAMILY_OF_ROLE),
    ):
        found_rest = rest.match(text, end)
        if found_rest:
            yield _span(text, start, found_rest.end(), kind, suggestion)
            return
    if before in PEOPLES:
        yield _span(text, start, end, "people and role", ORIGIN)


def _person(text: str, match: re.Match[str], before: str) -> Iterator[Span]:
    """Yield a person with where from, with what, or of which people."""
    start = _start(text, match.start())
    rest = _FROM.match(text, match.end())
    if rest and start < match.start():
        yield _span(text, start, rest.end(), "person and more", LEAVE_OUT)
    elif before in PEOPLES:
        place = _PLACE.match(text, match.end())
        yield _span(text, start, place.end() if place else match.end(), "people and role", ORIGIN)


def _start(text: str, start: int) -> int:
    """Return where the article and one word before a role begin, when there is an article."""
    lead = _LEAD.search(text, max(0, start - 32), start)
    return lead.start() if lead and _HAS_ARTICLE.match(lead[0]) else start


def _span(text: str, start: int, end: int, kind: str, suggestion: str) -> Span:
    return Span(*_trimmed(text, start, end), QUASI, kind, f"description: {kind}", 0.6, suggestion)


def quarter(match: re.Match[str]) -> str:
    """Return the quarter of a day that was found, such as ``Q1 2024``; nothing for no day."""
    day, name, year, name_first, day_after, year_after, number, month, year_number = match.groups()
    if number is not None:
        at, given, that_day = int(month), year_number, int(number)
    else:
        at = _NUMBER[(name or name_first).lower()]
        given, that_day = year or year_after, int(day or day_after)
    if not (1 <= at <= 12 and 1 <= that_day <= 31):
        return ""
    full = f" 20{given}" if given and len(given) == 2 else f" {given}" if given else ""
    return f"Q{(at + 2) // 3}{full}"


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and (text[end - 1].isspace() or text[end - 1] == "."):
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _in_unit(text: str, units: tuple[str, ...]) -> Iterator[Span]:
    names = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text):
        lead = max(0, match.start() - 40)
        for word in _WORD.finditer(text, lead, match.start()):
            if word[0].lower().endswith(ROLE_ENDINGS) and not _STOPS.search(
                text, word.end(), match.start()
            ):
                yield _span(text, word.start(), match.end(), "role and unit", LARGER_UNIT)
