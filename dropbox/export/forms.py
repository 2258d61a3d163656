"""The forms of registered names, word by word: which part of which name a single word is.

Owns the index of parts, slips of the pen, glued forms and initials that `register` looks in. It
knows no neighbours; what a word means among others is for `register` to say. Invariant: a word
is looked up by its folded letters alone, so that the answer can be kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dropbox.export.letters import one_apart, shorter
from dropbox.export.lexicon import COMMON_EN, COMMON_NL, FIRST, OWN, WEAK, WORD, fold
from dropbox.export.view import view
from dropbox.export.words import PARTICLES, TITLES

LEAST_PART = 2
"""Letters of a part that is looked for by itself."""
LEAST_SLIP = 4
"""Letters of a part that is also looked for with one letter wrong, in pieces, or in garbage."""
LEAST_INSIDE = 5
"""Letters of a part that is also looked for inside longer words."""
KEPT = 100_000
"""Words of which the answer is kept."""

COMMON = COMMON_NL | COMMON_EN
ORDINARY = WORD | WEAK

_PIECE = re.compile(r"[^\W\d_]+(?:['’‘´`][^\W\d_]+)*")
_APOSTROPHES = frozenset("'’‘´`")
_SIGNS = str.maketrans("", "", "'’‘´`")
_MISREAD = str.maketrans("0134568|$", "oleasgbls")
_ENDINGS = ("s", "tje", "tjes", "je", "jes", "etje", "pje", "ke", "ie", "y", "i")
_ALSO_SHORT = frozenset({"tje", "tjes", "je", "jes", "etje", "pje", "ke"})
"""Endings that also a part of two letters may have."""


def bare(word: str) -> str:
    """Return a word folded, and without its apostrophes."""
    return fold(word).translate(_SIGNS)


class Forms:
    """The words by which the persons of a register may be called.

    Attributes:
        owner: numbers of the persons by folded part; ``initials`` and ``glued``: by folded letters.
        wordlike: parts that are ordinary words as well.
        particles: small words that stand within a registered name, and initials' own letters.
        letters: first letters of parts.
        starts: what a part, cut in pieces, may begin with.
        runs: whole names that could be read as ordinary words.
        lone: names of one letter, such as the alias *A.*
    """

    def __init__(self, lexicon: Mapping[str, int]) -> None:
        self._lexicon = lexicon
        self.owner: dict[str, set[int]] = {}
        self.wordlike: set[str] = set()
        self.initials: dict[str, set[int]] = {}
        self.glued: dict[str, set[int]] = {}
        self.particles: set[str] = set()
        self.letters: set[str] = set()
        self.starts: set[str] = set()
        self.runs: set[tuple[str, ...]] = set()
        self.lone: dict[str, set[int]] = {}
        self._near: dict[str, set[str]] = {}
        self._inside: list[str] = []
        self._kept: dict[str, tuple[str, str]] = {}

    def learn(self, name: str, number: int) -> None:
        """Take one name or alias of person ``number``, as the handler wrote it."""
        written = _PIECE.findall(view(name).text)
        pieces = [bare(piece) for piece in written]
        given = bool(pieces and self._lexicon.get(pieces[0], 0) & FIRST and name[:1].isupper())
        last = len(pieces) - 1
        parts = [
            each
            for at, each in enumerate(pieces)
            if each not in TITLES
            and (each not in PARTICLES or (at == 0 and given) or at == last)
            and not (len(each) == 1 and written[at].islower())
        ] or pieces
        self.particles.update(
            each for each in pieces if each not in parts and each in PARTICLES | {"t", "v", "d"}
        )
        self.letters.update(each[0] for each in parts)
        for part in [*parts, *_tails(written)]:
            if len(part) >= LEAST_PART:
                self._part(part, number)
        if len(name.strip(" .")) == 1 and written:
            self.lone.setdefault(pieces[0], set()).add(number)
        if len(pieces) > 1:
            for run in (parts, pieces):
                letters = "".join(piece[0] for piece in run)
                if len(letters) > 1:
                    self.initials.setdefault(letters, set()).add(number)
            self._glue(pieces, parts, number)
            self.runs |= {tuple(pieces), (*pieces[1:], pieces[0])}

    def _part(self, part: str, number: int) -> None:
        self.owner.setdefault(part, set()).add(number)
        flags = self._lexicon.get(part, 0)
        if part in PARTICLES or (flags & ORDINARY and not flags & OWN):
            self.wordlike.add(part)
        if len(part) >= LEAST_SLIP:
            self.starts.update(part[:end] for end in range(1, len(part)))
            for form in shorter(part):
                self._near.setdefault(form, set()).add(part)
        if len(part) >= LEAST_INSIDE and part not in self.wordlike:
            self._inside.append(part)

    def _glue(self, pieces: list[str], parts: list[str], number: int) -> None:
        first, rest = parts[0], "".join(parts[1:])
        whole, tail = "".join(pieces), "".join(pieces[1:])
        letters = "".join(part[0] for part in parts[:-1])
        forms = {whole, first + rest, rest + first, tail + first, first[0] + rest, rest + first[0]}
        forms |= {tail, first[0] + tail, tail + first[0], first + rest[:1]}
        forms |= {letters + parts[-1], first[0] + parts[-1], first + parts[-1], parts[-1] + first}
        for form in forms:
            known = self._lexicon.get(form, 0) & ORDINARY
            if len(form) > LEAST_SLIP or (len(form) == LEAST_SLIP and not known):
                self.glued.setdefault(form, set()).add(number)

    def part(self, word: str) -> tuple[str, str]:
        """Return the registered part that a word is a form of, and how; or two empty texts.

        How: ``exact``, ``ended`` (possessive, diminutive), ``slip``, ``inside``, ``initials``
        (a word in capitals) or ``glued``; for the last two the letters instead of a part.

        Args:
            word: as written.
        """
        found = self._kept.get(word)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[word] = self._find(word)
        return found

    def _find(self, word: str) -> tuple[str, str]:
        key = bare(word)
        stem = key[:-1] if word[-2:-1] in _APOSTROPHES and word[-1:] in "sS" else key
        for form in (key, stem):
            if form in self.owner:
                return form, "exact"
        if word.isupper() and key in self.initials:
            return key, "initials"
        if key in self.glued:
            return key, "glued"
        ended = self._ended(key)
        if ended:
            return ended, "ended"
        for part in self._inside:
            if part in key and len(part) < len(key):
                return part, "inside"
        slip = self._slip(key)
        if not slip and not key.isalpha():
            slip = self._slip(key.translate(_MISREAD))
        return (slip, "slip") if slip else ("", "")

    def _ended(self, key: str) -> str:
        """Return the part that a word is with an ending, or nothing."""
        for ending in _ENDINGS:
            if not key.endswith(ending):
                continue
            stem = key[: -len(ending)]
            for form in (stem, stem[:-1] if stem[-1:] == stem[-2:-1] else stem):
                least = LEAST_PART if ending in _ALSO_SHORT else LEAST_PART + 1
                if len(form) >= least and form in self.owner:
                    return form
        return ""

    def _slip(self, key: str) -> str:
        """Return the part of which a word is a slip of the pen, or nothing."""
        if len(key) >= LEAST_SLIP - 1:
            for form in shorter(key):
                for part in sorted(self._near.get(form, ())):
                    if one_apart(key, part):
                        return part
        return ""

    def solid(self) -> Iterator[str]:
        """Yield what names somebody wherever its letters stand in a row, words or not."""
        for part in self.owner:
            if len(part) >= LEAST_SLIP:
                yield part
        for form in self.glued:
            if len(form) > LEAST_SLIP:
                yield form


def _tails(written: Iterable[str]) -> Iterator[str]:
    """Yield what stands after the apostrophe of a part: Connor of O'Connor."""
    for piece in written:
        tail = re.split("['’‘´`]", piece)[-1]
        if tail != piece and len(tail) > LEAST_PART:
            yield bare(tail)
