"""Evidence of neighbours: what stands beside a name belongs to it, and becomes one span."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dropbox.export.detect import initials
from dropbox.export.detect.ahead import CLOSE, FUNCTION, PREPOSITIONS, SHORT_ACRONYM, forward
from dropbox.export.detect.standing import accented, possible, strong
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
)
from dropbox.export.span import PER, Span, whole_word
from dropbox.export.words import (
    CALENDAR,
    DETERMINERS,
    FUNCTION_NL,
    GREETINGS,
    NO_SURNAME,
    OPENING,
    PARTICLES,
    PERSON_VERBS,
    ROLES,
    TITLES,
    UNIT_CUES,
)

_NEVER_BEFORE = (
    CALENDAR | DETERMINERS | PERSON_VERBS | NO_SURNAME | ROLES | TITLES | GREETINGS | UNIT_CUES
)
_NAMING = frozenset({"sint", "san", "el", "al", "ben", "abu", "ait", "oulad", "da", "dos", "ibn"})
_FOREIGN = _NAMING | {"bin", "do", "das", "di", "von"}
_SPEAKING = frozenset({"ik", "i", "maar", "dat", "die", "en"})
_BEFORE_DATES = frozenset(
    {"in", "of", "on", "since", "until", "this", "last", "next", "by", "and", "sinds", "tot"}
)
_PREFIXES = frozenset({"anti", "ex", "mini", "non", "oud", "pro", "pseudo", "semi"})
_AND = frozenset({"en", "and"})
_LISTING = frozenset({",", ", ", "/", " / ", "& ", " & "})


def spread(found: list[Token]) -> None:
    """Let every name take the words beside it that belong to it."""
    for place, token in enumerate(found):
        if token.name:
            forward(found, place)
    for place in range(len(found) - 1, -1, -1):
        if found[place].name:
            _backward(found, place)
    _enumerations(found)


def _backward(found: list[Token], place: int) -> None:
    """Take a word right before a name, and particles that open a surname."""
    token = found[place]
    if place and _is_cut_short(found[place - 1], token):
        found[place - 1].take("beside a name")
        return
    if not place or token.gap not in CLOSE or (token.line and token.reason == "speaker"):
        return
    previous = found[place - 1]
    if previous.name:
        return
    if _is_half(previous, token):
        previous.take("beside a name")
        return
    if previous.key in OPENING or (previous.key in PARTICLES and previous.capital):
        _opening(found, place)
        return
    if token.first:
        return
    if previous.key in _NEVER_BEFORE and not _is_april(found, place - 1):
        return
    if token.gap == "-" and not previous.capital:
        return
    if _precedes(previous, token):
        previous.take("beside a name")


def _is_cut_short(previous: Token, token: Token) -> bool:
    """Tell whether a first name was cut short by a point: "Seb. Haarsma", also one of no list."""
    return (
        token.gap == ". "
        and previous.capital
        and previous.cased
        and not previous.upper
        and 2 <= len(previous.key) <= 4
        and bool(token.flags & LAST or not token.flags)
        and not token.flags & FIRST
        and not previous.flags & (SAFE | PLACE | COMMON_NL | COMMON_EN)
        and previous.key not in _NEVER_BEFORE
        and previous.key not in FUNCTION
    )


def _is_half(previous: Token, token: Token) -> bool:
    """Tell whether a word is the first half of a name with a hyphen: "An-Sofie", "Mo-Lin"."""
    capitals = previous.capital and previous.cased and token.capital and token.cased
    return (
        token.gap == "-"
        and capitals
        and previous.upper == token.upper
        and previous.key not in _PREFIXES
        and (not previous.flags & SAFE or bool(previous.flags & NAME))
    )


def _is_april(found: list[Token], place: int) -> bool:
    """Tell whether the name of a month or day opens a full name: "Mei Ling", "Sunday Oliseh"."""
    token = found[place]
    named = token.key in CALENDAR and token.capital and token.cased and token.flags & FIRST
    if not named or found[place + 1].gap != " ":
        return False
    return token.first or not place or found[place - 1].key not in _BEFORE_DATES


def _precedes(previous: Token, token: Token) -> bool:
    """Tell whether a word right before a name can be its first part."""
    if previous.capital and previous.cased:
        if previous.flags & SAFE and not previous.flags & NAME:
            return False
        if previous.upper and len(previous.key) <= SHORT_ACRONYM:
            return False
        surname = token.flags & LAST and not token.flags & FIRST
        return bool(previous.flags & NAME or not previous.flags or not previous.first or surname)
    if previous.cased or not previous.flags & FIRST or not token.flags & LAST:
        return False
    either = previous.flags & BOTH and not token.flags & FIRST and previous.key not in FUNCTION
    return bool(either) or not previous.flags & (COMMON_NL | COMMON_EN)


def _opening(found: list[Token], place: int) -> None:
    """Take the particles before a surname that stands without a first name."""
    begin = place
    while begin and begin > place - 3 and found[begin].gap in CLOSE:
        if found[begin - 1].key not in PARTICLES:
            break
        begin -= 1
    if not _opens_surname(found, begin, place):
        return
    for each in found[begin:place]:
        each.take("")
    if begin and found[begin].gap == " ":
        head = found[begin - 1]
        named = head.flags & FIRST or not head.first
        function = FUNCTION_NL if head.dutch else FUNCTION
        barred = head.key in function or head.key in _NEVER_BEFORE
        if accented(head) and head.cased:
            head.take("accent")
        elif head.capital and named and not barred and _precedes(head, found[place]):
            head.take("beside a name")


def _opens_surname(found: list[Token], begin: int, place: int) -> bool:
    """Tell whether particles before a name are part of it, and no "van" or "de" of the sentence."""
    token, first, last = found[place], found[begin], found[place - 1].key
    before = found[begin - 1].key if begin else ""
    if any(each.capital and each.cased and not each.first for each in found[begin:place]):
        return True
    if before in TITLES or (first.capital and first.cased and first.key in _NAMING):
        return True
    if token.flags & FIRST and not token.flags & LAST:
        return False
    if last in _FOREIGN and before not in _SPEAKING:
        return True
    if token.flags & PREFIXED or (not token.flags and last not in PREPOSITIONS):
        return True
    if token.reason == "surname" and first.capital:
        return True
    return first.capital and first.first and last in {"de", "der", "den"}


def _enumerations(found: list[Token]) -> None:
    """Take words with a capital that are listed with names: "Tom, Hoop en Ayse"."""
    for place in range(1, len(found) - 1):
        token = found[place]
        if token.name or token.first:
            continue
        if not token.cased:
            _listed_plain(found, place)
            continue
        if not token.capital or token.upper:
            continue
        if token.flags & SAFE and not token.flags & FIRST:
            continue
        if (token.key in FUNCTION and not token.flags & FIRST) or not possible(token):
            continue
        left, right = found[place - 1], found[place + 1]
        joined = token.gap == " " and left.key in _AND and place > 1 and found[place - 2].name
        if (
            joined
            or (left.name and token.gap in _LISTING)
            or (right.name and right.gap in _LISTING)
        ):
            token.take("listed with names")


def _listed_plain(found: list[Token], place: int) -> None:
    """Take a word without a capital that is listed between names: "onur, shar en hicham"."""
    token, left, right = found[place], found[place - 1], found[place + 1]
    if token.flags & (COMMON_NL | COMMON_EN | SAFE) or token.key in FUNCTION or len(token.key) < 3:
        return
    if not possible(token) or not (left.name or left.key in _AND):
        return
    opened = left.name and token.gap in _LISTING
    opened = opened or (left.key in _AND and place > 1 and found[place - 2].name)
    after = found[place + 2] if place + 2 < len(found) else None
    closed = right.name and right.gap in _LISTING
    closed = closed or (right.key in _AND and after is not None and after.name)
    if opened and (closed or not token.flags):
        token.take("listed with names")


@cache
def _why(reason: str) -> str:
    """Return a reason as a span says it; one string for all spans."""
    return f"name: {reason}"


def spans(found: list[Token], text: str) -> Iterator[Span]:
    """Yield one span for every run of words that are marked as a name."""
    place = 0
    while place < len(found):
        if not found[place].name:
            place += 1
            continue
        last = place
        while last + 1 < len(found) and found[last + 1].name and found[last + 1].gap in CLOSE:
            last += 1
        run = found[place : last + 1]
        reason = next((each.reason for each in run if each.reason), "beside a name")
        sure = 0.95 if any(strong(each) for each in run) else 0.8
        end = run[-1].end - (2 if run[-1].key.endswith("'s") else 0)
        able = run[-1].flags & NAME or not run[-1].flags
        plain = not run[-1].cased and run[-1].flags & FIRST
        end = initials.tail(text, end, plain=bool(plain)) if able else end
        yield Span(
            *whole_word(text, initials.lead(text, run[0].start), end),
            PER,
            "name",
            _why(reason),
            sure,
        )
        place = last + 1
