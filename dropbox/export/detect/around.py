"""Evidence of neighbours: what stands beside a name belongs to it, and becomes one span."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from dropbox.export.detect import initials
from dropbox.export.detect.standing import possible, strong
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
from dropbox.export.span import PER, Span, whole_word
from dropbox.export.words import (
    CALENDAR,
    CHAT,
    DETERMINERS,
    FUNCTION_EN,
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

_CLOSE = frozenset({" ", "-", "\n", "  ", "\r\n", " \n", "–", "- ", " -"})
_FUNCTION = FUNCTION_NL | FUNCTION_EN
_NEVER_BEFORE = (
    CALENDAR | DETERMINERS | PERSON_VERBS | NO_SURNAME | ROLES | TITLES | GREETINGS | UNIT_CUES
)
_NAMING = frozenset({"sint", "san", "el", "al", "ben", "abu", "ait", "oulad", "da", "dos", "ibn"})
_FOREIGN = _NAMING | {"bin", "do", "das", "di", "von"}
_PREPOSITIONS = frozenset({"van", "in", "op", "uit", "aan"})
_SPEAKING = frozenset({"ik", "i", "maar", "dat", "die", "en"})
_BEFORE_DATES = frozenset(
    {"in", "of", "on", "since", "until", "this", "last", "next", "by", "and", "sinds", "tot"}
)
SHORT_ACRONYM = 4
_AND = frozenset({"en", "and"})
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
_LISTING = frozenset({",", ", ", "/", " / ", "& ", " & "})


def spread(found: list[Token]) -> None:
    """Let every name take the words beside it that belong to it."""
    for place, token in enumerate(found):
        if token.name:
            _forward(found, place)
    for place in range(len(found) - 1, -1, -1):
        if found[place].name:
            _backward(found, place)
    _enumerations(found)


def _forward(found: list[Token], place: int) -> None:
    """Take the next word, with particles between, when it can be the rest of the name."""
    after = place + 1
    while after < len(found) and after <= place + 3 and _is_particle(found[after]):
        after += 1
    if after >= len(found):
        return
    token = found[after]
    if token.name:
        _between(found, place, after)
        return
    lettered = after > place + 1 and len(found[after - 1].key) == 1 and found[after - 1].capital
    carried = lettered and token.capital and token.cased and token.gap in _CLOSE
    if not carried and not _continues(found, place, after):
        return
    token.take("beside a name")
    _between(found, place, after)


def _is_particle(token: Token) -> bool:
    letter = len(token.key) == 1 and token.capital and token.cased
    return (token.key in PARTICLES and token.gap in _CLOSE) or (
        letter and token.gap in {" ", "-", "."}
    )


def _between(found: list[Token], place: int, after: int) -> None:
    """Take the particles between two parts of a name, when nothing else parts them."""
    parts = found[place + 1 : after + 1]
    if any(each.gap not in _CLOSE for each in parts):
        return
    for each in parts[:-1]:
        if len(each.key) == 1 and each.capital:
            each.take("")
    keys = [each.key for each in parts[:-1]]
    if not keys or any(
        key in {"in", "uit", "aan", "bij", "op", "over", "voor", "tot"} for key in keys[-1:]
    ):
        return
    beside = place > 0 and found[place - 1].name and found[place].gap in _CLOSE
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
        and (particles[-1] in {"van", "y", "o"} or not token.capital)
    )


def _continues(found: list[Token], place: int, after: int) -> bool:
    """Tell whether a word right after a name, or after its particles, is part of it."""
    head, token = found[place], found[after]
    if token.gap not in _CLOSE or (
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
        if token.flags & WORD and found[place + 1].key in _PREPOSITIONS - {"van"} and not hyphen:
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
        return token.key not in _FUNCTION or _is_short_name(head, token)
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
        token.key in _FUNCTION
        or token.key in PERSON_VERBS
        or token.key in CHAT
        or token.key in NO_SURNAME
    ):
        return False
    if token.flags & (COMMON_NL | COMMON_EN) and not token.flags & (BOTH | PREFIXED):
        return False
    return bool(token.flags & LAST) or not token.flags


def _backward(found: list[Token], place: int) -> None:
    """Take a word right before a name, and particles that open a surname."""
    token = found[place]
    if not place or token.gap not in _CLOSE:
        return
    previous = found[place - 1]
    if previous.name:
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
    either = previous.flags & BOTH and not token.flags & FIRST and previous.key not in _FUNCTION
    return bool(either) or not previous.flags & (COMMON_NL | COMMON_EN)


def _opening(found: list[Token], place: int) -> None:
    """Take the particles before a surname that stands without a first name."""
    begin = place
    while begin and begin > place - 3 and found[begin].gap in _CLOSE:
        if found[begin - 1].key not in PARTICLES:
            break
        begin -= 1
    if _opens_surname(found, begin, place):
        for each in found[begin:place]:
            each.take("")


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
    if token.flags & PREFIXED or (not token.flags and last not in _PREPOSITIONS):
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
        if token.key in _FUNCTION or not possible(token):
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
    if token.flags & (COMMON_NL | COMMON_EN | SAFE) or token.key in _FUNCTION or len(token.key) < 3:
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
        while last + 1 < len(found) and found[last + 1].name and found[last + 1].gap in _CLOSE:
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
