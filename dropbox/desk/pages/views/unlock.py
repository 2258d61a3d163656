"""The lock: asking for the passphrase, and locking on demand. Shows nothing of the vault."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import PasswordField

from dropbox.desk.errors import WrongPassphrase
from dropbox.desk.pages.door import without_vault
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
    return redirect(url_for("door.home"), 303)


@unlock_pages.post("/lock")
@without_vault
def lock() -> Response:
    """Lock at once."""
    workplace().lock()
    return redirect(url_for("unlock.ask"), 303)
