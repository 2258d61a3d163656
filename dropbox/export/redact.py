"""Removes what was found: the text under a mark is gone, and the mark says on what ground.

A mark is ``[5.1.2.e]``, or a role that is the same for one person through a document, such as
``[medewerker A]``. Invariants: deterministic; nothing of a masked stretch is left; what is not
masked stays as it was, character for character; redacting a redacted text changes nothing.

Source: Wet open overheid, article 5.1, lid 2, onder e (personal privacy).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import bleach

from dropbox.errors import N_, DropboxError
from dropbox.export.detect import NOTHING_ADDED, Analysis, Known, detect
from dropbox.export.lexicon import fold
from dropbox.export.register import Register
from dropbox.export.span import MASKED, PER, QUASI, Doubt, Span, merge
from dropbox.export.words import PARTICLES

GROUND = "5.1.2.e"
"""Woo, article 5.1, lid 2, onder e: respect for personal privacy."""

ROUNDS = 6
"""Readings at most until nothing more is found; two is usual."""

MAX_DOUBTS = 100
"""Doubts of one text that are kept; one is enough to refuse it."""

MOST_PARTS = 8
"""Parts of a name; what has more is a list of names, and no part of it is known for its whole."""

_PIECE = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"</p>\n<p>|<br>|</?p>|</mark>|<mark class=\"woo\">")
_TEXT_OF = {"</p>\n<p>": "\n\n", "<br>": "\n"}
_TAGS = frozenset({"p", "br", "mark"})
_ATTRIBUTES = {"mark": ["class"]}


class Unsettled(DropboxError):
    """Reading the result again and again kept finding names."""

    text = N_(
        "This text cannot be redacted by machine: each reading finds more. Redact it by hand."
    )


@dataclass(frozen=True, slots=True)
class Style:
    """What stands in the place of what is gone.

    Attributes:
        ground: of the exception in the law.
        role: a word for persons, such as ``medewerker``; empty for the ground alone.
        descriptions: also mask traceable descriptions.
    """

    ground: str = GROUND
    role: str = ""
    descriptions: bool = False

    def marks(self, roles: Iterable[str] = ()) -> re.Pattern[str]:
        """Return what matches a mark of this style, or one with a role of the register."""
        words = "|".join(
            re.escape(each) for each in sorted({self.role, *roles} - {""}, reverse=True)
        )
        # one capital, then at most figures: no name fits in a mark that a reporter typed
        lettered = rf"|(?:{words}) [A-Z](?:[2-9]|[1-9]\d+)?" if words else ""
        return re.compile(rf"\[(?:{re.escape(self.ground)}{lettered})\]")


PLAIN = Style()
"""The ground of the law on every mark."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text of which the masked parts are gone.

    Attributes:
        text: the result.
        shown: descriptions in it that nobody decided on, in its own characters.
        doubts: parts of it that could not be analysed.
        masked: number of marks that were set.
    """

    text: str
    shown: tuple[Span, ...]
    doubts: tuple[Doubt, ...]
    masked: int

    def decided(self) -> Redacted:
        """Return it with every description kept, because somebody decided so."""
        return replace(self, shown=())


class Redactor:
    """Everything that redacting one case takes.

    Args:
        lexicon: from `dropbox.export.lexicon.load`.
        register: of the case; may be empty.
        own: the organisation's own words.
        style: of the marks.
    """

    def __init__(
        self,
        lexicon: dict[str, int],
        register: Register,
        own: Known = NOTHING_ADDED,
        style: Style = PLAIN,
    ) -> None:
        self._lexicon = lexicon
        self._register = register
        self._own = own
        self._style = style
        self.marks = style.marks(person.role for person in register.persons)
        # an analysis depends on the text alone; the gate asks for the same one again
        self._last: tuple[str, Analysis] | None = None

    def analyse(self, text: str) -> Analysis:
        """Find names, identifiers and descriptions, and every form of the register's names."""
        if self._last is None or self._last[0] != text:
            self._last = (text, self._analysed(text))
        return self._last[1]

    def _analysed(self, text: str) -> Analysis:
        hidden = self._hidden(text)
        found = detect(hidden, self._lexicon, self._own)
        listed = list(self._register.found(hidden))
        if not listed:
            return found
        return Analysis(tuple(merge([*found.spans, *listed])), found.doubts)

    def left(self, text: str) -> list[Span]:
        """Return what is still to mask in a finished output, text or HTML."""
        return [span for span in self.analyse(as_text(text)).spans if self._goes(span)]

    def bare(self, text: str) -> str:
        """Return a finished output without what this program put there: its tags and marks."""
        return self._hidden(_without_tags(text))

    def _hidden(self, text: str) -> str:
        """Return the text with its marks blacked out, each character by one."""
        return self.marks.sub(lambda match: BLACK * len(match[0]), text) if "[" in text else text

    def redact(self, text: str) -> Redacted:
        """Remove what was found, and look again until there is nothing to find.

        Raises:
            Unsettled: each reading finds more; it does not end.
        """
        masked = 0
        doubts: tuple[Doubt, ...] = ()
        people = People(self._register, self._style)
        for _ in range(ROUNDS):
            analysis = self.analyse(text)
            gone = [span for span in analysis.spans if self._goes(span)]
            doubts = tuple(sorted({*doubts, *analysis.doubts}, key=_start)[:MAX_DOUBTS])
            if not gone:
                shown = tuple(span for span in analysis.spans if span.label == QUASI)
                return Redacted(text, shown, doubts, masked)
            people.learn(text[span.start : span.end] for span in gone if span.label == PER)
            marks = [people.mark(text[span.start : span.end], span) for span in gone]
            doubts = tuple(_shifted(each, gone, marks) for each in doubts)
            text = apply(text, gone, marks)
            masked += len(gone)
        raise Unsettled

    def _goes(self, span: Span) -> bool:
        return span.label in MASKED or self._style.descriptions


