"""Measures are codes and days under the case's key; what outlives the case is a number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.desk import casebook, measures, notes, support
from dropbox.desk.errors import CaseOnHold, CaseWithdrawn, PersonStateOnAnonymousReport
from dropbox.desk.measures import (
    ESCALATION,
    MEASURE,
    Count,
    EscalationByExternalOnly,
    MeasureDayWrong,
    MeasureUnknown,
    Taken,
)
from dropbox.desk.vault import MASTER_DRAWERS
from dropbox.errors import DropboxError
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World
from tests.notes_world import MARK


def add(world: World, keys: ReporterKeys, kind: str, code: str, days: int = 0) -> bool:
    """Record something at anna's desk, of so many days after the report."""
    day = TODAY + timedelta(days=days)
    with world.vault("anna") as vault:
        return measures.add(vault, keys.mailbox_id, kind, code, day, world.today)


def counted(world: World) -> list[Count]:
    """Return what anna's desk counts."""
    with world.vault("anna") as vault:
        return measures.counts(vault)


def test_measures_are_recorded_by_day_and_counted_by_quarter(
    world: World, keys: ReporterKeys
) -> None:
    """The same code may come twice on two days, counts once a day, and can be taken back."""
    world.take_in("anna", world.report(keys, mode="confidential", name="Jan"))
    world.today = TODAY + timedelta(days=60)
    assert add(world, keys, MEASURE, "warning")
    assert not add(world, keys, MEASURE, "warning")
    assert add(world, keys, MEASURE, "warning", days=1)
    assert add(world, keys, MEASURE, "coaching", days=50)
    assert counted(world) == [
        Count("2027-1", MEASURE, "coaching", 1),
        Count("2026-4", MEASURE, "warning", 2),
    ]
    with world.vault("anna") as vault:
        assert not measures.take_back(vault, keys.mailbox_id, MEASURE, "warning", world.today)
        assert measures.take_back(vault, keys.mailbox_id, MEASURE, "warning", TODAY)
        left = measures.load(vault, keys.mailbox_id).measures
    assert left == (
        Taken("warning", TODAY + timedelta(days=1)),
        Taken("coaching", TODAY + timedelta(days=50)),
    )
    assert [each.count for each in counted(world)] == [1, 1]


def test_no_measure_is_for_one_person_on_an_anonymous_report(
    world: World, keys: ReporterKeys
) -> None:
    """Whatever is posted, an anonymous case takes only what points at nobody."""
    world.take_in("anna", world.report(keys))
    for code in (*measures.FOR_ONE, *measures.SANCTIONS):
        with pytest.raises(PersonStateOnAnonymousReport):
            add(world, keys, MEASURE, code)
    for code in measures.FOR_EVERYONE:
        assert add(world, keys, MEASURE, code)
    assert len(counted(world)) == len(measures.FOR_EVERYONE)


@pytest.mark.parametrize(
    ("kind", "code", "days", "error"),
    [
        (MEASURE, "Jan de Vries", 0, MeasureUnknown),
        (MEASURE, "ombudsman", 0, MeasureUnknown),
        ("other", "rules", 0, MeasureUnknown),
        (MEASURE, "rules", -1, MeasureDayWrong),
        (MEASURE, "rules", 1, MeasureDayWrong),
        (ESCALATION, "ombudsman", 0, EscalationByExternalOnly),
    ],
)
def test_what_does_not_fit_is_refused(
    world: World, keys: ReporterKeys, kind: str, code: str, days: int, error: type[DropboxError]
) -> None:
    """No words, no code of elsewhere, no day outside the case, no escalation from inside."""
    world.take_in("anna", world.report(keys))
    with pytest.raises(error):
        add(world, keys, kind, code, days)
    assert counted(world) == []


def test_nothing_is_recorded_while_paused(world: World, keys: ReporterKeys) -> None:
    """A pause of the reporter stops this, too."""
    world.take_in("anna", world.report(keys), world.message(keys, kind="hold", text=""))
    with pytest.raises(CaseOnHold):
        add(world, keys, MEASURE, "rules")


def test_external_channel_records_an_escalation(tmp_path: Path) -> None:
    """To whom by code and on which day; it is counted apart from measures."""
    world = World(tmp_path, external=True)
    keys = world.reporter()
    world.take_in("anna", world.report(keys))
    assert add(world, keys, ESCALATION, "ombudsman")
    with world.vault("anna") as vault:
        record = measures.load(vault, keys.mailbox_id)
    assert (record.measures, record.escalations) == ((), (Taken("ombudsman", TODAY),))
    assert counted(world) == [Count("2026-4", ESCALATION, "ombudsman", 1)]


def test_withdrawal_takes_all_but_the_numbers(world: World, keys: ReporterKeys) -> None:
    """After a withdrawal no row of notes, tasks, measures or the link stands, and the count does.

    What stays under the vault's own key is read in clear: neither the case's id nor a mark.
    """
    world.take_in("anna", world.report(keys, mode="confidential", name=MARK, text=MARK))
    with world.vault("anna") as vault:
        before = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        notes.write_note(vault, keys.mailbox_id, MARK, TODAY)
        notes.assign(vault, keys.mailbox_id, world.handler_id("bram"), TODAY, MARK)
        notes.task_done(vault, keys.mailbox_id, "supporter", TODAY, text=MARK)
        kept = support.start(vault, TODAY)
        support.note_at(vault, kept.support_id, keys.mailbox_id)
    add(world, keys, MEASURE, "warning")
    with world.vault("anna") as vault:
        full = {sealed for _drawer, _tag, sealed in vault.raw_rows()} - before
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        assert vault.count("entry") == vault.count("casebook") == vault.count("case_key") == 0
        left = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        clear = {name: list(vault.items(name)) for name in MASTER_DRAWERS}
        with pytest.raises(CaseWithdrawn):
            measures.load(vault, keys.mailbox_id)
        assert casebook.is_withdrawn(vault, keys.mailbox_id)
        assert support.every(vault) == [kept]
    raw = world.path("anna").read_bytes()
    assert not any(sealed[40:72] in raw for sealed in full - left)
    assert len(clear["measured"]) == len(clear["support"]) == 1
    for drawer in ("measured", "support", "outbox", "setting"):
        for name, content in clear[drawer]:
            told = name + content
            assert MARK.encode() not in told
            if drawer in ("measured", "support"):
                assert keys.mailbox_id.hex().encode() not in told
                assert keys.mailbox_id not in told
    assert counted(world) == [Count("2026-4", MEASURE, "warning", 1)]


def test_taxonomy_has_no_code_twice() -> None:
    """A code says one thing: groups do not overlap."""
    groups = (measures.FOR_EVERYONE, measures.FOR_ONE, measures.SANCTIONS)
    assert len(measures.LABELS) == sum(map(len, groups))
