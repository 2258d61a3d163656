"""Numbers in words: "nul zes twaalf vierendertig", mixed with figures too."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect import cues
from dropbox.export.span import CONTACT, Span

_ONES = "nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"
_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig"
_ENGLISH_ONES = (
    "zero oh o one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_JOINED = "een|één|twee|drie|vier|vijf|zes|zeven|acht|negen"
_NUMERAL = re.compile(
    rf"(?<![^\W_])(?:(?:(?:{_JOINED})(?:en|ën)(?:{_TENS.replace(' ', '|')}))"
    rf"|(?:{_ENGLISH_TENS.replace(' ', '|')})(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    rf"|{'|'.join(sorted((_ONES + ' ' + _TENS + ' ' + _ENGLISH_ONES).split(), key=len, reverse=True))}"
    r"|dubbele?|double|triple|driedubbel|plus|honderd|\d{1,4})(?![^\W_])"
)
_LONG = frozenset((_TENS + " " + _ENGLISH_TENS).split())
_STARTS = re.compile(r"(?<!\w)(?:nul|zero|oh|plus)(?!\w)|(?<!\w)0[\d ]")
_BETWEEN = re.compile(r"[ ,.\n\-–/…]{0,4}(?:en |and )?")
_INSIDE = re.compile(
    r"\b(?:toestel|tst|ext|extension|doorkies|doorkiesnummer|intern)\b\.?(?: ?(?:is|nummer|number|:))?[: ]{1,2}$"
)
LEAST = 5
"""Numerals in a row that make a number when they begin with a nought."""
_LEAST_FIGURES = 8
_LEAST_CALLED = 4
_LEAST_INSIDE = 3
"""Numerals of a number within the house, right after its cue: "toestel vier nul twee"."""
_CALLED = re.compile(
    r"\b(?:tel|telefoon|mobiel|nummer|bel|bereikbaar|bereiken|bereik|reach|reached|terugbellen|gsm|mob|doorkiesnummer|pincode|app|bsn|burgerservicenummer|sofinummer|sofi|toestel|number|phone|mobile|call|"
    r"personeelsnummer|rekening|rekeningnummer|giro|ext|extension|badge|pasnummer|whatsapp)\b[^.!?\n]{0,24}$"
)


def found(low: str) -> Iterator[Span]:
    """Yield numbers told in words in a view's text in small letters."""
    done = 0
    for place in _places(low):
        if place < done:
            continue
        end, numerals, figures, words = _run(low, place)
        done = end
        if not words:
            continue
        whole = numerals >= _LEAST_CALLED or (numerals > 1 and figures >= _LEAST_FIGURES)
        called = _CALLED.search(low, max(0, place - 50), place) if whole else None
        inside = numerals >= _LEAST_INSIDE and _INSIDE.search(low, max(0, place - 30), place)
        opened = _STARTS.match(low, place) and numerals >= LEAST and figures >= _LEAST_FIGURES - 2
        if (
            called
            or inside
            or opened
            or (figures > _LEAST_FIGURES and numerals >= LEAST and words > 2)
        ):
            kind = (
                cues.BSN if called and ("bsn" in called[0] or "sofi" in called[0]) else cues.PHONE
            )
            yield Span(place, end, CONTACT, kind, f"contact: spoken {kind}", 0.8)


def _places(low: str) -> Iterator[int]:
    """Yield where numbers in words may begin: at noughts, and after words for numbers."""
    for match in _NUMERAL_SIGN.finditer(low):
        first = _NUMERAL.match(low, match.start())
        if first:
            yield match.start()


_NUMERAL_SIGN = re.compile(
    r"(?<![^\W_])(?:nul|zero|oh|o(?=[ -](?:zes|six))|plus|dubbele?|double|triple|driedubbel|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|one|two|three|four|five|six|seven|eight|nine|0\d?)"
    r"(?=[ ,.\n\-–/])"
)


def _run(low: str, place: int) -> tuple[int, int, int, int]:
    """Return the end of a row of numerals, how many, how many figures, and how many are words."""
    end = at = place
    numerals = figures = words = 0
    while match := _NUMERAL.match(low, at):
        written = match[0]
        numerals += 1
        words += not written[0].isdigit()
        figures += len(written) if written[0].isdigit() else _figures(written)
        end = match.end()
        gap = _BETWEEN.match(low, end)
        at = gap.end() if gap else end
        if at == end:
            break
    return end, numerals, figures, words


def _figures(word: str) -> int:
    """Return how many figures a numeral in words stands for."""
    if word in {"plus", "dubbel", "dubbele", "double", "triple", "driedubbel"}:
        return 1
    long = word.endswith(("tig", "tien", "teen", "ty")) or word in {
        "elf",
        "twaalf",
        "eleven",
        "twelve",
    }
    return 2 if long or " " in word or "-" in word else 1
