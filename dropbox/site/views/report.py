"""The report in four steps: choose a channel, write, check, and the reply code.

Nothing is stored before the third step's button; what was typed comes back whatever
goes wrong.
"""

from __future__ import annotations

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

from dropbox.errors import AlreadyReceived, FormExpired, NoReader, StoreError
from dropbox.protocol import days
from dropbox.protocol.channel_card import ChannelCard
from dropbox.site import review, sealing
from dropbox.site.context import here, words_of
from dropbox.site.forms import ReportForm
from dropbox.site.speech import gettext as _
from dropbox.site.views.start import LANGUAGE_PATH

report_pages = Blueprint("report", __name__, url_prefix=f"{LANGUAGE_PATH}/report")


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
    card = here().mailboxes.channel(slug, here().today())
    return _form_page(card, _form(card, empty=True))


@report_pages.post("/<slug>")
def post(slug: str) -> Response:
    """Take the form to the step that its button names."""
    card = here().mailboxes.channel(slug, here().today())
    form = _form(card)
    step = g.form.get("step")
    if step == "form":
        return _form_page(card, form)
    if step not in ("review", "send"):
        abort(400)
    if not form.validate():
        return _form_page(card, form, 400)
    try:
        if step == "review":
            return _review_page(card, form)
        return _send(card, form)
    except NoReader as error:
        form.excluded.errors = [words_of(error)]
        return _form_page(card, form, error.status)


def _form(card: ChannelCard, *, empty: bool = False) -> ReportForm:
    return ReportForm.of(None if empty else g.form, card, here().config.site, here().today())


def _token() -> str:
    """Return the form's own token while it is good, so that one form stays one form."""
    token: str = g.form.get("token", "") if "form" in g else ""
    try:
        here().tokens.nonce(token)
    except FormExpired:
        return here().tokens.issue()
    return token


def _form_page(card: ChannelCard, form: ReportForm, status: int = 200) -> Response:
    problems = form.problems()
    html = render_template(
        "site/write.html",
        card=card,
        form=form,
        token=_token(),
        problems=problems,
        failed=bool(problems),
        left=form.characters_left(),
        others=[one for one in here().mailboxes.channels(here().today()) if one != card],
    )
    return make_response(html, status)


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
        token=_token(),
        notice=notice,
    )
    return make_response(html, status)


def _send(card: ChannelCard, form: ReportForm) -> Response:
    """Step 4: store it; only then show the code, in this very answer."""
    today = here().today()
    try:
        nonce = here().tokens.nonce(g.form.get("token", ""))
        sealed = sealing.seal_report(card, review.to_report(form, today), nonce)
        here().mailboxes.file_report(sealed.sealed, today)
    except AlreadyReceived as error:
        return _already_page(card, form, error.status)
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
    html = render_template("site/already.html", card=card, fields=form.fields(), token=token)
    return make_response(html, status)
