"""Evidence of lines: who is addressed, who signs, who speaks, who is listed.

Letters and chat say by their layout who is who: after "Beste", after "Groet,", before a colon,
after "Aanwezig:". The words of such a place are names, unless they cannot be.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from dropbox.export.detect.joined import is_joined
from dropbox.export.detect.short import may_be_letters
from dropbox.export.detect.standing import first_too, possible, strong
from dropbox.export.detect.tokens import Token
from dropbox.export.lexicon import (
    BOTH,
    COMMON_EN,
    COMMON_NL,
    FIRST,
    LAST,
    NAME,
    OWN,
    SAFE,
)
from dropbox.export.words import (
    ADDRESSED,
    CHAT,
    CLOSINGS,
    FIELDS,
    FUNCTION_EN,
    FUNCTION_NL,
    GREETINGS,
    NO_SPEAKER,
    PARTICLES,
    ROLES,
    SHORT_DATES,
    TITLES,
)

MAX_ALONE = 3
"""Parts of a name that is all of a line."""
MAX_SIGNATURE = 5
"""Words in a line that may be a signature."""
LETTERS = 2
"""Letters that stand for somebody in a list of people, or as a label that recurs."""
_QUESTIONS = frozenset({"q", "v", "vraag", "question"})
_ANSWERS = frozenset({"a", "answer", "antwoord"})
_SAID_AT = re.compile(r"^\s*[\[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?[\])]?\s*(?::|\n|$)")
_TIME = re.compile(r"^[\s>*•-]*(?:[\[(]?\d{1,2}[-/:.]\d{2}.{0,24}[\])-]?)?\s*$", re.DOTALL)
_NO_LISTED = PARTICLES | ROLES | TITLES
_CLOSING_ON = CLOSINGS | {"met", "with", "en", "and", "namens"}
_FUNCTION = FUNCTION_NL | FUNCTION_EN


def mark(found: list[Token], lexicon: Mapping[str, int]) -> None:
    """Set `name` on the words of lines that say who is who."""
    lines = _lines(found)
    again = _recurring(found, lines)
    for number, (begin, end) in enumerate(lines):
        _greeting(found, begin, end)
        _label(found, begin, end, lexicon, again)
        _closing(found, lines, number)
        _alone(found, begin, end)


def _lines(found: list[Token]) -> list[tuple[int, int]]:
    starts = [place for place, token in enumerate(found) if token.line]
    return list(pairwise([*starts, len(found)]))


def _greeting(found: list[Token], begin: int, end: int) -> None:
    """Take who is addressed at the start of a line: "Beste Tom, Ineke en Nelson,"."""
    if found[begin].key not in GREETINGS:
        return
    for place in range(begin + 1, min(end, begin + 12)):
        token = found[place]
        gap = token.gap
        if gap.strip(" ,.\t&/") or (
            place > begin + 1 and gap == " " and not _joins(found, place, begin)
        ):
            return
        if (
            token.key in PARTICLES
            or token.key in {"en", "and", "beste", "dear", "lieve"}
            or token.key in TITLES
        ):
            continue
        plain = token.key in ADDRESSED or token.key in _FUNCTION or token.key in ROLES
        stops = place + 1 == len(found) or found[place + 1].gap.startswith((",", "!"))
        if plain and not (first_too(token) and (token.capital or stops)):
            if gap != " ":
                return
            continue
        if not _addressable(token):
            return
        token.take("greeting")


def _addressable(token: Token) -> bool:
    """Tell whether a word after "beste" or "hoi" can be a name."""
    if token.flags & BOTH:
        return token.capital or not token.cased
    if (token.cased and not token.capital) or token.key in CHAT:
        return False
    if token.flags & SAFE and not token.flags & NAME:
        return False
    if not token.capital and token.flags & (COMMON_NL | COMMON_EN) and not token.flags & OWN:
        return False
    return token.cased or possible(token)


def _joins(found: list[Token], place: int, begin: int) -> bool:
    """Tell whether a word in a greeting still belongs to it."""
    token, previous = found[place], found[place - 1]
    if previous.key in {"en", "and"} or previous.key in TITLES or previous.key in PARTICLES:
        return True
    if token.key in {"en", "and"} or token.key in PARTICLES or previous.key in ADDRESSED:
        return True
    return token.capital and (previous.name or place == begin + 1)


def _recurring(found: list[Token], lines: list[tuple[int, int]]) -> frozenset[str]:
    """Return the words that speak by opening lines again and again: "z:", "wil 22:15"."""
    counts: Counter[str] = Counter()
    timed: set[str] = set()
    headings: set[str] = set()
    for begin, _ in lines:
        gap = found[begin + 1].gap if begin + 1 < len(found) else ""
        said_at = bool(_SAID_AT.match(gap))
        if not (gap.startswith(":") or said_at):
            continue
        token = found[begin]
        counts[token.key] += 1
        if said_at:
            timed.add(token.key)
        elif len(token.key) > 1 and token.word and token.capital and not token.flags & NAME:
            headings.add(token.key)
    if len(counts) < 2 or (counts.keys() & _ANSWERS and counts.keys() & _QUESTIONS):
        return frozenset()
    return frozenset(
        key
        for key, count in counts.items()
        if count >= (2 if key in timed or len(key) == LETTERS else 3)
        and (key in timed or not (key in headings or _is_field(key)))
    )


def _is_field(key: str) -> bool:
    """Tell whether a word before a colon is a heading, however often it recurs."""
    return key in NO_SPEAKER or key in FIELDS or key in ROLES or key in TITLES or key in _FUNCTION


def _label(
    found: list[Token],
    begin: int,
    end: int,
    lexicon: Mapping[str, int],
    again: frozenset[str],
) -> None:
    """Take who speaks, and who is listed after "Aanwezig:" or "CC:"."""
    if found[begin].key in again and begin + 1 < len(found) and _ends_label(found[begin + 1].gap):
        found[begin].take("speaker")
        return
    lead = found[begin].gap.rpartition("\n")[2] if begin else found[begin].gap
    limit = min(end, begin + 4)
    colon = next(
        (
            at
            for at in range(begin + 1, limit + 1)
            if at < len(found) and _ends_label(found[at].gap)
        ),
        None,
    )
    if colon is None or colon > end:
        return
    label = found[begin:colon]
    if any(each.key in FIELDS for each in label):
        _listed(found, colon, end)
        return
    if any(not each.flags and is_joined(each.key, lexicon) for each in label):
        return
    if not _TIME.match(lead) or any(each.key in NO_SPEAKER for each in label):
        return
    if not all(_may_speak(each, label) for each in label):
        return
    for place in range(begin, colon):
        key = found[place].key
        apart = key in _FUNCTION or (len(label) > 2 and key in PARTICLES)
        if not apart or first_too(found[place]):
            found[place].take("speaker")


def _may_speak(token: Token, label: list[Token]) -> bool:
    """Tell whether a word can be part of the name of a speaker."""
    if first_too(token) or (len(label) > 1 and token.key in PARTICLES):
        return True
    if len(token.key) == 1 and token is not label[0]:
        return True
    plain = (token.word or token.flags & SAFE) and not token.flags & NAME
    return not plain and token.key not in _FUNCTION


def _ends_label(gap: str) -> bool:
    """Tell whether what stands before a word ends a label: a colon, or the time of a message."""
    return gap.lstrip(" )").startswith(":") or bool(_SAID_AT.match(gap))


def _listed(found: list[Token], begin: int, end: int) -> None:
    """Take the names in a list of people: words with capitals that are no plain words."""
    for place in range(begin, end):
        token = found[place]
        if token.name or token.key in _NO_LISTED or token.key in SHORT_DATES:
            continue
        if not token.capital and not _listed_plain(found, place, begin):
            continue
        if (token.flags & SAFE and not token.flags & OWN) or (place > begin and "." in token.gap):
            continue
        letters = len(token.key) == LETTERS and may_be_letters(found, place)
        if letters or strong(token) or token.flags & NAME or not token.flags:
            found[place].take("list of people")


def _listed_plain(found: list[Token], place: int, begin: int) -> bool:
    """Tell whether a word without a capital stands alone in a list: "aanwezig: roos, bos"."""
    token = found[place]
    letters = len(token.key) == LETTERS and may_be_letters(found, place)
    if not (token.flags & NAME or letters) or token.key in _FUNCTION or token.key in CHAT:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    opens = place == begin or "," in token.gap or "/" in token.gap
    closes = after is None or after.line or "," in after.gap or "/" in after.gap
    joined = token.gap == " " and found[place - 1].key in {"en", "and"}
    return (opens and closes) or (joined and closes) or (opens and bool(token.flags & (BOTH | OWN)))


def _closing(found: list[Token], lines: list[tuple[int, int]], number: int) -> None:
    """Take who signs: in the line of "Groeten Iwan", or in the next lines after "Groet,"."""
    begin, end = lines[number]
    closing = next(
        (
            at
            for at in range(begin, min(end, begin + 4))
            if found[at].key in CLOSINGS
            and not found[at].gap[-1:].isdigit()
            and not (at + 1 < end and found[at + 1].gap.startswith(": "))
        ),
        None,
    )
    if closing is None or end - begin > 3 + MAX_SIGNATURE:
        return
    last = closing
    while last + 1 < end and found[last + 1].key in CLOSINGS | {
        "met",
        "with",
        "en",
        "and",
        "namens",
    }:
        last += 1
    if last + 1 < end:
        _signed(found, last + 1, end)
        return
    if number + 1 < len(lines):
        _signed(found, *lines[number + 1])


def _alone(found: list[Token], begin: int, end: int) -> None:
    """Take a line of nothing but two or three words that may be parts of a name: "Will Grace"."""
    line = found[begin:end]
    parts = [each for each in line if each.key not in PARTICLES or each.capital]
    if not 2 <= len(parts) <= MAX_ALONE or len(line) > MAX_ALONE + 1:
        return
    if end < len(found) and found[end].gap.partition("\n")[0].strip(" \r-–,;"):
        return
    if any(not each.capital or each.upper or each.gap not in {" ", "-"} for each in parts[1:]):
        return
    first, last = parts[0], parts[-1]
    if not (first.capital and first.flags & FIRST and last.flags & LAST):
        return
    if any(each.flags & SAFE or each.key in ROLES or each.key in TITLES for each in parts):
        return
    if not (first.flags | last.flags) & (BOTH | OWN) or first.key in CLOSINGS | GREETINGS:
        return
    for each in line:
        each.take("a line of its own")


def _signed(found: list[Token], begin: int, end: int) -> None:
    """Take the words of a line that may be a signature."""
    line = found[begin:end]
    if not line or len(line) > MAX_SIGNATURE + 2:
        return
    for place in range(begin, end):
        token = found[place]
        if place > begin and ("," in token.gap or "|" in token.gap or "(" in token.gap):
            return
        if token.key in PARTICLES or len(token.key) == 1:
            continue
        if first_too(token) and (token.capital or not token.cased):
            token.take("signature")
            continue
        if (
            token.key in ROLES
            or token.key in _FUNCTION
            or (token.flags & SAFE and not token.flags & NAME)
        ):
            return
        if token.flags and not token.flags & NAME and place == begin:
            return
        if token.capital or possible(token):
            found[place].take("signature")
