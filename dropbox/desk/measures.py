"""What came of a case: measures and sanctions by code, and escalation by an external channel.

Owns the taxonomy and one record for each case, sealed under the case's key. Invariants: a code
and a day, never a word of somebody's own, so no name can stand here; nothing about one person
for an anonymous report; what outlives a withdrawal is a number for each code and quarter, which
knows no case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import casebook, keyring, records
from dropbox.desk.casebook import MEASURES, OpenBook
from dropbox.desk.cases import Case
from dropbox.desk.errors import CaseOnHold, PersonStateOnAnonymousReport
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError

FOR_EVERYONE = {
    "team_talk": N_("a talk with the whole team"),
    "agreements_team": N_("agreements in the team on how people treat each other"),
    "training_team": N_("training for the team"),
    "leadership": N_("guidance for the leadership"),
    "presence": N_("the leadership is present more"),
    "rosters": N_("other rosters, rooms or tasks for the whole team"),
    "rules": N_("a rule or a way of working changed"),
    "selection": N_("selection and promotion done in another way"),
    "information": N_("staff were told again where they can report"),
    "survey": N_("an inquiry into how the team works together, without names"),
}
"""Measures that point at nobody."""

FOR_ONE = {
    "conversation": N_("a conversation about the conduct"),
    "agreements": N_("written agreements"),
    "apology": N_("apologies"),
    "mediation": N_("mediation"),
    "coaching": N_("coaching or training"),
    "place": N_("another place of work or another line of command"),
    "non_active": N_("for the time being not at work"),
}
"""Measures for one person, which are no sanction."""

SANCTIONS = {
    "warning": N_("a written warning"),
    "reprimand": N_("a written reprimand"),
    "pay": N_("a sanction in pay or leave"),
    "transfer": N_("a transfer as a sanction"),
    "demotion": N_("a lower position"),
    "suspension": N_("a suspension"),
    "dismissal_conditional": N_("a conditional dismissal"),
    "dismissal": N_("a dismissal"),
    "agency_ended": N_("the hiring of somebody ended"),
}
"""Sanctions, as an organisation imposes them on one person."""

ESCALATED = {
    "integrity": N_("the organisation's own integrity office"),
    "top": N_("the head of the organisation"),
    "executive": N_("the mayor and aldermen"),
    "council": N_("the council"),
    "ombudsman": N_("the ombudsman"),
    "inspectorate": N_("the Labour Inspectorate"),
    "human_rights": N_("the Institute for Human Rights"),
    "whistleblowers": N_("the Whistleblowers Authority"),
    "police": N_("the police or the public prosecutor"),
}
"""To whom an external channel went when it found that something was not taken up well."""

LABELS = FOR_EVERYONE | FOR_ONE | SANCTIONS
MEASURE, ESCALATION = "measure", "escalated"
WORDS = {MEASURE: LABELS, ESCALATION: ESCALATED}
"""All words, by what is recorded."""


class MeasureUnknown(InputError):
    """A measure or a body was named by what is no code."""

    text = N_("There is no such measure. Choose one of the list.")


class MeasureDayWrong(InputError):
    """A measure was to be taken before the report, or in the future."""

    text = N_("Choose a day from the report's on, and not after today.")


class EscalationByExternalOnly(InputError):
    """An internal channel wants to record an escalation."""

    text = N_("Only a channel outside the organisation escalates. This one is inside.")


@dataclass(frozen=True)
class Taken:
    """One line of a record: a code and a day."""

    code: str
    day: date


@dataclass(frozen=True)
class Record:
    """What is recorded of a case, by day."""

    measures: tuple[Taken, ...] = ()
    escalations: tuple[Taken, ...] = ()

    def of(self, kind: str) -> tuple[Taken, ...]:
        """Return the lines of one kind, `MEASURE` or `ESCALATION`."""
        return self.measures if kind == MEASURE else self.escalations


@dataclass(frozen=True)
class Count:
    """How often something was recorded in a quarter, such as ``2026-4``."""

    quarter: str
    kind: str
    code: str
    count: int


def fitting(mode: str) -> tuple[str, ...]:
    """Return the codes of the measures that fit a report's mode."""
    return tuple(FOR_EVERYONE) if mode == "anonymous" else tuple(LABELS)


