"""The pages of a channel's owner: its identity, the handlers who ask, the card."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, FormField, RadioField, StringField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice

from dropbox.desk import channel, words
from dropbox.desk.channel import ChannelPlan
from dropbox.desk.errors import NoHandlers, UnknownHandler, VaultExists
from dropbox.desk.pages.door import without_vault
from dropbox.desk.pages.forms import DeskForm, content_of, download
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.views.start import REFUSALS, FileMissing, VaultForm
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import DropboxError, InputError
from dropbox.language import LANGUAGES
from dropbox.protocol.certificate import HandlerRequest, read_request
from dropbox.protocol.channel_card import KINDS, MAX_HANDLERS, CardTexts
from dropbox.protocol.document import MAX_DOCUMENT_BYTES

owner_pages = Blueprint("owner", __name__)

MAX_VERSION = 2**31 - 2
"""The last version of a card that another one can follow."""

_OFFERED = "requests to certify"
_SIGNED = "signed card"


class TextsForm(PlainForm):  # type: ignore[misc] # the package ships no types
    """A channel's words in one language."""

    name = StringField()
    runs = StringField()
    reads = StringField()
    about = TextAreaField()

    def texts(self) -> CardTexts:
        """Return them as they go on the card."""
        return CardTexts(**{field.name.partition("-")[2]: field.data or "" for field in self})


class ChannelForm(VaultForm):
    """What an owner decides about a channel."""

    slug = StringField()
    kind = RadioField(
        choices=[SelectChoice(each, words.KINDS[each]) for each in KINDS], default=KINDS[0]
    )
    external = BooleanField()
    independent = BooleanField()
    nl = FormField(TextsForm)
    en = FormField(TextsForm)

    def plan(self) -> ChannelPlan:
        """Return the plan; `channel.start` finds what is wrong with it."""
        return ChannelPlan(
            slug=(self.slug.data or "").strip(),
            kind=self.kind.data or "",
            external=self.external.data,
            independent=self.independent.data,
            texts={each: self[each].form.texts() for each in LANGUAGES},
        )


class SignForm(DeskForm):
    """Nothing but the button: what it signs is kept in memory, as it was shown."""


@owner_pages.get("/start/owner")
@without_vault
def new() -> str | Response:
    """Ask what a channel's new vault needs."""
    if workplace().is_there:
        return redirect(url_for("start.index"), 303)
    return _form_page(ChannelForm(), "")


def _form_page(form: ChannelForm, problem: str) -> str:
    return render_template("desk/start_channel.html", form=form, problem=problem)


@owner_pages.post("/start/owner")
@without_vault
def make() -> str | Response | tuple[str, int]:
    """Make a channel's identity."""
    form, desk = ChannelForm(), workplace()
    if desk.is_there:
        raise VaultExists
    try:
        site, plan = form.site(), form.plan()
        desk.create(
            form.chosen_passphrase(),
            lambda vault: channel.start(vault, site.site_id, plan, desk.today()),
        )
    except REFUSALS as error:
        return _form_page(form, words_of(error)), error.status
    return redirect(url_for("owner.index"), 303)


@owner_pages.get("/channel")
def index() -> Response:
    """Show the channel, its handlers, and what to do next."""
    with workplace().open() as vault:
        return _channel_page(vault)


def _channel_page(vault: Vault, problem: str = "", status: int = 200) -> Response:
    owner = channel.load(vault)
    memory = workplace().memory
    offered: list[HandlerRequest] = [
        read_request(raw, owner.site_id) for raw in memory.get(_OFFERED, ())
    ]
    html = render_template(
        "desk/channel.html",
        owner=owner,
        handlers=[(each, channel.keys_until(each)) for each in owner.handlers().values()],
        today=workplace().today(),
        offered=offered,
        signed=_SIGNED in memory,
        form=SignForm(),
        problem=problem,
    )
    return Response(html, status, content_type="text/html; charset=utf-8")


@owner_pages.post("/channel/requests")
def take_requests() -> Response:
    """Read requests of handlers, to show them before anything is signed."""
    with workplace().open() as vault:
        try:
            raws = _uploaded()
            owner = channel.load(vault)
            for raw in raws:
                read_request(raw, owner.site_id)
        except DropboxError as error:
            return _channel_page(vault, words_of(error), error.status)
        workplace().memory[_OFFERED] = raws
    return redirect(url_for("owner.index", _anchor="offered"), 303)


def _uploaded() -> list[bytes]:
    files = request.files.getlist("requests")[: MAX_HANDLERS + 1]
    raws = [content_of(file, MAX_DOCUMENT_BYTES) for file in files]
    if not all(raws) or not raws:
        raise FileMissing
    return raws


@owner_pages.post("/channel/forget")
def forget_requests() -> Response:
    """Let go of the requests that were shown."""
    with workplace().open():
        workplace().memory.pop(_OFFERED, None)
    return redirect(url_for("owner.index"), 303)


@owner_pages.post("/channel/sign")
def sign() -> Response:
    """Certify who was shown, and sign the next card."""
    with workplace().open() as vault:
        offered: Sequence[bytes] = workplace().memory.get(_OFFERED, ())
        return _sign(vault, offered, (), request.form.get("after_version", 0, type=int))


def _sign(
    vault: Vault, offered: Sequence[bytes], remove: Sequence[str], after_version: int = 0
) -> Response:
    memory = workplace().memory
    after_version = min(max(after_version, 0), MAX_VERSION)
    try:
        card = channel.sign_next_card(vault, offered, remove, workplace().today(), after_version)
    except InputError as error:
        return _channel_page(vault, words_of(error), error.status)
    if offered:
        memory.pop(_OFFERED, None)
    memory[_SIGNED] = card.raw
    return redirect(url_for("owner.index", _anchor="signed"), 303)


@owner_pages.get("/channel/handlers/<handler_id>")
def leaving_handler(handler_id: str) -> str:
    """Ask whether a handler is to leave the card, and say what that means."""
    with workplace().open() as vault:
        handlers = channel.load(vault).handlers()
        found = next(
            (each for each in handlers.values() if each.handler_id.hex() == handler_id), None
        )
        if found is None:
            raise UnknownHandler
        last_one = len(handlers) == 1
    return render_template("desk/channel_remove.html", handler=found, last_one=last_one)


@owner_pages.post("/channel/handlers/<handler_id>")
def remove_handler(handler_id: str) -> Response:
    """Sign the next card without a handler."""
    with workplace().open() as vault:
        return _sign(vault, (), (handler_id,))


@owner_pages.post("/channel/card")
def hand_out() -> Response:
    """Hand out the card that was signed."""
    with workplace().open() as vault:
        raw = workplace().memory.get(_SIGNED)
        if raw is None:
            raise NoHandlers
        slug = channel.load(vault).plan.slug
    return download(raw, f"{slug}.card")
