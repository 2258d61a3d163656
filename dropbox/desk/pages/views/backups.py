"""Backups: made, rehearsed, and restored where there is no vault yet."""

from __future__ import annotations

from typing import BinaryIO

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, PasswordField

from dropbox.desk import backup, rehearsal
from dropbox.desk.errors import DateDoubtful, VaultExists
from dropbox.desk.pages.door import takes, without_vault
from dropbox.desk.pages.forms import DeskForm
from dropbox.desk.pages.handout import hand_out, taken, written
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.views.start import FileMissing
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.rehearsal import Rehearsed
from dropbox.errors import InputError, VaultError

MAX_BACKUP_BYTES = 16 * 1024 * 1024 * 1024
REFUSALS = (InputError, VaultError)

backup_pages = Blueprint("backups", __name__)


class BackupForm(DeskForm):
    """A backup and the passphrase of its day."""

    file = FileField()
    passphrase = PasswordField()

    def opened(self) -> BinaryIO:
        """Return the chosen file, open; raises FileMissing."""
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise FileMissing
        return taken(upload)


@backup_pages.post("/keys/backup")
def make() -> Response | tuple[str, int]:
    """Write a backup and hand it to the browser; no copy of it stays here."""
    desk = workplace()
    today = desk.today()
    with desk.open() as vault:
        try:
            with written(desk.path.parent) as (out, file):
                backup.backup(vault, out, today, date_is_right="date_is_right" in request.form)
        except DateDoubtful as error:
            page = render_template("desk/backup_date.html", problem=words_of(error), today=today)
            return page, error.status
    return hand_out(file, f"meldkluis-{today.isoformat()}.backup")


@backup_pages.get("/keys/rehearse")
def ask() -> str:
    """Ask for a backup to open completely."""
    with workplace().open():
        return _rehearsal_page(BackupForm())


def _rehearsal_page(form: BackupForm, problem: str = "", found: Rehearsed | None = None) -> str:
    return render_template("desk/rehearse.html", form=form, problem=problem, found=found)


@backup_pages.post("/keys/rehearse")
@takes(MAX_BACKUP_BYTES)
def rehearse() -> str | tuple[str, int]:
    """Open a backup completely, say what is in it, and let go of it."""
    form, desk = BackupForm(), workplace()
    typed, today = form.passphrase.data or "", desk.today()
    with desk.open() as vault:
        try:
            with form.opened() as file:
                found = rehearsal.rehearse(file, typed, today, desk.path.parent, vault)
        except REFUSALS as error:
            return _rehearsal_page(form, words_of(error)), error.status
    return _rehearsal_page(form, found=found)


@backup_pages.get("/start/restore")
@without_vault
def ask_restore() -> str | Response:
    """Ask for a backup to make the vault of."""
    if workplace().is_there:
        return redirect(url_for("start.index"), 303)
    return _restore_page(BackupForm())


def _restore_page(form: BackupForm, problem: str = "", found: Rehearsed | None = None) -> str:
    place = workplace().path.name
    return render_template(
        "desk/restore.html", form=form, problem=problem, found=found, place=place
    )


@backup_pages.post("/start/restore")
@without_vault
@takes(MAX_BACKUP_BYTES)
def restore() -> str | Response | tuple[str, int]:
    """Make the vault out of a backup, or only try that; a vault that is there is never touched."""
    form, desk = BackupForm(), workplace()
    typed, today = form.passphrase.data or "", desk.today()
    if desk.is_there:
        raise VaultExists
    try:
        with form.opened() as file:
            if request.form.get("step") == "rehearse":
                found = rehearsal.rehearse(file, typed, today, desk.path.parent)
                return _restore_page(form, found=found)
            backup.restore_from(file, desk.path, typed, today)
        desk.unlock(typed)
    except REFUSALS as error:
        return _restore_page(form, words_of(error)), error.status
    return redirect(url_for("keys.index"), 303)
