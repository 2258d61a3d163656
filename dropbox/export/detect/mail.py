"""E-mail addresses in any spelling: spaced, spoken, misread, cut off, or only the part before @."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect.cues import FILLERS
from dropbox.export.span import CONTACT, Span

_HOSTS = (
    "gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|proton|protonmail|pm|tutanota|gmx|aol|ziggo|kpn|kpnmail|"
    "kpnplanet|planet|hetnet|home|casema|chello|upcmail|upc|xs4all|telfort|tele2|freedom|quicknet|solcon|zonnet|wanadoo|online|"
    "caiway|t-mobile|odido|mac|fastmail|hushmail|onsmail|amsterdam"
)
_TLD = "nl|com|org|net|be|de|eu|uk|co|me|info|fr|tr|ma|pl|pt|es|it|sr|cw|gov|edu|ams|amsterdam|tv|nu|frl"
_PART = r"[\w+%'-]{1,40}"
_LOCAL = rf"{_PART}(?:(?: ?[._] ?|\.)(?:{_PART})){{0,4}}"
_SPOKEN_SIGN = (
    r"(?:punt|dot|streepje|liggend streepje|laag streepje|underscore|dash|koppelteken|min|minus)"
)
_AT = r"(?:[@＠]{1,2}|%40|[\[({<] ?(?:at|a|@|apenstaart(?:je)?|apestaart(?:je)?|ad) ?[\])}>])"
_DOT = r"(?:\.|,(?=(?:nl|com|org|net)\b)|[\[({<] ?(?:dot|punt|\.) ?[\])}>])"
_WRITTEN = re.compile(
    rf"\s{{0,2}}{_AT}\s{{0,2}}(?:[\w-]{{1,40}}(?:(?: ?{_DOT} ?(?=(?:{_TLD})\b)|{_DOT}(?=\n(?:{_TLD})\b)\n|{_DOT} ?(?<! ))[\w-]{{1,30}}){{1,4}}|[\w-]{{2,40}}(?: (?:punt|dot) (?:{_TLD})\b)?)"
)
_WRITTEN_AND_SAID = re.compile(
    rf"\s{{0,2}}(?:[@＠]|[\[({{<] ?(?:at|@|apenstaart(?:je)?|apestaart(?:je)?) ?[\])}}>])\s{{0,2}}[\w-]{{1,40}}(?: {_SPOKEN_SIGN} [\w-]{{1,30}}){{0,3}} (?:punt|dot) [\w-]{{2,20}}"
)
_SAID = re.compile(
    rf" (?:at|apenstaart(?:je)?|apestaart(?:je)?|ad|@|slingeraap) (?:[\w-]{{1,40}}(?:(?: {_SPOKEN_SIGN} | ?\. ?)[\w-]{{1,30}}){{0,3}}?(?: (?:punt|dot) | ?\. ?)(?:{_TLD})\b(?:(?: (?:punt|dot) | ?\. ?)(?:{_TLD})\b)?|(?:{_HOSTS})\b)"
)
_SAID_BARE = re.compile(
    rf" (?:apenstaart(?:je)?|apestaart(?:je)?) [\w-]{{3,40}}(?:(?: {_SPOKEN_SIGN} [\w-]{{1,30}}){{0,3}} (?:punt|dot) [\w-]{{2,20}})?"
)
_BRACKETED = re.compile(r"[\[({<] ?(?:at|a|ad|ape?n?staart(?:je)?|@) ?[\])}>]")
_LOCAL_BEFORE = re.compile(
    r"(?<![\w.+%-])(?:[\w+%'-]{1,40}(?:\.| ?_ ?| \. ?|(?<=(?<!\w)\w)\. | (?:punt|dot|streepje|underscore) | ?[\[({<] ?(?:dot|punt|\.) ?[\])}>] ?)){0,4}[\w+%'-]{1,64}\.?\s{0,2}$"
)
_SAID_BEFORE = re.compile(
    rf"(?<![\w.+%-])(?:[\w+%-]{{1,40}}(?: {_SPOKEN_SIGN} |\.|_|-)){{0,4}}[\w.+%-]{{1,40}}$"
)
_REACH = 90
_CUE = re.compile(
    r"\b(?:(?:e-?)?mail ?-?adres|e-?mail|gmail|hotmail|outlook|mailtje|mail)(?: (?:is|was|van (?:mij|hem|haar|hen))){0,2} ?(?:is|:|=|\bop|\bto|\bnaar|\bvia) {0,2}(?=[\w.+-]{0,40}(?:\d|[._][^\W\d_]))([^\W_][\w.+-]{2,40}\w)"
)
_AT_HOST = re.compile(
    rf"(?<![\w.@-])((?=[\w.+-]{{0,40}}[\d._])[\w.+-]{{2,40}})((?: |-)?(?:bij|op|van|via|at|on|in)?(?: de| mijn)? (?:gmail|hotmail|outlook|yahoo|icloud|proton(?:mail)?|ziggo|kpnmail|live|hetnet|planet|xs4all)(?: (?:punt|dot) ?\w{{2,3}}|\.(?:{_TLD}))?)\b"
)
_NO_LOCAL = frozenset(
    [
        "look",
        "looking",
        "me",
        "us",
        "was",
        "is",
        "are",
        "was",
        "were",
        "be",
        "am",
        "him",
        "her",
        "them",
        "it",
        "there",
        "here",
        "that",
        "this",
        "een",
        "de",
        "het",
        "kijk",
    ]
)
_NO_NAME = frozenset(
    {
        "naar",
        "graag",
        "aan",
        "dus",
        "dan",
        "ook",
        "liever",
        "nog",
        "vandaag",
        "morgen",
        "please",
        "or",
        "contact",
    }
    | _NO_LOCAL
)
_WEB = re.compile(r"(?:https?|www)\b|\.(?:pdf|docx?|xlsx?|jpe?g|png)$")


def found(low: str) -> Iterator[Span]:
    """Yield e-mail addresses in a view's text in small letters."""
    for place in _places(low):
        span = _written(low, place) or _said(low, place)
        if span:
            yield _span(*span)
    if "mail" in low or "outlook" in low:
        for match in _CUE.finditer(low):
            if not _WEB.search(match[1]):
                yield _span(*match.span(1))
    if any(
        host in low
        for host in (
            "gmail",
            "hotmail",
            "outlook",
            "yahoo",
            "icloud",
            "proton",
            "ziggo",
            "kpnmail",
            " live",
            "hetnet",
            "planet",
            "xs4all",
        )
    ):
        for match in _AT_HOST.finditer(low):
            if re.search(r"\d[a-z]|[a-z]\d|[a-z][._][a-z]", match[1]):
                yield _span(*match.span())


