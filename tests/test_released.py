"""What a released version left on a disk opens with this one, and its format never changes."""

import hashlib
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox import upkeep
from dropbox.desk import (
    backup,
    casebook,
    channel,
    inbound,
    keyring,
    notes,
    outbound,
    outbox,
    withdrawals,
)
from dropbox.desk.vault import DRAWERS, Vault
from dropbox.errors import AlreadyReceived
from dropbox.protocol import keys, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, FrameType
from dropbox.protocol.channel_card import read_card
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Message
from dropbox.protocol.reporter import seal_message
from dropbox.store import Store, schema
from tests import dying, make_released
from tests.blind_server import Site, contents, desk_bundle, receipt, reply, rows
from tests.desk_world import PASSPHRASE, write_bundle
from tests.make_released import OWNER_1, PAUSED, SITE_1, STAYS, VAULT_1, WITHDRAWN
from tests.organisation import SITE_ID, TODAY

STEP_HASHES = ("45b3145e6f66dc3e47017f568420809a",)
"""Of each released step, in order."""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a site whose database was made by version 1."""
    make_released.load(SITE_1, tmp_path / "site.db")
    return Site(tmp_path, make_released.office())


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a handler's vault that was made by version 1."""
    path = tmp_path / "anna.vault"
    make_released.load(VAULT_1, path)
    return path


# The server's database


@pytest.mark.parametrize(("step", "expected"), list(enumerate(STEP_HASHES)))
def test_released_step_never_changes(step: int, expected: str) -> None:
    """Who has had a step would never get what is changed in it later."""
    text = "\0".join(schema.STEPS[step]).encode()
    assert hashlib.blake2b(text, digest_size=16).hexdigest() == expected


def test_released_database_has_rows_in_every_table(site: Site) -> None:
    """So that an upgrade that forgets a table, or a row of it, is found out below."""
    tables = site.store.connection().table_names()
    assert {table: rows(site.store, table) > 0 for table in tables} == dict.fromkeys(tables, True)
    assert len(tables) == 9


def test_released_database_becomes_todays(site: Site, tmp_path: Path) -> None:
    """After the upgrade its plan is that of a new one, and nothing in it is out of joint."""
    database = site.store.connection()
    schema.check(database)
    assert database.execute("PRAGMA user_version").fetchone()[0] == len(schema.STEPS)
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_released_database_serves_every_use(site: Site) -> None:
    """Read, write more, collect, deliver, withdraw, purge, maintain: all of it works on it."""
    channel_ = site.offices[0]
    first, second = channel_.handlers
    stays, paused = (make_released.filed(channel_, key) for key in (STAYS, PAUSED))
    gone = keys.reporter_keys(SITE_ID, channel_.channel_pk, WITHDRAWN)
    page = site.page(stays)
    assert page is not None
    assert len(page.replies) == len(page.sent) == 1
    held = site.page(paused)
    assert held is not None
    assert len(held.sent) == 2
    # The first handler receipted the report and the withdrawal; the second did neither.
    for handler, again, letters, commands in (
        (first, False, 2, 0),
        (first, True, 3, 1),
        (second, False, 4, 1),
    ):
        data = site.collect(handler, again=again)
        assert len(contents(data, FrameType.ENVELOPE)) == letters
        assert len(contents(data, FrameType.WITHDRAWAL)) == commands
    later = TODAY + timedelta(days=2)
    fresh = site.file(today=later)
    answer = reply(channel_, first, fresh)
    site.deliver(desk_bundle(channel_, first, 2, answer, receipt(fresh.new.envelope)))
    page = site.page(fresh)
    assert page is not None
    assert page.replies == (answer.content,)
    site.append(paused, channel_.handlers, today=later)
    site.mailboxes.withdraw(withdrawal.make(paused.keys), TODAY)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.withdraw(withdrawal.make(gone), TODAY)
    upkeep.purge(site.store, TODAY)
    upkeep.status(site.store, site.shelf, TODAY)
    assert rows(site.store, "mailbox") == rows(site.store, "tombstone") == 2


