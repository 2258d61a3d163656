"""The reader's language: which one this answer is in, and its words.

Texts marked with ``N_`` where they stand are translated by `gettext` where they are used.
"""

from __future__ import annotations

from functools import cache

from babel import Locale
from flask import Flask, g
from markupsafe import Markup

from dropbox.language import LANGUAGES, translator


def language() -> str:
    """Return the language of this answer."""
    return str(g.get("lang", LANGUAGES[0]))


@cache
def locale(lang: str) -> Locale:
    """Return what Babel knows of a language; by its name Babel would look it up every time."""
    return Locale.parse(lang)


def gettext(text: str, **values: object) -> str:
    """Return ``text`` in the reader's language, with its placeholders filled."""
    said = translator(language()).gettext(text)
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int) -> str:
    """Return the form that fits ``num`` in the reader's language; ``%(num)d`` is filled."""
    return translator(language()).ngettext(singular, plural, num) % {"num": num}


def _on_page(text: str, **values: object) -> Markup:
    """Return a text of a template, which is HTML; what fills its placeholders is escaped."""
    said = _html(language(), text)
    return said % values if values else said


@cache
def _html(lang: str, text: str) -> Markup:
    # Only the templates ask for it, so there are no more than the catalogue has.
    return Markup(translator(lang).gettext(text))  # noqa: S704 - the catalogue is ours


def _count_on_page(singular: str, plural: str, num: int) -> Markup:
    said = translator(language()).ngettext(singular, plural, num)
    return Markup(said) % {"num": num}  # noqa: S704 - the catalogue is ours


def teach(app: Flask) -> None:
    """Let the templates speak the reader's language.

    Raises:
        FileNotFoundError: a catalogue is missing. Without it the site would speak English
            to everyone, and not say why.
    """
    for each in LANGUAGES:
        translator(each)
    app.jinja_env.globals.update(_=_on_page, ngettext=_count_on_page)
