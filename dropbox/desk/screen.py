"""Hostile text made harmless to look at.

Reports are written by strangers. On a terminal a text could move the cursor, change
colours, retitle the window, reverse its direction or look like the program itself.
Rules: what comes out holds no control, format, private or unassigned character and no
invisible one; each is shown as a mark such as ``‹U+202E›``; every line of a stranger's
text stands behind a gutter that the program's own lines never have. For HTML there is
one door, `as_html`. Nothing else in the desk may put a stranger's text on a screen.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator

import bleach

GUTTER = "│ "
"""Before each line that a stranger wrote."""

CONTINUED = "┆ "
"""Before the rest of a line that was too long."""

DEFAULT_WIDTH = 80
NARROWEST = 20
MARGIN = 4
"""Columns that stay free at the right, for terminals that draw something wider than we count."""

MAX_ACCENTS = 3
"""Combining marks in a row; more would climb over other lines."""

_TAB = "    "
_SURELY_NARROW_BELOW = 0x250
"""The end of Latin Extended-B: up to here, terminals agree on one column."""

_NARROW_SIGNS = frozenset("€–—‘’‚“”„…•‹›")
"""Signs of daily writing that take one column, and our own marks."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters of visible categories that show nothing."""

_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Variation selectors: invisible, and able to carry a hidden text."""


def visible(text: str) -> str:
    """Return ``text`` with everything that does not show as itself made visible.

    Line ends stay, in either of their two forms; tabs become four spaces, other spaces one.
    """
    accents = 0
    shown = []
    for character in text.replace("\r\n", "\n").replace("\t", _TAB):
        accents = accents + 1 if unicodedata.category(character) == "Mn" else 0
        shown.append(_mark(character) if accents > MAX_ACCENTS else _shown(character))
    return "".join(shown)


def _shown(character: str) -> str:
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in _HIDDEN_CATEGORIES or character in _BLANK_LETTERS:
        return _mark(character)
    if category == "Me" or any(ord(character) in selectors for selectors in _SELECTORS):
        return _mark(character)
    return character


def _mark(character: str) -> str:
    return f"‹U+{ord(character):04X}›"


def line(text: str, longest: int = 200) -> str:
    """Return a stranger's short text as one visible line, cut off after ``longest`` characters."""
    whole = " ".join(visible(text).split())
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def block(text: str, width: int = DEFAULT_WIDTH) -> Iterator[str]:
    """Yield a stranger's text as lines of at most ``width`` columns, each behind a gutter."""
    for whole in visible(text).split("\n"):
        for number, part in enumerate(_fold(whole, _room(width))):
            yield (CONTINUED if number else GUTTER) + part


def within(text: str, width: int = DEFAULT_WIDTH) -> Iterator[str]:
    """Yield a line of the program that holds a stranger's words, folded to ``width`` columns.

    The program's own words come first, so only the rest stands behind a gutter.

    Args:
        text: one line; what is a stranger's in it went through `line`.
        width: columns of the terminal.
    """
    for number, part in enumerate(_fold(text, _room(width))):
        yield CONTINUED + part if number else part


def _room(width: int) -> int:
    gutter = max(sum(map(_columns, each)) for each in (GUTTER, CONTINUED))
    return max(width, NARROWEST) - gutter - MARGIN


def _fold(whole: str, room: int) -> Iterator[str]:
    """Break a line where it is too wide, after a space where there is one."""
    start = used = 0
    after_space = 0
    for at, character in enumerate(whole):
        size = _columns(character)
        if used + size > room:
            end = after_space if after_space > start else at
            yield whole[start:end]
            start = end
            used = sum(map(_columns, whole[start:at]))
        used += size
        if character == " ":
            after_space = at + 1
    yield whole[start:]


def _columns(character: str) -> int:
    """Return the most columns that a terminal gives a character; they differ on many signs."""
    narrow = ord(character) < _SURELY_NARROW_BELOW or character in _NARROW_SIGNS
    return 1 if narrow else 2


def as_html(text: str) -> str:
    """Return a stranger's text as an element's content: escaped, visible, line ends as ``<br>``.

    It is escaped first, because bleach alone would take what looks like a comment away,
    and then cleaned with no tag allowed, so that two programs must fail before one harms.
    """
    escaped: str = bleach.clean(html.escape(visible(text)), tags=set(), attributes={})
    return escaped.replace("\n", "<br>\n")
