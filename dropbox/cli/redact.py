"""Commands that remove names and traceable descriptions from texts."""

from __future__ import annotations

import codecs
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click

from dropbox.cli.screen import _, language
from dropbox.errors import N_, InputError
from dropbox.export import gate, lexicon, register, settings
from dropbox.export.gate import Described, Refusal
from dropbox.export.redact import Redactor, Style, to_html
from dropbox.export.register import Register
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


class WordWrong(InputError):
    """A word on the command line or in the register cannot stand on a mark."""

    text = N_("A role is a word of at most 40 letters, without brackets: %(word)s")


class NotForLines(InputError):
    """An option says what to do with a text, and --jsonl writes none."""

    text = N_("With --jsonl only --register is of use; leave the other options out.")


class AboutWrong(InputError):
    """--about names neither a family of roles nor a unit."""

    text = N_("--about takes FAMILY/UNIT, and may go on with /PERIOD/CONDUCT.")


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
@click.option(
    "--about", multiple=True, metavar="FAMILY/UNIT", help="Whom it describes; /PERIOD/CONDUCT."
)
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
    if len(files) != 1 + jsonl:
        raise TwoFiles
    words = lexicon.load()
    persons = register.read(_text(str(names))) if names else ()
    listed = Register(persons, words)
    word = own.role if role is None else role.strip()
    _check_roles([word, *(person.role for person in persons)])
    redactor = Redactor(words, listed, own.known, Style(own.ground, word, descriptions == "mask"))
    if jsonl:
        if about or role is not None or form != "text" or descriptions != "refuse":
            raise NotForLines
        _jsonl(Path(files[0]), Path(files[1]), redactor)
        return
    described = [_described(each) for each in about]
    done = redactor.redact(_text(files[0]))
    if descriptions == "keep":
        done = done.decided()
    raw = (to_html(done.text, redactor.marks) if form == "html" else done.text).encode("utf-8")
    refused = gate.refusals(raw, done, redactor, listed, own, described=described)
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()
    _tell(refused)


def _check_roles(roles: list[str]) -> None:
    """Raise unless each role can stand on a mark.

    Raises:
        WordWrong: one is too long, or holds a bracket or a line end.
    """
    for each in roles:
        if len(each) > 40 or not each.isprintable() or "[" in each or "]" in each:
            raise WordWrong(word=each)


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
    """Read FAMILY/UNIT/PERIOD/CONDUCT, of which the last two may be left out.

    Raises:
        AboutWrong: both family and unit are empty.
    """
    parts = [each.strip() for each in written.split("/", 3)]
    if not any(parts[:2]):
        raise AboutWrong
    return Described(*parts, *[""] * (4 - len(parts)))


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


def _jsonl(source: Path, target: Path, redactor: Redactor) -> None:
    """Write what would be masked and highlighted in each line's text; all lines or nothing.

    Raises:
        LineWrong, TooLarge: a line cannot be used.
    """
    if target.exists() and not target.is_file():
        # a pipe or a device: what was written there is gone
        with _lines(source) as stream, target.open("w", encoding="ascii") as out:
            out.writelines(_spans(stream, redactor))
        return
    place = target.resolve()
    with (
        _lines(source) as stream,
        tempfile.NamedTemporaryFile(
            "w", encoding="ascii", dir=place.parent, prefix=f".{place.name}.", delete=False
        ) as out,
    ):
        whole = Path(out.name)
        try:
            out.writelines(_spans(stream, redactor))
            out.close()
            whole.chmod(_mode(place))
            whole.replace(place)
        except BaseException:
            whole.unlink()
            raise


def _mode(place: Path) -> int:
    """Return the permissions of the file that is replaced, or those of a report: the owner's."""
    return place.stat().st_mode & 0o777 if place.exists() else 0o600


def _lines(source: Path) -> BinaryIO:
    return sys.stdin.buffer if str(source) == "-" else source.open("rb")


def _spans(stream: BinaryIO, redactor: Redactor) -> Iterator[str]:
    number = 0
    while line := stream.readline(MAX_BYTES + 1):
        number += 1
        if len(line) > MAX_BYTES:
            raise TooLarge(most=MAX_BYTES // 1024 // 1024)
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if line.strip():
            identity, text = _document(line, number)
            spans = [
                {
                    "start": each.start,
                    "end": each.end,
                    "label": CONTACT if each.label == OPAQUE else each.label,
                }
                for each in redactor.analyse(text).spans
            ]
            yield json.dumps({"id": identity, "spans": spans}) + "\n"


def _document(line: bytes, number: int) -> tuple[str | int, str]:
    """Return id and text of one line; whatever else it has is left alone.

    Raises:
        LineWrong: it is no JSON, or lacks one of them.
    """
    try:
        document = json.loads(line.decode("utf-8"))
        identity, text = document["id"], document["text"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LineWrong(line=number) from None
    whole = isinstance(identity, int) and not isinstance(identity, bool)
    if not isinstance(text, str) or not (whole or isinstance(identity, str)):
        raise LineWrong(line=number)
    return identity, text
