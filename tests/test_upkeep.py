"""Upkeep of the blind server: what goes when its month is over, and what the operator sees."""

import json
import os
import sqlite3
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox import upkeep
from dropbox.errors import StoreDamaged, StoreMissing, UnknownMailbox
from dropbox.protocol import days, withdrawal
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.envelope import envelope_id
from dropbox.store import CardShelf, Store
from dropbox.upkeep import CardState
from tests.blind_server import Site, contents, desk_bundle, files_of, reply
from tests.organisation import SITE_ID, TODAY, Office


def months_later(months: int) -> date:
    """Return the first day of a month after today's."""
    return days.add_months(TODAY, months).replace(day=1)


# Purging


def test_mailbox_stays_thirteen_whole_months(site: Site, channel: Office) -> None:
    """The aftercare messages find their mailbox; then everything in it goes at once."""
    filed = site.file()
    answer = reply(channel, channel.handlers[0], filed)
    site.deliver(desk_bundle(channel, channel.handlers[0], 1, answer))
    upkeep.purge(site.store, months_later(13))
    page = site.page(filed)
    assert page is not None
    assert page.replies == (answer.content,)
    upkeep.purge(site.store, months_later(14))
    assert site.page(filed) is None
    left = files_of(site.store)
    for thing in (filed.new.envelope, filed.new.memo, answer.content):
        assert thing[200:300] not in left


def test_reply_keeps_mailbox_and_earlier_replies_together(site: Site, channel: Office) -> None:
    """Replies live and die with their mailbox, which a later reply keeps longer."""
    filed, handler = site.file(), channel.handlers[0]
    first = reply(channel, handler, filed, "Een.")
    site.deliver(desk_bundle(channel, handler, 1, first))
    later = days.add_months(TODAY, 2)
    second = reply(channel, handler, filed, "Twee.")
    site.deliver(desk_bundle(channel, handler, 2, second), today=later)
    upkeep.purge(site.store, months_later(15))
    page = site.page(filed)
    assert page is not None
    assert page.replies == (second.content, first.content)
    upkeep.purge(site.store, months_later(16))
    assert site.page(filed) is None


def test_receipted_report_goes_early_and_its_mailbox_stays(site: Site, channel: Office) -> None:
    """What everybody holds is deleted after one whole month, however long the mailbox lives."""
    filed = site.file()
    received = Frame(FrameType.RECEIPT, envelope_id(filed.new.envelope))
    for handler in channel.handlers:
        site.deliver(desk_bundle(channel, handler, 1, received))
    upkeep.purge(site.store, months_later(1))
    again = site.collect(channel.handlers[0], again=True)
    assert contents(again, FrameType.ENVELOPE) == [filed.new.envelope]
    upkeep.purge(site.store, months_later(2))
    again = site.collect(channel.handlers[0], again=True)
    assert contents(again, FrameType.ENVELOPE) == []
    page = site.page(filed)
    assert page is not None
    assert page.sent == ()
    assert filed.new.envelope[200:300] not in files_of(site.store)


def test_tombstone_stays_until_everybody_receipted_it(site: Site, channel: Office) -> None:
    """However old, a withdrawal is kept for the desk that has not confirmed it yet."""
    filed = site.file()
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    first, second = channel.handlers
    confirmed = Frame(FrameType.WITHDRAWAL_RECEIPT, filed.keys.mailbox_id)
    site.deliver(desk_bundle(channel, first, 1, confirmed))
    upkeep.purge(site.store, months_later(20))
    assert contents(site.collect(second), FrameType.WITHDRAWAL) == [command]
    site.deliver(desk_bundle(channel, second, 1, confirmed))
    assert contents(site.collect(second, again=True), FrameType.WITHDRAWAL) == [command]
    upkeep.purge(site.store, months_later(20))
    assert contents(site.collect(second, again=True), FrameType.WITHDRAWAL) == []


def test_purge_twice_changes_nothing_more(site: Site) -> None:
    """What is still to be kept survives any number of nights."""
    filed = site.file()
    for _night in range(3):
        upkeep.purge(site.store, TODAY)
        upkeep.maintain(site.store)
    page = site.page(filed)
    assert page is not None
    assert page.sent == (envelope_id(filed.new.envelope),)


