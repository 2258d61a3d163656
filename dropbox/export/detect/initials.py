"""Evidence of shape: initials before a surname, after a first name, alone, or turned round."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

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
_TAIL = re.compile(
    rf" {_LETTER}\.(?![\w])(?! [a-z])| (?:van |de |el |al )?{_LETTER}\.(?=[ ,;:)?!]|$)"
)
_SHORT = re.compile(rf"(?<![\w.])[vV]\.? ?/?[dD](?:\.| )\s?{_NAME}|(?<![\w.])[vV]\. {_NAME}")
_LINE = re.compile(r"(?m)^[ \t]*(?:[-–—] ?)?[A-Z](?:\.? ?[A-Z]){0,2}\.?[ \t]*$")
_TITLED = re.compile(
    r"\b(?:[dD]e heer|[mM]eneer|[mM]evrouw|[mM]evr\.?|[mM]w\.?|[dD]hr\.?|[cC]ollega|[mM]r\.?|[mM]rs\.?|[mM]s\.?|[dD]r\.?|[tT]eamleider|[mM]anager|[mM]elder|"
    r"[gG]etuige|[bB]eklaagde|[kK]lager|[cC]olleague|[sS]upervisor|[wW]itness) ([A-ZÀ-Þ](?:\.? ?[A-ZÀ-Þ]){0,2}\.?)(?![\w])"
)
_WITHIN = re.compile(r"(?<=[a-zà-ÿ,:] )[A-ZÀ-Þ]\.(?= [a-zà-ÿ(]|,|;|\)|$|\n|'s)")
_COUNTED = re.compile(
    r"(?:bijlage|optie|plan|punt|deel|groep|variant|categorie|schaal|niveau|blok|fase|team|lokaal|appendix|option|annex|part|"
    r"group|vitamine|hepatitis|lid|sub|rubriek|kolom|scenario|persoon|gebouw|hal|ingang|toren|wijk|zone) $"
)


_RULES = (
    (_BEFORE, 0, "before a surname", 0.97),
    (_TURNED, 0, "surname first", 0.97),
    (_ALONE, 0, "alone", 0.8),
    (_SHORT, 0, "a short form of van der", 0.9),
    (_LINE, 0, "a line by themselves", 0.8),
    (_TITLED, 1, "after a title", 0.9),
    (_WITHIN, 0, "a letter in a sentence", 0.6),
    (_SINGLE, 0, "a letter that acts", 0.7),
)


def found(text: str) -> Iterator[Span]:
    """Yield names that their initials give away."""
    for pattern, group, reason, sure in _RULES:
        for match in pattern.finditer(text):
            if _is_name(pattern, match, text):
                start, end = match.span(group)
                end -= len(match[group]) - len(match[group].rstrip())
                yield Span(start, end, PER, "initials", f"initials: {reason}", sure)


def _is_name(pattern: re.Pattern[str], match: re.Match[str], text: str) -> bool:
    if pattern is _BEFORE:
        return not _known(match[0].split()[0])
    if pattern is _ALONE:
        return not _known(match[0])
    if pattern is _WITHIN:
        return not _COUNTED.search(text, max(0, match.start() - 16), match.start())
    return True


def tail(text: str, end: int) -> int:
    """Return where a name that ends at ``end`` ends with the initial after it, "Fatima B."."""
    match = _TAIL.match(text, end)
    return match.end() if match else end


def _known(initials: str) -> bool:
    """Tell whether these letters are a usual short form, such as "L.S."."""
    plain = initials.strip().rstrip(".").lower().replace(" ", "")
    return plain in KNOWN_INITIALS
