"""The desk's commands for what handlers say to each other: notes, who does it, tasks."""

from __future__ import annotations

from pathlib import Path

import click

from dropbox.cli import desk_show
from dropbox.cli.desk_session import TEXT, TEXT_FILE, Session, pass_session, typed_text
from dropbox.cli.rooms import today
from dropbox.cli.screen import _
from dropbox.desk import casebook, keyring, notes
from dropbox.desk.casebook import SHORTEST_NUMBER
from dropbox.desk.errors import UnknownHandler
from dropbox.desk.vault import Vault


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    for command in (note, assign, task):
        group.add_command(command)


@click.command()
@click.argument("case")
@TEXT
@TEXT_FILE
@pass_session
def note(session: Session, case: str, text: str | None, text_file: Path | None) -> None:
    """Write to the other handlers of a CASE; the reporter never sees it."""
    said = typed_text(text, text_file)
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        desk_show.noted(vault, found, notes.write_note(vault, found, said, today()), today())


@click.command()
@click.argument("case")
@click.argument("handler", required=False)
@click.option("--me", is_flag=True, help="You do it.")
@click.option("--nobody", is_flag=True, help="Nobody does it.")
@click.option("--reason", default="", help="Why; only the handlers of the case read it.")
@pass_session
def assign(
    session: Session, case: str, handler: str | None, me: bool, nobody: bool, reason: str
) -> None:
    """Say who does a CASE: a HANDLER by the beginning of their id, --me or --nobody."""
    if (handler is not None) + me + nobody != 1:
        raise click.UsageError(_("Name one HANDLER, or use --me or --nobody."))
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        who = None if nobody else _handler(vault, handler)
        sealed = notes.assign(vault, found, who, today(), reason)
        desk_show.noted(vault, found, sealed, today())


def _handler(vault: Vault, typed: str | None) -> bytes:
    """Return the id of the one handler on the card whose id begins like this; None is oneself."""
    if typed is None:
        return keyring.load(vault).handler_id
    start = "".join(typed.split()).lower()
    ids = [each.handler_id for each in keyring.card_for_reading(vault, today()).handlers]
    found = [each for each in ids if start and each.hex().startswith(start)]
    if len(found) != 1:
        raise UnknownHandler
    return found[0]


@click.command()
@click.argument("case")
@click.argument("task")
@click.option("--undone", is_flag=True, help="It is open again.")
@click.option("--reason", default="", help="Why; only the handlers of the case read it.")
@pass_session
def task(session: Session, case: str, task: str, undone: bool, reason: str) -> None:
    """Say that a TASK of a CASE was done, named by its code."""
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        sealed = notes.task_done(vault, found, task, today(), done=not undone, text=reason)
        desk_show.noted(vault, found, sealed, today())
