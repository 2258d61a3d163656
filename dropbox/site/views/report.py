"""The report in four steps: choose a channel, write, check, and the reply code.

Nothing is stored before the third step's button; what was typed comes back whatever
goes wrong. A report is sealed only to those whom the review page named.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from dropbox.errors import (
    AlreadyReceived,
    CardExpired,
    DropboxError,
    ForeignHandler,
    FormExpired,
    NoReader,
    StoreError,
    UnknownChannel,
)
from dropbox.protocol import days
from dropbox.protocol.channel_card import CardTooEarly, ChannelCard
from dropbox.protocol.letter import Recipient
from dropbox.site import choices, failures, review, sealing, sizes
from dropbox.site.admission import NotNow
from dropbox.site.context import here, words_of
from dropbox.site.forms import ReportForm
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views.start import LANGUAGE_PATH, outside_routes

report_pages = Blueprint("report", __name__, url_prefix=f"{LANGUAGE_PATH}/report")

_TOKEN_PLACE = secrets.token_hex(16)
"""Where a token goes in a kept page; nobody can know it, so no other text can hold it."""


@report_pages.get("")
def choose() -> BaseResponse:
    """Step 1: choose who reads it."""
    today = here().today()
    if slug := request.args.get("channel"):
        card = here().mailboxes.channel(slug, today)
        return redirect(url_for("report.write", slug=card.slug), 303)
    problems = [("channel-0", _("Choose a channel first."))] if "go" in request.args else []
    html = render_template(
        "site/choose.html",
        channels=here().mailboxes.channels(today),
        problems=problems,
        failed=bool(problems),
    )
    return make_response(html, 400 if problems else 200)


@report_pages.get("/<slug>")
def write(slug: str) -> Response:
    """Step 2: an empty form."""
    today = here().today()
    card = here().mailboxes.channel(slug, today)
    cards = tuple(one.raw for one in here().mailboxes.channels(today))

    def blank() -> str:
        form = ReportForm.of(None, _offers(card))
        return _form_html(card, form, _TOKEN_PLACE)

    page = here().blank_forms.of((language(), today, card.raw, cards), blank)
    return make_response(page.replace(_TOKEN_PLACE, here().tokens.issue()))


@report_pages.post("/<slug>")
def post(slug: str) -> Response:
    """Take the form to the step that its button names."""
    step = _STEPS.get(g.form.get("step", ""))
    if step is None:
        abort(400)
    try:
        card = here().mailboxes.channel(slug, here().today())
        return step(card, _form(card))
    except (UnknownChannel, CardExpired, CardTooEarly) as error:
        return _closed_page(error)


def _back(card: ChannelCard, form: ReportForm) -> Response:
    return _form_page(card, form, notice=_changed_words() if form.gone else "")


def _check(card: ChannelCard, form: ReportForm) -> Response:
    return _checked(card, form, _review_page)


def _send(card: ChannelCard, form: ReportForm) -> Response:
    return _checked(card, form, _file)


def _checked(
    card: ChannelCard, form: ReportForm, then: Callable[[ChannelCard, ReportForm], Response]
) -> Response:
    """Go on with a form that is in order, and whose readers are those that the page showed."""
    notice = _changed_words() if form.gone else ""
    if not form.validate():
        return _form_page(card, form, 400, notice)
    try:
        readers = sealing.readers(card, form.excluded_ids(), here().today())
    except NoReader as error:
        form.excluded.errors = [words_of(error)]
        return _form_page(card, form, error.status, notice)
    seen = g.form.get("readers", "")
    if notice or not review.is_same(seen, readers, form.excluded_ids()):
        return _review_page(card, form, _changed_words(), 409)
    return then(card, form)


def _changed_words() -> str:
    return _("Who reads your report has changed. Look again at who reads it.")


def _form(card: ChannelCard) -> ReportForm:
    return ReportForm.of(g.form, _offers(card))


def _offers(card: ChannelCard) -> choices.Offers:
    today = here().today()
    return here().offers.of(
        (language(), today, card.raw), lambda: choices.offers(card, here().config.site, today)
    )


def _token() -> str:
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


def _form_page(
    card: ChannelCard, form: ReportForm, status: int = 200, notice: str = ""
) -> Response:
    return make_response(_form_html(card, form, _token(), notice), status)


def _form_html(card: ChannelCard, form: ReportForm, token: str, notice: str = "") -> str:
    problems = form.problems()
    return render_template(
        "site/write.html",
        card=card,
        form=form,
        token=token,
        problems=problems,
        failed=bool(problems),
        notice=notice,
        readers=review.written(_all_readers(card)),
        left=form.characters_left(),
        others=[one for one in here().mailboxes.channels(here().today()) if one != card],
    )


def _review_page(
    card: ChannelCard, form: ReportForm, notice: str = "", status: int = 200
) -> Response:
    """Step 3: everything that will be sent."""
    readers = sealing.readers(card, form.excluded_ids(), here().today())
    rows = review.rows(form, card, readers)
    html = render_template(
        "site/review.html",
        card=card,
        rows=[(label, answer) for label, answer in rows if answer],
        left_out=" · ".join(label for label, answer in rows if not answer),
        hints=review.hint(form),
        fields=form.fields(),
        readers=review.written(readers),
        token=_token(),
        notice=notice,
    )
    return make_response(html, status)


def _file(card: ChannelCard, form: ReportForm) -> Response:
    """Step 4: store it; only then show the code, in this very answer."""
    today = here().today()
    try:
        nonce = here().tokens.nonce(g.form.get("token", ""))
        report = review.to_report(form, today)
        # Before the gate: what is refused here must not tell whether the gate would have.
        here().mailboxes.expect(nonce, today)
        with here().gate.report(sizes.of_report(card, report)):
            sealed = sealing.seal_report(card, report, nonce)
            here().mailboxes.file_report(sealed.sealed, today)
    except NotNow as error:
        return _later_page(form, error)
    except AlreadyReceived as error:
        return _already_page(card, form, error.status)
    except UnknownChannel:
        raise
    except ForeignHandler:
        # The card changed in this very moment; the next press compares with the new one.
        return _review_page(card, form, _changed_words(), 409)
    except (FormExpired, StoreError) as error:
        return _review_page(card, form, words_of(error), error.status)
    html = render_template(
        "site/code.html",
        card=card,
        words=sealed.words,
        receipt=days.receipt_owed(today),
        feedback=days.feedback_owed(today),
    )
    return make_response(html)


def _already_page(card: ChannelCard, form: ReportForm, status: int) -> Response:
    token = here().tokens.issue()
    readers = sealing.readers(card, form.excluded_ids(), here().today())
    html = render_template(
        "site/already.html",
        card=card,
        fields=form.fields(),
        readers=review.written(readers),
        token=token,
    )
    return make_response(html, status)


def _later_page(form: ReportForm, error: NotNow) -> Response:
    """Say that no report can be taken now; everything that was typed waits on the page."""
    html = render_template(
        "site/later.html",
        message=words_of(error),
        fields=form.fields(),
        story=form.text.data,
        readers=g.form.get("readers", ""),
        token=_token(),
        outside=outside_routes(),
    )
    return failures.ask_later(make_response(html, error.status))


def _closed_page(error: DropboxError) -> Response:
    """Say that the channel is closed, and take everything that was typed along."""
    html = render_template(
        "site/closed.html",
        fields=ReportForm.raw(g.form).fields(),
        story=g.form.get("text", ""),
        token=_token(),
        channels=here().mailboxes.channels(here().today()),
    )
    return make_response(html, error.status)


_STEPS: dict[str, Callable[[ChannelCard, ReportForm], Response]] = {
    "form": _back,
    "review": _check,
    "send": _send,
}
