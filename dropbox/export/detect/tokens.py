"""A text as words: where each begins, what the lexicon says, how its sentence is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dropbox.export.lexicon import (
    BOTH,
    COMMON_EN,
    COMMON_NL,
    EN,
    FIRST,
    NAME,
    NL,
    PLACE,
    SAFE,
    WEAK,
    fold,
)
from dropbox.export.words import ABBREVIATED, FUNCTION_EN, FUNCTION_NL, TITLES

WORD = re.compile(
    r"[^\W\d_]+(?:['’‘´`][^\W\d_]+|[0134568|$](?=[^\W\d_]{2})[^\W\d_]+)*|['’‘´`]t(?!\w)"
)
"""One word: letters, with apostrophes or a misread digit inside; a hyphen parts words."""

MIXED, LOWER, UPPER = 0, 1, 2
"""How the capitals of a sentence are: as taught, none, or nothing but capitals."""

_STOP = re.compile(r"[.!?…:;]|\n|\r|[•*]|\t")
_MISREAD = str.maketrans("0134568|$", "oleasgbls")
_MISREADS = re.compile(r"[0134568|$]")
_WRAPPED = 45
"""A line this long that ends within a sentence was broken by its width, not by its writer."""


class Token:
    """A word and what is known of it.

    Attributes:
        start: first character in the view; ``end``: the one after the last.
        text: as written; ``key``: folded.
        flags: what the lexicon says, 0 when it does not know the word.
        capital: it begins with a capital; ``upper``: it has two or more and nothing else.
        first: it opens a sentence or line, so that a capital says nothing.
        mode: `MIXED`, `LOWER` or `UPPER`, of its sentence.
        dutch: its sentence is rather Dutch than English.
        gap: what stands between it and the word before.
        fixed: it is part of the name of a street, a building or a feast, and stays readable.
        name: set by the rules of `detect`: it is part of a name; ``reason``: which rule.
    """

    __slots__ = (
        "capital",
        "dutch",
        "end",
        "first",
        "fixed",
        "flags",
        "gap",
        "key",
        "line",
        "mode",
        "name",
        "reason",
        "start",
        "text",
        "upper",
    )

    def __init__(self, start: int, end: int, text: str, key: str, flags: int, gap: str) -> None:
        self.start = start
        self.end = end
        self.text = text
        self.key = key
        self.flags = flags
        self.capital = text[0].isupper()
        self.upper = self.capital and len(text) > 1 and text.isupper()
        self.gap = gap
        self.first = False
        self.line = False
        self.mode = MIXED
        self.dutch = True
        self.fixed = False
        self.name = False
        self.reason = ""

    def take(self, reason: str) -> None:
        """Make it part of a name, unless it is part of the name of a thing."""
        if not self.fixed and not self.name:
            self.name = True
            self.reason = reason

    @property
    def cased(self) -> bool:
        """Tell whether its capital, or the lack of one, says something."""
        return self.mode == MIXED or (self.mode == LOWER and self.capital)

    @property
    def word(self) -> bool:
        """Tell whether it is an ordinary word in the language of its sentence."""
        if self.dutch:
            return bool(self.flags & (NL | WEAK | COMMON_EN)) or bool(
                self.flags & EN and not self.flags & NAME
            )
        return bool(self.flags & (EN | WEAK | COMMON_NL)) or bool(
            self.flags & NL and not self.flags & NAME
        )


def tokens(text: str, lexicon: Mapping[str, int]) -> list[Token]:
    """Return the words of a stretch of a view, in order."""
    found: list[Token] = []
    last = 0
    for match in WORD.finditer(text):
        start, end = match.span()
        word = match[0]
        key = fold(word)
        if not key.isalpha() and _MISREADS.search(key):
            key = key.translate(_MISREAD)
        flags = lexicon.get(key, 0)
        if flags and key.endswith("'s") and word[0].isupper():
            flags |= _owner(key[:-2], lexicon)
        found.append(
            Token(start, end, word, key, flags or _lenient(key, lexicon), text[last:start])
        )
        last = end
    _sentences(found)
    return found


def _owner(stem: str, lexicon: Mapping[str, int]) -> int:
    """Return what a possessive that is a plural too owes to a first name: "Bo's", not "Auto's"."""
    flags = lexicon.get(stem, 0)
    barred = flags & (SAFE | PLACE | COMMON_EN) or stem in TITLES or stem in FUNCTION_NL
    return flags & (FIRST | BOTH) if flags & BOTH and flags & FIRST and not barred else 0


def _lenient(key: str, lexicon: Mapping[str, int]) -> int:
    """Look a word up without its possessive, its apostrophe or its joined parts."""
    if "'" in key:
        stem, _, tail = key.rpartition("'")
        if tail in {"s", "tje", "tjes"}:
            return lexicon.get(stem, 0)
        return lexicon.get(key.replace("'", ""), 0) or lexicon.get(tail, 0)
    if key.endswith("s") and len(key) > 3:
        return lexicon.get(key[:-1], 0) & NAME_FLAGS
    return 0


NAME_FLAGS = NAME | 64 | 128


def _sentences(found: list[Token]) -> None:
    """Mark which words open a sentence, and how each sentence is written."""
    begin = line = 0
    for place, token in enumerate(found):
        if place == 0:
            token.first = token.line = True
            continue
        token.line = "\n" in token.gap or "\r" in token.gap
        before = found[place - 1]
        token.first = _opens(before, token, before.end - line > _WRAPPED)
        line = token.start if token.line else line
        if token.first or token.line:
            _describe(found, begin, place)
            begin = place
    _describe(found, begin, len(found))


def _opens(before: Token, token: Token, long: bool) -> bool:
    gap = token.gap
    if gap == " ":
        return False
    if token.line:
        return not (long and gap.count("\n") == 1 and not gap.strip(" \t\r\n,-"))
    if not _STOP.search(gap):
        return False
    if gap.lstrip("'’\"”)").startswith(".") and len(gap) > 1:
        return not _abbreviation(before)
    return (gap[-1] != "." and gap[-1] != ":") or " " in gap


def _abbreviation(before: Token) -> bool:
    return len(before.text) == 1 or (len(before.text) <= 4 and before.key in ABBREVIATED)


def _describe(found: list[Token], begin: int, end: int) -> None:
    """Set mode and language of one sentence."""
    sentence = found[begin:end]
    if not sentence:
        return
    dutch = english = capitals = uppers = lowers = 0
    for token in sentence:
        dutch += token.key in FUNCTION_NL
        english += token.key in FUNCTION_EN
        capitals += token.capital
        uppers += token.upper
        lowers += not token.capital
    mode = MIXED
    if uppers >= 3 and lowers <= uppers // 4:
        mode = UPPER
    elif lowers >= 2 and not sentence[0].capital and capitals <= lowers // 6:
        mode = LOWER
    is_dutch = dutch >= english
    for token in sentence:
        token.mode = mode
        token.dutch = is_dutch


def blocks(text: str, size: int = 20_000) -> Iterator[tuple[int, int]]:
    """Yield stretches of about ``size`` characters that end between paragraphs, lines or words."""
    start = 0
    while start < len(text):
        end = min(len(text), start + size)
        if end < len(text):
            for mark in ("\n\n", "\n", ". ", " "):
                found = text.rfind(mark, start + size // 2, end)
                if found > 0:
                    end = found + len(mark)
                    break
        yield start, end
        start = end
