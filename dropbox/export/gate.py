"""The last word: refuses an output that still names somebody, or describes too few people.

Looks at the bytes that would leave, not at what was meant: every reading of them (`readings`) is
searched for the register's names in all their forms and for direct identifiers. A refusal says
which rule and where; it never repeats the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from dropbox.errors import N_
from dropbox.export.detect import contact
from dropbox.export.detect.tokens import tokens
from dropbox.export.lexicon import fold
from dropbox.export.readings import AS_IT_STANDS, readings
from dropbox.export.redact import Redacted, Redactor
from dropbox.export.register import Register
from dropbox.export.settings import RedactionSettings
from dropbox.export.span import MASKED
from dropbox.export.view import view

UNDECIDED = N_("line %(line)d: a description (%(kind)s) that nobody decided on")
UNREAD = N_("line %(line)d: could not be analysed: %(kind)s")
REGISTERED = N_("line %(line)d, %(how)s: a name of the register")
NAMED = N_("line %(line)d: a name")
IDENTIFIED = N_("line %(line)d, %(how)s: a direct identifier (%(kind)s)")
TOO_FEW = N_("line %(line)d: describes fewer than %(least)d people (%(family)s, %(unit)s)")
NOT_COUNTED = N_("line %(line)d: nobody counted the people it describes (%(family)s, %(unit)s)")
NOT_TEXT = N_("the output is not UTF-8 text")

KINDS = (
    N_("only one"),
    N_("role and since"),
    N_("role and unit"),
    N_("role and more"),
    N_("person and more"),
    N_("people and role"),
    N_("former life"),
    N_("known for"),
    N_("length of service"),
    N_("since"),
    N_("age"),
    N_("family"),
    N_("health"),
    N_("date"),
    N_("time"),
    N_("e-mail"),
    N_("phone"),
    N_("extension"),
    N_("profile"),
    N_("handle"),
    N_("account"),
    N_("licence plate"),
    N_("personnel number"),
    N_("date of birth"),
    N_("address"),
    N_("postcode"),
    N_("postbox"),
    N_("room"),
    N_("internet address"),
    N_("device"),
    N_("script"),
    N_("encoded"),
)
"""What the rooms of `detect` call their findings; here so that they can be translated."""

MOST = 200
"""Refusals of one rule that are listed; more help nobody."""

# What an encoding undone by mistake makes look like a number of another kind is not searched for.
_SOLID = frozenset({"e-mail", "phone", "IBAN", "BSN", "profile", "handle"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an output may not leave: a sentence to translate, and what fills it."""

    text: str
    params: tuple[tuple[str, int | str], ...] = ()

    def __str__(self) -> str:
        return self.text % dict(self.params)


@dataclass(frozen=True, slots=True)
class Described:
    """Whom an output describes, as the handler puts it: conduct of a role, in a unit, in a period.

    Each part narrows the circle, so the people of the unit in that family of roles are the most
    that it can fit; a period or a conduct never adds to them.
    """

    family: str
    unit: str
    period: str = ""
    conduct: str = ""


def refusals(
    raw: bytes,
    redacted: Redacted,
    redactor: Redactor,
    register: Register,
    settings: RedactionSettings,
    *,
    file_name: str = "",
    described: Iterable[Described] = (),
) -> list[Refusal]:
    """Return why an output may not leave; an empty list lets it pass.

    Args:
        raw: exactly the bytes that would leave.
        redacted: what they were made from.
        redactor: that made it; asked once more.
        register: of the case.
        settings: the threshold and the head counts.
        file_name: under which the bytes would leave.
        described: whom the handler says that it describes.
    """
    rules = (
        _undecided(redacted),
        _left(raw, redactor),
        _readable(raw, register, file_name),
        _circles(redacted.text, settings, described),
    )
    return list(dict.fromkeys(each for rule in rules for each in islice(rule, MOST)))


def _refusal(text: str, **params: int | str) -> Refusal:
    return Refusal(text, tuple(sorted(params.items())))


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _undecided(redacted: Redacted) -> Iterator[Refusal]:
    for span in redacted.shown:
        yield _refusal(UNDECIDED, line=_line(redacted.text, span.start), kind=span.kind)
    for doubt in redacted.doubts:
        yield _refusal(UNREAD, line=_line(redacted.text, doubt.start), kind=doubt.reason)


def _left(raw: bytes, redactor: Redactor) -> Iterator[Refusal]:
    """Refuse what a fresh look at the output still finds."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        yield _refusal(NOT_TEXT)
        return
    for span in redactor.left(text):
        if span.label in MASKED:
            kind = NAMED if span.kind in {"name", "initials"} else IDENTIFIED
            extra = {} if kind is NAMED else {"how": AS_IT_STANDS, "kind": span.kind}
            yield _refusal(kind, line=_line(text, span.start), **extra)


def _readable(raw: bytes, register: Register, file_name: str) -> Iterator[Refusal]:
    for reading in readings(raw, file_name):
        for span in register.found(reading.text):
            yield _refusal(REGISTERED, line=_line(reading.text, span.start), how=reading.how)
        if reading.how != AS_IT_STANDS:
            for span in contact.found(view(reading.text).text):
                if span.kind in _SOLID:
                    line = _line(reading.text, span.start)
                    yield _refusal(IDENTIFIED, line=line, how=reading.how, kind=span.kind)


def _circles(
    text: str, settings: RedactionSettings, described: Iterable[Described]
) -> Iterator[Refusal]:
    """Refuse descriptions that fit too few people, or nobody knows how many."""
    circles = [(1, fold(each.family), fold(each.unit)) for each in described]
    circles += _mentioned(text, settings)
    for line, family, unit in circles:
        count = settings.people.get((unit, family))
        if count is None:
            yield _refusal(NOT_COUNTED, line=line, family=family, unit=unit)
        elif count < settings.threshold:
            yield _refusal(TOO_FEW, line=line, least=settings.threshold, family=family, unit=unit)


def _mentioned(text: str, settings: RedactionSettings) -> list[tuple[int, str, str]]:
    """Return line, family and unit wherever a role and a unit stand in one sentence or line."""
    if not settings.families or not settings.known.units:
        return []
    units = {fold(unit): unit for unit in settings.known.units}
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        folded = f" {fold(line)} "
        words = {token.key for token in tokens(line, {})}
        families = {family for role, family in settings.families.items() if role in words}
        named = [unit for unit in units if _stands(folded, unit)]
        found += [(number, family, unit) for family in sorted(families) for unit in named]
    return found


def _stands(folded: str, unit: str) -> bool:
    place = folded.find(unit)
    while place >= 0:
        before, after = folded[place - 1 : place], folded[place + len(unit) : place + len(unit) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = folded.find(unit, place + 1)
    return False
