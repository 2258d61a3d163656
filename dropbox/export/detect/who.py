"""Descriptions by what somebody is at work: the only one, a role and its unit, a predecessor."""

# A pattern is easier to check in one line.
# ruff: noqa: E501

from __future__ import annotations

import re

from dropbox.export.detect import phrases, traits
from dropbox.export.detect.description import (
    FAMILY_OF_ROLE,
    LARGER_UNIT,
    LEAVE_OUT,
    ORIGIN,
    SINCE,
    WORD,
    Found,
    Word,
)

_NO_ONE = re.compile(
    r" (?:manier|reden|keer|optie|mogelijkheid|oplossing|vraag|wat|dat|ding|verschil|way|reason|time|option|thing|question|then|when|if|after|tijd|vorm|"
    r"week|weken|dag|dagen|maand|maanden|uur|jaar|jaren|twijfel|kans|bewijs|weg|zin|zorg|die ik|troost|a|an|the|it|in|on|one thing|because|fair|got|just|"
    r"voorwaarde|uitzondering|fout|uitweg|mate|moment|plek|plaats|probleem|way|place|problem|exception|point|goed|juiste|right)\b"
)
_LEADS = re.compile(
    r"(?<!\w)(?:de|het|als|onze|mijn|ons|the|our|my|is|ben|zijn|was|functie|as|jullie|die|een van de|twee|drie|of two|this)[: ]{1,2}(?:(?:twee|drie|two|one) )?$"
)
_UNIT = re.compile(
    r",? (?:van|bij|in|voor|op|of|at|for|from|binnen|within|aan)(?: (?:de|het|ons|onze|the|our|een|dit|deze|this|mijn|my|a))? [^\W_][^.,;:!?()\n]{1,60}"
)
_SINCE = re.compile(r",? (?:sinds|vanaf|since) [^.,;:!?\n]{2,40}")
_WHO = re.compile(r",? ?(?:[^\W\d_]+ ){0,2}(?:die|who|that|whose)\b [^.,;:!?\n]{3,70}")
_WITH = re.compile(
    r" (?:met|with|zonder|without|uit|from) (?!(?:mij|me|ons|hem|haar|elkaar|him|her|us|them|it|you)\b)(?:(?:de|het|een|the|a|an|die|zijn|haar|his|her) )?[^\W_][^.,;:!?()\n]{2,40}"
)
_UNIT_WORD = re.compile(
    r"(?: (?:[A-Z][\w-]*(?:ing|heid|zaken|beheer|werken|dienst|bureau|schap|recht|kunde|zorg|bouw|handel|toezicht|ruimte|leven|welzijn|school|haven|park|groen|reiniging|advies|beleid|verkeer)|"
    r"Wonen|Zorg|Werk|Inkomen|Parkeren|Zuidoost|Noord|West|Oost|Zuid|Centrum|Nieuw-West|Weesp|Openbare|Ruimte|Sport|Jeugd|Onderwijs|Economie|Cultuur|Bestuur|Personeel|Juridische|Grond|Ontwikkeling|Aanpak|"
    r"Financiën|Communicatie|Inkoop|ICT|HR|HRM|Kunst|Erfgoed|Riolering|Metro|Tram|Water|Wegen|Groen|Afval|Milieu|Duurzaamheid|Diversiteit|Integriteit|Informatie|Data|Inning|Schulden|Facilitair|Programma|Participatie|Housing|Legal|Finance|Communications|Planning|Parking|Transport)){1,3}(?: [A-Z][\w-]+| en [A-Z][\w-]+)*(?![\w])"
)
_COMPOUND = re.compile(
    r" (?!(?:die|dat|van|bij|en|of|is|was|in|op|met|aan|the|and)\b)[a-zà-ÿ]{6,25} (?=(?:in|bij|van|op|voor) (?:team|afdeling|de|het)\b)"
)


def only(at: Word) -> Found | None:
    """Return "de enige …" with its article, to the end of what belongs to it."""
    if _NO_ONE.match(at.low, at.end):
        return None
    lead = _LEADS.search(at.low, max(0, at.start - 26), at.start)
    end = phrases.tail(at.low, at.end)
    if end - at.end < 4:
        return None
    rest = WORD.findall(at.low[at.end : end])[:3]
    who = any(word in traits.PEOPLE or word in traits.MEN or traits.is_role(word) for word in rest)
    if not lead and not who:
        return None
    if (
        at.word == "only"
        and not who
        and not (lead and lead[0].startswith(("the", "our", "my", "as")))
    ):
        return None
    start = phrases.lead(at.low, at.start)
    if lead and lead[0].startswith("als"):
        start = lead.start()
    return start, end, "only one", LEAVE_OUT


def first(at: Word) -> Found | None:
    """Return "de eerste Afghaanse inspecteur": first of a people or in a role."""
    end = phrases.tail(at.low, at.end)
    rest = WORD.findall(at.low[at.end : end])[:2]
    if not rest or not any(
        word in traits.PEOPLE
        or traits.is_role(word)
        or (word in traits.MEN and word not in _GENERAL)
        for word in rest
    ):
        return (
            rest
            and rest[0].startswith("overgebl")
            and (phrases.lead(at.low, at.start), end, "only one", LEAVE_OUT)
        ) or None
    return phrases.lead(at.low, at.start), end, "only one", LEAVE_OUT


