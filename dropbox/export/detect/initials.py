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

_BEFORE = re.compile(rf"(?<![\w.&]){_RUN} ?{_PARTICLE}{_NAME}")
_ALONE = re.compile(rf"(?<![\w.])(?:{_LETTER}\. ?){{2,5}}(?!\w)")
_TURNED = re.compile(
    rf"(?<!\w){_NAME}, ?{_RUN}(?: ?(?:van|de|den|der|'t|ten|ter|te|el|al|da|dos)(?: (?:de|den|der|het|'t))?(?!\w))?"
)
_SINGLE = re.compile(
    r"(?<![\w.'’-])[A-ZÀ-Þ]\.(?=\s?\(|,| en | and | (?:zei|zegt|heeft|had|is|was|vroeg|vertelt|vertelde|bevestigt|bevestigde|gaf|geeft|vindt|vond|"
    r"kreeg|krijgt|ging|wil|wilde|stond|zat|kan|kon|werkt|werkte|noemt|noemde|meldt|meldde|said|says|asked|told|has|had|was|is)\b)"
)
_TAIL = re.compile(rf" {_LETTER}\.(?![\w])(?! [a-z])| (?:van |de |el |al )?{_LETTER}\.(?=[ ,;:)?!]|$)")
_SHORT = re.compile(rf"(?<![\w.])[vV]\.? ?/?[dD](?:\.| )\s?{_NAME}|(?<![\w.])[vV]\. {_NAME}")
_LINE = re.compile(r"(?m)^[ \t]*(?:[-–—] ?)?[A-Z](?:\.? ?[A-Z]){0,2}\.?[ \t]*$")
_TITLED = re.compile(
    r"\b(?:[dD]e heer|[mM]eneer|[mM]evrouw|[mM]evr\.?|[mM]w\.?|[dD]hr\.?|[cC]ollega|[mM]r\.?|[mM]rs\.?|[mM]s\.?|[dD]r\.?|[tT]eamleider|[mM]anager|[mM]elder|"
    r"[gG]etuige|[bB]eklaagde|[kK]lager|[cC]olleague|[sS]upervisor|[wW]itness) ([A-ZÀ-Þ](?:\.? ?[A-ZÀ-Þ]){0,2}\.?)(?![\w])"
)
_WITHIN = re.compile(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Þ]\.(?= [a-zà-ÿ(]|,|;|\)|$|\n|'s)")
_COUNTED = re.compile(
    r"(?:bijlage|optie|plan|punt|deel|groep|variant|categorie|schaal|niveau|blok|fase|team|lokaal|appendix|option|annex|part|"
    r"group|vitamine|hepatitis|lid|sub|rubriek|kolom|scenario|persoon|gebouw|hal|ingang|toren|wijk|zone) $"
)


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
    for match in _SHORT.finditer(text):
        yield Span(*match.span(), PER, "name", "initials: a short form of van der", 0.9)
    for match in _LINE.finditer(text):
        yield Span(*match.span(), PER, "initials", "initials: a line by themselves", 0.8)
    for match in _TITLED.finditer(text):
        yield Span(*match.span(1), PER, "initials", "initials: after a title", 0.9)
    for match in _WITHIN.finditer(text):
        if not _COUNTED.search(text, max(0, match.start() - 16), match.start()):
            yield Span(*match.span(), PER, "initials", "initials: a letter in a sentence", 0.6)
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
