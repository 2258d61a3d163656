"""Evidence of repetition: a name once found is found everywhere, in every form.

Forms: each part alone, a possessive, lower case and capitals, one letter wrong, parts written as
one word, and the initials of a full name. A part that is also an ordinary word (Hoop) is found
again only where it has a capital, or in writing that has none beside another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dropbox.export.detect.joined import is_joined
from dropbox.export.detect.standing import is_verb
from dropbox.export.detect.tokens import LOWER, UPPER, Token
from dropbox.export.letters import one_apart, shorter
from dropbox.export.lexicon import BOTH, COMMON_EN, COMMON_NL, LAST, OWN, SAFE, WEAK, WORD, fold
from dropbox.export.words import (
    DETERMINERS,
    NO_SURNAME,
    PARTICLES,
    PERSON_CUES,
    PERSON_VERBS,
    ROLES,
    SPEECH,
    TITLES,
    UNIT_CUES,
)

LEAST = 3
"""Letters of a name part that is looked for by itself."""
LEAST_SLIP = 5
"""Letters of a name part that is also looked for with one letter wrong."""

_LEADS = (
    PERSON_CUES
    | PERSON_VERBS
    | {"is", "was", "of", "en", "tegen", "van", "met", "door", "aan", "bij", "voor", "zonder"}
)
_SUBJECTS = frozenset(
    {"ik", "je", "jij", "u", "hij", "ze", "zij", "we", "wij", "jullie", "die", "wie", "men", "er"}
    | {"i", "you", "he", "she", "they", "to", "te", "niet", "not", "don't", "en", "and"}
)
_TO_PERSONS = frozenset(
    {"met", "tegen", "van", "bij", "aan", "door", "volgens", "voor", "naar", "over", "zonder"}
    | {"zei", "zegt", "vroeg", "with", "from", "told", "asked", "by"}
)
_UNITS = frozenset(
    [
        "ab",
        "asd",
        "bo",
        "boa",
        "bv",
        "ca",
        "cda",
        "cu",
        "db",
        "dp",
        "dt",
        "eu",
        "fg",
        "gd",
        "ggd",
        "gl",
        "gs",
        "hr",
        "hrm",
        "ib",
        "ic",
        "ict",
        "it",
        "kcc",
        "mt",
        "om",
        "or",
        "ot",
        "rve",
        "sd",
        "uwv",
        "vvd",
    ]
)
"""Units that do what persons do."""
CUT = "cut short"
SURE = frozenset({"speaker", "title", "greeting", "signature", "explained", "nickname"})
"""Reasons of `detect` for which a word is a name wherever grammar allows."""
_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_TAILS = ("'s", "s", "'", "tje", "je")


class Names:
    """The name parts that a document was found to hold.

    Attributes:
        parts: folded parts; ``wordlike`` those that are ordinary words as well;
            ``sure`` those that stood where no word can, such as before what a speaker says;
        ``cuts`` the first letters of speakers, by which friends call them.
    """

    def __init__(self, lexicon: Mapping[str, int]) -> None:
        self._lexicon = lexicon
        self.parts: set[str] = set()
        self.wordlike: set[str] = set()
        self.sure: set[str] = set()
        self._slips: dict[str, set[str]] = {}
        self._initials: set[str] = set()
        self.cuts: set[str] = set()

    def learn(self, name: str) -> None:
        """Take a name that was found, as written."""
        pieces = [fold(piece) for piece in _PIECE.findall(name)]
        kept = [piece for piece in pieces if piece not in PARTICLES and len(piece) >= 2]
        for piece in kept:
            self._add(piece)
        if name.isupper() and name.isalpha() and len(name) <= LEAST:
            self._initials.add(pieces[0])
        if len(kept) > 1 and all(len(piece) > 1 for piece in kept):
            self._initials.add("".join(piece[0] for piece in kept))
            self._initials.add("".join(piece[0] for piece in pieces))

    def _add(self, piece: str) -> None:
        for tail in ("'s", "s"):
            stem = piece.removesuffix(tail)
            if stem != piece and self._lexicon.get(stem, 0) & OWN:
                piece = stem
                break
        office = piece in ROLES or piece in TITLES
        doubtful = len(piece) < LEAST or (office and not self._lexicon.get(piece, 0) & LAST)
        if doubtful and (len(piece) < 2 or self._lexicon.get(piece, 0) & (WORD | WEAK)):
            return
        if piece in self.parts:
            return
        self.parts.add(piece)
        flags = self._lexicon.get(piece, 0)
        word = flags & (WORD | WEAK) and not flags & OWN
        if (
            word
            or (flags and len(piece) < LEAST)
            or (not flags and is_joined(piece, self._lexicon))
        ):
            self.wordlike.add(piece)
        elif len(piece) >= LEAST_SLIP:
            for form in shorter(piece):
                self._slips.setdefault(form, set()).add(piece)

    def has(self, token: Token) -> str:
        """Return why a word is a name found before, or nothing."""
        key = token.key
        if key in self.parts:
            return "repeated" if self._stands(token, key) else ""
        if token.upper and self._as_initials(token):
            return "repeated: initials"
        if len(key) < LEAST or (
            token.flags & (WORD | WEAK | SAFE) and (token.first or not token.capital)
        ):
            return ""
        for tail in _TAILS:
            stem = key.removesuffix(tail)
            if stem != key and stem in self.parts:
                return "repeated: possessive" if self._stands(token, stem) else ""
        if token.flags & (WORD | WEAK | SAFE):
            return ""
        if self._is_slip(key):
            return "repeated: a letter wrong"
        return "repeated: in one word" if self._is_glued(key) else ""

    def could_be(self, token: Token) -> bool:
        """Tell whether capitals that mean something else too are the initials of a full name."""
        return (
            token.upper and token.cased and token.key in self._initials and token.key not in _UNITS
        )

    def _stands(self, token: Token, key: str) -> bool:
        """Tell whether a part that is also a word stands as a name here."""
        if key not in self.wordlike:
            return True
        if token.capital and token.cased:
            return not token.first or key not in NO_SURNAME
        return False

    def _as_initials(self, token: Token) -> str:
        if token.upper and token.cased and not token.flags and token.key in self._initials:
            return "repeated: initials"
        return ""

    def _is_slip(self, key: str) -> bool:
        if len(key) < LEAST_SLIP - 1 or not self._slips:
            return False
        slips = self._slips
        return any(
            form in slips and any(one_apart(key, name) for name in slips[form])
            for form in shorter(key)
        )

    def _is_glued(self, key: str) -> bool:
        if len(key) < 2 * LEAST:
            return False
        return any(
            key[:cut] in self.parts and key[cut:] in self.parts
            for cut in range(LEAST, len(key) - LEAST + 1)
        )


def mark(found: list[Token], names: Names) -> None:
    """Set `name` on every word that is part of a name found before."""
    for place, token in enumerate(found):
        if token.name:
            continue
        reason = names.has(token)
        if not reason and token.mode in {LOWER, UPPER} and token.key in names.wordlike:
            reason = _beside(found, place)
            if not reason and token.key in names.sure:
                reason = _voted(found, place)
        if not reason and token.key in names.cuts:
            reason = _cut(found, place)
        if not reason and names.could_be(token) and _as_someone(found, place):
            reason = "repeated: initials"
        if reason:
            token.take(reason)


def _cut(found: list[Token], place: int) -> str:
    """Judge the first letters of a speaker in chat: "schrijf op kas.", "vraag het aan kas"."""
    token = found[place]
    frequent = token.flags & (COMMON_NL | COMMON_EN) or token.key in NO_SURNAME
    if frequent or token.cased or token.gap not in {" ", ", "}:
        return ""
    led = found[place - 1].key if place and not token.first else ""
    if led in DETERMINERS or led in PARTICLES:
        return "repeated" if led in _TO_PERSONS and _is_called(found, place) else ""
    return "repeated" if led in _TO_PERSONS or _is_called(found, place) else ""


def _is_called(found: list[Token], place: int) -> bool:
    """Tell whether a sentence or line ends after a word, or goes on after a comma."""
    after = found[place + 1] if place + 1 < len(found) else None
    return after is None or after.first or after.line or after.gap[:1] in {",", ".", "!", "?"}


def _as_someone(found: list[Token], place: int) -> bool:
    """Tell whether capitals do, or undergo, what persons do: "NA belt terug", "volgens NA"."""
    led = found[place - 1].key if place and not found[place].first else ""
    if (led in DETERMINERS and led not in {"dat", "that"}) or led in UNIT_CUES:
        return False
    after = found[place + 1] if place + 1 < len(found) else None
    acts = (
        after is not None
        and after.gap == " "
        and (after.key in PERSON_VERBS or after.key in SPEECH)
    )
    return acts or led in _TO_PERSONS or led in SPEECH


def _beside(found: list[Token], place: int) -> str:
    """Judge a name that is a word, in writing without capitals, by what stands beside it."""
    token = found[place]
    previous = found[place - 1] if place else None
    after = found[place + 1] if place + 1 < len(found) else None
    if token.mode == LOWER and not token.first and _is_person(token, previous):
        return "repeated"
    if token.key in NO_SURNAME or (previous is not None and previous.key in DETERMINERS):
        return ""
    acts = after is not None and after.gap == " " and is_verb(after)
    titled = previous is not None and (
        previous.name
        or previous.key in TITLES
        or previous.key in ROLES
        or previous.key in PERSON_CUES
    )
    return "repeated" if acts or titled or token.first else ""


def _voted(found: list[Token], place: int) -> str:
    """Judge a word that is surely a person elsewhere: it is one here, unless grammar forbids."""
    token = found[place]
    led = found[place - 1].key if place and not token.first else ""
    after = found[place + 1] if place + 1 < len(found) else None
    if token.mode != LOWER or led in DETERMINERS or led in _SUBJECTS:
        return ""
    if token.key not in NO_SURNAME:
        return "repeated" if token.gap in {" ", ", "} else ""
    follows = after is not None and after.gap == " " and after.key in PERSON_VERBS
    return "repeated" if token.gap == " " and (led in _TO_PERSONS or (led and follows)) else ""


def _is_person(token: Token, previous: Token | None) -> bool:
    """Tell whether a noun that is a known surname stands as one: "t was kok", not "de kok"."""
    if not token.flags & LAST or not token.flags & BOTH or token.key in NO_SURNAME:
        return False
    if previous is None or token.gap not in {" ", ", "}:
        return False
    return previous.key in _LEADS


def read(names: Names, found: list[Token]) -> None:
    """Let ``names`` learn which words stood where no word can."""
    for place, token in enumerate(found):
        if (
            token.name
            and token.reason == CUT
            and len(token.key) > 1
            and token.key not in names.parts
        ):
            names.parts.add(token.key)
            names.wordlike.add(token.key)
        if token.name and token.line and _speaks(found, place):
            names.cuts.update(token.key[:size] for size in range(LEAST, len(token.key) - 1))
        if token.name and token.reason in SURE and token.key in names.parts:
            names.sure.add(token.key)


def _speaks(found: list[Token], place: int) -> bool:
    """Tell whether a colon follows a name that opens a line."""
    return place + 1 < len(found) and found[place + 1].gap.startswith(":")


def learn(names: Names, found: Iterable[str]) -> Names:
    """Let ``names`` learn every name in ``found`` and return it."""
    for name in found:
        names.learn(name)
    return names
