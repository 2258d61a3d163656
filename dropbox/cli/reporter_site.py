"""What the reporter's two commands share: the way to a site, its cards, and trying again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from dropbox.cli.rooms import today
from dropbox.cli.screen import _, agree, language, say, say_about
from dropbox.client.cards import MAX_CARDS_BYTES, Cards, read_cards
from dropbox.client.site import Site
from dropbox.desk import screen
from dropbox.errors import N_, CardExpired, CardLivesTooLong, DropboxError
from dropbox.language import line_of
from dropbox.line.address import address
from dropbox.line.errors import LineBroken
from dropbox.protocol.channel_card import ChannelCard

UNKNOWN_STATUS = 3
"""The exit status when nobody knows whether something arrived."""

CARD_REFUSED = N_("A channel card is refused: %(reason)s")
THIS_DAY = N_("This computer says that it is %(day)s (UTC). Is that right?")
TRY_AGAIN = N_("Try again now?")
SAME_AGAIN = N_("Send exactly the same again? It counts only once.")

T = TypeVar("T")

PROXY = click.option("--proxy", metavar="ADDRESS", help="Such as Tor's: socks5h://127.0.0.1:9050")


def site_at(where: str, proxy: str | None) -> Site:
    """Return the site at an address; nothing is dialled yet."""
    return Site(address(where, proxy))


def fetched(site: Site, before: Cards | None = None) -> Cards:
    """Fetch a site's cards, none of them older than ``before``, and tell what is refused."""
    data = insist(lambda: site.cards(today()))
    return _told(data, before)


def from_file(path: Path) -> Cards:
    """Read cards that were downloaded before."""
    with path.open("rb") as file:
        return _told(file.read(MAX_CARDS_BYTES + 1), None)


def _told(data: bytes, before: Cards | None) -> Cards:
    try:
        cards = read_cards(data, today(), before.versions if before else None)
    except (CardExpired, CardLivesTooLong):
        say(THIS_DAY, day=today().isoformat())
        raise
    for error in cards.refused:
        say(CARD_REFUSED, reason=line_of(error, language()))
    return cards


def insist(act: Callable[[], T]) -> T:
    """Do something that only asks, again while the line breaks and the person wants it."""
    while True:
        try:
            return act()
        except LineBroken as error:
            tell(error)
            if not wants(TRY_AGAIN):
                raise


def tell(error: DropboxError) -> None:
    """Print a failure that does not end the command."""
    click.echo(line_of(error, language()), err=True)


def again(error: DropboxError) -> bool:
    """Say what failed, and ask whether to send the same bytes again."""
    tell(error)
    return wants(SAME_AGAIN)


def wants(question: str) -> bool:
    """Ask; whoever breaks off, or is not there to answer, says no."""
    try:
        return agree(question)
    except click.Abort:
        click.echo()
        return False


def role_of(card: ChannelCard, handler_id: bytes) -> str:
    """Return a reader's role, harmless to print."""
    return screen.line(card.handler(handler_id).role[language()])


def choose(question: str, most: int) -> int | None:
    """Ask for a number from 1 to ``most``; None for no answer."""
    found = numbers(question, most, at_most=1)
    return found[0] if found else None


def numbers(question: str, most: int, at_most: int | None = None) -> list[int]:
    """Ask for numbers from 1 to ``most`` until all of them are."""
    while True:
        typed = str(click.prompt(_(question), default="", show_default=False))
        parts = typed.replace(",", " ").split()
        found = [int(part) for part in parts if part.isdecimal() and 1 <= int(part) <= most]
        if len(found) == len(parts) and (at_most is None or len(found) <= at_most):
            return found
        say_about(N_("Type numbers from 1 to %(most)d."), most=most)


def leave(status: int) -> NoReturn:
    """End the command with an exit status."""
    click.get_current_context().exit(status)
