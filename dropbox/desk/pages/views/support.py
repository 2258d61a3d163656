"""Support for those whom reports are about: records of their own, which know no case."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import support, typed
from dropbox.desk.pages import lists
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.support import Support
from dropbox.desk.vault import Vault
from dropbox.errors import N_, DropboxError, InputError

_NOTICE = "support notice"

support_pages = Blueprint("support", __name__)


class NotTickedToErase(InputError):
    """A support record was to be erased and nobody said that this is meant."""

    text = N_("Tick that the record can go. What is erased does not come back.")


@support_pages.get("/support")
def index() -> str:
    """List the records."""
    with workplace().cases() as vault:
        found = support.every(vault)
    return render_template("desk/support_list.html", found=found)


@support_pages.post("/support")
def begin() -> Response:
    """Begin a record."""
    with workplace().cases() as vault:
        found = support.start(vault, workplace().today())
    return _to(found.number)


def _to(number: str, anchor: str | None = None) -> Response:
    return redirect(url_for("support.show", number=number, _anchor=anchor), 303)


@support_pages.get("/support/<number>")
def show(number: str) -> str:
    """Show one record."""
    with workplace().cases() as vault:
        notice: str = workplace().memory.pop(_NOTICE, "")
        return _page(support.find(vault, number), notice=notice)


def _page(
    found: Support,
    text: str | None = None,
    by: str | None = None,
    problem: str = "",
    notice: str = "",
) -> str:
    """Return a record's page; ``text`` and ``by`` are what was typed, in place of what is kept."""
    return render_template(
        "desk/support.html",
        found=found,
        text=found.text if text is None else text,
        by=found.by if by is None else by,
        problem=problem,
        notice=notice,
        kinds=[(code, _(words)) for code, words in support.OFFERS.items()],
        answers=[(code, _(words)) for code, words in support.ANSWERS.items()],
        offers=[
            (each, _(support.OFFERS.get(each.kind, each.kind)), _(support.ANSWERS[each.answer]))
            for each in found.offers
        ],
    )


@support_pages.post("/support/<number>")
def change(number: str) -> Response | tuple[str, int]:
    """Keep who gives the support, the next appointment, and the handler's own text."""
    with workplace().cases() as vault:
        found = support.find(vault, number)
        text, by = request.form.get("text", ""), request.form.get("by", "")
        try:
            appointment = typed.day(request.form.get("appointment", ""))
            support.change(vault, found.support_id, by=by, appointment=appointment, text=text)
        except DropboxError as error:
            return _page(found, text, by, words_of(error)), error.status
    return _to(found.number)


@support_pages.post("/support/<number>/offers")
def offer(number: str) -> Response:
    """Write down support that was offered, with another answer, or strike it out."""
    with workplace().cases() as vault:
        found, today = support.find(vault, number), workplace().today()
        kind, day = (
            request.form.get("kind", ""),
            typed.day(request.form.get("day", ""), today) or today,
        )
        if request.form.get("step") == "back":
            support.take_back(vault, found.support_id, kind, day)
        else:
            answer = request.form.get("answer", "")
            support.offer(vault, found.support_id, kind, day, today, answer)
    return _to(found.number, "offers")


@support_pages.post("/support/<number>/case")
def case(number: str) -> Response:
    """Note at a case that a support record exists, or take that note off; nothing is kept here."""
    with workplace().cases() as vault:
        found = support.find(vault, number)
        workplace().memory[_NOTICE] = _note(vault, found)
    return _to(found.number)


def _note(vault: Vault, found: Support) -> str:
    mailbox_id = lists.find(vault, "".join(request.form.get("case", "").split()).lower())
    if request.form.get("step") == "off":
        support.take_off(vault, found.support_id, mailbox_id)
        return _("The case says nothing of this record any more.")
    support.note_at(vault, found.support_id, mailbox_id)
    return _("The case now says that a support record exists, and not which one.")


@support_pages.post("/support/<number>/erase")
def erase(number: str) -> Response:
    """Erase a record for good."""
    with workplace().cases() as vault:
        found = support.find(vault, number)
        if "meant" not in request.form:
            raise NotTickedToErase
        support.erase(vault, found.support_id)
    return redirect(url_for("support.index"), 303)
