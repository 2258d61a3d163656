"""What was found in a text: a stretch of it, what kind of evidence says so, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PER, CONTACT, QUASI, OPAQUE = "PER", "CONTACT", "QUASI", "OPAQUE"
"""A name; a direct identifier; a traceable description; what cannot be read here."""

MASKED = frozenset({PER, CONTACT, OPAQUE})
"""Labels that are masked without any decision; `QUASI` is only highlighted."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One finding, in characters of the text that was given.

    Attributes:
        start: first character; ``end``: the one after the last.
        label: `PER`, `CONTACT`, `QUASI` or `OPAQUE`.
        kind: what it is, such as ``name``, ``phone`` or ``date``.
        reason: the room of `detect` and the rule that found it, for the person who decides.
        confidence: between 0 and 1; a rule's own estimate, for sorting only.
        suggestion: for `QUASI`, what could stand there instead; may be empty.
    """

    start: int
    end: int
    label: str
    kind: str = ""
    reason: str = ""
    confidence: float = field(default=1.0, compare=False)
    suggestion: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part of a text that could not be analysed; the gate refuses it and says why."""

    start: int
    end: int
    reason: str


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, without overlap: those that overlap become one.

    What is masked wins from what is highlighted: a description keeps only the parts of it that
    no name or identifier covers.
    """
    given = sorted(spans)
    masked = _apart(each for each in given if each.label in MASKED)
    shown = _apart(each for each in given if each.label not in MASKED)
    return sorted([*masked, *_around(shown, masked)])


def whole_word(text: str, start: int, end: int) -> tuple[int, int]:
    """Stretch a span over letters and digits that are glued to it."""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Make one of spans that overlap; they come in order."""
    left: list[Span] = []
    for span in spans:
        if left and span.start < left[-1].end:
            left[-1] = _joined(left[-1], span)
        else:
            left.append(span)
    return left


def _joined(first: Span, second: Span) -> Span:
    better = max(first, second, key=lambda each: (each.end - each.start, each.confidence))
    return Span(
        min(first.start, second.start),
        max(first.end, second.end),
        better.label,
        better.kind,
        better.reason,
        max(first.confidence, second.confidence),
        better.suggestion,
    )


def _around(shown: list[Span], masked: list[Span]) -> list[Span]:
    """Cut the masked stretches out of the shown ones; both are in order and without overlap."""
    left: list[Span] = []
    place = 0
    for span in shown:
        start = span.start
        while place < len(masked) and masked[place].end <= start:
            place += 1
        inner = place
        while inner < len(masked) and masked[inner].start < span.end:
            _keep(left, span, start, masked[inner].start)
            start = max(start, masked[inner].end)
            inner += 1
        _keep(left, span, start, span.end)
    return left


LEAST_SHOWN = 5
"""Characters of a description that are worth showing beside a name."""


def _keep(left: list[Span], span: Span, start: int, end: int) -> None:
    if end - start >= LEAST_SHOWN:
        left.append(
            Span(start, end, span.label, span.kind, span.reason, span.confidence, span.suggestion)
        )
