"""A run of digits in a text, and what the words beside it call it.

Invariant: what is read around a figure is bounded.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.detect import cues

WORDS = re.compile(r"[^\W\d_]+(?:['’.\-/]{1,2}[^\W\d_]+)*")
_SENTENCE_ENDS = re.compile(r"[!?;]|\n\s*\n|[^\W\d_]{4,}\. |\d[.,]? ?\n|[\d)]\. (?=[A-Z])")
ASKED = re.compile(r"\?\s{1,2}(?:[^\s:\d][^\n:\d]{0,18}: ?)?$")
"""A question of which the answer begins here, on the same line or on the next speaker's."""
_REACH = 64
"""Characters before a figure in which its cue stands."""
_MOST_FILLERS = 6
_MOST_UNKNOWN = 4
"""Words of any kind between a cue and the colon before its number."""
_MOST_UNKNOWN_CASE = 2
"""The same for the number of a case, which would leave a number readable."""
_SHORTEST_FRONT = 2
_FRONTS = frozenset({cues.PHONE, cues.EXTENSION, cues.BSN, cues.ACCOUNT, cues.NOBODY})
"""What letters that are glued to a figure can call it: "tst4471", "bsn#…"."""
_PLACED = frozenset({"te", "in", "at"})
"""Between a cue and its number a place may stand after these: "geboren te Assen op"."""
_TOLD = re.compile(r"(?:[:=] ?| (?:is|was|luidt) )$")
PREFIX = re.compile(r"(?<!\w)[A-Z]{1,4}[- ]$")
_CHUNK = frozenset("#._-/+\\&")
_LONGEST_PREFIX = 12
UNIT = re.compile(
    r" ?(?:%|€|euro\b|eur\b|uur|u\b|jaar|jarige|maand|weken|week\b|dagen|dag\b|keer|maal\b|man\b|mensen|medewerkers|collega|person|"
    r"leden\b|minu|second|meter|m2|km\b|years?\b|hours?\b|days?\b|weeks?\b|months?\b|people|times|colleagues|staff|graden|procent|"
    r"hoog\b|x \d|punten|h\b|am\b|pm\b|o'clock|kinderen|deuren|verdieping|etage)"
)
_AFTER = re.compile(
    r"\s?[(\[,]?\s?(?:(?:is|was|=|als|dat is|dit is|staat als|–|-) ?)?(?:(?:het|de|mijn|zijn|haar|zn|mn|my|his|her|the|a|een|ons|onze|hun|their|van) ){0,2}"
    r"([^\W\d_]+(?:[.\-'][^\W\d_]+)*)(?: ([^\W\d_]+))?"
)
Found = tuple[int, int, str]


class Figure:
    """A run of digits and what surrounds it.

    Attributes:
        text: of the view; ``low``: the same in small letters, character for character.
        start: its first digit; ``end``: the one after the last.
        begin: where the letters and signs that are glued to its front begin.
    """

    __slots__ = ("begin", "end", "low", "start", "text")

    def __init__(self, text: str, low: str, start: int, end: int) -> None:
        self.text = text
        self.low = low
        self.start = start
        self.end = end
        begin = start
        first = max(0, start - _LONGEST_PREFIX)
        while begin > first and (text[begin - 1].isalnum() or text[begin - 1] in _CHUNK):
            begin -= 1
        self.begin = begin

    def cue(self) -> str:
        """Say what the letters glued to it or the words before it call it."""
        front = self.low[self.begin : self.start].strip("#._-/+\\&")
        if len(front) > _SHORTEST_FRONT and cues.CUES.get(front) in _FRONTS:
            return cues.CUES[front]
        return self._before()

    def _before(self) -> str:
        first = max(0, self.begin - _REACH)
        before = self.low[first : self.begin]
        asked = ASKED.search(before)
        if asked:
            before = before[: asked.start()]
        cut = 0
        for stop in _SENTENCE_ENDS.finditer(self.text[first : first + len(before)]):
            word = cues.plain(stop[0].rstrip(". ").lower())
            if word not in cues.STEMS and not cues.kind(word, ""):
                cut = stop.end()
        words = WORDS.findall(before[cut:])[-_MOST_FILLERS - 1 :]
        if (
            words
            and PREFIX.search(self.text, max(0, self.begin - 6), self.begin)
            and not cues.kind(cues.plain(words[-1]), "")
        ):
            words.pop()
        told = asked is not None or _TOLD.search(before) is not None
        unknown = 0
        while words:
            word = cues.plain(words.pop())
            found = cues.kind(word, cues.plain(words[-1]) if words else "")
            if found:
                return "" if found == cues.NOBODY and unknown > _MOST_UNKNOWN_CASE else found
            if word not in cues.FILLERS and len(word) > 1:
                if words and words[-1] in _PLACED:
                    continue
                unknown += 1
                if not told or unknown > _MOST_UNKNOWN:
                    return ""
        return ""

    def cue_after(self, end: int) -> str:
        """Say what the words after it call it: "104482 is mijn personeelsnummer"."""
        match = _AFTER.match(self.low, end)
        if not match:
            return ""
        first, second = cues.plain(match[1]), cues.plain(match[2] or "")
        found = cues.kind(second, first) if second in cues.ENDINGS else cues.kind(first, "")
        solid = found in {cues.BSN, cues.PERSONNEL, cues.ACCOUNT, cues.EXTENSION, cues.NOBODY}
        return found if solid and first not in _VERBS else ""