def load(vault: Vault, mailbox_id: bytes) -> Record:
    """Return what is recorded of a case; raises UnknownCase or CaseWithdrawn."""
    return _of_book(casebook.open_book(vault, mailbox_id))


def _of_book(book: OpenBook) -> Record:
    raw = book.side(MEASURES)
    return Record() if raw is None else records.decode(Record, raw)


def add(vault: Vault, mailbox_id: bytes, kind: str, code: str, day: date, today: date) -> bool:
    """Record a measure, or an escalation.

    Args:
        vault: a handler's.
        mailbox_id: the case, 32 raw bytes.
        kind: `MEASURE` or `ESCALATION`.
        code: one of `WORDS` of that kind.
        day: on which it was taken.
        today: the day of writing.

    Returns:
        Whether it was news: the same code of the same day is recorded once.

    Raises:
        MeasureUnknown, MeasureDayWrong: no such code, or no such day for it.
        PersonStateOnAnonymousReport: it is about one person, and the report is anonymous.
        EscalationByExternalOnly: this channel belongs to the organisation.
        CaseOnHold: the reporter paused the case.
        UnknownCase, CaseWithdrawn: there is no such case.
    """
    if code not in WORDS.get(kind, {}):
        raise MeasureUnknown
    if kind == ESCALATION and not keyring.card_for_reading(vault, today).external:
        raise EscalationByExternalOnly
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        _check(book.case(), kind, code, day, today)
        record, line = _of_book(book), Taken(code, day)
        if line in record.of(kind):
            return False
        _save(book, record, kind, (*record.of(kind), line))
        _count(vault, kind, line, 1)
    return True


def _check(case: Case, kind: str, code: str, day: date, today: date) -> None:
    if case.standing().on_hold:
        raise CaseOnHold
    if kind == MEASURE and code not in fitting(case.report.mode):
        raise PersonStateOnAnonymousReport
    if not case.report.day <= day <= today:
        raise MeasureDayWrong


def take_back(vault: Vault, mailbox_id: bytes, kind: str, code: str, day: date) -> bool:
    """Take a line back that was recorded by mistake; return whether there was one."""
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        record, line = _of_book(book), Taken(code, day)
        if kind not in WORDS or line not in record.of(kind):
            return False
        _save(book, record, kind, tuple(each for each in record.of(kind) if each != line))
        _count(vault, kind, line, -1)
    return True


def uncount(vault: Vault, book: OpenBook) -> None:
    """Take what is recorded of a case out of the numbers, since it was entered by mistake.

    Inside a transaction that the caller holds. A withdrawal does not do this.
    """
    record = _of_book(book)
    for kind in WORDS:
        for line in record.of(kind):
            _count(vault, kind, line, -1)


def _save(book: OpenBook, record: Record, kind: str, lines: tuple[Taken, ...]) -> None:
    ordered = tuple(sorted(lines, key=lambda each: (each.day, each.code)))
    if kind == MEASURE:
        record = replace(record, measures=ordered)
    else:
        record = replace(record, escalations=ordered)
    book.put_side(MEASURES, records.encode(record))


def _count(vault: Vault, kind: str, line: Taken, step: int) -> None:
    quarter = f"{line.day.year}-{(line.day.month + 2) // 3}"
    name = f"{quarter} {kind} {line.code}".encode("ascii")
    raw = vault.get("measured", name)
    known = 0 if raw is None else records.decode(Count, raw).count
    if known + step > 0:
        found = Count(quarter, kind, line.code, known + step)
        vault.put("measured", name, records.encode(found))
    else:
        vault.delete("measured", name)


def counts(vault: Vault) -> list[Count]:
    """Return how often each was recorded on this desk, withdrawn cases too, newest quarter first.

    A code of a newer program, which this one has no word for, is counted too.
    """
    found = [records.decode(Count, raw) for _name, raw in vault.items("measured")]
    found.sort(key=lambda each: (each.kind, each.code))
    return sorted(found, key=lambda each: each.quarter, reverse=True)
