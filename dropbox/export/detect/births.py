"""Days in any spelling, and days of birth: "geb. 3-4-'81", "3 april 1981 geboren"."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary|r)?|maart|march|mrt|mar|apr(?:il)?|mei|may|juni|june|jun|juli|july|jul|"
    r"aug(?:ustus|ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
"""A month in small letters, Dutch or English, written out or cut short."""
_YEAR = r"(?:(?:19|20)\d\d|['’‘´`]?\d\d)(?!\d)"
_DAY = re.compile(
    rf"\d \d ?[-/.] ?\d ?\d ?[-/.] ?(?:\d ?){{3}}\d(?!\d)|\d{{1,2}} ?[-/.\\ ] ?\d{{1,2}} ?[-/.\\ ] ?{_YEAR}|(?:19|20)\d\d ?[-/. ] ?\d{{1,2}} ?[-/. ] ?\d{{1,2}}(?!\d)"
    rf"|\d{{1,2}}(?:e|ste|de|th|st|nd|rd)?(?: of|[-/ .])? ?{MONTH}(?![^\W\d_])(?:,?[-/ .]? ?{_YEAR}(?! ?uur))?"
    r"|[0-3]\d[01]\d(?:19|20)\d\d(?!\d)|(?:19|20)\d\d[01]\d[0-3]\d(?!\d)|[0-3]\d[01]\d\d\d(?!\d)"
    rf"|\d{{1,2}}[-./ ](?:i{{1,3}}|iv|vi{{0,3}}|ix|xi{{0,2}}|v|x)[-./ ]{_YEAR}|\d{{1,2}}[-/]\d{{1,2}}(?![-/\d])"
)
_BORN_AFTER = re.compile(
    r"(?:,? (?:ben ik|is (?:hij|zij|ze)|werd (?:ik|hij|zij|ze)|was (?:i|he|she)))? ?(?:\(?geboren\b|\(?geboortedatum|\(?geb\.|born\b|is (?:mijn|zijn|haar|my|his|her) (?:geboorte|verjaar|birth)|\(?birth ?da|jarig\b)"
)
_MONTH_FIRST = re.compile(
    rf"\b(?:born|birth|birthday|birthdate|d\.?o\.?b\.?)\b(?: (?:is|was|on|in|the)){{0,2}}[: ]{{1,2}}({MONTH} \d{{1,2}}(?:th|st|nd|rd)?(?:,? ?{_YEAR})?)"
)
_YEAR_ONLY = re.compile(
    rf"\b(?:geboren|geb\.?|born|geboortejaar|bouwjaar|birth year|year of birth|(?:ik ben|(?:hij|zij|ze) is) (?:van|uit))(?: (?:in|is|te|van|uit|in \w{{3,12}} in))?[:, ]{{1,2}}((?:{MONTH} )?(?:(?:19[3-9]|20[01])\d|['’‘´`]\d\d))(?![-\d])"
)
_STAR = re.compile(r"(?:\*|†|°) ?$")


_NUMERAL = (
    r"(?:een|één|eerste|twee|drie|derde|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|[a-z]{3,5}tien|(?:[a-z]{3,5}(?:en|ën))?(?:twintig|dertig)|"
    r"(?:[a-z]{2,7})de|(?:[a-z]{3,14})ste|first|second|third|[a-z]{3,12}th)"
)
_SPOKEN = re.compile(
    rf"\b(?:geboren|geb\.?|geboorte ?datum|born|birth|jarig|verjaardag|birthday)\b(?: (?:is|was|op|in|on|te|ben|ik)){{0,3}}[: ]{{1,2}}((?:de |the )?{_NUMERAL}(?: of(?: the)?| van(?: de)?)? (?:{MONTH}|{_NUMERAL})(?![^\W\d_])(?:,? (?:(?:19|20)\d\d|['’]\d\d|(?:negentien|nineteen|twee ?duizend|two thousand|twintig|tachtig|zeventig|zestig|negentig|vijftig)[a-zëé -]{{0,24}}(?![^\W\d_])))?)"
)
_SIGNS = (
    "gebo",
    "geb.",
    "born",
    "jarig",
    "verjaar",
    "birth",
    "bouwjaar",
    "ik ben ",
    "j is ",
    "ze is ",
)


def spoken(low: str) -> Iterator[tuple[int, int]]:
    """Yield days of birth that are told in words."""
    if any(sign in low for sign in _SIGNS):
        for pattern in (_SPOKEN, _MONTH_FIRST, _YEAR_ONLY):
            for match in pattern.finditer(low):
                yield match.span(1)


def day(low: str, place: int) -> int:
    """Return where the day that begins at ``place`` of a text in small letters ends; 0 for none."""
    match = _DAY.match(low, place)
    return match.end() if match else 0


_OLD = re.compile(r"(?<!\d)(?:19[3-9]\d|200\d)$")
_SINCE = re.compile(
    r"\b(?:sinds|vanaf|since|per|from|dienst|wet|zaak|besluit|tot|until|d\.d\.|dd)\b[^\n]{0,12}$"
)
_NAMED = re.compile(r"\w[.)]?(?: \(|, ?)$")
_BORN_NEAR = re.compile(
    r"\b(?:geboren|geboorte\w*|geb\.|g\.d\.|birth\w*|born|d\.?o\.?b)\b[^\n]{0,100}$"
)


def after(low: str, place: int) -> int:
    """Return where a day ends that what stands beside it calls a day of birth; 0 for none."""
    end = day(low, place)
    if not end:
        return 0
    if _OLD.search(low, max(place, end - 5), end) and not _SINCE.search(
        low, max(0, place - 24), place
    ):
        listed = _NAMED.search(low, max(0, place - 3), place) and low[end : end + 1] in {")", ","}
        if listed or _BORN_NEAR.search(low, max(0, place - 110), place):
            return end
    star = _STAR.search(low, max(0, place - 3), place) and end - place > 5
    return end if star or _BORN_AFTER.match(low, end) else 0
