"""What the handlers of a case tell each other, as its page shows it: apart from the thread.

Owns plain values for the template. Invariant: a colleague's words and roles are passed on as
they are, for the filters ``stranger`` and ``stranger_line``; nothing here marks them safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dropbox.desk import care
from dropbox.desk.cases import Case, Entry
from dropbox.desk.notes import MOST_NOTES
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.thread import role_words
from dropbox.desk.screen import line
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.note import Note

_LONGEST_CODE = 40


@dataclass(frozen=True)
class NoteItem:
    """A note. ``who`` and ``text`` are a handler's words, as is ``named`` behind ``what``."""

    day: date
    who: str
    own: bool
    what: str
    named: str
    text: str
    overruled: bool


@dataclass(frozen=True)
class Colleague:
    """Whom a case can be given to: an id in hexadecimal and a role."""

    id: str
    role: str
    own: bool


@dataclass(frozen=True)
class Together:
    """The notes of a case, and who does it: a role, or empty for nobody.

    ``disputed`` tells that two handlers gave it to different people at once. ``is_full`` that
    no more words fit.
    """

    notes: list[NoteItem]
    doing: str
    own: bool
    assignee: str
    disputed: bool
    colleagues: list[Colleague]
    is_full: bool


def roles(card: ChannelCard) -> dict[bytes, str]:
    """Return the role of each handler on a card, by 8-byte id."""
    return {each.handler_id: role_words(each.role) for each in card.handlers}


def of(case: Case, card: ChannelCard, own_id: bytes) -> Together:
    """Return what a case's page shows of its handlers."""
    named, assignment = roles(card), case.assignment()
    assignee = assignment.assignee
    return Together(
        notes=_notes(case, named, own_id),
        doing="" if assignee is None else named.get(assignee, "?"),
        own=assignee == own_id,
        assignee="" if assignee is None else assignee.hex(),
        disputed=bool(assignment.overruled),
        colleagues=[
            Colleague(each.hex(), role, each == own_id)
            for each, role in sorted(named.items(), key=lambda pair: (pair[0] != own_id, pair[1]))
            if each in case.readers
        ],
        is_full=len(case.notes) >= MOST_NOTES,
    )


def _notes(case: Case, named: Mapping[bytes, str], own_id: bytes) -> list[NoteItem]:
    """Return the notes, but for reasons that stand beside their reply."""
    here = {entry.envelope_id for entry, _reply in case.replies}
    lost = [case.assignment().overruled, *(task.overruled for task in case.tasks())]
    overruled = {entry.envelope_id for each in lost for entry in each}
    return [
        _item(entry, entry.note, named, own_id, entry.envelope_id in overruled)
        for entry in case.notes
        if entry.note is not None and entry.note.about not in here
    ]


def _item(
    entry: Entry, note: Note, named: Mapping[bytes, str], own_id: bytes, overruled: bool
) -> NoteItem:
    what, who = _what(note), note.assignee
    return NoteItem(
        day=note.day,
        who=role_words(entry.role),
        own=entry.author == own_id,
        what=what,
        named=named.get(who, who.hex()) if who is not None else "",
        text=note.text,
        overruled=overruled,
    )


def _what(note: Note) -> str:
    if note.kind == "assign":
        return _("who does it: nobody") if note.assignee is None else _("who does it:")
    if note.kind == "task":
        title = task_title(note.task)
        return f"{title}: {_('done') if note.done == 'yes' else _('open again')}"
    if note.kind == "reason":
        return _("why the state changed, in a reply that is not here")
    return ""


def task_title(code: str) -> str:
    """Return a task's title, or a code that is not the desk's own, made visible."""
    known = care.title(code)
    return _(known) if known else _("task %(task)s", task=line(code, _LONGEST_CODE))
