"""Patterns over all reports of this desk: tables, and what lies above the threshold.

What was asked for stays in memory, as with the list of cases: no address tells it.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import keyring, patterns, signals, threshold
from dropbox.desk.overview import Row
from dropbox.desk.pages import heat, lists, present
from dropbox.desk.pages.lists import Asked as AskedList
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.patterns import Asked, Codes, NoSuchCell, Table
from dropbox.desk.signals import Signal
from dropbox.desk.threshold import Proposal, ThresholdInvalid
from dropbox.desk.vault import Vault

_ASKED = "patterns asked"
_MOST_DIGITS = 4

pattern_pages = Blueprint("patterns", __name__)


@dataclass(frozen=True)
class _Found:
    """The rows of this desk and what a table of them is made of."""

    rows: list[Row]
    labels: present.Labels
    codes: Codes
    years: list[str]
    asked: Asked

    @classmethod
    def of(cls, vault: Vault) -> _Found:
        rows = list(lists.whole_index(vault).rows.values())
        labels = keyring.load(vault).labels
        desk = workplace()
        codes, years = Codes.of(labels), patterns.years(rows, desk.today())
        wanted = desk.memory.get(_ASKED, Asked(year=str(desk.today().year)))
        return cls(rows, labels, codes, years, wanted.checked(codes, years))

    def table(self) -> Table:
        return patterns.table(self.rows, self.codes, self.asked)

    def proposals(self, vault: Vault) -> list[Proposal]:
        counted = patterns.by_quarter(self.rows, self.codes)
        return signals.proposals(counted, signals.load_all(vault), threshold.load(vault))


@pattern_pages.get("/patterns")
def index() -> str | Response:
    """Show the tables, what is proposed and the signals; or how far the reading is."""
    desk = workplace()
    with desk.cases() as vault:
        read = lists.index_of(vault)
        if not read.ready and not read.read_on(vault):
            page = render_template("desk/reading.html", read=read.read, total=read.total)
            return make_response(page, {"Refresh": "0"})
        found = _Found.of(vault)
        made, labels = found.table(), found.labels
        return render_template(
            "desk/patterns.html",
            table=made,
            heat=heat.heat(made, labels),
            said=heat.asked_words(found.asked, labels),
            axis=heat.AXIS_WORDS[found.asked.axis],
            choices=heat.choices(found.codes, found.years, labels),
            withdrawn=read.withdrawn,
            proposals=[_proposed(each, labels) for each in found.proposals(vault)],
            signals=[_listed(each, labels) for each in signals.load_all(vault)],
            damaged=signals.damaged(vault),
            threshold=threshold.load(vault),
            least=threshold.SMALLEST_THRESHOLD,
        )


def _proposed(each: Proposal, labels: present.Labels) -> dict[str, object]:
    first, last = each.counts[0].quarter, each.counts[-1].quarter
    return {
        "conduct": each.conduct,
        "unit": each.unit,
        "words": heat.place_words(labels, patterns.CONDUCT, each.unit, each.conduct, ""),
        "reports": each.reports,
        "first": heat.period_words(first),
        "last": heat.period_words(last),
    }


def _listed(each: Signal, labels: present.Labels) -> dict[str, object]:
    return {
        "number": each.number,
        "words": heat.place_words(labels, patterns.CONDUCT, each.unit, each.conduct, ""),
        "state": signals.STATES[each.state],
        "opened": each.opened,
        "late": each.late(workplace().today()),
        "open": sum(one.ended is None for one in each.commitments),
    }


@pattern_pages.post("/patterns/ask")
def ask() -> Response:
    """Keep what the tables are asked for; anything that they do not offer is left out."""
    desk, form = workplace(), request.form
    with desk.cases():
        desk.memory[_ASKED] = Asked(
            axis=form.get("axis", ""),
            year=form.get("year", ""),
            ground=form.get("ground", ""),
            mode=form.get("mode", ""),
        )
    return redirect(url_for("patterns.index"), 303)


@pattern_pages.post("/patterns/cases")
def cases() -> Response:
    """Show the cases that are counted in one place of the table in the list of cases."""
    with workplace().cases() as vault:
        found = _Found.of(vault)
        named = request.form.get("place", "").split(heat.BETWEEN)
        if len(named) != len(("unit", "code", "period")):
            raise NoSuchCell
        unit, code, period = named
        cell = patterns.cell(found.table(), found.codes, unit, code, period)
        lists.ask(AskedList(cell=cell))
    return redirect(url_for("inbox.index"), 303)


@pattern_pages.post("/patterns/signals")
def take_up() -> Response:
    """Make a signal of what is proposed."""
    desk, form = workplace(), request.form
    with desk.cases() as vault:
        proposed = _Found.of(vault).proposals(vault)
        made = signals.take_up(
            vault, proposed, form.get("conduct", ""), form.get("unit", ""), desk.today()
        )
    return redirect(url_for("signals.show", number=made.number), 303)


@pattern_pages.post("/patterns/threshold")
def change_threshold() -> Response:
    """Keep another threshold."""
    with workplace().cases() as vault:
        threshold.save(vault, _number("quarter"), _number("year"))
    return redirect(url_for("patterns.index", _anchor="threshold"), 303)


def _number(name: str) -> int:
    """Return a number of a form; what is none gets the message of a wrong one."""
    typed = request.form.get(name, "").strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS):
        raise ThresholdInvalid(least=threshold.SMALLEST_THRESHOLD, most=threshold.LARGEST_THRESHOLD)
    return int(typed)
