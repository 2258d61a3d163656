"""Reads at the start of the site what an answer may need, and what would be read at a visit.

A file system keeps when a file was last read, by default once a day. So a page that is
read from its file at the first report of a day would keep the second of that report.
Invariant: after `read_all` no request reads a file but the cards and the database, which
are read every minute anyway.
"""

from __future__ import annotations

import codecs
import importlib
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask

from dropbox.language import LANGUAGES, translator
from dropbox.protocol import reply_code
from dropbox.site import letter_file

_ANY_DAY = date(2000, 1, 1)
_CODECS = ("ascii", "idna", "latin-1", "unicode_escape", "utf-8")
"""What Python and its libraries look up when they need it, and then read from a file."""

_MODULES = ("concurrent.futures.thread",)
"""What Python imports only when it is first used."""


def read_all(app: Flask) -> None:
    """Read pages, word lists, and what days and numbers are written with, in each language.

    Raises:
        ScriptMissing: the letter's script was not built.
    """
    for name in _CODECS:
        codecs.lookup(name)
    for name in _MODULES:
        importlib.import_module(name)
    letter_file.script()
    for language in LANGUAGES:
        translator(language)
        reply_code.word_list(language)
        format_date(_ANY_DAY, "d MMMM y", locale=language)
        format_decimal(1000, locale=language)
    # The desk's pages lie beside them, in words that this application does not know.
    for name in app.jinja_env.list_templates(filter_func=_is_the_sites):
        app.jinja_env.get_template(name)


def _is_the_sites(name: str) -> bool:
    return name.startswith("site/") and name.endswith(".html")
