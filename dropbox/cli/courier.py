"""The courier's commands: a key, and bundles between a site and a folder over the network."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from dropbox.cli.screen import say
from dropbox.config import read_site
from dropbox.courier import key as keys
from dropbox.courier.errand import Clock, Errand
from dropbox.courier.errors import HandlerIdInvalid
from dropbox.courier.fetch import fetch as fetch_bundle
from dropbox.courier.hand_in import hand_in as hand_in_bundle
from dropbox.courier.hand_in import parcel
from dropbox.courier.line import SiteLine
from dropbox.errors import N_
from dropbox.line.address import address
from dropbox.protocol.keys import HANDLER_ID_BYTES

MADE = N_("The key is in %(file)s. Keep it to yourself. For the operator, into site.toml:")
FETCHED = N_("The bundle is in %(file)s (%(bytes)d bytes). Bring it to this handler's desk.")
DELIVERED = N_("The site used the bundle.")
DELIVERED_BEFORE = N_("The site used this bundle before. Nothing changed.")

CLOCK = Clock(time.monotonic, time.sleep)

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


def _route(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where to, and who carries."""
    for option in (
        click.option("--proxy", metavar="ADDRESS", help="Such as Tor's: socks5h://127.0.0.1:9050"),
        click.option(
            "--site-toml",
            required=True,
            type=_FILE,
            metavar="FILE",
            help="The site's own site.toml.",
        ),
        click.option("--key", required=True, type=_FILE, metavar="FILE", help="The courier's key."),
        click.option("--site", required=True, metavar="ADDRESS", help="The site's address."),
    ):
        command = option(command)
    return command


@click.group()
def courier() -> None:
    """Carry bundles over the network, for a site without a shell."""


@courier.command()
@click.option("--out", required=True, type=_NEW, metavar="FILE", help="A new file.")
def key(out: Path) -> None:
    """Make a courier's key, and print what the operator needs of it."""
    public = keys.make(out)
    say(MADE, file=out)
    click.echo("[[couriers]]")
    click.echo(f'key = "{public.hex()}"')
    click.echo('handlers = ["…"]')


@courier.command()
@_route
@click.option("--handler", required=True, metavar="ID", help="The handler's id.")
@click.option("--out", required=True, type=_NEW, metavar="FILE", help="The bundle's file.")
@click.option("--again", is_flag=True, help="Also what was receipted, for a restored desk.")
def fetch(
    site: str, key: Path, site_toml: Path, proxy: str | None, handler: str, out: Path, again: bool
) -> None:
    """Fetch the bundle for one handler's desk."""
    named = read_site(site_toml)
    seed = keys.load(key)
    with closing(SiteLine(address(site, proxy))) as line:
        errand = Errand(line, seed, named.site_id, _handler_id(handler), CLOCK)
        size = fetch_bundle(errand, named.site_pk, out, again)
    say(FETCHED, file=out, bytes=size)


def _handler_id(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise HandlerIdInvalid from None
    if len(found) != HANDLER_ID_BYTES:
        raise HandlerIdInvalid
    return found


@courier.command("hand-in")
@_route
@click.option(
    "--in", "file", required=True, type=_FILE, metavar="FILE", help="The bundle from the desk."
)
def hand_in(site: str, key: Path, site_toml: Path, proxy: str | None, file: Path) -> None:
    """Hand in the bundle that a handler's desk wrote."""
    named = read_site(site_toml)
    seed = keys.load(key)
    with file.open("rb") as opened, closing(SiteLine(address(site, proxy))) as line:
        found = parcel(opened, named.site_id)
        errand = Errand(line, seed, named.site_id, found.handler_id, CLOCK)
        is_new = hand_in_bundle(errand, found)
    say(DELIVERED if is_new else DELIVERED_BEFORE)
