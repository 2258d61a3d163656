"""A backup of the server: one moment, nothing deleted in it, and back wholly or not at all."""

import os
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from dropbox.errors import StoreTooNew
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.store import Store, archive, backup
from dropbox.store.archive import ArchiveDamaged, Member
from dropbox.store.backup import OldStoreUnreadable, StoreInUse
from dropbox.store.handlers import RESTORED_STEP
from tests import dying
from tests.blind_server import Filed, Site, contents, desk_bundle, rows
from tests.organisation import TODAY, Handler, Office

SIDES = ("", "-wal", "-shm", "-journal")
PUBLIC = {archive.BUNDLE_KEY: b"b" * 32, archive.FORM_KEY: b"f" * 32, archive.SETTINGS: b"toml"}


def packed(site: Site) -> bytes:
    """Return an archive with the site's database in it."""
    with backup.snapshot(site.store) as database:
        members = [Member(archive.DATABASE, database.file, database.size)]
        members += [Member.of(name, content) for name, content in PUBLIC.items()]
        return b"".join(archive.write(members))


def put_back(site: Site, raw: bytes, *, forget_unreadable: bool = False) -> None:
    """Put an archive's database in the place of the site's."""
    site.store.close()
    with backup.received(site.store.path.parent) as database:
        archive.read(BytesIO(raw), database.file)
        backup.prepare(database)
        backup.put_in_place(database, site.store.path, forget_unreadable=forget_unreadable)


def withdraw(site: Site, filed: Filed) -> bytes:
    """Withdraw a mailbox; return what the reporter signed."""
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    return command


def names(folder: Path) -> set[str]:
    """Return what stands in a folder."""
    return {path.name for path in folder.iterdir()}


# The archive


def test_archive_tells_nothing_but_its_contents(site: Site) -> None:
    """Any tar reads it; owner, mode and time are the same for every member."""
    with tarfile.open(fileobj=BytesIO(packed(site))) as tar:
        members = tar.getmembers()
    assert [each.name for each in members] == [archive.DATABASE, *PUBLIC, archive.LIST]
    told = {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members}
    assert told == {(0, 0, 0, "", "")}
    assert {each.mode for each in members} == {0o600}


def test_archive_of_the_same_state_is_the_same(site: Site) -> None:
    """Nothing in it depends on when it was made."""
    site.file()
    assert packed(site) == packed(site)


@pytest.mark.parametrize("members", [0, 1, 2, 3])
def test_archive_that_ends_after_a_member_is_refused(site: Site, members: int) -> None:
    """Where a pipe broke between two files, the list at the end is missing."""
    raw = packed(site)
    with tarfile.open(fileobj=BytesIO(raw)) as tar:
        ends = [0, *(each.offset for each in tar.getmembers())]
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(raw[: ends[1 + members]]), BytesIO())


def test_archive_with_something_else_in_it_is_refused() -> None:
    """No file outside the two folders can be brought along, nor one twice, nor a link."""
    good = [Member.of(archive.DATABASE, b"db"), *(Member.of(*each) for each in PUBLIC.items())]
    archive.read(BytesIO(b"".join(archive.write(good))), BytesIO())
    for name in ("../evil", "keys/cards/../evil.card", "/etc/x", "keys/cards/A.card", "keys/x"):
        for odd in ([*good, Member.of(name, b"")], [*good, Member.of(archive.SETTINGS, b"x")]):
            for each in odd:
                each.file.seek(0)
            with pytest.raises(ArchiveDamaged):
                archive.read(BytesIO(b"".join(archive.write(odd))), BytesIO())
    link = tarfile.TarInfo("keys/site.toml")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(link.tobuf() + bytes(1024)), BytesIO())


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_harm_to_an_archive_is_refused(site: Site, data: st.DataObject) -> None:
    """A changed byte or a cut anywhere is found; what only pads a member may differ."""
    raw = packed(site)
    at = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        harmed = raw[:at]
    else:
        harmed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
    target = BytesIO()
    try:
        small = archive.read(BytesIO(harmed), target)
    except ArchiveDamaged:
        return
    assert small == PUBLIC
    whole = BytesIO()
    archive.read(BytesIO(raw), whole)
    assert target.getvalue() == whole.getvalue()


@given(st.binary(max_size=2000))
def test_any_bytes_are_no_archive(raw: bytes) -> None:
    """Whatever the file is, it is refused by name."""
    with pytest.raises(ArchiveDamaged):
        archive.read(BytesIO(raw), BytesIO())


# The copy


def test_backup_holds_no_deleted_byte(site: Site) -> None:
    """What was withdrawn before a backup is not in it, even where SQLite left it lying."""
    kept, gone = site.file(), site.file()
    database = site.store.connection()
    database.execute("PRAGMA secure_delete = OFF").fetchall()
    with site.store.write() as tables:
        tables.envelopes.delete_of(gone.new.mailbox_id)
        tables.mailboxes.delete(gone.new.mailbox_id)
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
        tables.tombstones.clear(early.new.mailbox_id, own)
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


def test_restore_raises_every_serial_once(site: Site, channel: Office) -> None:
    """Above all that was used before, also of who is not known here, and not twice in a row."""
    first, second = channel.handlers
    site.deliver(desk_bundle(channel, first, 3))
    raw = packed(site)
    site.deliver(desk_bundle(channel, first, 7))
    for _ in range(2):
        put_back(site, raw)
        assert serial_of(site, first) == (7 + RESTORED_STEP, bytes(32))
        assert serial_of(site, second) == (RESTORED_STEP, bytes(32))
        assert serial_of(site, Handler("later")) == (RESTORED_STEP, bytes(32))
    site.deliver(desk_bundle(channel, second, RESTORED_STEP + 1))
    put_back(site, raw)
    assert serial_of(site, second) == (2 * RESTORED_STEP + 1, bytes(32))


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


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("PRAGMA user_version = 99", StoreTooNew),
        ("CREATE TRIGGER t AFTER INSERT ON mailbox BEGIN DELETE FROM mailbox; END", ArchiveDamaged),
        ("DROP INDEX slot_by_envelope", ArchiveDamaged),
        ("DELETE FROM mailbox", ArchiveDamaged),
    ],
)
def test_database_that_is_not_ours_is_refused(
    site: Site, statement: str, error: type[Exception]
) -> None:
    """A later version, a table or trigger of somebody else, an envelope without its mailbox."""
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
