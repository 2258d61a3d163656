"""The pages of patterns and signals: what they count, and that they find and hold no person."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.desk import signals
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.replies import reply
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests import full_desk
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World
from tests.pattern_world import bring, quarters_ago, teach

SIZES = [pytest.param(300, id="few"), pytest.param(10_000, id="all", marks=pytest.mark.soak)]
BUTTON = re.compile(r'name="place" value="([^"]*)" aria-label="([^"]*)">(\d+)</button>')
CASE = re.compile(r'name="case" value="([0-9a-f]+)"')
ADDRESS = re.compile(r"/patterns/signals/[0-9a-f]{16}")
NAME = "jan-de-vries"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make a channel whose desks know two units, two kinds of conduct and two grounds."""
    return teach(World(tmp_path))


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace) -> Visitor:
    """Enter anna's desk."""
    return client(desk, unlock=PASSPHRASE)


def number(keys: ReporterKeys) -> str:
    """Return the number of a case."""
    return keys.mailbox_id.hex()[:8]


def cells(visitor: Visitor, **asked: str) -> dict[str, int]:
    """Return the counts of all cells that are not zero, after asking for something."""
    if asked:
        assert visitor.post("/patterns/ask", **asked).status_code == 303
    return {place: int(count) for place, _says, count in BUTTON.findall(page(visitor))}


def page(visitor: Visitor) -> str:
    """Return the page of patterns once all cases were read."""
    while "Reading the cases" in (found := visitor.get("/patterns").text):
        pass
    return found


def test_every_report_counts_in_its_place(visitor: Visitor, world: World) -> None:
    """Anonymous and confidential, by unit, conduct and quarter; zero is shown as zero."""
    bring(world, 2)
    bring(world, 1, mode="confidential", name="Jan de Vries", period="2026-Q2")
    bring(world, 1, unit="pools", conduct=("bullying", "exclusion"))
    bring(world, 1, unit="", conduct=())
    assert cells(visitor) == {
        "parks|bullying|": 3,
        "parks|bullying|2026-Q2": 1,
        "parks|bullying|2026-Q4": 2,
        "pools|bullying|": 1,
        "pools|exclusion|": 1,
        "pools|bullying|2026-Q4": 1,
        "pools|exclusion|2026-Q4": 1,
        "||": 1,
        "||2026-Q4": 1,
    }
    found = page(visitor)
    assert "<strong>5 reports</strong>" in found
    assert "the reporter named (1), or else that of the report&#39;s day (4)" in found.replace(
        "'", "&#39;"
    )
    assert "1 have more than one" in found
    assert '<td class="number shade0">0</td>' in found
    assert 'aria-label="1 report: Parks, bullying, 2026 Q2"' in found


def test_filters_by_year_ground_and_mode_and_the_view_of_grounds(
    visitor: Visitor, world: World
) -> None:
    """Each filter counts less, and grounds stand where conduct stood."""
    bring(world, 1, grounds=("age",))
    bring(world, 1, mode="confidential", grounds=("age", "origin"))
    bring(world, 1, day=quarters_ago(4), period="")
    assert cells(visitor)["parks|bullying|"] == 2
    assert cells(visitor, year="")["parks|bullying|"] == 3
    assert cells(visitor, year="")["parks|bullying|2025"] == 1
    assert cells(visitor, year="2025") == {"parks|bullying|": 1, "parks|bullying|2025-Q4": 1}
    assert cells(visitor, ground="origin")["parks|bullying|"] == 1
    assert cells(visitor, mode="anonymous", year="2026")["parks|bullying|"] == 1
    grounds = cells(visitor, axis="grounds")
    assert (grounds["parks|age|"], grounds["parks|origin|"], grounds["parks||"]) == (2, 1, 1)


def test_withdrawn_reports_count_as_withdrawn_alone(visitor: Visitor, world: World) -> None:
    """A withdrawal takes a report out of every cell and leaves a number."""
    gone, _stays = bring(world, 2)
    assert cells(visitor)["parks|bullying|"] == 2
    world.take_in("anna", withdrawal.make(gone))
    assert cells(visitor)["parks|bullying|"] == 1
    assert "counted nowhere else: 1." in page(visitor)


