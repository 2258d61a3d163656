"""The command that opens the desk's pages: ``meldkluis desk --vault FILE``."""

from __future__ import annotations

import click

from dropbox.cli.desk_intake import own_words
from dropbox.cli.desk_session import Session, pass_session
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, language, say
from dropbox.desk.pages import serve
from dropbox.errors import N_

OPEN_HERE = N_("Open this address in your browser, in a private window. It works once:")
HOW_IT_ENDS = N_("The desk stops with Ctrl+C here, or with the button on its pages.")

MAX_PORT = 65_535


@click.command("open")
@click.option("--port", default=0, type=click.IntRange(0, MAX_PORT), help="Any free one, if left.")
@pass_session
def open_pages(session: Session, port: int) -> None:
    """Open the desk's pages on this computer; also what desk without a command does."""
    if session.passphrase_file is not None:
        raise click.UsageError(_("The pages ask for the passphrase; leave --passphrase-file out."))
    serve.run(
        session.vault_path,
        port=port,
        language=language(),
        today=today,
        announce=_announce,
        own_words=own_words,
    )


def _announce(address: str) -> None:
    say(OPEN_HERE)
    click.echo(address)
    say(HOW_IT_ENDS)
