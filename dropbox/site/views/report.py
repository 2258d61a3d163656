"""The report in four steps: choose a channel, write, check, and the reply code.

What the steps do is in `dropbox.site.views.steps`.
"""

from __future__ import annotations

import secrets
from base64 import b64encode

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

from dropbox.errors import CardExpired, DropboxError, UnknownChannel
from dropbox.protocol.channel_card import CardTooEarly
from dropbox.site.context import here
from dropbox.site.forms import ReportForm
from dropbox.site.packing import Gapped
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views import steps
from dropbox.site.views.start import LANGUAGE_PATH
from dropbox.site.views.steps import Journey

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

    def blank() -> Gapped:
        form = ReportForm.of(None, steps.offers(card))
        own = {
            "site": here().config.site.site_id.hex(),
            "card": b64encode(card.raw).decode("ascii"),
            "day": today.isoformat(),
        }
        html = steps.form_html(Journey(card), form, _TOKEN_PLACE, browser=own)
        return Gapped.of(html, _TOKEN_PLACE)

    page = here().blank_forms.of((language(), today, card.raw, cards), blank)
    return page.answer(here().tokens.issue())


@report_pages.post("/<slug>")
def post(slug: str) -> Response:
    """Take the form to the step that its button names."""
    step = steps.STEPS.get(g.form.get("step", ""))
    if step is None:
        abort(400)
    try:
        card = here().mailboxes.channel(slug, here().today())
        return step(Journey(card), steps.filled(card))
    except (UnknownChannel, CardExpired, CardTooEarly) as error:
        return _closed_page(error)


def _closed_page(error: DropboxError) -> Response:
    """Say that the channel is closed, and take everything that was typed along."""
    html = render_template(
        "site/closed.html",
        fields=ReportForm.raw(g.form).fields(),
        story=g.form.get("text", ""),
        token=steps.token(),
        channels=here().mailboxes.channels(here().today()),
    )
    return make_response(html, error.status)