BLACK = "█"
"""Stands in an analysis for a character of a mark; no word, and no letter."""


def as_text(output: str) -> str:
    """Return the text that a finished output shows: itself, or what `to_html` made it of."""
    plain = _without_tags(output)
    return output if plain == output else html.unescape(plain)


def _without_tags(output: str) -> str:
    """Undo the tags of `to_html`, and of nothing else."""
    return _TAG.sub(lambda tag: _TEXT_OF.get(tag[0], ""), output) if "<p>" in output else output


def apply(text: str, gone: Sequence[Span], marks: Sequence[str]) -> str:
    """Put a mark in the place of each span.

    Args:
        text: as it was analysed.
        gone: in order and without overlap.
        marks: what to put for each.
    """
    kept: list[str] = []
    place = 0
    for span, mark in zip(gone, marks, strict=True):
        kept += [text[place : span.start], mark]
        place = span.end
    return "".join([*kept, text[place:]])


def _start(doubt: Doubt) -> int:
    return doubt.start


def _shifted(doubt: Doubt, gone: Sequence[Span], marks: Sequence[str]) -> Doubt:
    """Return a doubt where it is after the marks were set."""
    moved = [
        sum(
            len(mark) - (span.end - span.start)
            for span, mark in zip(gone, marks, strict=True)
            if span.end <= place
        )
        + place
        for place in (doubt.start, doubt.end)
    ]
    return Doubt(max(0, moved[0]), max(0, moved[1]), doubt.reason)


class People:
    """Which mark each person of a document gets: the same one all through it."""

    def __init__(self, register: Register, style: Style) -> None:
        self._style = style
        self._register = register
        self._full: set[frozenset[str]] = set()
        self._with: dict[str, set[frozenset[str]]] = {}
        self._letters: dict[frozenset[str] | int, str] = {}

    def learn(self, names: Iterable[str]) -> None:
        """Take the names that were found, so that a part is known for its whole."""
        for name in names:
            parts = _parts(name)
            if not parts or self._wholes(parts):
                continue
            for smaller in self._smaller(parts):
                self._full.discard(smaller)
                for part in smaller:
                    self._with[part].discard(smaller)
            self._full.add(parts)
            for part in parts:
                self._with.setdefault(part, set()).add(parts)

    def _wholes(self, parts: frozenset[str]) -> list[frozenset[str]]:
        """Return the names that have all these parts."""
        rarest = min((self._with.get(part, set()) for part in parts), key=len)
        return [each for each in rarest if parts <= each]

    def _smaller(self, parts: frozenset[str]) -> list[frozenset[str]]:
        """Return the names that have some of these parts and no others."""
        if len(parts) > MOST_PARTS:
            return []
        sizes = range(1, len(parts))
        some = (frozenset(each) for size in sizes for each in combinations(sorted(parts), size))
        return [each for each in some if each in self._full]

    def mark(self, name: str, span: Span) -> str:
        """Return the mark for one masked text."""
        ground = f"[{self._style.ground}]"
        if span.label != PER:
            return ground
        role = self._style.role
        numbers = self._register.who(name)
        who: int | frozenset[str] | None = min(numbers) if len(numbers) == 1 else None
        if isinstance(who, int):
            role = self._register.persons[who].role or role
        elif not numbers:
            who = self._whose(name)
        if not role or who is None:
            return ground
        letter = self._letters.setdefault(who, _letter(len(self._letters)))
        return f"[{role} {letter}]"

    def _whose(self, name: str) -> frozenset[str] | None:
        """Return whose name it is; None when it may be of two, or of nobody known."""
        parts = _parts(name)
        whose = [*self._wholes(parts), *self._smaller(parts)] if parts else []
        return whose[0] if len(whose) == 1 else None


def _parts(name: str) -> frozenset[str]:
    pieces = (fold(piece) for piece in _PIECE.findall(name))
    return frozenset(piece for piece in pieces if piece not in PARTICLES and len(piece) > 1)


def _letter(number: int) -> str:
    """Return A to Z, then A2 to Z2, and so on."""
    row, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(row + 1) if row else "")


def to_html(text: str, marks: re.Pattern[str]) -> str:
    """Return a redacted text as HTML: paragraphs, line ends and marks, and nothing else.

    Everything goes through bleach, so that no tag or attribute of the text is left.

    Args:
        text: of a `Redacted`.
        marks: matches its marks, from `Redactor.marks`.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    marked = marks.sub(
        lambda match: f'<mark class="woo">{match[0]}</mark>', html.escape(lines, quote=False)
    )
    paragraphs = re.split(r"\n{2,}", marked.strip("\n"))
    body = "\n".join("<p>" + each.replace("\n", "<br>") + "</p>" for each in paragraphs)
    return str(bleach.clean(body, tags=_TAGS, attributes=_ATTRIBUTES, strip=True)) + "\n"
