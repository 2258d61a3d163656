"""The demonstration's commands: prepare, serve, walk."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from dropbox import config
from dropbox.cli.rooms import today
from dropbox.cli.screen import say
from dropbox.cli.site import set_up
from dropbox.demo import both, organisation, server
from dropbox.demo.organisation import Demonstration
from dropbox.demo.walk import Walk, next_commands
from dropbox.errors import N_

READY = N_("Voorbeeldgemeente is ready: a demonstration, not for real reports.")
BY_HAND = N_("Then, in a second terminal, for the first handler of the Integrity Point:")
CASE = N_("CASE is the number that the second command shows.")
AT_THE_DESK = N_(
    "Or at the desk's pages: run the first command, and import under Bundles what it made."
)
PROGRAM = ".venv/bin/meldkluis"


@click.group()
def demo() -> None:
    """Make and run the demonstration organisation, Voorbeeldgemeente."""


@demo.command()
def prepare() -> None:
    """Make the demonstration in VAR, or finish and renew the one that is there."""
    places = config.places(os.environ)
    server.check_port(places.port)
    made = organisation.prepare(places, today(), set_up)
    say(READY)
    say(both.SITE, port=made.places.port)
    say(BY_HAND)
    for command in next_commands(made, PROGRAM):
        click.echo(f"  {command}")
    say(CASE)
    say(AT_THE_DESK)


@demo.command()
def serve() -> None:
    """Run the demonstration's site on 127.0.0.1, and beside it a handler's desk."""
    places = config.places(os.environ)
    server.check_port(places.port)
    both.run(organisation.demonstration(places), os.environ, say)


@demo.command()
def walk() -> None:
    """Walk the whole loop by itself in a folder that is thrown away, and print each step."""
    with tempfile.TemporaryDirectory(prefix="meldkluis-") as folder:
        places = replace(config.places(os.environ), var_dir=Path(folder), port=server.free_port())
        made: Demonstration = organisation.prepare(places, today(), set_up)
        with server.running(os.environ, made.places) as origin:
            Walk(made, os.environ, origin, say).run()
