"""Every way in which the bytes of an output can be read.

A name can hide behind an entity, a percent sign, base64, another encoding, or tags that cut it in
two. A reading is the text that comes out when one of these is undone; readings are read again,
a few levels deep. Each carries how it came about, for the person who has to mend it.

Invariants: the lines of a reading are numbered as those of the output; the cost grows with the
length of the output; what did not change by the undoing is left out, as it was read before.
"""

from __future__ import annotations

import html
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote, unquote_to_bytes

from dropbox.errors import N_
from dropbox.export.packed import packed

DEPTH = 3
"""Encodings inside encodings that are undone."""

AS_IT_STANDS = N_("as it stands")
WITHOUT_TAGS = N_("without its tags")
ENTITIES = N_("with its entities written out")
PERCENT = N_("with its percent codes undone")
ESCAPES = N_("with its backslash codes undone")
QUOTED = N_("with its quoted-printable codes undone")
PUNYCODE = N_("with its punycode undone")
WIDE = N_("as UTF-16 or UTF-32")
BACKWARDS = N_("read backwards")
ROTATED = N_("with its letters turned by thirteen")
FILE_NAME = N_("in the file name")

_COMMENT_ENDS = ("<!--", "-->")
# Neither alternative crosses another "<", so that the work grows with the text and no faster.
_TAG = re.compile(
    r"""</?[A-Za-z!?][^<>"']*+(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+)*+>|<[^<>]*+>"""
)
_ENTITY = re.compile(r"&(?:#\d|#[xX][0-9a-fA-F]|[A-Za-z][A-Za-z0-9]{1,30})")
_LONG_ENTITY = re.compile(r"&#(?:0{5,}(?=\d)|([xX])0{4,}(?=[0-9a-fA-F]))")
# A row of backslashes is looked at once, from its first.
_ESCAPE = re.compile(
    r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|[ux]\{([0-9a-fA-F]{1,6})\}"
    r"|([0-7]{3})(?![0-9a-fA-F])|([0-9a-fA-F]{2,6}) ?)|%u([0-9a-fA-F]{4})"
)
_OCTAL = 5
_QUOTED = re.compile(r"=[0-9A-Fa-f]{2}|=[ \t]*\r?\n")
_PUNYCODE = re.compile(r"(?i)xn--([a-z0-9-]{2,60})")
_UTF7 = re.compile(r"\+[A-Za-z0-9+/]{2,}-?")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_THIRTEEN = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an output.

    Attributes:
        text: what is read; ``how``: how it came about.
        garbage: mostly no text, to be searched for letters in a row and nothing else.
        again: for a text of which each word was turned, what turns a word back.
    """

    text: str
    how: str
    garbage: bool = False
    again: Callable[[str], str] | None = None


def readings(raw: bytes, file_name: str = "") -> Iterator[Reading]:
    """Yield every reading of an output and of its file name."""
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        plain = raw.decode("latin-1")
    yield from _deeper(plain, AS_IT_STANDS, DEPTH)
    if b"\x00" in raw:
        for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            yield Reading(raw.decode(name, "replace"), WIDE)
        yield Reading(raw.replace(b"\x00", b"").decode("latin-1"), WIDE)
    yield Reading(_backwards(plain), BACKWARDS, again=_backwards)
    yield Reading(_rotated(plain), ROTATED, again=_rotated)
    if file_name:
        spaced = re.sub(r"[_.+-]", " ", file_name)
        for text in (file_name, spaced, unquote(spaced)):
            for reading in _deeper(text, FILE_NAME, 1):
                yield replace(reading, how=FILE_NAME)
        yield Reading(_backwards(spaced), FILE_NAME, again=_backwards)


def _backwards(text: str) -> str:
    """Return each line read backwards, in its place."""
    return "\n".join(line[::-1] for line in text.split("\n"))


def _rotated(text: str) -> str:
    return text.translate(_THIRTEEN)


def _deeper(text: str, how: str, depth: int) -> Iterator[Reading]:
    yield Reading(text, how)
    if depth == 0:
        return
    for undone, name in _undone(text):
        new = _changed(undone, text)
        if _LETTERS.search(new):
            yield from _deeper(new, name, depth - 1)
    for inner, name, clean in packed(text):
        yield Reading(inner, name, garbage=True)
        if clean:
            yield from _deeper(inner, name, depth - 1)


def _changed(undone: str, text: str) -> str:
    """Return what is new in an undone text: lines that were there already are empty.

    A line beside a new one stays, as a name may run over its end.
    """
    if undone == text:
        return ""
    before = set(text.split("\n"))
    lines = undone.split("\n")
    new = [line not in before for line in lines]
    return "\n".join(
        line if any(new[max(0, at - 1) : at + 2]) else "" for at, line in enumerate(lines)
    )


def _undone(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text with each encoding undone that it has."""
    if "<" in text:
        yield _TAG.sub("", _without_comments(text)), WITHOUT_TAGS
    if _ENTITY.search(text):
        yield html.unescape(_LONG_ENTITY.sub(r"&#\1", text)), ENTITIES
    if "%" in text:
        yield _percent(text), PERCENT
    if "\\" in text or "%u" in text:
        yield _ESCAPE.sub(_escaped, text), ESCAPES
    if _QUOTED.search(text):
        raw = quopri.decodestring(text.encode("utf-8", "replace"))
        yield _decoded(raw), QUOTED
    if _PUNYCODE.search(text):
        yield _PUNYCODE.sub(_punycode, text), PUNYCODE
    if _UTF7.search(text):
        yield _UTF7.sub(_utf7, text), PUNYCODE


def _without_comments(text: str) -> str:
    """Return the text without HTML comments; one that does not end stays."""
    opening, closing = _COMMENT_ENDS
    kept: list[str] = []
    place = 0
    while True:
        start = text.find(opening, place)
        end = text.find(closing, start + len(opening)) if start >= 0 else -1
        if end < 0:
            return "".join([*kept, text[place:]])
        kept.append(text[place:start])
        place = end + len(closing)


def _percent(text: str) -> str:
    """Undo percent codes, as UTF-8 where they are, and else as Latin-1."""
    undone = unquote(text, errors="replace")
    if "\ufffd" in undone and "\ufffd" not in text:
        return _decoded(unquote_to_bytes(text.encode("utf-8", "replace")))
    return undone


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _escaped(match: re.Match[str]) -> str:
    number = match.lastindex or 1
    code = int(match[number], 8 if number == _OCTAL else 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _punycode(match: re.Match[str]) -> str:
    try:
        return match[1].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return match[0]


def _utf7(match: re.Match[str]) -> str:
    try:
        return match[0].encode("ascii").decode("utf-7")
    except UnicodeDecodeError:
        return match[0]
