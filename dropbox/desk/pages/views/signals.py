"""One signal: how its counts are now, what was promised, and where it stands."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import keyring, patterns, quarters, signals
from dropbox.desk.pages import heat, lists, present
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.patterns import Codes
from dropbox.desk.signals import Commitment, DayPast, NoSuchChoice, Signal
from dropbox.protocol import days

signal_pages = Blueprint("signals", __name__)


@signal_pages.get("/patterns/signals/<number>")
def show(number: str) -> str:
    """Show one signal."""
    desk = workplace()
    with desk.cases() as vault:
        signal = signals.load(vault, number)
        labels = keyring.load(vault).labels
        codes = Codes.of(labels)
        rows = lists.whole_index(vault).rows.values()
        now = patterns.by_quarter(rows, codes).get((signal.conduct, signal.unit), Counter())
    return render_template(
        "desk/signal.html",
        signal=signal,
        words=heat.place_words(labels, patterns.CONDUCT, signal.unit, signal.conduct, ""),
        state=signals.STATES[signal.state],
        outcome=signals.OUTCOMES.get(signal.outcome, ""),
        counts=_counts(signal, now),
        commitments=[_shown(each, labels, desk.today()) for each in signal.commitments],
        moves=[(each, signals.STATES[each]) for each in signals.MOVES[signal.state]],
        closed=signals.CLOSED,
        choices={
            "kind": [(code, _(said)) for code, said in signals.KINDS.items()],
            "who": [(code, _(said)) for code, said in signals.ROLES.items()],
            "unit": [(code, present.label(labels, "units", code)) for code in codes.units],
            "outcome": [(code, _(said)) for code, said in signals.OUTCOMES.items()],
        },
    )


def _counts(signal: Signal, now: Counter[str]) -> list[tuple[str, int, int]]:
    """Return quarter, count at the opening and count now, from the first quarter of either on."""
    then = {each.quarter: each.reports for each in signal.counts}
    every = sorted({*then, *now}, key=quarters.index)
    return [(heat.period_words(each), then.get(each, 0), now[each]) for each in every]


def _shown(each: Commitment, labels: present.Labels, today: date) -> dict[str, object]:
    unit = f", {heat.unit_words(labels, each.unit)}" if each.unit else ""
    return {
        "kind": signals.KINDS[each.kind],
        "who": _(signals.ROLES[each.who]) + unit,
        "promised": each.promised,
        "late": (today - each.promised).days if each.is_late(today) else 0,
        "ended": each.ended,
        "kept": each.kept,
    }


@signal_pages.post("/patterns/signals/<number>/promise")
def promise(number: str) -> Response:
    """Note what was promised: codes and a day, no words."""
    desk, form = workplace(), request.form
    with desk.cases() as vault:
        try:
            day = days.parse(form.get("day", ""))
        except ValueError:
            raise DayPast from None
        made = Commitment(form.get("kind", ""), form.get("who", ""), form.get("unit", ""), day)
        units = Codes.of(keyring.load(vault).labels).units
        signals.promise(vault, signals.load(vault, number), made, units, desk.today())
    return _back(number)


@signal_pages.post("/patterns/signals/<number>/end")
def end(number: str) -> Response:
    """Note that something promised was done, or given up."""
    desk = workplace()
    step, _dash, place = request.form.get("step", "").partition("-")
    with desk.cases() as vault:
        if step not in ("done", "dropped") or not (place.isascii() and place.isdigit()):
            raise NoSuchChoice
        signal = signals.load(vault, number)
        at = int(place[: len(str(signals.MOST_COMMITMENTS))])
        signals.end(vault, signal, at, desk.today(), kept=step == "done")
    return _back(number)


@signal_pages.post("/patterns/signals/<number>/move")
def move(number: str) -> Response:
    """Move a signal to its next state, or close it with an outcome."""
    desk, form = workplace(), request.form
    state = form.get("state", "")
    outcome = form.get("outcome", "") if state == signals.CLOSED else ""
    with desk.cases() as vault:
        signals.move(vault, signals.load(vault, number), state, desk.today(), outcome)
    return _back(number)


def _back(number: str) -> Response:
    return redirect(url_for("signals.show", number=number), 303)
