"""The review page: everything that will be sent, in words, and a gentle hint.

Pure but for the language of the words. Invariants: what is not listed is not sent;
who is not listed gets nothing, also when the channel changes while a page is open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Report
from dropbox.reporter import hints
from dropbox.reporter.typed import is_blank
from dropbox.site.forms import ANONYMOUS, CONFIDENTIAL, ReportForm
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language

FIRST_TURN = 1
_BETWEEN = "."

Rows = list[tuple[str, str]]


def to_report(form: ReportForm, today: date) -> Report:
    """Return a validated form as the report to seal."""
    return Report(
        day=today,
        turn=FIRST_TURN,
        mode=form.mode.data,
        language=language(),
        text=form.text.data,
        recipients=(),
        excluded=form.excluded_ids(),
        name="" if is_blank(form.name.data) else form.name.data,
        contact="" if is_blank(form.contact.data) else form.contact.data,
        conduct=tuple(form.conduct.data),
        grounds=tuple(form.grounds.data),
        unit=form.unit.data,
        period=form.period.data,
        works_with_subject=form.works_with_subject.data,
        supporter=form.supporter.data,
    )


def written(readers: Sequence[Recipient]) -> str:
    """Write who reads a report for a page's hidden field: their ids in hexadecimal."""
    return _BETWEEN.join(reader.handler_id.hex() for reader in readers)


def is_same(seen: str, readers: Sequence[Recipient], excluded: Collection[bytes]) -> bool:
    """Tell whether the readers of today are those that a page showed.

    Args:
        seen: what `written` gave for that page; before the form, nobody is excluded yet.
        readers: to whom the report would be sealed today.
        excluded: whom the reporter excluded, on that page at the latest.
    """
    shown = set(seen.split(_BETWEEN)) - {handler_id.hex() for handler_id in excluded}
    return shown == {reader.handler_id.hex() for reader in readers}


def rows(form: ReportForm, card: ChannelCard, readers: Sequence[Recipient]) -> Rows:
    """Return every label and answer, empty answers too."""
    roles = [card.handler(reader.handler_id).role[language()] for reader in readers]
    modes = {ANONYMOUS: _("Anonymous"), CONFIDENTIAL: _("Confidential")}
    found = [
        (_("Channel"), card.texts[language()].name),
        (_("Who reads it"), "\n".join(roles)),
        (_("Who does not get it"), _chosen(form, "excluded")),
        (_("What you tell"), form.text.data),
        (_("With or without your name"), modes[form.mode.data]),
        (_("Behaviour"), _chosen(form, "conduct")),
        (_("Grounds of discrimination"), _chosen(form, "grounds")),
        (_("Part of the organisation"), _chosen(form, "unit")),
        (_("When"), _chosen(form, "period")),
        (_("You work with the person it is about"), _chosen(form, "works_with_subject")),
        (_("You want someone beside you"), _chosen(form, "supporter")),
    ]
    if form.mode.data == CONFIDENTIAL:
        found[5:5] = [
            (_("Your name"), "" if is_blank(form.name.data) else form.name.data),
            (
                _("A safe way to reach you"),
                "" if is_blank(form.contact.data) else form.contact.data,
            ),
        ]
    return found


def _chosen(form: ReportForm, name: str) -> str:
    labels = [
        choice.label for choice in form[name].iter_choices() if choice.selected and choice.value
    ]
    return "\n".join(labels)


def hint(form: ReportForm) -> str:
    """Return what an anonymous reporter may not have meant to tell, or nothing."""
    if form.mode.data != ANONYMOUS:
        return ""
    email, phone = hints.has_email(form.text.data), hints.has_phone(form.text.data)
    if email and phone:
        return _("Your text seems to hold an e-mail address and a phone number.")
    if email:
        return _("Your text seems to hold an e-mail address.")
    return _("Your text seems to hold a phone number.") if phone else ""