def _places(low: str) -> Iterator[int]:
    """Yield where a sign for "@" stands, in any spelling."""
    for sign in _BRACKETED.finditer(low):
        yield sign.start()
    for word in ("@", "＠", "%40", "apenst", "apest", " at "):
        at = low.find(word)
        while at >= 0:
            yield at + (word[0] == " ")
            at = low.find(word, at + 1)


def _written(low: str, place: int) -> tuple[int, int] | None:
    """Return an address around a sign for "@"."""
    start = place
    while start > max(0, place - 2) and low[start - 1] in " \n":
        start -= 1
    rest = _WRITTEN_AND_SAID.match(low, start) or _WRITTEN.match(low, start)
    if not rest:
        return None
    before = _LOCAL_BEFORE.search(low, max(0, start - _REACH), start)
    if not before:
        return None
    spaced = start < place or low[place + 1 : place + 2] in {" ", "\n"}
    whole = re.search(rf"[.,]|dot|punt|\b(?:{_HOSTS})\b", rest[0]) is not None
    if low[place] == "@" and spaced and not (whole or re.search(r"[\d._]", before[0].strip())):
        return None
    if (
        low[place] == "@"
        and start < place
        and low[place + 1] not in " \n"
        and "." not in rest[0]
        and not whole
    ):
        return None
    if low[place] != "@" and not whole:
        return None
    if low[place] == "@" and start < place and low[place + 1] not in " \n":
        known = re.search(rf"\.(?:{_TLD})$|\b(?:{_HOSTS})\b", rest[0])
        if not known:
            return None
    return _more(low, before.start()), rest.end()


_NAME_BEFORE = re.compile(
    r"\b(?:(?:e-?)?mail|(?:e-?)?mail-?adres|adres|gmail|hotmail|outlook|mailen|e-?mailen|address)"
    r"(?: (?:me|mij|hem|haar|is|was|op|naar|to|at|on|graag|even|maar|kan|dan|van (?:mij|hem|haar))){0,4}(?: ?: ?| )"
    r"((?:[^\W\d_]{1,20} ){1,3})$"
)
_PARTICLES = frozenset({"de", "van", "der", "den", "el", "al", "ten", "ter", "da", "dos"})


def _more(low: str, begin: int) -> int:
    """Return where an address begins whose first words stand apart: "mail: jan de wit @ …"."""
    match = _NAME_BEFORE.search(low, max(0, begin - 80), begin)
    if not match:
        return begin
    words = match[1].split()
    named = words[0] not in _PARTICLES and all(
        word in _PARTICLES or (word not in FILLERS and word not in _NO_NAME) for word in words
    )
    return match.start(1) if named else begin


def _said(low: str, place: int) -> tuple[int, int] | None:
    """Return an address told in words: "j punt bakker apenstaartje gmail punt com"."""
    if not place or low[place - 1] != " ":
        return None
    rest = _SAID.match(low, place - 1) or _SAID_BARE.match(low, place - 1)
    before = _SAID_BEFORE.search(low, max(0, place - _REACH), place - 1) if rest else None
    if not rest or not before:
        return None
    sure = low[place : place + 2] == "ap" or re.search(r" (?:punt|dot) |\.", rest[0])
    bare = _BARE_END.match(low, rest.end()) if not sure and rest[0].endswith(_KNOWN) else None
    if bare and before[0] not in _NO_LOCAL:
        return before.start(), bare.end()
    if not sure and not re.search(r"[\d._]", before[0]):
        return None
    return None if before[0] in _NO_LOCAL else (_more(low, before.start()), rest.end())


_BARE_END = re.compile(r" (?:com|nl)(?!\w)")
_KNOWN = ("gmail", "hotmail", "outlook", "yahoo", "icloud", "ziggo")


def _span(start: int, end: int) -> Span:
    return Span(start, end, CONTACT, "e-mail", "contact: e-mail", 0.95)
