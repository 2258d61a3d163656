"""The two languages of the interface and their catalogue.

Owns the choice of a language outside the site (the site goes by its address), and the
one line in which a command says what failed.
"""

from __future__ import annotations

import gettext
import struct
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from dropbox.errors import N_, ConfigError, DropboxError, StoreReadOnly

LANGUAGES = ("nl", "en")
"""Languages of the interface, the first one first."""

LOCALE_DIR = Path(__file__).parent / "locale"
"""Folder with ``<language>/LC_MESSAGES/messages.mo``; English is the source itself."""


class FileTrouble(ConfigError):
    """The machine refused a file."""

    text = N_("A file could not be read or written: %(reason)s")


class NamedFileTrouble(ConfigError):
    """The machine refused a file or folder, and says which."""

    text = N_("%(file)s could not be read or written: %(reason)s")


class FolderTrouble(ConfigError):
    """The site's data cannot be used; said to an operator, who may know where they lie."""

    text = N_("%(folder)s cannot be read or written. Is this the site's user? Nothing was changed.")


class CatalogueMissing(ConfigError):
    """A compiled catalogue is not there, or cannot be read."""

    text = N_("The Dutch texts are missing or damaged. Make them with: make environment")


REASONS = (
    N_("Disk quota exceeded"),
    N_("File too large"),
    N_("Input/output error"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
"""What the operating system says of a file that it refuses, in its own English words."""


@cache
def translator(language: str) -> gettext.NullTranslations:
    """Return the catalogue of ``language``, one of `LANGUAGES`.

    Raises:
        CatalogueMissing: it is not there. Nobody is spoken to in another language instead.
    """
    if language == "en":
        return gettext.NullTranslations()
    try:
        return gettext.translation("messages", LOCALE_DIR, [language])
    except (OSError, ValueError, struct.error):
        raise CatalogueMissing from None


def line_of(error: DropboxError | OSError, language: str) -> str:
    """Return the one line in which an operator or handler hears of an expected failure.

    In English when there is no catalogue, which may be the very failure.
    """
    if isinstance(error, StoreReadOnly) and "folder" in error.params:
        error = FolderTrouble(**error.params)
    try:
        found = translator(language)
    except CatalogueMissing:
        found = gettext.NullTranslations()
    say = found.gettext
    if isinstance(error, OSError):
        error = _trouble(error, say)
    text = say(error.text)
    return text % error.params if error.params else text


def _trouble(error: OSError, say: Callable[[str], str]) -> ConfigError:
    reason = say(error.strerror) if error.strerror else type(error).__name__
    if isinstance(error.filename, str | Path):
        return NamedFileTrouble(file=str(error.filename), reason=reason)
    return FileTrouble(reason=reason)


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
