"""The root of all commands."""

from __future__ import annotations

import click

from dropbox.cli import demo, site
from dropbox.cli.desk import desk
from dropbox.cli.screen import Root


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
def root() -> None:
    """Meldkluis: an anonymous report drop-box with a two-way mailbox."""


site.register(root)
root.add_command(desk)
root.add_command(demo.demo)


def main() -> None:
    """Run the command line."""
    root()
