"""Consent from the mailbox: the reporter lets another channel read, and writes for it anew.

Nothing that they wrote before can be read here, so nothing of it can go along. The form is
that of any report; its last step opens a mailbox with a code of its own at the other
channel and puts the consent into this one, in one transaction. Invariants: both or
neither; nothing that is stored says that the two belong together; whatever fails gives
back what was typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, abort, g, url_for

from dropbox.errors import CardExpired, CodeCheckFailed, InputError, UnknownChannel, UnknownMailbox
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import Report
from dropbox.reporter.sealing import PausedByReporter, Saying
from dropbox.site import failures, fill, review, sending, sizes
from dropbox.site.context import here, words_of
from dropbox.site.forms import ReportForm
from dropbox.site.question import Question, questions
from dropbox.site.sending import Writer
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views import steps
from dropbox.site.views.mailbox import question_gone, unknown_page
from dropbox.site.views.start import LANGUAGE_PATH
from dropbox.site.views.steps import Journey
from dropbox.site.visit import Visit, look_for_nothing, visit

CONFLICT = 409
ORIGIN = "transfer"

transfer_pages = Blueprint("transfer", __name__, url_prefix=f"{LANGUAGE_PATH}/mailbox/transfer")
transfer_pages.after_request(fill.fill_answer)


@transfer_pages.post("")
def post() -> Response:
    """Take the consent to the step that its button names."""
    step = steps.STEPS.get(g.form.get("step", ""))
    if step is None:
        abort(400)
    try:
        opened, asked = _asked(g.form.get("code", ""))
    except CodeCheckFailed:
        look_for_nothing()
        return unknown_page()
    except InputError:
        return unknown_page()
    if opened is None:
        return unknown_page()
    try:
        way = _consent(opened, asked)
        return step(way, steps.filled(way.card))
    except UnknownMailbox:
        return unknown_page()  # withdrawn in this very moment
    except (UnknownChannel, CardExpired):
        return _stopped(
            _(
                "The other channel cannot receive anything at this moment. Nothing was sent and "
                "nothing was stored. Try again later."
            )
        )
    except (_Stopped, PausedByReporter) as error:
        return _stopped(words_of(error))


class _Stopped(InputError):
    """The question cannot be answered now; its words are in the reader's language already."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.text = words


def _consent(opened: Visit, asked: Question | None) -> _Consent:
    by = sending.writer(opened)
    if by is None:
        raise _Stopped(sending.cannot_write(opened))
    if asked is None:
        raise _Stopped(question_gone())
    if by.thread.memo.hold:
        raise PausedByReporter
    if asked.card is None:
        raise UnknownChannel
    return _Consent(by, opened.older, asked, asked.card)


def _asked(code: str) -> tuple[Visit | None, Question | None]:
    """Return the mailbox and what is answered; a new reply may have moved that a page on."""
    name = g.form.get("reply", "")
    for further in range(2):
        opened = visit(code, further)
        if opened is None:
            return None, None
        found = questions(opened.box).get(name)
        if found or opened.box.complete:
            break
    return opened, found


def _stopped(words: str) -> Response:
    """Say why this cannot be done, and give back what was typed."""
    return failures.page(CONFLICT, words, typed=g.form.get("text", ""))


class _Consent(Journey):
    """A report to another channel, which answers a question in this mailbox."""

    def __init__(self, by: Writer, older: int, asked: Question, card: ChannelCard) -> None:
        super().__init__(card)
        self._by = by
        self.question = asked
        self._said = Saying("consent", answers=asked.opened)
        self.carried = (("code", by.code), ("reply", asked.name), ("page", str(older)))

    @property
    def action(self) -> str:
        """Return the address of the steps."""
        return url_for("transfer.post")

    @property
    def others(self) -> list[ChannelCard]:
        """Return none: the question is about this channel."""
        return []

    def rows(self) -> review.Rows:
        """Return the consent, which goes to who asked, and how the report says that it came."""
        first = self._by.card.texts[language()].name
        return [
            (
                _("Goes to %(name)s", name=first),
                _("That you agree, and the day. Not what you tell here, and not your new code."),
            ),
            (
                _("How it came"),
                _("Another channel asked, and you agreed. Your report does not say which one."),
            ),
        ]

    def report(self, form: ReportForm, today: date) -> Report:
        """Return the form as a report that came by a transfer."""
        return replace(super().report(form, today), origin=ORIGIN)

    def expect(self, nonce: bytes, today: date) -> None:
        """See that the consent can be stored, too."""
        here().mailboxes.expect_message(self._by.thread.own.mailbox_id, nonce, today)

    @contextmanager
    def gate(self, letter_bytes: int) -> Iterator[None]:
        """Let report and consent in, or refuse both."""
        gate = here().gate
        with gate.report(letter_bytes), gate.message(sizes.of_message("")):
            yield

    def store(self, sealed: NewMailbox, today: date, nonce: bytes) -> None:
        """Store both, or nothing."""
        mailboxes = here().mailboxes
        sending.send(
            self._by,
            self._said,
            lambda consent: mailboxes.transfer(sealed, consent, today, nonce),
        )
