"""The desk's commands for daily work: ``meldkluis desk --vault FILE …``."""

from __future__ import annotations

from pathlib import Path

import click

from dropbox.cli import (
    desk_care,
    desk_case,
    desk_held,
    desk_intake,
    desk_keys,
    desk_notes,
    desk_pages,
    desk_patterns,
    desk_sheets,
    desk_show,
)
from dropbox.cli.desk_session import (
    EXISTING_FILE,
    FILE,
    TEXT,
    TEXT_FILE,
    Session,
    pass_session,
    typed_text,
)
from dropbox.cli.rooms import today
from dropbox.cli.screen import say
from dropbox.desk import casebook, inbound, keyring, other_channels, outbound, outbox, replies
from dropbox.desk.casebook import SHORTEST_NUMBER
from dropbox.desk.errors import NeitherCardNorBundle
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol.bundle import MAGIC as BUNDLE_MAGIC
from dropbox.protocol.channel_card import CARD_MAGIC
from dropbox.protocol.document import MAX_DOCUMENT_BYTES
from dropbox.protocol.payload import OUTCOMES, STATES

LEFT_OUT = N_(
    "WARNING: replies and notes of damaged cases, which are not in this bundle: %(count)d."
    " Restore a backup."
)


@click.group(invoke_without_command=True, no_args_is_help=True)
@click.option("--vault", "vault_path", type=FILE, help="The vault's file; always needed.")
@click.option(
    "--passphrase-file", type=EXISTING_FILE, help="Read the passphrase from this file's first line."
)
@click.pass_context
def desk(ctx: click.Context, vault_path: Path | None, passphrase_file: Path | None) -> None:
    """Read and answer reports on a workstation without a network.

    With --vault FILE and no command, this opens the desk's pages for a browser.
    """
    ctx.obj = Session(vault_path, passphrase_file)
    if ctx.invoked_subcommand is None:
        ctx.invoke(desk_pages.open_pages)


desk_keys.register(desk)
desk_notes.register(desk)
desk_held.register(desk)
desk_patterns.register(desk)
desk_care.register(desk)
desk.add_command(desk_pages.open_pages)
desk_intake.register(desk)
desk_sheets.register(desk)


@desk.command("import")
@click.argument("file", type=EXISTING_FILE)
@click.option("--fingerprint", help="The fingerprint on the poster; another card is refused.")
@pass_session
def import_file(session: Session, file: Path, fingerprint: str | None) -> None:
    """Take in a bundle from the site, or a channel card from its owner."""
    with file.open("rb") as opened:
        start = opened.read(len(CARD_MAGIC))
    with session.open() as vault:
        if start == CARD_MAGIC:
            _import_card(vault, file, fingerprint)
        elif start == BUNDLE_MAGIC:
            desk_show.summary(inbound.import_bundle(vault, file, today()))
            desk_show.case_list(vault, today())
        else:
            raise NeitherCardNorBundle


def _card_bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_DOCUMENT_BYTES + 1)


def _import_card(vault: Vault, file: Path, fingerprint: str | None) -> None:
    with vault.transaction():
        card = keyring.pin(vault, _card_bytes(file), today(), fingerprint)
    desk_show.card(card)
    if fingerprint is None:
        say(N_("Compare the fingerprint with the channel's poster."))


@desk.command("list")
@pass_session
def list_cases(session: Session) -> None:
    """Show all cases and what is owed."""
    with session.open_cases() as vault:
        desk_show.case_list(vault, today())


@desk.command()
@click.argument("case")
@pass_session
def read(session: Session, case: str) -> None:
    """Show one CASE, named by the beginning of its number."""
    with session.open_cases() as vault:
        book = casebook.open_book(vault, casebook.find(vault, case))
        desk_case.whole_case(vault, book.case(), today())


_REASON = click.option(
    "--reason", default="", help="Why the state changes; only the handlers of the case read it."
)


@desk.command()
@click.argument("case")
@TEXT
@TEXT_FILE
@click.option("--state", type=click.Choice([state for state in STATES if state != "closed"]))
@_REASON
@pass_session
def reply(
    session: Session,
    case: str,
    text: str | None,
    text_file: Path | None,
    state: str | None,
    reason: str,
) -> None:
    """Answer a CASE, named by 8 or more characters of its number; see export."""
    said = typed_text(text, text_file)
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        sealed = replies.reply(vault, found, said, today(), state, reason)
        desk_show.written(vault, found, sealed, today())


@desk.command()
@click.argument("case")
@TEXT
@TEXT_FILE
@click.option("--outcome", type=click.Choice([each for each in OUTCOMES if each]), required=True)
@click.option("--no-aftercare", is_flag=True, help="Do not ask how the reporter is later on.")
@_REASON
@pass_session
def close(
    session: Session,
    case: str,
    text: str | None,
    text_file: Path | None,
    outcome: str,
    no_aftercare: bool,
    reason: str,
) -> None:
    """Close a CASE, named by 8 or more characters, with an outcome and aftercare for later."""
    said = typed_text(text, text_file)
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        sealed = replies.close(
            vault, found, said, outcome, today(), aftercare=not no_aftercare, reason=reason
        )
        desk_show.written(vault, found, sealed, today())


@desk.command("propose-transfer")
@click.argument("case")
@TEXT
@TEXT_FILE
@click.option("--channel-card", type=EXISTING_FILE, help="The other channel's card.")
@click.option("--channel", metavar="NAME", help="Its short name, once its card was shown.")
@click.option("--fingerprint", help="The fingerprint on that channel's poster.")
@pass_session
def propose_transfer(
    session: Session,
    case: str,
    text: str | None,
    text_file: Path | None,
    channel_card: Path | None,
    channel: str | None,
    fingerprint: str | None,
) -> None:
    """Ask the reporter of CASE whether another channel may read; only they can let it."""
    said = typed_text(text, text_file)
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        if channel_card is None:
            other = other_channels.named(vault, channel or "", today())
        else:
            with vault.transaction():
                raw = _card_bytes(channel_card)
                other = other_channels.learn(vault, raw, today(), fingerprint)
            desk_show.card(other)
            say(N_("Compare the fingerprint with the channel's poster."))
        sealed = replies.propose_transfer(vault, found, said, other.channel_pk, today())
        desk_show.written(vault, found, sealed, today())


@desk.command()
@pass_session
def receipts(session: Session) -> None:
    """Show what lies ready for the site, and what the site has confirmed."""
    with session.open_cases() as vault:
        desk_show.waiting(outbox.waiting(vault, today()))
        desk_show.courier(outbox.courier(vault))


@desk.command()
@click.option("--out", type=FILE, required=True, help="Where the bundle for the site goes.")
@pass_session
def export(session: Session, out: Path) -> None:
    """Write the next bundle for the site."""
    with session.open_cases() as vault:
        exported = outbound.export(vault, out, today())
        say(N_("Bundle %(serial)d is ready for the courier."), serial=exported.serial)
        desk_show.waiting(exported.waiting)
        if exported.left_out:
            say(LEFT_OUT, count=exported.left_out)
