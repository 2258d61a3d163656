"""The last word: refuses an output that still names somebody, or describes too few people.

Looks at the bytes that would leave, not at what was meant: every reading of them (`readings`) is
searched for the register's names in all their forms and for direct identifiers. A refusal says
which rule and where; it never repeats the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from dropbox.errors import N_
from dropbox.export.detect import contact
from dropbox.export.lexicon import fold
from dropbox.export.readings import AS_IT_STANDS, Reading, readings
from dropbox.export.redact import Redacted, Redactor, as_text
from dropbox.export.register import Register
from dropbox.export.settings import RedactionSettings
from dropbox.export.span import MASKED
from dropbox.export.view import view

UNDECIDED = N_("line %(line)d: a description (%(kind)s) that nobody decided on")
UNREAD = N_("line %(line)d: could not be analysed: %(kind)s")
REGISTERED = N_("line %(line)d, %(how)s: a name of the register")
NAMED = N_("line %(line)d: a name")
IDENTIFIED = N_("line %(line)d, %(how)s: a direct identifier (%(kind)s)")
NAMED_FILE = N_("in the file name: a name or a direct identifier")
TOO_FEW = N_("line %(line)d: describes fewer than %(least)d people (%(circle)s)")
NOT_COUNTED = N_("line %(line)d: nobody counted the people it describes (%(circle)s)")
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

    Each part narrows the circle. Heads are counted by unit and family of roles only, so these are
    the most that it can fit; a period or a conduct never adds to them. Without a family it fits
    all counted families of the unit, without a unit those of all units.
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
        _file(file_name, redactor),
        _readable(_bare(raw, redactor), register, file_name),
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
    shown = as_text(text)
    again = redactor.analyse(shown)
    for span in again.spans:
        if span.label in MASKED:
            kind = NAMED if span.kind in {"name", "initials"} else IDENTIFIED
            extra = {} if kind is NAMED else {"how": AS_IT_STANDS, "kind": span.kind}
            yield _refusal(kind, line=_line(shown, span.start), **extra)
    for doubt in again.doubts:
        yield _refusal(UNREAD, line=_line(shown, doubt.start), kind=doubt.reason)


def _file(file_name: str, redactor: Redactor) -> Iterator[Refusal]:
    """Refuse a file name that says who it is about; its ending says nothing."""
    stem = _FILE_END.sub("", file_name)
    if stem and redactor.left(_FILE_SIGNS.sub(" ", stem)):
        yield _refusal(NAMED_FILE)


def _bare(raw: bytes, redactor: Redactor) -> bytes:
    """Return an output without its own marks: nobody is named by the tag of one."""
    try:
        return redactor.bare(raw.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return raw


def _readable(raw: bytes, register: Register, file_name: str) -> Iterator[Refusal]:
    for reading in readings(raw, file_name):
        for place in registered(reading, register):
            yield _refusal(REGISTERED, line=_line(reading.text, place), how=reading.how)
        if reading.how != AS_IT_STANDS and not reading.garbage and reading.again is None:
            for span in contact.found(view(reading.text).text):
                if span.kind in _SOLID:
                    line = _line(reading.text, span.start)
                    yield _refusal(IDENTIFIED, line=line, how=reading.how, kind=span.kind)


def registered(reading: Reading, register: Register) -> Iterator[int]:
    """Yield where a reading holds a name of the register."""
    if reading.again is not None:
        yield from register.turned(reading.text, reading.again)
    elif not reading.garbage:
        yield from (span.start for span in register.found(reading.text))
    elif register.inside(reading.text):
        place = 0
        for line in reading.text.split("\n"):
            if register.inside(line):
                yield place
            place += len(line) + 1


def _circles(
    text: str, settings: RedactionSettings, described: Iterable[Described]
) -> Iterator[Refusal]:
    """Refuse descriptions that fit too few people, or nobody knows how many."""
    circles = [(1, each) for each in described]
    circles += _mentioned(text, settings)
    for line, each in circles:
        count = _count(settings, fold(each.family), fold(each.unit))
        parts = (each.family, each.unit, each.period, each.conduct)
        circle = ", ".join(part for part in parts if part)
        if count is None:
            yield _refusal(NOT_COUNTED, line=line, circle=circle)
        elif count < settings.threshold:
            yield _refusal(TOO_FEW, line=line, least=settings.threshold, circle=circle)


def _count(settings: RedactionSettings, family: str, unit: str) -> int | None:
    """Return how many people are counted in a circle; None when nobody counted them."""
    counts = [
        count
        for (its_unit, its_family), count in settings.people.items()
        if unit in {"", its_unit} and family in {"", its_family}
    ]
    return sum(counts) if counts and (unit or family) else None


def _mentioned(text: str, settings: RedactionSettings) -> Iterator[tuple[int, Described]]:
    """Yield line, family and unit wherever a role and a unit stand in one paragraph."""
    units = {fold(unit): unit for unit in (unit for unit, _family in settings.people)}
    units |= {fold(unit): unit for unit in settings.known.units}
    if not settings.families or not units:
        return
    number = 1
    for paragraph in _PARAGRAPH_END.split(text):
        folded = f" {_BLANKS.sub(' ', fold(paragraph))} "
        named = [unit for unit in units if _stands(folded, unit)]
        if named:
            roles = [role for role in settings.families if _stands(folded, role, *_PLURALS)]
            for family in sorted({settings.families[role] for role in roles}):
                yield from ((number, Described(family, units[unit])) for unit in named)
        number += paragraph.count("\n") + 1


def _stands(folded: str, words: str, *endings: str) -> bool:
    """Tell whether words stand by themselves in a folded text, with one of the endings or none."""
    place = folded.find(words)
    while place >= 0:
        end = place + len(words)
        if not folded[place - 1 : place].isalnum():
            after = _WORD_END.match(folded, end)
            if after is not None and after[0] in {"", *endings}:
                return True
        place = folded.find(words, place + 1)
    return False


_PLURALS = ("s", "'s", "en", "n")
_WORD_END = re.compile(r"(?:'?\w)*")
_PARAGRAPH_END = re.compile(r"\n(?=[ \t\r]*\n)")
_BLANKS = re.compile(r"\s+")
_FILE_END = re.compile(r"(?:\.[A-Za-z0-9]{1,5}){1,2}$|^.*[/\\]")
_FILE_SIGNS = re.compile(r"[_.+-]")
