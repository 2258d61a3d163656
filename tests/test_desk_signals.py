"""Signals: made of codes and days, begun above the threshold, closed once nothing is open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from typing import get_type_hints

import pytest

from dropbox.desk import signals, threshold
from dropbox.desk.signals import (
    AGREED,
    CLOSED,
    FOLLOWED,
    KINDS,
    OPEN,
    Commitment,
    CommitmentsNeeded,
    CommitmentsOpen,
    DayPast,
    NoSuchChoice,
    NoSuchMove,
    NoSuchSignal,
    NotOverThreshold,
    Signal,
    TooManyCommitments,
)
from dropbox.desk.threshold import Threshold, ThresholdInvalid
from dropbox.desk.vault import Vault
from tests.desk_world import TODAY, World
from tests.pattern_world import CODES

COUNTED = {("bullying", "parks"): Counter({"2026-Q3": 3, "2026-Q4": 1})}
LATER = TODAY + timedelta(days=30)
TALKS = Commitment("team_talks", "unit_lead", "parks", LATER)


@pytest.fixture
def vault(world: World) -> Iterator[Vault]:
    """Open anna's vault."""
    with world.vault("anna") as opened:
        yield opened


@pytest.fixture
def signal(vault: Vault) -> Signal:
    """Take up the pattern of `COUNTED`."""
    found = signals.proposals(COUNTED, [], Threshold())
    return signals.take_up(vault, found, "bullying", "parks", TODAY)


def test_signal_keeps_the_counts_of_its_day(vault: Vault, signal: Signal) -> None:
    """What stood in the table then is found again, and the pattern is proposed no more."""
    found = signals.load(vault, signal.number)
    assert found == signal
    assert [(each.quarter, each.reports) for each in found.counts] == [("2026-Q3", 3)]
    more = {("bullying", "parks"): Counter({"2026-Q3": 3, "2026-Q4": 9})}
    assert signals.proposals(more, signals.load_all(vault), Threshold()) == []


def test_only_what_is_proposed_becomes_a_signal(vault: Vault) -> None:
    """Neither a name nor a pattern below the threshold can be taken up."""
    found = signals.proposals(COUNTED, [], Threshold())
    for conduct, unit in (("bullying", "jan-de-vries"), ("jan", "parks"), ("", "")):
        with pytest.raises(NotOverThreshold):
            signals.take_up(vault, found, conduct, unit, TODAY)
    assert vault.count("signal") == 0


def test_closed_signal_is_proposed_again_by_later_quarters_only(
    vault: Vault, signal: Signal
) -> None:
    """What was weighed does not come back by itself; what is new does."""
    signals.move(vault, signal, CLOSED, TODAY, "no_pattern")
    known = signals.load_all(vault)
    assert signals.proposals(COUNTED, known, Threshold()) == []
    again = {("bullying", "parks"): Counter({"2026-Q3": 9, "2026-Q4": 3})}
    (found,) = signals.proposals(again, known, Threshold())
    assert [(each.quarter, each.reports) for each in found.counts] == [("2026-Q4", 3)]


def test_way_of_a_signal(vault: Vault, signal: Signal) -> None:
    """Open, agreed with a promise, followed, and closed once the promise was kept."""
    with pytest.raises(CommitmentsNeeded):
        signals.move(vault, signal, AGREED, TODAY)
    signal = signals.promise(vault, signal, TALKS, CODES.units, TODAY)
    signal = signals.move(vault, signal, AGREED, TODAY)
    signal = signals.move(vault, signal, FOLLOWED, TODAY)
    with pytest.raises(CommitmentsOpen):
        signals.move(vault, signal, CLOSED, TODAY, "better")
    assert signals.overdue(vault, LATER) == 0
    assert signals.overdue(vault, LATER + timedelta(days=1)) == 1
    signal = signals.end(vault, signal, 0, LATER, kept=True)
    assert signals.overdue(vault, LATER + timedelta(days=1)) == 0
    signal = signals.move(vault, signal, CLOSED, LATER, "better")
    assert (signal.state, signal.outcome, signal.closed) == (CLOSED, "better", LATER)
    for act in (
        lambda: signals.promise(vault, signal, TALKS, CODES.units, TODAY),
        lambda: signals.end(vault, signal, 0, TODAY, kept=False),
        lambda: signals.move(vault, signal, OPEN, TODAY),
    ):
        with pytest.raises(NoSuchMove):
            act()
    assert signals.load(vault, signal.number) == signal


