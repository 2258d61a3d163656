"""The case register: the names that a handler knows to be in a case, and every form of them.

A name of the register, and each variant by the rules below, is always found.

Rules. Each part by itself, in any order; particles, accents, apostrophes and capitals do not
matter. A part with *s*, *'s* or *'*; with a Dutch or English diminutive (-je, -tje, -etje, -pje,
-ke, -ie, -y); with one letter wrong, from four letters on, unless that makes an ordinary word;
split by a hyphen, a space, a line end or signs that do not show, from four letters on, unless
the pieces are common words; with numbers for letters (F4tima). Parts written as one word, and an
initial glued to a surname. The initials of a full name, with or without points, in capitals, and
initials before or after a part. A name of one letter, in capitals and before a sign (A.).
A part of five letters or more inside a longer word. A part that
is also an ordinary word (Hoop, Wit) is found with a capital, in writing without capitals, beside
another part, and after a title; within a sentence with capitals *de hoop* stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dropbox.export.detect.tokens import MIXED, WORD, Token, blocks, tokens
from dropbox.export.forms import COMMON, LEAST_INSIDE, LEAST_SLIP, ORDINARY, Forms, bare
from dropbox.export.lexicon import WORD as LEXICAL
from dropbox.export.lexicon import fold
from dropbox.export.span import PER, Span, whole_word
from dropbox.export.view import View, view
from dropbox.export.words import DETERMINERS, NO_SURNAME, PARTICLES, ROLES, SPEECH, TITLES

BLOCK = 4000
"""Characters that are looked at together; what holds no part is passed by quickly."""
REACH = 80
"""Characters after a block that are looked at with it, for a name that its end cuts."""


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
        plain = line.partition("#")[0].strip()
        listed, _, role = plain.partition("=")
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
        self._forms = Forms(lexicon)
        for number, person in enumerate(self.persons):
            for name in person.names:
                self._forms.learn(name, number)
        self._solid = tuple(self._forms.solid())

    def found(self, text: str) -> Iterator[Span]:
        """Yield every form of a registered name in ``text``, in characters of ``text``.

        Spans come roughly in order, and the same one may come twice.
        """
        if not (self._forms.owner or self._forms.initials or self._forms.lone):
            return
        seen = view(text)
        for start, end in blocks(seen.text, BLOCK):
            part = seen.text[start : end + REACH]
            if self._may(part):
                yield from self._mentions(seen, start, part)

    def _may(self, part: str) -> bool:
        """Tell quickly whether a stretch may hold a name; no only where it holds none."""
        form = self._forms.part
        if any(form(word)[1] for word in set(WORD.findall(part))):
            return True
        row = _row(part)
        return (
            any(each in row for each in self._solid)
            or bool(_DOTTED.search(part))
            or bool(self._forms.lone and _LONE.search(part))
            or any(self._number_word(match[0]) for match in _NUMBERS.finditer(part))
        )

    def _mentions(self, seen: View, start: int, part: str) -> Iterator[Span]:
        words = tokens(part, self._lexicon)
        for first, last in self._stretches(words):
            stretch = whole_word(part, words[first].start, words[last].end)
            yield _found(seen, start, stretch, "name")
        for match in _DOTTED.finditer(part):
            dotted = match[0].rstrip(" -")
            if bare(_POINTS.sub("", dotted)) in self._forms.initials:
                stretch = (match.start(), match.start() + len(dotted))
                yield _found(seen, start, stretch, "initials")
        for match in _LONE.finditer(part) if self._forms.lone else ():
            if bare(match[0]) in self._forms.lone:
                yield _found(seen, start, match.span(), "initials")
        for match in _NUMBERS.finditer(part):
            if self._number_word(match[0]):
                yield _found(seen, start, match.span(), "name")

    def _number_word(self, word: str) -> bool:
        """Tell whether a word with numbers for letters is a part: F4t1ma."""
        if word.isalpha() or word.isdigit():
            return False
        folded = bare(word)
        return any(
            len(form) >= LEAST_SLIP and (form in self._forms.owner or form in self._forms.glued)
            for form in (folded.translate(table) for table in _LETTERS)
        )

    def _stretches(self, words: list[Token]) -> Iterator[tuple[int, int]]:
        """Yield the first and last word of each mention, with its particles and initials."""
        for place in range(len(words)):
            if not self.owner(words, place):
                continue
            first = last = place
            while first and self._leads(words, first):
                first -= 1
            while last + 1 < len(words) and self._trails(words, last + 1, initial=last > place):
                last += 1
            yield first, last

    def _leads(self, words: list[Token], first: int) -> bool:
        """Tell whether the word before a mention is a particle or an initial of it."""
        before, gap = words[first - 1], words[first].gap
        key = bare(before.key)
        if key in self._forms.particles and _splits(gap):
            return True
        if len(before.text) != 1 or not _INITIAL_GAP.fullmatch(gap):
            return False
        shown = before.text.isupper() or before.mode != MIXED
        if not _NO_SIGN.isdisjoint(gap) or (shown and key[0] in self._forms.letters):
            return True
        return first > 1 and bool(self.owner(words, first - 2))

    def _trails(self, words: list[Token], after: int, *, initial: bool) -> bool:
        """Tell whether a word after a mention is an initial of it, or a particle after one."""
        token = words[after]
        key = bare(token.key)
        if initial and key in self._forms.particles and token.gap in {" ", ". ", "."}:
            return True
        if len(token.text) != 1 or not _AFTER_GAP.fullmatch(token.gap):
            return False
        dotted = after + 1 < len(words) and words[after + 1].gap.startswith(".")
        known = key[0] in self._forms.letters and (token.text.isupper() or dotted)
        return known or ("," in token.gap and dotted and token.text.isupper())

    def who(self, text: str) -> set[int]:
        """Return the numbers of the persons whose name, or part of a name, ``text`` may be."""
        words = tokens(view(text).text, self._lexicon)
        owners = [self.owner(words, place) for place in range(len(words))]
        found = [each for each in owners if each]
        return (set.intersection(*found) or set.union(*found)) if found else set()

    def owner(self, words: list[Token], place: int) -> set[int]:
        """Return the numbers of the persons whose name a word may be part of."""
        token = words[place]
        forms = self._forms
        part, how = forms.part(token.text)
        if not how and token.key != token.text:
            part, how = forms.part(token.key)  # a letter that was misread
        if how == "initials":
            return forms.initials[part]
        if how == "glued":
            return forms.glued[part]
        if how and self._holds(words, place, part, how):
            return forms.owner[part]
        return self._broken(words, place)

    def _holds(self, words: list[Token], place: int, part: str, how: str) -> bool:
        """Tell whether a word that has the form of a part is meant as that part."""
        token = words[place]
        ordinary = bool(token.flags & ORDINARY)
        if how == "exact":
            return part not in self._forms.wordlike or self._stands(words, place)
        if how == "ended":
            return not token.flags & LEXICAL or token.capital or "'" in token.key
        if not ordinary or (token.capital and not token.first):
            return True
        return how == "inside" and len(part) > LEAST_INSIDE

    def _stands(self, words: list[Token], place: int) -> bool:
        """Tell whether a part that is an ordinary word stands as a name here."""
        token = words[place]
        if token.capital or token.mode != MIXED or not token.flags & ORDINARY:
            return True
        forms = self._forms
        beside = [*words[max(0, place - 3) : place], *words[place + 1 : place + 4]]
        if any(each.key in forms.owner and each.key not in forms.wordlike for each in beside):
            return True
        return self._whole(words, place) or _alone(words, place) or _called(words, place)

    def _whole(self, words: list[Token], place: int) -> bool:
        """Tell whether a whole name stands here: *wil de boer* of Wil de Boer."""
        key = bare(words[place].key)
        for run in self._forms.runs:
            for at, each in enumerate(run):
                begin, end = place - at, place - at + len(run)
                if not key.startswith(each) or begin < 0 or end > len(words):
                    continue
                here = words[begin:end]
                said = tuple(bare(word.key) for word in here)
                if all(_splits(word.gap) or word.gap == ", " for word in here[1:]) and (
                    said == run or said == (*run[:-1], run[-1] + "s")
                ):
                    return True
        return False

    def _broken(self, words: list[Token], place: int) -> set[int]:
        """Find a part that a space, hyphen or line end has split in two or three."""
        forms = self._forms
        for begin in range(max(0, place - 2), place + 1):
            joined = bare(words[begin].key)
            for end in range(begin + 1, min(len(words), begin + 3)):
                if joined not in forms.starts or not _splits(words[end].gap):
                    break
                joined += bare(words[end].key)
                if end < place or joined not in forms.owner:
                    continue
                run = words[begin : end + 1]
                if any(_rare(each) for each in run) or (
                    any(each.gap != " " for each in run[1:])
                    and any(each.key not in NO_SURNAME | PARTICLES for each in run)
                ):
                    return forms.owner[joined]
        return set()

    def inside(self, text: str) -> bool:
        """Tell whether the letters of a part of four or more stand in a row, words or not.

        For what came out of bytes by guessing, where words and sentences mean nothing.
        """
        folded = fold(text)
        return any(each in folded for each in self._solid)

    def turned(self, text: str, again: Callable[[str], str]) -> Iterator[int]:
        """Yield where a part of four letters or more stands as a word, as it is registered.

        Args:
            text: of which each word was turned, such as backwards.
            again: turns a word back; an ordinary word that is a name by chance is none.
        """
        forms = self._forms
        named = {
            word
            for word in set(WORD.findall(text))
            for key in (bare(word),)
            if len(key) >= LEAST_SLIP
            and (key in forms.owner or key in forms.glued)
            and not self._lexicon.get(bare(again(word)), 0) & ORDINARY
        }
        if named:
            yield from (each.start() for each in WORD.finditer(text) if each[0] in named)


_GAP = re.compile(r"[\s\-‐-―_*/|·+~\"'.]{1,4}")
_INITIAL_GAP = re.compile(r"\.?[\s\-‐-―_/]{0,2}")
_NO_SIGN = frozenset("._-")
"""Between an initial and a name one of these makes even a small letter an initial."""
_AFTER_GAP = re.compile(r",?\s{1,2}|_|\.[\s-]?")
_DOTTED = re.compile(
    r"(?<![\w.])(?:[^\W\d_]\.[\s-]?){2,5}|(?<![\w.])(?:[^\W\d_]\.){1,4}[^\W\d_](?![\w.])"
)
_LONE = re.compile(r"(?<![\w.])[^\W\d_a-z](?=[.,;:!?)'\"’”»]|\s*$)", re.MULTILINE)
_POINTS = re.compile(r"[\s.-]")
_NUMBERS = re.compile(r"(?<![\w@$])(?=[\w@$]{0,30}[013457@$])[^\W\d_][\w@$]{3,30}(?![\w@$])")
_LETTERS = (str.maketrans("013457@$8", "oieastasb"), str.maketrans("013457@$8", "oleastasb"))
_NO_ROW = re.compile(r"[^a-z]+")
_BEFORE = ROLES | {"tegen", "volgens", "namens", "zei", "vroeg"}


def _splits(gap: str) -> bool:
    """Tell whether what stands between two words can stand within a name: no end of a sentence."""
    return gap == " " or (bool(_GAP.fullmatch(gap)) and (gap == "." or "." not in gap))


def _row(text: str) -> str:
    """Return the letters of a text in a row, folded."""
    return _NO_ROW.sub("", fold(text))


def _rare(token: Token) -> bool:
    return not token.flags & COMMON and token.key not in PARTICLES


def _alone(words: list[Token], place: int) -> bool:
    """Tell whether a word has a line to itself."""
    after = words[place + 1] if place + 1 < len(words) else None
    return words[place].line and (after is None or after.line)


def _called(words: list[Token], place: int) -> bool:
    """Tell whether an ordinary word without a capital is spoken of as a person."""
    token = words[place]
    if not place:
        return False
    before = words[place - 1]
    titled = token.gap == " " and before.key in TITLES
    if titled or token.key in NO_SURNAME:
        return titled
    if token.gap == " " and before.key in _BEFORE:
        return True
    after = words[place + 1] if place + 1 < len(words) else None
    speaks = after is not None and after.gap == " " and after.key in SPEECH
    return speaks and before.key not in DETERMINERS and not token.flags & COMMON


def _found(seen: View, offset: int, stretch: tuple[int, int], kind: str) -> Span:
    start, end = seen.original(offset + stretch[0], offset + stretch[1])
    return Span(start, end, PER, kind, "register: a name of this case", 1.0)
