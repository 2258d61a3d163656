"""Every figure in a text is looked at once: by its shape, and by the words beside it.

Invariant: the cost grows with the number of figures and no faster. What the words beside a figure
call a case, a file or a law stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect import cues
from dropbox.export.detect.by_cue import by_cue
from dropbox.export.detect.by_shape import by_shape
from dropbox.export.detect.figure import CUE_BEFORE, Figure
from dropbox.export.span import CONTACT, Span

_FIGURES = re.compile(r"\d+")
_MISREAD = re.compile(
    r"(?<![^\W_])(?![IO]\d\.\d\d)(?=[lIOo]{0,3}\d)[\dlIOo]*[lIOo][\dlIOo]*(?![^\W_])"
)
_SCANNED = str.maketrans("lIOo", "1100")
_MARK = re.compile(r"\[\d(?:\.\w{1,3})+\]")


def mended(text: str) -> str:
    """Return a text with the letters that a scan took for figures as figures: "l9O3"."""
    return _MISREAD.sub(lambda match: match[0].translate(_SCANNED), text)


def found(text: str, low: str) -> Iterator[Span]:
    """Yield identifiers that have a figure in them.

    Args:
        text: of a view.
        low: the same in small letters, character for character.
    """
    done = 0
    for run in _FIGURES.finditer(text):
        start = run.start()
        if start < done:
            continue
        figure = Figure(text, low, start, run.end())
        if text[figure.begin - 1 : figure.begin] == "[" and _MARK.match(text, figure.begin - 1):
            continue
        what = by_shape(figure) or by_cue(figure)
        if what:
            begin, end, kind = what
            if kind == cues.BIRTH and low[begin - 3 : begin] == "de ":
                begin -= 3
            if kind in _WITH_CUE:
                begin = _with_cue(figure, begin)
            done = end
            yield Span(begin, end, CONTACT, kind, f"contact: {kind}", 0.9)


_WITH_CUE = frozenset({cues.ROOM, cues.EXTENSION, cues.VEHICLE, "postbox"})
"""Kinds whose cue goes with the number: "kamer 12", "tst. 54017"."""


def _with_cue(figure: Figure, begin: int) -> int:
    """Return where the word for a room or extension right before a number begins."""
    match = CUE_BEFORE.search(figure.low, max(0, begin - 50), begin)
    return match.start() if match else begin
