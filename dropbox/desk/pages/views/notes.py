"""What a handler tells the other handlers of a case: words, who does it, tasks done.

Each is a sealed note, see `dropbox.desk.notes`; the pages that show them are the case's own.
"""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import notes
from dropbox.desk.pages import lists
from dropbox.desk.pages.workplace import workplace

note_pages = Blueprint("notes", __name__)


@note_pages.post("/cases/<number>/notes")
def write(number: str) -> Response:
    """Seal a note for the case's other handlers."""
    with workplace().cases() as vault:
        mailbox_id = lists.find(vault, number)
        text = "\n".join(request.form.get("text", "").splitlines())
        notes.write_note(vault, mailbox_id, text, workplace().today())
        lists.renew(vault, mailbox_id)
    return redirect(url_for("case.show", number=number, _anchor="between"), 303)


@note_pages.post("/cases/<number>/who")
def who(number: str) -> Response:
    """Say who does the case: a handler of it, or nobody."""
    with workplace().cases() as vault:
        mailbox_id = lists.find(vault, number)
        assignee = _handler(request.form.get("assignee", ""))
        why = request.form.get("why", "").strip()
        notes.assign(vault, mailbox_id, assignee, workplace().today(), why)
        lists.renew(vault, mailbox_id)
    return redirect(url_for("case.show", number=number, _anchor="doing"), 303)


def _handler(typed: str) -> bytes | None:
    """Return a handler's id, None for nobody; what is no id is nobody's who can read the case."""
    if not typed:
        return None
    try:
        return bytes.fromhex(typed)
    except ValueError:
        raise notes.AssigneeCannotRead from None


@note_pages.post("/cases/<number>/tasks")
def task(number: str) -> Response:
    """Say that a care task was done, or that it is open again."""
    with workplace().cases() as vault:
        mailbox_id = lists.find(vault, number)
        done = request.form.get("done") == "yes"
        code, why = request.form.get("task", ""), request.form.get("why", "").strip()
        notes.task_done(vault, mailbox_id, code, workplace().today(), done=done, text=why)
        lists.renew(vault, mailbox_id)
    if "from_list" in request.form:
        return redirect(url_for("care.index"), 303)
    return redirect(url_for("case.show", number=number, _anchor="care"), 303)
