"""The review page: everything that will be sent, in words, and a gentle hint.

Pure but for the language of the words. Invariant: what is not listed is not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Report
from dropbox.site import hints
from dropbox.site.forms import ANONYMOUS, CONFIDENTIAL, ReportForm
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language

FIRST_TURN = 1

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
        name=form.name.data or "",
        contact=form.contact.data or "",
        conduct=tuple(form.conduct.data),
        grounds=tuple(form.grounds.data),
        unit=form.unit.data,
        period=form.period.data,
        works_with_subject=form.works_with_subject.data,
        supporter=form.supporter.data,
    )


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
            (_("Your name"), form.name.data or ""),
            (_("A safe way to reach you"), form.contact.data or ""),
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
