"""How a word stands: what the lists say of it, and what its neighbours make of it.

Predicates that the rooms of evidence share; they look and mark nothing.
"""

from __future__ import annotations

from dropbox.export.detect.tokens import Token
from dropbox.export.lexicon import BOTH, FIRST, NAME, NL, OWN, SAFE, WORD
from dropbox.export.words import (
    DETERMINERS,
    FILE_ENDS,
    NO_SURNAME,
    PERSON_CUES,
    PERSON_VERBS,
    SHORT_DATES,
    SPEECH,
    UNIT_CUES,
)

_STRESSED = frozenset(
    [
        "één",
        "vóór",
        "dé",
        "hét",
        "wél",
        "níet",
        "café",
        "nú",
        "zó",
        "dát",
        "díe",
        "wát",
        "kán",
        "móet",
        "óók",
        "hé",
        "né",
        "há",
        "zíj",
        "wíj",
        "jíj",
        "híj",
        "ík",
        "ìk",
    ]
)
_LOOSE_CUES = frozenset({"van", "en", "of", "is", "and", "or", "in"})


def strong(token: Token) -> bool:
    """Tell whether a list knows the word as a name and no dictionary as a word."""
    flags = token.flags
    if not flags & NAME or flags & (BOTH | SAFE) or len(token.key) < 2:
        return False
    return bool(flags & OWN) or not token.word


def possible(token: Token) -> bool:
    """Tell whether the word may be a name: a list has it, or no dictionary does."""
    return bool(token.flags & NAME) or not token.flags


def accented(token: Token) -> bool:
    """Tell whether its accent tells a word from the one that it looks like: "Zé", not "zé"."""
    plain = token.text.lower()
    return token.capital and plain != token.key and plain not in _STRESSED


def first_too(token: Token) -> bool:
    """Tell whether our own list says that a word is a first name as well, such as Wil."""
    return bool(token.flags & BOTH and token.flags & FIRST)


def acts(found: list[Token], place: int) -> bool:
    """Tell whether a word with a capital does, or undergoes, what persons do."""
    token = found[place]
    if token.key in NO_SURNAME or in_title(found, place) or before(found, place) in UNIT_CUES:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    if token.first:
        return after is not None and after.gap == " " and after.key in SPEECH
    if before(found, place) in DETERMINERS:
        return False
    if after is not None and after.gap == " " and after.key in PERSON_VERBS:
        return True
    led = before(found, place)
    return led in PERSON_VERBS or (led in PERSON_CUES and led not in _LOOSE_CUES)


def speaks(found: list[Token], place: int) -> bool:
    """Tell whether what a month stands before is what only people do: "April said"."""
    after = found[place + 1] if place + 1 < len(found) else None
    return (
        after is not None
        and after.gap == " "
        and (after.key in SPEECH or after.key in {"from", "and"})
    )


def is_verb(token: Token) -> bool:
    """Tell whether a word looks like what one person does, "gelooft" or "stuurde"."""
    if token.key in PERSON_VERBS:
        return True
    if token.key in NO_SURNAME or token.key in DETERMINERS or token.capital or len(token.key) < 4:
        return False
    return token.dutch and bool(token.flags & NL) and token.key.endswith(("t", "de", "te"))


def in_file_name(found: list[Token], place: int) -> bool:
    """Tell whether a word stands in the name of a file or an account, between underscores."""
    after = found[place + 1] if place + 1 < len(found) else None
    if found[place].gap.endswith("_") or (after is not None and after.gap.startswith("_")):
        return True
    return after is not None and after.key in FILE_ENDS and after.gap == "."


def in_title(found: list[Token], place: int) -> bool:
    """Tell whether the word stands among plain words with capitals, as in the name of a unit."""
    around = [*found[max(0, place - 2) : place], *found[place + 1 : place + 3]]
    near = [each for each in around if each.capital and not each.first and len(each.key) > 3]
    return any(each.flags & (WORD | SAFE) and not each.flags & NAME for each in near)


def before(found: list[Token], place: int) -> str:
    """Return the key of the word before, when only a space parts them."""
    token = found[place]
    if place == 0 or token.first or token.gap.strip(" '\"‘“(\n\r\t-"):
        return ""
    return found[place - 1].key


def is_date(found: list[Token], place: int) -> bool:
    """Tell whether "Nov" or "do" stands beside a number or among other short days."""
    token = found[place]
    after = found[place + 1] if place + 1 < len(found) else None
    if token.gap.rstrip(" .'-/")[-1:].isdigit() and "\n" not in token.gap:
        return True
    if after is None:
        return False
    if after.gap[:1] in " .-/'" and after.gap[1:2].isdigit():
        return True
    near = [found[at].key for at in (place - 1, place + 1) if at >= 0]
    return not token.capital and bool(SHORT_DATES.intersection(near))


def is_alone(found: list[Token], place: int) -> bool:
    """Tell whether a word is all of its line, or what follows the last point of one."""
    after = found[place + 1] if place + 1 < len(found) else None
    return after is None or (after.line and "." not in after.gap.partition("\n")[0])
