"""Evidence of lists and of their absence: known names, and words that nobody knows.

Default-deny: a word with a capital that no dictionary has and that is no known organisation,
place or people is taken for a name. In writing without capitals the same holds for every word,
except for joined words, slips of the pen and chat.
"""

from __future__ import annotations

from collections.abc import Mapping

from dropbox.export.detect.tokens import LOWER, UPPER, Token
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
    PLACE,
    SAFE,
    WORD,
)
from dropbox.export.words import (
    CALENDAR,
    CHAT,
    DETERMINERS,
    DUTCH_PARTICLES,
    FILE_ENDS,
    GREETINGS,
    GROUP_ENDINGS,
    NO_SURNAME,
    PARTICLES,
    PERSON_CUES,
    PERSON_VERBS,
    PLACE_CUES,
    ROLES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

LONGEST_ACRONYM = 5
LEAST_PART = 3
"""Letters in a part of a joined word, at least."""
SHORT_PART = 4
"""Up to so many letters a part must be a frequent word."""
LEAST_SLIP = 4
"""Letters of a word that may be a slip of the pen, at least."""

COMMON = COMMON_NL | COMMON_EN

_OTHERS = frozenset({"ik", "i", "mij", "zij", "hij", "ikzelf", "anderen", "me"})
_LOOSE_CUES = frozenset({"van", "en", "of", "is", "and", "or", "in"})
_LINKS = ("", "s", "en", "e", "n")


def strong(token: Token) -> bool:
    """Tell whether a list knows the word as a name and no dictionary as a word."""
    flags = token.flags
    if not flags & NAME or flags & (BOTH | SAFE) or len(token.key) < 2:
        return False
    return bool(flags & OWN) or not token.word


def possible(token: Token) -> bool:
    """Tell whether the word may be a name: a list has it, or no dictionary does."""
    return bool(token.flags & NAME) or not token.flags


def is_joined(key: str, lexicon: Mapping[str, int], dutch: bool = True) -> bool:
    """Tell whether a word is two or three dictionary words in one, as Dutch makes them."""
    return _joined(key, lexicon, 2, NL if dutch else EN)


def _joined(key: str, lexicon: Mapping[str, int], depth: int, language: int) -> bool:
    for cut in range(len(key) - LEAST_PART, LEAST_PART - 1, -1):
        head, tail = key[:cut], key[cut:]
        if not _is_part(tail, lexicon, language):
            continue
        for link in _LINKS:
            if not head.endswith(link):
                continue
            stem = head[: len(head) - len(link)]
            if len(stem) < LEAST_PART:
                continue
            if _is_part(stem, lexicon, language):
                return True
            deep = depth > 1 and len(stem) > 2 * LEAST_PART
            if deep and _joined(stem, lexicon, depth - 1, language):
                return True
    return False


def _is_part(part: str, lexicon: Mapping[str, int], language: int) -> bool:
    """Tell whether a dictionary has a part; rare short ones are too often in any word."""
    flags = lexicon.get(part, 0)
    if not flags & language or part in PARTICLES:
        return False
    return len(part) > SHORT_PART or bool(flags & COMMON)


def is_slip(key: str, lexicon: Mapping[str, int], dutch: bool = True) -> bool:
    """Tell whether one letter dropped, doubled or swapped makes it a word of the language."""
    if len(key) < LEAST_SLIP:
        return False
    language = NL if dutch else EN
    places = range(len(key))
    missing = [key + last for last in "ntde"] + [key[:at] + key[at] + key[at:] for at in places]
    if any(lexicon.get(each, 0) & language for each in missing):
        return True
    other = [key[:at] + key[at + 1 :] for at in places]
    other += [key[:at] + key[at + 1] + key[at] + key[at + 2 :] for at in places[:-1]]
    frequent = COMMON_NL if dutch else COMMON_EN
    return any(lexicon.get(each, 0) & frequent for each in other)


def mark(found: list[Token], lexicon: Mapping[str, int]) -> None:
    """Set `name` where the word itself, and its place in the sentence, say that it is one."""
    for place, token in enumerate(found):
        if (
            token.name
            or len(token.key) < 2
            or (token.key in PARTICLES and not _may_be_first(token))
        ):
            continue
        if token.cased and token.capital:
            reason = _capital(found, place, lexicon)
        elif in_file_name(found, place):
            reason = "file name" if possible(token) and not token.flags & SAFE else ""
        elif token.flags & (WORD | SAFE) and not token.flags & OWN:
            continue
        else:
            reason = _plain(token, lexicon)
        if reason:
            token.take(reason)


def _may_be_first(token: Token) -> bool:
    """Tell whether a particle may be a first name here: Ben, not ben."""
    if not (token.capital and token.cased):
        return False
    if token.key in DUTCH_PARTICLES:
        return bool(token.flags & FIRST) and not token.first
    return bool(token.flags & NAME) and (not token.first or first_too(token))


def _capital(found: list[Token], place: int, lexicon: Mapping[str, int]) -> str:
    """Judge a word with a capital in a sentence with capitals; return why it is a name."""
    token = found[place]
    flags = token.flags
    if strong(token):
        return "list"
    if token.upper and len(token.key) <= LONGEST_ACRONYM:
        return ""
    if flags & SAFE and not _named_as_month(found, place):
        named = flags & LAST and flags & WORD and token.key not in CALENDAR
        spoken = token.flags & FIRST and token.key in CALENDAR and _speaks(found, place)
        return "acts" if spoken or (named and acts(found, place)) else ""
    if flags & PLACE and (not flags & LAST or before(found, place) in PLACE_CUES):
        return ""
    if flags & NAME:
        return _either(found, place)
    if flags:
        return "acts" if not flags & COMMON and acts(found, place) else ""
    if token.key in ROLES or token.key in TITLES or token.key in CHAT:
        return ""
    if is_joined(token.key, lexicon, token.dutch) and (
        token.first or token.key.endswith(tuple(GROUP_ENDINGS))
    ):
        return "acts" if token.first and acts(found, place) else ""
    if before(found, place) in UNIT_CUES and is_joined(token.key, lexicon, token.dutch):
        return ""
    return "unknown word"


def _either(found: list[Token], place: int) -> str:
    """Judge a word with a capital that is a word as well as a name."""
    token = found[place]
    if token.first:
        return _opening(found, place)
    if before(found, place) in UNIT_CUES or _in_title(found, place):
        return ""
    if (token.key in NO_SURNAME and not first_too(token)) or token.key in TITLES:
        return ""
    return "capital"


def _opening(found: list[Token], place: int) -> str:
    """Judge a word that is also a name and opens a sentence, so that its capital is no sign."""
    token = found[place]
    after = found[place + 1] if place + 1 < len(found) else None
    if token.key.endswith("'s") and token.flags & FIRST:
        return "possessive"
    if not token.word and token.key not in GREETINGS and token.key not in NO_SURNAME:
        return "list"
    if after is None or after.first or after.gap.lstrip().startswith((",", "(", "-", "–", "/")):
        rare = token.flags & FIRST and not token.flags & COMMON
        return "alone" if (first_too(token) or rare) and token.key not in NO_SURNAME else ""
    if after.gap != " ":
        return ""
    following = found[place + 2] if place + 2 < len(found) else None
    joined = after.key in {"en", "and"} and following is not None and token.flags & (BOTH | OWN)
    if joined and following is not None and (following.capital or following.key in _OTHERS):
        return "listed"
    if token.key in NO_SURNAME:
        spoken = after.key in SPEECH or (is_verb(after) and after.dutch) or after.key == "from"
        return "subject" if spoken and token.flags & BOTH else ""
    if token.flags & COMMON and not token.flags & BOTH:
        return "subject" if after.key in SPEECH else ""
    return "subject" if is_verb(after) else ""


def first_too(token: Token) -> bool:
    """Tell whether our own list says that a word is a first name as well, such as Wil."""
    return bool(token.flags & BOTH and token.flags & FIRST)


def _named_as_month(found: list[Token], place: int) -> bool:
    """Tell whether the name of a month is a person's: Dutch writes months without a capital."""
    token = found[place]
    if not token.dutch or token.first or token.key not in CALENDAR or token.gap != " ":
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    named = token.flags & FIRST and token.flags & (BOTH | OWN)
    return bool(named) and (after is None or not any(map(str.isdigit, after.gap)))


def acts(found: list[Token], place: int) -> bool:
    """Tell whether a word with a capital does, or undergoes, what persons do."""
    token = found[place]
    if token.key in NO_SURNAME or _in_title(found, place) or before(found, place) in UNIT_CUES:
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


def _speaks(found: list[Token], place: int) -> bool:
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


def _in_title(found: list[Token], place: int) -> bool:
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


def _plain(token: Token, lexicon: Mapping[str, int]) -> str:
    """Judge a word whose capitals say nothing; no dictionary has it, or it is mostly a name."""
    if strong(token) and token.key not in GREETINGS:
        return "list"
    if token.mode not in {LOWER, UPPER} or token.flags or len(token.key) < LEAST_PART:
        return ""
    if token.key in CHAT or token.key in ROLES or token.key in TITLES or not _sayable(token.key):
        return ""
    if is_joined(token.key, lexicon, token.dutch) or is_slip(token.key, lexicon, token.dutch):
        return ""
    return "unknown word"


def _sayable(key: str) -> bool:
    """Tell whether a word has both a vowel and a consonant, and is no drawn-out sound."""
    letters = set(key)
    return len(letters) > 1 and bool(letters & set("aeiouy")) and bool(letters - set("aeiouy"))
