"""Addresses, postcodes and rooms: where somebody lives or sits.

A house number is looked at from behind: what stands before it is a street when it ends as streets
do, when it is a known street without such an end, or when a word for living stands before it.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import wordfile
from dropbox.export.detect.cues import FILLERS

_READ = wordfile.read("street_words.txt")
_ENDS = tuple(sorted(_READ["ends"]))
_SURE_ENDS = tuple(sorted(_READ["sure_ends"]))
_ENGLISH = _READ["english"]
_ALONE = _READ["alone"]
"""Streets without an end of streets."""
_NO_HOME = _READ["no_home"]
"""What may stand after a word for living and is no street."""
_NO_STREET = _READ["no_street"]
"""Words with such an end that are no street, and words that numbers follow."""

HOUSE = re.compile(
    r"\d{1,4}(?:(?:[ -]?(?:hs|huis|bis|sous|souterrain|achter|boven|beneden|rood|zwart)|[ -]?[a-zA-Z](?![\w'’])|-?[IVX]{1,4})(?!\w)){0,2}"
    r"(?: ?\d ?hoog|[-/ ](?:\d{1,4}(?:hs|[a-z])?|[IVX]{1,4}|[a-zA-Z]|hs|huis)(?!\w|[.:]\d))?(?!\w)"
)
_BEFORE = re.compile(
    r"(?:(?<!\w)(?:Bos en|[A-Z\d][\w'’.-]{0,30}|van|de|den|der|het|'t|’t|ten|ter|op|aan|in|la|v\.?d\.?|v/d|1e|2e|3e|4e|eerste|tweede|derde|vierde|oude|nieuwe|lange|korte|kleine|grote) ){0,4}$"
)
_LEAD = re.compile(
    r"(?:(?:de|het|van(?= (?:de|het)\b)|the|een|in|op|aan|te|is|adres|woon|woont|(?!Burg)[A-Z][a-z]*(?:seur|eur|ger|ster|teur|lid|man|iste?|handhaver|hoofd|adres)) )+"
)
_WORD = re.compile(r"[\w'’-]{1,40}(?:(?<=str)\.)?$")
_FLOOR = r"(?: ?[,/]? \(?(?:\d (?:hoog|achter)|(?:ark|woonboot)(?: ['‘][A-Z][^'’\n]{1,25}['’])?|kamer|kmr\.?|k\.|room|app\.?|appartement|unit|flat|etage|verdieping|\d{1,2}(?:e|de|ste) (?:etage|verdieping|floor))(?: \w{0,2}[.-]?\d[\w.-]*)?){0,2}"
_CODE = r"[1-9]\d{3}[ \n]?(?:[A-Z]{2}|[a-z]{2})(?!\w)"
_TOWN = r"(?: (?:'s-)?[A-Z][^\W\d_]+(?:[- ](?:aan|den|de|op|bij|Zuidoost|Noord|West|Oost|Zuid|[A-Z][^\W\d_]+))*)?"
_TAIL = re.compile(
    rf"{_FLOOR}(?:,?\s{{1,2}}{_CODE}(?:,?{_TOWN}| [a-z]{{4,15}}(?=[.,\n]|$))|,?\s(?:in|te) [A-Z]\w+|, (?:Amsterdam|Rotterdam|Utrecht|Den Haag|Zaandam|Almere|Diemen|Haarlem)\b)?"
)
_POSTCODE = re.compile(rf"[1-9]\d{{3}}(?:[ \n]?|  )[A-Z]{{2}}(?!\w){_TOWN}")
_SMALL_POSTCODE = re.compile(r"[1-9]\d{3} ?[a-z]{2}(?!\w)")
_NO_CODE = re.compile(
    r"(?:19|20)\d\d ?(?:EN|IN|IS|OF|OP|AL|DE|TE|ZE|WE|JE|HE|ME|NA|OM|TO|AT|ON|BY|WE|IT|ZO|ER)|\d{4} ?(?:KM|MB|GB|KB|EU|KG|SS|SA|SD|CM|MM|KW|ML)|\d{4} (?:JE|IK|ZE|EN|OP|IN|DE)"
)
_LIVES = re.compile(
    r"(?:\b(?:woon|woont|woonden|woonde|wonen|woonachtig|wonende|\w{0,5}adres|address|live|lives|living|logeer|logeert|verblijf|verblijft|ingeschreven|verhuisd|post naar|post|schriftelijk|write to|stuur\w*|bezorg\w*|sturen|ligplaats|standplaats|kavel|woonboot)\b[^.!?\n\d]{0,34}) ?$"
)
_AFTER_NUMBER = re.compile(r" (?:in|aan|op|van) (?:de|het) ((?:[A-Z][\w'’.-]+ )?[\w'’-]{3,30})")
_UNITS = re.compile(
    r" ?(?:%|€|euro|uur|u\b|jaar|maand|week|weken|dag|keer|maal|man\b|mensen|mede|collega|person|leden|kinder|minu|second|meter|m2|km|"
    r"jarig|years?|hours?|days?|weeks?|months?|people|times|colleag|staff|stuks|graden|miljoen|procent|punten|vacat|banen|woning)"
)

ROOM = re.compile(
    r"\d{1,2}(?:e|de|ste)? (?:etage|verdieping|verd\.?|hoog)[,:]? ?(?:kamer |kmr\.? ?|nr\.? ?)?[A-Z\d]{1,3}[\w.-]{0,8}(?!\w)|"
    r"(?:nr\.? ?|no\.? ?|nummer )?(?:[A-Za-z]{1,2}[-. ]?)?\d{1,4}(?:[-./ ]?[A-Za-z](?!\w)|[-./]\w{1,5}){0,3}(?!\w)"
)
_BARE_ROOM = re.compile(r"[A-OS-UW-Z]{1,2}[- ]?\d{1,2}\.\d{2,3}(?![\w.,]\d|\w)")
_BUILDING = re.compile(
    r"\b(?:stopera|stadhuis|stadskantoor|stadsdeelkantoor|stadsloket|hoofdkantoor|raadhuis|toren|gebouw|vleugel|building|tower|wing|kantoor|blok)(?: [A-Za-z]{1,12})?,? $",
    re.IGNORECASE,
)
_BUILT_ROOM = re.compile(r"[A-Z]?-?\d{1,2}[.-]\d{2,3}[A-Za-z]?(?!\w|[.,]\d)")
_SITS = re.compile(r"\b(?:zit|zitten|zat|zaten|sits|sit)(?: nu)? (?:op|in|at) $")


def street(text: str, low: str, place: int) -> tuple[int, int] | None:
    """Return the address whose house number begins at ``place``."""
    house = HOUSE.match(text, place)
    gap = text[place - 1 : place]
    if not house or gap not in (" ", "\u00a0") or _UNITS.match(low, house.end()):
        return None
    begin = _street_start(text, low, place, house)
    if begin < 0:
        return None
    tail = _TAIL.match(text, house.end())
    return begin, tail.end() if tail else house.end()


def _street_start(text: str, low: str, place: int, house: re.Match[str]) -> int:
    """Return where the street before a house number begins, -1 when it is none."""
    word = _WORD.search(text, max(0, place - 41), place - 1)
    if not word:
        return -1
    key = word[0].lower().strip("'’.-")
    lead = _BEFORE.search(text, max(0, word.start() - 70), word.start())
    first = lead.start() if lead else word.start()
    if not _is_street(text, low, word, key, first, house):
        return -1
    article = _LEAD.match(text[first : word.start()])
    return first + article.end() if article else first


def _is_street(
    text: str, low: str, word: re.Match[str], key: str, first: int, house: re.Match[str]
) -> bool:
    """Tell whether the word before a house number ends the name of a street."""
    capital = word[0][0].isupper()
    year = bool(re.fullmatch(r"(?:19|20)\d\d", house[0]))
    if key.endswith(_SURE_ENDS) and key not in _NO_STREET and (len(key) > 5 or capital):
        return True
    if (
        not year
        and key.isalpha()
        and key not in _NO_HOME
        and key not in FILLERS
        and _LIVES.search(low, max(0, first - 60), first)
    ):
        return capital or _close(low, first)
    if not year and capital and re.match(r"(?:op |aan )?['’‘]t ", low[first : first + 6]):
        return True
    if key in _NO_STREET or year or not key:
        return False
    glued = key.endswith(_ENDS) and len(key) > 5 and capital
    led = first < word.start()
    if glued or (key == "str" and led) or (capital and key in _ENGLISH and led):
        return True
    if (key in _ALONE and (capital or led)) or low[first : first + 9].startswith("laan van "):
        return True
    if not capital or key in _NO_STREET:
        return False
    addition = bool(re.search(r"\d(?:-(?:[1-4]|hs|huis|bis|I{1,3}|IV)|[a-d]| ?hs)$", house[0]))
    return (
        (addition and low[max(0, first - 4) : first] in {" de ", "het ", " op ", "aan ", "the "})
        or bool(
            re.match(rf",?\s{{1,2}}{_CODE}", text[house.end() : house.end() + 10])
            and not _NO_CODE.match(text[house.end() :].lstrip(", \n")[:8].upper())
        )
        or low[max(0, first - 8) : first].endswith(("aan de ", "aan het ", "aan ‘t ", "aan 't "))
    )


def _close(low: str, first: int) -> bool:
    """Tell whether only small words stand between a word for living and a street."""
    return bool(
        re.search(
            r"(?:woont?|woonachtig|wonende?|adres(?: is|:)?|lives?|living)(?: nu| zelf| tijdelijk| momenteel)?(?: aan| op| in| at| on| te)?(?: de| het| the| 't)? ?(?:[\w'’]+ ){0,3}$",
            low[max(0, first - 50) : first],
        )
    )


_NAMED_STREET = re.compile(
    r"(?<!\w)(?:[A-Z][\w'’-]{1,20} ){0,3}[\w'’-]{2,30}(?:straat|laan|weg|plein|gracht|kade|hof|dijk|singel)\b[^.\n\d]{0,20}$"
)
_ENGLISH_ADDRESS = re.compile(
    r"\d{1,4}[a-zA-Z]?,? (?:[A-Z][\w'’-]{1,20} ){1,3}(?:Street|Road|Avenue|Lane|Drive|Close|Court|Crescent|Terrace|Gardens|Square|Place|Way|Mews|Row|Hill|Grove|St|Rd|Ave)\b\.?"
    r"(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)?)?(?:,? [A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b)?"
)


def english(text: str, place: int) -> tuple[int, int] | None:
    """Return an address with its number first: "12 Rose Street"."""
    match = _ENGLISH_ADDRESS.match(text, place)
    return match.span() if match else None


def on_number(text: str, low: str, place: int) -> tuple[int, int] | None:
    """Return an address told as "op nummer 14 in de Kerkstraat"."""
    house = HOUSE.match(text, place)
    if not house or not re.search(
        r"\b(?:op|at) (?:nummer|nr\.?|number|no\.?|huisnummer) $", low[max(0, place - 16) : place]
    ):
        return None
    after = _AFTER_NUMBER.match(text, house.end())
    if after and after[1].lower().endswith(_ENDS):
        return place, after.end()
    named = _NAMED_STREET.search(text, max(0, place - 60), place)
    return (named.start(), house.end()) if named else None


def postcode(text: str, low: str, place: int, *, sure: bool) -> tuple[int, int] | None:
    """Return the postcode that begins at ``place``; ``sure``: a word or a street is beside it."""
    match = _POSTCODE.match(text, place)
    if match and (sure or not _NO_CODE.match(match[0])):
        return match.span()
    match = _SMALL_POSTCODE.match(low, place)
    if not match or _NO_CODE.match(match[0].upper()):
        return None
    glued = match[0][4] != " " and match[0][4:] not in {
        "er",
        "en",
        "st",
        "de",
        "km",
        "kg",
        "mb",
        "kw",
        "ml",
        "mm",
        "cm",
        "rd",
        "th",
    }
    housed = re.search(r"\d[a-z]?, ?$", low[max(0, place - 5) : place])
    town = re.match(
        r" (?:amsterdam|rotterdam|utrecht|zaandam|diemen|almere|haarlem|den haag|amstelveen)\b",
        low[match.end() : match.end() + 14],
    )
    return match.span() if sure or glued or housed or town else None


def bare_room(text: str, low: str, place: int, begin: int) -> tuple[int, int] | None:
    """Return a room without the word: "B2.07", "Stopera 2.118"."""
    match = _BARE_ROOM.match(text, begin)
    if match and begin <= place:
        return match.span()
    match = _BUILT_ROOM.match(text, begin)
    if match and _BUILDING.search(low, max(0, begin - 34), begin):
        return match.span()
    match = _BUILT_ROOM.match(text, begin)
    if (
        match
        and _SITS.search(low, max(0, begin - 14), begin)
        and not _UNITS.match(low, match.end())
    ):
        return match.span()
    return None
