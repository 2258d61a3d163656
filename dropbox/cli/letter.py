"""The operator's command for the offline letter, to be handed out in other ways than the site."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dropbox import config
from dropbox.cli.rooms import today
from dropbox.cli.screen import language, say
from dropbox.errors import N_
from dropbox.language import LANGUAGES
from dropbox.mailbox import Mailboxes
from dropbox.site import create_app, letter_file
from dropbox.store.files import PUBLIC_FILE, write_durably

WRITTEN = N_("The offline letter is in %(file)s.")
NUMBER = N_("SHA-256: %(sha256)s")
LETTERS = N_("Fingerprint: %(fingerprint)s")
COMPARE = N_("The same number stands on the site, under “Check the keys”. Put it on paper too.")
UNTIL = N_("A card in it ends on %(day)s. Hand out a new letter before that day.")
NO_ADDRESS = N_(
    "site.toml names no address, so the letter cannot say where it is to be handed in."
    " Fill in address and make it again."
)


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option("--language", "chosen", type=click.Choice(LANGUAGES), help="The terminal's, if left.")
def letter(out: Path | None, chosen: str | None) -> None:
    """Write the offline letter: a page that locks a report without internet."""
    found = config.load(os.environ)
    places, spoken = found.places, chosen or language()
    mailboxes = Mailboxes.at(found.site.site_id, places.site_dir, places.cards_dir)
    app = create_app(found, mailboxes, today)
    made = letter_file.outside_a_visit(app, spoken)
    path = out or Path(letter_file.FILE_NAMES[spoken])
    write_durably(path, made.content, PUBLIC_FILE)
    say(WRITTEN, file=path)
    say(NUMBER, sha256=made.number.sha256)
    say(LETTERS, fingerprint=made.number.fingerprint)
    say(COMPARE)
    say(UNTIL, day=made.ends.isoformat())
    if not found.site.address:
        say(NO_ADDRESS)