@pytest.mark.parametrize("released", [True, False])
def test_upgrade_that_is_killed_is_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, released: bool
) -> None:
    """Wherever the program dies, the next one finds the old version, or the new one, complete."""
    steps = (*schema.STEPS[:1], dying.LATER)
    monkeypatch.setattr(schema, "STEPS", steps)
    whole = tmp_path / "whole.db"
    if released:
        make_released.load(SITE_1, whole)
    else:
        sqlite3.connect(whole).close()
        whole.touch()
    ends = []
    while not ends or ends[-1]:
        path = tmp_path / f"{len(ends)}.db"
        shutil.copy(whole, path)
        ends.append(dying.run(dying.upgrade, path, len(ends)))
        with closing(sqlite3.connect(path)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            plan = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            left = version == 1 and database.execute("SELECT id FROM form_nonce").fetchall()
        assert version in {1 if released else 0, len(steps)}
        assert bool(plan) is bool(version)
        assert not left or len(left) == 4
        store = Store(path)
        assert rows(store, "later") == (2 if released else 0)
        assert rows(store, "form_nonce") == 0
        schema.check(store.connection())
        store.close()
    assert set(ends[:-1]) == {-signal.SIGKILL}
    assert len(ends) > len(dying.LATER)


# The vault


def bundle_for(path: Path, folder: Path, *items: bytes, **header: object) -> Path:
    """Write a bundle to the released vault's handler."""
    with Vault.open(path, PASSPHRASE) as vault:
        desk, card = keyring.load(vault), keyring.pinned(vault)
    values: dict[str, object] = {"serial": 1, "day": TODAY} | header
    head = BundleHeader(
        BundleDirection.TO_DESK,
        SITE_ID,
        card.channel_pk,
        desk.handler_id,
        **values,  # type: ignore[arg-type]
    )
    return write_bundle(folder / "to.bundle", head, items)


def test_released_vault_opens_with_all_that_is_in_it(vault: Path) -> None:
    """Cases, what waits, what was damaged, what was withdrawn, what the site confirmed."""
    with Vault.open(vault, PASSPHRASE) as opened:
        card = keyring.pinned(opened)
        stays, paused, gone = (
            keys.reporter_keys(SITE_ID, card.channel_pk, key).mailbox_id
            for key in (STAYS, PAUSED, WITHDRAWN)
        )
        kinds = [
            [
                type(entry.content).__name__
                for entry in casebook.open_book(opened, each).case().entries
            ]
            for each in (stays, paused)
        ]
        assert kinds == [["Report", "Message", "Reply"], ["Report", "Reply"]]
        assert casebook.is_withdrawn(opened, gone)
        assert (
            len(list(withdrawals.tombstones(opened))) == len(list(casebook.troubles(opened))) == 1
        )
        assert casebook.count_waiting(opened) == 1
        found = outbox.courier(opened)
        assert (found.serial, found.accepted, len(found.sent)) == (2, 1, 1)
        assert outbox.waiting(opened, TODAY).replies == 1


def test_released_vault_serves_every_use(vault: Path, tmp_path: Path) -> None:
    """Import, answer, export, back up, restore, also after the site was restored."""
    with Vault.open(vault, PASSPHRASE) as opened:
        card = read_card(keyring.pinned(opened).raw, SITE_ID, TODAY)
        own_id = keyring.load(opened).handler_id
    readers = [Recipient(each.handler_id, each.intake_key(TODAY)) for each in card.handlers]
    stays, paused = (keys.reporter_keys(SITE_ID, card.channel_pk, each) for each in (STAYS, PAUSED))
    message = seal_message(stays, readers, Message("message", TODAY, 4, 3, (), text="Nog meer."))
    path = bundle_for(vault, tmp_path, message, withdrawal.make(paused), serial=1001)
    with Vault.open(vault, PASSPHRASE) as opened:
        found = inbound.import_bundle(opened, path, TODAY)
        assert (found.messages, found.withdrawals, found.refused) == (1, 1, {})
        before = casebook.open_book(opened, stays.mailbox_id).case()
        assert (before.notes, before.assignee(), before.tasks()) == ((), None, ())
        notes.assign(opened, stays.mailbox_id, own_id, TODAY)
        assert casebook.open_book(opened, stays.mailbox_id).case().assignee() == own_id
        exported = outbound.export(opened, tmp_path / "from.bundle", TODAY)
        # Before this version nobody kept what the site had confirmed: it cannot go again.
        assert (exported.serial, exported.waiting.replies) == (1002, 0)
        assert exported.waiting.notes == 1
        backup.backup(opened, tmp_path / "anna.backup", TODAY)
    restored = backup.restore(
        tmp_path / "anna.backup", vault, PASSPHRASE, TODAY, replace_vault=True
    )
    assert restored.withdrawn == 2
    assert own_id in {each.handler_id for each in card.handlers}


def test_released_owners_vault_signs_the_next_card(tmp_path: Path) -> None:
    """A channel's identity outlives the program."""
    path = tmp_path / "owner.vault"
    make_released.load(OWNER_1, path)
    with Vault.open(path, PASSPHRASE) as opened:
        before = channel.load(opened).version
        card = channel.sign_next_card(opened, [], (), TODAY)
    assert card.version == before + 1
    assert len(card.handlers) == 2


def test_drawers_keep_their_numbers() -> None:
    """A drawer's number stands in every row of every vault: new ones only come at the end."""
    released = "setting case_key seen withdrawn trouble outbox casebook entry confirmed command"
    assert list(DRAWERS[:10]) == released.split()
