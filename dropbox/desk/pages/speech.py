"""The handler's language: which one this answer is in, and its words.

Texts marked with ``N_`` where they stand are translated by `gettext` where they are used.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g
from markupsafe import Markup

from dropbox.desk.screen import as_html, line
from dropbox.errors import DropboxError
from dropbox.language import LANGUAGES, line_of, translator


def language() -> str:
    """Return the language of this answer."""
    return str(g.get("lang", LANGUAGES[0]))


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(lang)


def gettext(text: str, **values: object) -> str:
    """Return ``text`` in the handler's language, with its placeholders filled."""
    said = translator(language()).gettext(text)
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int) -> str:
    """Return the form that fits ``num`` in the handler's language; ``%(num)d`` is filled."""
    return translator(language()).ngettext(singular, plural, num) % {"num": num}


def words_of(error: DropboxError | OSError) -> str:
    """Return an error's one line in the handler's language."""
    return line_of(error, language())


def day(value: date) -> str:
    """Write a day in words, such as 21 november 2026."""
    return format_date(value, "d MMMM y", locale=_locale(language()))


def number(value: int) -> str:
    """Write a number as the language does: 20.000 or 20,000."""
    return format_decimal(value, locale=_locale(language()))


def stranger(text: str) -> Markup:
    """Return a stranger's text as an element's content: see `screen.as_html`."""
    return Markup(as_html(text))  # noqa: S704 - cleaned there


def _on_page(text: str, **values: object) -> Markup:
    """Return a text of a template, which is HTML; what fills its placeholders is escaped."""
    said = Markup(translator(language()).gettext(text))  # noqa: S704 - the catalogue is ours
    return said % values if values else said


def _count_on_page(singular: str, plural: str, num: int) -> Markup:
    said = translator(language()).ngettext(singular, plural, num)
    return Markup(said) % {"num": num}  # noqa: S704 - the catalogue is ours


def teach(app: Flask) -> None:
    """Let the templates speak the handler's language.

    Raises:
        CatalogueMissing: without it the desk would speak English and not say why.
    """
    for each in LANGUAGES:
        translator(each)
    app.jinja_env.globals.update(
        {"_": _on_page, "ngettext": _count_on_page, "day": day, "number": number}
    )
    app.jinja_env.filters.update(stranger=stranger, stranger_line=line)
