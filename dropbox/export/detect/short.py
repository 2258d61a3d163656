"""Evidence of short names: letters in chat, first names cut by a point, surnames after "Op 't".

What is short is in no list, and much of it is a short form of something else: each is taken only
where a person stands.
"""

from __future__ import annotations

import re

from dropbox.export.detect.standing import before, is_verb
from dropbox.export.detect.tokens import Token
from dropbox.export.lexicon import BOTH, COMMON_EN, COMMON_NL, EN, FIRST, LAST, PREFIXED, SAFE
from dropbox.export.words import (
    ABBREVIATED,
    ACRONYMS,
    ADDRESSED,
    CALENDAR,
    CHAT,
    CLOSINGS,
    DETERMINERS,
    FIELDS,
    GREETINGS,
    MEASURES,
    NO_SPEAKER,
    NO_SURNAME,
    PARTICLES,
    PERSON_VERBS,
    ROLES,
    SHORT_DATES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

LONGEST_CODE = 3
"""Letters of a person in chat, at most: "gj", "kl"."""
LONGEST_CUT = 4
"""Letters that are left of a first name before its point, at most."""

LONGEST_LEAD = 6
"""Letters of a particle that is a first name as well, at most: Abdel."""

_PARTICLED = re.compile(r"[a-z](?:v|vd|d)[a-z]")
_ADVERBS = frozenset(
    {"altijd", "daarentegen", "dus", "nooit", "ook", "wordt", "zelf", "waren", "who"}
)
_DOES = (PERSON_VERBS | SPEECH) - _ADVERBS
_SPEAKS = SPEECH - {
    "heeft",
    "had",
    "has",
    "ging",
    "stelt",
    "stelde",
    "vindt",
    "weigert",
    "heet",
    "calls",
}
_PRONOUNS = frozenset({"i", "u", "o"})
_WITH = frozenset(
    {"met", "tegen", "volgens", "namens", "zei", "zegt", "collega", "van", "bij", "aan", "door"}
    | {"naar", "naast", "tussen", "over", "with", "told", "asked", "paraaf", "behalve", "zonder"}
)
_LEADS = _WITH | ROLES | SPEECH
_ABBREVIATIONS = ABBREVIATED | ACRONYMS | CALENDAR | SHORT_DATES | MEASURES | NO_SPEAKER | FIELDS
_NO_CUT = (
    _ABBREVIATIONS | TITLES | ROLES | GREETINGS | CLOSINGS | ADDRESSED | PARTICLES | NO_SURNAME
)
_NO_CODE = (_ABBREVIATIONS - MEASURES) | CHAT | PARTICLES | TITLES | GREETINGS | CLOSINGS
_LETTERED_TITLES = frozenset({"dr", "mr", "ms", "st"})
_LED_BY = {
    "van": None,
    "ter": None,
    "ten": None,
    "von": None,
    "op": {"t", "'t", "den", "der", "ten"},
    "in": {"t", "'t", "den", "der"},
    "aan": {"t", "'t", "den", "der"},
    "uit": {"t", "'t", "den", "der"},
}


def mark(found: list[Token]) -> None:
    """Set `name` on short words that stand where a person does."""
    for place, token in enumerate(found):
        size = len(token.key)
        if token.name or size > LONGEST_LEAD:
            continue
        if token.capital and token.key in PARTICLES and _leads_letter(found, place):
            token.take("before a letter")
        if size > LONGEST_CUT:
            continue
        if token.capital and token.cased and not token.upper and _is_cut(found, place):
            token.take("cut short")
        elif not token.capital and 1 < size <= LONGEST_CUT and _is_code(found, place):
            token.take("letters in chat")
        elif size == 1 and (_is_letter(found, place) or _leads_plain(found, place)):
            token.take("a letter that speaks")


def _is_cut(found: list[Token], place: int) -> bool:
    """Tell whether a first name was cut short by a point: "Sh. is ziek", "Gé of Tj.; ook"."""
    token = found[place]
    after = found[place + 1] if place + 1 < len(found) else None
    if after is None or not after.gap.startswith(".") or len(after.gap) == 1:
        return False
    if len(token.key) == 1:
        return token.first and after.gap == ". " and not after.capital and is_verb(after)
    if token.key in _NO_CUT or (token.flags & (COMMON_NL | COMMON_EN) and not token.flags & FIRST):
        return False
    closes = after.gap[1] in ",;:)"
    return closes or (after.gap in {". ", ". ("} and not after.capital and token.mode == 0)


def _leads_letter(found: list[Token], place: int) -> bool:
    """Tell whether a particle that is a first name stands before a letter: "Abdel O. zei"."""
    token = found[place]
    if not token.flags & FIRST or token.upper or place + 2 >= len(found):
        return False
    letter, after = found[place + 1], found[place + 2]
    alone = len(letter.key) == 1 and letter.capital and letter.gap == " "
    return alone and after.gap.startswith(".") and len(token.key) > LONGEST_CODE


def _is_letter(found: list[Token], place: int) -> bool:
    """Tell whether a capital by itself speaks: "R zei dat het mocht"; "U" and "I" say who reads."""
    token = found[place]
    if not token.capital or token.key in _PRONOUNS or token.gap[-1:] not in {"", " ", "\n"}:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    speaks = after is not None and after.gap == " " and after.key in _SPEAKS
    led = before(found, place)
    return speaks and led not in UNIT_CUES and led not in DETERMINERS and not led.endswith("ie")


def _leads_plain(found: list[Token], place: int) -> bool:
    """Take a surname after "v" or "v d" in chat: "v dam zei", "rob v d meer"; tell whether so."""
    at = place + 1
    if (
        found[place].key != "v"
        or found[place].capital
        or found[place].gap[-1:] not in {"", " ", "\n"}
    ):
        return False
    while at < min(len(found), place + 3) and found[at].key in {"d", "de", "den", "der", "t"}:
        at += 1
    if at >= len(found) or any(each.gap not in {" ", "."} for each in found[place + 1 : at + 1]):
        return False
    token = found[at]
    plain = token.flags & (COMMON_NL | COMMON_EN) and not token.flags & (BOTH | PREFIXED)
    if not token.flags & LAST or plain or token.key in ROLES:
        return False
    if token.key in NO_SURNAME and at == place + 1:
        return False
    for each in found[place + 1 : at + 1]:
        each.take("surname")
    return True


def _is_code(found: list[Token], place: int) -> bool:
    """Tell whether letters that are no word are a person in chat: "gj staat weer", "met kl"."""
    token = found[place]
    particled = bool(_PARTICLED.fullmatch(token.key))
    if len(token.key) > LONGEST_CODE and not particled:
        return False
    odd = token.flags == EN and token.dutch and len(token.key) == 2
    if (token.flags and not odd) or token.key in _NO_CODE or token.gap[-1:] not in {"", " ", "\n"}:
        return False
    if token.gap.rstrip()[-1:].isdigit():
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    if (
        after is not None
        and after.gap[:1] in {".", "-", "/", "_", "@", "&"}
        and after.gap[1:] == ""
    ):
        return False
    if after is not None and any(map(str.isdigit, after.gap)) and not after.line:
        return False
    led = before(found, place)
    if led in DETERMINERS or led in UNIT_CUES:
        return False
    return (
        particled
        or led in _LEADS
        or (after is not None and after.gap == " " and after.key in _DOES)
    )


def may_be_letters(found: list[Token], place: int) -> bool:
    """Tell whether capitals may be a person's letters, and are no short form that is known.

    "KW" is a measure behind a number, and "DR" a title before a name; elsewhere they are persons.
    """
    token = found[place]
    if token.key in MEASURES:
        return not token.gap.rstrip()[-1:].isdigit()
    if token.key in _LETTERED_TITLES:
        after = found[place + 1] if place + 1 < len(found) else None
        return after is None or not (
            after.gap.startswith(".") or (after.gap == " " and after.capital)
        )
    return not token.flags & SAFE and token.key not in ACRONYMS


def is_led(found: list[Token], place: int) -> bool:
    """Tell whether a particle with a capital leads a word: "Ik ken Op 't Hof", "zei Ter Steeg"."""
    begin = place
    while begin > max(0, place - 3) and found[begin].gap == " ":
        if found[begin - 1].key not in PARTICLES:
            break
        begin -= 1
        if found[begin].capital:
            break
    lead = found[begin]
    if begin == place or not lead.capital or lead.first or lead.upper or lead.key not in _LED_BY:
        return False
    inner = _LED_BY[lead.key]
    return inner is None or (begin + 1 < place and found[begin + 1].key in inner)
