"""The reader's language in Python: Flask-Babel's functions, with types.

Texts marked with ``N_`` where they stand are translated by `gettext` where they are used.
"""

from __future__ import annotations

import flask_babel


def gettext(text: str, **values: object) -> str:
    """Return ``text`` in the reader's language, with its placeholders filled."""
    return str(flask_babel.gettext(text, **values))


def ngettext(singular: str, plural: str, num: int) -> str:
    """Return the form that fits ``num`` in the reader's language; ``%(num)d`` is filled."""
    return str(flask_babel.ngettext(singular, plural, num))
