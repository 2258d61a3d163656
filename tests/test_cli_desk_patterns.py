"""Patterns and signals by command: what the pages do, without a browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.desk_office import Office


@pytest.fixture
def full(office: Office) -> Office:
    """Bring three reports of the same, one with a code of its own, to anna."""
    units = (("parks", "bullying"),) * 3 + (("jan-de-vries", "chef_piet"),)
    found = [
        office.report(office.reporter(), "Er is iets.", unit=unit, conduct=(conduct,))
        for unit, conduct in units
    ]
    office.bring(*found)
    office.ok("anna", "import", office.place("anna.bundle"))
    return office


def unfolded(said: str) -> str:
    """Return what was printed without the places where lines were folded."""
    return " ".join(said.replace("┆", "").split())


def test_counts_by_command(full: Office) -> None:
    """Units with their counts, zero as zero, and what is above the threshold; no code of others."""
    said = full.ok("anna", "patterns", "--year", "2026")
    assert "Reports of Parks: 3" in said
    assert re.search(r"of these bullying: 2026-Q1 0, 2026-Q2 0, 2026-Q3 0, 2026-Q4 3", said)
    assert "Reports of not known here: 1" in said
    assert "Reports of no unit named: 0" in said
    assert "Reports: 4; with several codes, counted in each: 0" in said
    assert "Above the threshold: Parks, bullying: 3" in said
    assert not re.search("jan|piet", said)
    assert "Reports of no unit named: 4" not in full.ok("anna", "patterns", "--by", "grounds")
    for wrong in (("--year", "1999"), ("--ground", "jan-de-vries"), ("--year", "jan")):
        result = full.run("anna", "patterns", *wrong)
        assert result.exit_code == 1
        assert "Traceback" not in result.output


def test_signal_by_command(full: Office) -> None:
    """Taken up, promised, overdue, done, closed; a name is refused everywhere."""
    assert full.run("anna", "signal", "open", "chef_piet", "jan-de-vries").exit_code == 1
    said = full.ok("anna", "signal", "open", "bullying", "parks")
    number = re.search(r"Signal ([0-9a-f]{16}) of 2026-11-21: Parks, bullying: open", said)
    assert number
    day = (full.day + timedelta(days=3)).isoformat()
    given = (number[1], "training", "top", "--by", day)
    assert full.run("anna", "signal", "promise", *given, "--unit", "jan").exit_code == 1
    assert (
        full.run("anna", "signal", "promise", number[1], "jan", "top", "--by", day).exit_code == 2
    )
    said = full.ok("anna", "signal", "promise", *given, "--unit", "parks")
    promised = f"promise 1: training for the team (the top management, Parks), by {day}: open"
    assert promised in unfolded(said)
    full.ok("anna", "signal", "move", number[1], "measures_agreed")
    full.day += timedelta(days=4)
    assert "overdue" in full.ok("anna", "signal", "list")
    assert full.run("anna", "signal", "move", number[1], "closed").exit_code == 1
    assert "done" in full.ok("anna", "signal", "done", number[1], "1")
    closing = (number[1], "closed", "--outcome", "better")
    assert "it has become better" in unfolded(full.ok("anna", "signal", "move", *closing))


def test_threshold_by_command(full: Office) -> None:
    """A higher threshold proposes less."""
    full.ok("anna", "signal", "threshold", "--quarter", "4", "--year", "4")
    assert "Above the threshold" not in full.ok("anna", "patterns")
    assert full.run("anna", "signal", "threshold", "--quarter", "1", "--year", "4").exit_code == 1
