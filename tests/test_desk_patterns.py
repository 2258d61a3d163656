"""Patterns are counts of the site's own codes: they agree with a recount, and name nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import patterns, quarters, threshold
from dropbox.desk.overview import Row
from dropbox.desk.patterns import AXES, NONE, UNKNOWN, Asked, NoSuchCell
from dropbox.desk.threshold import Threshold
from dropbox.protocol.payload import MODES, Report
from tests.pattern_world import CODES

HOSTILE = ("jan-de-vries", "parks2", "x" * 40, "0", "chef_piet")
PERIODS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", quarters.EARLIER)


def some(known: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Return what a reporter may send of a taxonomy: different codes, also of their own."""
    return st.lists(st.sampled_from((*known, *HOSTILE)), max_size=4, unique=True).map(tuple)


ROWS = st.lists(
    st.builds(
        Row,
        mailbox_id=st.binary(min_size=32, max_size=32),
        number=st.just("00"),
        mode=st.sampled_from(MODES),
        unit=st.sampled_from((*CODES.units, *HOSTILE, "")),
        conduct=some(CODES.conduct),
        grounds=some(CODES.grounds),
        quarter=st.sampled_from(PERIODS),
        said=st.booleans(),
        damaged=st.booleans(),
    ),
    max_size=40,
)
ASKED = st.builds(
    Asked,
    axis=st.sampled_from(AXES),
    year=st.sampled_from(("", "2025", "2026")),
    ground=st.sampled_from(("", *CODES.grounds)),
    mode=st.sampled_from(("", *MODES)),
)


@given(ROWS, ASKED)
def test_totals_agree_with_a_plain_recount(rows: list[Row], asked: Asked) -> None:
    """Every cell is the number of the cases that it opens, and every total counts each once."""
    table = patterns.table(rows, CODES, asked)
    fitting = [
        each
        for each in rows
        if not each.damaged
        and each.quarter.startswith(asked.year)
        and each.mode in (asked.mode or each.mode)
        and (asked.ground in each.grounds or not asked.ground)
    ]
    assert table.reports == table.count() == len(fitting)
    assert table.reports == sum(table.count(unit) for unit in table.units)
    assert table.reports == sum(table.count(period=each) for each in table.periods)
    assert table.said == sum(each.said for each in fitting)
    assert table.damaged == sum(each.damaged for each in rows)
    known = CODES.of_axis(asked.axis)
    for code in known:
        own = [e for e in fitting if code in (e.conduct if asked.axis == "conduct" else e.grounds)]
        assert table.count(code=code) == len(own)
        for unit in CODES.units:
            assert table.count(unit, code) == sum(each.unit == unit for each in own)
    for unit in table.units:
        for code in table.codes:
            for period in ("", *table.periods):
                cell = patterns.cell(table, CODES, unit, code, period)
                held = sum(map(cell.holds, rows))
                assert table.count(unit, code, period or None) == held, (unit, code, period)


@given(ROWS, ASKED)
def test_only_codes_of_the_taxonomy_are_rows_and_columns(rows: list[Row], asked: Asked) -> None:
    """Whatever codes reports bring, a table has those of the site, none, and one row for others."""
    table = patterns.table(rows, CODES, asked)
    assert set(table.codes) <= {*CODES.of_axis(asked.axis), NONE, UNKNOWN}
    assert set(table.units) <= {*CODES.units, NONE, UNKNOWN}
    assert {*CODES.units, NONE} <= set(table.units)
    for unit, code, period in table.counts:
        assert unit in (None, *table.units)
        assert code in (None, *table.codes)
        assert period in (None, *table.periods)
    for unit, code, period in (
        ("jan-de-vries", "bullying", ""),
        ("parks", "chef_piet", ""),
        ("parks", "bullying", "1999"),
        ("parks", "bullying", "jan"),
    ):
        with pytest.raises(NoSuchCell):
            patterns.cell(table, CODES, unit, code, period)
    for conduct, unit in patterns.by_quarter(rows, CODES):
        assert conduct in CODES.conduct
        assert unit in CODES.units


def test_what_is_not_offered_is_not_asked_for() -> None:
    """A form that asks for a name gets what a form asks that asks for nothing."""
    typed = Asked("units", "jan", "jan-de-vries", "jan")
    assert typed.checked(CODES, ["2026"]) == Asked()
    good = Asked("grounds", "2026", "age", "anonymous")
    assert good.checked(CODES, ["2026"]) == good


@pytest.mark.parametrize(
    ("period", "counted"),
    [
        ("", ("2026-Q4", False)),
        ("2026-Q4", ("2026-Q4", True)),
        ("2026-Q2", ("2026-Q2", True)),
        ("2025-Q1", ("2025-Q1", True)),
        ("2024-Q4", (quarters.EARLIER, True)),
        ("2000-Q1", (quarters.EARLIER, True)),
        ("earlier", (quarters.EARLIER, True)),
        ("2027-Q1", ("2026-Q4", False)),
        ("2099-Q4", ("2026-Q4", False)),
    ],
)
def test_quarter_is_the_reporters_or_that_of_the_day(
    period: str, counted: tuple[str, bool]
) -> None:
    """What was named counts, but for a quarter still to come; long ago is earlier."""
    report = Report(date(2026, 11, 21), 1, "anonymous", "nl", "x", (), period=period)
    assert quarters.of_report(report) == counted


def test_a_day_of_long_ago_makes_no_column() -> None:
    """A report that claims a day before the desk existed counts as earlier."""
    report = Report(date(1, 2, 3), 1, "anonymous", "nl", "x", ())
    assert quarters.of_report(report) == (quarters.EARLIER, False)


@pytest.mark.parametrize(
    ("counts", "proposed"),
    [
        ({"2026-Q4": 2}, []),
        ({"2026-Q4": 3}, ["2026-Q4"]),
        ({"2026-Q1": 2, "2026-Q4": 2}, []),
        ({"2025-Q4": 1, "2026-Q1": 2, "2026-Q3": 2}, ["2025-Q4", "2026-Q1", "2026-Q3"]),
        ({"2025-Q3": 2, "2026-Q1": 1, "2026-Q3": 2}, []),
        ({"2025-Q1": 3, "2025-Q3": 1, "2026-Q3": 3}, ["2025-Q1", "2025-Q3", "2026-Q3"]),
    ],
)
def test_threshold_of_a_quarter_and_of_four_in_a_row(
    counts: dict[str, int], proposed: list[str]
) -> None:
    """Three in a quarter or five in four quarters in a row, and not one fewer."""
    found = threshold.proposals({("bullying", "parks"): Counter(counts)}, Threshold())
    assert [each.quarter for one in found for each in one.counts] == proposed
    assert sum(one.reports for one in found) == sum(counts[each] for each in proposed)


@given(
    st.dictionaries(st.sampled_from(PERIODS[:-1]), st.integers(1, 6)),
    st.integers(2, 6),
    st.integers(2, 9),
)
def test_threshold_agrees_with_a_plain_recount(
    counts: dict[str, int], quarter: int, year: int
) -> None:
    """A pattern is proposed exactly if some quarter or four quarters in a row have so many."""
    plain = any(count >= quarter for count in counts.values()) or any(
        sum(counts.get(each, 0) for each in PERIODS[start : start + 4]) >= year
        for start in range(len(PERIODS) - 4)
    )
    found = threshold.proposals({("bullying", "parks"): Counter(counts)}, Threshold(quarter, year))
    assert bool(found) == plain
