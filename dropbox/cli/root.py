"""The root of all commands."""

from __future__ import annotations

import importlib
import io
import sys

import click

from dropbox.cli import backup, demo, redact, site
from dropbox.cli.courier import courier
from dropbox.cli.desk import desk
from dropbox.cli.letter import letter
from dropbox.cli.reporting import report
from dropbox.cli.screen import Root
from dropbox.cli.visiting import mailbox


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
def root() -> None:
    """Meldkluis: an anonymous report drop-box with a two-way mailbox."""


site.register(root)
backup.register(root)
root.add_command(desk)
root.add_command(courier)
root.add_command(report)
root.add_command(mailbox)
root.add_command(letter)
root.add_command(demo.demo)
root.add_command(redact.redact)


def main() -> None:
    """Run the command line."""
    _leave_no_core()
    _steady_streams()
    root()


def _leave_no_core() -> None:
    """Keep the memory off the disk when the program dies: a desk's holds reports and keys."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return  # Windows, where no program writes its memory down by itself
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _steady_streams() -> None:
    """Make input and output such that no sign and no closed stream ends a command."""
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal that lacks a sign shows a question mark in its place
            stream.reconfigure(errors="replace")
