"""Direct identifiers: what leads to one person by itself, without a name.

E-mail, phone (spoken digits too), BSN, IBAN, licence plate, personnel number, address, room,
handle, profile, date of birth, internet address. Numbers of cases and of files stay readable.

Sources: BSN, the eleven test: Logisch ontwerp BSN. IBAN: ISO 13616, ISO 7064 (mod 97). Licence
plates: the RDW's fourteen series.
"""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dropbox.export.span import CONTACT, Span

_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|maart|march|mrt|mar|apr(?:il)?|mei|may|juni|june|jun|juli|july|jul|"
    r"aug(?:ustus|ust)?|sept?(?:ember)?|okt(?:ober)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DATE = (
    rf"(?:\d{{1,2}}[-/. ]\d{{1,2}}[-/. ](?:\d{{4}}|['’]?\d{{2}})|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|"
    rf"\d{{1,2}}(?:e|ste|de|th|st|nd|rd)?(?: of)? {_MONTH},? (?:\d{{4}}|'\d{{2}})|{_MONTH} \d{{1,2}}(?:th|st|nd|rd)?,? \d{{4}})"
)
_DIGIT = (
    "nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|twaalf|dubbel|zero|one|two|three|four|five|six|seven|"
    "eight|nine|double|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig|\\w{2,6}en(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
)
_STREET = (
    r"(?:straat|str\.?|laan|weg|plein|gracht|kade|singel|dijk|hof|dreef|pad|steeg|plantsoen|park|baan|ring|markt|wal|dam|poort|"
    r"haven|spoor|kraan|zijde|burg|burgwal|veld|akker|kamp|oord|erf|werf|meent|boulevard|allee|vaart|sloot|kreek|wijk|"
    r"square|street|road|avenue|lane|drive|close)"
)
_HOUSE = (
    r"\d{1,5}(?: ?[a-zA-Z](?![\w]))?(?:[-/ ](?:\d{1,4}|hs|huis|bis|[IVX]{1,4}|[a-zA-Z])(?!\w))?"
)
_POSTCODE = r"[1-9]\d{3} ?[A-Z]{2}(?!\w)"
_TOWN = r"(?: (?:'s-)?[A-Z][^\W\d_]+(?:[- ](?:aan|den|de|op|bij|Zuidoost|Noord|West|Oost|[A-Z][^\W\d_]+))*)?"
_ROOM = r"(?:kamer|room|kmr\.?|ruimte|zaal|werkplek|vleugel|etage|verdieping|office|desk)(?: nr\.?| no\.?|nummer)?:? (?:[A-Z]{1,2}[-. ]?)?\d[\w.\-/]*\w|(?:kamer|room|kmr\.?|werkplek|desk) (?:[A-Z]{1,2}[-. ]?)?\d"
_PERSONNEL = (
    r"(?:pers(?:oneels)?\.?[ -]?(?:nummer|nr\.?|no\.?|id)|medewerkers?[ -]?(?:nummer|nr\.?|id)|dienst(?:nummer|nr\.?)|werknemers?(?:nummer|nr\.?)|"
    r"employee (?:number|no\.?|id|nr\.?)|staff (?:number|no\.?|id)|personnel (?:number|no\.?|nr\.?|id)|pas(?:nummer|nr\.?)|badge(?:nummer|nr\.?| number| no\.?)?|"
    r"stam(?:nummer|nr\.?)|paspoort(?:nummer|nr\.?)?|passport(?: number| no\.?)?|rijbewijs(?:nummer)?|v-nummer|klantnummer|cliëntnummer|lidmaatschapsnummer|legitimatienummer|user ?id|gebruikersnaam|username|login)"
    r"(?: is| was|:|;|=|\s)*\s*#?((?=[\w.-]{0,4} ?[\w.-]*\d)[A-Za-z]{0,4}[-. ]?\d[\w.-]*\w)"
)

