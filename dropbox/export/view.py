"""A text as a reader sees it, with the way back to the text as it was written.

Zero-width characters, soft hyphens and combining accents vanish, letters of
another script that look Latin become Latin, HTML entities become what they mean, and a word
broken by a hyphen at a line end is whole again. Invariant: every character of a view comes from
one stretch of the original, the stretches are in order, and together they miss nothing: what
vanishes belongs to the character before it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_NEEDS_WORK = re.compile(
    "[\u00ad\u0300-\u036f\u0370-\u052f\u0530-\u058f\u13a0-\u13ff\u180b-\u180f\u1d00-\u1d7f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2100-\u214f\u2c00-\u2c7f\ua4d0-\ua4ff\ufb00-\ufb06"
    "\ufe00-\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff\U000e0000-\U000e01ff]"
    r"|&#?\w{2,31};|[^\W\d_]-[ \t]*\r?\n[ \t]*[^\W\d_]|(?<!\w)[^\W\d_](?: [^\W\d_]){3,}(?!\w)"
)

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BREAK = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_]){3,}(?!\w)")
_REACH = 64
"""How far to look for Latin letters beside a strange one; words are shorter."""

_LOOKS = (
    "аaАAвbВBеeЕEкkКKмmМMнhНHоoОOрpРPсcСCтtТTуyУYхxХXіiІIјjЈJѕsЅSԁdԛqԝwіiїiһhӏlґrгrиuпn"
    "αaΑAβbΒBεeΕEζzΖZηnΗHιiΙIκkΚKμuΜMνvΝNοoΟOρpΡPτtΤTυuΥYχxΧXγyωwσoδd"
    "ɑaɡgɩiʟlᴀaᴇeᴏoᴜuꓮAꓐBꓚCꓓDꓰEꓖGꓧHꓲIꓙJꓗKꓡLꓟMꓠNꓳOꓑPꓣRꓢSꓔTꓴUꓦVꓪWꓫXꓬYꓜZᎪAᎬEᎻHᏀGᎫJᏞLᎷMᎢTՕOօoսuհhոnցg"
)
_LATIN_LOOKS = dict(zip(_LOOKS[::2], _LOOKS[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class View:
    """A text to analyse.

    Attributes:
        text: as a reader sees it.
        starts: where each character of ``text`` begins in the original; None when both are one.
        size: number of characters of the original.
    """

    text: str
    starts: list[int] | None
    size: int

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original that the stretch of the view stands for."""
        if self.starts is None:
            return start, end
        first = self.starts[start] if start < len(self.starts) else self.size
        return first, self.starts[end] if end < len(self.starts) else self.size

    def place(self, start: int) -> int:
        """Return where in the view a place of the original is."""
        return start if self.starts is None else bisect_left(self.starts, start)


def view(text: str) -> View:
    """Return ``text`` as a reader sees it."""
    if not _NEEDS_WORK.search(text):
        return View(text, None, len(text))
    return _worked(text)


def _worked(text: str) -> View:
    replaced = _replacements(text)
    letters: list[str] = []
    starts: list[int] = []
    place = 0
    while place < len(text):
        end, seen = replaced.get(place, (place + 1, ""))
        if place not in replaced:
            seen = _seen(text, place)
            while end < len(text) and end not in replaced and _vanishes(text[end]):
                end += 1
        letters.append(seen)
        starts.extend([place] * len(seen))
        place = end
    return View("".join(letters), starts, len(text))


def _replacements(text: str) -> dict[int, tuple[int, str]]:
    """Return, by their start, the stretches of several characters that read as others."""
    found: dict[int, tuple[int, str]] = {}
    for match in _BREAK.finditer(text):
        found[match.start()] = (match.end(), "")
    for match in _SPACED.finditer(text):
        for gap in range(match.start() + 1, match.end(), 2):
            found[gap] = (gap + 1, "")
    for match in _ENTITY.finditer(text):
        meant = html.unescape(match[0])
        if meant != match[0]:
            found[match.start()] = (match.end(), "" if _vanishes(meant) else meant)
    return found


def _vanishes(char: str) -> bool:
    return len(char) == 1 and (
        unicodedata.category(char) in {"Mn", "Cf", "Me"} or char in "\ufe0f\u034f"
    )


def _seen(text: str, place: int) -> str:
    char = text[place]
    if char.isascii():
        return char
    if char in _LATIN_LOOKS and _among_latin(text, place):
        return _LATIN_LOOKS[char]
    if _vanishes(char):
        return ""
    wide = unicodedata.normalize("NFKC", char)
    return wide if wide.isalnum() else char


def _among_latin(text: str, place: int) -> bool:
    """Tell whether a letter of another script stands in a word with Latin letters."""
    start = place
    first, last = max(0, place - _REACH), min(len(text), place + _REACH)
    while start > first and (text[start - 1].isalpha() or _vanishes(text[start - 1])):
        start -= 1
    end = place
    while end < last and (text[end].isalpha() or _vanishes(text[end])):
        end += 1
    return any("a" <= each <= "z" or "A" <= each <= "Z" for each in text[start:end])