def test_number_opens_the_list_of_its_cases(visitor: Visitor, world: World) -> None:
    """Exactly the cases of a cell, also those put aside, until everything is asked for."""
    parks = bring(world, 2)
    (other,) = bring(world, 1, period="2026-Q2")
    bring(world, 1, unit="pools")
    visitor.get("/cases")
    visitor.post("/cases/many", case=number(parks[0]), label="zelfde", step="aside")
    page(visitor)
    found = visitor.post("/patterns/cases", place="parks|bullying|2026-Q4")
    assert found.headers["Location"] == "/cases"
    listed = visitor.get("/cases").text
    assert set(CASE.findall(listed)) == {number(each) for each in parks}
    assert "Parks, bullying, 2026 Q4 (2026)" in listed
    visitor.post("/cases/ask", words=number(parks[1]))
    assert CASE.findall(visitor.get("/cases").text) == [number(parks[1])]
    visitor.post("/patterns/cases", place="parks|bullying|")
    assert number(other) in CASE.findall(visitor.get("/cases").text)
    visitor.post("/cases/ask", all="1")
    assert len(CASE.findall(visitor.get("/cases").text)) == 3


def test_no_person_is_a_row_a_column_or_a_search_result(visitor: Visitor, world: World) -> None:
    """Codes that spell a name, names and texts of reports stand nowhere, whatever is posted."""
    hostile = {"unit": NAME, "conduct": (NAME, "bullying"), "grounds": (NAME,)}
    bring(world, 6, mode="confidential", name="Jan de Vries", text="Jan de Vries.", **hostile)
    (keys,) = bring(world, 1, mode="confidential", name="Jan de Vries")
    world.write("anna", reply, keys, "Beste Jan de Vries.")
    handler = world.handler_id("anna").hex()
    for asked in (
        {},
        {"axis": "grounds", "year": ""},
        {"axis": "name", "year": NAME, "ground": NAME, "mode": handler},
        {"axis": "units", "ground": "Jan de Vries", "mode": "", "words": "Jan"},
    ):
        cells(visitor, **asked)
        found = page(visitor)
        assert not re.search(r"jan|vries", found, re.IGNORECASE), asked
        assert handler not in found
    assert cells(visitor, axis="conduct", year="2026")["?|?|"] == 6
    assert "Nothing new." in page(visitor)
    for place in (
        f"{NAME}|bullying|",
        f"parks|{NAME}|",
        f"parks|bullying|{NAME}",
        f"parks|{handler}|",
        "parks|origin|",
        "parks|bullying|2025-Q1",
        "parks|bullying",
        "parks|bullying||",
        "Jan de Vries",
        "",
    ):
        assert visitor.post("/patterns/cases", place=place).status_code == 400, place
    for conduct, unit in ((NAME, NAME), ("bullying", NAME), (NAME, "parks"), ("?", "?")):
        taken = visitor.post("/patterns/signals", conduct=conduct, unit=unit)
        assert taken.status_code == 400


def taken_up(visitor: Visitor) -> str:
    """Make a signal of bullying in the parks; return its address."""
    made = visitor.post("/patterns/signals", conduct="bullying", unit="parks")
    assert made.status_code == 303
    return made.headers["Location"]


def test_signal_from_proposal_to_closing(visitor: Visitor, world: World) -> None:
    """Taken up above the threshold, promised, overdue in the list of cases, done, closed."""
    gone, *_others = bring(world, 3)
    assert "Make it a signal" in page(visitor)
    at = taken_up(visitor)
    assert ADDRESS.fullmatch(at)
    assert "Make it a signal" not in page(visitor)
    assert visitor.post("/patterns/signals", conduct="bullying", unit="parks").status_code == 400
    assert visitor.post(f"{at}/move", state="measures_agreed").status_code == 400
    day = (TODAY + timedelta(days=9)).isoformat()
    form = {"kind": "team_talks", "who": "unit_lead", "unit": "parks", "day": day}
    assert visitor.post(f"{at}/promise", **form).status_code == 303
    assert visitor.post(f"{at}/move", state="measures_agreed").status_code == 303
    assert visitor.post(f"{at}/move", state="closed", outcome="better").status_code == 400
    assert "Promises overdue" not in visitor.get("/cases").text
    world.today = TODAY + timedelta(days=10)
    assert "<dt>Promises overdue, with signals</dt>" in visitor.get("/cases").text
    shown = visitor.get(at).text
    assert "conversations with the team" in shown
    assert "the management of the unit, Parks" in shown
    assert "1 day late" in shown
    world.take_in("anna", withdrawal.make(gone))
    now = re.search(r"2026 Q4</th><td[^>]*>(\d)</td><td[^>]*>(\d)</td>", visitor.get(at).text)
    assert now
    assert now.groups() == ("3", "2")
    assert visitor.post(f"{at}/end", step="done-0").status_code == 303
    assert "Promises overdue" not in visitor.get("/cases").text
    assert visitor.post(f"{at}/move", state="closed", outcome="better").status_code == 303
    assert "it has become better" in visitor.get(at).text
    assert "it has become better" not in page(visitor)


