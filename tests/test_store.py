"""The server's database: how it is opened, what it keeps and what it forgets."""

import contextlib
import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.errors import (
    HandlerElsewhere,
    StoreBusy,
    StoreDamaged,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
    StoreTooNew,
)
from dropbox.store import Courier, Store, StoredMailbox, connection, schema, site_key
from tests.blind_server import Site, files_of
from tests.organisation import TODAY, office

COURIER = Courier(bytes(8), 1, bytes(32), 5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a new, empty database."""
    made = Store.create(tmp_path / "site.db")
    yield made
    made.close()


def mailbox(number: int, memo: bytes = b"memo") -> StoredMailbox:
    """Return a row without meaning."""
    name = number.to_bytes(32, "big")
    return StoredMailbox(name, name, bytes(32), bytes(32), bytes(32), memo, 24_322)


def pragma(store: Store, name: str) -> object:
    """Return a setting of the database."""
    return store.connection().execute(f"PRAGMA {name}").fetchall()[0][0]


# Connections and transactions


def test_database_is_opened_with_the_settings_of_the_threat_model(store: Store) -> None:
    """Deleted bytes are overwritten, a commit reaches the disk, and pages are 4 KiB."""
    assert pragma(store, "secure_delete") == 1
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2
    assert pragma(store, "page_size") == 4096
    assert pragma(store, "busy_timeout") == 5000
    assert pragma(store, "foreign_keys") == 1


def test_no_table_keeps_the_order_of_arrival(store: Store) -> None:
    """Every table is strict and has no hidden row number."""
    rows = store.connection().execute("PRAGMA table_list").fetchall()
    ours = [row for row in rows if row[0] == "main" and not row[1].startswith("sqlite_")]
    assert len(ours) == 9
    assert all(without_rowid and strict for *_name, without_rowid, strict in ours)


def test_schema_has_no_column_for_a_time_or_a_state(store: Store) -> None:
    """A month to go is all that a row about a reporter says of time."""
    columns = {
        column
        for table in store.connection().table_names()
        if table != "courier"
        for column in store.connection().table(table).columns_dict
    }
    assert not any(word in name for name in columns for word in ("time", "day", "date", "state"))


def test_database_file_is_for_its_owner_only(store: Store) -> None:
    """Nobody else on the machine may read the file, nor the log beside it."""
    with store.write() as tables:
        tables.couriers.put(COURIER)
    for name in store.path.parent.glob("site.db*"):
        assert stat.S_IMODE(name.stat().st_mode) == 0o600


def test_missing_database_is_named_and_never_made(tmp_path: Path) -> None:
    """A wrong folder gives an error, not an empty database that nobody collects from."""
    with pytest.raises(StoreMissing), Store(tmp_path / "site.db").read():
        pass
    assert list(tmp_path.iterdir()) == []


def test_create_leaves_an_existing_database_as_it_is(store: Store) -> None:
    """Making the database twice loses nothing."""
    with store.write() as tables:
        tables.couriers.put(COURIER)
    with Store.create(store.path).read() as tables:
        assert tables.couriers.get(bytes(8)) == COURIER


def test_write_undoes_everything_after_an_error(store: Store) -> None:
    """Half a use case is never stored."""

    def fail_halfway() -> None:
        with store.write() as tables:
            tables.mailboxes.add(mailbox(1))
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail_halfway()
    with store.read() as tables:
        assert tables.mailboxes.with_id(mailbox(1).id) is None


def test_committed_row_is_there_for_another_process(store: Store) -> None:
    """What `write` returned from, a fresh connection reads."""
    with store.write() as tables:
        tables.mailboxes.add(mailbox(1))
    with Store(store.path).read() as tables:
        assert tables.mailboxes.with_lookup(mailbox(1).lookup) == mailbox(1)


def test_each_thread_has_a_connection_of_its_own(store: Store) -> None:
    """No connection is shared between threads."""
    found = []
    thread = threading.Thread(target=lambda: found.append(store.connection()))
    thread.start()
    thread.join()
    assert found[0] is not store.connection()


def test_connection_is_not_used_after_a_fork(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child process opens its own connection and leaves the inherited one alone."""
    before = store.connection()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    after = store.connection()
    assert after is not before
    assert before.execute("SELECT 1").fetchall() == [(1,)]
    after.close()


def test_locked_database_is_busy(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's long write gives a clear error, and nothing is stored."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    with store.write():
        other = Store(store.path)
        with pytest.raises(StoreBusy) as caught, other.write() as tables:
            tables.mailboxes.add(mailbox(1))
        other.close()
    assert caught.value.status == 503


def test_full_disk_is_named(store: Store) -> None:
    """When the file cannot grow, nothing is stored and the error says why."""
    pages = pragma(store, "page_count")
    store.connection().execute(f"PRAGMA max_page_count = {pages}").fetchall()

    def fill_up() -> None:
        with store.write() as tables:
            for number in range(200):
                tables.mailboxes.add(mailbox(number, bytes(4000)))

    with pytest.raises(StoreFull):
        fill_up()
    with store.read() as tables:
        assert tables.mailboxes.with_id(mailbox(0).id) is None


def test_read_only_database_is_named(store: Store) -> None:
    """A database that cannot be written gives its own error."""
    store.connection().execute("PRAGMA query_only = ON")
    with pytest.raises(StoreReadOnly), store.write() as tables:
        tables.mailboxes.add(mailbox(1))


def test_damaged_database_is_named(tmp_path: Path) -> None:
    """A file that is no database is refused in our words."""
    (tmp_path / "site.db").write_bytes(b"no database at all" * 300)
    with pytest.raises(StoreDamaged):
        Store(tmp_path / "site.db").connection()


def test_programming_error_is_not_hidden(store: Store) -> None:
    """A wrong statement is our fault and is not called a fault of the machine."""
    with pytest.raises(sqlite3.OperationalError), store.write():
        store.connection().execute("SELECT nothing FROM nowhere")


def test_database_of_a_newer_program_is_refused(store: Store) -> None:
    """An old program never writes into tables that it does not know."""
    store.connection().execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    with pytest.raises(StoreTooNew), Store(store.path).write():
        pass


def test_next_schema_step_is_applied_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older database gets exactly the steps that it lacks."""
    with store.write() as tables:
        tables.couriers.put(COURIER)
    step = ("CREATE TABLE later (id BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",)
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, step))
    for _run in range(2):
        newer = Store(store.path)
        assert "later" in newer.connection().table_names()
        assert pragma(newer, "user_version") == len(schema.STEPS)
        with newer.read() as tables:
            assert tables.couriers.get(bytes(8)) == COURIER
        newer.close()


def test_failed_schema_step_leaves_no_trace(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step is applied wholly or not at all."""
    done = len(schema.STEPS)
    steps = (*schema.STEPS, ("CREATE TABLE later (id BLOB)", "CREATE NONSENSE"))
    monkeypatch.setattr(schema, "STEPS", steps)
    with pytest.raises(sqlite3.OperationalError):
        Store(store.path).connection()
    assert "later" not in store.connection().table_names()
    assert pragma(store, "user_version") == done


# Maintenance


def test_maintain_leaves_no_deleted_byte_and_an_empty_log(store: Store) -> None:
    """After maintenance what was deleted is in none of the database's files."""
    with store.write() as tables:
        for number in range(200):
            tables.mailboxes.add(mailbox(number, b"MARK%04d" % number * 60))
    with store.write() as tables:
        for number in range(0, 200, 2):
            tables.mailboxes.delete(mailbox(number).id)
    store.maintain()
    left = files_of(store)
    assert store.path.with_name("site.db-wal").stat().st_size == 0
    assert b"MARK0001" in left
    assert not any(b"MARK%04d" % number in left for number in range(0, 200, 2))


def write(store: Store) -> None:
    """Keep something."""
    with store.write() as tables:
        tables.mailboxes.add(mailbox(1))


def read(store: Store) -> None:
    """Look for something."""
    with store.read() as tables:
        tables.mailboxes.with_id(mailbox(1).id)


def read_loosely(store: Store) -> None:
    """Look outside a transaction."""
    with store.loose() as tables:
        tables.mailboxes.with_id(mailbox(1).id)


def fail(store: Store) -> None:
    """Undo a transaction."""
    with contextlib.suppress(ValueError), store.write() as tables:
        tables.mailboxes.add(mailbox(2))
        raise ValueError


@pytest.mark.parametrize("use", [write, read, read_loosely, fail, Store.maintain, Store.close])
def test_files_do_not_tell_when_they_were_used(store: Store, use: Callable[[Store], None]) -> None:
    """After every use, database, log, index and folder carry the start of the day."""
    write(store)
    folder = store.path.parent
    used = [folder, *folder.glob("site.db*")]
    for path in used:
        os.utime(path)
    use(store)
    for found in [path.stat() for path in used if path.exists()]:
        assert found.st_mtime % 86_400 == 0
        assert found.st_atime % 86_400 == 0
        assert 0 <= time.time() - found.st_mtime < 2 * 86_400


def test_tables_of_another_user_are_named_with_their_folder(tmp_path: Path) -> None:
    """What the machine forbids is our own error, and says where."""
    with pytest.raises(StoreReadOnly) as caught, connection.machine_errors(tmp_path / "site.db"):
        raise PermissionError
    assert caught.value.params == {"folder": str(tmp_path)}
    assert str(tmp_path) not in str(caught.value)


def test_tidy_never_fails(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A withdrawal that is stored is never reported as failed because tidying up had to wait."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    other = Store(store.path)
    with store.write():
        other.tidy()
    other.close()


def test_many_who_withdraw_at_once_share_a_rebuild(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve withdrawals in a moment rebuild the file a few times, and leave nothing in it."""
    with store.write() as tables:
        for number in range(12):
            tables.mailboxes.add(mailbox(number, b"MARK%04d" % number * 60))
    rebuilt: list[int] = []
    rebuild = Store._rebuild

    def counted(self: Store) -> None:
        rebuilt.append(1)
        rebuild(self)

    monkeypatch.setattr(Store, "_rebuild", counted)
    together = threading.Barrier(12)

    def withdraw(number: int) -> None:
        own = Store(store.path)
        together.wait()
        with own.write() as tables:
            tables.mailboxes.delete(mailbox(number).id)
        own.tidy()
        own.close()

    threads = [threading.Thread(target=withdraw, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(rebuilt) <= 6
    assert b"MARK" not in files_of(store)


def test_key_of_another_user_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator under the wrong name is not sent to look for a backup."""

    def refuse(_path: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StoreReadOnly):
        site_key.load(tmp_path)


def test_form_nonce_counts_for_today_and_yesterday(store: Store) -> None:
    """A nonce is refused for two days and then forgotten."""
    answers = []
    for later in (0, 0, 1, 2):
        with store.write() as tables:
            answers.append(tables.nonces.use(bytes(16), TODAY + timedelta(days=later)))
    assert answers == [True, False, False, True]


def test_intake_key_belongs_to_one_handler(store: Store) -> None:
    """A handler who signs a colleague's key as their own is refused."""
    channel, other = office(), office("ander")
    other.handlers[0].secret = channel.handlers[0].secret
    with store.write() as tables:
        tables.recipients.learn(channel.card())
        with pytest.raises(HandlerElsewhere):
            tables.recipients.learn(other.card())


def test_learned_keys_stay_known_after_a_new_card(tmp_path: Path) -> None:
    """A handler's earlier keys are still theirs when a new card no longer names them."""
    channel = office()
    site = Site(tmp_path, channel)
    site.file()
    old = channel.handlers[0].box_keys
    channel.handlers[0].secret = bytes(31) + b"\x07"
    site.shelf.add(channel.card_bytes(version=2), TODAY)
    site.file()
    with site.store.read() as tables:
        known = tables.recipients.keys_of(channel.handlers[0].handler_id, channel.channel_pk)
    assert set(known) == {*old, *channel.handlers[0].box_keys}
