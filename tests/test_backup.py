"""A backup of the server: one moment, nothing deleted in it, and back wholly or not at all."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlite_utils import Database

from dropbox.desk.outbox import LARGEST_STEP
from dropbox.errors import OldSerial, StoreTooNew
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.store import Store, archive, backup
from dropbox.store.archive import ArchiveDamaged, Member
from dropbox.store.backup import OldStoreUnreadable, StoreInUse
from dropbox.store.handlers import RESTORED_STEP, SERIALS_A_MINUTE
from tests import dying
from tests.blind_server import Filed, Site, contents, desk_bundle, rows
from tests.organisation import TODAY, Handler, Office

NOW = datetime(2026, 11, 21, 9, 30, 59, tzinfo=UTC)
LEAST = int(datetime(2026, 11, 21, 9, 30, tzinfo=UTC).timestamp()) // 60 * SERIALS_A_MINUTE
SIDES = ("", "-wal", "-shm", "-journal")
PUBLIC = {archive.BUNDLE_KEY: b"b" * 32, archive.FORM_KEY: b"f" * 32, archive.SETTINGS: b"toml"}


def packed(site: Site) -> bytes:
    """Return an archive with the site's database in it."""
    with backup.snapshot(site.store) as database:
        members = [Member(archive.DATABASE, database.file, database.size)]
        members += [Member.of(name, content) for name, content in PUBLIC.items()]
        return b"".join(archive.write(members))


def put_back(
    site: Site, raw: bytes, *, forget_unreadable: bool = False, now: datetime = NOW
) -> None:
    """Put an archive's database in the place of the site's."""
    site.store.close()
    path = site.store.path
    with backup.received(site.store.path.parent) as database:
        archive.read(BytesIO(raw), database.file)
        backup.prepare(database)
        with backup.standing(path, forget_unreadable=forget_unreadable) as old:
            backup.put_in_place(database, old, now)


def withdraw(site: Site, filed: Filed) -> bytes:
    """Withdraw a mailbox; return what the reporter signed."""
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    return command


def names(folder: Path) -> set[str]:
    """Return what stands in a folder."""
    return {path.name for path in folder.iterdir()}


# The copy


def test_backup_holds_no_deleted_byte(site: Site) -> None:
    """What was withdrawn before a backup is not in it, even where SQLite left it lying."""
    kept, gone = site.file(), site.file()
    database = site.store.connection()
    database.execute("PRAGMA secure_delete = OFF").fetchall()
    with site.store.write() as tables:
        tables.envelopes.delete_of(gone.keys.mailbox_id)
        tables.mailboxes.delete(gone.keys.mailbox_id)
    site.store.empty_log()
    # So there was something to leave out.
    assert gone.new.envelope[200:300] in site.store.path.read_bytes()
    raw = packed(site)
    assert kept.new.envelope[200:300] in raw
    for thing in (gone.new.envelope[200:300], gone.new.memo[200:300], gone.new.lookup):
        assert thing not in raw


