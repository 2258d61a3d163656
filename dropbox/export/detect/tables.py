"""Tables: the head of a column says what the numbers under it are.

A head and its rows are lines of cells between tabs, upright strokes or semicolons.
Invariant: every line is read once; a row is read against the nearest head above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect import births, cues
from dropbox.export.detect.figure import WORDS
from dropbox.export.span import CONTACT, Span

_SIGNS = "\t|;"
_LEAST_CELLS = 3
_LONGEST_HEAD = 24
_VALUE = re.compile(r"[+(]?\w[\w+ .,()/'’:&-]*\w")
_COLUMNS = {
    cues.PHONE: 4,
    cues.EXTENSION: 2,
    cues.BSN: 7,
    cues.ACCOUNT: 4,
    cues.PERSONNEL: 2,
    cues.PASS: 3,
    cues.VEHICLE: 2,
    cues.ROOM: 1,
    cues.BIRTH: 4,
    cues.POSTCODE: 4,
}
"""Kinds that a column can hold, and the figures that a cell of it has at least."""
_ADDRESS = frozenset({"adres", "address", "woonadres", "straat", "huisnummer", "huisnr", "street"})


def found(low: str) -> Iterator[Span]:
    """Yield the numbers of tables in a view's text in small letters."""
    if not any(sign in low for sign in _SIGNS):
        return
    sign, kinds = "", list[str]()
    start = 0
    for line in low.split("\n"):
        each = next((each for each in _SIGNS if line.count(each) >= _LEAST_CELLS - 1), "")
        heads = _heads(line, each) if each else []
        if heads:
            sign, kinds = each, heads
        elif not each or each != sign:
            kinds = []
        elif kinds:
            yield from _row(start, line.split(sign), kinds)
        start += len(line) + 1


def _heads(line: str, sign: str) -> list[str]:
    """Return what each column holds, or nothing when a line is no head."""
    cells = [cell.strip() for cell in line.split(sign)]
    if any(len(cell) > _LONGEST_HEAD or re.search(r"\d{2}", cell) for cell in cells):
        return []
    kinds = [_head(cell) for cell in cells]
    return kinds if any(kinds) else []


def _head(cell: str) -> str:
    words = [cues.plain(word) for word in WORDS.findall(cell)]
    for at, word in enumerate(words):
        if word in _ADDRESS:
            return "address"
        kind = cues.kind(word, words[at - 1] if at else "")
        if kind in _COLUMNS:
            return kind
    return ""


def _row(start: int, cells: list[str], kinds: list[str]) -> Iterator[Span]:
    for cell, kind in zip(cells, kinds, strict=False):
        value = _VALUE.search(cell) if kind else None
        if value and _fits(value[0], kind):
            told = cues.PERSONNEL if kind == cues.PASS else kind
            begin, end = start + value.start(), start + value.end()
            yield Span(begin, end, CONTACT, told, f"contact: {told} in a table", 0.9)
        start += len(cell) + 1


def _fits(value: str, kind: str) -> bool:
    if kind == cues.BIRTH:
        return births.day(value, 0) > 0 or bool(re.fullmatch(r"(?:19|20)\d\d", value))
    return sum(each.isdigit() for each in value) >= _COLUMNS.get(kind, 1)
