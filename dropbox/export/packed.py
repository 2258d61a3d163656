"""Stretches of a text that are other text in disguise: base64, base32, hexadecimal, numbers.

Undone at every offset at which a stretch can begin, over line ends, and whatever bytes stand
around: what comes out is mostly garbage, so it is searched for letters in a row and no more.
Invariant: what comes out of a line stands on the same line.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator

from dropbox.errors import N_

BASE64 = N_("with its base64 undone")
BASE32 = N_("with its base32 undone")
HEXADECIMAL = N_("with its hexadecimal undone")
NUMBERS = N_("with its numbers as letters")

MOST_INFLATED = 1_000_000
"""Characters that a compressed stretch may grow to; the rest is not looked at."""

_PIECE = re.compile(r"[A-Za-z0-9+/_-]{4,}+={0,2}")
_PACKED = re.compile(r"[0-9+/]|[a-z][A-Z]|[A-Z]{2}[a-z]")
"""What a word of a language hardly ever has and base64 nearly always."""
_BREAK = re.compile(r"[ \t]{0,4}(?:\r?\n|<br ?/?>|[ \t])[ \t]{0,4}(?:[>|] ?)?")
"""Pieces of a run may stand on lines of their own, with a sign of quotation before them."""
LEAST = 6
"""Characters of base64 that are undone: four bytes."""
LEAST_CLEAN = 8
"""Bytes that are text as a whole, and are read like any other text."""

_RUN32 = re.compile(r"(?<![A-Za-z0-9])[A-Z2-7]{7,}+={0,6}|(?<![A-Za-z0-9])[a-z2-7]{7,}+={1,6}")
_HEX = re.compile(r"(?:(?:0[xX]|\\x|%)?[0-9a-fA-F]{2}[ :,;\-\r\n]{0,3}+){4,}+")
_NOT_HEX = re.compile(r"0[xX]|[^0-9a-fA-F]")
_NUMBERS = re.compile(r"(?<!\d)\d{2,3}(?:[ ,;.\-/]{1,2}\d{2,3}){3,}(?!\d)")
_BITS = re.compile(r"(?<!\d)[01]{7,8}(?:[ ,]{0,2}[01]{7,8}){3,}(?!\d)")
_LETTERS = re.compile(rb"[A-Za-z]")
_ZIPPED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def packed(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield what comes out of the packed stretches of a text, its kind, and whether it is text."""
    for kind, undo in (
        (BASE64, _base64),
        (BASE32, _base32),
        (HEXADECIMAL, _hexadecimal),
        (NUMBERS, _numbers),
    ):
        found = [(start, raw) for start, raw in undo(text) if _LETTERS.search(raw)]
        for clean in (True, False):
            inner = _on_its_line(text, [each for each in found if _clean(each[1]) == clean])
            if inner:
                yield inner, kind, clean


def _clean(raw: bytes) -> bool:
    """Tell whether bytes are a text, and not by chance."""
    if len(raw) < LEAST_CLEAN:
        return False
    try:
        inner = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(each.isprintable() or each in "\r\n\t" for each in inner)


def _on_its_line(text: str, found: list[tuple[int, bytes]]) -> str:
    """Return all that comes out, each on the line where it stood."""
    pieces: list[str] = []
    place = 0
    for start, raw in found:
        pieces.append("\n" * text.count("\n", place, start) or " ")
        pieces.append(_text(raw))
        place = start
    return "".join(pieces)


def _text(raw: bytes) -> str:
    """Return bytes as text on one line: UTF-8 where they are, else Latin-1, without empty bytes."""
    bare = raw.replace(b"\x00", b"")
    try:
        inner = bare.decode("utf-8")
    except UnicodeDecodeError:
        inner = bare.decode("latin-1")
    return inner.replace("\n", " ").replace("\r", " ")


def _inflated(raw: bytes) -> bytes:
    """Return what compressed bytes hold, or nothing."""
    if not raw.startswith(_ZIPPED):
        return b""
    try:
        return zlib.decompressobj(47).decompress(raw, MOST_INFLATED)
    except zlib.error:
        return b""


def _base64(text: str) -> Iterator[tuple[int, bytes]]:
    for start, run in _runs(text):
        plain = run.replace("-", "+").replace("_", "/")
        for skip in range(4):
            part = plain[skip:]
            if len(part) % 4 == 1:
                part = part[:-1]
            raw = base64.b64decode(part + "=" * (-len(part) % 4))
            yield start, raw
            inner = _inflated(raw)
            if inner:
                yield start, inner


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Yield what may be base64: single pieces, and pieces that a line end parts."""
    run: list[str] = []
    begin = end = 0
    for match in _PIECE.finditer(text):
        piece = match[0].rstrip("=")
        like = bool(_PACKED.search(piece))
        if like and len(piece) >= LEAST:
            yield match.start(), piece
        joins = bool(run) and bool(_BREAK.fullmatch(text, end, match.start()))
        if joins and (like or len(piece) == len(run[-1])):
            run.append(piece)
        else:
            if len(run) > 1:
                yield begin, "".join(run)
            run, begin = ([piece] if like else []), match.start()
        end = match.end()
    if len(run) > 1:
        yield begin, "".join(run)


def _base32(text: str) -> Iterator[tuple[int, bytes]]:
    for match in _RUN32.finditer(text):
        plain = match[0].rstrip("=").upper()
        plain = plain[: len(plain) - (len(plain) % 8 in {1, 3, 6})]
        yield match.start(), base64.b32decode(plain + "=" * (-len(plain) % 8))


def _hexadecimal(text: str) -> Iterator[tuple[int, bytes]]:
    for match in _HEX.finditer(text):
        digits = _NOT_HEX.sub("", match[0])
        for skip in (0, 1):
            part = digits[skip:]
            yield match.start(), bytes.fromhex(part[: len(part) // 2 * 2])


def _numbers(text: str) -> Iterator[tuple[int, bytes]]:
    for match in _NUMBERS.finditer(text):
        codes = [int(each) for each in re.findall(r"\d+", match[0])]
        yield match.start(), bytes(code for code in codes if 32 <= code < 256)
    for match in _BITS.finditer(text):
        bits = [int(each, 2) for each in re.findall(r"[01]{7,8}", match[0])]
        yield match.start(), bytes(bits)