def test_backup_leaves_nothing_behind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a good backup nor one that fails leaves a copy, and while it runs it has no name."""
    site.file()
    folder = site.store.path.parent
    before = names(folder) | {"site.db-wal", "site.db-shm"}
    with backup.snapshot(site.store):
        assert names(folder) <= before
    with pytest.raises(KeyboardInterrupt), backup.snapshot(site.store):
        raise KeyboardInterrupt
    assert names(folder) <= before


def test_backup_while_reports_come_in_is_one_moment(site: Site, channel: Office) -> None:
    """Whatever is filed meanwhile is in it wholly or not at all, and nobody is made to wait."""
    for _ in range(20):
        site.file()
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            site.file()
        site.store.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            copies = [packed(site) for _ in range(5)]
        finally:
            stop.set()
        writing.result()
    counts = []
    for raw in copies:
        with backup.received(site.store.path.parent) as database:
            archive.read(BytesIO(raw), database.file)
            backup.prepare(database)
            counts += [[database.database.table(each).count for each in ("mailbox", "envelope")]]
    assert all(mailboxes == envelopes >= 20 for mailboxes, envelopes in counts)
    assert counts == sorted(counts)


# Back in its place


def test_restored_site_is_the_site_of_that_moment(site: Site, channel: Office) -> None:
    """Mailboxes from before are there with all they held; those made since are lost."""
    before = site.file()
    raw = packed(site)
    since = site.file()
    put_back(site, raw)
    page = site.page(before)
    assert page is not None
    assert page.memo == before.new.memo
    assert site.page(since) is None
    assert names(site.store.path.parent) - {"site.db-wal", "site.db-shm"} == {"cards", "site.db"}


def test_restore_repeats_withdrawals_to_everybody(site: Site, channel: Office) -> None:
    """Also who receipted one gets it again; the replaced database's are among them."""
    early, late, first = site.file(), site.file(), channel.handlers[0]
    commands = {withdraw(site, early)}
    with site.store.write() as tables:
        own = tables.recipients.keys_of(first.handler_id, channel.channel_pk)
        tables.tombstones.clear(early.keys.mailbox_id, own)
    raw = packed(site)
    commands.add(withdraw(site, late))
    put_back(site, raw)
    assert site.page(late) is None
    assert rows(site.store, "mailbox") == rows(site.store, "envelope") == 0
    for handler in channel.handlers:
        assert set(contents(site.collect(handler), FrameType.WITHDRAWAL)) == commands


def serial_of(site: Site, handler: Handler) -> tuple[int, bytes]:
    """Return what the site says that it accepted last."""
    with site.store.read() as tables:
        found = tables.couriers.get(handler.handler_id)
    return found.serial, found.bundle_hash


def test_restore_raises_every_serial(site: Site, channel: Office) -> None:
    """To the minute's own, also of who is not known here; the second of it does not show."""
    first, second = channel.handlers
    site.deliver(desk_bundle(channel, first, 3))
    put_back(site, packed(site))
    for handler in (first, second, Handler("later")):
        assert serial_of(site, handler) == (LEAST, bytes(32))


def test_every_restore_is_above_all_that_came_since_the_one_before(
    site: Site, channel: Office
) -> None:
    """Also from a backup of a restored site that no desk had reached, and from one used before."""
    first = channel.handlers[0]
    before = packed(site)
    put_back(site, before)
    restored, now = packed(site), NOW
    for raw in (restored, before, restored):
        used = serial_of(site, first)[0] + 1
        site.deliver(desk_bundle(channel, first, used))
        in_flight = desk_bundle(channel, first, used + 500)
        now += timedelta(minutes=1)
        site.store.close()
        site.store.path.unlink()
        put_back(site, raw, now=now)
        serial, bundle_hash = serial_of(site, first)
        assert serial > used + 500
        assert bundle_hash == bytes(32)
        with pytest.raises(OldSerial):
            site.deliver(in_flight)


def test_restore_under_a_slow_clock_goes_up(site: Site, channel: Office) -> None:
    """Above the backup and above the replaced database, whichever knew more."""
    first, second = channel.handlers
    site.deliver(desk_bundle(channel, first, 3))
    site.deliver(desk_bundle(channel, second, 9))
    raw = packed(site)
    site.deliver(desk_bundle(channel, first, 7))
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    put_back(site, raw, now=long_ago)
    assert serial_of(site, first) == (7 + RESTORED_STEP, bytes(32))
    assert serial_of(site, second) == (9 + RESTORED_STEP, bytes(32))
    assert serial_of(site, Handler("later")) == (RESTORED_STEP, bytes(32))


def test_desk_follows_a_restore_until_the_last_year() -> None:
    """Whatever a server's clock says, the serial it makes is within a desk's step."""
    last = int(datetime.max.replace(tzinfo=UTC).timestamp()) // 60 * SERIALS_A_MINUTE
    assert last + RESTORED_STEP < LARGEST_STEP


