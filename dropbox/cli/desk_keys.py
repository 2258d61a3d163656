"""The desk's commands for keys: making a vault, asking to be certified, backups."""

from __future__ import annotations

from pathlib import Path

import click

from dropbox.cli import desk_held, desk_session, desk_show
from dropbox.cli.desk_session import (
    EXISTING_FILE,
    FILE,
    Session,
    ask_passphrase,
    pass_session,
    read_text,
)
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, say
from dropbox.config import read_site
from dropbox.desk import backup as backups
from dropbox.desk import channel, keyring
from dropbox.desk import passphrase as passphrases
from dropbox.desk.channel import ChannelPlan
from dropbox.desk.files import write_public
from dropbox.desk.rehearsal import rehearse_beside
from dropbox.desk.vault_file import create
from dropbox.desk.vault_seal import SENSITIVE
from dropbox.errors import N_
from dropbox.protocol.channel_card import KINDS
from dropbox.protocol.document import MAX_DOCUMENT_BYTES

MAX_VERSION = 2**31 - 2
"""The last version of a card that another one can follow."""

BACKUP_NOW = N_("Make a new backup now: meldkluis desk … backup")
IMPORT_AGAIN = N_("Ask the operator for a bundle with --again and import it before you answer.")
ASK_VERSION = N_(
    "Ask the operator which version of the card the site has, and sign the next one with"
    " --after-version and that version."
)


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    for command in (init, request, sign, passphrase, backup, restore):
        group.add_command(command)


def _read_document(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_DOCUMENT_BYTES + 1)


@click.command()
@click.option("--site-toml", type=EXISTING_FILE, required=True, help="The site's settings.")
@click.option("--owner", is_flag=True, help="Make a channel's identity instead of a handler.")
@click.option("--slug", help="The channel's short name in addresses.")
@click.option("--kind", type=click.Choice(KINDS), help="The kind of channel.")
@click.option("--external", is_flag=True, help="Another organisation runs the channel.")
@click.option("--independent", is_flag=True, help="The employer cannot instruct the channel.")
@click.option("--texts", type=EXISTING_FILE, help="A TOML file with the card's texts.")
@click.option("--replace", is_flag=True, help="Replace a vault that stands there.")
@pass_session
def init(session: Session, /, site_toml: Path, owner: bool, replace: bool, **plan: object) -> None:
    """Make a vault: a handler's, or with --owner the identity of a channel."""
    site = read_site(site_toml)
    wanted = _plan(plan) if owner else None
    place, typed = session.vault_path, session.passphrase(fresh=True)
    with create(place, typed, desk_session.COST, replace=replace) as vault:
        if wanted is not None:
            made = channel.start(vault, site.site_id, wanted, today())
            say(N_("Fingerprint of the channel: %(fingerprint)s"), fingerprint=made.fingerprint)
        else:
            keyring.start(vault, site)
    say(N_("The vault is ready. Nobody can recover its passphrase."))


def _plan(plan: dict[str, object]) -> ChannelPlan:
    slug, kind, texts = plan["slug"], plan["kind"], plan["texts"]
    if not (isinstance(slug, str) and isinstance(kind, str) and isinstance(texts, Path)):
        raise click.UsageError(_("--owner needs --slug, --kind and --texts."))
    return ChannelPlan(
        slug=slug,
        kind=kind,
        external=bool(plan["external"]),
        independent=bool(plan["independent"]),
        texts=channel.read_texts(read_text(texts)),
    )


@click.command()
@click.option("--out", type=FILE, required=True, help="Where the request goes.")
@click.option("--role-nl", required=True, help="Your role in Dutch, as reporters see it.")
@click.option("--role-en", required=True, help="Your role in English.")
@click.option("--fresh", is_flag=True, help="New keys at once, since the old ones may be known.")
@pass_session
def request(session: Session, out: Path, role_nl: str, role_en: str, fresh: bool) -> None:
    """Ask the channel's owner to certify you, with intake keys for the months to come."""
    with session.open() as vault:
        asked = keyring.request(vault, {"nl": role_nl, "en": role_en}, today(), fresh=fresh)
        write_public(out, asked)
        handler_id = keyring.load(vault).handler_id.hex()
    say(N_("Your handler id is %(handler)s. Read it to the owner in person."), handler=handler_id)
    say(BACKUP_NOW)


@click.command()
@click.argument("requests", nargs=-1, type=EXISTING_FILE)
@click.option("--out", type=FILE, required=True, help="Where the signed card goes.")
@click.option("--remove", multiple=True, help="The id of a handler who leaves the channel.")
@click.option(
    "--after-version", default=0, type=click.IntRange(0, MAX_VERSION), help="After a restore."
)
@pass_session
def sign(
    session: Session,
    requests: tuple[Path, ...],
    out: Path,
    remove: tuple[str, ...],
    after_version: int,
) -> None:
    """Certify the handlers of REQUESTS and sign the channel's next card."""
    asked = [_read_document(path) for path in requests]
    with session.open() as vault:
        card = channel.sign_next_card(vault, asked, remove, today(), after_version)
        write_public(out, card.raw)
    desk_show.card(card)
    say(BACKUP_NOW)


@click.command()
@click.option("--new-passphrase-file", type=EXISTING_FILE, help="Read the new one from this file.")
@click.option("--strong", is_flag=True, help="A guess and an unlocking take 1 GiB and seconds.")
@pass_session
def passphrase(session: Session, new_passphrase_file: Path | None, strong: bool) -> None:
    """Change the vault's passphrase."""
    cost = SENSITIVE if strong else desk_session.COST
    with session.open() as vault:
        passphrases.change(vault, ask_passphrase(new_passphrase_file, fresh=True), today(), cost)
    say(N_("The passphrase is changed. Older backups still open with the old one."))
    say(BACKUP_NOW)


@click.command()
@click.option("--out", type=FILE, required=True, help="Where the backup goes.")
@click.option("--date-is-right", is_flag=True, help="You looked: this computer's date is right.")
@pass_session
def backup(session: Session, out: Path, date_is_right: bool) -> None:
    """Write an encrypted backup of the vault."""
    with session.open() as vault:
        days = backups.backup(vault, out, today(), date_is_right=date_is_right)
    say(
        N_("The backup is ready. It can be restored up to and including %(day)s."), day=days.expires
    )


@click.command()
@click.argument("file", type=EXISTING_FILE)
@click.option("--replace", is_flag=True, help="Replace the vault that stands there.")
@click.option(
    "--forget-unreadable", is_flag=True, help="Replace it also when it does not open any more."
)
@click.option("--rehearse", is_flag=True, help="Only open all of it, and replace nothing.")
@pass_session
def restore(
    session: Session, file: Path, replace: bool, forget_unreadable: bool, rehearse: bool
) -> None:
    """Make a vault out of the backup FILE."""
    if rehearse:
        _rehearse(session, file)
        return
    done = backups.restore(
        file,
        session.vault_path,
        session.passphrase(),
        today(),
        replace_vault=replace,
        forget_unreadable=forget_unreadable,
    )
    say(N_("The backup of %(day)s is restored."), day=done.days.made)
    if done.of_owner:
        say(ASK_VERSION)
        return
    say(N_("Withdrawals carried over: %(count)d"), count=done.withdrawn)
    say(IMPORT_AGAIN)


def _rehearse(session: Session, file: Path) -> None:
    with file.open("rb") as opened:
        found = rehearse_beside(opened, session.passphrase(), today(), session.vault_path)
    desk_held.rehearsed(found)
    if not found.is_whole or found.of_another:
        raise click.exceptions.Exit(1)
