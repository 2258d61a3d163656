"""Direct identifiers: what leads to one person by itself, without a name.

E-mail (`mail`), profiles and handles (`online`), all that is written in figures (`figures`: phone,
BSN, IBAN, licence plate, personnel number, address, room, date of birth, machine), and numbers in
words (`spoken`). Numbers of cases and of files stay readable.
"""

from __future__ import annotations

from collections.abc import Iterator

from dropbox.export.detect import again, births, cues, figures, mail, online, spoken, tables
from dropbox.export.detect.shapes import is_bsn, is_iban
from dropbox.export.span import CONTACT, Span

__all__ = ["KINDS", "found", "is_bsn", "is_iban", "small"]

KINDS = frozenset(
    {
        "e-mail",
        "profile",
        "handle",
        "IBAN",
        "postbox",
        "address",
        "internet address",
        *(
            kind
            for kind in cues.CUES.values()
            if kind not in {cues.FLEET, cues.PASS, cues.NUMBER, cues.NOBODY}
        ),
    }
)
"""Every kind of direct identifier that is told apart."""


def found(text: str) -> Iterator[Span]:
    """Yield direct identifiers in a view's text."""
    low = small(text)
    yield from mail.found(low)
    yield from online.found(low)
    yield from spoken.found(low)
    whole = figures.mended(text)
    if whole != text:
        low = small(whole)
    for start, end in births.spoken(low):
        yield Span(start, end, CONTACT, cues.BIRTH, f"contact: {cues.BIRTH}", 0.9)
    known = list(figures.found(whole, low))
    yield from known
    yield from again.found(whole, known)
    yield from tables.found(low)


def small(text: str) -> str:
    """Return a text in small letters, character for character."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
