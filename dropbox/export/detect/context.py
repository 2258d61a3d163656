"""Evidence of context: who is addressed, who signs, who speaks, who is listed, who has a title."""

from __future__ import annotations

import re
from itertools import pairwise

from dropbox.export.detect.known import first_too, possible, strong
from dropbox.export.detect.tokens import Token
from dropbox.export.lexicon import (
    BOTH,
    COMMON_EN,
    COMMON_NL,
    EN,
    FIRST,
    LAST,
    NAME,
    NL,
    OWN,
    PREFIXED,
    SAFE,
    WEAK,
)
from dropbox.export.words import (
    ADDRESSED,
    CALENDAR,
    CHAT,
    CLOSINGS,
    DETERMINERS,
    DUTCH_PARTICLES,
    FIELDS,
    FUNCTION_EN,
    FUNCTION_NL,
    GREETINGS,
    NAMED,
    NO_SPEAKER,
    NO_SURNAME,
    PARTICLES,
    PERSON_CUES,
    PERSON_VERBS,
    ROLES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

MAX_SIGNATURE = 5
"""Words in a line that may be a signature."""

_TIME = re.compile(r"^[\s>*•-]*(?:[\[(]?\d{1,2}[-/:.]\d{2}.{0,24}[\])-]?)?\s*$", re.DOTALL)
_SPACE = frozenset({" ", ". ", "  ", "\n", ".", " \n", "\r\n"})
_FUNCTION = FUNCTION_NL | FUNCTION_EN
_NAMED_WEAKLY = frozenset({"ik", "is"})
_INTRODUCE = frozenset({"ik", "naam", "name", "i"})
_BEING = frozenset({"ben", "is", "heet", "am"})
_ASKING = frozenset(
    {"heb", "ken", "kun", "kan", "zie", "hoor", "vraag", "bel", "spreek", "sprak", "zag", "weet"}
)
_WITH = frozenset({"met", "tegen", "door"})
_NO_BARE = PERSON_VERBS | UNIT_CUES | CALENDAR | GREETINGS | TITLES | ROLES
_ASKED = frozenset({"je", "jij", "u", "ik", "you", "i"})
_NO_LISTED = PARTICLES | ROLES | TITLES
_CLOSING_ON = CLOSINGS | {"met", "with", "en", "and", "namens"}


def mark(found: list[Token]) -> None:
    """Set `name` on words that the words around them show to be names."""
    lines = _lines(found)
    for place, token in enumerate(found):
        if token.name:
            continue
        previous = found[place - 1] if place and not token.line else None
        if previous is not None:
            reason = _after(found, place, previous)
            if reason:
                token.take(reason)
                continue
        if not token.cased and token.flags & NAME:
            _bare(found, place)
    for number, (begin, end) in enumerate(lines):
        _greeting(found, begin, end)
        _label(found, begin, end)
        _closing(found, lines, number)


def _lines(found: list[Token]) -> list[tuple[int, int]]:
    starts = [place for place, token in enumerate(found) if token.line]
    return list(pairwise([*starts, len(found)]))


def _after(found: list[Token], place: int, previous: Token) -> str:
    """Judge a word by the one before it."""
    token = found[place]
    if token.gap not in _SPACE or token.key in PARTICLES:
        return ""
    key = previous.key
    head = _head(found, place)
    if head.key in TITLES and _can_carry(found, place):
        return "title"
    if token.gap != " ":
        return ""
    led = key in PARTICLES
    if head.key in ROLES and _may_follow_role(token):
        common = token.flags & (COMMON_NL | COMMON_EN)
        return "role" if not led or (token.flags & LAST and not common) else ""
    if key in NAMED and key not in _NAMED_WEAKLY and _may_follow_role(token):
        return "named"
    if place > 1 and found[place - 2].key in _INTRODUCE and key in _BEING:
        first = token.flags & FIRST or key != "ben"
        return "introduced" if first and _may_follow_role(token) else ""
    return _uncased_surname(found, place) if led and not token.cased else ""


def _head(found: list[Token], place: int) -> Token:
    """Return the word before a word and the particles that lead it."""
    at = place - 1
    while at > 0 and at > place - 4 and found[at].key in PARTICLES and found[at].gap == " ":
        at -= 1
    return found[at]


def _uncased_surname(found: list[Token], place: int) -> str:
    """Judge "van dijk" and "de wit" in writing without capitals."""
    token = found[place]
    if found[place - 1].key in {"vd", "vande"}:
        return "surname"
    if token.key in NO_SURNAME or token.key in ROLES or token.key in UNIT_CUES:
        return ""
    if not token.dutch and token.flags & LAST and found[place - 1].key in DUTCH_PARTICLES:
        return "surname"
    if not token.flags & PREFIXED:
        return ""
    after = found[place + 1] if place + 1 < len(found) else None
    acts = after is not None and after.gap == " " and after.key in PERSON_VERBS
    head = _head(found, place).key
    if token.flags & BOTH and (head in PERSON_CUES or head in PERSON_VERBS):
        return "surname"
    return "surname" if acts or not token.flags & (COMMON_NL | COMMON_EN) else ""


def _can_carry(found: list[Token], place: int) -> bool:
    """Tell whether a word after a title can be a name: not every word can."""
    token = found[place]
    office = token.key in TITLES or token.key in ROLES
    if (office and not token.flags & LAST) or token.key in _FUNCTION:
        return first_too(token) and token.cased and token.capital
    if token.cased:
        return token.capital and not token.first
    if token.key in PERSON_VERBS or token.key in CHAT:
        return False
    return possible(token)


def _may_follow_role(token: Token) -> bool:
    """Tell whether a word after "collega" or "heet" can be a name."""
    if token.key in UNIT_CUES or token.key in NO_SURNAME or token.key in ROLES:
        return False
    if token.cased:
        return (
            token.capital
            and not token.first
            and not token.upper
            and (bool(token.flags & NAME) or not token.flags)
            and not (token.flags & SAFE and not token.flags & NAME)
        )
    return bool(token.flags & NAME) and token.key not in PERSON_VERBS


def _bare(found: list[Token], place: int) -> None:
    """Take a first name that is also a word where it stands as a person does."""
    token = found[place]
    previous = found[place - 1] if place and not token.first else None
    if token.key in NO_SURNAME:
        taken = first_too(token) and _as_person(found, place)
    elif (
        (previous is not None and previous.key in DETERMINERS and not _asked(found, place))
        or (token.key in _BEING and previous is not None and previous.key in _ASKED)
        or _never_bare(token)
    ):
        taken = False
    elif not token.flags & FIRST:
        taken = _before(found, place, SPEECH)
    else:
        taken = _stands(found, place) or not token.flags & token_language(token)
    if taken:
        token.take("bare name")


def _never_bare(token: Token) -> bool:
    """Tell whether a word without a capital is the word, whatever stands beside it."""
    if token.key in CHAT and not token.flags & BOTH:
        return True
    return token.key in _NO_BARE or bool(token.flags & SAFE)


def _before(found: list[Token], place: int, verbs: frozenset[str]) -> bool:
    """Tell whether one of some verbs follows a word."""
    after = found[place + 1] if place + 1 < len(found) else None
    return after is not None and after.gap == " " and after.key in verbs


def _as_person(found: list[Token], place: int) -> bool:
    """Tell whether a verb that is also a name stands where no verb can: "met wil", "zei wil"."""
    previous = found[place - 1] if place and not found[place].first else None
    led = previous is not None and (previous.key in _WITH or previous.key in SPEECH)
    return led or _before(found, place, SPEECH) or _asked(found, place)


def _stands(found: list[Token], place: int) -> bool:
    """Tell whether a first name that is a word stands where a person does."""
    token = found[place]
    previous = found[place - 1] if place and not token.first else None
    after = found[place + 1] if place + 1 < len(found) else None
    if any(each is not None and each.name for each in (previous, after)):
        return True
    if _before(found, place, PERSON_VERBS) or token.gap.endswith("@"):
        return True
    if token.first and after is not None and after.gap.startswith((",", "?", "!")):
        return True
    if token.flags & BOTH:
        asked = previous is not None and (previous.key in PERSON_VERBS or previous.key in _ASKED)
        full = after is not None and after.gap == " " and after.flags & LAST
        if asked or (full and after is not None and after.key not in NO_SURNAME):
            return True
    elif token.flags & (COMMON_NL | COMMON_EN):
        return False
    return previous is not None and previous.key in PERSON_CUES


def _asked(found: list[Token], place: int) -> bool:
    """Tell whether "je" before a word is who is asked, as in "heb je Roos gezien"."""
    if place < 2 or found[place - 1].key not in {"je", "het"} or not found[place].flags & BOTH:
        return False
    return found[place - 2].key in _ASKING and not found[place - 1].first


def token_language(token: Token) -> int:
    """Return the flag of the language of a word's sentence."""
    return NL | WEAK if token.dutch else EN | WEAK


def _greeting(found: list[Token], begin: int, end: int) -> None:
    """Take who is addressed at the start of a line: "Beste Tom, Ineke en Nelson,"."""
    if found[begin].key not in GREETINGS:
        return
    for place in range(begin + 1, min(end, begin + 12)):
        token = found[place]
        gap = token.gap
        if gap.strip(" ,.\t&/") or (
            place > begin + 1 and gap == " " and not _joins(found, place, begin)
        ):
            return
        if (
            token.key in PARTICLES
            or token.key in {"en", "and", "beste", "dear", "lieve"}
            or token.key in TITLES
        ):
            continue
        plain = token.key in ADDRESSED or token.key in _FUNCTION or token.key in ROLES
        stops = place + 1 == len(found) or found[place + 1].gap.startswith((",", "!"))
        if plain and not (first_too(token) and (token.capital or stops)):
            if gap != " ":
                return
            continue
        if not _addressable(token):
            return
        token.take("greeting")


def _addressable(token: Token) -> bool:
    """Tell whether a word after "beste" or "hoi" can be a name."""
    if token.flags & BOTH:
        return token.capital or not token.cased
    if (token.cased and not token.capital) or token.key in CHAT:
        return False
    if token.flags & SAFE and not token.flags & NAME:
        return False
    if not token.capital and token.flags & (COMMON_NL | COMMON_EN) and not token.flags & OWN:
        return False
    return token.cased or possible(token)


def _joins(found: list[Token], place: int, begin: int) -> bool:
    """Tell whether a word in a greeting still belongs to it."""
    token, previous = found[place], found[place - 1]
    if previous.key in {"en", "and"} or previous.key in TITLES or previous.key in PARTICLES:
        return True
    if token.key in {"en", "and"} or token.key in PARTICLES or previous.key in ADDRESSED:
        return True
    return token.capital and (previous.name or place == begin + 1)


def _label(found: list[Token], begin: int, end: int) -> None:
    """Take who speaks, and who is listed after "Aanwezig:" or "CC:"."""
    lead = found[begin].gap.rpartition("\n")[2] if begin else found[begin].gap
    limit = min(end, begin + 4)
    colon = next(
        (
            at
            for at in range(begin + 1, limit + 1)
            if at < len(found) and found[at].gap.lstrip(" )").startswith(":")
        ),
        None,
    )
    if colon is None or colon > end:
        return
    label = found[begin:colon]
    if any(each.key in FIELDS for each in label) and label[0].capital:
        _listed(found, colon, end)
        return
    if not _TIME.match(lead) or any(each.key in NO_SPEAKER for each in label):
        return
    for place in range(begin, colon):
        token = found[place]
        plain = token.word and not token.flags & NAME
        if token.key in PARTICLES and len(label) > 1:
            continue
        if first_too(token):
            continue
        if plain or token.key in _FUNCTION or (token.flags & SAFE and not token.flags & NAME):
            return
    for place in range(begin, colon):
        key = found[place].key
        apart = key in _FUNCTION or (len(label) > 2 and key in PARTICLES)
        if not apart or first_too(found[place]):
            found[place].take("speaker")


def _listed(found: list[Token], begin: int, end: int) -> None:
    """Take the names in a list of people: words with capitals that are no plain words."""
    for place in range(begin, end):
        token = found[place]
        if not token.capital or token.name or token.key in _NO_LISTED:
            continue
        if (token.flags & SAFE and not token.flags & OWN) or (place > begin and "." in token.gap):
            continue
        if strong(token) or token.flags & NAME or not token.flags:
            found[place].take("list of people")


def _closing(found: list[Token], lines: list[tuple[int, int]], number: int) -> None:
    """Take who signs: in the line of "Groeten Iwan", or in the next lines after "Groet,"."""
    begin, end = lines[number]
    closing = next(
        (
            at
            for at in range(begin, min(end, begin + 4))
            if found[at].key in CLOSINGS and not found[at].gap[-1:].isdigit()
        ),
        None,
    )
    if closing is None or end - begin > 3 + MAX_SIGNATURE:
        return
    last = closing
    while last + 1 < end and found[last + 1].key in CLOSINGS | {
        "met",
        "with",
        "en",
        "and",
        "namens",
    }:
        last += 1
    if last + 1 < end:
        _signed(found, last + 1, end)
        return
    if number + 1 < len(lines):
        _signed(found, *lines[number + 1])


def _signed(found: list[Token], begin: int, end: int) -> None:
    """Take the words of a line that may be a signature."""
    line = found[begin:end]
    if not line or len(line) > MAX_SIGNATURE + 2:
        return
    for place in range(begin, end):
        token = found[place]
        if place > begin and ("," in token.gap or "|" in token.gap or "(" in token.gap):
            return
        if token.key in PARTICLES or len(token.key) == 1:
            continue
        if first_too(token) and (token.capital or not token.cased):
            token.take("signature")
            continue
        if (
            token.key in ROLES
            or token.key in _FUNCTION
            or (token.flags & SAFE and not token.flags & NAME)
        ):
            return
        if token.flags and not token.flags & NAME and place == begin:
            return
        if token.capital or possible(token):
            found[place].take("signature")