def test_purged_mailbox_takes_no_message(site: Site, channel: Office) -> None:
    """A mailbox whose time is over is like one that never was."""
    filed = site.file()
    upkeep.purge(site.store, months_later(14))
    with pytest.raises(UnknownMailbox):
        site.append(filed, channel.handlers)


def test_purge_without_a_database_is_named(tmp_path: Path) -> None:
    """A wrong folder is no reason for silence."""
    with pytest.raises(StoreMissing):
        upkeep.purge(Store(tmp_path / "site.db"), TODAY)


# Maintaining


def test_maintenance_ends_the_order_of_arrival(site: Site) -> None:
    """After a rebuild, bodies lie in the file in the order of their ids, not of their arrival."""
    filed = [site.file() for _ in range(30)]
    upkeep.maintain(site.store)
    data = files_of(site.store)
    arrived = [one.new.envelope for one in filed]
    lying = sorted(arrived, key=lambda body: data.index(body[-2000:-1900]))
    assert lying != arrived
    assert lying == sorted(arrived, key=envelope_id)


# Watching


def test_watch_makes_the_log_before_anybody_comes(site: Site) -> None:
    """SQLite's log is there from the first look on, and stays when a visit has ended."""
    site.file()
    site.store.close()
    log = site.store.path.with_name("site.db-wal")
    assert not log.exists()
    watch = upkeep.Watch(site.store.path.parent, site.shelf.folder)
    watch.look()
    made = log.stat().st_ino
    site.file()
    site.store.close()
    watch.look()
    assert log.stat().st_ino == made


def test_watch_hides_times_of_an_open_log_of_failures(site: Site, tmp_path: Path) -> None:
    """The file that failures are written to shows the start of the day, like the database."""
    with (tmp_path / "meldkluis.log").open("w") as log:
        log.write("StoreFull\n")
        log.flush()
        upkeep.Watch(site.store.path.parent, site.shelf.folder, log.fileno()).look()
        assert (tmp_path / "meldkluis.log").stat().st_mtime % 86_400 == 0


def test_watch_goes_on_where_nothing_is(tmp_path: Path) -> None:
    """A missing database or folder stops no worker: a visit says what is wrong."""
    upkeep.Watch(tmp_path / "no", tmp_path / "where").look()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR])
