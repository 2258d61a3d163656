"""The desk's commands for what did not come through the form: letters, calls, signals."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dropbox.cli.desk_session import FILE, Session, as_text, pass_session
from dropbox.cli.rooms import today
from dropbox.cli.screen import STREAM, agree, say, show
from dropbox.desk import casebook, intake, keyring, slip
from dropbox.desk.casebook import SHORTEST_NUMBER
from dropbox.desk.errors import NotOurFile
from dropbox.desk.intake import Entered
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError, TextTooLong
from dropbox.export import settings
from dropbox.export.detect import Known
from dropbox.language import LANGUAGES
from dropbox.protocol.payload import (
    MAX_PEOPLE,
    MAX_TEXT_BYTES,
    MAX_TEXT_CHARACTERS,
    MODES,
    Report,
)

_ANSWER = click.Choice(["yes", "no"])
_PRIVATE = 0o600


class NamesStay(InputError):
    """Names would stay in a text whose source did not agree to that."""

    text = N_("Nothing was entered. Leave the names out, or ask the source first.")


class IdInvalid(InputError):
    """A handler's id is not hexadecimal."""

    text = N_("A handler's id has 16 digits and letters; see the channel card.")


def register(group: click.Group) -> None:
    """Put the commands under ``group``."""
    for command in (enter, new_code):
        group.add_command(command)


@click.command("intake")
@click.option("--origin", type=click.Choice(intake.ORIGINS), required=True)
@click.option("--people", type=click.IntRange(1, MAX_PEOPLE), default=1, help="Of a group.")
@click.option(
    "--text-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    required=True,
    help="A text file, or - to type the text here and end it with Ctrl+D.",
)
@click.option("--mode", type=click.Choice(MODES), default=MODES[0])
@click.option("--language", "spoken", type=click.Choice(LANGUAGES), default=LANGUAGES[0])
@click.option("--name", default="", help="Of the source; only if they agreed.")
@click.option("--contact", default="", help="A safe way to reach the source.")
@click.option("--conduct", multiple=True, metavar="CODE", help="As in site.toml.")
@click.option("--grounds", multiple=True, metavar="CODE", help="As in site.toml.")
@click.option("--unit", default="", metavar="CODE", help="As in site.toml.")
@click.option("--period", default="", metavar="QUARTER", help="Such as 2026-Q3, or earlier.")
@click.option("--works-with-subject", type=_ANSWER, help="Whether the source does.")
@click.option("--supporter", type=_ANSWER, help="Whether the source wants one.")
@click.option("--exclude", multiple=True, metavar="ID", help="A handler who may not read it.")
@click.option(
    "--names",
    type=click.Choice(["ask", "mask", "keep"]),
    default="ask",
    help="What becomes of names; keep them only if the source agreed.",
)
@click.option("--slip", "slip_file", type=FILE, help="Where the code goes to be printed, or -.")
@click.option("--address", default="", help="The site's address, for the slip.")
@pass_session
def enter(
    session: Session,
    /,
    text_file: Path,
    spoken: str,
    exclude: tuple[str, ...],
    names: str,
    slip_file: Path | None,
    address: str,
    **filled: object,
) -> None:
    """Enter a report that came as a letter, a mail or a call, or that somebody passed on."""
    _check_free(slip_file)
    text = _masked(_read(text_file), spoken, names)
    answers = {name: value or "" for name, value in filled.items() if name in _ANSWERED}
    report = Report(
        **(filled | answers),  # type: ignore[arg-type]  # click gives what the options say
        day=today(),
        turn=intake.FIRST_TURN,
        language=spoken,
        text=text,
        recipients=(),
        excluded=tuple(_id(each) for each in exclude),
    )
    with session.open_cases() as vault:
        _tell(vault, intake.enter(vault, report, today()), slip_file, address)


_ANSWERED = ("works_with_subject", "supporter")


@click.command("new-code")
@click.argument("case")
@click.option("--slip", "slip_file", type=FILE, required=True, help="Where the code goes, or -.")
@click.option("--address", default="", help="The site's address, for the slip.")
@pass_session
def new_code(session: Session, case: str, slip_file: Path, address: str) -> None:
    """Make a new code for a CASE that was entered here and is in no bundle yet."""
    _check_free(slip_file)
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        _tell(vault, intake.anew(vault, found, today()), slip_file, address)


def _check_free(slip_file: Path | None) -> None:
    if slip_file is not None and str(slip_file) != STREAM and slip_file.is_file():
        raise NotOurFile


def _read(file: Path) -> str:
    with click.open_file(str(file), "rb") as opened:
        raw = opened.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise TextTooLong(characters=MAX_TEXT_CHARACTERS, bytes=MAX_TEXT_BYTES)
    return as_text(raw)


def _id(typed: str) -> bytes:
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise IdInvalid from None


def own_words() -> Known:
    """Return the organisation's own names and words, from the folder KEYS where there is one.

    Raises:
        RedactionSettingsWrong: the file is there and cannot be used.
    """
    return settings.load(Path(os.environ.get("KEYS", "keys"))).known


def _masked(text: str, spoken: str, names: str) -> str:
    """Return the text without the names that a person does not keep."""
    if names == "keep":
        return text
    found = intake.suggest(text, intake.redactor(spoken, own_words()))
    for span in found.shown:
        say(N_("Describes somebody; look whether it has to stand there:"))
        show(text[span.start : span.end])
    if found.doubts:
        say(N_("Parts of this text could not be looked through. Read it yourself."))
    if not found.spans:
        say(N_("No names were found. That is no proof: read it yourself."))
        return text
    say(N_("Names and the like in this text: %(count)d"), count=len(found.spans))
    for span in found.spans:
        show(text[span.start : span.end])
    masked = intake.mask(text, found.spans, spoken)
    if names == "mask" or agree(N_("Leave these out?")):
        return masked
    if agree(N_("Did the source agree that they stay in?")):
        return text
    raise NamesStay


def _tell(vault: Vault, entered: Entered, slip_file: Path | None, address: str) -> None:
    """Say which case it is, and hand the code out, this one time."""
    number = casebook.numbers(vault)[entered.mailbox_id]
    say(N_("Case %(number)s is here. Its mailbox goes with the next bundle."), number=number)
    if slip_file is None:
        say(N_("No slip was made: nobody has the code. Until the next bundle: new-code CASE"))
        return
    report = casebook.open_book(vault, entered.mailbox_id).case().report
    card = keyring.card_for_reading(vault, today())
    name = card.texts[report.language].name
    written = slip.text(entered.words, name, report.language, address)
    if str(slip_file) == STREAM:
        click.echo(written)
    else:
        _write(slip_file, written)
        say(N_("The slip is in %(file)s. Print it and destroy the file."), file=slip_file)
    say(N_("The code is kept nowhere. Did printing fail? Before the next bundle: new-code CASE"))


def _write(path: Path, text: str) -> None:
    """Write the slip where a person asked for it, for nobody else to read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