# kind, pattern, number of the group that is the identifier
PATTERNS: tuple[tuple[str, str, int], ...] = (
    ("e-mail", r"(?<![\w.+%-])[\w.+%-]{2,64}@[\w-]{2,64}", 0),
    ("e-mail", r"(?<![\w.+%-])[\w.+%-]{1,64}(?:@| ?[\[(](?:at|apenstaartje)[\])] ?|\s@\s?|@\s)[\w-]{1,64}(?:(?:\.| ?[\[(](?:dot|punt)[\])] ?)[\w-]+)+", 0),
    ("e-mail", r"(?<![\w.+-])[\w.+-]{1,64}(?: (?:punt|dot|streepje|underscore) [\w.+-]{1,64}){0,3} (?:at|apenstaartje) [\w-]{1,64} (?:dot|punt) \w{2,4}(?: (?:dot|punt) \w{2})?", 0),
    ("profile", r"(?:https?://|www\.)[^\s<>\"']*[\w/=]|(?:linkedin|facebook|instagram|twitter|tiktok|x|t|wa|fb|github|snapchat|threads|bsky)\.(?:com|me|app)/[^\s<>\"',;)]*[\w/]", 0),
    ("handle", r"(?<![\w.@/+-])@(?=[\w.]*[a-zA-Z])[\w.]{1,30}\w", 0),
    ("handle", r"\b(?:insta(?:gram)?|snap(?:chat)?|telegram|signal|skype|discord|tiktok|twitter|facebook|teams)(?: ?(?::|is|=)|-?naam:?|-?account:?| id:?) ?@?((?=\w*[\d_.])[\w.]{3,30})", 1),
    ("IBAN", r"\b[A-Z]{2}\d{2}[ .-]?(?:[A-Z0-9]{4}[ .-]?){2,7}[A-Z0-9]{1,4}\b", 0),
    ("IBAN", r"(?i:\bnl ?\d{2}[ .-]?[a-z]{4}[ .-]?(?:\d[ .-]?){9}\d)", 0),
    ("account", r"(?i:\b(?:rekening(?:nummer|nr\.?)?|bank ?account|account number|giro)(?: is| nr\.?|:|\s)*\s*)(\d[\d. -]{5,18}\d)", 1),
    ("BSN", r"(?i:\b(?:bsn|burgerservicenummer|sofi(?:nummer)?|citizen service number)(?:-?nummer)?(?: is|:|=|\.|\s)*\s*)(\d[\d .-]{6,12}\d)", 1),
    ("extension", r"(?i:\b(?:ext(?:ension)?|toestel|tst|doorkies(?:nummer|nr)?|intern nummer)\.?:?(?: is)? ?)(\d{3,6})\b", 1),
    ("phone", r"(?i:\b(?:tel|telefoon(?:nummer|nr)?|mobiel|mob|gsm|nummer|bel(?:len)?|app(?:en)?|phone|mobile|call|whatsapp|number)\b[\w .:,'-]{0,20}?)(\d{1,4}(?:[ -]\d{2,4}){1,5}|\d{7,8})(?![\w-]|[.,]\d)", 1),
    ("licence plate", r"(?<![\w-])(?=[A-Za-z0-9-]*\d)(?=[A-Za-z0-9-]*[A-Za-z])(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{2,3}|\d{2,3})-(?:[A-Z]{1,2}|\d{1,2})(?![\w-])", 0),
    ("licence plate", r"(?i:\b(?:kenteken|nummerplaat|licen[cs]e plate|number plate|plate)(?: is| was| number|:|\s)*\s*)((?=[A-Za-z0-9 -]{0,9}\d)[A-Za-z0-9]{1,3}[- ]?[A-Za-z0-9]{1,3}[- ]?[A-Za-z0-9]{1,3})\b", 1),
    ("personnel number", rf"(?i:\b{_PERSONNEL})", 1),
    ("personnel number", r"(?<![\w-])[A-Z]-?\d{5,8}(?![\w-])", 0),
    ("date of birth", rf"(?i:\b(?:geb(?:oren|oorte ?datum|\.? ?dat(?:um|\.)|\.)?|born|date of birth|birth ?date|dob|birthday|verjaardag)\b(?: is| was| op| on|:|\.|,|\s|\()*\s*)((?i:{DATE}))", 1),
    ("address", rf"(?<!\w)(?:(?:[A-Z][\w'’.-]{{1,30}}|van|de|den|der|het|'t|ten|ter|Eerste|Tweede|1e|2e|3e)\s){{0,4}}[\w'’-]{{0,40}}(?:{_STREET})\s{_HOUSE}(?:,?\s+{_ROOM})?(?:,?\s+{_POSTCODE}{_TOWN}|,?\s+(?:in|te) [A-Z]\w+)?", 0),
    ("address", rf"(?<!\w)(?:(?:[A-Z][\w'’.-]{{1,30}}|van|de|den|der|het|'t|ten|ter)\s){{1,4}}{_HOUSE},?\s+(?:{_POSTCODE}{_TOWN}|{_ROOM})", 0),
    ("address", r"(?i:\b(?:woon|woont|woonachtig|wonende?|adres|address|live|lives|living|logeer|verblijf)\b(?: is| nu| momenteel| tijdelijk|:)?(?: aan| op| in| te| at| on)?(?: de| het| the)? )([^\W\d_][\w'’.-]{0,40}(?: [^\W\d_][\w'’.-]{0,40}){0,3} \d{1,4}(?:[-/ ]?(?:[a-zA-Z](?!\w)|\d{1,4}))?)(?! (?:jaar|uur|maanden|weken|dagen|years|keer))", 1),
    ("postcode", rf"(?<![\w-]){_POSTCODE}(?:{_TOWN})?", 0),
    ("postcode", r"(?i:(?<![\w-])(?:postcode|pc|zip)[: ]{1,3}\d{4} ?[a-z]{2})(?!\w)", 0),
    ("postbox", r"(?i:\bpostbus \d{1,6})", 0),
    ("room", rf"(?i:(?<!\w)(?:{_ROOM}))", 0),
    ("internet address", r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|\b(?:[0-9a-fA-F]{1,4}:){5,7}[0-9a-fA-F]{1,4}\b", 0),
    ("device", r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b", 0),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern), group) for kind, pattern, group in PATTERNS)

LEAST_SPOKEN = 6
"""Numerals in a row that make a phone number."""
_SPOKEN_START = re.compile(r"\b(?:[nN]ul|[zZ]ero|[pP]lus|NUL)\b")
_SPOKEN = re.compile(
    rf"(?:plus[ ,]+)?(?:{_DIGIT})(?:[ ,.\n-]+(?:en )?(?:{_DIGIT})\b){{{LEAST_SPOKEN - 1},}}",
    re.IGNORECASE,
)
_WITHOUT_DIGITS = {
    "e-mail": ("@", "(at)", "[at]", "apenstaartje", " dot ", " punt "),
    "profile": ("://", "www.", ".com/", ".me/", ".app/"),
    "handle": (
        "@",
        "insta",
        "Insta",
        "snap",
        "Snap",
        "telegram",
        "Telegram",
        "skype",
        "Skype",
        "discord",
        "naam",
        "account",
    ),
}
"""Kinds that need no digit, with the signs of which one must stand in the text."""
_DIGITS = re.compile(r"\d")

_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:\+|\(?0)[\d\s().\-–/]{7,22}\d(?![\w])|(?<![\w.,/€$-])\d(?:[ .-]?\d){7,8}(?![\w-]|[.,]\d)"
)
_IS_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}|\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}")
_IS_CASE = re.compile(r"(?:19|20)\d\d[-/. ]\d+$")
_ARTICLE = re.compile(r"(?:(?:de|het|van|the|een|den|der) )*")
_NO_ROOM = re.compile(r"(?i)(?:etage|verdieping|vleugel|zaal|ruimte) \w+$")


