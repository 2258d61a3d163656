"""Old keys go after an import only, and a wrong clock destroys nothing."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.desk import backup, clock, inbound, keyring
from dropbox.desk.errors import DateDoubtful, VaultNotWritable
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.served_card import Notice
from dropbox.errors import BundleTruncated
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World

LATE = date(2027, 1, 10)
"""Five days after the key of November may go."""


def months(world: World, name: str = "anna") -> int:
    """Return how many intake keys a vault has."""
    with world.vault(name) as vault:
        return len(keyring.load(vault).intake)


def bring(world: World, *items: bytes) -> ImportSummary:
    """Import a bundle as the site makes it, with its card first."""
    return world.take_in("anna", world.card.raw, *items)


def test_late_import_reads_what_waits_and_destroys_the_key_then(
    world: World, keys: ReporterKeys
) -> None:
    """A desk that was closed for weeks loses no report, and has no old key afterwards."""
    report = world.report(keys)
    before = months(world)
    world.today = LATE
    summary = bring(world, report)
    assert (summary.reports, summary.keys_destroyed) == (1, 1)
    assert months(world) == before - 1
    assert world.case("anna", keys)


def test_key_stays_when_an_import_fails(world: World, keys: ReporterKeys) -> None:
    """A bundle that is cut off destroys nothing: its reports are still to come."""
    path = world.bundle("anna", world.card.raw, world.report(keys))
    path.write_bytes(path.read_bytes()[:-1])
    before = months(world)
    with world.vault("anna") as vault, pytest.raises(BundleTruncated):
        inbound.import_bundle(vault, path, LATE)
    assert months(world) == before


def test_old_bundle_handed_over_again_destroys_nothing(world: World, keys: ReporterKeys) -> None:
    """What was collected weeks ago says nothing of a report that was filed since."""
    stale = world.bundle("anna", world.card.raw).read_bytes()
    report = world.report(keys)
    before = months(world)
    world.today = LATE
    path = world.folder / "stale.bundle"
    path.write_bytes(stale)
    with world.vault("anna") as vault:
        assert inbound.import_bundle(vault, path, LATE).keys_destroyed == 0
    assert months(world) == before
    assert bring(world, report).reports == 1
    assert months(world) == before - 1


def test_bundle_whose_card_leaves_us_out_destroys_nothing(world: World, keys: ReporterKeys) -> None:
    """Who is off the card for a while gets no envelopes meanwhile: they still wait at the site."""
    named, report = world.card, world.report(keys)
    before = months(world)
    world.card = world.sign(remove=[world.handler_id("anna").hex()])
    without = world.card.raw
    world.card = named
    world.today = LATE
    assert world.take_in("anna", without).keys_destroyed == 0
    assert months(world) == before
    world.card = world.sign([world.request("anna")])
    assert bring(world, report).reports == 1


def test_clock_far_ahead_destroys_nothing_and_is_told(world: World, keys: ReporterKeys) -> None:
    """A card that ended before today shows that a date is wrong: every key stays."""
    report = world.report(keys)
    before = months(world)
    world.today = world.card.expires + timedelta(days=1)
    summary = bring(world, report)
    assert (summary.reports, summary.keys_destroyed) == (1, 0)
    assert Notice.CLOCK_DOUBTFUL in summary.notices
    assert months(world) == before
    with world.vault("anna") as vault:
        assert clock.last_import(vault) is None


def test_clock_that_lags_is_told_and_raises_no_alarm(world: World) -> None:
    """A card that was signed on a day to come is no forgery."""
    world.card = world.sign()
    world.today = TODAY - timedelta(days=1)
    assert bring(world).notices == [Notice.CLOCK_DOUBTFUL]


def test_bundle_without_a_card_destroys_nothing(world: World, keys: ReporterKeys) -> None:
    """Without a card nothing vouches for the date."""
    before = months(world)
    world.today = LATE
    assert world.take_in("anna", world.report(keys)).keys_destroyed == 0
    assert months(world) == before


def test_card_of_another_channel_vouches_for_no_date(world: World, tmp_path: Path) -> None:
    """Whoever runs the site cannot have keys destroyed with a card of their own."""
    (tmp_path / "other").mkdir()
    before = months(world)
    world.today = LATE
    summary = world.take_in("anna", World(tmp_path / "other").card.raw)
    assert Notice.OTHER_CHANNEL in summary.notices
    assert months(world) == before


def test_full_disk_after_an_import_keeps_what_was_imported(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When old keys cannot be destroyed now, the import stands and the next one tries again."""

    def refuse(*_unused: object) -> int:
        raise VaultNotWritable

    report = world.report(keys)
    world.today = LATE
    monkeypatch.setattr(keyring, "destroy_expired", refuse)
    assert bring(world, report).reports == 1
    monkeypatch.undo()
    assert bring(world).keys_destroyed == 1


def make_backup(world: World, name: str = "anna", *, date_is_right: bool = False) -> None:
    """Make a backup."""
    with world.vault(name) as vault:
        backup.backup(vault, world.folder / "backup", world.today, date_is_right=date_is_right)


@pytest.mark.parametrize("days", [-1, 201])
def test_backup_is_refused_on_a_doubtful_date(world: World, days: int) -> None:
    """Before the last import, or long after it, a backup would bear wrong days."""
    bring(world)
    world.today = TODAY + timedelta(days=days)
    with pytest.raises(DateDoubtful) as caught:
        make_backup(world)
    assert caught.value.params == {"day": TODAY.isoformat()}
    assert not (world.folder / "backup").exists()
    make_backup(world, date_is_right=True)
    make_backup(world)


@pytest.mark.parametrize("days", [0, 200])
def test_backup_is_made_within_the_days_after_an_import(world: World, days: int) -> None:
    """On the day of the last import and 200 days later a backup is made."""
    bring(world)
    world.today = TODAY + timedelta(days=days)
    make_backup(world)


def test_highest_day_of_an_import_is_kept(world: World) -> None:
    """An import with the clock set back does not make a wrong date right."""
    world.today = TODAY + timedelta(days=5)
    bring(world)
    world.today = TODAY
    bring(world)
    with pytest.raises(DateDoubtful):
        make_backup(world)


def test_owner_without_imports_makes_backups(world: World) -> None:
    """A vault that imports nothing has no day to be held against."""
    make_backup(world, "owner")
