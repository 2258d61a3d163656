"""Commands that remove names and traceable descriptions from texts."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from dropbox.cli.screen import _, language
from dropbox.errors import N_, InputError
from dropbox.export import gate, lexicon, register, settings
from dropbox.export.detect import detect
from dropbox.export.gate import Described, Refusal
from dropbox.export.redact import Redactor, Style, to_html
from dropbox.export.register import Register
from dropbox.export.settings import RedactionSettings
from dropbox.export.span import CONTACT, OPAQUE
from dropbox.language import translator

MAX_BYTES = 64 * 1024 * 1024
"""Of one file; a report is at most 60,000."""

REFUSED = N_("This may not leave yet:")
PASSED = N_("The gate found nothing. That is no proof: let somebody read it who knows the people.")

REGISTER_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class NotText(InputError):
    """What is to be redacted is no text."""

    text = N_("This is no UTF-8 text. Convert it first; nothing was written.")


class TooLarge(InputError):
    """What is to be redacted is larger than any report."""

    text = N_("This is larger than %(most)d MiB. Nothing was written.")


class TwoFiles(InputError):
    """The command needs another number of files."""

    text = N_("Give one file, or - for standard input; with --jsonl two, in and out.")


class LineWrong(InputError):
    """A line of a JSONL file cannot be used."""

    text = N_('Line %(line)d is not {"id": …, "text": …}. Nothing was written.')


@click.command("redact")
@click.argument("files", nargs=-1, metavar="FILE|-")
@click.option("--register", "names", type=REGISTER_FILE, help="Names known in the case.")
@click.option("--format", "form", type=click.Choice(["text", "html"]), default="text")
@click.option("--role", default=None, help="Word on the marks of persons, instead of the ground.")
@click.option(
    "--descriptions",
    type=click.Choice(["refuse", "mask", "keep"]),
    default="refuse",
    help="What becomes of traceable descriptions that nobody decided on.",
)
@click.option("--about", multiple=True, metavar="FAMILY/UNIT", help="Whom the text describes.")
@click.option(
    "--jsonl", is_flag=True, help="Read lines of id and text, write lines of id and spans."
)
def redact(
    files: tuple[str, ...],
    names: Path | None,
    form: str,
    role: str | None,
    descriptions: str,
    about: tuple[str, ...],
    jsonl: bool,
) -> None:
    """Remove names and direct identifiers from FILE, and say why it may not leave yet.

    The result goes to standard output. Exit status 1 means that the gate refuses it.
    """
    own = settings.load(Path(os.environ.get("KEYS", "keys")))
    words = lexicon.load()
    if len(files) != 1 + jsonl:
        raise TwoFiles
    if jsonl:
        _jsonl(Path(files[0]), Path(files[1]), words, own)
        return
    persons = register.read(_text(str(names))) if names else ()
    listed = Register(persons, words)
    style = Style(own.ground, own.role if role is None else role, descriptions == "mask")
    redactor = Redactor(words, listed, own.known, style)
    done = redactor.redact(_text(files[0]))
    if descriptions == "keep":
        done = done.decided()
    raw = (to_html(done.text, redactor.marks) if form == "html" else done.text).encode("utf-8")
    described = [_described(each) for each in about]
    refused = gate.refusals(raw, done, redactor, listed, own, described=described)
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
    _tell(refused)


def _tell(refused: list[Refusal]) -> None:
    """Say on standard error what the gate says; refuse with the exit status."""
    if not refused:
        click.echo(_(PASSED), err=True)
        return
    catalogue = translator(language())
    click.echo(_(REFUSED), err=True)
    for each in refused:
        filled: dict[str, object] = {
            name: catalogue.gettext(value) if isinstance(value, str) and value else value
            for name, value in each.params
        }
        click.echo("  " + catalogue.gettext(each.text) % filled, err=True)
    raise click.exceptions.Exit(1)


def _described(written: str) -> Described:
    family, _slash, unit = written.partition("/")
    return Described(family.strip(), unit.strip())


def _text(name: str) -> str:
    """Read a whole file, or standard input.

    Raises:
        NotText, TooLarge: it is no UTF-8, or no report.
    """
    if name == "-":
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with Path(name).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise TooLarge(most=MAX_BYTES // 1024 // 1024)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText from None


def _jsonl(source: Path, target: Path, words: dict[str, int], own: RedactionSettings) -> None:
    """Write what would be masked and highlighted in each line's text."""
    lines: list[str] = []
    for number, line in enumerate(_text(str(source)).split("\n"), 1):
        if line.strip():
            lines.append(_spans(line, number, words, own))
    with target.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def _spans(line: str, number: int, words: dict[str, int], own: RedactionSettings) -> str:
    try:
        document = json.loads(line)
        identity, text = document["id"], document["text"]
    except (ValueError, TypeError, KeyError):
        raise LineWrong(line=number) from None
    if not isinstance(text, str):
        raise LineWrong(line=number)
    found = detect(text, words, own.known).spans
    spans = [
        {
            "start": each.start,
            "end": each.end,
            "label": CONTACT if each.label == OPAQUE else each.label,
        }
        for each in found
    ]
    return json.dumps({"id": identity, "spans": spans})
