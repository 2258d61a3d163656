"""The desk's commands for patterns over all reports, and for the signals made of them."""

from __future__ import annotations

from datetime import date, datetime

import click

from dropbox.cli.desk_session import Session, pass_session
from dropbox.cli.rooms import today
from dropbox.cli.screen import _, language, say, say_about
from dropbox.desk import keyring, patterns, quarters, signals, threshold
from dropbox.desk.index import Index
from dropbox.desk.overview import Row
from dropbox.desk.patterns import NONE, UNKNOWN, Asked, Codes, Labels, Table
from dropbox.desk.signals import Commitment, Signal
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol.payload import MODES


def register(group: click.Group) -> None:
    """Put these commands under ``group``."""
    group.add_command(count_patterns)
    group.add_command(signal)


def _rows(vault: Vault) -> tuple[list[Row], int]:
    """Return the rows of all cases, and how many were withdrawn."""
    found = Index(vault, today())
    while not found.ready:
        found.read_on(vault)
    return list(found.rows.values()), found.withdrawn


@click.command("patterns")
@click.option("--year", default="", help="Quarters of this year; without it, all years.")
@click.option("--by", "axis", type=click.Choice(patterns.AXES), default=patterns.CONDUCT)
@click.option("--ground", default="", help="Only reports with this discrimination ground.")
@click.option("--mode", type=click.Choice(MODES), default=None)
@pass_session
def count_patterns(session: Session, year: str, axis: str, ground: str, mode: str | None) -> None:
    """Count all reports by unit, conduct or ground, and period."""
    with session.open_cases() as vault:
        rows, withdrawn = _rows(vault)
        labels = keyring.load(vault).labels
        codes = Codes.of(labels)
        wanted = Asked(axis, year, ground, mode or "")
        if wanted != wanted.checked(codes, patterns.years(rows, today())):
            raise patterns.NoSuchCell
        _show(patterns.table(rows, codes, wanted), labels)
        say(N_("Withdrawn, and counted nowhere else: %(count)s."), count=withdrawn)
        known, over = signals.load_all(vault), threshold.load(vault)
        for each in signals.proposals(patterns.by_quarter(rows, codes), known, over):
            place = _place(labels, each.conduct, each.unit)
            say_about(
                N_("Above the threshold: %(place)s: %(count)d"), place=place, count=each.reports
            )


def _show(made: Table, labels: Labels) -> None:
    """Print what is not zero, and of each unit its reports, zero as zero."""
    for unit in made.units:
        words = _word(labels, "units", unit, N_("no unit named"))
        say_about(N_("Reports of %(unit)s: %(count)d"), unit=words, count=made.count(unit))
        for code in made.codes:
            found = [(each, made.count(unit, code, each)) for each in made.periods]
            if not any(count for _each, count in found):
                continue
            named = _word(labels, made.asked.axis, code, N_("not named"))
            counts = ", ".join(f"{_period(each)} {count}" for each, count in found)
            say_about(N_("    of these %(code)s: %(counts)s"), code=named, counts=counts)
    say(
        N_("Reports: %(count)d; with several codes, counted in each: %(several)d"),
        count=made.reports,
        several=made.several,
    )
    say(
        N_("By the quarter that the reporter named: %(said)d; by the report's day: %(others)d"),
        said=made.said,
        others=made.reports - made.said,
    )
    if made.damaged:
        say(N_("Damaged, and not counted: %(count)s."), count=made.damaged)


def _period(period: str) -> str:
    return _(N_("earlier")) if period == quarters.EARLIER else period


def _word(labels: Labels, taxonomy: str, code: str, none: str) -> str:
    if code in (NONE, UNKNOWN):
        return _(none if code == NONE else N_("not known here"))
    return labels.get(taxonomy, {}).get(code, {}).get(language(), code)


def _place(labels: Labels, conduct: str, unit: str) -> str:
    return ", ".join(
        (
            _word(labels, "units", unit, N_("no unit named")),
            _word(labels, patterns.CONDUCT, conduct, N_("not named")),
        )
    )


@click.group()
def signal() -> None:
    """Signals: patterns above the threshold, and what was promised."""