def test_watch_goes_on_when_the_log_cannot_be_locked(
    site: Site, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """What SQLite refuses in a passing moment ends no worker."""

    def refuse(_self: Store) -> None:
        error = sqlite3.OperationalError("locking protocol")
        error.sqlite_errorcode = code
        raise error

    monkeypatch.setattr(Store, "connection", refuse)
    upkeep.Watch(site.store.path.parent, site.shelf.folder).look()


def test_watch_goes_on_when_the_tables_are_gone(site: Site) -> None:
    """A database that somebody emptied is damaged, and ends no worker either."""
    site.store.connection().execute("DROP TABLE mailbox")
    upkeep.Watch(site.store.path.parent, site.shelf.folder).look()
    with pytest.raises(StoreDamaged):
        site.mailboxes.check()


# Status


def test_status_warns_of_cards_that_end(site: Site) -> None:
    """The operator is told thirty days ahead, and again when the card is over."""
    seen = []
    for later in (0, 59, 60, 90, 91):
        status = upkeep.status(site.store, site.shelf, TODAY + timedelta(days=later))
        seen.append((status.channels[0].state, status.channels[0].days_left))
    assert seen == [
        (CardState.VALID, 90),
        (CardState.VALID, 31),
        (CardState.ENDING, 30),
        (CardState.ENDING, 0),
        (CardState.EXPIRED, -1),
    ]


def test_status_warns_of_collections_that_are_late(site: Site, channel: Office) -> None:
    """More than five days without a collection endangers the seven days for a receipt."""
    first, _second = channel.handlers
    site.collect(first)
    seen = []
    for later in (0, 5, 6):
        status = upkeep.status(site.store, site.shelf, TODAY + timedelta(days=later))
        by_id = {handler.handler_id: handler for handler in status.handlers}
        seen.append((by_id[first.handler_id].days_since, by_id[first.handler_id].overdue))
        others = [one for one in status.handlers if one.handler_id != first.handler_id]
        # Who is new on the card is late only with the whole channel.
        assert [(one.days_since, one.overdue) for one in others] == [(None, later > 5)]
    assert seen == [(0, False), (5, False), (6, True)]


def test_new_channel_is_late_when_its_card_was_accepted_long_ago(
    site: Site, channel: Office
) -> None:
    """Nobody can have collected on a card's first day; a later card does not start it anew."""
    with site.store.write() as tables:
        tables.couriers.meet(channel.card(), TODAY)
        tables.couriers.meet(channel.card(version=2), TODAY + timedelta(days=4))
    for later in (0, 5, 6):
        status = upkeep.status(site.store, site.shelf, TODAY + timedelta(days=later))
        seen = {(one.days_since, one.overdue) for one in status.handlers}
        assert seen == {(None, later > 5)}


def test_delivery_notes_who_is_on_the_card_and_keeps_it(site: Site, channel: Office) -> None:
    """A card that a desk brought counts from that day; bundles afterwards change nothing of it."""
    first, second = channel.handlers
    site.deliver(desk_bundle(channel, first, 1), today=TODAY)
    site.deliver(desk_bundle(channel, first, 2), today=TODAY + timedelta(days=3))
    site.collect(second, today=TODAY + timedelta(days=3))
    status = upkeep.status(site.store, site.shelf, TODAY + timedelta(days=6))
    by_id = {one.handler_id: (one.days_since, one.overdue) for one in status.handlers}
    assert by_id == {first.handler_id: (None, True), second.handler_id: (3, False)}


def test_report_is_no_day_that_a_handler_is_known_since(site: Site, channel: Office) -> None:
    """A card that was copied onto the shelf by hand gets no day, above all not a reporter's."""
    site.file()
    with site.store.read() as tables:
        couriers = [tables.couriers.get(one.handler_id) for one in channel.handlers]
    assert {(one.collected_day, one.known_day) for one in couriers} == {(0, 0)}


def test_channel_of_which_nothing_is_known_is_not_late(site: Site) -> None:
    """Where the operator's first acceptance was not noted, nobody is called late for it."""
    for later in (0, 30):
        status = upkeep.status(site.store, site.shelf, TODAY + timedelta(days=later))
        assert {(one.days_since, one.overdue) for one in status.handlers} == {(None, False)}


def test_status_is_the_same_whatever_reporters_did(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that the operator sees depends on a report, a message, a reply or a withdrawal."""
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", 0)

    def seen() -> str:
        values = asdict(upkeep.status(site.store, site.shelf, TODAY))
        del values["free_bytes"], values["disk_low"]
        health = asdict(upkeep.health(site.store, site.shelf, TODAY + timedelta(days=6)))
        return json.dumps([values, health], default=repr)

    with site.store.write() as tables:
        tables.couriers.meet(channel.card(), TODAY)
    before = seen()
    filed = site.file()
    assert seen() == before
    site.append(filed, channel.handlers)
    site.deliver(
        desk_bundle(channel, channel.handlers[0], 1, reply(channel, channel.handlers[0], filed))
    )
    assert seen() == before
    site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    assert seen() == before


def test_status_names_broken_cards_and_the_disk(site: Site) -> None:
    """A file that is no card, and a full disk, are the operator's to mend."""
    (site.shelf.folder / "stuk.card").write_bytes(b"")
    status = upkeep.status(site.store, site.shelf, TODAY)
    assert status.broken_cards == ("stuk.card",)
    disk = os.statvfs(site.store.path.parent)
    assert 0 < status.free_bytes <= disk.f_frsize * disk.f_blocks


def test_disk_is_low_while_maintenance_would_still_fit(site: Site) -> None:
    """The operator hears of it before the night's rebuilding runs out of room."""
    room = upkeep.disk_room(site.store.path.parent)
    assert room.database_bytes >= site.store.path.stat().st_size > 0
    needed = upkeep.DISK_LOW_BYTES + 2 * room.database_bytes
    assert upkeep.DiskRoom(needed - 1, room.database_bytes).is_low
    assert not upkeep.DiskRoom(needed, room.database_bytes).is_low


def test_status_of_an_empty_site(tmp_path: Path) -> None:
    """A site without cards has a status too."""
    store = Store.create(tmp_path / "site.db")
    status = upkeep.status(store, CardShelf(tmp_path / "cards", SITE_ID), TODAY)
    assert (status.channels, status.handlers, status.broken_cards) == ((), (), ())
