"""The operator's backup: everything that a new server needs, in one archive, and back.

Invariants: the site may run while a backup is made, and may not while one is put in its
place; nothing that stands here in KEYS gives way to a backup, unless it is a lower card;
an archive is checked to its end, and the site that stands here held, before anything is
changed; nothing that is over is deleted here, since the clock may be wrong: purge does that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from dropbox import config
from dropbox.cli.rooms import now, rooms, today
from dropbox.cli.screen import STREAM, say
from dropbox.config import Places, SiteConfig
from dropbox.errors import (
    N_,
    CardForked,
    ChannelHasOtherSlug,
    ConfigError,
    HandlerElsewhere,
    ProtocolError,
    SiteKeyMissing,
    SlugTaken,
)
from dropbox.protocol import sign
from dropbox.site.tokens import KEY_NAME as FORM_KEY_NAME
from dropbox.site.tokens import load_key
from dropbox.store import DATABASE_NAME, CardShelf, archive, site_key
from dropbox.store import backup as backups
from dropbox.store.archive import ArchiveDamaged, Member
from dropbox.store.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    write_durably,
    write_parts,
)

BACKED_UP = N_("The backup is in %(file)s. It is not encrypted: see docs/deploy.md.")
RESTORED = N_("The backup is restored. Mailboxes that were made after it are lost.")
REPEAT = N_(
    "Now collect for every handler, and deliver the bundle that comes back from each desk:"
    " it repeats what the site lost."
)
LOOK = N_("Then look at the cards and collections: meldkluis status")


class SiteStandsHere(ConfigError):
    """A backup was to be restored where a site stands."""

    text = N_("A site stands here. To put the backup in its place: stop it, and add --replace.")


class ForeignArchive(ConfigError):
    """A backup is of another site than the one that stands here."""

    text = N_(
        "The backup is of another site than the one here. Nothing was changed. Is the site here"
        " new and empty? Then remove site.toml in KEYS and the folder VAR/site, and restore again."
    )


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    for command in (backup, restore):
        group.add_command(command)


@click.command()
@click.option(
    "--out", required=True, metavar="FILE", help="Where the backup goes; - for standard output."
)
def backup(out: str) -> None:
    """Write a backup of the server while it runs; encrypt it before it leaves."""
    found = rooms()
    with backups.snapshot(found.store) as database:
        parts = archive.write(
            [
                Member(archive.DATABASE, database.file, database.size),
                Member.of(archive.BUNDLE_KEY, found.signer.seed),
                Member.of(archive.FORM_KEY, load_key(found.config.places.site_dir)),
                *_public(found.config.places.keys_dir),
            ]
        )
        if out == STREAM:
            for part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            return
        write_parts(Path(out), parts, PRIVATE_FILE)
    say(BACKED_UP, file=out)


def _public(keys_dir: Path) -> Iterator[Member]:
    for path in sorted(keys_dir.rglob("*")):
        name = archive.KEYS_FOLDER + path.relative_to(keys_dir).as_posix()
        if archive.is_member(name) and path.is_file():
            yield Member.of(name, path.read_bytes())


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--replace", is_flag=True, help="In the place of the site that stands here.")
@click.option(
    "--forget-unreadable", is_flag=True, help="Also where its database cannot be read any more."
)
def restore(file: str, replace: bool, forget_unreadable: bool) -> None:
    """Make a site of the backup FILE; - reads it from standard input."""
    places = config.places(os.environ)
    if not replace and _stands(places):
        raise SiteStandsHere
    places.site_dir.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    path = places.site_dir / DATABASE_NAME
    with backups.received(places.site_dir) as database, _opened(file) as stream:
        small = archive.read(stream, database.file)
        site = _checked(places, small)
        backups.prepare(database)
        with backups.standing(path, forget_unreadable=forget_unreadable) as old:
            # Public files first: the database is what makes the restored site one.
            _fill_in(places, site, small)
            backups.put_in_place(database, old, now())
    for text in (RESTORED, REPEAT, LOOK):
        say(text)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        yield sys.stdin.buffer if file == STREAM else opened.enter_context(Path(file).open("rb"))


def _stands(places: Places) -> bool:
    own = [places.site_dir / name for name in (DATABASE_NAME, site_key.NAME, FORM_KEY_NAME)]
    return any(path.exists() for path in (*own, places.site_toml, *places.cards_dir.glob("*")))


def _checked(places: Places, small: dict[str, bytes]) -> SiteConfig:
    """Return the settings in a backup, once its key and the site that stands here fit them."""
    try:
        site = config.parse_site(small[archive.SETTINGS])
        seed = small[archive.BUNDLE_KEY]
        if sign.public_key(seed) != site.site_pk or len(small[archive.FORM_KEY]) != len(seed):
            raise ArchiveDamaged
    except (ConfigError, ValueError):
        raise ArchiveDamaged from None
    if places.site_toml.exists():
        here = config.read_site(places.site_toml)
        if (here.site_id, here.site_pk) != (site.site_id, site.site_pk):
            raise ForeignArchive
    elif _signs_here(places) not in {None, site.site_pk}:
        # KEYS is lost, or names another folder than this site's.
        raise ForeignArchive
    return site


def _signs_here(places: Places) -> bytes | None:
    """Return the public key of the site whose key stands here, if a whole one does."""
    try:
        return sign.public_key(site_key.load(places.site_dir))
    except SiteKeyMissing:
        return None


def _fill_in(places: Places, site: SiteConfig, small: dict[str, bytes]) -> None:
    """Bring back the keys and public files that are not here, and cards that are newer."""
    places.cards_dir.mkdir(parents=True, exist_ok=True)
    for name, content in small.items():
        if name.startswith(archive.CARDS_FOLDER):
            _fill_in_card(places, site, name.removeprefix(archive.CARDS_FOLDER), content)
        elif name.startswith(archive.KEYS_FOLDER):
            _write_missing(places.keys_dir / name.removeprefix(archive.KEYS_FOLDER), content)
    if _signs_here(places) != site.site_pk:
        write_durably(places.site_dir / site_key.NAME, small[archive.BUNDLE_KEY], PRIVATE_FILE)
    form_key = places.site_dir / FORM_KEY_NAME
    if not form_key.exists():
        write_durably(form_key, small[archive.FORM_KEY], PRIVATE_FILE)


def _fill_in_card(places: Places, site: SiteConfig, name: str, content: bytes) -> None:
    """Never go back to a lower version: desks would take that for an attack."""
    shelf = CardShelf(places.cards_dir, site.site_id)
    path = places.cards_dir / name
    if not path.exists() or name in shelf.broken(today()):
        write_durably(path, content, PUBLIC_FILE)
        return
    with suppress(ProtocolError, CardForked, ChannelHasOtherSlug, HandlerElsewhere, SlugTaken):
        shelf.add(content, today())


def _write_missing(path: Path, content: bytes) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content, PUBLIC_FILE)