@pytest.mark.parametrize(
    ("state", "outcome", "error"),
    [
        (FOLLOWED, "", NoSuchMove),
        (OPEN, "", NoSuchMove),
        ("jan", "", NoSuchMove),
        (CLOSED, "", NoSuchChoice),
        (CLOSED, "jan is weg", NoSuchChoice),
        (AGREED, "better", NoSuchChoice),
        (AGREED, "jan is weg", NoSuchChoice),
    ],
)
def test_invalid_moves_are_refused(
    vault: Vault, signal: Signal, state: str, outcome: str, error: type[Exception]
) -> None:
    """A state that does not follow, and an outcome that is none, change nothing."""
    with pytest.raises(error):
        signals.move(vault, signal, state, TODAY, outcome)
    assert signals.load(vault, signal.number) == signal


@pytest.mark.parametrize(
    ("made", "error"),
    [
        (Commitment("Jan de Vries vertrekt", "unit_lead", "parks", LATER), NoSuchChoice),
        (Commitment("training", "Jan de Vries", "parks", LATER), NoSuchChoice),
        (Commitment("training", "unit_lead", "jan-de-vries", LATER), NoSuchChoice),
        (Commitment("training", "unit_lead", "", TODAY - timedelta(days=1)), DayPast),
    ],
)
def test_promise_takes_no_words(
    vault: Vault, signal: Signal, made: Commitment, error: type[Exception]
) -> None:
    """What, who and where are codes of the desk and the site; there is no room for a name."""
    with pytest.raises(error):
        signals.promise(vault, signal, made, CODES.units, TODAY)
    assert signals.load(vault, signal.number) == signal


def test_records_have_no_field_for_words() -> None:
    """Every text field of a signal and a promise is a code that was checked against a list."""
    checked = {"conduct", "unit", "state", "outcome", "kind", "who", "quarter"}
    for kind in (Signal, Commitment, threshold.Counted):
        hints = get_type_hints(kind)
        assert {each.name for each in fields(kind) if hints[each.name] is str} <= checked


def test_promises_end_once_and_have_a_bound(
    vault: Vault, signal: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place that is not there, or was ended, is refused; so is one too many."""
    monkeypatch.setattr(signals, "MOST_COMMITMENTS", 1)
    signal = signals.promise(vault, signal, TALKS, CODES.units, TODAY)
    with pytest.raises(TooManyCommitments):
        signals.promise(vault, signal, TALKS, CODES.units, TODAY)
    for place in (-1, 1):
        with pytest.raises(NoSuchChoice):
            signals.end(vault, signal, place, TODAY, kept=True)
    signal = signals.end(vault, signal, 0, TODAY, kept=False)
    with pytest.raises(NoSuchChoice):
        signals.end(vault, signal, 0, TODAY, kept=True)


@pytest.mark.parametrize("typed", ["", "zz", "00", "00" * 8, "00" * 300, "é"])
def test_unknown_number_is_no_signal(vault: Vault, signal: Signal, typed: str) -> None:
    """What names no signal is refused as such."""
    with pytest.raises(NoSuchSignal):
        signals.load(vault, typed)


def test_threshold_is_kept_and_never_one(vault: Vault) -> None:
    """A channel sets its own; a single report is never a pattern."""
    assert threshold.load(vault) == Threshold(3, 5)
    for quarter, year in ((1, 5), (3, 1), (0, 0), (-3, 5), (3, 1001)):
        with pytest.raises(ThresholdInvalid):
            threshold.save(vault, quarter, year)
    threshold.save(vault, 2, 4)
    assert threshold.load(vault) == Threshold(2, 4)


def test_file_shows_nothing_of_a_signal(world: World, vault: Vault, signal: Signal) -> None:
    """No code, day or state of a signal stands in the vault's file in clear."""
    signals.promise(vault, signal, TALKS, CODES.units, TODAY)
    raw = world.path("anna").read_bytes()
    for mark in ("bullying", "parks", "team_talks", "2026-Q3", OPEN, LATER.isoformat()):
        if len(mark) > len(OPEN):
            assert mark.encode() not in raw, mark
    assert signal.signal_id not in raw


def test_codes_are_codes() -> None:
    """What is kept of a choice is a short code, so that words can change."""
    for known in (KINDS, signals.ROLES, signals.STATES, signals.OUTCOMES):
        assert all(re.fullmatch(r"[a-z_]+", code) for code in known)
