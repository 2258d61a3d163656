"""What a person can type is written down."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from dropbox import program
from dropbox.cli.root import root

ROOT = Path(__file__).resolve().parent.parent
PAGES = [*ROOT.glob("README.md"), *sorted((ROOT / "docs").rglob("*.md"))]
OPTIONS = r"(?:\s+--?[\w-]+(?:[ =][^\s-]\S*)?)*\s+"


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command that does something and is not hidden."""
    if command.hidden:
        return
    if not isinstance(command, click.Group):
        yield path
        return
    for name, inner in command.commands.items():
        yield from commands(inner, (*path, name))


def test_every_command_is_documented() -> None:
    """README or docs show each command as it is typed, with or without options in between."""
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    undocumented = [
        " ".join(words)
        for words in (commands(root) if PAGES else ())
        if not re.search(OPTIONS.join(map(re.escape, ("meldkluis", *words))) + r"\b", text)
    ]
    assert undocumented == []


def test_release_notes_name_the_program_that_was_published() -> None:
    """Who compares a site with the notes compares it with what this version's sources give."""
    notes = (ROOT / "docs" / "release-notes.md").read_text("utf-8")
    newest = notes.split("\n## ")[1]
    assert f"**{program.release(program.published()).fingerprint}**" in newest
    assert [
        f"{digest.hex()}  {name}" for name, digest in sorted(program.published().items())
    ] == newest.split("```")[1].strip().splitlines()
