"""The two languages of the interface and their catalogue.

Owns the choice of a language outside the site (the site goes by its address).
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("nl", "en")
"""Languages of the interface, the first one first."""

LOCALE_DIR = Path(__file__).parent / "locale"
"""Folder with ``<language>/LC_MESSAGES/messages.mo``; English is the source itself."""


@cache
def translator(language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``language``, one of `LANGUAGES`."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("messages", LOCALE_DIR, [language])


def from_environment(environ: Mapping[str, str]) -> str:
    """Return the language that a terminal asks for: Dutch unless it says English.

    Args:
        environ: the process's environment; the first of ``MELDKLUIS_LANG``,
            ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set decides.
    """
    for name in ("MELDKLUIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "en" if value.lower().startswith("en") else "nl"
    return "nl"
