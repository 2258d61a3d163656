"""Finds names, direct identifiers and traceable descriptions; one room per kind of evidence.

Rooms: `known` (lists and unknown words), `context` (titles, roles, verbs), `lines`
(greetings, signatures, speakers, lists),
`initials` (shape), `short` (letters, cut names),
`around` (neighbours), `repeat` (repetition), `contact` (direct identifiers),
`quasi` (descriptions), `unread` (what cannot be analysed), `protect` (names of things). `tokens`
is what they all look at; `joined` and `standing` hold what several of them ask.

Invariants: pure functions of the text; offsets count characters of the text as given; the cost
grows with the length of the text and no faster; a text is never refused here, but what could not
be read is named in `Analysis.doubts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dropbox.export.detect import (
    around,
    contact,
    context,
    initials,
    known,
    lines,
    protect,
    quasi,
    repeat,
    short,
    tokens,
    unread,
)
from dropbox.export.lexicon import NAME, OWN, SAFE, fold
from dropbox.export.span import Doubt, Span, merge
from dropbox.export.view import View, view
from dropbox.export.words import FUNCTION_EN, FUNCTION_NL, PARTICLES


@dataclass(frozen=True, slots=True)
class Known:
    """What an organisation adds to the lists: folded words.

    Attributes:
        names: names that the lists lack; ``stop``: words that are never masked as a name.
        units: names of its units, for descriptions.
    """

    names: frozenset[str] = frozenset()
    stop: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()


NOTHING_ADDED = Known()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in one text: spans in order, without overlap, and what was not read."""

    spans: tuple[Span, ...]
    doubts: tuple[Doubt, ...] = field(default=())


KEEP_WORDS = 500_000
"""Characters of a text whose words are kept for the second reading; a longer one is split again."""


class Words(dict[str, int]):
    """The lexicon with an organisation's own words laid over it; looks up, never copies."""

    def __init__(self, lexicon: Mapping[str, int], own: Known) -> None:
        super().__init__()
        self._get = lexicon.get
        stop = {*own.stop, *_unit_words(own.units, lexicon)}
        self.update({word: self._get(word, 0) | SAFE for word in stop})
        self.update(dict.fromkeys(own.names, OWN | 48))

    def get(self, key: str, default: int = 0) -> int:  # type: ignore[override]
        """Return the flags of a folded word."""
        found = super().get(key)
        return self._get(key, default) if found is None else found


def detect(text: str, lexicon: Mapping[str, int], own: Known = NOTHING_ADDED) -> Analysis:
    """Find everything in ``text`` that names a person or points to one.

    Args:
        text: as it was written.
        lexicon: from `dropbox.export.lexicon.load`.
        own: what the organisation adds.
    """
    seen = view(text)
    words: Mapping[str, int] = Words(lexicon, own) if own != NOTHING_ADDED else lexicon
    names = repeat.Names(words)
    parts = [_Part(start, end) for start, end in tokens.blocks(seen.text)]
    for part in parts:
        part.read(seen.text, words, names, keep=len(seen.text) <= KEEP_WORDS)
    spans: list[Span] = []
    for part in parts:
        found = part.found(seen.text, words, names, own.units)
        spans.extend(merge(_back(seen, span, part.start) for span in found))
        part.spans = []
    opaque, doubts = unread.found(seen.text, words)
    spans.extend(_back(seen, span, 0) for span in opaque)
    return Analysis(
        tuple(merge(spans)),
        (
            *unread.turned(text),
            *(Doubt(*seen.original(each.start, each.end), each.reason) for each in doubts),
        ),
    )


class _Part:
    """One stretch of a view, which is read twice: for its names, and for those of all others."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.spans: list[Span] = []
        self._words: list[tokens.Token] = []

    def read(self, text: str, words: Mapping[str, int], names: repeat.Names, *, keep: bool) -> None:
        """Find names by themselves, and let ``names`` learn them."""
        part = text[self.start : self.end]
        found = _first(part, words)
        self.spans = [*around.spans(found, part), *initials.found(part)]
        repeat.learn(names, (part[span.start : span.end] for span in self.spans))
        repeat.read(names, found)
        if keep:
            self._words = found

    def found(
        self, text: str, words: Mapping[str, int], names: repeat.Names, units: tuple[str, ...]
    ) -> Iterator[Span]:
        """Yield everything found in this stretch, in characters of the stretch."""
        part = text[self.start : self.end]
        yield from self.spans
        if names.parts:
            again = self._words or tokens.tokens(part, words)
            protect.mark(again)
            repeat.mark(again, names)
            around.spread(again)
            yield from around.spans(again, part)
            self._words = []
        yield from contact.found(part)
        yield from quasi.found(part, units)


def _first(part: str, words: Mapping[str, int]) -> list[tokens.Token]:
    """Return the words of one stretch of a view, with the names among them marked."""
    found = tokens.tokens(part, words)
    protect.mark(found)
    known.mark(found, words)
    context.mark(found)
    lines.mark(found, words)
    short.mark(found)
    around.spread(found)
    return found


def _back(seen: View, span: Span, offset: int) -> Span:
    """Return a span of a stretch of a view as one of the original."""
    start, end = span.start + offset, span.end + offset
    if seen.starts is not None:
        start, end = seen.original(start, end)
    elif not offset:
        return span
    return Span(start, end, span.label, span.kind, span.reason, span.confidence, span.suggestion)


def _unit_words(units: tuple[str, ...], lexicon: Mapping[str, int]) -> Iterator[str]:
    """Yield words of units' names that stay readable: all but those that are names as well."""
    for unit in units:
        words = own_words((unit,))
        for word in words:
            if len(words) == 1 or not lexicon.get(word, 0) & NAME:
                yield word


def own_words(names: tuple[str, ...]) -> frozenset[str]:
    """Return folded single words of names that an organisation adds.

    A small word within a longer name (*van den*) is none of them: it would be masked everywhere.
    """
    return frozenset(
        fold(piece)
        for name in names
        for pieces in (name.replace("-", " ").split(),)
        for piece in pieces
        if len(pieces) == 1 or fold(piece) not in PARTICLES | FUNCTION_NL | FUNCTION_EN
    )