@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("promise", {"kind": "Jan weg", "who": "unit_lead", "day": "2026-12-01"}),
        ("promise", {"kind": "training", "who": "Jan de Vries", "day": "2026-12-01"}),
        ("promise", {"kind": "training", "who": "top", "unit": NAME, "day": "2026-12-01"}),
        ("promise", {"kind": "training", "who": "top", "day": "Jan"}),
        ("promise", {"kind": "training", "who": "top", "day": ""}),
        ("promise", {"kind": "training", "who": "top", "day": "2026-11-20"}),
        ("end", {"step": "done-0"}),
        ("end", {"step": "done-²"}),
        ("end", {"step": f"done-{'9' * 5000}"}),
        ("end", {"step": NAME}),
        ("end", {}),
        ("move", {"state": NAME}),
        ("move", {"state": "closed", "outcome": "Jan de Vries is weg"}),
        ("move", {"state": "closed"}),
    ],
)
def test_signal_takes_no_words(
    visitor: Visitor, world: World, desk: Workplace, step: str, form: dict[str, str]
) -> None:
    """Whatever is posted, a signal stays what it was."""
    bring(world, 3)
    page(visitor)
    at = taken_up(visitor)
    with desk.cases() as vault:
        before = signals.load_all(vault)
    found = visitor.post(f"{at}/{step}", note="Jan de Vries", **form)
    assert found.status_code == 400
    with desk.cases() as vault:
        assert signals.load_all(vault) == before


def test_unknown_signal_is_an_error_page(visitor: Visitor, world: World) -> None:
    """Another number, also of a case, is no signal."""
    (keys,) = bring(world, 1)
    for typed in ("00" * 8, number(keys), "x", "00" * 200):
        assert visitor.get(f"/patterns/signals/{typed}").status_code == 400


def test_threshold_is_changed_and_wrong_ones_are_refused(visitor: Visitor, world: World) -> None:
    """Two reports are proposed once the channel says so; one never is."""
    bring(world, 2)
    assert "Nothing new." in page(visitor)
    for quarter in ("1", "0", "-2", "2.5", "x", "", "99999", "²"):
        wrong = visitor.post("/patterns/threshold", quarter=quarter, year="5")
        assert wrong.status_code == 400, quarter
    assert visitor.post("/patterns/threshold", quarter="2", year="5").status_code == 303
    assert "Make it a signal" in page(visitor)


def test_lock_forgets_what_was_asked_for_and_shows_nothing(
    visitor: Visitor, world: World, desk: Workplace
) -> None:
    """Behind the lock there is no page; afterwards the tables ask for this year again."""
    bring(world, 3, day=quarters_ago(4))
    assert cells(visitor, year="2025")
    at = taken_up(visitor)
    visitor.post("/patterns/cases", place="parks|bullying|2025-Q4")
    desk.lock()
    for path in ("/patterns", at):
        found = visitor.get(path)
        assert "Parks" not in found.text
        assert "bullying" not in found.text
    visitor.post("/unlock", passphrase=PASSPHRASE)
    assert "Only the cases of this place" not in visitor.get("/cases").text
    assert cells(visitor) == {}


@pytest.mark.parametrize("count", SIZES)
def test_tables_of_a_large_desk_are_quick(tmp_path: Path, count: int) -> None:
    """Of 10,000 cases in twenty units the page takes under 200 ms, once they were read."""
    (tmp_path / "full").mkdir()
    made = full_desk.fill(tmp_path / "full", count)
    words = {"nl": "woord", "en": "word"}
    labels = {
        "conduct": dict.fromkeys(full_desk.CONDUCT, words),
        "grounds": {},
        "units": dict.fromkeys(full_desk.UNITS, words),
    }
    teach(made, labels)
    visitor = client(
        Workplace(made.path("anna"), today=lambda: TODAY, cost=CHEAP), unlock=PASSPHRASE
    )
    page(visitor)
    spent = []
    for asked in ({"year": "2026"}, {"year": ""}, {"year": "2026", "mode": "anonymous"}) * 3:
        visitor.post("/patterns/ask", **asked)
        begun = time.perf_counter()
        assert '<table class="heat">' in visitor.get("/patterns").text
        spent.append(time.perf_counter() - begun)
    print(f"patterns {statistics.median(spent):.3f} s of {count} cases")
    assert statistics.median(spent) < 0.2
