"""What the desk's pages show of cases, in the handler's words.

Owns the words for clocks, states, marks and notices. Invariant: what a stranger wrote is
passed on as it is, for the filter ``stranger`` of the templates; nothing here marks it safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dropbox.desk import overview, words
from dropbox.desk.overview import Due, Row
from dropbox.desk.pages.speech import day as day_words
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import language, ngettext
from dropbox.desk.screen import line
from dropbox.errors import N_

Labels = Mapping[str, Mapping[str, Mapping[str, str]]]
"""The site's words for codes: by taxonomy, code and language."""

_LONGEST_CODE = 60
_CLASSES = {overview.LATE: "late", overview.SOON: "soon", overview.STOPPED: "still"}

OWED = {
    "receipt": N_("confirmation of receipt"),
    "feedback": N_("feedback"),
    "soon": N_("owed soon"),
    "late": N_("too late"),
    "words": N_("the reporter waits for an answer"),
}
SORTS = {
    "owed": N_("what is owed first"),
    "new": N_("what is new first"),
    "age": N_("the oldest report first"),
    "activity": N_("what changed last first"),
    "state": N_("state"),
}


@dataclass(frozen=True)
class Tag:
    """A few words with the class that a colour supports; the words say it all."""

    text: str
    look: str = ""


@dataclass(frozen=True)
class ShownRow:
    """A case in a list. All is the program's own words but labels of unknown codes, and ``who``."""

    number: str
    state: Tag
    mode: str
    unit: str
    conduct: str
    reported: str
    age: str
    last: str
    clocks: list[Tag]
    tags: list[Tag]
    damaged: bool
    who: str


def label(labels: Labels, taxonomy: str, code: str) -> str:
    """Return the site's word for a code; a code that it does not know, made visible."""
    known = labels.get(taxonomy, {}).get(code, {}).get(language())
    return known or line(code, _LONGEST_CODE)


def state(code: str, outcome: str = "") -> str:
    """Return a state in words, with the outcome of a closing."""
    said = _(words.STATES[code]) if code else _(words.NOT_ANSWERED)
    return f"{said}: {_(words.OUTCOMES[outcome])}" if outcome else said


def came_by(origin: str) -> str:
    """Return in few words how a report came; an origin that is not known, made visible."""
    known = words.CAME_BY.get(origin or overview.FORM)
    return _(known) if known else line(origin, _LONGEST_CODE)


def receipt(due: Due) -> Tag:
    """Return the clock of the confirmation in words."""
    if due.level == overview.MET:
        return Tag(_("Receipt confirmed"))
    if due.level == overview.STOPPED:
        return Tag(_("Receipt: stopped while paused"), "still")
    if due.left < 0:
        said = ngettext("Receipt %(num)d day late", "Receipt %(num)d days late", -due.left)
    elif due.left == 0:
        said = _("Receipt owed today")
    else:
        said = ngettext("Receipt owed in %(num)d day", "Receipt owed in %(num)d days", due.left)
    return Tag(said, _CLASSES.get(due.level, ""))


def feedback(due: Due) -> Tag:
    """Return the clock of the feedback in words."""
    if due.level == overview.MET:
        return Tag(_("Feedback given"))
    if due.level == overview.STOPPED:
        return Tag(_("Feedback: stopped while paused"), "still")
    if due.left < 0:
        said = ngettext("Feedback %(num)d day late", "Feedback %(num)d days late", -due.left)
    elif due.left == 0:
        said = _("Feedback owed today")
    else:
        said = ngettext("Feedback owed in %(num)d day", "Feedback owed in %(num)d days", due.left)
    return Tag(said, _CLASSES.get(due.level, ""))


def clocks(row: Row, *, all_of_them: bool = False) -> list[Tag]:
    """Return a case's clocks in words; those that were kept only when asked for."""
    found = []
    for due, say in ((row.receipt, receipt), (row.feedback, feedback)):
        if due is not None and (all_of_them or due.level != overview.MET):
            found.append(say(due))
    return found


def tags(row: Row) -> list[Tag]:
    """Return what else a person should see of a case in a list."""
    found = []
    if row.new:
        found.append(Tag(ngettext("%(num)d new", "%(num)d new", row.new), "soon"))
    if row.came_back:
        found.append(Tag(_("the reporter wrote after the closing"), "soon"))
    elif row.asks:
        found.append(Tag(_("the reporter waits for an answer")))
    if row.troubles:
        found.append(
            Tag(ngettext("%(num)d item not read", "%(num)d items not read", row.troubles), "late")
        )
    if row.gaps:
        found.append(Tag(_("something is missing"), "late"))
    if row.conflict:
        found.append(Tag(_("two states at once"), "late"))
    if row.tasks:
        found.append(Tag(ngettext("%(num)d task", "%(num)d tasks", len(row.tasks))))
    if row.draft:
        found.append(Tag(_("draft")))
    if row.label:
        found.append(Tag(row.label))
    return found


def shown(row: Row, labels: Labels, roles: Mapping[bytes, str]) -> ShownRow:
    """Return a row of the list in words; ``roles`` are the handlers' by id, in their words."""
    if row.damaged:
        blank = Tag(_("damaged"), "late")
        return ShownRow(row.number, blank, "", "", "", "", "", "", [], [], damaged=True, who="")
    standing = state(row.state, row.outcome)
    return ShownRow(
        number=row.number,
        state=Tag(f"{_(words.ON_HOLD)} ({standing})", "still") if row.on_hold else Tag(standing),
        mode=f"{_(words.MODES[row.mode])} · {came_by(row.origin)}"
        if row.origin
        else _(words.MODES[row.mode]),
        unit=label(labels, "units", row.unit) if row.unit else "",
        conduct=", ".join(label(labels, "conduct", each) for each in row.conduct),
        reported=day_words(row.reported),
        age=ngettext("%(num)d day", "%(num)d days", row.age_days),
        last=day_words(row.last),
        clocks=clocks(row),
        tags=tags(row),
        damaged=False,
        who=roles.get(row.assignee, "?") if row.assignee else "",
    )
