"""What a figure is by its own shape: a phone number, an IBAN, a licence plate, an address."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import cues, places, shapes
from dropbox.export.detect.figure import Figure, Found, glued, letters_before

_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)(?::\d{1,5})?")
_SIX = re.compile(r"[0-9a-fA-F]{1,4}:(?:[0-9a-fA-F]{0,4}:){2,6}[0-9a-fA-F]{1,4}\b")
_MAC = re.compile(
    r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}\b|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}\b"
)
_STAFF_CODE = re.compile(
    r"(?!(?:INC|REQ|CHG|TKT|TCK|RFC|WO|SR|PR|CS|ISO|EN|NEN)\b|(?:INC|REQ|CHG|TKT|TCK|RFC|WO|SR|PR|CS|ISO|NEN)-?\d)"
    r"[A-Z]{1,3}-?(?!(?:19|20)\d\d[01]\d[0-3]\d(?!\d))\d{5,8}(?![\w-])"
)
_OLD_ACCOUNT = re.compile(r"\d{2}\.\d{2}\.\d{2}\.\d{3}(?!\w|\.\d)")
_POSTBOX = re.compile(r"\b(?:postbus|antwoordnummer|p\.?o\.? ?box) $")


def by_shape(figure: Figure) -> Found | None:
    """Return what a figure is by itself."""
    text, low, start, begin = figure.text, figure.low, figure.start, figure.begin
    for find in (_bank, _phone, _plate, _machine):
        what = find(figure)
        if what:
            return what
    if begin == start:
        size = figure.end - start
        if size <= 4:
            address = (
                places.on_number(text, low, start)
                or places.of_years(text, start)
                or places.street(text, low, start)
                or places.english(text, start)
            )
            if address:
                return *address, "address"
            code = places.postcode(text, low, start, sure=False) if size == 4 else None
            if code:
                return *code, "postcode"
        if _POSTBOX.search(low, max(0, start - 16), start):
            return start, figure.end, "postbox"
    room = places.bare_room(text, low, start, begin)
    return (*room, "room") if room else None


def _phone(figure: Figure) -> Found | None:
    text, start = figure.text, figure.start
    first = start
    while first > max(0, start - 4) and text[first - 1] in "+(Oo ":
        if text[first - 1] == " " and text[first - 2 : first - 1] != "+":
            break
        first -= 1
    first += text[first] == "(" and text[first + 1] in "Oo"
    if text[first] == "6" and figure.end - start in {1, 9}:
        bare = _NO_NOUGHT.match(text, first)
        if bare and not (first and glued(text, first)) and figure.cue() in {"", cues.PHONE}:
            return *bare.span(), cues.PHONE
    if text[first] not in "+(0Oo" or (first and glued(text, first)):
        return None
    end = shapes.phone(text, first)
    if end and _DAY_AND_MORE.match(text, first) and figure.cue() != cues.PHONE:
        return None
    if not end or figure.cue() == cues.NOBODY:
        return None
    return first, end, cues.PHONE


_DAY_AND_MORE = re.compile(r"[0-3]\d[ -][01]\d[ -](?:19|20)\d\d(?!\d)")
_NO_NOUGHT = re.compile(
    r"6(?! (?:19|20)\d\d (?:19|20)\d\d)(?:[ -]\d{8}|[ -]\d{4}[ -]\d{4}|[ -]\d\d(?:[ -]\d\d){3}|[ -]\d{3}[ -]\d{3}[ -]\d\d|[ -]\d\d[ -]\d{3}[ -]\d{3}|[1-5]\d{7})(?![\w]|[.,:/-]\d| \d)"
)
"""A mobile number without the nought before it."""


def _bank(figure: Figure) -> Found | None:
    text, start = figure.text, figure.start
    for back in (2, 3):
        first = start - back
        if (
            first >= 0
            and text[first : first + 2].isalpha()
            and (back == 2 or text[start - 1] in " \n")
        ):
            if first and text[first - 1].isalnum():
                continue
            end = shapes.iban(text, first)
            if end:
                return first, end, "IBAN"
    old = _OLD_ACCOUNT.match(text, start)
    return (start, old.end(), cues.ACCOUNT) if old and figure.begin == start else None


def _plate(figure: Figure) -> Found | None:
    text, begin = figure.text, figure.begin
    if begin == figure.start and figure.end - begin > 4:
        return None
    for first in {begin, *letters_before(figure)}:
        end = shapes.plate(text, figure.low, first)
        if end > figure.start:
            return first, end, cues.VEHICLE
    return None


def _machine(figure: Figure) -> Found | None:
    """Return the number of a machine, or a bare number that passes the test of a BSN."""
    text, begin, start = figure.text, figure.begin, figure.start
    follows = text[figure.end : figure.end + 1]
    if begin == start and follows == ".":
        match = _ADDRESS.match(text, start)
        if match:
            return *match.span(), "internet address"
    if follows in {":", "-", "."} or text[figure.end : figure.end + 1].isalpha():
        match = _MAC.match(text, begin)
        if match and match.end() > start:
            return *match.span(), cues.DEVICE
        match = _SIX.match(text, begin) if ":" in text[begin : figure.end + 5] else None
        if match and match.end() > start and re.search(r"[a-fA-F]|::", match[0]):
            return *match.span(), "internet address"
    if begin < start:
        match = _STAFF_CODE.match(text, begin)
        return (*match.span(), cues.PERSONNEL) if match and figure.cue() != cues.NOBODY else None
    if figure.end - start == 15 and figure.cue() != cues.NOBODY:
        return start, figure.end, cues.DEVICE
    return _bare_bsn(figure)


_YEARS = re.compile(r"(?:19|20)\d\d ?[-–] ?(?:19|20)\d\d")


def _bare_bsn(figure: Figure) -> Found | None:
    groups = shapes.GROUPS.match(figure.text, figure.start)
    if not groups or (figure.start and glued(figure.text, figure.start)):
        return None
    digits = shapes.digits(groups[0])
    if len(digits) not in {8, 9} or not shapes.is_bsn(digits):
        return None
    if (
        _YEARS.match(groups[0])
        or shapes.is_date(groups[0])
        or shapes.is_case(groups[0])
        or figure.cue() not in {"", cues.BSN}
    ):
        return None
    return *groups.span(), cues.BSN
