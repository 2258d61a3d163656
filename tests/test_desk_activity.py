"""The log counts acts by day, says nothing of any case, and keeps nothing of a withdrawn one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.desk import activity, casebook, keyring, notes, passphrase, records, replies
from dropbox.desk.activity import Acts, Log
from dropbox.desk.casebook import ACTS
from dropbox.desk.errors import CaseAlreadyClosed
from dropbox.desk.vault import DRAWERS, Vault
from dropbox.errors import TextTooLong
from dropbox.protocol import withdrawal
from dropbox.protocol.days import add_months
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World

MARK = "Dit is het merkwaardige kenmerk"


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna has."""
    found = world.reporter()
    world.take_in("anna", world.report(found, text=MARK))
    return found


def log(world: World, name: str = "anna") -> Log:
    """Read a vault's log."""
    with world.vault(name) as vault:
        return activity.read(vault, world.today)


def counts(world: World, name: str = "anna") -> dict[str, int]:
    """Return the sums of all days, by code."""
    found: dict[str, int] = {}
    for line in log(world, name).lines:
        for act, count in line.counts:
            found[act] = found.get(act, 0) + count
    return found


def test_each_act_is_counted_once(world: World, keys: ReporterKeys, tmp_path: Path) -> None:
    """Answers, closings with their aftercare, notes, bundles, keys, cards, passphrases."""
    world.write("anna", replies.reply, keys, "Dag.")
    world.write("anna", notes.write_note, keys, "Tussen ons.")
    with world.vault("anna") as vault:
        replies.close(
            vault, keys.mailbox_id, "Klaar.", "no_further_action", world.today, reason="Omdat."
        )
        passphrase.change(vault, "een heel andere zin", world.today, CHEAP, current=PASSPHRASE)
        passphrase.change(vault, PASSPHRASE, world.today, CHEAP)
    world.export("anna")
    assert counts(world) == {
        "imported": 1,
        "exported": 1,
        "answered": 1,
        "closed": 1,
        "noted": 1,
        "keys": keyring.INTAKE_MONTHS,
        "pinned": 1,
        "passphrase": 2,
    }
    assert counts(world, "owner") == {"signed": 1}
    world.sign(remove=[world.handler_id("bram").hex()])
    assert counts(world, "owner") == {"signed": 2, "removed": 1}


def closed_twice(vault: Vault, mailbox_id: bytes, today: date) -> None:
    """Close a case twice."""
    for _ in range(2):
        replies.close(vault, mailbox_id, "Klaar.", "no_further_action", today, reason="Omdat.")


def test_refused_act_is_not_counted(world: World, keys: ReporterKeys) -> None:
    """The entry is of the act's own transaction."""
    before = counts(world)
    with world.vault("anna") as vault, pytest.raises(CaseAlreadyClosed):
        closed_twice(vault, keys.mailbox_id, world.today)
    with pytest.raises(TextTooLong):
        world.write("anna", replies.reply, keys, "x" * 6000)
    assert counts(world) == before | {"closed": 1}


def test_log_says_days_codes_and_numbers_only(world: World, keys: ReporterKeys) -> None:
    """Its rows hold no word, no number of a case and no moment; its drawer no id either."""
    world.write("anna", replies.reply, keys, MARK)
    world.take_in("anna", world.card.raw)
    with world.vault("anna") as vault:
        rows = dict(vault.items("activity"))
        beside = casebook.open_book(vault, keys.mailbox_id).side(ACTS)
    assert beside == records.encode(Acts({TODAY.isoformat(): {"answered": 1}}))
    assert set(rows) == {b"2026-11", b"kept since"}
    assert set(records.decode(Acts, rows[b"2026-11"]).counts) == {TODAY.isoformat()}
    for raw in rows.values():
        assert keys.mailbox_id.hex().encode() not in raw
        assert b":" + b"00" not in raw