def found(text: str) -> Iterator[Span]:
    """Yield direct identifiers in a view's text."""
    lines = list(_numbered(text))
    for kind, pattern, group in _COMPILED:
        signs = _WITHOUT_DIGITS.get(kind)
        if signs and not any(sign in text for sign in signs):
            continue
        for first, last in [(0, len(text))] if signs else lines:
            for match in pattern.finditer(text, first, last):
                if _CHECKS.get(kind, _always)(match[group]):
                    yield _span(kind, match, group)
    yield from _spoken(text)
    for match in _NUMBER.finditer(text):
        kind = _number(match[0])
        if kind:
            yield Span(*match.span(), CONTACT, kind, f"contact: {kind}", 0.9)


def _numbered(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of lines that hold a digit: only there numbers stand."""
    begin, place = -1, 0
    for line in text.splitlines(keepends=True):
        place += len(line)
        if _DIGITS.search(line):
            begin = place - len(line) if begin < 0 else begin
        elif begin >= 0:
            yield begin, place
            begin = -1
    if begin >= 0:
        yield begin, place


def _span(kind: str, match: re.Match[str], group: int) -> Span:
    start, end = match.span(group)
    article = _ARTICLE.match(match[group]) if kind == "address" else None
    start += article.end() if article else 0
    return Span(start, end, CONTACT, kind, f"contact: {kind}", 0.95)


def _spoken(text: str) -> Iterator[Span]:
    """Yield phone numbers in words: six or more numerals in a row."""
    for match in _SPOKEN_START.finditer(text):
        run = _SPOKEN.match(text, match.start())
        if run:
            yield Span(*run.span(), CONTACT, "phone", "contact: spoken phone", 0.8)


def _number(written: str) -> str:
    """Say what a long number is, or nothing."""
    digits = re.sub(r"\D", "", written)
    if _IS_CASE.match(written):
        return ""
    if _IS_DATE.fullmatch(written.strip()) or ("\n" in written.strip() and len(digits) > 12):
        return ""
    if written[0] in "+(0":
        plain = len(digits) == 10 and digits[0] == "0"
        abroad = 10 <= len(digits) <= 15 and (written[0] == "+" or digits.startswith("00"))
        if plain or abroad or (written[0] == "0" and len(digits) in {9, 11}):
            return "phone"
    return "BSN" if len(digits) in {8, 9} and is_bsn(digits) else ""


def is_bsn(digits: str) -> bool:
    """Tell whether 8 or 9 digits pass the eleven test of a BSN."""
    padded = digits.zfill(9)
    total = sum(
        int(digit) * weight
        for digit, weight in zip(padded, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    return total % 11 == 0 and int(digits) > 0


def is_iban(written: str) -> bool:
    """Tell whether an account number passes mod 97, or is Dutch by its shape."""
    plain = re.sub(r"[ .-]", "", written).upper()
    if re.fullmatch(r"NL\d{2}[A-Z]{4}\d{10}", plain):
        return True
    turned = plain[4:] + plain[:4]
    return len(plain) >= 15 and int("".join(str(int(each, 36)) for each in turned)) % 97 == 1


def _always(_written: str) -> bool:
    return True


def _is_phone(written: str) -> bool:
    """Tell whether digits after "bel" or "nummer" may be a phone number and no year or date."""
    spoken = not any(each.isdigit() for each in written)
    if _IS_CASE.match(written):
        return False
    return spoken or (len(re.sub(r"\D", "", written)) >= 6 and not _IS_DATE.fullmatch(written))


def _is_profile(written: str) -> bool:
    """Tell whether an internet address says more than the name of a site."""
    path = re.sub(r"^(?:https?://)?[^/]*/?", "", written)
    return len(path) > 1 or "@" in written


def _is_room(written: str) -> bool:
    return not _NO_ROOM.fullmatch(written) or bool(re.search(r"\d[.\-]\d|[A-Z]", written))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "IBAN": is_iban,
    "phone": _is_phone,
    "profile": _is_profile,
    "room": _is_room,
}
