"""Descriptions by somebody's life: family, health, faith, looks, age, years of service, what they went through."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import phrases, traits
from dropbox.export.detect.days import MONTH
from dropbox.export.detect.description import (
    AGE_GROUP,
    HEALTH,
    LEAVE_OUT,
    ORIGIN,
    RELATION,
    SINCE,
    WORD,
    Found,
    Word,
)
from dropbox.export.detect.who import person

_COUNT = (
    r"(?:\d{1,2}|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|"
    r"[a-zë]{4,8}(?:en|ën)(?:twintig|dertig|veertig)|dertig|veertig|anderhalf|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty)"
)
_AFTER_KIN = re.compile(r", (?:die|who) |(?: (?:die|who|is|was|werkt|works|van) )")
_OF_WHOM = re.compile(
    r" (?:van|of) (?:(?:een|de|het|mijn|onze|zijn|haar|the|a|our|my|his|her|wethouder|directeur) )?[^\W_][^.,;:!?()\n]{2,40}"
)
_BE = re.compile(
    r"(?:ik ben|ben ik|hij is|zij is|ze is|ben|is|bent|was|am|i'm|he is|she is|he's|she's|als|een|a|an|de|the|jonge|zelf|practising|praktiserend) $"
)
_HAS = re.compile(
    r"\b(?:heeft|heb|had|met|has|have|with|draagt|draag|wears|wear|loopt|walks|zijn|haar|his|her|de|the|in|op|een|a)(?: [^\W\d_]+){0,2} $"
)
_TELLS = re.compile(
    r"\b(?:ik|hij|zij|ze|die|wie|who|he|she|i|mijn|zijn|haar|his|her|my|ben|is|was|werd|heeft|had|has|have|na|sinds|voor|toen|vorig|last|with|met|nadat|after)\b[^.;:!?\n]{0,60}$"
)
_AGE = re.compile(r"(?:\d{2}|[a-z]{3,14}(?:tig|tien))[ -]$")
_OLD = re.compile(r" (?:oud|jong|old)\b|-old\b")
_SERVICE = re.compile(
    rf"(?:\b(?:al|reeds|sinds|ruim|bijna|meer dan|na|for|almost|over|more than|after|dik|inmiddels|ik werk(?: hier)?) (?:(?:ruim|bijna|meer dan|dik|almost|over|more than) )?{_COUNT} $)|(?:\b{_COUNT} $)"
)
_IN_SERVICE = re.compile(
    r"(?: lang)? (?:in dienst|dienst|bij (?:de|het|deze) [\w-]+|werkzaam|ervaring|in service|of service|with the|without one|geleden)"
)


def kin(at: Word) -> Found | None:
    """Return somebody's relative, with what is said of them."""
    if at.before in traits.OWNERS or (
        at.earlier in traits.OWNERS and at.before not in phrases.FINITE
    ):
        start = phrases.lead(at.low, at.start)
        goes_on = _AFTER_KIN.match(at.low, at.end)
        end = (
            phrases.tail(at.low, at.end, clause=True)
            if goes_on and goes_on[0].startswith(",")
            else at.end
        )
        return start, end, "family", RELATION
    whose = _OF_WHOM.match(at.low, at.end)
    start = phrases.lead(at.low, at.start)
    if whose and (start < at.start or at.before in {"is", "ben", "was"}):
        return start, phrases.tail(at.low, at.end), "family", RELATION
    if at.before in {"alleenstaande", "single", "gescheiden", "aanstaande", "trotse"}:
        return (
            min(phrases.lead(at.low, at.start), at.start - len(at.before) - 1),
            phrases.tail(at.low, at.end),
            "family",
            RELATION,
        )
    return person(at) if at.word in traits.MEN else None


def ill(at: Word) -> Found | None:
    """Return an illness, a disability or an expected child."""
    return (
        phrases.lead(at.low, at.start)
        if at.before in {"mijn", "zijn", "haar", "his", "her", "my"}
        else at.start,
        at.end,
        "health",
        HEALTH,
    )


def faith(at: Word) -> Found | None:
    """Return a faith or an origin that is said of somebody."""
    if not (
        _BE.search(at.low, max(0, at.start - 16), at.start)
        or _HAS.search(at.low, max(0, at.start - 34), at.start)
    ):
        return None
    return phrases.lead(at.low, at.start), at.end, "people and role", ORIGIN


def looks(at: Word) -> Found | None:
    """Return what somebody wears or how they look."""
    with_it = re.search(
        r"\b(?:met|with|draagt|loopt met|heeft|has|een|a|de|the)(?: [^\W\d_]+){0,2} $",
        at.low[max(0, at.start - 34) : at.start],
    )
    return (at.start - len(with_it[0]), at.end, "person and more", LEAVE_OUT) if with_it else None


