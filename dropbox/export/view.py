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
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

_ENTITY = (
    r"&(?:#0{0,20}\d{1,7};?|#[xX]0{0,20}[0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,30};"
    r"|[A-Za-z](?:uml|acute|grave|circ|tilde|cedil|ring|slash))"
)
_BREAK = r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])"
_SPACED = (
    r"(?<![^\W_])[^\W\d_](?:(?:[ \u00a0\u2009]{1,3}[^\W\d_]){3,}|(?:\r?\n[^\W\d_]){3,}"
    r"|(?:[-‐-―_*|·/+~][^\W\d_]){3,}|(?:\.[^\W\d_A-Z]){3,})(?![^\W_])"
)
_LETTER = re.compile(r"[^\W\d_]")
_STRANGE = (
    "[\u00ad\u0300-\u036f\u0370-\u052f\u0530-\u058f\u13a0-\u13ff\u180b-\u180f\u1d00-\u1dbf\u2070-\u209f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2100-\u214f\u2460-\u24ff\u2c00-\u2c7f\ua4d0-\ua4ff\ufb00-\ufb06"
    "\ufe00-\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f130-\U0001f189\ua730-\ua731\U000e0000-\U000e01ff\u0250-\u02af]"
)
_WORK = re.compile(f"(?P<entity>{_ENTITY})|(?P<cut>{_BREAK})|(?P<spaced>{_SPACED})|{_STRANGE}")
_REACH = 64
"""How far to look for Latin letters beside a strange one; words are shorter."""

_LOOKS = (
    "аaАAвbВBеeЕEкkКKмmМMнhНHоoОOрpРPсcСCтtТTуyУYхxХXіiІIјjЈJѕsЅSԁdԛqԝwіiїiһhӏlґrгrиuпn"
    "αaΑAβbΒBεeΕEζzΖZηnΗHιiΙIκkΚKμuΜMνvΝNοoΟOρpΡPτtΤTυuΥYχxΧXγyωwσoδd"
    "ɑaɡgɩiɪiʟlɴnʀrʏyʙbʜhꜰfꜱsᴀaᴄcᴅdᴊjᴋkᴍmᴘpᴛtᴠvᴡwᴢzᴇeᴏoᴜuꓮAꓐBꓚCꓓDꓰEꓖGꓧHꓲIꓙJꓗKꓡLꓟMꓠNꓳOꓑPꓣRꓢSꓔTꓴUꓦVꓪWꓫXꓬYꓜZᎪAᎬEᎻHᏀGᎫJᏞLᎷMᎢTՕOօoսuհhոnցg"
)
_LATIN = frozenset("ɪɴʀʏʙʜʟꜰꜱᴀʙᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢ")
"""Small capitals: Latin whatever stands beside them."""
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
    starts: array[int] | None
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
    letters: list[str] = []
    starts = array("L")
    place = 0
    for match in _WORK.finditer(text):
        letters.append(text[place : match.start()])
        starts.extend(range(place, match.start()))
        for start, seen in _read(match, text):
            letters.append(seen)
            starts.extend([start] * len(seen))
        place = match.end()
    if not place:
        return View(text, None, len(text))
    letters.append(text[place:])
    starts.extend(range(place, len(text)))
    return View("".join(letters), starts, len(text))


def _read(match: re.Match[str], text: str) -> Iterator[tuple[int, str]]:
    """Yield how a stretch reads, piece by piece, each with where it begins."""
    start = match.start()
    if match["entity"]:
        meant = html.unescape(match["entity"])
        yield start, "" if _vanishes(meant) else meant
    elif match["spaced"]:
        yield from ((each.start(), each[0]) for each in _LETTER.finditer(text, start, match.end()))
    elif not match["cut"]:
        yield start, _seen(text, start)


def _vanishes(char: str) -> bool:
    return len(char) == 1 and (
        unicodedata.category(char) in {"Mn", "Cf", "Me"} or char in "\ufe0f\u034f"
    )


def _seen(text: str, place: int) -> str:
    char = text[place]
    if char in _LATIN_LOOKS and (char in _LATIN or _among_latin(text, place)):
        return _LATIN_LOOKS[char]
    if _vanishes(char):
        return ""
    if "\U0001f130" <= char <= "\U0001f189":
        return chr(ord("A") + (ord(char) - 0x1F130) % 32) if _boxed(char) else char
    wide = unicodedata.normalize("NFKC", char).strip("()")
    return wide if wide.isalnum() else char


def _boxed(char: str) -> bool:
    """Tell whether a sign is a Latin capital in a box or a disc: three rows of 26, 32 apart."""
    return (ord(char) - 0x1F130) % 32 < 26


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
