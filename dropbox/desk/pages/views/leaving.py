"""When a laptop is lost, and when a handler leaves: what to do and what it means."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import holdings, notes
from dropbox.desk.errors import UnknownHandler
from dropbox.desk.keyring import DESTROY_DAYS
from dropbox.desk.notes import AssigneeCannotRead
from dropbox.desk.overview import Row
from dropbox.desk.pages import lists
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.views.keys import guess, role_form
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault

leaving_pages = Blueprint("leaving", __name__)

_NOTICE = "notice of leaving"


@leaving_pages.get("/keys/lost")
def lost() -> str:
    """Say step by step what to do when a computer with a vault is gone."""
    desk = workplace()
    with desk.open() as vault:
        held = None if desk.of_owner else holdings.of_handler(vault, desk.today())
        return render_template(
            "desk/lost.html",
            of_owner=desk.of_owner,
            role=role_form(held) if held else None,
            guess=guess(vault.head.cost),
            destroy_days=DESTROY_DAYS,
        )


@leaving_pages.get("/keys/leaving")
def leave() -> str:
    """Show the checklist of a handler who leaves."""
    desk = workplace()
    with desk.cases() as vault:
        held = holdings.of_handler(vault, desk.today())
        return render_template(
            "desk/leaving.html",
            held=held,
            mine=len(list(_mine(vault, held.handler_id))),
            notice=desk.memory.pop(_NOTICE, ""),
            destroy_days=DESTROY_DAYS,
        )


def _mine(vault: Vault, own_id: bytes) -> Iterator[Row]:
    """Yield the cases that this handler does and that are not closed."""
    rows = lists.whole_index(vault).rows.values()
    return (each for each in list(rows) if each.assignee == own_id and each.state != "closed")


@leaving_pages.post("/keys/leaving")
def hand_over() -> Response:
    """Give all open cases that this handler does to a colleague, where that one may read them."""
    desk = workplace()
    with desk.cases() as vault:
        held = holdings.of_handler(vault, desk.today())
        chosen = request.form.get("to", "")
        to = next((e.handler_id for e in held.colleagues if e.handler_id.hex() == chosen), None)
        if to is None:
            raise UnknownHandler
        given, kept = [], 0
        for row in _mine(vault, held.handler_id):
            try:
                notes.assign(vault, row.mailbox_id, to, desk.today())
                given.append(row.mailbox_id)
            except AssigneeCannotRead:
                kept += 1
        lists.renew(vault, *given)
        desk.memory[_NOTICE] = _(
            "Handed over: %(given)d. Not handed over, since this colleague may not read them:"
            " %(kept)d. The notes go with the next bundle.",
            given=len(given),
            kept=kept,
        )
    return redirect(url_for("leaving.leave"), 303)
