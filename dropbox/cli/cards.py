"""Commands for channel cards: look at one, take one, see which there are."""

from __future__ import annotations

from pathlib import Path

import click

from dropbox.cli.rooms import rooms, today
from dropbox.cli.screen import _, agree, language, say, say_about
from dropbox.desk.screen import line
from dropbox.errors import N_
from dropbox.protocol.channel_card import CardTooEarly, ChannelCard, read_card
from dropbox.protocol.document import MAX_DOCUMENT_BYTES

CARD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

COMPARE = N_(
    "Ask the owner by telephone to read out the fingerprint and the handler ids."
    " Compare them with what stands above, sign by sign."
)
IS_IT = N_("Is all of it the same?")
TAKEN = N_("The card is taken. It is on the site from now on.")
NOT_TAKEN = N_("The card was not taken.")
EMPTY_SHELF = N_("There is no channel card yet.")
BROKEN = N_("%(file)s cannot be used: %(reason)s")
CHANNEL = N_("Channel: %(name)s (%(slug)s), version %(version)d")
RUN_BY = N_("Run by: %(runs)s")
READ_BY = N_("Read by: %(reads)s")
LAST_DAY = N_("Valid until: %(day)s")
IS_OVER = N_("Expired on: %(day)s. Ask the owner for a new card.")
FINGERPRINT = N_("Fingerprint: %(fingerprint)s")
HANDLER = N_("Handler %(handler)s: %(role)s")


@click.group()
def card() -> None:
    """Channel cards: the public keys and texts of each channel."""


@card.command("verify")
@click.argument("file", type=CARD_FILE)
def verify(file: Path) -> None:
    """Check FILE and print what it says, without taking it."""
    found = rooms()
    describe(read_card(_content(file), found.site_id, today()), expired=False)


@card.command("add")
@click.argument("file", type=CARD_FILE)
@click.option("--yes", is_flag=True, help="The fingerprint was compared already.")
def add(file: Path, yes: bool) -> None:
    """Take the channel card in FILE, after its fingerprint was compared."""
    found = rooms()
    day = today()
    raw = _content(file)
    checked = found.shelf.check(raw, day)
    describe(checked, expired=False)
    say(COMPARE)
    if not yes and not agree(IS_IT):
        say(NOT_TAKEN)
        raise click.exceptions.Exit(1)
    with found.store.write() as tables:
        tables.recipients.learn(checked)
        tables.couriers.meet(checked, day)
        found.shelf.add(raw, day)
    say(TAKEN)


@card.command("list")
def list_cards() -> None:
    """Print every card on the shelf."""
    found = rooms()
    day = today()
    shelved = found.shelf.cards(day)
    broken = found.shelf.broken(day)
    for one in shelved:
        describe(one.card, one.expired)
        if one.early:
            say(CardTooEarly.text)
        click.echo()
    for name, error in broken.items():
        say(BROKEN, file=line(name), reason=_(error.text) % error.params)
    if not shelved and not broken:
        say(EMPTY_SHELF)


def describe(found: ChannelCard, expired: bool) -> None:
    """Print what a card says; its texts are a stranger's until the fingerprint was compared."""
    texts = found.texts[language()]
    say_about(CHANNEL, name=texts.name, slug=found.slug, version=found.version)
    say_about(RUN_BY, runs=texts.runs)
    say_about(READ_BY, reads=texts.reads)
    say(IS_OVER if expired else LAST_DAY, day=found.expires.isoformat())
    say(FINGERPRINT, fingerprint=found.fingerprint)
    for handler in found.handlers:
        role = handler.role[language()]
        say_about(HANDLER, handler=handler.handler_id.hex(), role=role)


def _content(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_DOCUMENT_BYTES + 1)
