"""Bundles to the site: numbered once, complete until confirmed, whole on the disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from dropbox.desk import outbound, outbox, replies
from dropbox.desk.errors import ImportFirst, NotAHandlersVault, NotOurFile
from dropbox.desk.served_card import Notice
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleReader, FrameType
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import SITE_ID, TODAY, World, contents, envelopes


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna has answered."""
    found = world.reporter()
    world.take_in("anna", world.report(found))
    world.write("anna", replies.reply, found, "Dank je wel.")
    return found


def test_bundle_is_signed_numbered_and_addressed(world: World, keys: ReporterKeys) -> None:
    """The site can see whose it is, that it is whole, and which number it has."""
    header, _digest, frames = world.export("anna")
    assert (header.direction, header.site_id) == (BundleDirection.TO_SITE, SITE_ID)
    assert header.channel_pk == world.card.channel_pk
    assert (header.handler_id, header.serial) == (world.handler_id("anna"), 1)
    with (world.folder / "from-anna.bundle").open("rb") as file:
        reader = BundleReader(file.read)
        list(reader.frames())
    reader.verify(world.card.handler(header.handler_id).certificate.ed_pk)
    assert contents(frames, FrameType.CARD) == {world.card.raw}


def test_unconfirmed_items_go_again_under_a_new_number(world: World, keys: ReporterKeys) -> None:
    """Until the site confirms, every bundle holds everything; no number is used twice."""
    first, second = world.export("anna"), world.export("anna")
    assert (first[0].serial, second[0].serial) == (1, 2)
    for kind in (FrameType.ENVELOPE, FrameType.RECEIPT):
        assert contents(first[2], kind) == contents(second[2], kind) != set()


def test_confirmed_items_go_no_more(world: World, keys: ReporterKeys) -> None:
    """What the site confirmed is dropped; what was written since stays."""
    header, digest, _frames = world.export("anna")
    world.write("anna", replies.reply, keys, "Nog iets.")
    world.take_in("anna", serial=header.serial, accepted=digest)
    left = envelopes(world.export("anna")[2])
    assert len(left) == 1
    assert left != envelopes(_frames)


def test_confirming_a_later_bundle_confirms_the_earlier_ones(
    world: World, keys: ReporterKeys
) -> None:
    """A bundle that was never delivered is covered by a later one that was."""
    world.export("anna")
    header, digest, _frames = world.export("anna")
    world.take_in("anna", serial=header.serial, accepted=digest)
    with world.vault("anna") as vault:
        assert vault.count("outbox") == 0
        assert outbox.courier(vault).sent == ()


def test_bundle_that_was_not_ours_confirms_nothing_and_alarms(
    world: World, keys: ReporterKeys
) -> None:
    """When the site names a hash or number that this vault did not make, people are told."""
    header, _digest, frames = world.export("anna")
    for serial in (header.serial, header.serial + 5):
        summary = world.take_in("anna", serial=serial, accepted=bytes([7]) * 32)
        assert summary.notices == [Notice.UNKNOWN_BUNDLE]
    again = world.export("anna")
    assert envelopes(again[2]) == envelopes(frames)
    assert again[0].serial > header.serial + 5


def test_absurd_number_from_the_site_does_not_use_up_our_numbers(
    world: World, keys: ReporterKeys
) -> None:
    """The site's word is not signed: it cannot push our numbers to their end."""
    world.take_in("anna", serial=2**63 - 1, accepted=bytes(32))
    assert world.export("anna")[0].serial == 1


def test_old_confirmation_is_no_alarm(world: World, keys: ReporterKeys) -> None:
    """A bundle that was collected earlier and comes later names an older number: that is fine."""
    old = world.export("anna")
    new = world.export("anna")
    world.take_in("anna", serial=new[0].serial, accepted=new[1])
    assert world.take_in("anna", serial=old[0].serial, accepted=old[1]).notices == []
    assert world.take_in("anna").notices == []


def test_receipt_goes_again_when_the_site_sends_the_envelope_again(world: World) -> None:
    """A site that was restored sends again what we had: it gets its receipt again."""
    report = world.report(world.reporter())
    world.take_in("anna", report)
    header, digest, _frames = world.export("anna")
    world.take_in("anna", serial=header.serial, accepted=digest)
    assert contents(world.export("anna")[2], FrameType.RECEIPT) == set()
    world.take_in("anna", report, serial=header.serial, accepted=digest)
    assert len(contents(world.export("anna")[2], FrameType.RECEIPT)) == 1


def test_failed_export_uses_no_number_and_leaves_no_file(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails on the way, the next bundle has the same number, and no half file."""

    def fail(vault: object, path: Path) -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr(outbound, "_check", fail)
    before = set(world.folder.iterdir())
    with pytest.raises(OSError, match="disk full"):
        world.export("anna")
    assert set(world.folder.iterdir()) == before
    monkeypatch.undo()
    assert world.export("anna")[0].serial == 1


def test_number_is_kept_before_the_file_takes_its_name(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that dies just before the file appears has used the number up."""

    def die(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        world.export("anna")
    monkeypatch.undo()
    assert not (world.folder / "from-anna.bundle").exists()
    assert world.export("anna")[0].serial == 2


def test_bundle_never_takes_another_files_place(world: World) -> None:
    """A typing error does not overwrite a vault or anything else that is not ours."""
    for place in (world.path("bram"), world.folder / "notes"):
        place.touch()
        before = place.read_bytes()
        with world.vault("anna") as vault, pytest.raises(NotOurFile):
            outbound.export(vault, place, TODAY)
        assert place.read_bytes() == before


def test_owners_vault_and_restored_vault_do_not_export(world: World) -> None:
    """Who has no card, or does not know the site's count yet, sends nothing."""
    with world.vault("anna") as vault:
        outbox.save_courier(vault, replace(outbox.courier(vault), import_first=True))
    with pytest.raises(ImportFirst):
        world.export("anna")
    with world.vault("owner") as vault, pytest.raises(NotAHandlersVault):
        outbound.export(vault, world.folder / "x", TODAY)


def test_withdrawal_takes_waiting_replies_and_receipts_with_it(
    world: World, keys: ReporterKeys
) -> None:
    """After a withdrawal the next bundle holds only its receipt."""
    world.take_in("anna", withdrawal.make(keys))
    frames = world.export("anna")[2]
    assert {each.type for each in frames} == {FrameType.CARD, FrameType.WITHDRAWAL_RECEIPT}


def test_summary_says_what_went(world: World, keys: ReporterKeys) -> None:
    """The count on the screen is that of the bundle."""
    with world.vault("anna") as vault:
        exported = outbound.export(vault, world.folder / "x", TODAY)
    assert exported == outbound.Exported(1, 1, outbox.Waiting(1, 1, 0, 0))