_WEAK_EVENT = re.compile(
    r"\b(?:met (?:vervroegd )?pensioen|ging met|gaat met|won(?: \w+){1,4}|(?:ging|is|ben|zijn|was|zijn) (?:\w+ ){0,2}(?:getrouwd|gescheiden|overgeplaatst|geopereerd|teruggekeerd|opgeleid|afgestudeerd|veroordeeld))\b"
)


def event(at: Word) -> Found | None:
    """Return what somebody went through, with the words around it."""
    clause = at.low.rfind(" ", 0, max(0, at.start - 1)) + 1
    if at.word not in traits.STRONG_EVENTS:
        around = at.low[max(0, at.start - 24) : at.end]
        if not _WEAK_EVENT.search(around) or not _TELLS.search(
            at.low, max(0, at.start - 80), at.start
        ):
            return None
    after = re.match(
        r"(?: (?:op|in|uit|van|bij|aan|na|over|from|in|at|of|on|up) [^.,;:!?\n]{2,30}){1,2}",
        at.low[at.end : at.end + 70],
    )
    end = phrases.tail(at.low, at.end) if after else at.end
    return clause, end, "known for", LEAVE_OUT


def that(at: Word) -> Found | None:
    """Return a clause that says of a name what only one person did: "…, die vorig jaar … won"."""
    if at.low[at.start - 2 : at.start] != ", " and at.word in {"dat", "who", "whose"}:
        return None
    match = _DID.match(at.low, at.end)
    if not match or at.low[max(0, at.start - 2) : at.start] != ", ":
        return None
    return at.start, phrases.tail(at.low, at.end, clause=True), "known for", LEAVE_OUT


_DID = re.compile(
    r" [^.,;:!?\n]{0,50}\b(?:vorig jaar|volgend jaar|vorige|last year|last month|sinds|pensioen|won|kreeg|begraven|overleden|getrouwd|gescheiden|bevallen|verhuisd|opgegroeid|geboren|werkte|gewerkt|used to|was on|grew up|jaar lang|jarenlang|dienst|promoveerde|zelf|speelde|played|retired|married|moved|came from|komt uit|uit|kwam)\b"
)


def since(at: Word) -> Found | None:
    """Return since when, when it says more than "since then"."""
    match = _WHEN.match(at.low, at.end)
    if not match:
        return None
    start, end = at.start, match.end()
    more = re.match(
        r" (?:in dienst|werkzaam|bij|op|als|in|waarnemend|hoofd|at|as|with) [^.,;:!?\n]{2,40}",
        at.low[end : end + 50],
    )
    if more and match[1]:
        end = phrases.tail(at.low, end)
    return start, end, "since", SINCE


_WHEN = re.compile(
    rf" (?:(?:(?:de |het )?(?:begin |eind |half |medio |early |late |mid-?)?(?:(?:\d{{1,2}}(?:e|th|st|nd|rd)? )?(?:{MONTH})(?: \d{{4}})?\b|(?:19|20)\d\d\b))()|(?:zijn|haar|mijn|hun|de|het|his|her|my|the) (?:\w+ )?(?:terugkeer|vertrek|fusie|scheiding|ziekte|bevalling|overlijden|verhuizing|"
    r"benoeming|promotie|pensioen|huwelijk|operatie|ongeluk|reorganisatie|return|departure|divorce|illness|merger|accident|appointment)[^.,;:!?\n]{0,50}?(?= (?:is|was|heeft|word|werd|ben|has|had)\b|[.,;:!?\n]|$)|(?:vorig|last|afgelopen) (?:jaar|year|zomer|najaar|voorjaar|winter|month|maand|summer|autumn|spring)"
    rf"|{_COUNT} (?:jaar|jaren|years)|sinterklaas\w*|kerst\w*|pasen|pinksteren|ramadan)"
)


def aged(at: Word) -> Found | None:
    """Return an age or how long somebody has served."""
    if at.word.endswith("jarige"):
        lead = re.search(r"\d{2}[ -]?$", at.low[max(0, at.start - 4) : at.start])
        if not lead and at.word == "jarige":
            return None
        start = at.start - len(lead[0]) if lead else at.start
        after = WORD.match(at.low, at.end + 1)
        man = after and (after[0] in traits.MEN or traits.is_role(after[0]))
        return (
            phrases.lead(at.low, start),
            after.end() if man and after else at.end,
            "age",
            AGE_GROUP,
        )
    age = _AGE.search(at.low, max(0, at.start - 17), at.start)
    if age and _OLD.match(at.low, at.end):
        old = _OLD.match(at.low, at.end)
        return age.start(), old.end() if old else at.end, "age", AGE_GROUP
    served = _SERVICE.search(at.low, max(0, at.start - 40), at.start)
    service = _IN_SERVICE.match(at.low, at.end)
    if at.word == "year" or not served or (service and service[0].endswith("geleden")):
        return None
    if service or re.match(
        r"(?:al|reeds|ruim|bijna|meer dan|for|almost|over|more than|dik)\b", served[0]
    ):
        return served.start(), service.end() if service else at.end, "length of service", SINCE
    return None
