"""The command that tells handlers to collect; it opens neither the database nor the cards."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dropbox import config
from dropbox.alert import rounds, settings
from dropbox.alert.errors import AlertIncomplete
from dropbox.alert.rounds import Outcome
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, say
from dropbox.errors import N_

VARIABLE = "ALERT"
"""The environment's name for the settings' file, where it is not ``VAR/alert.toml``."""

SENT = N_("Messages sent: %(count)d")
MAIL_FAILED = N_("Mail %(number)d: %(reason)s")
HOOK_FAILED = N_("Hook %(number)d: %(reason)s")


@click.command()
def alert() -> None:
    """Tell the handlers to collect today. For every day at one hour."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else config.places(os.environ).var_dir / "alert.toml"
    outcomes = list(rounds.go(settings.read(path), today()))
    failed = [one for one in outcomes if one.error]
    for one in failed:
        click.echo(_line(one), err=True)
    if failed:
        raise AlertIncomplete(failed=len(failed), all=len(outcomes))
    say(SENT, count=len(outcomes))


def _line(outcome: Outcome) -> str:
    reason = _(outcome.error.text) % outcome.error.params if outcome.error else ""
    text = _(MAIL_FAILED if outcome.is_mail else HOOK_FAILED)
    return text % {"number": outcome.number, "reason": reason}