_GENERAL = frozenset(
    {"man", "vrouw", "iemand", "degene", "collega", "mens", "moeder", "vader", "person", "persoon"}
)


def role(at: Word) -> Found | None:
    """Return a role with what makes it one person's: since when, where, who."""
    start = phrases.lead(at.low, at.start)
    if at.text[at.start].isupper() and _SURNAME.match(at.word):
        return None
    for kind, rest, suggestion in (
        ("role and since", _SINCE, SINCE),
        ("role and unit", _UNIT, LARGER_UNIT),
        ("role and more", _WHO, FAMILY_OF_ROLE),
        ("role and more", _WITH, FAMILY_OF_ROLE),
    ):
        match = rest.match(at.low, at.end)
        if match:
            end = phrases.tail(at.low, at.end)
            if end - at.end > 6:
                return start, end, kind, suggestion
    unit = _UNIT_WORD.match(at.text, at.end) or _COMPOUND.match(at.low, at.end)
    if unit:
        return (
            start,
            max(unit.end(), phrases.tail(at.low, unit.end())),
            "role and unit",
            LARGER_UNIT,
        )
    if at.before in traits.PEOPLE or at.earlier in traits.PEOPLE:
        return start, at.end, "people and role", ORIGIN
    return None


_SURNAME = re.compile(
    r"(?:kok|meester|bode|schipper|baas|gids|imam|agent|veger|cook|porter|steward|guard|head|clerk|kapper)$"
)


def person(at: Word) -> Found | None:
    """Return a person with where from, with what, or of which people."""
    start = phrases.lead(at.low, at.start)
    led = start < at.start or at.word in {"degene", "diegene"}
    rest = _WITH.match(at.low, at.end) or (_WHO.match(at.low, at.end) if led else None)
    if rest and led and not _VAGUE.match(at.low, start):
        end = phrases.tail(at.low, at.end)
        if end - at.end > 8:
            return start, end, "person and more", LEAVE_OUT
    if at.before in traits.PEOPLE and at.before not in _SEX:
        place = _UNIT.match(at.low, at.end)
        return start, phrases.tail(at.low, at.end) if place else at.end, "people and role", ORIGIN
    return None


_VAGUE = re.compile(
    r"(?:een|a|an) (?:collega|man|vrouw|persoon|mens|person|colleague|woman) (?:die|who|that) (?:zei|said|vroeg|asked|naar|to)\b"
)
_SEX = frozenset({"vrouwelijke", "mannelijke", "female", "male"})


def former(at: Word) -> Found | None:
    """Return a former role: "de oud-marinier uit Den Helder"."""
    after = WORD.match(at.low, at.end + 1)
    glued = at.word.startswith(("ex-", "oud-"))
    if not glued and not (after and (traits.is_role(after[0]) or after[0] in traits.MEN)):
        return None
    head = at.end if glued or not after else after.end()
    rest = re.match(r" (?:van|uit|bij|of|from|at|die|who|met)\b", at.low[head : head + 8])
    return (
        phrases.lead(at.low, at.start),
        phrases.tail(at.low, head) if rest else head,
        "former life",
        LEAVE_OUT,
    )


def now(at: Word) -> Found | None:
    """Return who holds or takes over a role: "de nieuwe teamleider", "waarnemend voorman"."""
    after = WORD.match(at.low, at.end + 1)
    if not after or not traits.is_role(after[0]):
        after = WORD.match(at.low, after.end() + 1) if after and at.word in _ACTING else None
        if not after or not traits.is_role(after[0]):
            return None
    return (
        phrases.lead(at.low, at.start),
        phrases.tail(at.low, after.end()),
        "role and more",
        FAMILY_OF_ROLE,
    )


_ACTING = frozenset(
    ["interim", "waarnemend", "plaatsvervangend", "vervangend", "acting", "deputy", "adjunct"]
)


def heir(at: Word) -> Found | None:
    """Return a description that begins with a word of its kind."""
    start = phrases.lead(at.low, at.start)
    rest = re.match(r",? (?:van|of|die|who|net|uit|from|op|een)\b", at.low[at.end : at.end + 8])
    if start == at.start:
        return None
    comma = at.end + 1 if at.low[at.end : at.end + 1] == "," and rest else at.end
    return start, phrases.tail(at.low, comma) if rest else at.end, "role and more", FAMILY_OF_ROLE


def roots(at: Word) -> Found | None:
    """Return a description that begins with a word of its kind."""
    if at.before not in traits.PEOPLE:
        return None
    lead = re.search(
        r"\b(?:met|van|with|of|mijn|zijn|haar|her|his|my)(?: (?:een|a))? $",
        at.low[max(0, at.start - len(at.before) - 12) : at.start - len(at.before) - 1],
    )
    start = at.start - len(at.before) - 1
    return start - (len(lead[0]) if lead else 0), at.end, "people and role", ORIGIN
