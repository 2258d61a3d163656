"""Evidence of shape: initials before a surname, after a first name, by themselves, or turned round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.span import PER, Span
from dropbox.export.words import KNOWN_INITIALS

_LETTER = r"(?:[A-ZÀ-Þ]|Ch|Th|Ph|Chr|Fr|Joh|Jac|Wm|IJ|Ij|Tj|Sj)"
_RUN = rf"(?:{_LETTER}\.[ -]?){{1,6}}"
_PARTICLE = (
    r"(?:(?:[vV]an|[vV]\.?d\.?|[vV]/d|[dD]e|[dD]en|[dD]er|[hH]et|'t|’t|[tT]en|[tT]er|[tT]e|[eE]l|[aA]l|[bB]en|[aA]it|[aA]ït|"
    r"[dD]a|[dD]o|[dD]os|[dD]i|[dD]u|[lL]a|[lL]e|[oO]ulad|[aA]bu|[vV]on|[oO]p|[iI]n|[uU]it)[ -]){0,3}"
)
_NAME = r"[A-ZÀ-Þ][^\W\d_]+(?:['’][^\W\d_]+)*(?:[-–][^\W\d_]+|[-–](?:van|de|den|der|el|al|ten|ter)(?: (?:de|den|der|'t))? [A-ZÀ-Þ][^\W\d_]+)*"

_BEFORE = re.compile(rf"(?<![\w.]){_RUN}\s?{_PARTICLE}{_NAME}")
_ALONE = re.compile(rf"(?<![\w.])(?:{_LETTER}\. ?){{2,5}}(?!\w)")
_TURNED = re.compile(
    rf"(?<!\w){_NAME}, ?{_RUN}(?:\s?(?:van|de|den|der|'t|ten|ter|te|el|al|da|dos)(?: (?:de|den|der|het|'t))?(?!\w))?"
)
_SINGLE = re.compile(
    r"(?<![\w.'’-])[A-ZÀ-Þ]\.(?=\s?\(|,| en | and | (?:zei|zegt|heeft|had|is|was|vroeg|vertelt|vertelde|bevestigt|bevestigde|gaf|geeft|vindt|vond|"
    r"kreeg|krijgt|ging|wil|wilde|stond|zat|kan|kon|werkt|werkte|noemt|noemde|meldt|meldde|said|says|asked|told|has|had|was|is)\b)"
)
_TAIL = re.compile(rf" {_LETTER}\.(?![\w])(?! [a-z])| (?:van |de |el |al )?{_LETTER}\.(?=[ ,;:)?!]|$)")
_DOTTED = re.compile(r"(?<![\w.])[A-Z]\.[A-Z]\.?(?: |(?=[,;:)]))")


def found(text: str) -> Iterator[Span]:
    """Yield names that their initials give away."""
    for match in _BEFORE.finditer(text):
        if not _known(match[0].split()[0]):
            yield Span(*match.span(), PER, "name", "initials: before a surname", 0.97)
    for match in _TURNED.finditer(text):
        yield Span(*match.span(), PER, "name", "initials: surname first", 0.97)
    for match in _ALONE.finditer(text):
        if not _known(match[0]):
            yield Span(match.start(), match.start() + len(match[0].rstrip()), PER, "initials", "initials: alone", 0.8)
    for match in _SINGLE.finditer(text):
        yield Span(*match.span(), PER, "initials", "initials: a letter that acts", 0.7)


def tail(text: str, end: int) -> int:
    """Return where a name that ends at ``end`` ends with the initial after it, "Fatima B."."""
    match = _TAIL.match(text, end)
    return match.end() if match else end


def _known(initials: str) -> bool:
    """Tell whether these letters are a usual short form, such as "L.S."."""
    plain = initials.strip().rstrip(".").lower().replace(" ", "")
    return plain in KNOWN_INITIALS
