"""The lock: asking for the passphrase, locking on demand, and what was typed meanwhile.

While it is locked, no page here shows anything of the vault.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField

from dropbox.desk.errors import WrongPassphrase
from dropbox.desk.pages.door import keep_typed, without_vault
from dropbox.desk.pages.forms import DeskForm
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import TooSoon, workplace

unlock_pages = Blueprint("unlock", __name__)


class UnlockForm(DeskForm):
    """The passphrase."""

    passphrase = PasswordField()


@unlock_pages.get("/unlock")
@without_vault
def ask() -> str | Response:
    """Ask for the passphrase."""
    desk = workplace()
    desk.lock_if_idle()
    if not desk.is_there:
        return redirect(url_for("start.index"), 303)
    return render_template("desk/unlock.html", form=UnlockForm(), problem="")


@unlock_pages.post("/unlock")
@without_vault
def unlock() -> str | Response | tuple[str, int]:
    """Open the vault, or say why not."""
    form = UnlockForm()
    try:
        workplace().unlock(form.passphrase.data or "")
    except (WrongPassphrase, TooSoon) as error:
        problem = words_of(error)
        return render_template("desk/unlock.html", form=form, problem=problem), error.status
    return redirect(url_for("unlock.late" if len(workplace().late) else "door.home"), 303)


@unlock_pages.post("/lock")
@without_vault
def lock() -> Response:
    """Lock at once."""
    keep_typed()
    workplace().lock()
    return redirect(url_for("unlock.ask"), 303)


@unlock_pages.get("/here")
@without_vault
def standing() -> dict[str, bool]:
    """Tell a page's script whether the desk is open; nobody is thought to be here for that."""
    desk = workplace()
    desk.lock_if_idle()
    return {"open": desk.is_open}


@unlock_pages.post("/here")
@without_vault
def here() -> dict[str, bool]:
    """Note that somebody is reading or typing, and keep what they send when it is too late."""
    desk = workplace()
    desk.lock_if_idle()
    if desk.is_open:
        desk.touch()
    else:
        keep_typed()
    return {"open": desk.is_open}


@unlock_pages.get("/unlock/late")
def late() -> str:
    """Show what was typed when the desk was locked already."""
    desk = workplace()
    with desk.open() as vault:
        return render_template("desk/late.html", texts=desk.late.texts(vault))


@unlock_pages.post("/unlock/late")
def forget_late() -> Response:
    """Let go of it."""
    workplace().late.forget()
    return redirect(url_for("door.home"), 303)
