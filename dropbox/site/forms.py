"""The site's forms: what is asked, and what is wrong with an answer.

Invariants: a field's text is kept exactly as it came, so that it can be given back;
what passes here can be sealed and will be understood at the desk. There is no
session, so Flask-WTF's own protection is off: see `dropbox.site.limits` and
`dropbox.site.tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import ValidationError

from dropbox.protocol import payload
from dropbox.protocol.fields import MAX_CODES
from dropbox.reporter.typed import is_blank
from dropbox.site.choices import Offers
from dropbox.site.context import number
from dropbox.site.speech import gettext as _

ANONYMOUS, CONFIDENTIAL = payload.MODES
_HANDLER_ID = re.compile(r"[0-9a-f]{16}")


def _all_known(_form: object, field: Any) -> None:
    """Refuse a value that the page did not offer; WTForms' own words are not ours."""
    given = field.data if isinstance(field.data, list) else [field.data]
    offered = {choice.value for choice in field.choices}
    if not offered.issuperset(given):
        raise ValidationError(_("Choose one of the answers in the list."))
    if len(given) > MAX_CODES:
        raise ValidationError(_("Choose at most %(count)d.", count=MAX_CODES))


def _once(values: list[str] | None) -> list[str]:
    return list(dict.fromkeys(values or []))


def _story(empty: str, text: str | None) -> None:
    """Check a story or message against the format's limits."""
    if not text or is_blank(text):
        raise ValidationError(empty)
    over = len(text) - payload.MAX_TEXT_CHARACTERS
    if over > 0:
        raise ValidationError(
            _(
                "The text has %(count)s characters. That is %(over)s too many.",
                count=number(len(text)),
                over=number(over),
            )
        )
    size = len(text.encode("utf-8"))
    if size > payload.MAX_TEXT_BYTES:
        # As many of the text's own characters as the bytes that are too many, up to a ten.
        over = -((payload.MAX_TEXT_BYTES - size) * len(text) // size // 10) * 10
        raise ValidationError(
            _(
                "The text is about %(over)s characters too long. Emoji and some scripts take "
                "more room than letters.",
                over=number(over),
            )
        )


class SiteForm(FlaskForm):  # type: ignore[misc] # the package ships no types
    """A form of this site: no session, no cookie."""

    class Meta:
        """Flask-WTF's settings for a form."""

        csrf = False

    def problems(self) -> list[tuple[str, str]]:
        """Return the id of each field with an error and the error's words, in page order."""
        return [
            (f"{field.id}-0" if isinstance(field, _Listed) else field.id, field.errors[0])
            for field in self
            if field.errors
        ]


_Listed = (SelectMultipleField, RadioField)


def _many(**options: Any) -> SelectMultipleField:
    return SelectMultipleField(
        validators=[_all_known], filters=[_once], validate_choice=False, default=(), **options
    )


def _one(kind: type[SelectField], default: str = "") -> SelectField:
    return kind(validators=[_all_known], validate_choice=False, default=default)


class ReportForm(SiteForm):
    """The report. Only the story is required; the channel is in the address."""

    text = TextAreaField()
    mode = _one(RadioField, ANONYMOUS)
    name = StringField()
    contact = StringField()
    excluded = _many()
    conduct = _many()
    grounds = _many()
    unit = _one(SelectField)
    period = _one(SelectField)
    works_with_subject = _one(RadioField)
    supporter = _one(RadioField)

    gone: bool = False
    """Whether somebody was excluded who is no longer on the card."""

    @classmethod
    def of(cls, given: MultiDict[str, str] | None, offers: Offers) -> ReportForm:
        """Make the form for a channel, filled with what was given.

        Whoever was excluded and has left the channel is left out: nothing can reach them.
        """
        form = cls(formdata=given)
        for name, choices in offers.items():
            form[name].choices = choices
        form._leave_out_the_gone({choice.value for choice in offers["excluded"]})
        return form

    @classmethod
    def raw(cls, given: MultiDict[str, str]) -> ReportForm:
        """Make the form without a channel, to carry what was given and nothing else."""
        return cls(formdata=given)

    def _leave_out_the_gone(self, on_card: set[str]) -> None:
        given = self.excluded.data
        kept = [value for value in given if value in on_card or not _HANDLER_ID.fullmatch(value)]
        self.gone = kept != given
        self.excluded.data = kept

    def validate_text(self, field: Field) -> None:
        """Check the story."""
        _story(_("Write what you want to tell. The rest may stay empty."), field.data)

    def validate_name(self, field: Field) -> None:
        """Check the name: short, only with a confidential report, and there if nothing else."""
        self._only_confidential(field)
        if self.mode.data == CONFIDENTIAL and is_blank(field.data) and is_blank(self.contact.data):
            raise ValidationError(
                _("Fill in your name or a way to reach you: one is needed. Or choose anonymous.")
            )
        if len(field.data or "") > payload.MAX_NAME_CHARACTERS:
            most = payload.MAX_NAME_CHARACTERS
            raise ValidationError(_("A name has at most %(most)d characters here.", most=most))

    def validate_contact(self, field: Field) -> None:
        """Check the way to be reached: short, and only with a confidential report."""
        self._only_confidential(field)
        if len(field.data or "") > payload.MAX_CONTACT_CHARACTERS:
            most = payload.MAX_CONTACT_CHARACTERS
            raise ValidationError(_("Use at most %(most)d characters here.", most=most))

    def _only_confidential(self, field: Field) -> None:
        if self.mode.data != CONFIDENTIAL and not is_blank(field.data):
            raise ValidationError(
                _("You chose anonymous, but this is filled in. Empty it, or choose confidential.")
            )

    def validate_excluded(self, field: Field) -> None:
        """Somebody must be left to read."""
        if field.choices and len(field.data) == len(field.choices):
            raise ValidationError(
                _("Nobody is left to read it. Untick someone, or choose another channel.")
            )

    def excluded_ids(self) -> tuple[bytes, ...]:
        """Return the excluded handlers' ids, 8 raw bytes each; of a validated form only."""
        return tuple(bytes.fromhex(value) for value in self.excluded.data)

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield every value with its name, for hidden inputs: what was typed, untouched."""
        for field in self:
            values = field.data if isinstance(field.data, Collection) else ()
            for value in [field.data] if isinstance(field.data, str) else values:
                if value:
                    yield field.name, value

    def characters_left(self) -> int:
        """Return how many characters may still be written."""
        return payload.MAX_TEXT_CHARACTERS - len(self.text.data or "")


class CodeForm(SiteForm):
    """The reply code, in one field."""

    code = TextAreaField()


class MessageForm(SiteForm):
    """A later message."""

    text = TextAreaField()

    def validate_text(self, field: Field) -> None:
        """Check the message."""
        _story(_("Write your message first."), field.data)
