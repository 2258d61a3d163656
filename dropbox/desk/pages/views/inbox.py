"""The cases of this desk: list, filter, search, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import keyring, overview, phrases, signals, triage, words
from dropbox.desk.errors import EmptyText
from dropbox.desk.index import Index
from dropbox.desk.overview import OWED, SORTS, Codes, Row, Wanted
from dropbox.desk.pages import heat, lists, present, together
from dropbox.desk.pages.lists import Asked
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError
from dropbox.language import LANGUAGES
from dropbox.protocol.payload import MODES, STATES

MAX_WORDS_CHARACTERS = 200

inbox_pages = Blueprint("inbox", __name__)


class NothingChosen(InputError):
    """Something was to be done to cases, and none was marked."""

    text = N_("Mark at least one case first.")


@inbox_pages.get("/cases")
def index() -> str | Response:
    """Show a page of the list, or how far the reading is."""
    desk = workplace()
    with desk.cases() as vault:
        found = lists.index_of(vault)
        if not found.ready and not found.read_on(vault):
            page = render_template("desk/reading.html", read=found.read, total=found.total)
            return make_response(page, {"Refresh": "0"})
        rows = lists.chosen(found)
        shown, number, pages = overview.page(rows, request.args.get("page", 1, type=int))
        counts, codes = found.tally()
        labels = keyring.load(vault).labels
        card = keyring.card_for_reading(vault, desk.today())
        roles = together.roles(card)
        return render_template(
            "desk/inbox.html",
            channel=card.texts[desk.language].name,
            rows=[present.shown(each, labels, roles) for each in shown],
            found=len(rows),
            page=number,
            pages=pages,
            counts=counts,
            index=found,
            asked=lists.asked(),
            choices=_choices(codes, labels) | {"who": _who(roles, keyring.load(vault).handler_id)},
            notice=desk.memory.pop(lists.NOTICE, ""),
            within=_within(labels),
            promises_late=signals.overdue(vault, desk.today()),
        )


def _within(labels: present.Labels) -> str:
    """Return the place of the patterns whose cases alone are shown, in words."""
    cell = lists.asked().cell
    if cell is None:
        return ""
    place = heat.place_words(labels, cell.asked.axis, cell.unit, cell.code, cell.period)
    return f"{place} ({heat.asked_words(cell.asked, labels)})"


def _choices(codes: Codes, labels: present.Labels) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers: codes that occur here, with their words."""

    def worded(taxonomy: str, found: tuple[str, ...]) -> list[tuple[str, str]]:
        return sorted(((c, present.label(labels, taxonomy, c)) for c in found), key=_by_label)

    return {
        "state": [
            ("new", _(words.NOT_ANSWERED)),
            *((code, _(words.STATES[code])) for code in STATES),
            ("paused", _(words.ON_HOLD)),
        ],
        "mode": [(code, _(words.MODES[code])) for code in MODES],
        "unit": worded("units", codes.units),
        "conduct": worded("conduct", codes.conduct),
        "owed": [(code, _(present.OWED[code])) for code in OWED],
        "origin": [(code, present.came_by(code)) for code in codes.origins],
        "sort": [(code, _(present.SORTS[code])) for code in SORTS],
        "label": [(each, each) for each in codes.labels],
    }


def _who(roles: Mapping[bytes, str], own_id: bytes) -> list[tuple[str, str]]:
    """Return who may do a case, oneself and nobody first."""
    others = [(each.hex(), role) for each, role in roles.items() if each != own_id]
    first = [(own_id.hex(), _("I do")), (overview.NOBODY, _("nobody"))]
    return first + sorted(others, key=_by_label)


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


@inbox_pages.post("/cases/ask")
def ask() -> Response:
    """Keep a filter and words in memory: an address would leave them in the browser."""
    with workplace().cases():
        form = request.form
        plain = {} if "all" in form else {name: form.get(name, "") for name in _FIELDS}
        sort = plain.get("sort", "")
        lists.ask(
            Asked(
                Wanted(
                    **{name: plain.get(name, "") for name in _FIELDS if name != "sort"},
                    aside=bool(plain) and "aside" in form,
                    sort=sort if sort in SORTS else SORTS[0],
                ),
                "" if "all" in form else form.get("words", "")[:MAX_WORDS_CHARACTERS],
                None if "all" in form else lists.asked().cell,
            )
        )
    return redirect(url_for("inbox.index"), 303)


_FIELDS = ("state", "unit", "conduct", "mode", "origin", "owed", "label", "who", "sort")


@inbox_pages.post("/cases/many")
def many() -> Response | str:
    """Do one thing to all cases that were marked."""
    with workplace().cases() as vault:
        found = lists.whole_index(vault)
        rows = _marked(found)
        step = request.form.get("step", "")
        if step == "receipt":
            return _receipt_page(vault, rows)
        if step == "send_receipt":
            _send_receipts(vault, rows)
        elif step in ("aside", "label", "back"):
            _label(vault, rows, aside=step == "aside")
    return redirect(url_for("inbox.index"), 303)


def _marked(found: Index) -> list[Row]:
    """Return the rows that were marked, or all that the list shows on all its pages."""
    if "everything" in request.form:
        rows = lists.chosen(found)
    else:
        named = {found.named(number) for number in request.form.getlist("case")}
        rows = [each for each in found.rows.values() if each.mailbox_id in named]
    rows = [each for each in rows if not each.damaged]
    if not rows:
        raise NothingChosen
    return rows


def _label(vault: Vault, rows: list[Row], *, aside: bool) -> None:
    ids = [each.mailbox_id for each in rows]
    count = triage.label(vault, ids, request.form.get("label", ""), aside=aside)
    lists.renew(vault, *ids)
    workplace().memory[lists.NOTICE] = _(
        "Noted for %(count)d cases, on this desk only.", count=count
    )


def _receipt_page(vault: Vault, rows: list[Row]) -> str:
    """Ask once more, with the very texts, before something is said to many."""
    return render_template(
        "desk/receipts.html",
        numbers=[each.number for each in rows],
        waiting=sum(each.receipt is not None and each.receipt.is_open for each in rows),
        texts=[(code, phrases.load(vault, "receipt", code)[0]) for code in LANGUAGES],
    )


def _send_receipts(vault: Vault, rows: list[Row]) -> None:
    texts = {code: request.form.get(f"text_{code}", "") for code in LANGUAGES}
    if not all(text.strip() for text in texts.values()):
        raise EmptyText
    sent = triage.confirm(vault, [each.mailbox_id for each in rows], texts, workplace().today())
    lists.renew(vault, *sent.written)
    workplace().memory[lists.NOTICE] = _(
        "Sealed for the next bundle: %(count)d. Answered before, so left alone: %(kept)d."
        " Refused: %(refused)d.",
        count=len(sent.written),
        kept=sent.kept,
        refused=sum(sent.refused.values()),
    )
