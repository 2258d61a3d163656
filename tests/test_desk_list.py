"""The list shows every case that can be shown, whatever is wrong with another."""

import sqlite3
import tracemalloc
from pathlib import Path

import pytest

from dropbox.cli import desk_show
from dropbox.desk import casebook, replies
from dropbox.desk.errors import UnknownCase
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Make a channel with two handlers, and speak English."""
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    return World(tmp_path)


def harm(world: World, drawer: str, name: bytes) -> None:
    """Change one byte of what anna's vault keeps under a name."""
    with world.vault("anna") as vault:
        place = vault._place(drawer, name)
    connection = sqlite3.connect(world.path("anna"))
    where = "WHERE drawer = ? AND tag = ?"
    (sealed,) = connection.execute(f"SELECT sealed FROM row {where}", place).fetchone()
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    connection.execute(f"UPDATE row SET sealed = ? {where}", (changed, *place))
    connection.commit()
    connection.close()


def listed(world: World, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines of the list."""
    with world.vault("anna") as vault:
        desk_show.case_list(vault, world.today)
    return capsys.readouterr().out.splitlines()


def three(world: World) -> list[ReporterKeys]:
    """Take in three reports."""
    found = [world.reporter() for _ in range(3)]
    world.take_in("anna", *[world.report(keys) for keys in found])
    return found


def number(world: World, keys: ReporterKeys) -> str:
    """Return a case's number."""
    with world.vault("anna") as vault:
        return casebook.numbers(vault)[keys.mailbox_id]


def test_damaged_case_is_listed_and_hides_no_other(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A case whose report does not open is named as damaged, and the others follow."""
    bad, *good = three(world)
    harm(world, "entry", b"t" + bad.mailbox_id + bytes(4))
    lines = listed(world, capsys)
    assert lines[0] == f"{number(world, bad)}  damaged"
    for keys in good:
        assert any(line.startswith(f"{number(world, keys)}  2026-11-21") for line in lines)


def test_case_without_a_readable_number_is_counted(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where even the key does not open, the list counts it, and others can be worked on."""
    bad, *good = three(world)
    harm(world, "case_key", bad.mailbox_id)
    lines = listed(world, capsys)
    assert "Damaged cases whose number cannot be read: 1" in lines
    assert sum("2026-11-21" in line for line in lines) >= 2
    with world.vault("anna") as vault:
        assert casebook.find(vault, number(world, good[0])) == good[0].mailbox_id
        with pytest.raises(UnknownCase):
            casebook.find(vault, bad.mailbox_id.hex())


def test_damaged_case_does_not_stop_an_import(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """What else the site brings is taken in, also when a case's book does not open."""
    bad, *_good = three(world)
    harm(world, "casebook", bad.mailbox_id)
    assert world.take_in("anna", world.report(world.reporter())).reports == 1
    assert f"{number(world, bad)}  damaged" in listed(world, capsys)


def test_list_tells_what_is_under_way(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages without their report and replies that the site has not confirmed are counted."""
    keys, *_others = three(world)
    waits = "Messages that wait for a report that has not come: 1"
    replied = "Replies that the site has not confirmed yet: 2"
    lines = listed(world, capsys)
    assert waits not in lines
    assert not any(line.startswith("Replies that") for line in lines)
    world.take_in("anna", world.message(world.reporter()))
    for _ in range(2):
        world.write("anna", replies.reply, keys, "Dank je wel.")
    assert {waits, replied} <= set(listed(world, capsys))
    header, digest, _frames = world.export("anna")
    assert replied in listed(world, capsys)
    world.take_in("anna", serial=header.serial, accepted=digest)
    assert not any(line.startswith("Replies that") for line in listed(world, capsys))


def test_oldest_report_comes_first(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Cases are in the order of their reports' days."""
    days = [TODAY.replace(day=day) for day in (17, 3, 9)]
    world.take_in("anna", *[world.report(world.reporter(), day=day) for day in days])
    shown = [line.split()[1] for line in listed(world, capsys) if "not answered" in line]
    assert shown == ["2026-11-03", "2026-11-09", "2026-11-17"]


def peak(world: World) -> int:
    """Return how many bytes the list takes at most."""
    with world.vault("anna") as vault:
        tracemalloc.start()
        try:
            desk_show.case_list(vault, world.today)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_list_keeps_no_threads_in_memory(world: World) -> None:
    """Thirty long reports take hardly more memory than three."""
    long = "é→" * 10_000
    world.take_in("anna", *[world.report(world.reporter(), text=long) for _ in range(3)])
    few = peak(world)
    world.take_in("anna", *[world.report(world.reporter(), text=long) for _ in range(27)])
    assert peak(world) < few + 27 * 10_000