def test_withdrawal_takes_a_cases_acts_along(world: World, keys: ReporterKeys) -> None:
    """The log after a withdrawal is the one of a desk that never did anything in the case."""
    other = world.reporter()
    world.take_in("anna", world.report(other))
    before = counts(world)
    world.today = TODAY + timedelta(days=1)
    for _ in range(3):
        world.write("anna", replies.reply, keys, "Dag.")
    world.write("anna", notes.write_note, keys, "Tussen ons.")
    world.today = TODAY + timedelta(days=2)
    world.take_in("anna", withdrawal.make(keys))
    assert counts(world) == before | {"imported": 3, "withdrawn": 1}
    days = {each.day for each in log(world).lines if not each.whole_month}
    assert TODAY + timedelta(days=1) not in days


def test_day_of_a_withdrawal_is_not_kept(world: World, keys: ReporterKeys) -> None:
    """It counts for its month, as its tombstone does."""
    world.take_in("anna", withdrawal.make(keys))
    (line,) = [each for each in log(world).lines if ("withdrawn", 1) in each.counts]
    assert line.whole_month
    assert line.day == TODAY.replace(day=1)


def test_withdrawal_destroys_what_the_rows_said(world: World, keys: ReporterKeys) -> None:
    """No row of the vault opens with the key that the case had."""
    world.write("anna", replies.reply, keys, "Dag.")
    with world.vault("anna") as vault:
        case_key = vault.get("case_key", keys.mailbox_id)
        name = ACTS + keys.mailbox_id
        assert vault.get("entry", name, case_key) is not None
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        assert vault.get("entry", name, case_key) is None
        assert vault.count("entry") == 0


def test_entries_go_after_fourteen_months(world: World, keys: ReporterKeys) -> None:
    """An import lets go of them, beside a case too; before it they are not shown any more."""
    world.write("anna", replies.reply, keys, "Dag.")
    world.today = add_months(TODAY, activity.KEPT_MONTHS)
    assert counts(world)["answered"] == 1
    world.today = add_months(TODAY, activity.KEPT_MONTHS + 1)
    assert counts(world) == {}
    with world.vault("anna") as vault, vault.transaction():
        assert vault.has("activity", b"2026-11")
        activity.forget_old(vault, world.today)
        assert not vault.has("activity", b"2026-11")
        assert casebook.open_book(vault, keys.mailbox_id).side(ACTS) is None


def test_import_lets_go_of_old_entries(world: World, keys: ReporterKeys) -> None:
    """Only an import whose day a card vouches for does, so a wrong clock costs no entry."""
    with world.vault("anna") as vault:
        activity.note(vault, activity.EXPORTED, add_months(TODAY, -20))
        activity.note(vault, activity.EXPORTED, add_months(TODAY, -3))
        vault.delete("activity", b"kept since")
    world.take_in("anna")
    with world.vault("anna") as vault:
        assert vault.has("activity", b"2025-03")
    world.take_in("anna", world.card.raw)
    with world.vault("anna") as vault:
        assert not vault.has("activity", b"2025-03")
        assert vault.has("activity", b"2026-08")


def test_damaged_log_stops_no_work(world: World, keys: ReporterKeys) -> None:
    """A broken row is told with the log, and the act that it would count goes on."""
    world.write("anna", replies.reply, keys, "Dag.")
    with world.vault("anna") as vault:
        for drawer, tag, sealed in list(vault.raw_rows()):
            if drawer == DRAWERS.index("activity"):
                harmed = sealed[:-1] + bytes([sealed[-1] ^ 1])
                vault.load_raw_rows([(drawer, tag, harmed)])
        vault.put("entry", ACTS + keys.mailbox_id, b"[]", vault.get("case_key", keys.mailbox_id))
        assert activity.read(vault, TODAY) == Log((), 2)
    world.export("anna")
    world.write("anna", replies.reply, keys, "Nog eens.")
    world.take_in("anna", world.card.raw)
    assert counts(world) == {"imported": 1, "exported": 1, "answered": 1}


def test_log_leaves_no_mark_in_the_file(world: World, keys: ReporterKeys) -> None:
    """Neither a code nor a day of it stands in the vault's file."""
    world.write("anna", replies.reply, keys, "Dag.")
    raw = world.path("anna").read_bytes()
    for looked_for in (*activity.WORDS, TODAY.isoformat(), "2026-11"):
        if len(looked_for) > 5:
            assert looked_for.encode() not in raw
    with Vault.open(world.path("anna"), PASSPHRASE) as vault:
        assert vault.count("activity") == 1
