"""What was found once is found again, without the words that told what it was.

In a list only the first number is told: "(dienstnr. H2207), Soef (H2319)"; and a number that was
told once comes back bare. Invariant: the text is read once more, whatever was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dropbox.export.detect import cues
from dropbox.export.span import CONTACT, Span

_CODE = re.compile(r"(?<![\w.,-])[^\W_]{0,4}-?\d{3,10}[^\W\d_]?(?![\w-]|[.,:]\d)")
_LETTERED = re.compile(r"([^\W\d_]{1,4}-?)(\d{3,10})([^\W\d_]?)")
_LONG = 5
"""Figures of a number without letters that is its own proof when it comes back."""
_KINDS = frozenset({cues.PERSONNEL, cues.EXTENSION, cues.BSN, cues.ACCOUNT, cues.VEHICLE})


def found(text: str, known: Iterable[Span]) -> Iterator[Span]:
    """Yield codes that were found elsewhere in the text, or that are written as those were."""
    same: dict[str, str] = {}
    alike: set[tuple[str, int, str]] = set()
    for span in known:
        if span.kind not in _KINDS:
            continue
        for match in _CODE.finditer(text[span.start : span.end]):
            code = match[0]
            shape = _LETTERED.fullmatch(code)
            if len(code) >= _LONG:
                same[code] = span.kind
            if shape and span.kind == cues.PERSONNEL:
                alike.add((shape[1], len(shape[2]), shape[3]))
    if not same and not alike:
        return
    for match in _CODE.finditer(text):
        shape = _LETTERED.fullmatch(match[0])
        like = shape and (shape[1], len(shape[2]), shape[3]) in alike
        kind = same.get(match[0]) or (cues.PERSONNEL if like else "")
        if kind:
            yield Span(*match.span(), CONTACT, kind, f"contact: {kind} again", 0.8)
