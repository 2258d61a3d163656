"""How one case looks on a terminal.

Rule of all output: what a stranger wrote, be it one code, goes through `screen` and
stands behind a gutter that no line of the program has, or in a line of the program
that we fold: the terminal never breaks a line so that a stranger's words begin one.
"""

from __future__ import annotations

from datetime import date

import click

from dropbox.cli.screen import _, language, say, say_about, show, width
from dropbox.desk import casebook, keyring, other_channels, screen, words
from dropbox.desk.cases import Case, Clock, Entry, Gap, Standing
from dropbox.desk.keyring import Desk
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol.keys import fingerprint
from dropbox.protocol.note import Note
from dropbox.protocol.payload import Message, Reply, Report

LONGEST_VALUE = 3000
"""Characters of a name, contact or code that are shown: all, also where each became a mark."""

MAX_ROLE_SHOWN = 120

_MESSAGES = {
    "hold": N_("pauses the case"),
    "resume": N_("resumes the case"),
    "consent": N_("agrees that another channel reads; see above"),
    "refusal": N_("does not agree that another channel reads"),
}

_OWED = (N_("confirm receipt"), N_("give feedback"))


def owed(case: Case, today: date) -> list[str]:
    """Return what a handler owes the reporter, a line each; what was kept is left out."""
    clocks = (case.receipt_clock(today), case.feedback_clock(today))
    said = [_clock_words(text, clock, today) for text, clock in zip(_OWED, clocks, strict=True)]
    return [each for each in said if each]


def roles_of(vault: Vault, today: date) -> dict[bytes, dict[str, str]]:
    """Return the role per language of each handler on the card, by 8-byte id."""
    handlers = keyring.card_for_reading(vault, today).handlers
    return {each.handler_id: dict(each.role) for each in handlers}


def done_by(case: Case, roles: dict[bytes, dict[str, str]]) -> list[str]:
    """Return who does a case, in no line, one, or several where a long role is folded."""
    assignee = case.assignee()
    if assignee is None:
        return []
    text = _("done by %(role)s") % {"role": handler_words(assignee, roles)}
    return list(screen.within(text, width() - casebook.SHORTEST_NUMBER - 2))


def handler_words(handler_id: bytes, roles: dict[bytes, dict[str, str]]) -> str:
    """Return a handler's role, or their id where they are not on the card."""
    return role_words(roles[handler_id]) if handler_id in roles else handler_id.hex()


def state_words(standing: Standing) -> str:
    """Return where a case stands, in words; a pause goes before the state."""
    state = _(words.STATES[standing.state]) if standing.state else _(words.NOT_ANSWERED)
    if standing.outcome:
        state = f"{state}: {_(words.OUTCOMES[standing.outcome])}"
    return f"{_(words.ON_HOLD)} ({state})" if standing.on_hold else state


def _clock_words(what: str, clock: Clock, today: date) -> str:
    if clock.met:
        return ""
    if clock.stopped:
        return _("%(what)s: stopped while paused") % {"what": _(what)}
    left = clock.days_left(today)
    text = (
        _("%(what)s by %(day)s (days left: %(count)d)")
        if left >= 0
        else _("%(what)s: OVERDUE since %(day)s (days late: %(count)d)")
    )
    return text % {"what": _(what), "day": clock.owed, "count": abs(left)}


def whole_case(vault: Vault, case: Case, today: date) -> None:
    """Print one case: where it stands, what the reporter chose, and the thread."""
    desk = keyring.load(vault)
    number = casebook.numbers(vault)[case.mailbox_id]
    standing = case.standing()
    say(N_("Case %(number)s: %(state)s"), number=number, state=state_words(standing))
    roles = roles_of(vault, today)
    for line in (*done_by(case, roles), *owed(case, today)):
        click.echo(line)
    _choices(desk, case.report)
    _readers(case, roles)
    _transfers(vault, case, today)
    for entry in case.entries:
        _entry(entry, today, overruled=entry in standing.overruled)
    _notes(case, roles)
    for gap in case.gaps(desk.handler_id):
        _gap(role_words(gap.role), gap)


def _choices(desk: Desk, report: Report) -> None:
    say(N_("Mode: %(value)s"), value=_(words.MODES[report.mode]))
    if report.origin in words.ORIGINS:
        say(N_("Came by: %(value)s"), value=_(words.ORIGINS[report.origin]))
    if report.people > 1:
        say(N_("Speaks for a group of people: %(count)d"), count=report.people)
    _choice(N_("Name:"), report.name)
    _choice(N_("Safe to reach at:"), report.contact)
    _choice(N_("Conduct:"), *_labels(desk, "conduct", *report.conduct))
    _choice(N_("Discrimination grounds:"), *_labels(desk, "grounds", *report.grounds))
    _choice(N_("Unit:"), *_labels(desk, "units", report.unit))
    _choice(N_("Period:"), report.period)
    if report.works_with_subject in words.ANSWERS:
        say(N_("Works with the subject: %(value)s"), value=_answer(report.works_with_subject))
    if report.supporter in words.ANSWERS:
        say(N_("Wants a supporter: %(value)s"), value=_answer(report.supporter))


