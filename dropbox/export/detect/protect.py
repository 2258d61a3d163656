"""Evidence against: names of streets, buildings, prizes and feasts, which stay readable.

"Jan van Galenstraat" names a street and "zaal Anne Frank" a room: whoever wrote them named
nobody. The words of such a name are fixed, so that no other room takes them for a person's.
"""

from __future__ import annotations

from functools import cache

from dropbox.export.detect.tokens import UPPER, Token
from dropbox.export.lexicon import LAST, NAME, SAFE, WORD, fold, own_words
from dropbox.export.words import (
    BUILDINGS,
    CALLED_AFTER,
    NAMESAKES,
    NO_SURNAME,
    PARTICLES,
    PERSON_VERBS,
    STREETS,
    TITLES,
)

_ENDS = (*STREETS, *BUILDINGS, *CALLED_AFTER)
_ENGLISH = frozenset({"street", "room", "bridge", "quay", "road", "avenue", "square", "award"})
"""Also surnames, but after a word with a capital they end the name of a thing."""
MAX_BEFORE = 4
"""Words before the end of a street's name that may belong to it."""
MAX_AFTER = 4
"""Words after "zaal" that may be its name."""

_LEAST = 4
_CLOSE = frozenset({" ", "-", ". "})
_LIST = frozenset({", ", " "})


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
        if token.key in NAMESAKES:
            _called(found, place)
        able = token.capital or token.gap == "-" or token.key in _ENGLISH
        if able and token.key.endswith(_ENDS):
            _thing(found, place)


def _phrase(found: list[Token], place: int, phrases: list[tuple[str, ...]]) -> None:
    for phrase in phrases:
        run = found[place : place + len(phrase)]
        capital = found[place].capital or found[place].mode == UPPER
        if tuple(each.key for each in run) == phrase and all(
            each.gap in _CLOSE for each in run[1:]
        ):
            capital = capital and all(each.gap != "-" or not each.flags & NAME for each in run[1:])
            for each in run:
                each.fixed = capital


def _called(found: list[Token], place: int) -> None:
    """Fix the name after "zaal" or "motie-", and the others listed after "zalen"."""
    cue = found[place]
    end = at = place + 1
    while at < len(found) and at <= place + MAX_AFTER:
        token = found[at]
        led = token.key in PARTICLES or token.key in TITLES
        if token.gap not in {" ", "-"} or not (token.capital or led) or token.mode == UPPER:
            break
        at += 1
        end = at if token.capital else end
    if end == place + 1 or (end < len(found) and _is_done_by(found, place, end)):
        return
    for each in found[place + 1 : end]:
        each.fixed = True
    if cue.key.endswith("en") or cue.key.endswith("s"):
        _listed(found, end)


def _is_done_by(found: list[Token], place: int, end: int) -> bool:
    """Tell whether what follows is what a person does: "in de zaal zei Anne dat"."""
    after = found[end]
    return after.gap == " " and after.key in PERSON_VERBS and found[place + 1].gap != "-"


def _listed(found: list[Token], begin: int) -> None:
    """Fix the words with capitals that go on a list: "Aletta Jacobs, Multatuli en Tutu"."""
    for token in found[begin : begin + 2 * MAX_AFTER]:
        if token.gap not in _LIST or not (token.capital or token.key in {"en", "and"}):
            return
        if token.capital:
            token.fixed = True


def _thing(found: list[Token], place: int) -> None:
    """Fix a street or building and the words with a capital before it."""
    token = found[place]
    surname = token.flags & LAST and token.key not in _ENGLISH
    alone = (token.key in STREETS or token.key in BUILDINGS) and not surname
    joined = token.key in CALLED_AFTER and token.gap == "-"
    end = next(each for each in _ENDS if token.key.endswith(each))
    glued = len(token.key) - len(end) >= _LEAST and not token.flags & NAME
    if (
        not glued
        and not joined
        and not (alone and (token.capital or token.gap == "-" or surname == 0))
    ):
        return
    if not token.capital and token.gap != "-" and token.key not in _ENGLISH:
        return
    if not glued and place and found[place - 1].key in PARTICLES:
        return
    begin = _begin_capitals(found, place) if token.mode == UPPER else _begin(found, place)
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


def _begin_capitals(found: list[Token], place: int) -> int:
    """Return where the names before a street's end begin, in writing of nothing but capitals."""
    begin = place
    while begin > max(0, place - MAX_BEFORE) and found[begin].gap in _CLOSE:
        previous = found[begin - 1]
        if not previous.flags & NAME or previous.flags & (WORD | SAFE):
            break
        begin -= 1
    return begin
