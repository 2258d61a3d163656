"""Rows of the list: what they say of a case, how they are filtered, and that damage hides none."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.desk import casebook, overview
from dropbox.desk.cases import Clock
from dropbox.desk.index import Index
from dropbox.desk.overview import (
    CALM,
    FEEDBACK_AHEAD_DAYS,
    LATE,
    MET,
    RECEIPT_AHEAD_DAYS,
    SOON,
    STOPPED,
    Row,
    Wanted,
)
from dropbox.desk.pages.workplace import Workplace
from dropbox.desk.replies import close, reply
from dropbox.desk.search import Search, fold
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World
from tests.full_desk import RARE, fill

ROOT = Path(__file__).resolve().parent.parent
SIZES = [pytest.param(300, id="few"), pytest.param(10_000, id="all", marks=pytest.mark.soak)]

PEAK = """
import sys
from datetime import date
from pathlib import Path
from dropbox.desk.index import Index
from dropbox.desk.vault import Vault
with Vault.open(Path(sys.argv[1]), sys.argv[2]) as vault:
    index = Index(vault, date(2026, 11, 21))
    while not index.read_on(vault):
        pass
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def row(world: World, keys: ReporterKeys, name: str = "anna") -> Row:
    """Return a case's row as a handler's list has it."""
    with world.vault(name) as vault:
        found = Index(vault, world.today)
        found.read_on(vault)
        return found.rows[keys.mailbox_id]


@pytest.mark.parametrize(
    ("left", "ahead", "level"),
    [
        (RECEIPT_AHEAD_DAYS + 1, RECEIPT_AHEAD_DAYS, CALM),
        (RECEIPT_AHEAD_DAYS, RECEIPT_AHEAD_DAYS, SOON),
        (0, RECEIPT_AHEAD_DAYS, SOON),
        (-1, RECEIPT_AHEAD_DAYS, LATE),
        (FEEDBACK_AHEAD_DAYS + 1, FEEDBACK_AHEAD_DAYS, CALM),
        (FEEDBACK_AHEAD_DAYS, FEEDBACK_AHEAD_DAYS, SOON),
    ],
)
def test_a_clock_turns_amber_on_its_day(left: int, ahead: int, level: str) -> None:
    """Amber begins on the very day; the day owed itself is not late yet."""
    owed = TODAY + timedelta(days=left)
    assert overview.due(Clock(owed, met=False, stopped=False), ahead, TODAY).level == level
    assert overview.due(Clock(owed, met=False, stopped=True), ahead, TODAY).level == STOPPED
    assert overview.due(Clock(owed, met=True, stopped=False), ahead, TODAY).level == MET


def test_pause_stops_both_clocks_and_resuming_sets_them_on(
    world: World, keys: ReporterKeys
) -> None:
    """While paused nothing is owed; afterwards the days of the pause are added."""
    filed = TODAY - timedelta(days=10)
    world.take_in("anna", world.report(keys, day=filed))
    assert row(world, keys).level == LATE
    hold_day = TODAY - timedelta(days=8)
    hold = world.message(keys, kind="hold", text="", day=hold_day)
    world.take_in("anna", hold)
    paused = row(world, keys)
    assert paused.on_hold
    assert (paused.level, paused.dues, paused.first_owed) == (CALM, [], date.max)
    world.take_in("anna", world.message(keys, kind="resume", text="", turn=3, number=3))
    resumed = row(world, keys)
    assert resumed.receipt is not None
    assert resumed.receipt.day == filed + timedelta(days=7 + 8)


def test_row_says_what_is_new_and_who_waits(world: World, keys: ReporterKeys) -> None:
    """A report and a message count as new; an answer ends the waiting, aftercare does not."""
    world.take_in("anna", world.report(keys), world.message(keys))
    found = row(world, keys)
    assert (found.new, found.asks, found.state) == (2, True, "")
    world.write("anna", reply, keys, "Dank je.")
    assert not row(world, keys).asks
    world.write("anna", close, keys, "Dag.", "pattern_noted")
    assert not row(world, keys).came_back
    world.today += timedelta(days=40)
    world.take_in("anna", world.message(keys, turn=8, number=3, day=world.today))
    found = row(world, keys)
    assert found.came_back
    assert found.last == world.today


def test_row_holds_no_word_of_the_reporter(world: World, keys: ReporterKeys) -> None:
    """Nothing that was written, and no name or contact, is in a row."""
    secret = "kenmerkend"
    filled = {"name": secret, "contact": secret}
    world.take_in("anna", world.report(keys, text=secret, mode="confidential", **filled))
    assert secret not in repr(row(world, keys))


def test_withdrawn_case_leaves_rows_and_search(world: World, keys: ReporterKeys) -> None:
    """After a withdrawal the list and the search know the case no more; the count rises."""
    world.take_in("anna", world.report(keys, text="bijzonder"))
    with world.vault("anna") as vault:
        index = Index(vault, TODAY)
        index.read_on(vault)
        assert index.search.find("bijzonder") == {keys.mailbox_id}
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        index.renew(vault, [keys.mailbox_id])
    assert index.rows == {}
    assert index.search.find("bijzonder") == set()
    assert index.withdrawn == 1


