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
_NO_FIRST = _READ["no_first"]
"""Words that stand before a street and are no part of its name."""
_FIRST_WORDS = re.compile(
    r"(?<!\w)(?:(?:"
    + "|".join(sorted(_READ["first"]))
    + r")\.? (?:(?:van|de|der|den|het|en) ){0,2}(?:[^\W\d_]{3,14} (?=$))?){0,2}$"
)
"""What streets in small letters begin with: "admiraal de "."""
_NO_STREET = _READ["no_street"]
"""Words with such an end that are no street, and words that numbers follow."""

HOUSE = re.compile(
    r"\d{1,4}(?:(?:[ -]?(?:hs|huis|bis|sous|souterrain|achter|boven|beneden|rood|zwart)|[ -]?[a-zA-Z](?![\w'’])|-?[IVX]{1,4})(?!\w)){0,2}"
    r"(?: ?\d ?hoog|[-/ ](?!\d{4} ?[A-Za-z]{2}(?!\w))(?:\d{1,4}(?:hs|[a-z])?|[A-Z]\d|[IVX]{1,4}|[a-zA-Z]|hs|huis)(?!\w|[.:]\d))?(?!\w)"
)
_BEFORE = re.compile(
    r"(?:(?<!\w)(?:(?:[Bb]os|[Mm]eer) en|[A-Z][\w'’.-]{0,30}|\d{1,2}(?:e|de|ste)|van|de|den|der|het|'t|’t|ten|ter|op|aan|in|la|v\.?d\.?|v/d|1e|2e|3e|4e|eerste|tweede|derde|vierde|oude|nieuwe|lange|korte|kleine|grote) ){0,4}$"
)
_LEAD = re.compile(
    r"(?:(?:de|het|van(?= (?:de|het)\b)|the|een|in|op|aan|te|is|adres|woon|woont|(?!Burg)[A-Z][a-z]*(?:seur|eur|ger|ster|teur|lid|man|iste?|handhaver|hoofd|adres)) )+"
)
_WORD = re.compile(r"[\w'’-]{1,40}(?:(?<=str)\.)?$")
_FLOOR = r"(?: ?[,/]? \(?(?:\d (?:hoog|achter)|bel \d{1,2}(?![\d:]| \d)|(?:ark|woonboot)(?: ['‘][A-Z][^'’\n]{1,25}['’])?|kamer|kmr\.?|k\.|room|app\.?|appartement|unit|flat|etage|verdieping|\d{1,2}(?:e|de|ste) (?:etage|verdieping|floor))(?: \w{0,2}[.-]?\d[\w.-]*)?){0,2}"
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
_BARE_ROOM = re.compile(r"(?:[A-OS-UW-Z]{1,2}[- ]?|k)\d{1,2}\.\d{2,3}(?![\w.,]\d|\w)")
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
    joint = _JOINT.search(low, max(0, place - 20), place)
    edge = joint.start() + 1 if joint else place
    if joint and not joint[1] and _NO_END.match(low, house.end()):
        return None
    begin = _street_start(text, low, edge, house)
    if begin < 0:
        return None
    berth = _BERTH.search(low, max(0, begin - 16), begin)
    begin = berth.start() if berth else begin
    tail = _TAIL.match(text, house.end())
    return begin, tail.end() if tail else house.end()


_JOINT = re.compile(r"(?<=\w)(?:,? (?:op )?((?:huis)?(?:nr\.?|nummer)|no\.?|number)|, op|,) $")
"""What may stand between a street and its number: "Zeedijk, op nummer 4"."""
_NO_END = re.compile(r" [^\W\d_]{3}|[.:/,-]\d| ?%")
_BERTH = re.compile(r"(?<!\w)(?:ligplaats|standplaats|kavel|perceel|location|locatie) $")


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
    begin = first + article.end() if article else first
    return _small_start(low, first, begin, key) if word[0].islower() else begin


_LOWER_NAME = re.compile(
    r"(?:\b(?:op|aan|in|at|on|naar|adres|woont?|hoek)(?: de| het)? |[,:;(\n] ?)((?:[^\W\d_][\w'’.-]{2,14} ){1,2})$"
)


