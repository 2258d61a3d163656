"""Evidence of context: titles, roles, introductions, and what persons do."""

from __future__ import annotations

from dropbox.export.detect.standing import first_too, possible
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
    PREFIXED,
    SAFE,
    WEAK,
)
from dropbox.export.words import (
    CALENDAR,
    CHAT,
    DETERMINERS,
    DUTCH_PARTICLES,
    FUNCTION_EN,
    FUNCTION_NL,
    GREETINGS,
    NAMED,
    NO_SURNAME,
    PARTICLES,
    PERSON_CUES,
    PERSON_VERBS,
    ROLES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

_SPACE = frozenset({" ", ". ", "  ", "\n", ".", " \n", "\r\n"})
_FUNCTION = FUNCTION_NL | FUNCTION_EN
_NAMED_WEAKLY = frozenset({"ik", "is"})
_INTRODUCE = frozenset({"ik", "naam", "name", "i"})
_BEING = frozenset({"ben", "is", "heet", "am"})
_ASKING = frozenset(
    {"heb", "ken", "kun", "kan", "zie", "hoor", "vraag", "bel", "spreek", "sprak", "zag", "weet"}
)
_WITH = frozenset({"met", "tegen", "door", "bij", "volgens"})
_SAID = frozenset({"volgens", "tegen", "namens", "behalve", "zei", "zegt", "riep", "vroeg"})
_CALLED = frozenset(
    {
        "heet",
        "heette",
        "heten",
        "bijnaam",
        "bijgenaamd",
        "roepnaam",
        "alias",
        "nickname",
        "aka",
        "genaamd",
    }
)
_FINITE = frozenset(
    [
        "moet",
        "moest",
        "heeft",
        "had",
        "is",
        "was",
        "kan",
        "kon",
        "mag",
        "mocht",
        "gaat",
        "ging",
        "komt",
        "kwam",
        "wordt",
        "werd",
        "zit",
        "zat",
        "staat",
        "stond",
        "weet",
        "wist",
        "doet",
        "deed",
        "zou",
        "zal",
        "has",
        "can",
        "could",
        "should",
        "did",
        "does",
        "went",
        "came",
    ]
)
_NO_BARE = PERSON_VERBS | UNIT_CUES | GREETINGS | TITLES | ROLES
_ASKED = frozenset({"je", "jij", "u", "ik", "you", "i"})


def mark(found: list[Token]) -> None:
    """Set `name` on words that the words around them show to be names."""
    for place, token in enumerate(found):
        if token.name:
            continue
        previous = found[place - 1] if place and not token.line else None
        if previous is not None:
            reason = _after(found, place, previous)
            if reason:
                token.take(reason)
                continue
        if _is_nickname(found, place):
            token.take("nickname")
        elif token.flags & FIRST and not token.cased and _is_explained(found, place):
            token.take("explained")
        elif not token.cased and token.flags & NAME:
            _bare(found, place)


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


def _is_nickname(found: list[Token], place: int) -> bool:
    """Tell whether a word stands between quotes after "heet", "bijgenaamd" or "alias"."""
    token = found[place]
    if not token.gap.endswith(tuple("'‘’\"“”„«")) or token.key in _FUNCTION or token.line:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    if after is not None and after.gap[:1] not in tuple("'‘’\"“”»"):
        return False
    return any(each.key in _CALLED for each in found[max(0, place - 6) : place])


def _is_explained(found: list[Token], place: int) -> bool:
    """Tell whether a role in brackets says who it is: "jip (the intern)", "bas (stagiair)"."""
    token = found[place]
    if token.key in NO_SURNAME or place + 1 >= len(found) or found[place + 1].gap != " (":
        return False
    if place and token.gap == " " and found[place - 1].key in DETERMINERS:
        return False
    at = place + 2 if found[place + 1].key in DETERMINERS else place + 1
    return at < len(found) and found[at].key in ROLES and token.key not in _NO_BARE


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
    if not token.flags & PREFIXED or token.key in CALENDAR:
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
    if token.key in DETERMINERS:
        return
    if token.key in NO_SURNAME or token.key in CALENDAR:
        taken = first_too(token) and _as_person(found, place)
    elif (
        (previous is not None and previous.key in DETERMINERS and not _asked(found, place))
        or (token.key in _BEING and previous is not None and previous.key in _ASKED)
        or (token.key in _FUNCTION and token.key != "wil")
        or _never_bare(token)
    ):
        taken = False
    elif not token.flags & FIRST:
        said = previous is not None and previous.key in _SAID and token.gap == " "
        taken = _before(found, place, SPEECH) or bool(said and token.flags & BOTH)
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
    if led or _before(found, place, SPEECH) or _asked(found, place):
        return True
    return found[place].key not in CALENDAR and _no_verb_here(found, place)


def _no_verb_here(found: list[Token], place: int) -> bool:
    """Tell whether a finite verb right after or before leaves no room for another.

    "wil moet dit weten" opens with its subject, and "is wil er al" asks for it.
    """
    token = found[place]
    if token.key in _FUNCTION and token.key != "wil":
        return False  # "werd door" is no verb beside a verb
    if token.first:
        return _before(found, place, _FINITE)
    previous = found[place - 1]
    return previous.first and previous.key in _FINITE and token.gap == " "


def _stands(found: list[Token], place: int) -> bool:
    """Tell whether a first name that is a word stands where a person does."""
    token = found[place]
    previous = found[place - 1] if place and not token.first else None
    after = found[place + 1] if place + 1 < len(found) else None
    if any(each is not None and each.name for each in (previous, after)):
        return True
    if _asked(found, place) or _before(found, place, PERSON_VERBS) or token.gap.endswith("@"):
        return True
    if token.first and after is not None and after.gap.startswith((",", "?", "!")):
        return True
    if token.flags & BOTH:
        asked = previous is not None and (previous.key in PERSON_VERBS or previous.key in _ASKED)
        if asked or (after is not None and _completes(after)):
            return True
    elif token.flags & (COMMON_NL | COMMON_EN):
        return False
    return previous is not None and previous.key in PERSON_CUES


def _completes(after: Token) -> bool:
    """Tell whether the word after a first name can be the rest of a name."""
    if after.gap != " " or after.key in NO_SURNAME:
        return False
    rare = after.flags & NAME and not after.flags & (COMMON_NL | COMMON_EN)
    return bool(rare or (after.flags & LAST and after.flags & BOTH))


def _asked(found: list[Token], place: int) -> bool:
    """Tell whether "je" before a word is who is asked, as in "heb je Roos gezien"."""
    if (
        place < 2
        or found[place - 1].key not in {"je", "het", "iemand", "jullie"}
        or not found[place].flags & BOTH
    ):
        return False
    whom = found[place - 1].key == "iemand" and found[place - 2].key in {"heeft", "had"}
    return (whom or found[place - 2].key in _ASKING) and not found[place - 1].first


def token_language(token: Token) -> int:
    """Return the flag of the language of a word's sentence."""
    return NL | WEAK if token.dutch else EN | WEAK
