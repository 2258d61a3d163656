"""Evidence against: names of streets, buildings, prizes and feasts, which stay readable.

"Jan van Galenstraat" names a street and "Anne Frank Huis" a building: whoever wrote them named
nobody. The words of such a name are fixed, so that no other room takes them for a person's.
"""

from __future__ import annotations

from functools import cache

from dropbox.export.detect.tokens import UPPER, Token
from dropbox.export.lexicon import LAST, NAME, fold, own_words
from dropbox.export.words import BUILDINGS, NO_SURNAME, PARTICLES, STREETS

_ENDS = (*STREETS, *BUILDINGS)
MAX_BEFORE = 4
"""Words before the end of a street's name that may belong to it."""

_LEAST = 4
_CLOSE = frozenset({" ", "-", ". "})


@cache
def _phrases() -> dict[str, list[tuple[str, ...]]]:
    """Return names of several words that stay readable, by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in own_words("safe_words.txt"):
        if "_" in entry:
            words = tuple(fold(word) for word in entry.replace("-", "_").split("_"))
            found.setdefault(words[0], []).append(words)
    return found


def mark(found: list[Token]) -> None:
    """Fix the words of names of things."""
    phrases = _phrases()
    for place, token in enumerate(found):
        if token.key in phrases:
            _phrase(found, place, phrases[token.key])
        able = token.capital or token.gap == "-"
        if able and token.key.endswith(_ENDS):
            _thing(found, place)


def _phrase(found: list[Token], place: int, phrases: list[tuple[str, ...]]) -> None:
    for phrase in phrases:
        run = found[place : place + len(phrase)]
        if tuple(each.key for each in run) == phrase and all(
            each.gap in _CLOSE for each in run[1:]
        ):
            for each in run:
                each.fixed = True


def _thing(found: list[Token], place: int) -> None:
    """Fix a street or building and the words with a capital before it."""
    token = found[place]
    alone = (token.key in STREETS or token.key in BUILDINGS) and not token.flags & LAST
    end = next(each for each in _ENDS if token.key.endswith(each))
    glued = len(token.key) - len(end) >= _LEAST and not token.flags & NAME
    if not glued and not (alone and (token.capital or token.gap == "-")):
        return
    if not token.capital and token.gap != "-":
        return
    if not glued and place and found[place - 1].key in PARTICLES:
        return
    begin = place if token.mode == UPPER else _begin(found, place)
    if glued or begin < place:
        for each in found[begin : place + 1]:
            each.fixed = True


def _begin(found: list[Token], place: int) -> int:
    """Return where the words with a capital before a street's end begin."""
    begin = place
    while begin > max(0, place - MAX_BEFORE) and found[begin].gap in _CLOSE:
        previous = found[begin - 1]
        if previous.first and previous.key in NO_SURNAME:
            break
        led = previous.key in PARTICLES and begin > 1 and found[begin - 2].capital
        if not previous.capital and not led:
            break
        begin -= 1
        if previous.first:
            break
    return begin