def _small_start(low: str, first: int, begin: int, key: str) -> int:
    """Return where a street in small letters begins: at "jan" of "op de jan evertsenstraat"."""
    named = _FIRST_WORDS.search(low, max(0, first - 50), first)
    if named and named[0]:
        return named.start()
    before = _LOWER_NAME.search(low, max(0, first - 48), first)
    if not before or not key.endswith(_SURE_ENDS):
        return begin
    words = before[1].split()
    plain = not any(word in FILLERS or word in _NO_FIRST or word in _NO_STREET for word in words)
    return before.start(1) if plain else begin


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
    addition = bool(
        re.search(r"\d(?:-(?:[1-4]|[A-Z]|hs|huis|bis|I{1,3}|IV)|[a-d]| ?hs)$", house[0])
    )
    if addition and _AT_HOME.search(low, max(0, first - 24), first):
        return True
    return (
        (addition and low[max(0, first - 4) : first] in {" de ", "het ", " op ", "aan ", "the "})
        or bool(
            re.match(rf",?\s{{1,2}}{_CODE}", text[house.end() : house.end() + 10])
            and not _NO_CODE.match(text[house.end() :].lstrip(", \n")[:8].upper())
        )
        or low[max(0, first - 8) : first].endswith(("aan de ", "aan het ", "aan ‘t ", "aan 't "))
    )


_AT_HOME = re.compile(r"\b(?:thuis|home|huis|brieven|letters)\b[^.!?\n\d]{0,12}$")


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
    if not match and _STANDS_AT.search(text, max(0, place - 14), place):
        match = _NUMBER_FIRST.match(text, place)
        match = match if match and match[1].lower().endswith(_ENDS) else None
    return match.span() if match else None


_STANDS_AT = re.compile(r"(?:\b(?:[Aa]t|[Ll]ives?|[Oo]p|[Aa]ddress|[Aa]dres)[: ]{1,2}|[(\n,] ?)$")
_NUMBER_FIRST = re.compile(
    r"\d{1,4}(?:-?[a-zA-Z])?,? (?:[A-Z][\w'’.-]{1,20} ){0,2}([A-Z][\w'’-]{4,30})(?!\w| \d)"
)
_PLEIN = re.compile(
    r"(?:(?:Verzets)?[Pp]lein|[Ll]aan) ['’‘`]?(?:19)?40 ?[-–] ?['’‘`]?(?:19)?45(?:,? (?:nr\.? )?\d{1,4}(?:-?[a-zA-Z\d]{1,3})?(?!\w))?"
)


def of_years(text: str, place: int) -> tuple[int, int] | None:
    """Return an address of which the street is named after years: "Plein '40-'45 12"."""
    at = text.rfind(" ", max(0, place - 6), place)
    for begin in (at - 12, at - 5, at - 4):
        match = _PLEIN.match(text, begin) if at > 0 and begin >= 0 else None
        if match and match.end() > place:
            return match.span()
    return None


_ON_NUMBER = re.compile(
    r"\b(?:(?:op|at) (?:nummer|nr\.?|number|no\.?|huisnummer)|((?:ligplaats|standplaats)(?: (?:nr\.?|nummer))?)) $"
)


def on_number(text: str, low: str, place: int) -> tuple[int, int] | None:
    """Return an address told as "op nummer 14 in de Kerkstraat"."""
    house = HOUSE.match(text, place)
    told = _ON_NUMBER.search(low, max(0, place - 16), place)
    if not house or not told:
        return None
    begin = told.start() if told[1] else place
    after = _AFTER_NUMBER.match(text, house.end())
    words = after[1].split() if after else []
    for count in range(len(words)):
        if after and words[count].lower().endswith(_ENDS):
            return begin, after.start(1) + len(" ".join(words[: count + 1]))
    if told[1]:
        return begin, house.end()
    named = _NAMED_STREET.search(text, max(0, place - 60), place)
    return (named.start(), house.end()) if named else None


def postcode(text: str, low: str, place: int, *, sure: bool) -> tuple[int, int] | None:
    """Return the postcode that begins at ``place``; ``sure``: a word or a street is beside it."""
    match = _POSTCODE.match(text, place)
    if match and (sure or not _NO_CODE.match(match[0])):
        return place, _with_house(low, match.end())
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
    return (place, _with_house(low, match.end())) if sure or glued or housed or town else None


_CODE_HOUSE = re.compile(
    r",? (?:(?:huis)?(?:nr\.?|nummer) |no\.? )?\d{1,4}(?:-?[a-z]{1,2}(?!\w)|-\d{1,3}|-?(?:hs|huis|bis))?(?![\w:%]|[.,/-]\d| ?(?:uur|u\b|jan|feb|maart|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec|keer|maal|mensen|man\b|dagen|weken|jaar|maand)| \d(?!\d?(?:e|de|ste) ))"
)


def _with_house(low: str, end: int) -> int:
    """Return where a postcode ends, with the house number behind it."""
    house = _CODE_HOUSE.match(low, end)
    return house.end() if house else end


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
