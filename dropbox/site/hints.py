"""A gentle look for an e-mail address or phone number in an anonymous story.

It points, it never refuses and never changes a text; what it misses is no promise.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ .\-/()]{0,2}\d){8,13}(?!\w)")
_PHONE_STARTS = ("0", "+")


def has_email(text: str) -> bool:
    """Tell whether something in ``text`` looks like an e-mail address."""
    return _EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    """Tell whether something in ``text`` looks like a phone number, Dutch or with a country."""
    return any(found[0].startswith(_PHONE_STARTS) for found in _PHONE.finditer(text))
