"""The steps of a report's form: write, look it through, send; and the page with the code.

A `Journey` says where the form leads. Invariants: nothing is stored before the last
step's button; what was typed comes back whatever goes wrong; a report is sealed only to
those whom the review page named; the code is shown only after the commit, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date

from flask import Response, g, make_response, render_template, url_for

from dropbox.errors import (
    AlreadyReceived,
    ForeignHandler,
    FormExpired,
    NoReader,
    StoreError,
    UnknownChannel,
    UnknownMailbox,
)
from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.letter import Recipient
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import Report
from dropbox.reporter import sealing
from dropbox.site import choices, failures, review, sizes
from dropbox.site.admission import NotNow
from dropbox.site.context import here, words_of
from dropbox.site.forms import ReportForm
from dropbox.site.question import Question
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views.start import outside_routes

Pairs = Sequence[tuple[str, str]]


class Journey:
    """Where a report's form leads: to a channel, by itself or from a mailbox elsewhere.

    ``carried`` are hidden fields that every step hands on; ``question`` is what the
    report answers, None for a report of its own accord.
    """

    carried: Pairs = ()
    question: Question | None = None

    def __init__(self, card: ChannelCard) -> None:
        """Take the card of the channel that the report goes to."""
        self.card = card

    @property
    def action(self) -> str:
        """Return the address of the steps."""
        return url_for("report.post", slug=self.card.slug)

    @property
    def others(self) -> list[ChannelCard]:
        """Return the channels to which the form can still go."""
        return [one for one in here().mailboxes.channels(here().today()) if one != self.card]

    def rows(self) -> review.Rows:
        """Return what else will be sent, for the review page."""
        return []

    def report(self, form: ReportForm, today: date) -> Report:
        """Return a validated form as the report to seal."""
        return review.to_report(form, today)

    def expect(self, nonce: bytes, today: date) -> None:
        """See that this can be stored, before anything is sealed or counted."""
        here().mailboxes.expect(nonce, today)

    def gate(self, letter_bytes: int) -> AbstractContextManager[None]:
        """Let it in, or refuse it."""
        return here().gate.report(letter_bytes)

    def store(self, sealed: NewMailbox, today: date, nonce: bytes) -> None:
        """Store it; committed when this returns."""
        here().mailboxes.file_report(sealed, today, nonce)


def _back(way: Journey, form: ReportForm) -> Response:
    return _form_page(way, form, notice=_changed_words() if form.gone else "")


def _check(way: Journey, form: ReportForm) -> Response:
    return _checked(way, form, _review_page)


def _send(way: Journey, form: ReportForm) -> Response:
    return _checked(way, form, _file)


def _checked(
    way: Journey, form: ReportForm, then: Callable[[Journey, ReportForm], Response]
) -> Response:
    """Go on with a form that is in order, and whose readers are those that the page showed."""
    notice = _changed_words() if form.gone else ""
    if not form.validate():
        return _form_page(way, form, 400, notice)
    try:
        readers = sealing.readers(way.card, form.excluded_ids(), here().today())
    except NoReader as error:
        form.excluded.errors = [words_of(error)]
        return _form_page(way, form, error.status, notice)
    seen = g.form.get("readers", "")
    if notice or not review.is_same(seen, readers, form.excluded_ids()):
        return _review_page(way, form, _changed_words(), 409)
    return then(way, form)


def _changed_words() -> str:
    return _("Who reads your report has changed. Look again at who reads it.")


def filled(card: ChannelCard) -> ReportForm:
    """Return the form of a channel with what was typed."""
    return ReportForm.of(g.form, offers(card))


def offers(card: ChannelCard) -> choices.Offers:
    """Return what the form of a channel offers today, in the reader's language."""
    today = here().today()
    return here().offers.of(
        (language(), today, card.raw), lambda: choices.offers(card, here().config.site, today)
    )


def token() -> str:
    """Return the form's own token while it is good, so that one form stays one form."""
    token: str = g.form.get("token", "")
    try:
        here().tokens.nonce(token)
    except FormExpired:
        return here().tokens.issue()
    return token


