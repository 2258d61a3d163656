"""Care as the pages show it: tasks of a case, measures, and the open tasks of all cases.

Owns plain values for templates. Invariant: a colleague's words are passed on as they are, for
the filter ``stranger``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dropbox.desk import care, measures, support
from dropbox.desk.cases import Case
from dropbox.desk.measures import ESCALATION, MEASURE, Count, Record
from dropbox.desk.overview import Row
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.thread import role_words
from dropbox.desk.pages.together import task_title
from dropbox.desk.screen import line
from dropbox.desk.vault import Vault
from dropbox.protocol.channel_card import ChannelCard

_LONGEST_CODE = 40
_LOOKS = {care.OPEN: "soon", care.RESTS: "still", care.OVER: "late"}


@dataclass(frozen=True)
class ShownTask:
    """A task of a case. ``who`` is the role of the handler who ticked it, ``text`` their words."""

    code: str
    title: str
    how: str
    since: date
    status: str
    words: str
    look: str
    who: str
    day: date | None
    text: str
    disputed: bool


def tasks(case: Case, today: date) -> list[ShownTask]:
    """Return the tasks of a case with what its handlers said of them."""
    said = {each.code: each for each in case.tasks()}
    mode, found = case.report.mode, []
    for each in care.tasks(case, today):
        last = said.get(each.code)
        found.append(
            ShownTask(
                code=each.code,
                title=task_title(each.code),
                how=_(care.how(each.rule, mode)),
                since=each.since,
                status=each.status,
                words=_(care.STATUSES[each.status]),
                look=_LOOKS.get(each.status, ""),
                who=role_words(last.entry.role) if last else "",
                day=last.entry.content.day if last else None,
                text=last.entry.content.text if last else "",
                disputed=bool(last and last.overruled),
            )
        )
    return found


def open_titles(case: Case, today: date) -> list[str]:
    """Return the titles of the tasks that wait, for the page that closes a case."""
    return [task_title(each.code) for each in care.to_do(case, today)]


@dataclass(frozen=True)
class Care:
    """What a case's page shows of care. ``supported`` counts support records noted at it."""

    tasks: list[ShownTask]
    recorded: list[ShownTaken]
    groups: list[tuple[str, list[tuple[str, str]]]]
    bodies: list[tuple[str, str]]
    supported: int


def of_case(vault: Vault, case: Case, card: ChannelCard, today: date) -> Care:
    """Return what a case's page shows of care; only an external channel may escalate."""
    return Care(
        tasks=tasks(case, today),
        recorded=recorded(measures.load(vault, case.mailbox_id)),
        groups=measure_groups(case.report.mode),
        bodies=bodies() if card.external else [],
        supported=support.count_at(vault, case.mailbox_id),
    )


@dataclass(frozen=True)
class ListedTask:
    """An open task in the list over all cases. ``who`` is a handler's role, or empty."""

    number: str
    title: str
    since: date
    who: str


def listed(rows: list[Row], rule: str, who: str, roles: Mapping[bytes, str]) -> list[ListedTask]:
    """Return the open tasks of rows, the oldest first.

    Args:
        rows: of the list.
        rule: only tasks of this one, or all.
        who: only cases of the handler with this id in hexadecimal, or all.
        roles: the handlers' roles by id.
    """
    found = [
        (task.since, care.RULES.index(task.rule), row.number, row.assignee, task)
        for row in rows
        for task in row.tasks
        if rule in ("", task.rule) and who in ("", row.assignee.hex())
    ]
    found.sort(key=lambda each: each[:3])
    return [
        ListedTask(number, task_title(task.code), since, roles.get(does, "?") if does else "")
        for since, _rule, number, does, task in found
    ]


@dataclass(frozen=True)
class ShownTaken:
    """A recorded measure or escalation: what it was in words, and what its form sends back."""

    kind: str
    code: str
    words: str
    day: date


def recorded(record: Record) -> list[ShownTaken]:
    """Return what is recorded of a case, by kind and day."""
    return [
        ShownTaken(kind, each.code, measure(kind, each.code), each.day)
        for kind in (MEASURE, ESCALATION)
        for each in record.of(kind)
    ]


def measure(kind: str, code: str) -> str:
    """Return a code in words; one that this program does not know, made visible."""
    known = measures.WORDS.get(kind, {}).get(code)
    if known is None:
        return line(code, _LONGEST_CODE)
    return _("escalated to: %(body)s", body=_(known)) if kind == ESCALATION else _(known)


def measure_groups(mode: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the measures that fit a mode, with their words, in groups."""
    fits = set(measures.fitting(mode))
    groups = (
        (_("For everyone"), measures.FOR_EVERYONE),
        (_("For one person"), measures.FOR_ONE),
        (_("Sanctions"), measures.SANCTIONS),
    )
    found = [
        (label, [(code, _(words)) for code, words in group.items() if code in fits])
        for label, group in groups
    ]
    return [(label, codes) for label, codes in found if codes]


def bodies() -> list[tuple[str, str]]:
    """Return to whom a channel may escalate, with their words."""
    return [(code, _(words)) for code, words in measures.ESCALATED.items()]


@dataclass(frozen=True)
class Figures:
    """What was recorded, as a table: quarters, and for each line its words and a count in each."""

    quarters: list[str]
    lines: list[tuple[str, list[int]]]


def figures(counts: list[Count]) -> Figures:
    """Return counts as a table, the newest quarter first."""
    quarters = sorted({each.quarter for each in counts}, reverse=True)
    table: dict[tuple[str, str], dict[str, int]] = {}
    for each in counts:
        table.setdefault((each.kind, each.code), {})[each.quarter] = each.count
    order = sorted(table, key=lambda key: (key[0] != MEASURE, measure(*key)))
    return Figures(
        quarters, [(measure(*key), [table[key].get(each, 0) for each in quarters]) for key in order]
    )
