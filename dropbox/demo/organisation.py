"""Voorbeeldgemeente: makes the demonstration's site, vaults and cards, and renews them.

Everything lies under the data folder, the public keys too, so that a checkout stays
clean. The passphrase is on the screen of whoever runs it: nothing here is secret, and
no real report belongs here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dropbox.config import Places, SiteConfig, read_site
from dropbox.demo.channels import CHANNELS, DemoChannel, DemoHandler
from dropbox.desk import channel, keyring
from dropbox.desk.vault import Vault
from dropbox.desk.vault_file import create
from dropbox.desk.vault_seal import Cost
from dropbox.store import DATABASE_NAME, CardShelf

PASSPHRASE = "alleen voor de demonstratie"  # noqa: S105 - public, and on the screen
_DESKS = "desks"
_PASSPHRASE_FILE = "passphrase.txt"  # noqa: S105 - a file name
_LEAVE_DAYS = 30
"""Cards are renewed when they would end within this many days."""

_COST = Cost(memory_bytes=8 * 1024 * 1024, operations=1)
"""The passphrase is public, so stretching it would only cost time."""


@dataclass(frozen=True)
class Demonstration:
    """Where the parts of a demonstration lie."""

    places: Places

    @property
    def desks(self) -> Path:
        """Return the folder with the vaults."""
        return self.places.var_dir / _DESKS

    @property
    def passphrase_file(self) -> Path:
        """Return the file with the passphrase of every vault."""
        return self.desks / _PASSPHRASE_FILE

    def vault(self, name: str) -> Path:
        """Return the vault of a handler, or of a channel's owner by its slug."""
        return self.desks / f"{name}.vault"

    def open(self, name: str) -> Vault:
        """Open a vault of the demonstration."""
        return Vault.open(self.vault(name), PASSPHRASE)

    def handler_id(self, name: str) -> bytes:
        """Return a handler's 8-byte id."""
        with self.open(name) as vault:
            return keyring.load(vault).handler_id


def demonstration(places: Places) -> Demonstration:
    """Return the demonstration of a data folder; its keys folder lies inside it."""
    return Demonstration(replace(places, keys_dir=places.var_dir / "keys"))


def prepare(places: Places, today: date, set_up: Callable[[Places], None]) -> Demonstration:
    """Make the demonstration, or finish and renew the one that is there.

    Args:
        places: the data folder counts; the keys folder in it is the demonstration's.
        today: the day.
        set_up: makes a site's own files where there are none.

    Raises:
        DropboxError: a vault or card cannot be made.
        OSError: the folder cannot be written.
    """
    demo = demonstration(places)
    demo.desks.mkdir(mode=0o700, parents=True, exist_ok=True)
    demo.passphrase_file.write_text(PASSPHRASE + "\n", "utf-8")
    demo.passphrase_file.chmod(0o600)
    if not (demo.places.site_dir / DATABASE_NAME).exists():
        set_up(demo.places)
    _say_that_it_is_one(demo.places.site_toml)
    site = read_site(demo.places.site_toml)
    shelf = CardShelf(demo.places.cards_dir, site.site_id)
    for each in CHANNELS:
        _prepare_channel(demo, each, site, shelf, today)
    return demo


def _say_that_it_is_one(site_toml: Path) -> None:
    text = site_toml.read_text("utf-8")
    site_toml.write_text(text.replace("demonstration = false", "demonstration = true"), "utf-8")


def _prepare_channel(
    demo: Demonstration, each: DemoChannel, site: SiteConfig, shelf: CardShelf, today: date
) -> None:
    if not demo.vault(each.plan.slug).exists():
        with create(demo.vault(each.plan.slug), PASSPHRASE, _COST) as vault:
            channel.start(vault, site.site_id, each.plan, today)
    for person in each.handlers:
        if not demo.vault(person.name).exists():
            with create(demo.vault(person.name), PASSPHRASE, _COST) as vault:
                keyring.start(vault, site)
    if _card_is_fresh(shelf, each, today):
        return
    requests = [_request(demo, person, today) for person in each.handlers]
    with demo.open(each.plan.slug) as vault:
        card = channel.sign_next_card(vault, requests, (), today)
    for person in each.handlers:
        with demo.open(person.name) as vault, vault.transaction():
            keyring.pin(vault, card.raw, today)
    shelf.add(card.raw, today)


def _card_is_fresh(shelf: CardShelf, each: DemoChannel, today: date) -> bool:
    for shelved in shelf.cards(today):
        if shelved.card.slug == each.plan.slug:
            return (shelved.card.expires - today).days > _LEAVE_DAYS
    return False


def _request(demo: Demonstration, person: DemoHandler, today: date) -> bytes:
    with demo.open(person.name) as vault:
        return keyring.request(vault, person.role, today)
