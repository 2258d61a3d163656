"""A case as its page shows it: thread, what the reporter chose, gaps and readers.

Owns plain values for the template. Invariant: every text of the reporter or of another
handler is passed on as it is, for the filter ``stranger``; nothing here marks it safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dropbox.desk import words
from dropbox.desk.cases import Case, Entry, Gap
from dropbox.desk.keyring import Desk
from dropbox.desk.pages import present
from dropbox.desk.pages.entry_form import LANGUAGE_NAMES
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import language, number
from dropbox.errors import N_
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.payload import Message, Reply, Report

_ACTS = {
    "hold": N_("pauses the case"),
    "resume": N_("resumes the case"),
    "consent": N_("agrees that another channel reads; see above"),
    "refusal": N_("does not agree that another channel reads"),
}


@dataclass(frozen=True)
class Reason:
    """Why a reply changed the state, for handlers alone: a role, and words of theirs."""

    who: str
    text: str


@dataclass(frozen=True)
class Item:
    """One entry of a thread. ``who`` is empty for the reporter; ``text`` is a stranger's.

    ``reasons`` are not part of it: the reporter never sees them.
    """

    day: date
    who: str
    what: str
    text: str
    own: bool
    visible_from: date | None
    overruled: bool
    is_report: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Choice:
    """What the reporter filled in: our label, and values of which ``strange`` ones are theirs."""

    label: str
    values: tuple[str, ...]
    strange: bool = False


@dataclass(frozen=True)
class Missing:
    """A gap in words, with the role that it is about, empty for the reporter."""

    text: str
    role: str


def items(case: Case, own_id: bytes, today: date) -> list[Item]:
    """Return the thread, oldest first."""
    overruled = case.standing().overruled
    return [
        _item(entry, own_id, today, entry in overruled, _reasons(case, entry))
        for entry in case.entries
    ]


def _reasons(case: Case, entry: Entry) -> tuple[Reason, ...]:
    if entry.reply is None:
        return ()
    found = case.reasons(entry.envelope_id)
    return tuple(Reason(role_words(each.role), each.content.text) for each in found)


def _item(
    entry: Entry, own_id: bytes, today: date, overruled: bool, reasons: tuple[Reason, ...]
) -> Item:
    content = entry.content
    return Item(
        day=content.day,
        who=role_words(entry.role) if entry.author else "",
        what=_what(entry),
        text=content.text,
        own=entry.author == own_id,
        visible_from=None
        if entry.released(today) or entry.reply is None
        else entry.reply.not_before,
        overruled=overruled,
        is_report=entry.report is not None,
        reasons=reasons,
    )


def _what(entry: Entry) -> str:
    content = entry.content
    if isinstance(content, Reply):
        said = present.state(content.state, content.outcome)
        asks = _("asks whether another channel may read")
        return said if content.transfer is None else f"{said} · {asks}"
    if isinstance(content, Message):
        return _(_ACTS[content.kind]) if content.kind in _ACTS else ""
    return _("the report")


def role_words(role: Mapping[str, str]) -> str:
    """Return a handler's role in the language of the page; the words are a stranger's."""
    return role.get(language(), "?")


def choices(report: Report, desk: Desk) -> list[Choice]:
    """Return what the reporter chose and filled in, without what was left empty."""

    def labels(taxonomy: str, *codes: str) -> tuple[str, ...]:
        return tuple(present.label(desk.labels, taxonomy, code) for code in codes if code)

    def answer(code: str) -> tuple[str, ...]:
        return (_(words.ANSWERS[code]),) if code in words.ANSWERS else ()

    origin = words.ORIGINS.get(report.origin, "")
    found = [
        Choice(_("Came by"), (_(origin),) if origin else ()),
        Choice(_("People it speaks for"), (number(report.people),) if report.people > 1 else ()),
        Choice(_("Mode"), (_(words.MODES[report.mode]),)),
        Choice(_("Language"), (LANGUAGE_NAMES.get(report.language, report.language),)),
        Choice(_("Name"), (report.name,), strange=True),
        Choice(_("Safe to reach at"), (report.contact,), strange=True),
        Choice(_("Conduct"), labels("conduct", *report.conduct)),
        Choice(_("Discrimination grounds"), labels("grounds", *report.grounds)),
        Choice(_("Unit"), labels("units", report.unit)),
        Choice(_("Period"), (report.period,), strange=True),
        Choice(_("Works with the subject"), answer(report.works_with_subject)),
        Choice(_("Wants a supporter"), answer(report.supporter)),
    ]
    return [each for each in found if any(each.values)]


def readers(case: Case, card: ChannelCard) -> list[str]:
    """Return the roles of those who can read the case and are on the card."""
    found = [each for each in card.handlers if each.handler_id in case.readers]
    return sorted(role_words(each.role) for each in found)


def missing(case: Case, own_id: bytes) -> list[Missing]:
    """Return what exists and is not here, in words."""
    return [each for gap in case.gaps(own_id) for each in _gap(gap)]


def _gap(gap: Gap) -> list[Missing]:
    role, numbers = role_words(gap.role) if gap.role else "", ", ".join(map(str, gap.numbers))
    found = []
    if numbers and not role:
        found.append(
            Missing(_("Missing here: letters %(numbers)s of the reporter.", numbers=numbers), "")
        )
    elif numbers:
        found.append(
            Missing(
                _("Missing here: these replies of a colleague: %(numbers)s", numbers=numbers), role
            )
        )
    if gap.notes:
        noted = ", ".join(map(str, gap.notes))
        found.append(
            Missing(_("Missing here: these notes of a colleague: %(numbers)s", numbers=noted), role)
        )
    if gap.unseen:
        found.append(
            Missing(
                _(
                    "Missing here: envelopes of the reporter that a colleague has read: %(count)d",
                    count=gap.unseen,
                ),
                role,
            )
        )
    return found
