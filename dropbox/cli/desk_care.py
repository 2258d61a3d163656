"""The desk's commands for care: open tasks, measures, and support records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from dropbox.cli.desk_session import TEXT, TEXT_FILE, Session, pass_session, typed_text
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, say, say_about, show
from dropbox.desk import care as rules
from dropbox.desk import casebook, measures, screen, typed
from dropbox.desk import support as records
from dropbox.desk.casebook import SHORTEST_NUMBER
from dropbox.desk.errors import VaultDamaged
from dropbox.desk.measures import ESCALATED, ESCALATION, LABELS, MEASURE
from dropbox.desk.support import ANSWERS, OFFERS
from dropbox.errors import N_

DAY = click.option("--day", default="", help="On which day, as 2026-11-21; else today.")
UNDO = click.option("--undo", is_flag=True, help="Take it back; it was a mistake.")
_LONGEST_CODE = 40


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    for command in (care, measure, escalate, figures, support):
        group.add_command(command)


def _day(text: str) -> date:
    return typed.day(text, today()) or today()


@click.command()
@pass_session
def care(session: Session) -> None:
    """List the open tasks of care over all cases, with the codes for the command task."""
    with session.open_cases() as vault:
        numbers, found = casebook.numbers(vault), []
        for mailbox_id in casebook.ids(vault):
            try:
                book = casebook.open_book(vault, mailbox_id)
                tasks = rules.to_do(book.case(), today()) if book.has_report else ()
            except VaultDamaged:
                continue  # the list of cases shows it
            found += [(each.since, numbers[mailbox_id], each.code) for each in tasks]
        for since, number, code in sorted(found):
            click.echo(f"{number}  {since}  {code}  {_(rules.title(code))}")
        if not found:
            say(N_("There is no open task."))


@click.command()
@click.argument("case")
@click.argument("code", type=click.Choice(list(LABELS)))
@DAY
@UNDO
@pass_session
def measure(session: Session, case: str, code: str, day: str, undo: bool) -> None:
    """Record by CODE which measure or sanction a CASE led to; never with a name."""
    _record(session, case, MEASURE, code, day, undo=undo)


@click.command()
@click.argument("case")
@click.argument("body", type=click.Choice(list(ESCALATED)))
@DAY
@UNDO
@pass_session
def escalate(session: Session, case: str, body: str, day: str, undo: bool) -> None:
    """Record to which BODY an external channel escalated a CASE."""
    _record(session, case, ESCALATION, body, day, undo=undo)


def _record(session: Session, case: str, kind: str, code: str, day: str, *, undo: bool) -> None:
    with session.open_cases() as vault:
        found = casebook.find(vault, case, SHORTEST_NUMBER)
        if undo:
            measures.take_back(vault, found, kind, code, _day(day))
        else:
            measures.add(vault, found, kind, code, _day(day), today())
        record = measures.load(vault, found)
        say(N_("Recorded in case %(number)s:"), number=casebook.numbers(vault)[found])
        for each in (MEASURE, ESCALATION):
            for line in record.of(each):
                click.echo(f"{line.day}  {_coded(measures.WORDS[each], line.code)}")


def _coded(known: Mapping[str, str], code: str) -> str:
    return f"{screen.line(code, _LONGEST_CODE)}  {_(known.get(code, ''))}".rstrip()


@click.command("measures")
@pass_session
def figures(session: Session) -> None:
    """Print how often each measure was recorded on this desk, by quarter."""
    with session.open_cases() as vault:
        found = measures.counts(vault)
    for each in found:
        words = _coded(measures.WORDS.get(each.kind, {}), each.code)
        click.echo(f"{each.quarter}  {each.kind}  {each.count}  {words}")
    if not found:
        say(N_("Nothing is recorded."))


@click.group()
def support() -> None:
    """Keep records of support for those whom reports are about, apart from all cases."""


@support.command("new")
@pass_session
def new(session: Session) -> None:
    """Begin a record."""
    with session.open_cases() as vault:
        say(N_("Support record %(number)s"), number=records.start(vault, today()).number)


@support.command("list")
@pass_session
def list_all(session: Session) -> None:
    """List the records by their next appointment."""
    with session.open_cases() as vault:
        found = records.every(vault)
    for each in found:
        click.echo(f"{each.number}  {each.appointment or ''}".rstrip())
    if not found:
        say(N_("There are no support records."))


@support.command("show")
@click.argument("number")
@pass_session
def show_one(session: Session, number: str) -> None:
    """Show the record with this NUMBER."""
    with session.open_cases() as vault:
        found = records.find(vault, number)
    say(N_("Support record %(number)s"), number=found.number)
    if found.by:
        say_about(
            N_("Support by: %(who)s"), who=screen.line(found.by, records.MAX_BY_CHARACTERS * 10)
        )
    if found.appointment:
        say(N_("Next appointment: %(day)s"), day=found.appointment)
    for each in found.offers:
        words = _coded(OFFERS, each.kind)
        click.echo(f"{each.day}  {words}: {_(ANSWERS[each.answer])}")
    if found.text:
        show(found.text)


@support.command("offer")
@click.argument("number")
@click.argument("kind", type=click.Choice(list(OFFERS)))
@DAY
@click.option("--answer", type=click.Choice(["yes", "no"]), help="Whether it was taken up.")
@UNDO
@pass_session
def offer(
    session: Session, number: str, kind: str, day: str, answer: str | None, undo: bool
) -> None:
    """Write down which KIND of support was offered, in the record with this NUMBER."""
    with session.open_cases() as vault:
        found = records.find(vault, number).support_id
        if undo:
            records.take_back(vault, found, kind, _day(day))
        else:
            records.offer(vault, found, kind, _day(day), today(), answer or "")


@support.command("change")
@click.argument("number")
@click.option("--by", help="Who gives the support.")
@click.option("--appointment", help="The next appointment, as 2026-11-21; '' for none.")
@TEXT
@TEXT_FILE
@pass_session
def change(
    session: Session,
    number: str,
    by: str | None,
    appointment: str | None,
    text: str | None,
    text_file: Path | None,
) -> None:
    """Change what is said in the record with this NUMBER; what is left out stays."""
    said = typed_text(text, text_file) if text is not None or text_file is not None else None
    with session.open_cases() as vault:
        found = records.find(vault, number)
        records.change(
            vault,
            found.support_id,
            by=found.by if by is None else by,
            appointment=found.appointment if appointment is None else typed.day(appointment),
            text=found.text if said is None else said,
        )


@support.command("note")
@click.argument("number")
@click.argument("case")
@click.option("--off", is_flag=True, help="Take the note off the case.")
@pass_session
def note(session: Session, number: str, case: str, off: bool) -> None:
    """Note at a confidential CASE that a record exists; the record does not say which case."""
    with session.open_cases() as vault:
        found = records.find(vault, number).support_id
        mailbox_id = casebook.find(vault, case, SHORTEST_NUMBER)
        act = records.take_off if off else records.note_at
        act(vault, found, mailbox_id)


@support.command("erase")
@click.argument("number")
@pass_session
def erase(session: Session, number: str) -> None:
    """Erase the record with this NUMBER for good."""
    with session.open_cases() as vault:
        records.erase(vault, records.find(vault, number).support_id)
    say(N_("Erased. Backups from before keep it until they expire."))