def _choice(label: str, *values: str) -> None:
    """Print a label and what the reporter filled in, each value on its own line."""
    found = [value for value in values if value]
    if found:
        say(label)
    for value in found:
        show(screen.line(value, LONGEST_VALUE))


def _labels(desk: Desk, taxonomy: str, *codes: str) -> list[str]:
    known = desk.labels.get(taxonomy, {})
    return [known.get(code, {}).get(language(), code) for code in codes]


def _answer(code: str) -> str:
    return _(words.ANSWERS[code])


def _readers(case: Case, roles: dict[bytes, dict[str, str]]) -> None:
    names = [role_words(roles[each]) for each in sorted(case.readers) if each in roles]
    _choice(N_("Who can read this:"), *names)


def _transfers(vault: Vault, case: Case, today: date) -> None:
    for each in case.transfers:
        name = other_channels.name_of(vault, each.channel_pk, language(), today)
        say_about(
            N_("Asked on %(day)s whether %(name)s may read: %(answer)s"),
            day=each.asked.isoformat(),
            name=name or fingerprint(keyring.load(vault).site_id, each.channel_pk),
            answer=_(words.TRANSFER_ANSWERS[each.answer]),
        )
        if each.answer == "consent":
            say(
                N_("They agreed on %(day)s. You may close the case as passed on."),
                day=each.answered,
            )


def role_words(role: dict[str, str]) -> str:
    """Return a handler's role in the terminal's language."""
    return screen.line(role.get(language(), "?"), MAX_ROLE_SHOWN)


def _entry(entry: Entry, today: date, *, overruled: bool) -> None:
    content = entry.content
    click.echo("")
    who = role_words(entry.role) if entry.author else _("the reporter")
    start = f"{content.day.isoformat()}  {who}  {_what(content)}".rstrip()
    for line in screen.within(start, width()):
        click.echo(line)
    if isinstance(content, Reply) and not entry.released(today):
        say(N_("The reporter sees this from %(day)s."), day=content.not_before)
    if overruled:
        say(N_("This state does not count: a colleague wrote at the same time."))
    if content.text:
        show(content.text)


def _notes(case: Case, roles: dict[bytes, dict[str, str]]) -> None:
    """Print what handlers told each other, apart from what the reporter reads."""
    if not case.notes:
        return
    click.echo("")
    say(N_("Between the handlers; the reporter never sees this:"))
    lost = [case.assignment().overruled, *(task.overruled for task in case.tasks())]
    overruled = {entry.envelope_id for each in lost for entry in each}
    for entry in case.notes:
        if entry.note is not None:
            _note(entry, entry.note, roles, overruled=entry.envelope_id in overruled)


def _note(entry: Entry, note: Note, roles: dict[bytes, dict[str, str]], *, overruled: bool) -> None:
    what = _noted_words(note, roles)
    start = f"{note.day.isoformat()}  {role_words(entry.role)}  {what}".rstrip()
    for line in screen.within(start, width()):
        click.echo(line)
    if overruled:
        say(N_("This does not count: a colleague wrote at the same time."))
    if note.text:
        show(note.text)


def _noted_words(note: Note, roles: dict[bytes, dict[str, str]]) -> str:
    if note.kind == "assign" and note.assignee is None:
        return _("done by nobody")
    if note.kind == "assign" and note.assignee is not None:
        return _("done by %(role)s") % {"role": handler_words(note.assignee, roles)}
    if note.kind == "task":
        text = _("task %(task)s: done") if note.done == "yes" else _("task %(task)s: open again")
        return text % {"task": note.task}
    return _("why the state changed") if note.kind == "reason" else ""


def _what(content: Report | Message | Reply | Note) -> str:
    if isinstance(content, Reply):
        state = _(words.STATES[content.state])
        return f"{state}: {_(words.OUTCOMES[content.outcome])}" if content.outcome else state
    if isinstance(content, Message):
        return _(_MESSAGES[content.kind]) if content.kind in _MESSAGES else ""
    return _("the report")


def _gap(role: str, gap: Gap) -> None:
    click.echo("")
    numbers, unseen = gap.numbers, gap.unseen
    shown = ", ".join(map(str, numbers))
    if numbers and not gap.author:
        say(N_("Missing here: letters %(numbers)s of the reporter."), numbers=shown)
    elif numbers:
        say_about(N_("Missing here: replies %(numbers)s of %(role)s."), numbers=shown, role=role)
    if unseen:
        say_about(
            N_("Missing here: %(count)d envelopes of the reporter that %(role)s has read."),
            count=unseen,
            role=role,
        )
    if gap.notes:
        shown = ", ".join(map(str, gap.notes))
        say_about(N_("Missing here: notes %(numbers)s of %(role)s."), numbers=shown, role=role)
