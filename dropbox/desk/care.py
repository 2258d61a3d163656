"""Care: what follows by rule from a case for the people in it, and whether it was done.

Pure: no vault, no clock. Owns the tasks' codes and words. Invariants: a task follows from what
the reporter chose and from days alone, so all desks of a case find the same ones; whether one is
done is what the handlers' notes say, see `dropbox.desk.notes`; while the reporter pauses the
case its tasks rest. Nothing here is about a person, and for an anonymous report nothing asks who
anybody is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.desk.cases import Case
from dropbox.errors import N_

APART, SUPPORTER, SAFETY, WROTE = "interim_measure", "supporter", "safety", "aftercare"
RULES = (WROTE, APART, SUPPORTER, SAFETY)
"""In the order of a list. A task's code is its rule, for the last two with a number behind it."""

OPEN, DONE, RESTS, OVER = "open", "done", "rests", "over"
STATUSES = {
    OPEN: N_("to do"),
    DONE: N_("done"),
    RESTS: N_("rests while the reporter pauses"),
    OVER: N_("not done before the closing"),
}

SAFETY_AFTER_DAYS = (14, 42, 70)
"""So many days after a report somebody asks whether things are safe, unless it is closed."""

TITLES = {
    WROTE: N_("Read what the reporter wrote after the closing"),
    APART: N_("See to it that they need not keep meeting"),
    SUPPORTER: N_("Arrange somebody who supports the reporter"),
    SAFETY: N_("Ask whether it is safe now"),
}
HOW = {
    WROTE: N_(
        "It may answer the question how things are now. Answer it, also when there is nothing"
        " to be done."
    ),
    APART: N_(
        "The reporter works with the person whom the report is about. Agree with the reporter"
        " what helps for now: another place, other hours, another line of command. It is no"
        " judgement, and the reporter is not the one who has to give way."
    ),
    SUPPORTER: N_(
        "The reporter wants somebody beside them. Say in an answer who can be that and how to"
        " reach them; the reporter makes the first step."
    ),
    SAFETY: N_(
        "Write a short answer that asks how things are. One of the texts to begin with does that."
    ),
}
APART_ANONYMOUS = N_(
    "The reporter works with the person whom the report is about, and is anonymous. Nobody can be"
    " moved without pointing at somebody. What can be done is for everyone: other rosters or rooms"
    " for a whole team, somebody of the leadership more often present, talks with two people"
    " there. Ask the reporter what would help, never who anybody is."
)


@dataclass(frozen=True, slots=True)
class CareTask:
    """One task of a case: its code, by which rule, since when, and one of `STATUSES`."""

    code: str
    rule: str
    since: date
    status: str


def tasks(case: Case, today: date) -> tuple[CareTask, ...]:
    """Return every task that follows from a case on ``today``, in the order of `RULES`."""
    standing = case.standing()
    ticked = {each.code for each in case.tasks() if each.done}
    found = []
    for rule, code, since in _due(case, standing.state == "closed", today):
        if code in ticked:
            status = DONE
        elif standing.on_hold:
            status = RESTS
        else:
            status = OVER if standing.state == "closed" and rule != WROTE else OPEN
        found.append(CareTask(code, rule, since, status))
    return tuple(found)


def to_do(case: Case, today: date) -> tuple[CareTask, ...]:
    """Return the tasks of a case that wait for somebody."""
    return tuple(each for each in tasks(case, today) if each.status == OPEN)


def how(rule: str, mode: str) -> str:
    """Return in English what a task asks for, by its rule and the report's mode."""
    return APART_ANONYMOUS if (rule, mode) == (APART, "anonymous") else HOW[rule]


def title(code: str) -> str:
    """Return a task's title in English by its code, or nothing for a code that is not ours."""
    rule, _dash, number = code.partition("-")
    numbered = rule in (WROTE, SAFETY)
    return TITLES.get(rule, "") if number.isdecimal() == numbered else ""


def _due(case: Case, is_closed: bool, today: date) -> Iterator[tuple[str, str, date]]:
    """Yield rule, code and first day of what follows."""
    report = case.report
    if is_closed and case.wrote_since_closing:
        last = [message for _entry, message in case.messages if message.kind == "message"][-1]
        yield WROTE, f"{WROTE}-{last.number}", last.day
    if report.works_with_subject == "yes":
        yield APART, APART, report.day
    if report.supporter == "yes":
        yield SUPPORTER, SUPPORTER, report.day
    if not is_closed:
        begun = report.day + timedelta(days=case.days_on_hold(today))
        rounds = [begun + timedelta(days=days) for days in SAFETY_AFTER_DAYS]
        past = [day for day in rounds if day <= today]
        if past:  # only the last: what was not asked in time is not asked twice
            yield SAFETY, f"{SAFETY}-{len(past)}", past[-1]
