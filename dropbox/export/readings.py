"""Every way in which the bytes of an output can be read.

A name can hide behind an entity, a percent sign, base64, another encoding, or tags that cut it in
two. A reading is the text that comes out when one of these is undone; readings are read again,
a few levels deep. Each carries how it came about, for the person who has to mend it.
"""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from dropbox.errors import N_

DEPTH = 3
"""Encodings inside encodings that are undone."""

AS_IT_STANDS = N_("as it stands")
WITHOUT_TAGS = N_("without its tags")
ENTITIES = N_("with its entities written out")
PERCENT = N_("with its percent codes undone")
ESCAPES = N_("with its backslash codes undone")
QUOTED = N_("with its quoted-printable codes undone")
BASE64 = N_("with its base64 undone")
HEXADECIMAL = N_("with its hexadecimal undone")
WIDE = N_("as UTF-16")
BACKWARDS = N_("read backwards")
FILE_NAME = N_("in the file name")

_TAG = re.compile(r"<[^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{6,}={0,2}(?![A-Za-z0-9+/_=-])")
_HEX = re.compile(r"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[ :]?){4,}(?![0-9a-fA-F])")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\})")
_QUOTED = re.compile(r"=[0-9A-Fa-f]{2}|=\r?\n")
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an output: its text, and how it came about."""

    text: str
    how: str


def readings(raw: bytes, file_name: str = "") -> Iterator[Reading]:
    """Yield every reading of an output and of its file name."""
    plain = raw.decode("utf-8", "replace")
    yield from _deeper(plain, AS_IT_STANDS, DEPTH)
    if b"\x00" in raw:
        for name in ("utf-16-le", "utf-16-be"):
            yield Reading(raw.decode(name, "replace"), WIDE)
    yield Reading(plain[::-1], BACKWARDS)
    if file_name:
        spaced = re.sub(r"[_.+-]", " ", file_name)
        yield Reading(spaced, FILE_NAME)
        yield from _deeper(file_name, FILE_NAME, 1)


def _deeper(text: str, how: str, depth: int) -> Iterator[Reading]:
    yield Reading(text, how)
    if depth == 0:
        return
    for undone, name in _undone(text):
        if undone != text and _LETTERS.search(undone):
            yield from _deeper(undone, name, depth - 1)


def _undone(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text with each encoding undone that it has."""
    if "<" in text:
        yield _TAG.sub("", text), WITHOUT_TAGS
    if _ENTITY.search(text):
        yield html.unescape(text), ENTITIES
    if "%" in text:
        yield unquote(text, errors="replace"), PERCENT
    if "\\" in text:
        yield _ESCAPE.sub(_escaped, text), ESCAPES
    if _QUOTED.search(text):
        raw = quopri.decodestring(text.encode("utf-8", "replace"))
        yield raw.decode("utf-8", "replace"), QUOTED
    inner = " ".join(_base64(text))
    if inner:
        yield inner, BASE64
    inner = " ".join(_hexadecimal(text))
    if inner:
        yield inner, HEXADECIMAL


def _escaped(match: re.Match[str]) -> str:
    code = int(next(group for group in match.groups() if group), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def _base64(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        packed = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        if len(packed) % 4 == 1:
            continue
        try:
            raw = base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield from _text(raw)


def _hexadecimal(text: str) -> Iterator[str]:
    for match in _HEX.finditer(text):
        digits = re.sub(r"[ :]", "", match[0])
        yield from _text(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _text(raw: bytes) -> Iterator[str]:
    """Yield bytes as text, when they are text."""
    try:
        inner = raw.decode("utf-8")
    except UnicodeDecodeError:
        return
    if inner.isprintable() or "\n" in inner:
        yield inner
