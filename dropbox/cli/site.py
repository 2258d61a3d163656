"""The operator's commands: set up, cards, courier bundles, upkeep.

Invariant: what they print is the operator's own affair. No command shows a number,
a size or a day of anything that a reporter did. How many mailboxes a desk opened is a
handler's act, and shows in the bundle.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from dropbox import config, exchange, upkeep
from dropbox.cli import standing
from dropbox.cli.alert import alert
from dropbox.cli.cards import card
from dropbox.cli.rooms import rooms, today
from dropbox.cli.screen import STREAM, say
from dropbox.config import EXAMPLE_SITE_TOML, Places
from dropbox.errors import N_, AlreadyInitialised, NoSuchHandler, SiteKeyDiffers, TemplateMissing
from dropbox.protocol import bundle, sign
from dropbox.protocol.keys import HANDLER_ID_BYTES, SITE_ID_BYTES
from dropbox.site.tokens import load_key
from dropbox.store import DATABASE_NAME, Store, site_key
from dropbox.store.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    write_durably,
    write_parts,
)

_NO_SITE_ID = 'site_id = ""'
_NO_SITE_PK = 'site_pk = ""'

MADE = N_("The site is set up. Its settings are in %(file)s.")
NEXT = N_("Fill in the settings there, then add the channel cards: meldkluis card add FILE")
COLLECTED = N_("The bundle is in %(file)s. Bring it to this handler's desk.")
DELIVERED = N_("The bundle was delivered.")
DELIVERED_BEFORE = N_("This bundle was delivered before. Nothing changed.")
SURPLUS = N_(
    "WARNING: some notes between handlers were not kept: one case holds as many as it may."
    " Tell the handlers of this channel."
)
NEW_CARD = N_("It held a new channel card, which is on the site from now on.")
NEW_MAILBOXES = N_("New mailboxes that the desk made, for letters and the like: %(count)d")
PURGED = N_("What had to go is gone.")
MAINTAINED = N_("The database was rebuilt and holds no traces.")


def register(group: click.Group) -> None:
    """Put the operator's commands under ``group``."""
    for command in (init, card, collect, deliver, status, purge, maintain, alert):
        group.add_command(command)


@click.command()
def init() -> None:
    """Set up a new site: its settings in KEYS, its database in VAR."""
    places = config.places(os.environ)
    set_up(places)
    say(MADE, file=places.site_toml)
    say(NEXT)


def set_up(places: Places) -> None:
    """Make what a site needs and does not have yet; replace nothing.

    Settings that lie there already, such as those of a site that moves to another
    server, are kept.

    Raises:
        AlreadyInitialised: there is a database.
        SiteKeyDiffers: the settings that lie there name another key than this server's.
        TemplateMissing: the settings cannot be made.
    """
    database = places.site_dir / DATABASE_NAME
    if database.exists():
        raise AlreadyInitialised
    places.cards_dir.mkdir(parents=True, exist_ok=True)
    places.site_dir.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    places.site_dir.chmod(PRIVATE_FOLDER)
    site_pk = sign.public_key(site_key.load_or_make(places.site_dir))
    if not places.site_toml.exists():
        write_durably(places.site_toml, _new_settings(site_pk), PUBLIC_FILE)
    elif config.read_site(places.site_toml).site_pk != site_pk:
        raise SiteKeyDiffers
    load_key(places.site_dir)
    Store.create(database).close()


def _new_settings(site_pk: bytes) -> bytes:
    try:
        template = EXAMPLE_SITE_TOML.read_text("utf-8")
    except OSError:
        raise TemplateMissing from None
    if template.count(_NO_SITE_ID) != 1 or template.count(_NO_SITE_PK) != 1:
        raise TemplateMissing
    site_id = _NO_SITE_ID.replace('""', f'"{secrets.token_hex(SITE_ID_BYTES)}"')
    named = _NO_SITE_PK.replace('""', f'"{site_pk.hex()}"')
    return template.replace(_NO_SITE_ID, site_id).replace(_NO_SITE_PK, named).encode("utf-8")


@click.command()
@click.option("--handler", required=True, metavar="ID", help="The handler's id; see status.")
@click.option("--out", metavar="FILE", help="Where to write the bundle; - for standard output.")
@click.option("--again", is_flag=True, help="Also what was receipted, for a restored desk.")
def collect(handler: str, out: str | None, again: bool) -> None:
    """Write the bundle for one handler's desk."""
    found = rooms()
    handler_id = _handler_id(handler)
    parts = exchange.collect(found.signer, found.store, found.shelf, handler_id, today(), again)
    if out == STREAM:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    path = Path(out or f"{handler_id.hex()}.bundle")
    write_parts(path, parts, PRIVATE_FILE)
    say(COLLECTED, file=path)


def _handler_id(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise NoSuchHandler from None
    if len(found) != HANDLER_ID_BYTES:
        raise NoSuchHandler
    return found


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def deliver(file: Path) -> None:
    """Use the bundle in FILE that came from a handler's desk."""
    found = rooms()
    with ExitStack() as opened:

        def open_read() -> bundle.Read:
            return opened.enter_context(file.open("rb")).read

        result = exchange.deliver(found.site_id, found.store, found.shelf, open_read, today())
    say(DELIVERED_BEFORE if result.already else DELIVERED)
    if result.cards:
        say(NEW_CARD)
    if result.mailboxes:
        say(NEW_MAILBOXES, count=result.mailboxes)
    if result.surplus:
        say(SURPLUS)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program: up, disk, overdue.")
def status(as_json: bool) -> None:
    """Show what the operator must look after: cards, collections, the disk."""
    found = rooms()
    if not as_json:
        standing.show(upkeep.status(found.store, found.shelf, today()))
        return
    health = upkeep.health(found.store, found.shelf, today())
    standing.show_health(health)
    if not health.up:
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--after-a-pause", is_flag=True, help="You looked: this server's date is right.")
def purge(after_a_pause: bool) -> None:
    """Delete what has been kept long enough. For every night."""
    upkeep.purge(rooms().store, today(), date_is_right=after_a_pause)
    say(PURGED)


@click.command()
def maintain() -> None:
    """Rebuild the database, so that it keeps no traces. For every night."""
    upkeep.maintain(rooms().store)
    say(MAINTAINED)
