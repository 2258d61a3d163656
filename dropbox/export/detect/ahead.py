"""Evidence of what follows a name: the rest of it, and the particles between its parts."""

from __future__ import annotations

from dropbox.export.detect.tokens import Token
from dropbox.export.lexicon import (
    BOTH,
    COMMON_EN,
    COMMON_NL,
    FIRST,
    LAST,
    NAME,
    PLACE,
    PREFIXED,
    SAFE,
    WORD,
)
from dropbox.export.words import (
    CALENDAR,
    CHAT,
    FUNCTION_EN,
    FUNCTION_NL,
    GREETINGS,
    NO_SURNAME,
    PARTICLES,
    PERSON_VERBS,
    ROLES,
    TITLES,
    UNIT_CUES,
)

CLOSE = frozenset({" ", "-", "\n", "  ", "\r\n", " \n", "–", "- ", " -"})
FUNCTION = FUNCTION_NL | FUNCTION_EN
PREPOSITIONS = frozenset({"van", "in", "op", "uit", "aan"})
_SENTENCE = frozenset(
    {
        "de",
        "het",
        "een",
        "ik",
        "hij",
        "ze",
        "zij",
        "we",
        "wij",
        "je",
        "jij",
        "the",
        "he",
        "she",
        "it",
        "i",
    }
)
_INNER = frozenset(
    {
        "al",
        "ait",
        "ben",
        "bin",
        "bint",
        "da",
        "das",
        "de",
        "del",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
    }
)
"""Particles between two first names as well: "maria de fátima"."""
SHORT_ACRONYM = 4


def forward(found: list[Token], place: int) -> None:
    """Take the next word, with particles between, when it can be the rest of the name."""
    after = place + 1
    while after < len(found) and after <= place + 3 and _is_particle(found[after]):
        after += 1
    if _is_strange_particle(found, after):
        after += 1
    if after >= len(found):
        return
    token = found[after]
    if token.name:
        _between(found, place, after)
        return
    lettered = after > place + 1 and len(found[after - 1].key) == 1 and found[after - 1].capital
    carried = lettered and token.capital and token.cased and token.gap in CLOSE
    if not carried and not _continues(found, place, after):
        return
    token.take("beside a name")
    _between(found, place, after)


def _is_particle(token: Token) -> bool:
    letter = len(token.key) == 1 and token.capital and token.cased
    return (token.key in PARTICLES and token.gap in CLOSE) or (
        letter and token.gap in {" ", "-", "."}
    )


def _is_strange_particle(found: list[Token], place: int) -> bool:
    """Tell whether a short word between two names is a particle that no list has: "Dov ha Levi"."""
    if place + 1 >= len(found):
        return False
    token, after = found[place], found[place + 1]
    spaced = token.gap == " " and after.gap == " "
    return (
        spaced
        and not token.capital
        and 1 <= len(token.key) <= 3
        and token.key not in FUNCTION
        and after.name
        and after.capital
        and (len(token.key) < 3 or not token.flags & (COMMON_NL | COMMON_EN))
    )


def _between(found: list[Token], place: int, after: int) -> None:
    """Take the particles between two parts of a name, when nothing else parts them."""
    parts = found[place + 1 : after + 1]
    if any(each.gap not in CLOSE for each in parts):
        return
    for each in parts[:-1]:
        if len(each.key) == 1 and each.capital:
            each.take("")
    keys = [each.key for each in parts[:-1]]
    beside = place > 0 and found[place].gap in CLOSE
    estate = keys == ["tot"] and beside and found[place - 1].name and found[after].capital
    if not keys or (
        keys[-1] in {"in", "uit", "aan", "bij", "op", "over", "voor", "tot"} and not estate
    ):
        return
    beside = beside and (found[place - 1].name or found[place - 1].key in PARTICLES)
    double = beside and not (found[after].flags & FIRST and not found[after].flags & LAST)
    if not double and not _surname_like(found[after], keys, found[place]):
        return
    for each in parts[:-1]:
        each.take("")


def _surname_like(token: Token, particles: list[str], head: Token) -> bool:
    """Tell whether particles before a word are part of a surname, not "van" as in *of*."""
    if not head.flags & FIRST and head.flags & LAST and head.flags:
        return False
    return not (
        token.flags & FIRST
        and not token.flags & LAST
        and (particles[-1] in {"van", "y", "o"} or not (token.capital or particles[-1] in _INNER))
    )


def _continues(found: list[Token], place: int, after: int) -> bool:
    """Tell whether a word right after a name, or after its particles, is part of it."""
    head, token = found[place], found[after]
    if token.gap not in CLOSE or (
        token.first and token.gap != "-" and token.capital and "\n" in token.gap
    ):
        return False
    plain = (not token.capital or not token.cased) and not token.flags & BOTH
    if plain and (
        token.key in ROLES
        or token.key in TITLES
        or token.key in UNIT_CUES
        or token.key in GREETINGS
    ):
        return False
    surname = token.flags & BOTH and token.flags & LAST
    if (token.key in TITLES and not surname) or (token.key in CALENDAR and not _is_vrijdag(token)):
        return False
    parted = after > place + 1
    if token.cased:
        return _continues_capital(head, token, parted)
    if parted:
        hyphen = any(each.gap == "-" for each in found[place + 1 : after + 1])
        if token.flags & (COMMON_NL | COMMON_EN) and not token.flags & PREFIXED:
            return False
        if token.flags & WORD and found[place + 1].key in PREPOSITIONS - {"van"} and not hyphen:
            return False
        return bool(head.flags & FIRST or not head.flags or hyphen) and _plain_surname(token)
    if token.gap == "-":
        return not token.flags & WORD
    return bool(head.flags & FIRST) and _plain_surname(token) and bool(token.flags & NAME)


def _is_vrijdag(token: Token) -> bool:
    """Tell whether a day or month is a surname: Dutch writes the day without a capital."""
    return token.dutch and token.cased and token.capital and bool(token.flags & LAST)


def _continues_capital(head: Token, token: Token, parted: bool) -> bool:
    if token.capital:
        if token.upper and not head.upper and len(token.key) <= SHORT_ACRONYM:
            return False
        if token.flags & SAFE and not token.flags & NAME:
            return False
        if parted:
            return (
                bool(token.flags & (NAME | PLACE))
                or not token.flags
                or bool(head.flags & FIRST)
                or not head.flags
            )
        return token.key not in FUNCTION or _is_short_name(head, token)
    if token.gap == "-" and not parted:
        short = len(token.key) <= SHORT_ACRONYM and not token.flags & COMMON_NL
        return not token.flags & WORD or (short and bool(head.flags & NAME or not head.flags))
    return not token.flags and token.gap != "-" and len(token.key) > 2 and not parted


def _is_short_name(head: Token, token: Token) -> bool:
    """Tell whether a function word with a capital is a name, as in "Li Na" and "Ann Or"."""
    first = head.flags & NAME and not head.upper and not token.upper
    return bool(first) and 2 <= len(token.key) <= 3 and token.key not in _SENTENCE


def _plain_surname(token: Token) -> bool:
    """Tell whether a word without a capital can be a surname after a first name."""
    if (
        token.key in FUNCTION
        or token.key in PERSON_VERBS
        or token.key in CHAT
        or token.key in NO_SURNAME
    ):
        return False
    if token.flags & (COMMON_NL | COMMON_EN) and not token.flags & (BOTH | PREFIXED):
        return False
    if token.flags & COMMON_NL and token.key.endswith("en") and not token.flags & BOTH:
        return False
    return bool(token.flags & LAST) or not token.flags
