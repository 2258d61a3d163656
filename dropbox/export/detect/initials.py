"""Evidence of shape: initials before a surname, after a first name, alone, or turned round."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from dropbox.export.span import PER, Span
from dropbox.export.words import ACRONYMS, FUNCTION_EN, FUNCTION_NL, KNOWN_INITIALS, ROLES, TITLES

# every capital of the Latin script, Ş and Ł and Ž as well
_UP = "".join(chr(code) for code in range(0x41, 0x250) if chr(code).isupper())
_LETTER = rf"(?:[{_UP}]|Ch|Th|Ph|Chr|Fr|Joh|Jac|Wm|IJ|Ij|Tj|Sj|Yv|St)"
_CUT = (
    r"(?:Abr|Adr|Alb|Alex|Ant|Arn|Aug|Barth|Bern|Cath|Chas|Corn|Dan|Ed|Ferd|Fred|Gab|Geo|Ger|Gerh|Gert|Gijsb|Hendr|Herm|"
    r"Jas|Jos|Lamb|Leon|Marg|Mart|Matth|Mich|Moh|Muh|Nic|Pt|Rob|Sam|Seb|Theod|Thos|Vinc|Wilh)"
)
_RUN = rf"(?:(?:{_LETTER}|{_CUT})\.[ -]?){{1,6}}"
_PARTICLES = (
    r"(?:(?:[vV]an|[vV]\.? ?d\.?|[vV]/d|[vV]\.|[dD]e|[dD]en|[dD]er|[hH]et|['’]t|[tT]en|[tT]er|[tT]e|[eE]l|[aA]l|[bB]en|[aA]it|[aA]ït|"
    r"[dD]a|[dD]o|[dD]os|[dD]as|[dD]i|[dD]u|[dD]el|[dD]ella|[lL]a|[lL]e|[lL]os|[oO]ulad|[oO]uld|[aA]bu|[aA]bd|[vV]on|[zZ]u|[oO]p|[iI]n|"
    r"[uU]it|[oO]nder|[aA]an|[bB]ij|[bB]in|[iI]bn|[bB]ar|[sS]t\.|[mM]c|[mM]ac)[ -]|[dDlLoO]['’])"
)
_PARTICLE = rf"{_PARTICLES}{{0,3}}"
_NAME = rf"[{_UP}][^\W\d_]+(?:['’][^\W\d_]+)*(?: ?[-–] ?(?:van|de|den|der|el|al|ten|ter)(?: (?:de|den|der|'t))? [{_UP}][^\W\d_]+|[-–][^\W\d_]+)*"
_YOUNGER = r"(?:,? (?:[jJsS][rR]|JR|SR|III?)(?!\w)\.?)?"

# the rest of an old name: "De Vos tot Nederveen"; no day or month that something lasts till
_ESTATE = rf"(?: (?:tot|thoe|van) (?!(?:Maan|Dins|Woens|Donder|Vrij|Zater|Zon)dag|(?:Januari|Februari|Maart|April|Mei|Jun|Jul|Aug|Sept|Okt|Nov|Dec)){_NAME})?"

_BEFORE = re.compile(rf"(?<![\w.&]){_RUN} ?{_PARTICLE}{_NAME}{_ESTATE}{_YOUNGER}")
_ALONE = re.compile(rf"(?<![\w.])(?:{_LETTER}\. ?){{2,5}}(?!\w)")
_TURNED = re.compile(
    rf"(?<!\w){_NAME}, ?{_RUN}(?: ?(?:van|de|den|der|'t|ten|ter|te|el|al|da|dos)(?: (?:de|den|der|het|'t))?(?!\w))?"
)
_TURNED_LETTER = re.compile(rf"(?<= )[{_UP}]\., ?{_RUN}")
_SIGNED = re.compile(
    rf"(?m)^[ \t]*(?:[gG]rt?|[gG]roet(?:en|jes)?|[mM]vg|[lL]iefs|[tT]hanks|[tT]hx|[bB]est|[cC]heers|[rR]egards|[dD]ank|[bB]edankt|[hH]oogachtend|[xX]{{1,3}})[.,]{{0,2}} ([{_UP}](?:[a-zà-ÿ]{{0,3}}\.|(?=[ \t]*$))(?:[ -]?[{_UP}]\.?){{0,3}})[ \t]*$"
)
_PARTED_BY_COMMAS = re.compile(
    rf", (?:van|de|den|der|van de|van den|van der|'t|ten|ter|te|el|al|da|dos), (?:{_RUN}|{_NAME})"
)
_SURNAME = re.compile(rf"(?<!\w){_NAME}$")
_SINGLE = re.compile(
    rf"(?<![\w.'’-])[{_UP}]\.(?=\s?\(|,| en | and | (?:zei|zegt|heeft|had|is|was|vroeg|vertelt|vertelde|bevestigt|bevestigde|gaf|geeft|vindt|vond|"
    r"kreeg|krijgt|ging|wil|wilde|stond|zat|kan|kon|werkt|werkte|noemt|noemde|meldt|meldde|said|says|asked|told|has|had|was|is)\b)"
)
# the rest of a surname as one letter: Fatima B., Fleur v B, J. van Zuylen v. N.
_TAIL = re.compile(
    rf"(?: (?:van|tot|thoe|[vV]\.? ?d\.?|[vV]/d|[vV]\.?|de|d\.|den|der|el|al|ten|ter|da|dos)){{0,3}} (?!(?:I|U|Q|X)(?![.\w])){_LETTER}(?:\.(?![\w])(?! [a-z]\S* [A-Z])|\.(?=[ ,;:)?!]|$)|(?=[ ,;:)?!/\n]|$)(?! ?[&+\d]))"
)
_PLAIN_TAIL = re.compile(
    r"(?: (?:van|v\.?|v\.?d\.?|de|el)){0,2} [abcefghjlopqrsvwyz](?=\.?(?:[,:;)?!/\n]|$)| (?:en|of|van|uit|bij|die|zei|heeft)\b)"
)
_GLUED = re.compile(rf"-{_LETTER}\.(?!\w)|(?<=\.)-{_LETTER}\.?(?!\w)| [vV](?:/?d)?[{_UP}](?!\w)")
_AHEAD = re.compile(r"(?<![\w.])(?:[^\W\d_]\. ?){1,4}$")
_ENDED = re.compile(_YOUNGER)
_SHORT = re.compile(
    rf"[vV](?:(?<![\w.].)\.? ?/?[dD](?:\.| )\s?{_NAME}|(?<![\w.].)\. {_NAME}|(?<=[\w.] .) {_NAME})"
)
# what stands before a match and belongs to it: "Op den" of "Op den Berg, K.", "Moniek" of "Moniek v.d. Berg"
_LED = re.compile(rf"(?<!\w)(?:{_PARTICLES}){{1,3}}$")
_HEAD = re.compile(rf"(?<![\w-])({_NAME}) $")
_BACK = 30
_LINE = re.compile(r"(?m)^[ \t]*(?:[-–—] ?)?[A-Z](?:\.? ?[A-Z]){0,2}\.?[ \t]*$")
_SPEAKER = re.compile(
    r"(?m)^[ \t>*•-]{0,6}(?:[\[(]?\d[\d:.\-/ ]{3,16}[\])]?[ -]{0,3})?([A-Z]{2,3}|(?:[A-Z]\.){1,3})(?=:[ \t])"
)
# what is rare is looked for first, and what stands before it after that: it costs a tenth
_TITLED = re.compile(
    rf"(?<=[\w.]) ((?:(?:[vV]an|[dD]e|[dD]er|[dD]en|[vV]d|[vV]\. ?d\.|[vV]\.|[eE]l|[tT]en|[tT]er) ){{0,3}}[{_UP}](?:\.?[ -]?[{_UP}]){{0,2}}\.?)(?![\w&])"
)
_TITLE = re.compile(
    r"(?:\b(?:[fF]am\.|[fF]amilie|[cC]oll\.|[hH]r\.?|[dD]e heer|[mM]eneer|[mM]evrouw|[mM]evr\.?|[mM]w\.?|[dD]hr\.?|[cC]ollega|[mM]r\.?|[mM]rs\.?|[mM]s\.?|[dD]r\.?|[mM]elder|[mM]eldster|"
    r"[gG]etuige|[bB]eklaagde|[kK]lager|[cC]olleague|[sS]upervisor|[wW]itness|[vV]oorzitter|[sS]ecretaris|[nN]otulist|[iI]nspecteur|[hH]andhaver)|(?:hoofd|leider|leidster|manager|adviseur|medewerker|chef))$"
)
_GENTLE = re.compile(r"\b(?:[dD]e heer|[mM]eneer|[mM]evrouw|[mM]evr\.?|[mM]w\.?|[dD]hr\.?)$")
# who does it, in minutes: "actie: HB", "(i.o. MvL)", "akkoord AK/TS"
_PARAPH = re.compile(
    r"[: ]([A-Z]{2,4}(?:(?:, ?| ?/ ?| ?\+ ?| en | & |; )[A-Z]{2,4}(?![a-z]))*)(?![\w&])"
)
_DOER = re.compile(
    r"\b(?:actie|actiehouder|trekker|paraaf|par\.|gez\.|i\.o\.|akkoord|acc\.|notulist|not\.|vz\.|voorzitter|door|namens|cc|gesproken met)[: ]?$",
    re.IGNORECASE,
)
_PARTED = re.compile(r"[A-Z]{2,4}")
_LETTERS = re.compile(
    rf"(?<![\w.])(?:{_LETTER}\. ?){{1,3}}(?:{_PARTICLES}{{1,3}}|(?:(?:vdr|vd|[vdtelo])\.){{1,3}} ?){_LETTER}\.(?!\w)"
)
_SMALL = re.compile(
    r"(?<=[a-z,:] )(?:[a-z]\. ?){1,3} ?(?:van|de|den|der|van de|van den|van der|el|ten|ter|vd) [a-z]{3,}"
)
_SMALL_TITLED = re.compile(
    r"(?<!\w)(?:mevr|mw|dhr|hr|mevrouw|meneer|collega)\.? ((?:[a-z]\. ?){1,3}|(?<!a )[a-z])(?=[\s,;.)]|$)"
)
_DOUBLE = re.compile(rf"(?<![\w.-])[{_UP}](?:-[{_UP}]|\.-[{_UP}]\.)(?![\w-])")
_SPELT = re.compile(r"(?<![\w-])(?:[A-Za-z]-){3,}[A-Za-z](?![\w-])")
_WITHIN = re.compile(rf"(?:(?<=[a-zà-ÿ',:] )|(?<=\())[{_UP}]\.(?= [a-zà-ÿ(]|,|;|\)|$|\n|'s)")
_COUNTED = re.compile(
    r"(?:bijlage|optie|plan|punt|deel|groep|variant|categorie|schaal|niveau|blok|fase|team|lokaal|appendix|option|annex|part|"
    r"group|vitamine|hepatitis|lid|sub|rubriek|kolom|scenario|persoon|gebouw|hal|ingang|toren|wijk|zone|vleugel|perron|lijn|klas|unit|sectie|zaal) $"
)
# "dW" and "vdB": no unit of measure
_LED_LETTER = re.compile(
    rf"(?<![\w.&/-])(?:d(?![BLMm])|[vV]d[eorn]?|v|ten|ter|el)[{_UP}](?![\w&/-]|'s? ?\d)"
)
_NO_PARAPH = ACRONYMS | FUNCTION_NL | FUNCTION_EN
_NO_INITIALS = frozenset(
    {"b.v", "n.v", "n.b", "p.s", "l.s", "u.s", "u.k", "u.n", "e.u", "v.s", "v.n"}
)
_RANGES = frozenset({"A-B", "A-Z", "A-F", "A-C", "A-D", "B-C", "X-Y", "Q-A", "T-O", "N-Z"})

_RULES = (
    (_BEFORE, 0, "before a surname", 0.97),
    (_TURNED, 0, "surname first", 0.97),
    (_TURNED_LETTER, 0, "surname first", 0.9),
    (_SIGNED, 1, "a signature", 0.9),
    (_PARTED_BY_COMMAS, 0, "surname first", 0.9),
    (_ALONE, 0, "alone", 0.8),
    (_SHORT, 0, "a short form of van der", 0.9),
    (_LINE, 0, "a line by themselves", 0.8),
    (_SPEAKER, 1, "a speaker", 0.7),
    (_TITLED, 1, "after a title", 0.9),
    (_LETTERS, 0, "all of a name", 0.9),
    (_SMALL, 0, "small letters before a surname", 0.8),
    (_SMALL_TITLED, 1, "small letters after a title", 0.8),
    (_LED_LETTER, 0, "letters of a surname", 0.7),
    (_DOUBLE, 0, "joined by a hyphen", 0.6),
    (_SPELT, 0, "spelt out", 0.8),
    (_WITHIN, 0, "a letter in a sentence", 0.6),
    (_SINGLE, 0, "a letter that acts", 0.7),
)


def found(text: str) -> Iterator[Span]:
    """Yield names that their initials give away."""
    for pattern, group, reason, sure in _RULES:
        for match in pattern.finditer(text):
            if _is_name(pattern, match, text):
                start, end = match.span(group)
                start = _led(pattern, text, start)
                end -= len(match[group]) - len(match[group].rstrip())
                if pattern is _BEFORE:
                    end = tail(text, end)
                yield Span(start, end, PER, "initials", f"initials: {reason}", sure)
    yield from _paraphs(text)


def _paraphs(text: str) -> Iterator[Span]:
    """Yield the letters of each person who is named by them alone."""
    for match in _PARAPH.finditer(text):
        if not _DOER.search(text, max(0, match.start() - 16), match.start() + 1):
            continue
        for part in _PARTED.finditer(match[1]):
            if part[0].lower() not in _NO_PARAPH:
                start = match.start(1) + part.start()
                end = start + len(part[0])
                yield Span(start, end, PER, "initials", "initials: who does it", 0.7)


def _is_name(pattern: re.Pattern[str], match: re.Match[str], text: str) -> bool:
    if pattern is _BEFORE:
        return _plain(match[0].split()[0]) not in _NO_INITIALS
    if pattern is _ALONE:
        return not _known(match[0])
    if pattern is _TITLED and not _TITLE.search(text, max(0, match.start() - 16), match.start()):
        return False
    if pattern is _TURNED_LETTER:
        return bool(_LED.search(text, max(0, match.start() - _BACK), match.start()))
    if pattern is _PARTED_BY_COMMAS:
        return bool(_SURNAME.search(text, max(0, match.start() - _BACK), match.start()))
    if pattern is _TITLED and _GENTLE.search(text, max(0, match.start() - 9), match.start()):
        return len(_plain(match[1])) == 1 or _plain(match[1]) not in ACRONYMS
    if pattern in {_TITLED, _SPEAKER, _LINE}:
        return _plain(match[match.lastindex or 0]) not in ACRONYMS
    if pattern is _DOUBLE:
        return match[0] not in _RANGES
    if pattern is _WITHIN:
        return not _COUNTED.search(text, max(0, match.start() - 16), match.start())
    return True


def _led(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a name begins that a match begins within."""
    if pattern in {_TURNED, _TURNED_LETTER}:
        led = _LED.search(text, max(0, start - _BACK), start)
        return led.start() if led else start
    if pattern is _PARTED_BY_COMMAS:
        surname = _SURNAME.search(text, max(0, start - _BACK), start)
        return surname.start() if surname else start
    if pattern is _WITHIN:
        led = _LED.search(text, max(0, start - _BACK), start)
        whole = led and (led[0][0].isupper() or " " in led[0].strip())
        return led.start() if led and whole else start
    if pattern is not _SHORT:
        return start
    head = _HEAD.search(text, max(0, start - _BACK), start)
    key = head[1].lower() if head else ""
    plain = key in ROLES or key in TITLES or key in FUNCTION_NL or key in FUNCTION_EN
    return head.start() if head and not plain else start


def tail(text: str, end: int, *, plain: bool = False) -> int:
    """Return where a name that ends at ``end`` ends with what is short after it: "B.", "jr".

    Args:
        text: a stretch of a view.
        end: where the name ends.
        plain: it stands in writing without capitals, so that a small letter may be an initial.
    """
    match = (
        _TAIL.match(text, end)
        or _GLUED.match(text, end)
        or (_PLAIN_TAIL.match(text, end) if plain else None)
    )
    end = match.end() if match else end
    younger = _ENDED.match(text, end)
    return younger.end() if younger else end


def lead(text: str, start: int) -> int:
    """Return where a name that begins at ``start`` begins with the initials right before it."""
    if start < 2 or "." not in text[start - 2 : start]:
        return start
    ahead = _AHEAD.search(text, max(0, start - _BACK), start)
    return ahead.start() if ahead and not _known(ahead[0]) else start


def _plain(initials: str) -> str:
    return initials.strip().rstrip(".").lower().replace(" ", "")


def _known(initials: str) -> bool:
    """Tell whether these letters are a usual short form, such as "L.S."."""
    return _plain(initials) in KNOWN_INITIALS