@signal.command("list")
@pass_session
def list_signals(session: Session) -> None:
    """Show all signals with what was promised."""
    with session.open_cases() as vault:
        labels = keyring.load(vault).labels
        for each in signals.load_all(vault):
            _show_signal(each, labels)
        if lost := signals.damaged(vault):
            say(N_("Damaged signals: %(count)d. Restore a backup."), count=lost)


def _show_signal(found: Signal, labels: Labels) -> None:
    say_about(
        N_("Signal %(number)s of %(day)s: %(place)s: %(state)s"),
        number=found.number,
        day=found.opened.isoformat(),
        place=_place(labels, found.conduct, found.unit),
        state=_(signals.OUTCOMES.get(found.outcome, signals.STATES[found.state])),
    )
    for place, each in enumerate(found.commitments, 1):
        unit = f", {_word(labels, 'units', each.unit, '')}" if each.unit else ""
        say_about(
            N_("    promise %(place)d: %(kind)s (%(who)s), by %(day)s: %(stands)s"),
            place=place,
            kind=_(signals.KINDS[each.kind]),
            who=_(signals.ROLES[each.who]) + unit,
            day=each.promised.isoformat(),
            stands=_stands(each),
        )


def _stands(each: Commitment) -> str:
    if each.ended is None:
        return _(N_("overdue")) if each.is_late(today()) else _(N_("open"))
    return _(N_("done")) if each.kept else _(N_("given up"))


@signal.command("open")
@click.argument("conduct")
@click.argument("unit")
@pass_session
def take_up(session: Session, conduct: str, unit: str) -> None:
    """Make a signal of CONDUCT in UNIT, by their codes, where it is above the threshold."""
    with session.open_cases() as vault:
        labels = keyring.load(vault).labels
        counted = patterns.by_quarter(_rows(vault)[0], Codes.of(labels))
        found = signals.proposals(counted, signals.load_all(vault), threshold.load(vault))
        _show_signal(signals.take_up(vault, found, conduct, unit, today()), labels)


@signal.command()
@click.argument("number")
@click.argument("kind", type=click.Choice(list(signals.KINDS)))
@click.argument("who", type=click.Choice(list(signals.ROLES)))
@click.option("--by", "day", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--unit", default="", help="A unit's code, where it is one unit's to do.")
@pass_session
def promise(session: Session, number: str, kind: str, who: str, day: datetime, unit: str) -> None:
    """Note a promise of a KIND by a role, WHO, with signal NUMBER."""
    with session.open_cases() as vault:
        labels = keyring.load(vault).labels
        made = Commitment(kind, who, unit, date(day.year, day.month, day.day))
        kept = signals.load(vault, number)
        kept = signals.promise(vault, kept, made, Codes.of(labels).units, today())
        _show_signal(kept, labels)


@signal.command()
@click.argument("number")
@click.argument("place", type=click.IntRange(1, signals.MOST_COMMITMENTS))
@click.option("--given-up", is_flag=True, help="It will not be done.")
@pass_session
def done(session: Session, number: str, place: int, given_up: bool) -> None:
    """Note that the promise at PLACE of signal NUMBER was done."""
    with session.open_cases() as vault:
        kept = signals.load(vault, number)
        kept = signals.end(vault, kept, place - 1, today(), kept=not given_up)
        _show_signal(kept, keyring.load(vault).labels)


@signal.command()
@click.argument("number")
@click.argument("state", type=click.Choice(list(signals.STATES)))
@click.option("--outcome", type=click.Choice(list(signals.OUTCOMES)), default=None)
@pass_session
def move(session: Session, number: str, state: str, outcome: str | None) -> None:
    """Move signal NUMBER to STATE; closing needs an outcome."""
    with session.open_cases() as vault:
        kept = signals.move(vault, signals.load(vault, number), state, today(), outcome or "")
        _show_signal(kept, keyring.load(vault).labels)


@signal.command("threshold")
@click.option("--quarter", type=int, required=True, help="Reports in a quarter.")
@click.option("--year", type=int, required=True, help="Reports in four quarters in a row.")
@pass_session
def change_threshold(session: Session, quarter: int, year: int) -> None:
    """Set from how many reports on a pattern is proposed as a signal."""
    with session.open_cases() as vault:
        threshold.save(vault, quarter, year)
