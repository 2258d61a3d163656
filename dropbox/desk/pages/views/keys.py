"""What this desk holds, new keys, another passphrase, and the log without content."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField

from dropbox.desk import activity, channel, holdings, keyring, passphrase
from dropbox.desk.backup_days import BACKUP_DAYS, last_backup
from dropbox.desk.holdings import Holdings
from dropbox.desk.pages import reminders
from dropbox.desk.pages.forms import DeskForm, download
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.views.start import PassphrasesDiffer, RoleForm
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import MIN_PASSPHRASE_CHARACTERS, SENSITIVE, Cost
from dropbox.errors import InputError, VaultError
from dropbox.language import LANGUAGES

keys_pages = Blueprint("keys", __name__)

_MIB = 1024 * 1024
_NOTICE = "notice of keys"


class PassphraseForm(DeskForm):
    """The old passphrase and the new one, twice."""

    current = PasswordField()
    passphrase = PasswordField()
    again = PasswordField()


@keys_pages.get("/keys")
def index() -> str:
    """Show what this desk holds, and everything that is done with it."""
    desk = workplace()
    with desk.open() as vault:
        return _page(vault)


def _page(vault: Vault, problem: str = "", form: RoleForm | None = None) -> str:
    desk = workplace()
    today = desk.today()
    common = {
        "problem": problem,
        "notice": desk.memory.pop(_NOTICE, ""),
        "backup": last_backup(vault),
        "backup_due": holdings.backup_due(vault, today),
        "backup_days": BACKUP_DAYS,
        "guess": guess(vault.head.cost),
    }
    if desk.of_owner:
        owner = channel.load(vault)
        return render_template("desk/keys_owner.html", owner=owner, **common)
    held = holdings.of_handler(vault, today)
    return render_template(
        "desk/keys.html",
        held=held,
        own_reminders=[reminders.words(each) for each in holdings.keys_due(vault, today)],
        role=form or role_form(held),
        card_ends_in=(held.card.expires - today).days if held.card else None,
        opens_until=_opens_until(held, today),
        **common,
    )


def guess(cost: Cost) -> dict[str, int]:
    """Return what one guess at the passphrase costs, for a sentence: MiB, and passes over it."""
    return {"mib": cost.memory_bytes // _MIB, "passes": cost.operations}


def role_form(held: Holdings) -> RoleForm:
    """Return the form of a request, filled with the role that stands on the card."""
    role = held.own.role if held.own else {}
    return RoleForm(formdata=None, data={each: role.get(each, "") for each in LANGUAGES})


def _opens_until(held: Holdings, today: date) -> date | None:
    """Return the first day on which no key for an envelope of today is left."""
    return max((each.destroyed_on for each in held.months if each.first_day <= today), default=None)


@keys_pages.post("/keys/request")
def make() -> Response | tuple[str, int]:
    """Hand out a request with the keys of the coming months, new ones at once where asked."""
    form, desk = RoleForm(), workplace()
    role = {each: (form[each].data or "").strip() for each in LANGUAGES}
    with desk.open() as vault:
        try:
            asked = keyring.request(vault, role, desk.today(), fresh="fresh" in request.form)
        except InputError as error:
            return _page(vault, words_of(error), form), error.status
        name = keyring.load(vault).handler_id.hex()
    return download(asked, f"{name}.request")


@keys_pages.get("/keys/passphrase")
def passphrase_form() -> str:
    """Ask for the old passphrase and a new one, and tell what a guess costs."""
    with workplace().open() as vault:
        return _passphrase_page(vault)


def _passphrase_page(vault: Vault, problem: str = "") -> str:
    return render_template(
        "desk/passphrase.html",
        form=PassphraseForm(),
        problem=problem,
        now=guess(vault.head.cost),
        usual=guess(workplace().cost),
        strong=guess(SENSITIVE),
        is_strong=vault.head.cost == SENSITIVE,
        characters=MIN_PASSPHRASE_CHARACTERS,
        backup=last_backup(vault),
    )


@keys_pages.post("/keys/passphrase")
def change_passphrase() -> Response | tuple[str, int]:
    """Give the vault another passphrase."""
    form, desk = PassphraseForm(), workplace()
    cost = SENSITIVE if request.form.get("cost") == "strong" else desk.cost
    with desk.open() as vault:
        try:
            if form.passphrase.data != form.again.data:
                raise PassphrasesDiffer
            fresh, current = form.passphrase.data or "", form.current.data or ""
            passphrase.change(vault, fresh, desk.today(), cost, current=current)
        except (InputError, VaultError) as error:
            return _passphrase_page(vault, words_of(error)), error.status
        desk.memory[_NOTICE] = _(
            "The passphrase is changed. Older backups still open with the old one. Make a new"
            " backup now."
        )
    return redirect(url_for("keys.index"), 303)


@keys_pages.get("/keys/activity")
def log() -> str:
    """Show what was done here, by day, as numbers."""
    desk = workplace()
    with desk.open() as vault:
        found = activity.read(vault, desk.today())
    return render_template(
        "desk/activity.html",
        log=found,
        words={act: _(said) for act, said in activity.WORDS.items()},
        months=activity.KEPT_MONTHS,
    )
