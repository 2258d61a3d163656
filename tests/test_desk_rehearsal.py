"""A rehearsal opens a backup to its last row, changes nothing, and finds what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from dropbox.desk import activity, backup, notes, rehearsal, replies
from dropbox.desk import vault as vaults
from dropbox.desk.errors import (
    BackupDamaged,
    BackupExpired,
    BackupFromTheFuture,
    WrongPassphrase,
)
from dropbox.desk.rehearsal import Rehearsed
from dropbox.desk.vault import Vault
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import PASSPHRASE, TODAY, World

MARK = "Dit is het merkwaardige kenmerk"


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna has, and answered."""
    found = world.reporter()
    world.take_in("anna", world.report(found, text=MARK), world.report(world.reporter()))
    world.write("anna", replies.reply, found, "Dag.")
    world.write("anna", notes.write_note, found, "Tussen ons.")
    return found


def make(world: World, name: str = "anna") -> bytes:
    """Return a backup of a vault."""
    out = world.folder / f"{name}.backup"
    with world.vault(name) as vault:
        backup.backup(vault, out, world.today)
    raw = out.read_bytes()
    out.unlink()
    return raw


def rehearse(
    world: World, raw: bytes, *, typed: str = PASSPHRASE, today: date = TODAY, name: str = "anna"
) -> Rehearsed:
    """Rehearse beside a vault."""
    return rehearsal.rehearse_beside(BytesIO(raw), typed, today, world.path(name))


def test_whole_backup_is_told_with_its_cases(world: World, keys: ReporterKeys) -> None:
    """Days, whose it is, and how many cases opened with all that is in them."""
    found = rehearse(world, make(world))
    assert found == Rehearsed(
        days=found.days,
        of_owner=False,
        name=world.handler_id("anna").hex(),
        cases=2,
        waiting=0,
        damaged_cases=0,
        damaged_rows=0,
        of_another=False,
    )
    assert (found.days.made, found.is_whole) == (TODAY, True)


def test_rehearsal_replaces_nothing_and_leaves_nothing(world: World, keys: ReporterKeys) -> None:
    """The vault's cases and settings are the ones before, and no file is left beside it."""
    raw = make(world)
    world.write("anna", replies.reply, keys, "Na de kopie.")
    before, files = world.case("anna", keys), sorted(world.folder.iterdir())
    rehearse(world, raw)
    assert world.case("anna", keys) == before
    assert sorted(world.folder.iterdir()) == files
    with world.vault("anna") as vault:
        counted = dict(activity.read(vault, TODAY).lines[0].counts)
    assert counted["rehearsed"] == 1
    assert "restored" not in counted


