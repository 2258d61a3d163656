"""Shapes of numbers: phone, BSN, bank account, licence plate, and what tells them from others.

Sources: BSN, the eleven test: Logisch ontwerp BSN. IBAN: ISO 13616 (lengths), ISO 7064 (mod 97).
Licence plates: the RDW's fourteen series.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

PHONE = re.compile(
    r"\(?\+?\(?[0Oo1-9](?:[ \t\u00a0.\-‐‑‒–—−/_()]{0,4}(?:\n[ \t]{0,2})?(?:\d|[Ol](?![^\W\dOl_]))){6,15}\)?"
)
"""A number with a leading 0 or +, in any grouping; `phone` counts its figures."""
GROUPS = re.compile(r"\d(?:[ \t\u00a0]?[-.]?[ \t\u00a0]?\d){7,8}(?!\w|[.,:]\d)")
"""Eight or nine figures, in groups of any size."""
_IS_DATE = re.compile(
    r"[0-3]?\d ?[-/. ] ?[01]?\d ?[-/. ] ?(?:\d{4}|\d{2})|(?:19|20)\d{2} ?[-/. ]? ?[01]\d ?[-/. ]? ?[0-3]\d"
)
_IS_CASE = re.compile(r"(?:19|20)\d\d[-/. ]\d+$")

LENGTHS = {
    "ad": 24, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20, "es": 24,
    "fi": 18, "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "is": 26, "it": 27, "lt": 20, "lu": 20,
    "lv": 21, "ma": 28, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "se": 24, "si": 19, "sk": 24,
    "tn": 24, "tr": 26,
}  # fmt: skip
"""Letters and figures of an IBAN, by country (ISO 13616)."""
_IBAN_SIGN = re.compile(r"[A-Za-z0-9]")
_GAP = " \t\n.-\u00a0"
_MOST_GAPS = 3
_COUNTRY = 4
"""Letters and check figures at the front; after these a full stop ends a sentence."""

_SIDE_CODES = re.compile(
    r"(?:[a-z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[a-z]{2}|\d{2}-[a-z]{2}-\d{2}|[a-z]{2}-\d{2}-[a-z]{2}|[a-z]{2}-[a-z]{2}-\d{2}"
    r"|\d{2}-[a-z]{2}-[a-z]{2}|\d{2}-[a-z]{3}-\d|\d-[a-z]{3}-\d{2}|[a-z]{2}-\d{3}-[a-z]|[a-z]-\d{3}-[a-z]{2}"
    r"|[a-z]{2}-\d{3}-[a-z]{2}|\d-[a-z]{3}-\d{3}"
    r"|[a-z]{3}-\d{2}-[a-z]|[a-z]-\d{2}-[a-z]{3}|\d-[a-z]{2}-\d{3}|\d{3}-[a-z]{2}-\d)(?![\w-])"
)
_GLUED = re.compile(
    r"(?:[A-Z]{2}\d{4}|\d{4}[A-Z]{2}|\d{2}[A-Z]{2}\d{2}|[A-Z]{2}\d{2}[A-Z]{2}|[A-Z]{4}\d{2}|\d{2}[A-Z]{4}|\d{2}[A-Z]{3}\d"
    r"|\d[A-Z]{3}\d{2}|[A-Z]{2}\d{3}[A-Z]|[A-Z]\d{3}[A-Z]{2}|[A-Z]{3}\d{2}[A-Z]|[A-Z]\d{2}[A-Z]{3}|\d[A-Z]{2}\d{3}"
    r"|\d{3}[A-Z]{2}\d)(?!\w|-\d)"
)
_SPACED = re.compile(
    r"(?:[A-Z]{2} \d{2} [A-Z]{2}|[A-Z]{2} \d{3} [A-Z]|[A-Z] \d{3} [A-Z]{2}|[A-Z]{3} \d{2} [A-Z]|[A-Z] \d{2} [A-Z]{3}|\d [A-Z]{3} \d{2}"
    r"|\d{2} [A-Z]{3} \d|\d{3} [A-Z]{2} \d|\d [A-Z]{2} \d{3}|\d{2} [A-Z]{2} [A-Z]{2}|[A-Z]{2} [A-Z]{2} \d{2})(?!\w)"
)
_GERMAN = re.compile(
    r"(?!\w-\w[ -]\d\d(?!\d))[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}(?: \d{2,4}|-\d{3,4})[EH]?(?![\w-]|[.,]\d)"
)
_ABROAD = re.compile(
    r"[a-z]{2,3} ?\d{4,5}(?!\w)|[a-z]{2}\d{2} [a-z]{3}(?!\w)|[a-zäöü]{1,3}[- ][a-z]{1,2}[- ]\d{1,4}[eh]?(?!\w)"
)
_LOOSE = re.compile(
    r"(?=[a-z0-9 .-]{0,9}\d)(?=[a-z0-9 .-]{0,9}[a-z])[a-z0-9]{1,3}[- .]?[a-z0-9]{1,3}[- .]?[a-z0-9]{1,3}(?!\w)"
)
_MONTH = re.compile(r"jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec")


def digits(written: str) -> str:
    """Return the figures of a number, with letters that a scan took for them."""
    return re.sub(r"\D", "", written.translate({79: "0", 111: "0", 108: "1"}))


def is_date(written: str) -> bool:
    """Tell whether figures are a day: 3-4-2021, 20210403."""
    return bool(_IS_DATE.fullmatch(written.strip()))


def is_case(written: str) -> bool:
    """Tell whether figures begin with a year, as numbers of cases do."""
    return bool(_IS_CASE.match(written))


def phone(text: str, place: int) -> int:
    """Return where the phone number that begins at ``place`` ends; 0 when none does."""
    match = PHONE.match(text, place)
    if not match or _NO_PHONE.match(match[0]):
        return 0
    written = match[0]
    abroad = "+" in written[:2] or digits(written[:5]).startswith("00")
    ends = [
        each.end() for each in _GROUP.finditer(written) if not _GOES_ON.match(written, each.end())
    ]
    sized = [(end, _size(written[:end], abroad=abroad)) for end in ends]
    fits = [end for end, size in sized if size == _FULL]
    if not fits and _WITH_EXTENSION.match(text, match.end()) and ends:
        fits = ends
    if not fits:
        fits = [end for end, size in sized if _near(written, size, abroad=abroad)]
    end = max(fits, default=0)
    if not end:
        return 0
    end += place + (written[end : end + 1] == ")" and "(" in written)
    extension = _WITH_EXTENSION.match(text, end)
    return extension.end() if extension else end


_FULL = 10
_WITH_EXTENSION = re.compile(
    r",? ?(?:tst|toestel|ext|extension|x|doorkies)\.? ?\d{2,5}(?!\w)", re.IGNORECASE
)
_GOES_ON = re.compile(r"[-‐‑‒–—−.]\d|/[1-9]")
_GROUP = re.compile(r"[\dOol]+")
_NO_PHONE = re.compile(
    r"0[89][ -]?00|090[069]|[0-3]?\d[-/.][01]?\d[-/.](?:19|20)\d\d|[0-2]?\d[.:][0-5]\d ?[-–] ?[0-2]?\d[.:][0-5]\d(?!\d|\.)"
)
"""A public service, a date, or from one hour to another."""


def _size(written: str, *, abroad: bool) -> int:
    """Return how many figures a number has as it is dialled within its country."""
    plain = digits(written)
    if not abroad:
        return len(plain)
    plain = plain if "+" in written[:2] else plain[2:]
    if not plain.startswith("31"):
        return 0
    return len(plain) - 1 - ("(0" in written or plain.startswith("310"))


def _near(written: str, size: int, *, abroad: bool) -> bool:
    """Tell whether a number may be a phone number that lacks a figure or has one too many."""
    if abroad:
        return size in {0, _FULL - 1, _FULL + 1} and len(digits(written)) >= _FULL - 1
    mobile = digits(written[:6]).startswith("06")
    return size in {_FULL - 1, _FULL + 1} and (mobile or written[1:4].count("-") == 1)


def is_bsn(written: str) -> bool:
    """Tell whether 8 or 9 digits pass the eleven test of a BSN."""
    padded = written.zfill(9)
    total = sum(
        int(digit) * weight
        for digit, weight in zip(padded, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    return total % 11 == 0 and int(written) > 0


def is_iban(written: str) -> bool:
    """Tell whether an account number passes mod 97, or is Dutch by its shape."""
    plain = re.sub(r"[\s.-]", "", written).upper()
    if re.fullmatch(r"NL\d{2}[A-Z]{4}\d{10}", plain):
        return True
    turned = plain[4:] + plain[:4]
    return len(plain) >= 15 and int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def iban(text: str, place: int, *, sure: bool = False) -> int:
    """Return where the IBAN that begins at ``place`` ends, 0 when none does.

    Any grouping, line ends and small letters; ``sure`` takes one that fails its check figures.
    """
    length = LENGTHS.get(text[place : place + 2].lower(), 0)
    taken: list[str] = []
    at, gaps = place, 0
    while len(taken) < length and at < len(text) and gaps <= _MOST_GAPS:
        char = text[at]
        if _IBAN_SIGN.match(char):
            taken.append(char)
            gaps = 0
        elif char in _GAP:
            if char == "." and text[at + 1 : at + 2] in {" ", "\n"} and len(taken) > _COUNTRY:
                return 0
            gaps += 1
        else:
            return 0
        at += 1
    plain = "".join(taken)
    if not length or len(plain) < length or (at < len(text) and text[at].isalnum()):
        return 0
    if not plain[2:4].translate({79: "0", 108: "1", 73: "1", 111: "0"}).isdigit():
        return 0
    figures = sum(each.isdigit() for each in plain[:8]) + sum(
        each.isdigit() or each in "OoIl" for each in plain[8:]
    )
    if plain[:2].lower() == "nl":
        return at if figures >= 10 and plain[4:8].isalpha() else 0
    return at if figures >= 10 and (sure or is_iban(plain) or plain[:2].isupper()) else 0


def plate(text: str, low: str, place: int, *, sure: bool = False) -> int:
    """Return where the licence plate that begins at ``place`` ends, 0 when none does.

    Args:
        text: as written.
        low: the same in small letters.
        place: where it may begin.
        sure: a word beside it says that it is one.
    """
    match = _SIDE_CODES.match(low, place)
    if match and not _MONTH.search(match[0]):
        return match.end()
    match = _GLUED.match(text, place) or _SPACED.match(text, place)
    if match and (sure or not re.fullmatch(r"(?:19|20)\d\d[A-Z]{2}", match[0])):
        return match.end()
    match = _GERMAN.match(text, place)
    if match and (sure or not re.search(r"(?:19|20)\d\d$", match[0])):
        return match.end()
    match = (_ABROAD.match(low, place) or _LOOSE.match(low, place)) if sure else None
    return match.end() if match and len(match[0]) > 4 else 0
