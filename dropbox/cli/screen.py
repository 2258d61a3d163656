"""How commands speak: the terminal's language, and one line for each failure."""

from __future__ import annotations

import os
from typing import Any

import click

from dropbox.errors import N_, DropboxError
from dropbox.language import from_environment, translator

FILE_TROUBLE = N_("A file could not be read or written: %(reason)s")


def language() -> str:
    """Return the language of the terminal, ``nl`` or ``en``."""
    return from_environment(os.environ)


def _(text: str) -> str:
    """Translate ``text`` for the terminal."""
    return translator(language()).gettext(text)


def say(text: str, **params: object) -> None:
    """Print a translated line; ``params`` fill the placeholders after translating."""
    click.echo(_(text) % params if params else _(text))


class Root(click.Group):
    """A group in which every expected failure is one line on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the only place of the command line that catches."""
        try:
            return super().invoke(ctx)
        except DropboxError as error:
            line = _(error.text) % error.params if error.params else _(error.text)
        except BrokenPipeError:
            line = ""  # the reader of our output has gone; there is nobody to tell
        except OSError as error:
            line = _(FILE_TROUBLE) % {"reason": error.strerror or type(error).__name__}
        if line:
            click.echo(line, err=True)
        return ctx.exit(1)
