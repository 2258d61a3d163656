"""The reader's language: which one this answer is in, and its words.

Texts marked with ``N_`` where they stand are translated by `gettext` where they are used.
"""

from __future__ import annotations

from flask import Flask, g

from dropbox.language import LANGUAGES, translator


def language() -> str:
    """Return the language of this answer."""
    return str(g.get("lang", LANGUAGES[0]))


def gettext(text: str, **values: object) -> str:
    """Return ``text`` in the reader's language, with its placeholders filled."""
    said = translator(language()).gettext(text)
    return said % values if values else said


def ngettext(singular: str, plural: str, num: int) -> str:
    """Return the form that fits ``num`` in the reader's language; ``%(num)d`` is filled."""
    return translator(language()).ngettext(singular, plural, num) % {"num": num}


def teach(app: Flask) -> None:
    """Let the templates speak the reader's language.

    Raises:
        FileNotFoundError: a catalogue is missing. Without it the site would speak English
            to everyone, and not say why.
    """
    for each in LANGUAGES:
        translator(each)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # by the extension
        lambda text: translator(language()).gettext(text),
        lambda one, many, num: translator(language()).ngettext(one, many, num),
        newstyle=True,
    )
