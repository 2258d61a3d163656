"""What a reporter typed, looked at: whether it shows anything at all."""

from __future__ import annotations

import unicodedata

_UNSEEN_KINDS = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))
_UNSEEN = frozenset("\ufffd\u034f\u115f\u1160\u2800\u3164\uffa0")
"""Fillers, joiners and blanks that Unicode counts as letters, marks or symbols."""


def is_blank(text: str | None) -> bool:
    """Tell whether a text shows nothing: only spaces, controls and invisible characters."""
    return all(
        unicodedata.category(sign) in _UNSEEN_KINDS
        or sign in _UNSEEN
        or unicodedata.name(sign, "").startswith("VARIATION SELECTOR")
        for sign in text or ""
    )
