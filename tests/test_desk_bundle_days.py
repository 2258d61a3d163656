"""The day on which a bundle was made is held against today and against the bundles before."""

from datetime import date, timedelta

from dropbox.desk import clock, inbound, keyring
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.served_card import Notice
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World

LATE = date(2027, 1, 10)
"""Five days after the key of November may go."""

DAY = timedelta(days=1)


def bring(world: World, *items: bytes, made: date, today: date) -> ImportSummary:
    """Import today a bundle that the site made on another day, with the card first."""
    world.today = made
    path = world.bundle("anna", world.card.raw, *items)
    with world.vault("anna") as vault:
        return inbound.import_bundle(vault, path, today)


def months(world: World) -> int:
    """Return how many intake keys there are."""
    with world.vault("anna") as vault:
        return len(keyring.load(vault).intake)


def test_older_bundle_in_the_place_of_a_newer_one_is_told(world: World) -> None:
    """A courier who hands over an old bundle again does not do so unnoticed."""
    later = TODAY + 7 * DAY
    for made in (TODAY, later, later):
        assert bring(world, made=made, today=later).notices == []
    assert bring(world, made=TODAY, today=later).notices == [Notice.OLDER_BUNDLE]
    assert bring(world, made=later + DAY, today=later + DAY).notices == []


def test_bundle_of_a_day_to_come_is_told_and_destroys_nothing(
    world: World, keys: ReporterKeys
) -> None:
    """A site whose clock was ahead cannot cost a key, nor make right bundles look old."""
    report, before = world.report(keys), months(world)
    ahead = LATE + 200 * DAY
    summary = bring(world, report, made=ahead, today=LATE)
    assert (summary.reports, summary.keys_destroyed) == (1, 0)
    assert summary.notices == [Notice.BUNDLE_TO_COME]
    assert months(world) == before
    summary = bring(world, made=LATE, today=LATE)
    assert (summary.notices, summary.keys_destroyed) == ([], 1)


def test_day_of_an_import_is_not_ahead_of_its_bundle(world: World) -> None:
    """With the desk's clock ahead and the card valid still, backups are made when it is right."""
    bring(world, made=TODAY, today=TODAY + 60 * DAY)
    with world.vault("anna") as vault:
        assert clock.last_import(vault) == TODAY
        clock.check(vault, TODAY)


def test_withdrawal_is_final_by_the_later_of_both_clocks(world: World) -> None:
    """A clock that is behind does not promise too early that no copy opens any more."""
    for behind in (0, 60, 400):
        other = world.reporter()
        today = TODAY - behind * DAY
        summary = bring(world, withdrawal.make(other), made=TODAY, today=today)
        assert summary.final_on == keyring.erasure_is_final_on(TODAY)
