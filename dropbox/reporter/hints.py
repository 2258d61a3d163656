"""A gentle look for an e-mail address or phone number in an anonymous story.

It points, it never refuses and never changes a text; what it misses is no promise.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_DATE = re.compile(
    r"(?<![\d+])(?:0?[1-9]|[12]\d|3[01])(?P<mark>[-./])(?:0?[1-9]|1[0-2])(?P=mark)"
    r"(?:(?:19|20)\d\d|\d\d(?=,?[ ]{1,3}(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d)))(?!\d)"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_PHONE = re.compile(
    rf"(?<![\w+])(?:\+|00)?\d(?:[ \u00a0\u202f.\-{_DASHES}/()]{{0,3}}\d){{8,13}}(?!\w)"
)
_PHONE_STARTS = ("0", "+")
_DIGITS_OF_A_PHONE = re.compile(r"\d(?:\D{0,3}\d){8}")
"""In every phone number, and in few texts: it saves the closer look."""


def has_email(text: str) -> bool:
    """Tell whether something in ``text`` looks like an e-mail address."""
    return "@" in text and _EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    """Tell whether something in ``text`` looks like a phone number, Dutch or with a country."""
    if not _DIGITS_OF_A_PHONE.search(text):
        return False
    # A date with its year is no part of a number; a letter in its place keeps others apart.
    left = _DATE.sub("x", text)
    return any(found[0].startswith(_PHONE_STARTS) for found in _PHONE.finditer(left))
