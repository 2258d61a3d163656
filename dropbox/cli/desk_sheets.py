"""The desk's commands for what hangs on a wall or stands on an intranet: poster and button."""

from __future__ import annotations

from pathlib import Path

import click

from dropbox.cli.desk_session import FILE, Session, pass_session
from dropbox.cli.rooms import today
from dropbox.cli.screen import language, say
from dropbox.desk import addresses, sheets
from dropbox.desk.addresses import Addresses
from dropbox.desk.files import write_public
from dropbox.desk.sheets import Face
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.language import LANGUAGES

TRY_IT = N_(
    "The desk has no network and cannot try the address %(address)s. Try it on a phone that is"
    " not on the work network, before this goes anywhere."
)

_OUT = click.option("--out", type=FILE, required=True, help="Where the file goes: a web page.")
_LANGUAGE = click.option(
    "--language", "chosen", type=click.Choice(LANGUAGES), help="The terminal's, if left."
)
_ADDRESS = click.option("--address", help="The site's address; it is kept for the next time.")
_ONION = click.option("--onion", default="", help="The onion address that goes with --address.")


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    group.add_command(poster)
    group.add_command(button)


@click.command()
@_OUT
@_LANGUAGE
@_ADDRESS
@_ONION
@pass_session
def poster(
    session: Session, out: Path, chosen: str | None, address: str | None, onion: str
) -> None:
    """Write the channel's poster, to be printed on A4 from a browser."""
    with session.open() as vault:
        shown, found = _found(vault, address, onion)
    write_public(out, sheets.poster(shown, found, chosen or language()).encode("utf-8"))
    say(TRY_IT, address=found.clear)


@click.command()
@_OUT
@_LANGUAGE
@_ADDRESS
@_ONION
@pass_session
def button(
    session: Session, out: Path, chosen: str | None, address: str | None, onion: str
) -> None:
    """Write a button for an intranet, which needs no script and loads nothing."""
    with session.open() as vault:
        shown, found = _found(vault, address, onion)
    write_public(out, sheets.button(shown, found, chosen or language()).encode("utf-8"))
    say(TRY_IT, address=found.clear)


def _found(vault: Vault, address: str | None, onion: str) -> tuple[Face, Addresses]:
    shown = sheets.face(vault, today())
    if address is None:
        return shown, addresses.needed(vault)
    addresses.save(vault, addresses.checked(address, onion))
    return shown, addresses.needed(vault)
