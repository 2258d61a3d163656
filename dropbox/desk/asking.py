"""Finds where a handler's text asks a reporter who or where they are.

The reporter keeps the choice to stay unknown: "Ik zal ze niet vragen om uit de anonimiteit te
stappen". Pure. Invariants: it warns and forbids nothing; a text in one language is looked at
with the words of all; it looks at a handler's own text only, never at a reporter's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

IDENTITY, CONTACT, PLACE, MEETING = "identity", "contact", "place", "meeting"

_YOUR_NL = r"(?:je|jouw|uw)"
_YOU_NL = r"(?:je|jij|jou|u)"
_NAME_NL = r"(?:volledige |eigen |echte |hele )?(?:voor-? ?en achter|voor|achter|roep)?naam"
_TELL_NL = r"(?:zeg|vertel|geef|noem|meld|schrijf|stuur|mail|deel|laat)"
_CALL_NL = r"(?:bellen|terugbellen|opbellen|telefoneren|appen|whatsappen|sms'?en|mailen|e-mailen)"
_REACH_NL = r"(?:telefoonnummer|mobiele nummer|06-?nummer|nummer|e-?mail(?:adres)?|mailadres|adres)"
_WORK_NL = r"(?:afdeling|team|directie|dienst|locatie|kantoor|stadsdeel|gebouw|functie|rol)"
_MEET_NL = (
    r"(?:ontmoeten|afspreken|langskomen|langs te komen|langs komen|spreken we af|af te spreken)"
)
_NAME_EN = r"(?:(?:full|real|own|first|last) )?names?"
_REACH_EN = r"(?:(?:tele)?phone(?: number)?|mobile(?: number)?|number|e-?mail(?: address)?|address)"
_TELL_EN = r"(?:tell|give|send|share|write|let|leave|provide)"
_WORK_EN = r"(?:department|team|unit|office|location|building|directorate|desk|job|position|role)"

_PATTERNS = {
    IDENTITY: (
        rf"\bwie (?:ben|bent) {_YOU_NL}\b",
        (
            rf"\b(?:wat is|hoe luidt|mag ik|mogen we|graag|zo"
            rf"nder|we willen|ik wil) {_YOUR_NL} {_NAME_NL}\b"
        ),
        rf"\b{_TELL_NL}\b(?! niet)[^.?!\n]{{0,30}}\b{_YOUR_NL} {_NAME_NL}\b",
        rf"\bhoe heet {_YOU_NL}\b",
        rf"\bwie {_YOU_NL} (?:bent|ben)\b",
        (
            rf"\b(?:uit de anonimiteit|{_YOUR_NL} anonimite"
            rf"it (?:op|los|prijs)|{_YOUR_NL} identiteit)\b"
        ),
        r"\b(?:niet (?:langer )?anoniem (?:blijven|te blijven|zijn)|bekend ?(?:te )?maken wie)\b",
        r"\bmaak (?:je|jezelf|u|uzelf) bekend\b",
        r"\bwho (?:are you|you are)\b",
        rf"\b(?:what(?:'s| is)|may (?:i|we) (?:have|know)|need|want|know|state) your {_NAME_EN}\b",
        rf"\b{_TELL_EN}\b(?! not)[^.?!\n]{{0,30}}\byour {_NAME_EN}\b",
        r"\b(?:your identity|reveal yourself|identify yourself|give up your anonymity)\b",
        r"\b(?:step out of|leave|drop) (?:your )?anonymity\b",
        r"\bnot (?:remain|stay|be) anonymous\b",
    ),
    CONTACT: (
        rf"\b(?:kun|kan|kunt|wil|wilt|zou) {_YOU_NL}\b[^.?!\n]{{0,30}}\b{_CALL_NL}\b",
        (
            rf"\b(?:kunnen|mogen|willen) (?:we|wij)\b[^.?!\n]{{0,20}}"
            rf"\b{_YOU_NL}\b[^.?!\n]{{0,20}}\b{_CALL_NL}\b"
        ),
        rf"\b(?:kan|mag|wil) ik\b[^.?!\n]{{0,20}}\b{_YOU_NL}\b[^.?!\n]{{0,20}}\b{_CALL_NL}\b",
        r"\b(?:bel|mail|app|sms) (?:me|mij|ons)\b",
        (
            rf"\b(?:wat is|op welke?|mag ik|mogen we|graag|{_TELL_NL})\b"
            rf"[^.?!\n]{{0,30}}\b{_YOUR_NL} {_REACH_NL}\b"
        ),
        rf"\b(?:op welk|onder welk) {_REACH_NL}\b",
        rf"\bhoe (?:kunnen we|kan ik) {_YOU_NL}\b[^.?!\n]{{0,20}}\bbereiken\b",
        rf"\bwaar(?:op)? (?:ben|bent) {_YOU_NL}\b[^.?!\n]{{0,20}}\bbereikbaar\b",
        r"\b(?:can|could|will|would) you (?:please )?(?:call|phone|ring|e-?mail|text) (?:me|us)\b",
        r"\b(?:please )?(?:call|phone|ring|e-?mail|text) (?:me|us)\b",
        r"\b(?:can|could|may) (?:i|we) (?:call|phone|ring|e-?mail|text|reach) you\b",
        (
            rf"\b(?:what(?:'s| is)|{_TELL_EN}|need|may (?:i|we) have)\b"
            rf"[^.?!\n]{{0,30}}\byour {_REACH_EN}\b"
        ),
        r"\bhow (?:can|could|may) (?:i|we) (?:reach|contact) you\b",
        r"\bcontact details\b",
        r"\bcontactgegevens\b",
    ),
    PLACE: (
        (
            rf"\b(?:op|bij|in|voor|van) welke? {_WORK_NL}\b"
            rf"[^.?!\n]{{0,20}}\b(?:werk|zit|ben|hoor|heb)\w*\b"
        ),
        rf"\b(?:wat is|welke is) {_YOUR_NL} {_WORK_NL}\b",
        rf"\bwaar (?:werk|werkt|zit) {_YOU_NL}\b",
        rf"\bwie is {_YOUR_NL} (?:leidinggevende|chef|manager|baas|teamleider)\b",
        rf"\b(?:which|what) {_WORK_EN} (?:do|are) you\b",
        rf"\bwhat(?:'s| is) your {_WORK_EN}\b",
        r"\bwhere (?:do you|are you) work(?:ing)?\b",
        r"\bwho is your (?:manager|supervisor|boss|team leader)\b",
    ),
    MEETING: (
        (
            rf"\b(?:kunnen we|kun je|kunt u|wil je|wilt u|zullen we|laten we)\b"
            rf"[^.?!\n]{{0,40}}\b{_MEET_NL}\b"
        ),
        r"\bkom\b[^.?!\n]{0,20}\blangs\b",
        (
            r"\b(?:persoonlijk|face[- ]to[- ]face|in levenden "
            r"lijve) (?:gesprek|spreken|ontmoeten|afspreken)\b"
        ),
        r"\b(?:videobellen|beeldbellen|teams-?gesprek)\b",
        r"\bmeet (?:me|us|you|up)?\s*(?:in person|face[- ]to[- ]face|at|for)\b",
        r"\b(?:can|could|shall|would you like to|let us|let's) (?:we )?meet\b",
        r"\b(?:in person|face[- ]to[- ]face|video ?call)\b",
        r"\bcome (?:and )?(?:see|visit) (?:me|us)\b",
    ),
}

_COMPILED = {kind: re.compile("|".join(found), re.IGNORECASE) for kind, found in _PATTERNS.items()}

_NOT = re.compile(
    r"\b(?:niet|nooit|geen|hoeft?|zonder dat)\b|\b(?:not|never|need not|no need|without|won't)\b"
    r"|\bn't\b|\w+n't\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.?!\n]")


@dataclass(frozen=True)
class Stretch:
    """Where a text asks: ``start`` and ``end`` as of a slice, and what for."""

    start: int
    end: int
    kind: str


def stretches(text: str) -> list[Stretch]:
    """Return where ``text`` asks for identity, contact, workplace or a meeting, in order.

    A sentence that says what somebody need not do is left alone, unless it is a question.
    """
    found = sorted(_all(text), key=lambda each: (each.start, -each.end))
    return [
        each
        for before, each in pairwise([Stretch(-1, -1, ""), *found])
        if each.start >= before.end and not _denied(text, each)
    ]


def _all(text: str) -> Iterator[Stretch]:
    # Typographic apostrophes are typed by phones and word processors alike.
    plain = text.replace("’", "'")
    for kind, pattern in _COMPILED.items():
        for match in pattern.finditer(plain):
            yield Stretch(match.start(), match.end(), kind)


def _denied(text: str, found: Stretch) -> bool:
    begin = max((m.end() for m in _SENTENCE.finditer(text, 0, found.start)), default=0)
    ending = _SENTENCE.search(text, found.end)
    if ending is not None and ending[0] == "?":
        return False
    return _NOT.search(text[begin : found.start]) is not None


def parts(text: str) -> list[tuple[str, str]]:
    """Return the text in pieces, each with what it asks for, empty for the pieces between."""
    pieces, reached = [], 0
    for each in stretches(text):
        pieces += [(text[reached : each.start], ""), (text[each.start : each.end], each.kind)]
        reached = each.end
    return [piece for piece in [*pieces, (text[reached:], "")] if piece[0]]
