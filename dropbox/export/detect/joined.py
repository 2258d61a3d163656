"""Words that no dictionary has and that are words all the same: joined ones, and slips."""

from __future__ import annotations

from collections.abc import Mapping

from dropbox.export.lexicon import COMMON_EN, COMMON_NL, EN, NL
from dropbox.export.words import PARTICLES

LEAST_PART = 3
"""Letters in a part of a joined word, at least."""
SHORT_PART = 4
"""Up to so many letters a part must be a frequent word."""
LEAST_SLIP = 4
"""Letters of a word that may be a slip of the pen, at least."""

COMMON = COMMON_NL | COMMON_EN

_LINKS = ("", "s", "en", "e", "n")


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


def is_sayable(key: str) -> bool:
    """Tell whether a word has both a vowel and a consonant, and is no drawn-out sound."""
    letters = set(key)
    return len(letters) > 1 and bool(letters & set("aeiouy")) and bool(letters - set("aeiouy"))
