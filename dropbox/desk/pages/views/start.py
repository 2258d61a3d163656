"""The first run of a handler: from no vault to a card, one step after the other.

What a channel's owner does stands in `owner`. Files that are chosen here are public, and
stay in memory all the same.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, PasswordField, StringField

from dropbox.config import MAX_SITE_BYTES, SITE_TOML, SiteConfig, parse_site
from dropbox.desk import keyring
from dropbox.desk.channel import Owner
from dropbox.desk.channel import load as load_owner
from dropbox.desk.errors import NoCardYet, NotAnOwnersVault, VaultExists
from dropbox.desk.pages.door import without_vault
from dropbox.desk.pages.forms import DeskForm, content_of, download
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import N_, ConfigError, DropboxError, InputError, ProtocolError, VaultError
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.document import MAX_DOCUMENT_BYTES

start_pages = Blueprint("start", __name__)

NEXT_STEPS = (
    ("poster.index", N_("Print the poster and make the button for the intranet")),
    ("keys.index", N_("Make a backup of the vault")),
    ("inbox.index", N_("Import a bundle and read")),
)
"""Where the first run leads to once there is a card: those of these pages that exist."""

REFUSALS = (InputError, ProtocolError, ConfigError, VaultError)
"""What a person can mend by filling in a form again."""


class PassphrasesDiffer(InputError):
    """The two passphrases that were typed are not the same."""

    text = N_("The two passphrases are not the same. Type them once more.")


class FileMissing(InputError):
    """No file was chosen."""

    text = N_("Choose a file.")


class FingerprintMissing(InputError):
    """The card's fingerprint was not typed, so nobody compared it."""

    text = N_("Type the fingerprint that the owner gave you.")


class VaultForm(DeskForm):
    """What every new vault needs."""

    passphrase = PasswordField()
    again = PasswordField()
    site_toml = FileField()

    def chosen_passphrase(self) -> str:
        """Return the passphrase; raises PassphrasesDiffer."""
        if self.passphrase.data != self.again.data:
            raise PassphrasesDiffer
        return self.passphrase.data or ""

    def site(self) -> SiteConfig:
        """Return the site of the chosen file; raises FileMissing, SiteTomlInvalid."""
        raw = content_of(self.site_toml.data, MAX_SITE_BYTES)
        if not raw:
            raise FileMissing
        return parse_site(raw, SITE_TOML)


class RoleForm(DeskForm):
    """The handler's role as reporters see it."""

    nl = StringField()
    en = StringField()


class CardForm(DeskForm):
    """A card and what a person was told about it."""

    card = FileField()
    fingerprint = StringField()


@start_pages.get("/start")
@without_vault
def index() -> str | Response:
    """Show where the first run stands and what comes next."""
    desk = workplace()
    if not desk.is_there:
        return render_template("desk/start.html", place=desk.path.name)
    if not desk.is_open:
        return redirect(url_for("unlock.ask"), 303)
    with desk.open() as vault:
        owner = _owner(vault)
        if owner is not None:
            return redirect(url_for("owner.index"), 303)
        return _handlers_page(vault)


def _owner(vault: Vault) -> Owner | None:
    try:
        return load_owner(vault)
    except NotAnOwnersVault:
        return None


def _handlers_page(vault: Vault, problem: str = "", status: int = 200) -> Response:
    handler = keyring.load(vault)
    html = render_template(
        "desk/start_handler.html",
        handler_id=handler.handler_id.hex(),
        asked=bool(handler.intake),
        card=_card(vault, workplace().today()),
        role=RoleForm(),
        form=CardForm(formdata=None),
        problem=problem,
        next_steps=[each for each in NEXT_STEPS if each[0] in current_app.view_functions],
    )
    return Response(html, status, content_type="text/html; charset=utf-8")


def _card(vault: Vault, today: date) -> ChannelCard | None:
    try:
        return keyring.card_for_reading(vault, today)
    except NoCardYet:
        return None


@start_pages.get("/start/handler")
@without_vault
def new_handler() -> str | Response:
    """Ask what a handler's new vault needs."""
    if workplace().is_there:
        return redirect(url_for("start.index"), 303)
    return render_template("desk/start_vault.html", form=VaultForm(), problem="")


@start_pages.post("/start/handler")
@without_vault
def make_handler() -> str | Response | tuple[str, int]:
    """Make a handler's vault."""
    form, desk = VaultForm(), workplace()
    if desk.is_there:
        raise VaultExists
    try:
        site = form.site()
        desk.create(form.chosen_passphrase(), lambda vault: keyring.start(vault, site))
    except REFUSALS as error:
        page = render_template("desk/start_vault.html", form=form, problem=words_of(error))
        return page, error.status
    return redirect(url_for("start.index"), 303)


@start_pages.post("/start/request")
def make_request() -> Response:
    """Hand out a request to be certified."""
    form = RoleForm()
    role = {"nl": (form.nl.data or "").strip(), "en": (form.en.data or "").strip()}
    with workplace().open() as vault:
        try:
            asked = keyring.request(vault, role, workplace().today())
        except InputError as error:
            return _handlers_page(vault, words_of(error), error.status)
        name = keyring.load(vault).handler_id.hex()
    return download(asked, f"{name}.request")


@start_pages.post("/start/card")
def take_card() -> Response:
    """Take in a card, if its fingerprint is the one that a person was told."""
    form = CardForm()
    with workplace().open() as vault:
        try:
            _pin(vault, form)
        except DropboxError as error:
            return _handlers_page(vault, words_of(error), error.status)
    return redirect(url_for("start.index"), 303)


def _pin(vault: Vault, form: CardForm) -> None:
    raw = content_of(form.card.data, MAX_DOCUMENT_BYTES)
    typed = form.fingerprint.data or ""
    if not raw:
        raise FileMissing
    if not typed.strip():
        raise FingerprintMissing
    with vault.transaction():
        keyring.pin(vault, raw, workplace().today(), typed)
