"""How far a description goes: back to its article, on to the end of what belongs to it.

A phrase ends at a stop, and before the verb of the sentence that it stands in. Invariant: never
more than `REACH` characters to either side.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import wordfile

REACH = 90
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_STOP = re.compile(
    r"[.!?;:\n()\[\]\"“”…|]|,(?! ?(?:die|dat|een|met|who|whose|the one|de enige|net van|een oud)\b)| [–-] | ['‘]|(?<=[^\W\d_])['’](?![^\W\d_])"
)
_HARD = re.compile(r"[.!?;:\n()\[\]\"“”…|]| [–-] ")
_READ = wordfile.read("trait_words.txt")
FINITE = _READ["finite_verbs"]
_JOINS = _READ["joins"]
_DETERMINERS = _READ["determiners"]
_NO_ADJECTIVE = FINITE | _JOINS | _READ["no_adjective"]
_ADJECTIVES = 3
_AND = frozenset({"en", "and", "maar", "but"})
_SUBJECTS = frozenset(
    [
        "ik",
        "jij",
        "hij",
        "zij",
        "ze",
        "we",
        "wij",
        "i",
        "you",
        "he",
        "she",
        "they",
        "we",
        "my",
        "mijn",
        "daar",
        "dat",
        "er",
        "die",
        "this",
        "that",
        "it",
        "er",
        "u",
        "ook",
    ]
)
_MOST_WORDS = 9
"""Words after its head that a phrase without a verb of its own has at most."""
_PRONOUN = frozenset(["die", "dat", "who", "that", "whose", "wie"])


def lead(low: str, start: int) -> int:
    """Return where the article and adjectives before a word begin; ``start`` when there are none."""
    first = max(0, start - 48)
    words = list(_WORD.finditer(low, first, start))
    end = start
    for word in words[: -_ADJECTIVES - 2 : -1]:
        gap = low[word.end() : end]
        if gap not in (" ", "-", "\n", ", ") or (gap == ", " and word[0] in _DETERMINERS):
            return start
        if word[0] in _DETERMINERS:
            return word.start()
        if word[0] in _NO_ADJECTIVE:
            return start
        end = word.start()
    return start


def has_article(low: str, start: int) -> bool:
    """Tell whether a phrase begins with an article or a word that points."""
    word = _WORD.match(low, start)
    return word is not None and word[0] in _DETERMINERS


def tail(low: str, end: int, *, clause: bool = False) -> int:
    """Return where a phrase ends that goes on from ``end``.

    Args:
        low: the text in small letters.
        end: the end of its head.
        clause: what follows begins with "die" or "who", and has a verb of its own.
    """
    stop = _STOP.search(low, end, end + REACH)
    limit = stop.start() if stop else min(len(low), end + REACH)
    if limit == end + REACH:
        limit = low.rfind(" ", end, limit) if " " in low[end:limit] else limit
    words = list(_WORD.finditer(low, end, limit))
    since, last = 0, end
    for place, word in enumerate(words):
        following = words[place + 1][0] if place + 1 < len(words) else ""
        if word[0] in _PRONOUN:
            clause, since = True, 0
        elif clause and word[0] in FINITE:
            if following in FINITE:
                return word.end()
            if since > _LEAST_IN_CLAUSE and following and not _opens(words[place - 1][0]):
                if words[place - 1][0].endswith(_VERBAL):
                    return last
                if not _PARTICIPLE.match(following):
                    return word.end()
        elif _leaves(word[0], following, place, clause=clause):
            return last
        since += 1
        last = word.end()
    return last


_LEAST_IN_CLAUSE = 2
_VERBAL = ("t", "de", "te", "den", "ten", "am", "on", "eg", "ok", "ed")
"""How a verb may end that closes a clause, so that the next one is the sentence's own."""
_PARTICIPLE = re.compile(r"(?:ge|ver|be|ont|over|af|op|uit|mee|door)\w+(?:d|t|en)$|\w+ed$")
_TIES = frozenset({"en", "and", "of", "or", "als", "ook", "niet"})


def _leaves(word: str, following: str, place: int, *, clause: bool) -> bool:
    """Tell whether a word no longer belongs to the phrase before it."""
    if word in _AND and (following in _SUBJECTS or following in FINITE):
        return True
    if clause:
        return False
    return word in FINITE or place >= _MOST_WORDS or (word in _JOINS and word not in _TIES)


def _opens(word: str) -> bool:
    """Tell whether a verb may follow a word within a clause: after a subject or a small word."""
    return word in _NO_ADJECTIVE or word in _DETERMINERS or word in _PRONOUN
