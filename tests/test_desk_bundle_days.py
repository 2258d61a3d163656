"""The day on which a bundle was made is held against today and against the bundles before."""

from datetime import date, timedelta

import pytest

from dropbox.desk import backup, casebook, clock, inbound, keyring, outbox, replies
from dropbox.desk.inbound import ImportSummary
from dropbox.desk.served_card import Notice
from dropbox.errors import MalformedBundle
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World, contents, envelopes

LATE = date(2027, 1, 10)
"""Five days after the key of November may go."""

DAY = timedelta(days=1)


def bring(
    world: World,
    *items: bytes,
    made: date,
    today: date,
    serial: int = 0,
    accepted: bytes = bytes(32),
) -> ImportSummary:
    """Import today a bundle that the site made on another day, with the card first."""
    world.today = made
    path = world.bundle("anna", world.card.raw, *items, serial=serial, accepted=accepted)
    world.today = today
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


@pytest.fixture
def confirmed(world: World, keys: ReporterKeys) -> tuple[int, bytes]:
    """Let the site confirm a reply; return the serial and hash that it names."""
    bring(world, world.report(keys), made=TODAY, today=TODAY)
    world.write("anna", replies.reply, keys, "Dank je wel.")
    header, hash_, _frames = world.export("anna")
    return header.serial, hash_


def brought_back(world: World, today: date) -> tuple[int, int]:
    """Return how many replies and withdrawals go to a site that was restored."""
    bring(world, made=today, today=today, serial=1001)
    frames = world.export("anna")[2]
    return len(envelopes(frames)), len(contents(frames, FrameType.WITHDRAWAL))


@pytest.mark.parametrize("off", [500, -500])
@pytest.mark.parametrize("when", ["as it confirms", "later"])
def test_wrong_clock_of_the_site_costs_nothing_that_a_restore_needs(
    world: World, confirmed: tuple[int, bytes], off: int, when: str
) -> None:
    """Neither reply nor withdrawal is let go of because a site dated a bundle wrongly."""
    serial, accepted = confirmed
    gone = withdrawal.make(world.reporter())
    for made in (TODAY + off * DAY, TODAY) if when == "as it confirms" else (TODAY,):
        bring(world, gone, made=made, today=TODAY, serial=serial, accepted=accepted)
    bring(world, made=TODAY + off * DAY, today=TODAY, serial=serial, accepted=accepted)
    later = TODAY + 40 * DAY
    bring(world, made=later, today=later, serial=serial, accepted=accepted)
    assert brought_back(world, later) == (1, 1)


def test_computer_whose_clock_stood_still_dates_nothing_back(
    world: World, confirmed: tuple[int, bytes]
) -> None:
    """A confirmation that comes while today is years ago does not end with the next import."""
    serial, accepted = confirmed
    bring(world, made=TODAY, today=date(2020, 1, 1), serial=serial, accepted=accepted)
    bring(world, made=TODAY + DAY, today=TODAY + DAY, serial=serial, accepted=accepted)
    assert brought_back(world, TODAY + DAY) == (1, 0)


@pytest.mark.parametrize("day", [date(2200, 12, 31), date(9998, 12, 1), date(9999, 12, 31)])
def test_far_day_locks_no_desk_out(world: World, confirmed: tuple[int, bytes], day: date) -> None:
    """A signed bundle with any day is taken or refused; the next ones come in all the same."""
    serial, accepted = confirmed
    gone = withdrawal.make(world.reporter())
    try:
        taken = bring(world, gone, made=day, today=TODAY, serial=1001).withdrawals
    except MalformedBundle:
        taken = 0
    assert taken == (day.year == 2200)
    for today in (TODAY, TODAY + 40 * DAY, TODAY + 460 * DAY):
        bring(world, made=today, today=today, serial=serial, accepted=accepted)
    with world.vault("anna") as vault:
        assert vault.count("command") == 0


def test_site_ahead_gets_no_receipt_of_a_withdrawal_while_a_backup_lives(
    world: World, keys: ReporterKeys
) -> None:
    """Else it would forget a withdrawal that a restored desk has to hear again."""
    with world.vault("anna") as vault:
        backup.backup(vault, world.folder / "saved", TODAY)
    bring(world, world.report(keys), made=TODAY, today=TODAY)
    bring(world, withdrawal.make(keys), made=TODAY + 60 * DAY, today=TODAY)
    for days_later, receipts in ((0, 0), (35, 0), (36, 1)):
        world.today = TODAY + days_later * DAY
        frames = world.export("anna")[2]
        assert len(contents(frames, FrameType.WITHDRAWAL_RECEIPT)) == receipts


def kept(world: World) -> dict[str, int]:
    """Count what is kept for a site that is restored, and what of it goes again."""
    with world.vault("anna") as vault:
        own = sum(len(casebook.open_book(vault, each).book.sealed) for each in casebook.ids(vault))
        counts = {drawer: vault.count(drawer) for drawer in ("confirmed", "command")}
        waits = outbox.waiting(vault, world.today)
        return {**counts, "sealed": own, "go again": waits.replies + waits.withdrawals}


def test_what_is_old_ends_also_while_the_site_names_no_bundle(
    world: World, confirmed: tuple[int, bytes]
) -> None:
    """A site that never takes a bundle after its restore keeps nothing here for ever."""
    serial, accepted = confirmed
    gone = withdrawal.make(world.reporter())
    bring(world, gone, made=TODAY, today=TODAY, serial=serial, accepted=accepted)
    nothing = {"confirmed": 0, "command": 0, "sealed": 0, "go again": 0}
    everything = {"confirmed": 1, "command": 1, "sealed": 1, "go again": 2}
    year_on = date(2028, 1, 21)
    for day, left in (
        (TODAY + 40 * DAY, everything),
        (year_on, everything),
        (year_on + DAY, nothing),
    ):
        bring(world, made=day, today=day, serial=1001)
        assert kept(world) == left


def test_reply_that_was_old_before_the_restore_does_not_go_again(
    world: World, confirmed: tuple[int, bytes]
) -> None:
    """No backup of a site lives ninety days, so the first word of a restore ends it, too."""
    serial, accepted = confirmed
    bring(world, made=TODAY, today=TODAY, serial=serial, accepted=accepted)
    assert brought_back(world, TODAY + (outbox.KEPT_DAYS + 1) * DAY) == (0, 0)
    assert kept(world)["sealed"] == 0


def test_reply_that_went_again_and_was_confirmed_is_kept_ninety_days_more(
    world: World, confirmed: tuple[int, bytes]
) -> None:
    """A second restore, soon after the first, gets it once more; a later one does not."""
    serial, accepted = confirmed
    bring(world, made=TODAY, today=TODAY, serial=serial, accepted=accepted)
    for later, again in ((60, 1), (120, 1), (240, 0)):
        day = TODAY + later * DAY
        bring(world, made=day, today=day, serial=serial + 1000)
        header, hash_, frames = world.export("anna")
        assert len(envelopes(frames)) == again
        serial = header.serial
        bring(world, made=day, today=day, serial=serial, accepted=hash_)