def _all_readers(card: ChannelCard) -> tuple[Recipient, ...]:
    """Return whom the form offers to exclude: whoever could read a report today."""
    try:
        return sealing.readers(card, (), here().today())
    except NoReader:
        return ()


def _form_page(way: Journey, form: ReportForm, status: int = 200, notice: str = "") -> Response:
    return make_response(form_html(way, form, token(), notice), status)


def form_html(
    way: Journey,
    form: ReportForm,
    form_token: str,
    notice: str = "",
    browser: Mapping[str, str] | None = None,
) -> str:
    """Return the page with the form.

    Args:
        way: where the form leads.
        form: what was typed, and what is wrong with it.
        form_token: the form's own token.
        notice: what changed meanwhile.
        browser: what a browser needs that locks the report itself; None for a page that
            the server's mode answered with.
    """
    problems = form.problems()
    return render_template(
        "site/write.html",
        card=way.card,
        form=form,
        token=form_token,
        problems=problems,
        failed=bool(problems),
        notice=notice,
        readers=review.written(_all_readers(way.card)),
        left=form.characters_left(),
        others=way.others,
        browser=browser,
        **_where(way),
    )


def _review_page(way: Journey, form: ReportForm, notice: str = "", status: int = 200) -> Response:
    """Step 3: everything that will be sent."""
    readers = sealing.readers(way.card, form.excluded_ids(), here().today())
    rows = [*way.rows(), *review.rows(form, way.card, readers)]
    html = render_template(
        "site/review.html",
        rows=[(label, answer) for label, answer in rows if answer],
        left_out=" · ".join(label for label, answer in rows if not answer),
        hints=review.hint(form),
        fields=form.fields(),
        readers=review.written(readers),
        token=token(),
        notice=notice,
        **_where(way),
    )
    return make_response(html, status)


def _file(way: Journey, form: ReportForm) -> Response:
    """Step 4: store it; only then show the code, in this very answer."""
    today = here().today()
    try:
        nonce = here().tokens.nonce(g.form.get("token", ""))
        report = way.report(form, today)
        # Before the gate: what is refused here must not tell whether the gate would have.
        way.expect(nonce, today)
        with way.gate(sizes.of_report(way.card, report)):
            sealed = sealing.seal_report(way.card, report)
            way.store(sealed.sealed, today, nonce)
    except NotNow as error:
        return _later_page(way, form, error)
    except AlreadyReceived as error:
        return _already_page(way, form, error.status)
    except (UnknownChannel, UnknownMailbox):
        raise
    except ForeignHandler:
        # The card changed in this very moment; the next press compares with the new one.
        return _review_page(way, form, _changed_words(), 409)
    except (FormExpired, StoreError) as error:
        return _review_page(way, form, words_of(error), error.status)
    html = render_template(
        "site/code.html",
        card=way.card,
        question=way.question,
        words=sealed.words,
        receipt=days.receipt_owed(today),
        feedback=days.feedback_owed(today),
    )
    return make_response(html)


def _already_page(way: Journey, form: ReportForm, status: int) -> Response:
    readers = sealing.readers(way.card, form.excluded_ids(), here().today())
    html = render_template(
        "site/already.html",
        fields=form.fields(),
        readers=review.written(readers),
        token=here().tokens.issue(),
        **_where(way),
    )
    return make_response(html, status)


def _later_page(way: Journey, form: ReportForm, error: NotNow) -> Response:
    """Say that no report can be taken now; everything that was typed waits on the page."""
    html = render_template(
        "site/later.html",
        message=words_of(error),
        fields=form.fields(),
        story=form.text.data,
        readers=g.form.get("readers", ""),
        token=token(),
        outside=outside_routes(),
        **_where(way),
    )
    return failures.ask_later(make_response(html, error.status))


def _where(way: Journey) -> dict[str, object]:
    return {"action": way.action, "carried": way.carried, "question": way.question}


STEPS: dict[str, Callable[[Journey, ReportForm], Response]] = {
    "form": _back,
    "review": _check,
    "send": _send,
}
"""What each button of the form does."""
