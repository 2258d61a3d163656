"""How the help and click's own messages speak the terminal's language.

Click looks its messages up with the standard library's gettext, in the domain that our
catalogue has, too. Commands keep their help in English, as they are read in the code; it
is put into another language only while a command line runs. Invariant: without a
catalogue all of it is English, and nothing fails for that.
"""

from __future__ import annotations

import gettext
import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from dropbox.errors import N_
from dropbox.language import LOCALE_DIR, CatalogueMissing, translator

DOMAIN = "messages"
VARIABLE = "LANGUAGE"
"""Where the standard library's gettext looks first. Source: GNU gettext, "LANGUAGE variable"."""


def lazy_ngettext(one: str, many: str) -> tuple[str, str]:
    """Mark two forms for the catalogue and return them unchanged."""
    return one, many


CLICK_TEXTS: tuple[str | tuple[str, str], ...] = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("default: {default}"),
    N_("required"),
    N_("Show this message and exit."),
    N_("Try '{command} {option}' for help."),
    N_("Error: {message}"),
    N_("Aborted!"),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("Choose from:\n\t{choices}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    lazy_ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    lazy_ngettext(
        "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"
    ),
    lazy_ngettext(
        "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."
    ),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    lazy_ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("file"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("Could not open file {filename!r}: {message}"),
    N_("unknown error"),
    N_("Error: The two entered values do not match."),
)
"""What of click's own texts a user of our commands can meet; a test holds that click has them."""


@dataclass(frozen=True)
class _Place:
    """One text of a command: the attribute that holds it, and how it stands there."""

    thing: Any
    name: str
    text: str
    shape: str = "%s"

    def put(self, text: str) -> None:
        setattr(self.thing, self.name, self.shape % text)


def texts(command: click.Command) -> set[str]:
    """Return every text that the help of a command, and of those below it, shows of our own."""
    return {place.text for place in _places(command)}


@contextmanager
def spoken(command: click.Command, language: str) -> Iterator[None]:
    """Let click, and the help of a command and of those below it, speak ``language``."""
    try:
        translator(language)
    except CatalogueMissing:
        # The standard library's look-up would fail on a damaged one.
        language = "en"
    gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    places = list(_places(command))
    before = [(place, getattr(place.thing, place.name)) for place in places]
    with _environment(language):
        try:
            for place in places:
                place.put(gettext.gettext(place.text))
            yield
        finally:
            for place, held in before:
                setattr(place.thing, place.name, held)


@contextmanager
def _environment(language: str) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = language
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before


def _places(command: click.Command) -> Iterator[_Place]:
    if command.help:
        yield _Place(command, "help", inspect.cleandoc(command.help))
    if command.options_metavar:
        yield _Place(command, "options_metavar", command.options_metavar)
    for parameter in command.params:
        yield from _parameter_places(parameter)
    if isinstance(command, click.Group):
        if command.subcommand_metavar:
            yield _Place(command, "subcommand_metavar", command.subcommand_metavar)
        for inner in command.commands.values():
            yield from _places(inner)


def _parameter_places(parameter: click.Parameter) -> Iterator[_Place]:
    if isinstance(parameter.type, click.Path):
        # Click looked this word up when the command was made, before the language was known.
        yield _Place(parameter.type, "name", parameter.type.name)
    if isinstance(parameter, click.Argument):
        shape = "%s" if parameter.required else "[%s]"
        shape += "..." if parameter.nargs != 1 else ""
        yield _Place(parameter, "metavar", (parameter.name or "").upper(), shape)
    if isinstance(parameter, click.Option):
        if parameter.help:
            yield _Place(parameter, "help", parameter.help)
        if not (parameter.is_flag or isinstance(parameter.type, click.Choice)):
            word = parameter.metavar or parameter.type.name.upper()
            yield _Place(parameter, "metavar", word)
