"""Care over all cases: open tasks, and measures with what they add up to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import care, keyring, measures, overview, support, typed
from dropbox.desk.pages import caring, lists, together
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.workplace import workplace

_ASKED = "care asked"

care_pages = Blueprint("care", __name__)


@dataclass(frozen=True)
class Asked:
    """Which tasks are asked for: of one rule, and of one handler's cases by hexadecimal id."""

    rule: str = ""
    who: str = ""


@care_pages.get("/care")
def index() -> str | Response:
    """Show the open tasks of all cases, or how far the reading is."""
    desk = workplace()
    with desk.cases() as vault:
        found = lists.index_of(vault)
        if not found.ready and not found.read_on(vault):
            page = render_template("desk/reading.html", read=found.read, total=found.total)
            return make_response(page, {"Refresh": "0"})
        card = keyring.card_for_reading(vault, desk.today())
        rows = [each for each in found.rows.values() if not each.aside]
        asked: Asked = desk.memory.get(_ASKED, Asked())
        tasks = caring.listed(rows, asked.rule, asked.who, together.roles(card))
        shown, number, pages = overview.page(tasks, request.args.get("page", 1, type=int))
        return render_template(
            "desk/care.html",
            tasks=shown,
            found=len(tasks),
            page=number,
            pages=pages,
            asked=asked,
            rules=[(rule, _(care.TITLES[rule])) for rule in care.RULES],
            own=keyring.load(vault).handler_id.hex(),
            aside=sum(len(each.tasks) for each in found.rows.values() if each.aside),
            appointments=[each for each in support.every(vault) if each.appointment],
        )


@care_pages.post("/care/ask")
def ask() -> Response:
    """Keep in memory which tasks are asked for."""
    with workplace().cases() as vault:
        rule, mine = request.form.get("rule", ""), "mine" in request.form
        own = keyring.load(vault).handler_id.hex()
        workplace().memory[_ASKED] = Asked(rule if rule in care.RULES else "", own if mine else "")
    return redirect(url_for("care.index"), 303)


@care_pages.get("/care/measures")
def figures() -> str:
    """Show how often each measure was recorded, by quarter."""
    with workplace().cases() as vault:
        found = caring.figures(measures.counts(vault))
    return render_template("desk/measures.html", figures=found)


@care_pages.post("/cases/<number>/measures")
def record(number: str) -> Response:
    """Record a measure or an escalation by code and day, or take one back."""
    with workplace().cases() as vault:
        mailbox_id, today = lists.find(vault, number), workplace().today()
        kind, code = request.form.get("kind", ""), request.form.get("code", "")
        day = typed.day(request.form.get("day", ""), today) or today
        if request.form.get("step") == "back":
            measures.take_back(vault, mailbox_id, kind, code, day)
        else:
            measures.add(vault, mailbox_id, kind, code, day, today)
    return redirect(url_for("case.show", number=number, _anchor="measures"), 303)
