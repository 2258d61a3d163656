"""The case register: the names that a handler knows to be in a case, and every form of them.

A name of the register, and each variant by the rules below, is always found.

Rules. Each part by itself, in any order; particles, accents and capitals do not matter. A part
with *s*, *'s* or *'*; with a Dutch or English diminutive (-je, -tje, -etje, -pje, -ke, -ie, -y);
with one letter wrong, from four letters on; split by a hyphen, a line end or signs that do not
show. Parts written as one word, and an initial glued to a surname. The initials of a full name,
with or without points, in capitals, and any initials before a part. A part of six letters or more
inside a longer word. A part that is also an ordinary word (Hoop, Wit) is found with a capital, in
writing without capitals, and beside another part; within a sentence with capitals *de hoop*
stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dropbox.export.detect.tokens import MIXED, Token, blocks, tokens
from dropbox.export.letters import one_apart, shorter
from dropbox.export.lexicon import FIRST, OWN, WEAK, WORD, fold
from dropbox.export.span import PER, Span, whole_word
from dropbox.export.view import View, view
from dropbox.export.words import PARTICLES, TITLES

LEAST_PART = 2
"""Letters of a part that is looked for by itself."""
LEAST_SLIP = 4
"""Letters of a part that is also looked for with one letter wrong."""
LEAST_INSIDE = 6
"""Letters of a part that is also looked for inside longer words."""

_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENDINGS = ("'s", "s", "'", "tje", "tjes", "je", "jes", "etje", "pje", "ke", "ie", "y", "i")


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a case.

    Attributes:
        names: the full name first, then aliases; ``role``: what stands in its place, may be empty.
    """

    names: tuple[str, ...]
    role: str = ""


def read(text: str) -> tuple[Person, ...]:
    """Read a register: a person a line, aliases after ``;``, a role after ``=``; ``#`` comments."""
    found: list[Person] = []
    for line in text.splitlines():
        bare = line.partition("#")[0].strip()
        listed, _, role = bare.partition("=")
        names = tuple(name.strip() for name in listed.split(";") if name.strip())
        if names:
            found.append(Person(names, role.strip()))
    return tuple(found)


