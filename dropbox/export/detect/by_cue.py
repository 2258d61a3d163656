"""What a figure is by the words beside it: "toestel 4471", "104482 is mijn personeelsnummer"."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import births, cues, places, shapes
from dropbox.export.detect.figure import (
    ASKED,
    CUE_BEFORE,
    PREFIX,
    UNIT,
    WORDS,
    Figure,
    Found,
    letters_before,
)

_ID = re.compile(r"\d\w{0,20}(?:[-./_&]\w{1,12}){0,4}(?: \d{1,4}(?![\w,]|[.:]\d)){0,6}(?!\w)")
_LETTERED = re.compile(r"(?<![\w-])(?:[A-Z]{1,4}[-/.]){0,2}[A-Z]{1,4}[- ]$")
"""Letters before the number of a member of staff: "NL-R 55.0217"."""
_LOOSE_FIGURES = re.compile(r"\d(?:[ \t\u00a0,.\-‐‑‒–—−/]{0,3}\d){2,17}(?![\w])")
_SHORT = re.compile(r"\d{1,3}(?:[ .-]?\d{1,3}){0,3}(?![\w%]|[.,:]\d)")


def by_cue(figure: Figure) -> Found | None:
    """Return what the words beside a figure say that it is."""
    cue = figure.cue()
    if not cue:
        value = _ID.match(figure.text, figure.start)
        cue = figure.cue_after(value.end() if value else figure.end)
        day = births.after(figure.low, figure.start)
        if day:
            return figure.start, day, cues.BIRTH
    if cue == cues.NOBODY:
        return None
    return (_READERS[cue](figure) if cue else None) or _loose(figure)


_ENDS_WITH = re.compile(
    r"(?:\beind\w{0,4} (?:op|met|in)|\bend(?:s|ing)? (?:in|with|on)|\bop het eind|\b(?:laatste|last) (?:\w{1,5} )?(?:cijfers|digits|figures|numbers)(?: (?:zijn|is|are|van|of|bsn|iban|haar|mijn|his|her|my|the|het|de|\w{0,10}nummer|number|phone)){0,4})[:\s]{1,2}[.…*x-]{0,10}$"
)
_AT_THE_END = re.compile(
    r"\d{2,5},? (?:op het eind|aan het eind|op het einde|at the end|als laatste)\b"
)
_NUMBER_NEAR = re.compile(
    r"(?:nummer|nr|tel|telefoon|mobiel|06|number|phone|mobile|rekening|iban|bsn|account|badge|pas|kaart|card|kenteken|plate)\b[^\n]{0,50}$"
)


def _partly(figure: Figure) -> Found | None:
    """Return the last figures of a number: "mijn nummer eindigt op 4471"."""
    if figure.end - figure.start > 5 or figure.end - figure.start < 2:
        return None
    low, start = figure.low, figure.start
    if not (
        _ENDS_WITH.search(low, max(0, start - 50), start) or _AT_THE_END.match(low, start)
    ) or not _NUMBER_NEAR.search(low, max(0, start - 90), start):
        return None
    return start, figure.end, cues.PHONE


_ZERO_SIX = re.compile(r"\b06(?:[- ]?nummer)?(?: is|:| =) ?$")
_CAR_NEAR = re.compile(
    r"\b(?:auto|busje|bus|golf|opel|fiat|volvo|toyota|bmw|audi|mercedes|kia|skoda|seat|renault|peugeot|citro[eë]n|ford|tesla|scooter|brommer|motor|volkswagen|vw|caddy|transit|car|(?:a|the|white|black|grey|blue|red|green) van)\b[^.\n]{0,40}$"
)
_SINGLE = re.compile(r"\d(?:[ -]\d){7,14}(?![\w])")
_AFTER_COLON = re.compile(r"\d{2,4}[ -]\d{2,4}(?:[ -]\d{2})?(?![\w]|[-.,:/]\d| \d)")
_VEHICLE_NEAR = re.compile(r"(?:kenteken|nummerplaat|plate)\b[^.\n]{0,44}$")


def _loose(figure: Figure) -> Found | None:
    """Return a number that is spelled figure by figure, or stands behind a name and a colon."""
    single = _SINGLE.match(figure.text, figure.start)
    if single:
        return *single.span(), cues.PHONE
    if figure.low[max(0, figure.start - 2) : figure.start] == ": ":
        told = _AFTER_COLON.match(figure.text, figure.start)
        if told and 6 < len(shapes.digits(told[0])) < 9 and not _no_number(figure, told.span()):
            return *told.span(), cues.PHONE
    if (
        figure.text[figure.begin].isalpha()
        or figure.text[figure.end : figure.end + 1].isalpha()
        or figure.text[figure.begin - 1 : figure.begin] == " "
    ):
        if _VEHICLE_NEAR.search(figure.low, max(0, figure.begin - 60), figure.begin):
            return _vehicle(figure)
        if _CAR_NEAR.search(figure.low, max(0, figure.begin - 50), figure.begin):
            near = _plate_near(figure)
            if near:
                return near
    part = _partly(figure)
    if part:
        return part
    if _ZERO_SIX.search(figure.low, max(0, figure.start - 18), figure.start):
        rest = _reach(figure, _LOOSE_FIGURES, 7, 8)
        return (*rest, cues.PHONE) if rest else None
    return None


def _plate_near(figure: Figure) -> Found | None:
    """Return a licence plate beside a word for a car, in capitals or not."""
    first = max(0, figure.begin - 5)
    upper = figure.low[first : figure.end + 12].upper()
    if len(upper) != len(figure.low[first : figure.end + 12]):
        return None
    small = _SMALL_PREFIX.search(figure.low, first, figure.begin)
    for begin in (*([small.start(1)] if small else []), figure.begin):
        end = first + shapes.plate(upper, upper.lower(), begin - first)
        if end > figure.start:
            return begin, end, cues.VEHICLE
    return None


def _reach(
    figure: Figure, pattern: re.Pattern[str], least: int, most: int
) -> tuple[int, int] | None:
    """Return the number that follows a cue, when it has ``least`` to ``most`` figures."""
    match = pattern.match(figure.text, figure.start)
    if not match or UNIT.match(figure.low, match.end()):
        return None
    return match.span() if least <= len(shapes.digits(match[0])) <= most else None


def _called(figure: Figure) -> Found | None:
    """Return a phone number that lacks its first figures, or a short one within the house."""
    groups = _reach(figure, _LOOSE_FIGURES, 6, 13)
    if groups and not _no_number(figure, groups):
        return *groups, cues.PHONE
    short = _reach(figure, _SHORT, 4, 5)
    direct = figure.begin == figure.start and not _no_number(figure, (figure.start, figure.end))
    direct = direct and bool(short) and not _no_number(figure, short or (0, 0))
    return (*short, cues.EXTENSION) if short and direct and figure.cue() == cues.PHONE else None


def _no_number(figure: Figure, span: tuple[int, int]) -> bool:
    written = figure.text[slice(*span)]
    return (
        shapes.is_date(written)
        or shapes.is_case(written)
        or bool(re.fullmatch(r"(?:19|20)\d\d|112|11[346]|144|14 ?0\d+|0[89]00.*", written))
    )


def _numbered(figure: Figure) -> Found | None:
    groups = _reach(figure, _LOOSE_FIGURES, 7, 13)
    if groups and not _no_number(figure, groups):
        return *groups, cues.PHONE
    what = _staff(figure)
    if not what:
        return None
    written = figure.text[what[0] : what[1]]
    if re.search(r"(?:19|20)\d\d[-/.]", written):
        return None
    return what if re.search(r"[A-Z]", written) and len(shapes.digits(written)) > 3 else None


def _extension(figure: Figure) -> Found | None:
    span = _reach(figure, _SHORT, 2, 7)
    return (*span, cues.EXTENSION) if span else None


def _citizen(figure: Figure) -> Found | None:
    span = _reach(figure, _LOOSE_FIGURES, 7, 10)
    return (*span, cues.BSN) if span else None


def _account(figure: Figure) -> Found | None:
    first = figure.begin if figure.low[figure.begin : figure.begin + 2] in shapes.LENGTHS else 0
    end = shapes.iban(figure.text, first, sure=True) if first else 0
    if end:
        return first, end, "IBAN"
    span = _reach(figure, _LOOSE_FIGURES, 4, 18)
    if not span:
        return None
    glued = figure.begin if figure.text[figure.begin : figure.start].isalpha() else span[0]
    return glued, span[1], cues.ACCOUNT


def _staff(figure: Figure) -> Found | None:
    match = _ID.match(figure.text, figure.start)
    if not match or UNIT.match(figure.low, match.end()):
        return None
    begin = figure.begin
    lead = _LETTERED.search(figure.text, max(0, begin - 12), begin)
    if lead and not cues.CUES.get(lead[0].rstrip(" -").lower()):
        begin = lead.start()
    written = figure.text[begin : match.end()].lstrip("#./-")
    figures = len(shapes.digits(written))
    if figures < 2 or (figures < 3 and not re.search(r"[A-Za-z]", written)):
        return None
    if re.fullmatch(r"(?:19|20)\d\d", written) or (shapes.is_date(written) and " " not in written):
        return None
    return match.end() - len(written), match.end(), cues.PERSONNEL


def _pass(figure: Figure) -> Found | None:
    """Return the number of a pass or register, when it cannot be a count."""
    what = _staff(figure)
    if not what:
        return None
    written = figure.text[what[0] : what[1]]
    return what if re.search(r"[A-Z]", written) or len(shapes.digits(written)) > 4 else None


def _vehicle(figure: Figure) -> Found | None:
    match = _SMALL_PREFIX.search(figure.low, max(0, figure.begin - 5), figure.begin)
    small = (
        [match.start(1)]
        if match and match[1] not in cues.FILLERS and not cues.kind(match[1], "")
        else []
    )
    for first in (*small, *letters_before(figure), figure.begin):
        end = shapes.plate(figure.text, figure.low, first, sure=True)
        if end > figure.start:
            return first, end, cues.VEHICLE
    return None


_SMALL_PREFIX = re.compile(r"(?<!\w)([a-z]{1,3}) $")


def _fleet(figure: Figure) -> Found | None:
    plate = _plate_near(figure)
    if plate:
        return plate
    span = _reach(figure, _SHORT, 2, 5)
    last = WORDS.findall(figure.low[max(0, figure.begin - 24) : figure.begin])
    if (
        last
        and last[-1] in {"bus", "busje", "auto", "boot", "scooter"}
        and not re.match(r"0\d|\d{4}", figure.text[figure.start : figure.end])
    ):
        return None
    year = re.fullmatch(r"(?:19|20)\d\d", figure.text[figure.start : figure.end])
    return (figure.begin, span[1], cues.VEHICLE) if span and not year else None


def _room(figure: Figure) -> Found | None:
    match = places.ROOM.match(figure.text, figure.begin)
    if not match or match.end() <= figure.start or UNIT.match(figure.low, match.end()):
        return None
    lead = PREFIX.search(figure.text, max(0, figure.begin - 6), figure.begin)
    first = lead.start() if lead else figure.begin
    before = WORDS.findall(figure.low[max(0, first - 24) : first])
    last = cues.plain(before[-1]) if before else ""
    figures = {"office": r"\d{4}", "bureau": r"\d{2}"}.get(last, r"\d{3}")
    exact = re.search(rf"[.\-/A-Za-z]|{figures}", match[0])
    loose = {
        "ruimte",
        "bureau",
        "kantoor",
        "office",
        "lokaal",
        "spreekkamer",
        "k",
        "box",
        "kast",
        "loods",
        "zolder",
    }
    asked = ASKED.search(figure.low, max(0, first - 24), first)
    near = asked or cues.kind(last, "") or last in {"nr", "nummer", "no", "etage", "verdieping"}
    chain = CUE_BEFORE.search(figure.low, max(0, first - 50), first)
    exact = exact or (chain and re.search(r"[,/\d]", chain[0]))
    if not near or (last in loose and not exact) or re.fullmatch(r"(?:19|20)\d\d", match[0]):
        return None
    return min(first, match.start()), match.end(), cues.ROOM


def _birth(figure: Figure) -> Found | None:
    end = births.day(figure.low, figure.start)
    return (figure.start, end, cues.BIRTH) if end else None


def _postcode(figure: Figure) -> Found | None:
    span = places.postcode(figure.text, figure.low, figure.start, sure=True)
    if span:
        return *span, cues.POSTCODE
    short = _reach(figure, _SHORT, 4, 4)
    return (*short, cues.POSTCODE) if short else None


def _device(figure: Figure) -> Found | None:
    match = _ID.match(figure.text, figure.start)
    return (figure.begin, match.end(), cues.DEVICE) if match and len(match[0]) >= 6 else None


_READERS = {
    cues.PHONE: _called,
    cues.EXTENSION: _extension,
    cues.BSN: _citizen,
    cues.ACCOUNT: _account,
    cues.PERSONNEL: _staff,
    cues.PASS: _pass,
    cues.VEHICLE: _vehicle,
    cues.FLEET: _fleet,
    cues.ROOM: _room,
    cues.BIRTH: _birth,
    cues.POSTCODE: _postcode,
    cues.DEVICE: _device,
    cues.NUMBER: _numbered,
}