def test_running_site_is_not_replaced(site: Site) -> None:
    """While a worker holds the database open, nothing is put in its place."""
    raw = packed(site)
    filed = site.file()
    other = Store(site.store.path)
    seen = other.connection()
    with pytest.raises(StoreInUse):
        put_back(site, raw)
    other.close()
    assert seen is not None
    assert site.page(filed) is not None


def test_restore_that_is_killed_leaves_the_old_or_the_new(site: Site) -> None:
    """Whenever the program dies, the database is the one or the other, and whole."""
    for _ in range(20):
        site.file()
    raw = packed(site)
    for _ in range(20):
        site.file()
    site.store.empty_log()
    site.store.close()
    path, before = site.store.path, site.store.path.read_bytes()
    found = set()
    for seconds in (0.0, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, None):
        path.write_bytes(before)
        dying.run(dying.put_back, path, raw, seconds=seconds)
        assert names(path.parent) <= {"cards", *(path.name + each for each in SIDES)}
        found.add(rows(site.store, "mailbox"))
        assert rows(site.store, "mailbox") == rows(site.store, "envelope")
        check = site.store.connection().execute("PRAGMA integrity_check").fetchone()[0]
        site.store.close()
        assert check == "ok"
    assert found == {20, 40}


def test_unreadable_database_gives_way_only_when_asked(site: Site) -> None:
    """Withdrawals that only it knows would be forgotten: a person must say so."""
    filed = site.file()
    raw = packed(site)
    site.store.close()
    site.store.path.write_bytes(b"broken" * 1000)
    with pytest.raises(OldStoreUnreadable):
        put_back(site, raw)
    assert site.store.path.read_bytes() == b"broken" * 1000
    put_back(site, raw, forget_unreadable=True)
    assert site.page(filed) is not None


TRIGGER = "CREATE TRIGGER %s AFTER INSERT ON mailbox BEGIN DELETE FROM mailbox; END;"
WRITABLE = "PRAGMA writable_schema = ON; UPDATE sqlite_master SET "
RENAMED = WRITABLE + "name = 'sqlite_t', sql = replace(sql, ' t ', ' sqlite_t ') WHERE name = 't'"
COURIER = "INSERT INTO courier VALUES (%s, %s, %s, %s)"
GOOD = {"handler": "zeroblob(8)", "serial": "7", "hash": "zeroblob(32)", "day": "700000"}


def courier(**changed: str) -> str:
    """Return a statement that writes a handler's row with some values changed."""
    return COURIER % tuple((GOOD | changed).values())


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("PRAGMA user_version = 99", StoreTooNew),
        (TRIGGER % "t", ArchiveDamaged),
        (TRIGGER % "sqlitex", ArchiveDamaged),
        (TRIGGER % "t" + RENAMED, ArchiveDamaged),
        ("CREATE TABLE sqlitex (id BLOB)", ArchiveDamaged),
        ("CREATE TABLE x (a); " + WRITABLE + "name = x'ff' WHERE name = 'x'", ArchiveDamaged),
        ("DROP INDEX slot_by_envelope", ArchiveDamaged),
        ("DELETE FROM mailbox", ArchiveDamaged),
        (courier(serial="-1"), ArchiveDamaged),
        (courier(serial="0x7fffffffffffffff"), ArchiveDamaged),
        (courier(hash="zeroblob(31)"), ArchiveDamaged),
        (courier(handler="zeroblob(9)"), ArchiveDamaged),
        (courier(day="9999999999"), ArchiveDamaged),
    ],
)
def test_database_that_is_not_ours_is_refused(
    site: Site, statement: str, error: type[Exception]
) -> None:
    """A later version, somebody else's trigger by any name, letters of nobody, wild figures."""
    site.file()
    raw = packed(site)
    with backup.received(site.store.path.parent) as database:
        archive.read(BytesIO(raw), database.file)
        path = site.store.path.with_name("changed.db")
        database.file.seek(0)
        path.write_bytes(database.file.read())
        other = Database(path)
        other.conn.executescript(statement)
        other.close()
        os.pwrite(database.file.fileno(), path.read_bytes(), 0)
        with pytest.raises(error):
            backup.prepare(database)
