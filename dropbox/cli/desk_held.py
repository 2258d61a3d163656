"""The desk's commands that show what it holds, and what was done at it."""

from __future__ import annotations

import click

from dropbox.cli.desk_case import role_words
from dropbox.cli.desk_session import Session, pass_session
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, say, say_about
from dropbox.desk import activity as log
from dropbox.desk import channel, holdings
from dropbox.desk.backup_days import last_backup
from dropbox.desk.holdings import Holdings
from dropbox.desk.rehearsal import Rehearsed
from dropbox.desk.vault import Vault
from dropbox.errors import N_


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    for command in (keys, activity):
        group.add_command(command)


@click.command()
@pass_session
def keys(session: Session) -> None:
    """Show what this vault holds: keys by month, the card and its end, the backup."""
    with session.open() as vault:
        if vault.has("setting", channel.SETTING):
            _owner(channel.load(vault))
        else:
            _handler(holdings.of_handler(vault, today()))
        _backup(vault)
        for reminder in holdings.due(vault, today()):
            say(holdings.WORDS[reminder.code], day=reminder.day)


def _owner(owner: channel.Owner) -> None:
    say(N_("Fingerprint of the channel: %(fingerprint)s"), fingerprint=owner.fingerprint)
    say(N_("Version of the last card: %(version)d"), version=owner.version)
    for each in owner.handlers().values():
        say_about(
            N_("Handler %(handler)s, keys until %(day)s: %(role)s"),
            handler=each.handler_id.hex(),
            day=channel.keys_until(each).isoformat(),
            role=role_words(dict(each.role)),
        )


def _handler(held: Holdings) -> None:
    say(N_("Your handler id: %(handler)s"), handler=held.handler_id.hex())
    for each in held.months:
        text = (
            N_("Key of %(first)s to %(last)s, on the card, destroyed by an import from %(day)s")
            if each.on_card
            else N_("Key of %(first)s to %(last)s, not yet on the card")
        )
        say(text, first=each.first_day, last=each.last_day, day=each.destroyed_on)
    if held.card is not None:
        say(
            N_("Card of version %(version)d, valid until %(day)s"),
            version=held.card.version,
            day=held.card.expires,
        )
        say(N_("Fingerprint of the channel: %(fingerprint)s"), fingerprint=held.card.fingerprint)
    for colleague in held.colleagues:
        say_about(
            N_("Colleague %(handler)s: %(role)s"),
            handler=colleague.handler_id.hex(),
            role=role_words(dict(colleague.role)),
        )
    if held.last_import is not None:
        say(N_("Last import: %(day)s"), day=held.last_import)


def _backup(vault: Vault) -> None:
    found = last_backup(vault)
    if found is not None:
        say(
            N_("Last backup: %(made)s, can be restored up to and including %(day)s"),
            made=found.made,
            day=found.expires,
        )


@click.command()
@pass_session
def activity(session: Session) -> None:
    """Show what was done at this desk, by day, as numbers without content."""
    with session.open() as vault:
        found = log.read(vault, today())
    for line in found.lines:
        when = line.day.isoformat()
        when = when[: len("2026-11")] if line.whole_month else when
        told = ", ".join(f"{_(log.WORDS[act])}: {count}" for act, count in line.counts)
        click.echo(f"{when}  {told}")
    if found.damaged:
        say(N_("Rows that could not be read: %(count)d"), count=found.damaged)


def rehearsed(found: Rehearsed) -> None:
    """Print what a rehearsal found."""
    say(
        N_("The backup of %(made)s opens. It can be restored up to and including %(day)s."),
        made=found.days.made,
        day=found.days.expires,
    )
    if found.of_owner:
        say(N_("Fingerprint of the channel: %(fingerprint)s"), fingerprint=found.name)
    else:
        say(N_("Handler id: %(handler)s"), handler=found.name)
        say(N_("Cases that open with all that is in them: %(count)d"), count=found.cases)
    if found.waiting:
        say(N_("Cases whose report has not come: %(count)d"), count=found.waiting)
    if not found.is_whole:
        say(
            N_("DAMAGED in it: cases: %(cases)d, other rows: %(rows)d. Rehearse an older one too."),
            cases=found.damaged_cases,
            rows=found.damaged_rows,
        )
    if found.of_another:
        say(N_("WARNING: it is of another handler or channel than the vault that stands there."))
    say(N_("Nothing was replaced, and nothing of it was kept."))