def test_damaged_case_is_first_and_hides_no_other(world: World, keys: ReporterKeys) -> None:
    """A case that does not open is on every list, whatever was asked for, and the others too."""
    other = world.reporter()
    world.take_in("anna", world.report(keys), world.report(other, text="ander verhaal"))
    with world.vault("anna") as vault:
        vault.put("case_key", keys.mailbox_id, bytes(32))
        index = Index(vault, TODAY)
        index.read_on(vault)
        found = index.chosen(Wanted())
    assert [each.damaged for each in found] == [True, False]
    assert overview.counts(found).damaged == 1
    assert index.chosen(Wanted(state="closed"))[0].mailbox_id == keys.mailbox_id


def test_new_case_lengthens_the_number_of_one_that_begins_alike(world: World) -> None:
    """When a case comes whose number begins the same, both numbers grow until they differ."""
    with world.vault("anna") as vault:
        for last in (1, 2):
            mailbox_id = bytes(31) + bytes((last,))
            book = casebook.open_or_start(vault, mailbox_id)
            with vault.transaction():
                book.wait(mailbox_id, b"x")
            if last == 1:
                index = Index(vault, TODAY)
                assert index.number(mailbox_id) == "00000000"
        index.renew(vault, [mailbox_id])
    assert index.number(bytes(31) + b"\1") == "0" * 63 + "1"


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(state="read"), True),
        (Wanted(state="closed"), False),
        (Wanted(unit="parks"), True),
        (Wanted(unit="park"), False),
        (Wanted(conduct="threat"), True),
        (Wanted(mode="confidential"), False),
        (Wanted(owed="receipt"), False),
        (Wanted(owed="feedback"), True),
        (Wanted(owed="soon"), True),
        (Wanted(owed="late"), False),
        (Wanted(label="zelfde"), True),
        (Wanted(who=(b"x" * 8).hex()), True),
        (Wanted(who=(b"y" * 8).hex()), False),
        (Wanted(who=overview.NOBODY), False),
        (Wanted(aside=True), False),
    ],
)
def test_filter_takes_what_it_names(wanted: Wanted, fits: bool) -> None:
    """Each part of a filter takes exactly the rows that have it."""
    found = Row(
        bytes(32),
        "00000000",
        mode="anonymous",
        unit="parks",
        conduct=("bullying", "threat"),
        state="read",
        receipt=overview.Due(TODAY, 0, MET),
        feedback=overview.Due(TODAY, 0, SOON),
        label="zelfde",
        assignee=b"x" * 8,
    )
    assert overview.fits(found, wanted) == fits


def test_paused_cases_are_found_as_paused_only() -> None:
    """A paused case is in no other state's list: it looks different at once."""
    paused = Row(bytes(32), "00000000", state="read", on_hold=True)
    assert overview.fits(paused, Wanted(state="paused"))
    assert not overview.fits(paused, Wanted(state="read"))
    assert overview.fits(replace(paused, on_hold=False, state=""), Wanted(state="new"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cafe", True),
        ("CAFÉ", True),
        ("caf", True),
        ("afé", False),
        ("kopieën café", True),
        ("kopieen niets", False),
        ("straße", True),
        ("STRASSE", True),
        ("2026", True),
        ("", False),
        (" .,!? ", False),
        ("Åsa", True),
    ],
)
def test_search_folds_and_takes_all_words(typed: str, found: bool) -> None:
    """Accents and capitals do not matter, a beginning is enough, and every word must be there."""
    search = Search()
    search.put(b"1", ["In het Café lagen kopieën.", "De Straße, in 2026, met Åsa"])
    search.put(b"2", ["iets anders"])
    assert (b"1" in search.find(typed)) == found


def test_search_counts_what_does_not_fit() -> None:
    """A case that is beyond the memory set aside is counted, and found again once there is room."""
    search = Search(max_bytes=40)
    search.put(b"1", ["een twee drie vier vijf"])
    search.put(b"2", ["zes zeven acht negen tien"])
    assert search.left_out == {b"2"}
    search.drop(b"1")
    search.put(b"2", ["zes zeven acht negen tien"])
    assert search.left_out == set()
    assert search.find("zeven") == {b"2"}


def test_longest_texts_are_folded_within_bounds() -> None:
    """A text of the longest kind is cut into words that have a bound of their own."""
    assert max(map(len, fold("a" * 20_000))) == 40
    assert fold("\u0301" * 20_000) == []
    assert len(fold("ab " * 6_000)) == 6_000


@pytest.mark.parametrize("count", SIZES)
def test_large_desk_is_quick_and_small(tmp_path: Path, count: int) -> None:
    """Of 10,000 cases, list and search take under 200 ms, and all memory stays under 400 MB."""
    world = fill(tmp_path, count)
    visitor = client(
        Workplace(world.path("anna"), today=lambda: TODAY, cost=CHEAP), unlock=PASSPHRASE
    )
    while "Reading the cases" in visitor.get("/cases").text:
        pass
    listing = _median(lambda: visitor.get("/cases").text)
    assert visitor.post("/cases/ask", words=RARE[:8]).status_code == 303
    search = _median(lambda: visitor.get("/cases").text)
    assert "1 case<" in visitor.get("/cases").text
    command = (sys.executable, "-c", PEAK, str(world.path("anna")), PASSPHRASE)
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    print(f"list {listing:.3f} s, search {search:.3f} s, peak {int(ran.stdout) / 1024:.0f} MB")
    assert max(listing, search) < 0.2
    assert int(ran.stdout) < 400 * 1024


def _median(act: Callable[[], object]) -> float:
    spent = []
    for _turn in range(9):
        begun = time.perf_counter()
        act()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)
