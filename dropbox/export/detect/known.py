"""Evidence of lists and of their absence: known names, and words that nobody knows.

Default-deny: a word with a capital that no dictionary has and that is no known organisation,
place or people is taken for a name. In writing without capitals the same holds for every word,
except for joined words, slips of the pen and chat.
"""

from __future__ import annotations

from collections.abc import Mapping

from dropbox.export.detect import short
from dropbox.export.detect.joined import (
    COMMON,
    LEAST_PART,
    LEAST_SLIP,
    is_joined,
    is_sayable,
    is_slip,
)
from dropbox.export.detect.standing import (
    accented,
    acts,
    before,
    first_too,
    in_file_name,
    in_title,
    is_alone,
    is_date,
    is_verb,
    possible,
    speaks,
    strong,
)
from dropbox.export.detect.tokens import LOWER, UPPER, Token
from dropbox.export.lexicon import BOTH, FIRST, LAST, NAME, OWN, PLACE, SAFE, WORD
from dropbox.export.words import (
    ABBREVIATED,
    ACRONYMS,
    CALENDAR,
    CHAT,
    DETERMINERS,
    DUTCH_PARTICLES,
    GREETINGS,
    GROUP_ENDINGS,
    NO_SURNAME,
    PARTICLES,
    PERSON_VERBS,
    PLACE_CUES,
    ROLE_ENDINGS,
    ROLES,
    SHORT_DATES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

LONGEST_ACRONYM = 5
PARAPH = 2
"""Letters of a paraph that stands for a name in a sentence."""
LONGEST_PARAPH = 3
"""Letters of one that stands for a name where persons stand; most units have three."""
LEAST_ROLE = 8
"""Letters of an unknown word whose end makes it a role; Hoofd and Kok are also surnames."""

_OTHERS = frozenset({"ik", "i", "mij", "zij", "hij", "ikzelf", "anderen", "me"})
_PRONOUNS = frozenset({"u", "je", "jij", "ik", "we", "wij", "jullie"})
_ABSTRACT = (
    *GROUP_ENDINGS,
    *["ing", "heid", "isme", "tie", "teit", "schap", "aal", "ment", "ies", "iek"],
)
_TIED = frozenset({"-", "&", "/", ".", "'", "’", "+"})
_SAID_BY = frozenset({"volgens", "tegen", "collega", "namens"})
_THINGS_DO = frozenset(
    {"heeft", "had", "has", "ging", "stelt", "stelde", "vindt", "weigert", "heet"}
)
_THINGS = frozenset(
    {"per", "via", "nr", "nummer", "code", "type", "versie", "version", "art", "lid"}
)
_OPENING_WORDS = frozenset(
    {"door", "al", "so", "can", "an", "dan", "as", "in", "na", "may", "will", "do", "van", "ook"}
)


def mark(found: list[Token], lexicon: Mapping[str, int]) -> None:
    """Set `name` where the word itself, and its place in the sentence, say that it is one."""
    for place, token in enumerate(found):
        if (
            token.name
            or len(token.key) < 2
            or (token.key in SHORT_DATES and is_date(found, place))
            or (token.key in PARTICLES and not _may_be_first(token))
        ):
            continue
        if token.cased and token.capital:
            reason = _capital(found, place, lexicon)
        elif in_file_name(found, place):
            reason = "file name" if possible(token) and not token.flags & SAFE else ""
        elif token.flags & (WORD | SAFE) and not token.flags & OWN:
            continue
        else:
            reason = _plain(token, lexicon)
        if reason:
            token.take(reason)


def _is_paraph(found: list[Token], place: int) -> bool:
    """Tell whether two capitals are a person: "HK zei", "volgens HK", "ik sprak HK" (default-deny).

    A unit or a thing has an article or says what it is: "de HK", "team HK"; a few are listed.
    """
    token = found[place]
    if not PARAPH <= len(token.key) <= LONGEST_PARAPH or not short.may_be_letters(found, place):
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    says = after is not None and after.gap == " " and after.key in SPEECH
    if len(token.key) > PARAPH:
        says = says and after is not None and after.key not in _THINGS_DO
        return not token.flags and (says or before(found, place) in _SAID_BY)
    if says or before(found, place) in _SAID_BY:
        return True
    if token.mode == UPPER or token.gap in _TIED or (after is not None and after.gap in _TIED):
        return False
    ahead = before(found, place)
    return ahead not in DETERMINERS and ahead not in UNIT_CUES and ahead not in _THINGS


def _is_accented(found: list[Token], place: int) -> bool:
    """Tell whether its accent tells a short word from the word that it looks like: "Zé"."""
    token = found[place]
    if len(token.key) > LEAST_SLIP or not accented(token):
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    speaks_up = after is not None and after.gap == " " and after.key in SPEECH
    return not token.first or speaks_up


def _is_cut_role(found: list[Token], place: int) -> bool:
    """Tell whether a word is a role, or one cut short by a point: "Objectleider", "Leidingg."."""
    token = found[place]
    if token.flags:
        return False
    if token.key.endswith(ROLE_ENDINGS) and len(token.key) > LEAST_ROLE:
        return True
    after = found[place + 1] if place + 1 < len(found) else None
    pointed = after is not None and after.gap.startswith(".")
    if pointed and token.key in ABBREVIATED:
        return True
    cut = pointed and len(token.key) >= LEAST_SLIP
    return cut and any(role.startswith(token.key) for role in ROLES)


def _may_be_first(token: Token) -> bool:
    """Tell whether a particle may be a first name here: Ben, not ben."""
    if not (token.capital and token.cased):
        return False
    if token.key in DUTCH_PARTICLES:
        return bool(token.flags & FIRST) and not token.first
    return bool(token.flags & NAME) and (not token.first or first_too(token))


def _capital(found: list[Token], place: int, lexicon: Mapping[str, int]) -> str:
    """Judge a word with a capital in a sentence with capitals; return why it is a name."""
    token = found[place]
    flags = token.flags
    if strong(token) and not (token.upper and token.key in ACRONYMS):
        return "list"
    if token.upper and len(token.key) <= LONGEST_ACRONYM:
        return "initials" if _is_paraph(found, place) else ""
    if before(found, place) == "wet" or _is_cut_role(found, place):
        return ""
    if _is_accented(found, place) or short.is_led(found, place):
        return "surname" if token.key == token.text.lower() else "accent"
    if flags & SAFE and not _named_as_month(found, place):
        named = flags & LAST and flags & WORD and token.key not in CALENDAR
        spoken = token.flags & FIRST and token.key in CALENDAR and speaks(found, place)
        spoken = spoken or _is_month_listed(found, place)
        return "acts" if spoken or (named and acts(found, place)) else ""
    placed = before(found, place) in PLACE_CUES
    if flags & PLACE and (placed or not flags & LAST) and (token.dutch or not first_too(token)):
        return "surname" if _led_by_capital(found, place) else ""
    if flags & NAME:
        return _either(found, place)
    if flags:
        if acts(found, place):
            return "acts"
        return "capital" if _is_odd(found, place) else ""
    return _unknown(found, place, lexicon)


def _unknown(found: list[Token], place: int, lexicon: Mapping[str, int]) -> str:
    """Judge a word with a capital that nobody knows."""
    token = found[place]
    if token.key in ROLES or token.key in TITLES or token.key in CHAT:
        return ""
    if is_joined(token.key, lexicon, token.dutch) and (
        token.first or token.key.endswith(tuple(GROUP_ENDINGS))
    ):
        return "acts" if token.first and acts(found, place) else ""
    if before(found, place) in UNIT_CUES and is_joined(token.key, lexicon, token.dutch):
        return ""
    return "unknown word"


def _is_odd(found: list[Token], place: int) -> bool:
    """Tell whether a plain word has a capital for no reason but that somebody is called so."""
    token = found[place]
    if token.first or not token.dutch or token.upper or token.gap != " ":
        return False
    if token.key in NO_SURNAME or token.key in ROLES or token.key in TITLES or token.key in CHAT:
        return False
    previous = found[place - 1]
    plain = not previous.capital and previous.key not in DETERMINERS | UNIT_CUES
    adjective = previous.key.endswith("e") and previous.key not in {"jullie", "mee", "toe"}
    if not plain or adjective or in_title(found, place):
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    common = token.flags & COMMON and previous.key not in _PRONOUNS
    if common or (after is not None and after.capital and not after.first):
        return False
    return not token.key.endswith(_ABSTRACT)


def _led_by_capital(found: list[Token], place: int) -> bool:
    """Tell whether a town is a surname: "zegt Van Wessem", "Van Gorp zei"."""
    if not place or found[place].gap != " " or not found[place - 1].capital:
        return False
    begin = place - 1
    while begin and found[begin].key in PARTICLES and found[begin].gap == " ":
        if found[begin].capital:
            break
        begin -= 1
    lead = found[begin]
    if lead.key not in {"van", "de", "den", "ter", "ten", "von", "op"} or not lead.cased:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    if not lead.first:
        return True
    if after is not None and after.key in {"en", "and"} and place + 2 < len(found):
        return found[place + 2].capital
    turned = after is not None and after.gap == ", " and bool(after.flags & FIRST)
    return turned or (after is not None and after.gap == " " and after.key in PERSON_VERBS)


def _either(found: list[Token], place: int) -> str:
    """Judge a word with a capital that is a word as well as a name."""
    token = found[place]
    if token.first:
        return _opening(found, place)
    if before(found, place) in UNIT_CUES or in_title(found, place):
        return ""
    if (token.key in NO_SURNAME and not first_too(token)) or token.key in TITLES:
        return ""
    return "capital"


def _opening(found: list[Token], place: int) -> str:
    """Judge a word that is also a name and opens a sentence, so that its capital is no sign."""
    token = found[place]
    after = found[place + 1] if place + 1 < len(found) else None
    if token.key.endswith("'s") and token.flags & FIRST:
        return "possessive"
    if not token.word and token.key not in GREETINGS and token.key not in NO_SURNAME:
        return "list"
    if after is None or after.first or after.gap.lstrip().startswith((",", "(", "-", "–", "/")):
        rare = token.flags & FIRST and not token.flags & COMMON
        if first_too(token) and token.key not in _OPENING_WORDS and is_alone(found, place):
            return "alone in a line"
        return "alone" if (first_too(token) or rare) and token.key not in NO_SURNAME else ""
    if after.gap != " ":
        return ""
    following = found[place + 2] if place + 2 < len(found) else None
    if _is_full(found, place):
        return "full name"
    joined = after.key in {"en", "and"} and following is not None and token.flags & (BOTH | OWN)
    if joined and following is not None and (following.capital or following.key in _OTHERS):
        return "listed"
    if token.key in NO_SURNAME:
        spoken = after.key in SPEECH or (is_verb(after) and after.dutch) or after.key == "from"
        return "subject" if spoken and token.flags & BOTH else ""
    if token.flags & COMMON and not token.flags & BOTH:
        return "subject" if after.key in SPEECH else ""
    return "subject" if is_verb(after) else ""


def _is_full(found: list[Token], place: int) -> bool:
    """Tell whether a first name that is a word opens a full name: "Wil de Boer", "Grace Hoop"."""
    token = found[place]
    if not token.flags & FIRST or token.mode == UPPER or token.key in _OPENING_WORDS | GREETINGS:
        return False
    if token.flags & COMMON and not token.flags & BOTH:
        return False
    at = place + 1
    while (
        at < len(found) and at < place + 4 and found[at].gap == " " and found[at].key in PARTICLES
    ):
        at += 1
    if at >= len(found) or found[at].gap not in {" ", "-"}:
        return False
    last = found[at]
    if not last.capital or last.upper or (last.flags & SAFE and not last.flags & NAME):
        return False
    if at > place + 1:
        return last.flags == 0 or bool(last.flags & (LAST | PLACE))
    if last.key in CALENDAR and not last.dutch:
        return False
    surname = bool(last.flags & LAST) or not last.flags
    return surname and not (token.key in NO_SURNAME and last.flags & FIRST)


def _named_as_month(found: list[Token], place: int) -> bool:
    """Tell whether the name of a month is a person's: Dutch writes months without a capital."""
    token = found[place]
    if not token.dutch or token.first or token.key not in CALENDAR or token.gap != " ":
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    named = token.flags & FIRST and token.flags & (BOTH | OWN)
    return bool(named) and (after is None or not any(map(str.isdigit, after.gap)))


def _is_month_listed(found: list[Token], place: int) -> bool:
    """Tell whether a month opens a list of persons: "Mei en Wit ruimen op", no "Mei en juni"."""
    token = found[place]
    if not (token.first and token.flags & FIRST and token.key in CALENDAR and token.dutch):
        return False
    if place + 2 >= len(found) or found[place + 1].key != "en":
        return False
    other = found[place + 2]
    named = other.capital and other.flags & FIRST | other.flags & LAST
    return bool(named) and other.key not in CALENDAR and other.gap == " "


def _plain(token: Token, lexicon: Mapping[str, int]) -> str:
    """Judge a word whose capitals say nothing; no dictionary has it, or it is mostly a name."""
    if strong(token) and token.key not in GREETINGS:
        return "list"
    if token.mode not in {LOWER, UPPER} or token.flags or len(token.key) < LEAST_PART:
        return ""
    if token.key in CHAT or token.key in ROLES or token.key in TITLES or not is_sayable(token.key):
        return ""
    if is_joined(token.key, lexicon, token.dutch) or is_slip(token.key, lexicon, token.dutch):
        return ""
    return "unknown word"