class Register:
    """The persons of one case, ready to be looked for.

    Args:
        persons: as `read` returns them.
        lexicon: tells which parts are ordinary words as well.
    """

    def __init__(self, persons: Sequence[Person], lexicon: Mapping[str, int]) -> None:
        self.persons = tuple(persons)
        self._lexicon = lexicon
        self._owner: dict[str, int] = {}
        self._wordlike: set[str] = set()
        self._near: dict[str, set[str]] = {}
        self._initials: dict[str, int] = {}
        self._glued: dict[str, int] = {}
        self._particles: set[str] = set()
        for number, person in enumerate(self.persons):
            for name in person.names:
                self._learn(name, number)
        self._inside = [
            part for part in self._owner if len(part) >= LEAST_INSIDE and part not in self._wordlike
        ]

    def _learn(self, name: str, number: int) -> None:
        pieces = [fold(piece) for piece in _PIECE.findall(view(name).text)]
        first = self._lexicon.get(pieces[0], 0) & FIRST if pieces else 0
        given = bool(first) and name[:1].isupper()
        parts = [
            each
            for at, each in enumerate(pieces)
            if (each not in PARTICLES or (at == 0 and given) or at == len(pieces) - 1)
            and each not in TITLES
        ] or pieces
        self._particles.update((set(pieces) & PARTICLES) - set(parts))
        kept = [part for part in parts if len(part) >= LEAST_PART]
        for part in kept:
            self._owner.setdefault(part, number)
            flags = self._lexicon.get(part, 0)
            if part in PARTICLES or (flags & (WORD | WEAK) and not flags & OWN):
                self._wordlike.add(part)
            if len(part) >= LEAST_SLIP:
                for form in shorter(part):
                    self._near.setdefault(form, set()).add(part)
        if len(pieces) > 1:
            for run in (parts, pieces):
                letters = "".join(piece[0] for piece in run)
                if len(letters) > 1:
                    self._initials.setdefault(letters, number)
            self._glue(pieces, parts, number)

    def _glue(self, pieces: list[str], parts: list[str], number: int) -> None:
        first, rest = parts[0], "".join(parts[1:])
        whole = "".join(pieces)
        forms = {whole, "".join(parts), rest + first, first[0] + rest, rest + first[0]}
        forms |= {whole[len(pieces[0]) :], pieces[0][0] + whole[len(pieces[0]) :], first + rest[:1]}
        for form in forms:
            if len(form) > LEAST_SLIP:
                self._glued.setdefault(form, number)

    def found(self, text: str) -> Iterator[Span]:
        """Yield every form of a registered name in ``text``, in characters of ``text``."""
        if not self._owner and not self._initials:
            return
        seen = view(text)
        for start, end in blocks(seen.text):
            part = seen.text[start:end]
            words = tokens(part, self._lexicon)
            for first, last in self._stretches(words):
                lead = _LEAD.search(part, max(0, words[first].start - 14), words[first].start)
                begin = lead.start() if lead else words[first].start
                stretch = whole_word(part, begin, words[last].end)
                yield _found(seen, start, stretch, "name")
            for match in _DOTTED.finditer(part):
                dotted = match[0].rstrip(" -")
                if fold(dotted.replace(".", "").replace(" ", "")) in self._initials:
                    stretch = (match.start(), match.start() + len(dotted))
                    yield _found(seen, start, stretch, "initials")

    def _stretches(self, words: list[Token]) -> Iterator[tuple[int, int]]:
        """Yield the first and last word of each mention, with the particles of the name in it."""
        for place in range(len(words)):
            if self.owner(words, place) is None:
                continue
            first = place
            letter = first > 1 and len(words[first - 1].key) == 1 and words[first].gap in _SPLITS
            if letter and self.owner(words, first - 2) is not None:
                first -= 1
            while first and words[first - 1].key in self._particles and words[first].gap in _SPLITS:
                first -= 1
            yield first, place

    def person(self, text: str) -> int | None:
        """Return the number of the person whose name or part of a name ``text`` is, if any."""
        words = tokens(text, self._lexicon)
        owners = (self.owner(words, place) for place in range(len(words)))
        return next((owner for owner in owners if owner is not None), None)

    def owner(self, words: list[Token], place: int) -> int | None:
        """Return the number of the person whose name a word is part of, if any."""
        token = words[place]
        key = token.key.replace("'", "") if token.key not in self._owner else token.key
        part = self._part(key, token)
        if part is not None:
            if part in self._wordlike and not self._stands(words, place):
                return None
            return self._owner[part]
        if token.upper and key in self._initials:
            return self._initials[key]
        if key in self._glued:
            return self._glued[key]
        return self._broken(words, place)

    def _part(self, key: str, token: Token) -> str | None:
        """Return the registered part that a word is a form of."""
        if key in self._owner:
            return key
        if token.key.endswith("'s") and token.key[:-2] in self._owner:
            return token.key[:-2]
        ended = self._ended(key)
        if ended:
            return None if token.flags & WORD and not token.capital else ended
        ordinary = token.flags & (WORD | WEAK) and (token.first or not token.capital)
        if not ordinary:
            for form in shorter(key) if len(key) >= LEAST_SLIP - 1 else ():
                for part in self._near.get(form, ()):
                    if one_apart(key, part):
                        return part
        if len(key) > LEAST_INSIDE:
            return next((part for part in self._inside if part in key), None)
        return None

    def _ended(self, key: str) -> str:
        """Return the part that a word is with an ending, or nothing."""
        for ending in _ENDINGS:
            stem = key.removesuffix(ending.strip("'"))
            for form in (stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem):
                if form != key and len(form) > LEAST_PART and form in self._owner:
                    return form
        return ""

    def _stands(self, words: list[Token], place: int) -> bool:
        """Tell whether a part that is an ordinary word stands as a name here."""
        token = words[place]
        if token.capital or token.mode != MIXED:
            return True
        beside = [*words[max(0, place - 3) : place], *words[place + 1 : place + 4]]
        return any(each.key in self._owner and each.key not in self._wordlike for each in beside)

    def _broken(self, words: list[Token], place: int) -> int | None:
        """Find a part that a space, hyphen or line end has split in two or three."""
        for begin in range(max(0, place - 2), place + 1):
            for end in range(max(begin + 2, place + 1), min(len(words), begin + 3) + 1):
                run = words[begin:end]
                if any(each.gap not in _SPLITS for each in run[1:]):
                    continue
                joined = "".join(each.key for each in run)
                if (
                    len(joined) >= LEAST_INSIDE
                    and joined in self._owner
                    and not all(each.flags & WORD for each in run)
                ):
                    return self._owner[joined]
        return None


_SPLITS = frozenset({" ", "-", "\n", "- ", " -", "-\n", "\r\n", "_", "."})
_LEAD = re.compile(r"(?<!\w)(?:[^\W\d_]\. ?-?){1,4}$")
_DOTTED = re.compile(
    r"(?<![\w.])(?:[^\W\d_]\.[ -]?){2,5}|(?<![\w.])(?:[^\W\d_]\.){1,4}[^\W\d_](?![\w.])"
)


def _found(seen: View, offset: int, stretch: tuple[int, int], kind: str) -> Span:
    start, end = seen.original(offset + stretch[0], offset + stretch[1])
    return Span(start, end, PER, kind, "register: a name of this case", 1.0)
