"""How commands speak: the terminal's language, and one line for each failure."""

from __future__ import annotations

import os
import shutil
from typing import Any

import click

from dropbox.cli.spoken import spoken
from dropbox.desk import screen
from dropbox.errors import N_, DropboxError
from dropbox.language import from_environment, line_of, translator

WIDEST = 100
"""Columns; longer lines are hard to read."""

LONGEST = 400
"""Characters of a stranger's words within a line of the program."""

YES = ("j", "ja", "y", "yes")
NO = ("n", "nee", "no", "")
ANSWERS = N_("yes or no")

STREAM = "-"
"""Stands for standard input or output where a file is named."""


def language() -> str:
    """Return the language of the terminal, ``nl`` or ``en``."""
    return from_environment(os.environ)


def _(text: str) -> str:
    """Translate ``text`` for the terminal."""
    return translator(language()).gettext(text)


def say(text: str, **params: object) -> None:
    """Print a translated line; ``params`` fill the placeholders after translating."""
    click.echo(_(text) % params if params else _(text))


def width() -> int:
    """Return the columns that lines may take."""
    return min(shutil.get_terminal_size().columns, WIDEST)


def say_about(text: str, **params: object) -> None:
    """Print a translated line that holds a stranger's words, so folded by us, not the terminal.

    Args:
        text: begins with the program's own words in every language.
        params: fill the placeholders; strings go through `screen.line` here.
    """
    safe = {
        name: screen.line(each, LONGEST) if isinstance(each, str) else each
        for name, each in params.items()
    }
    for line in screen.within(_(text) % safe, width()):
        click.echo(line)


def show(text: str) -> None:
    """Print a stranger's words behind a gutter."""
    for line in screen.block(text, width()):
        click.echo(line)


def agree(question: str) -> bool:
    """Ask until the answer is yes or no, in either language; no answer at all is no."""
    while True:
        typed = click.prompt(f"{_(question)} [{_(ANSWERS)}]", default="", show_default=False)
        answer = str(typed).strip().lower()
        if answer in YES + NO:
            return answer in YES


class Root(click.Group):
    """A group in which every expected failure is one line on stderr and exit status 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command line; help and wrong use speak the terminal's language, too."""
        with spoken(self, language()):
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the only place of the command line that catches."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            pass  # the reader of our output has gone; there is nobody to tell
        except (DropboxError, OSError) as error:
            click.echo(line_of(error, language()), err=True)
        return ctx.exit(1)