_VERBS = frozenset({"intern", "dienst", "pas", "art", "lid", "wet", "case", "file"})
_ELEMENT = (
    r"(?:(?:vleugel|wing|toren|tower|blok|loods|depot|hal|gebouw|verd\.?|verdieping|etage|floor|zone|unit)\.? [a-z0-9]{1,3}"
    r"|\d{1,2}(?:e|de|ste|th|st|nd|rd)?(?: (?:etage|verdieping|verd\.?|floor|hoog))?|zolder|kelder|begane grond|bg|(?:op )?\d hoog)"
)
CUE_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:{_ELEMENT}(?: ?[,/] ?| )){{0,3}}|[a-z]{{0,3}}\d{{1,2}}[a-z]?-)(?:kamer|kmr|kr|k|room|rm|werkplek|wp|desk|office|lokaal|flexplek|bureau|werkkamer|kantoorkamer|cubicle|"
    r"plek|zitplek|cabine|kluisje|kluis|locker|stelling|box|loods|kast|toestel|tst|toest|ext|extension|extn|doorkiesnummer|doorkies|intern|x|p\.?o\.? ?box|postbus|antwoordnummer)(?:\.? ?(?:nr\.?|nummer|no\.?))?[.: ]{1,2}$"
    r"|(?<!\w)(?:wagen|bus|busje|voertuig|dienstwagen|veegwagen|dienstbus|bestelbus)(?:\.? ?(?:nr\.?|nummer|no\.?))?[.: ]{1,2}$"
)


def glued(text: str, first: int) -> bool:
    """Tell whether a number goes on before ``first``."""
    before = text[first - 1]
    if before == "/" and text[first] in "0+" and text[max(0, first - 5) : first - 1].isdigit():
        return False
    if before in ".:/-–":
        return text[first - 2 : first - 1].isdigit() or text[first - 2 : first - 1] == ","
    if before == "_":
        return text[first] not in "0+"
    return before.isalnum() or before in ",€$"


_DISTRICT = re.compile(r"(?<![\w-])[A-ZÄÖÜ]{1,3}-$")


def letters_before(figure: Figure) -> Iterator[int]:
    """Yield where capitals apart before a figure begin: the "XK" of "XK 482 B"."""
    text, begin = figure.text, figure.begin
    if text[begin - 1 : begin] != " ":
        return
    first = begin - 1
    while first > max(0, begin - 7) and (text[first - 1].isupper() or text[first - 1] == " "):
        first -= 1
    piece = text[first:begin]
    first += len(piece) - len(piece.lstrip())
    if first < begin - 1 and not text[max(0, first - 1)].isalnum():
        yield first
        district = _DISTRICT.search(text, max(0, first - 5), first)
        if district:
            yield district.start()