def test_only_sealed_rows_reach_the_disk(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies in the private file meanwhile has no text, no id and mode 0600."""
    raw, seen = make(world), []
    count = rehearsal._count_cases

    def look(vault: Vault) -> tuple[int, int, int]:
        seen.append((vault.path, vault.path.stat().st_mode & 0o777))
        vault._rows._write_pending()
        for path in world.folder.iterdir():
            content = path.read_bytes()
            for looked_for in (MARK.encode(), keys.mailbox_id, keys.mailbox_id.hex().encode()):
                assert looked_for not in content or path.suffix == ".bundle"
        return count(vault)

    monkeypatch.setattr(rehearsal, "_count_cases", look)
    rehearse(world, raw)
    ((path, mode),) = seen
    assert (path.parent, mode, path.exists()) == (world.folder, 0o600, False)


@pytest.mark.parametrize(
    "harm",
    [
        lambda raw: b"",
        lambda raw: raw[:60],
        lambda raw: raw[:-1],
        lambda raw: raw + b"\0",
        lambda raw: raw[:200] + bytes([raw[200] ^ 1]) + raw[201:],
        lambda raw: raw[:8] + bytes([raw[8] ^ 1]) + raw[9:],
        lambda raw: b"PK" + raw[2:],
    ],
)
def test_damaged_backup_is_refused(
    world: World, keys: ReporterKeys, harm: Callable[[bytes], bytes]
) -> None:
    """Cut off, changed or added to: a rehearsal says so, and leaves no file."""
    raw = harm(make(world))
    before = sorted(world.folder.iterdir())
    with pytest.raises(BackupDamaged):
        rehearse(world, raw)
    assert sorted(world.folder.iterdir()) == before


def test_backup_of_another_day_or_passphrase_is_refused(world: World, keys: ReporterKeys) -> None:
    """Expired, still to come, or with the passphrase of today where that was changed since."""
    raw = make(world)
    with pytest.raises(BackupExpired):
        rehearse(world, raw, today=TODAY + timedelta(days=36))
    with pytest.raises(BackupFromTheFuture):
        rehearse(world, raw, today=TODAY - timedelta(days=1))
    with pytest.raises(WrongPassphrase):
        rehearse(world, raw, typed="een heel andere zin")


@pytest.mark.parametrize(("kept", "placed"), [("bram", "anna"), ("owner", "anna")])
def test_backup_of_somebody_else_is_told(world: World, kept: str, placed: str) -> None:
    """A colleague's or a channel's backup opens, and is said to be another's."""
    found = rehearse(world, make(world, placed), name=kept)
    assert found.of_another is True
    with world.vault(kept) as vault:
        acts = {act for line in activity.read(vault, TODAY).lines for act, _ in line.counts}
    assert "rehearsed" not in acts


def test_owners_backup_is_known_by_its_fingerprint(world: World) -> None:
    """It has no cases; its fingerprint tells the channel."""
    found = rehearse(world, make(world, "owner"), name="owner")
    assert (found.of_owner, found.name) == (True, world.card.fingerprint)
    assert (found.cases, found.of_another) == (0, False)


def test_without_a_vault_nobody_is_compared(world: World, keys: ReporterKeys) -> None:
    """At an empty place, or beside a vault that does not open, it is not said whose it is."""
    raw = make(world)
    world.path("anna").write_bytes(b"broken")
    assert rehearse(world, raw).of_another is None
    world.path("anna").unlink()
    assert rehearse(world, raw).of_another is None
    assert not world.path("anna").exists()


def test_damage_of_the_vault_shows_in_its_backup(world: World, keys: ReporterKeys) -> None:
    """A row that the vault lost to a broken disk is counted: in a case, or beside the cases."""
    with world.vault("anna") as vault:
        entry, seen = (vaults._NUMBERS[each] for each in ("entry", "seen"))
        for number in (entry, seen):
            drawer, tag, sealed = next(row for row in vault.raw_rows() if row[0] == number)
            vault.load_raw_rows([(drawer, tag, sealed[:-1] + bytes([sealed[-1] ^ 1]))])
    raw = make(world)
    found = rehearse(world, raw)
    assert found.damaged_rows == 1
    assert found.cases + found.damaged_cases == 2
    assert not found.is_whole


def test_any_damaged_row_of_a_thread_is_found(world: World, keys: ReporterKeys) -> None:
    """Whichever entry of a case is broken, the case does not count as one that opens."""
    with world.vault("anna") as vault:
        case_key = vault.get("case_key", keys.mailbox_id)
        assert case_key is not None
        rows = [row for row in vault.raw_rows() if row[0] in (6, 7)]
        own = []
        for drawer, tag, sealed in rows:
            try:
                vaults._open_row((drawer, tag), sealed, case_key)
            except vaults.VaultDamaged:
                continue
            own.append((drawer, tag, sealed))
    assert len(own) == 7  # book, report, reply, note, two as the site gets them, acts
    for drawer, tag, sealed in own:
        with world.vault("anna") as vault:
            vault.load_raw_rows([(drawer, tag, sealed[:-1] + bytes([sealed[-1] ^ 1]))])
        found = rehearse(world, make(world))
        assert (found.cases, found.damaged_cases) == (1, 1), drawer
        with world.vault("anna") as vault:
            vault.load_raw_rows([(drawer, tag, sealed)])


def test_rehearsed_backup_can_be_restored(world: World, keys: ReporterKeys, tmp_path: Path) -> None:
    """What a rehearsal passes, a restore on that day makes a vault of."""
    raw = make(world)
    assert rehearse(world, raw).is_whole
    before = world.case("anna", keys)
    world.path("anna").unlink()
    backup.restore_from(BytesIO(raw), world.path("anna"), PASSPHRASE, TODAY)
    assert world.case("anna", keys) == before
