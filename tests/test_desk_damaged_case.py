"""One damaged case stops neither what comes in nor what goes out."""

from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.desk import backup, outbound, outbox, replies
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import PASSPHRASE, World, envelopes
from tests.test_desk_list import harm


@pytest.fixture
def answered(world: World, keys: ReporterKeys) -> ReporterKeys:
    """Take in two reports and answer both; return the reporter of the second."""
    other = world.reporter()
    world.take_in("anna", world.report(keys), world.report(other))
    for each in (keys, other):
        world.write("anna", replies.reply, each, "Dank je wel.")
    return other


def waiting(world: World) -> int:
    """Return how many replies wait."""
    with world.vault("anna") as vault:
        return outbox.waiting(vault, world.today).replies


def test_reply_of_a_damaged_case_waits_and_the_others_go(
    world: World, keys: ReporterKeys, answered: ReporterKeys, tmp_path: Path
) -> None:
    """It is named, and no bundle without it confirms it; from a backup it goes after all."""
    saved = tmp_path / "saved"
    with world.vault("anna") as vault:
        backup.backup(vault, saved, world.today)
    (_header, _hash, frames) = world.export("anna")
    assert len(envelopes(frames)) == 2
    harm(world, "casebook", keys.mailbox_id)
    with world.vault("anna") as vault:
        exported = outbound.export(vault, tmp_path / "out.bundle", world.today)
    assert exported.left_out == 1
    header, hash_, frames = world.export("anna")
    assert len(envelopes(frames)) == 1
    world.take_in("anna", serial=header.serial, accepted=hash_)
    assert waiting(world) == 1
    backup.restore(saved, world.path("anna"), PASSPHRASE, world.today, replace_vault=True)
    world.take_in("anna", world.card.raw, serial=header.serial, accepted=hash_, again=True)
    assert len(envelopes(world.export("anna")[2])) == 2
    assert answered


def test_confirmed_reply_of_a_damaged_case_stops_no_import(
    world: World, keys: ReporterKeys, answered: ReporterKeys
) -> None:
    """The bundle that confirms a reply brings everything else, whatever became of its case."""
    header, hash_, _frames = world.export("anna")
    harm(world, "casebook", keys.mailbox_id)
    later = world.report(world.reporter())
    assert world.take_in("anna", later, serial=header.serial, accepted=hash_).reports == 1
    assert waiting(world) == 0
    assert answered


def test_reply_of_a_case_that_is_gone_stops_neither_import_nor_export(
    world: World, keys: ReporterKeys, answered: ReporterKeys
) -> None:
    """With the row of a case's key gone, one reply is held back and nothing else waits."""
    header, hash_, _frames = world.export("anna")
    with world.vault("anna") as vault:
        vault.delete("case_key", keys.mailbox_id)
        exported = outbound.export(vault, world.folder / "out.bundle", world.today)
    assert exported.left_out == 1
    assert len(envelopes(world.export("anna")[2])) == 1
    world.take_in("anna", serial=header.serial, accepted=hash_)
    assert waiting(world) == 1
    assert answered


def test_confirmed_reply_of_a_case_that_is_gone_is_let_go(
    world: World, keys: ReporterKeys, answered: ReporterKeys
) -> None:
    """Ninety days on, the import forgets it as any other."""
    header, hash_, _frames = world.export("anna")
    confirmed = {"serial": header.serial, "accepted": hash_}
    world.take_in("anna", **confirmed)
    with world.vault("anna") as vault:
        assert vault.count("confirmed") == 2
        vault.delete("case_key", keys.mailbox_id)
    world.today += timedelta(days=outbox.KEPT_DAYS + 1)
    world.take_in("anna", **confirmed)
    with world.vault("anna") as vault:
        assert vault.count("confirmed") == 0
    assert answered
