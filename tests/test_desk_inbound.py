"""What a bundle brings is taken in whole or not at all, and nothing in it is believed unchecked."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dropbox.desk import casebook, inbound, keyring, outbox, replies
from dropbox.desk.errors import (
    DayToCome,
    IntakeKeyDestroyed,
    IntakeKeyMissing,
    SecondReport,
    UnknownCase,
)
from dropbox.errors import (
    AlteredEnvelope,
    BadSignature,
    ForeignEnvelope,
    ForeignHandler,
    NotAddressed,
    SlotDoesNotOpen,
)
from dropbox.protocol import reporter, withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.payload import Message, Reply
from tests.desk_world import (
    TODAY,
    World,
    contents,
    damaged_slot,
    envelopes,
    only,
)

MARK = "Dit is het merkwaardige kenmerk"


def test_report_and_message_become_one_thread(world: World, keys: ReporterKeys) -> None:
    """A report and a later message of the same mailbox are one case, in order."""
    summary = world.take_in("anna", world.report(keys), world.message(keys))
    assert (summary.reports, summary.messages) == (1, 1)
    texts = [entry.content.text for entry in world.case("anna", keys).entries]
    assert texts == ["Er is iets gebeurd.", "Nog iets."]


def test_message_that_comes_first_waits_within_a_bundle(world: World, keys: ReporterKeys) -> None:
    """Envelopes come ordered by id, so a message may stand before its report."""
    summary = world.take_in("anna", world.message(keys), world.report(keys))
    assert (summary.reports, summary.messages, summary.waiting) == (1, 1, 0)


def test_message_waits_for_its_report_across_bundles(world: World, keys: ReporterKeys) -> None:
    """A message without its report is kept sealed, shows no case, and is read once it can be."""
    waiting = world.message(keys)
    assert world.take_in("anna", waiting).waiting == 1
    assert world.take_in("anna", waiting).waiting == 1
    with pytest.raises(UnknownCase):
        world.case("anna", keys)
    summary = world.take_in("anna", world.report(keys))
    assert (summary.reports, summary.messages, summary.waiting) == (1, 1, 0)
    assert world.take_in("anna", waiting).duplicates == 1


def test_forged_message_that_waited_is_refused_when_the_report_comes(
    world: World, keys: ReporterKeys
) -> None:
    """What waited is checked against the report's keys like everything else."""
    forger = replace(world.reporter(), mailbox_id=keys.mailbox_id)
    world.take_in("anna", world.message(forger))
    summary = world.take_in("anna", world.report(keys))
    assert only(summary.refused, BadSignature)
    assert (summary.messages, summary.waiting) == (0, 0)


def test_same_bundle_twice_changes_nothing(world: World, keys: ReporterKeys) -> None:
    """A bundle that is imported again is counted and not doubled."""
    items = (world.report(keys), world.message(keys))
    world.take_in("anna", *items)
    before = world.case("anna", keys)
    assert world.take_in("anna", *items).duplicates == 2
    assert world.case("anna", keys) == before


def test_colleagues_reply_joins_the_thread(world: World, keys: ReporterKeys) -> None:
    """Two handlers of a case see the same thread."""
    report = world.report(keys)
    for name in ("anna", "bram"):
        world.take_in(name, report)
    world.write("anna", replies.reply, keys, "Dank je wel.")
    (sealed,) = envelopes(world.export("anna")[2])
    assert world.take_in("bram", sealed).replies == 1
    assert world.case("bram", keys) == world.case("anna", keys)


def test_vault_journal_and_folder_hold_nothing_that_was_reported(
    world: World, keys: ReporterKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the text, the unit, the mailbox id nor the reporter's keys stand in any file in clear."""
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(elsewhere))
    report = world.report(keys, text=MARK, unit="stadsdeel-geheim", name="Naam Geheim")
    looked_for = (MARK.encode(), b"stadsdeel-geheim", b"Naam Geheim", keys.mailbox_id, keys.x_pk)
    seen = []

    def look(place: Path) -> None:
        raw = place.read_bytes()
        seen.append(place.suffix or place.name)
        for mark in looked_for:
            assert mark not in raw
            assert mark.hex().encode() not in raw

    path = world.bundle("anna", report, world.message(keys, text=MARK))
    with world.vault("anna") as vault:
        inbound.import_bundle(vault, path, TODAY)
        with vault.transaction():  # while the journal exists
            replies_and_rows = list(vault.raw_rows())
            vault.load_raw_rows(replies_and_rows)
            for place in tmp_path.glob("anna.vault*"):
                look(place)
    assert sorted(seen) == [".vault", ".vault-journal"]
    look(tmp_path / "anna.vault")
    assert list(elsewhere.iterdir()) == []


def test_slot_that_does_not_open_is_shown_as_damaged(world: World, keys: ReporterKeys) -> None:
    """What is addressed to us and does not open is kept as an item, not lost silently."""
    bad = damaged_slot(world.report(keys))
    summary = world.take_in("anna", bad)
    assert only(summary.damaged, SlotDoesNotOpen)
    with world.vault("anna") as vault:
        (trouble,) = casebook.troubles(vault)
        assert (trouble.damaged, trouble.mailbox_id) == (True, keys.mailbox_id)
        assert outbox.waiting(vault, TODAY).receipts == 0


def test_altered_body_is_shown_as_damaged(world: World, keys: ReporterKeys) -> None:
    """A changed byte in the body is damage that people should see."""
    good = world.report(keys)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    assert only(world.take_in("anna", bad).damaged, AlteredEnvelope)


def test_refused_envelope_does_not_fail_the_import(world: World, keys: ReporterKeys) -> None:
    """One bad envelope is reported; the good ones beside it are read and receipted."""
    foreign = world.report(replace(world.reporter(), mailbox_id=bytes(32)))
    summary = world.take_in("anna", b"MKEN no envelope", foreign, world.report(keys))
    assert summary.reports == 1
    assert sum(summary.refused.values()) == 2
    with world.vault("anna") as vault:
        assert outbox.waiting(vault, TODAY).receipts == 1


def test_desk_refuses_reply_key_substituted_in_mailbox_row(
    world: World, keys: ReporterKeys
) -> None:
    """The desk pins the keys that are in the sealed report; the id must belong to them."""
    other = world.reporter()
    substituted = replace(keys, x_pk=other.x_pk)
    assert only(world.take_in("anna", world.report(substituted)).refused, ForeignEnvelope)
    world.take_in("anna", world.report(keys))
    assert world.case("anna", keys).pinned.x_pk == keys.x_pk


def test_second_report_of_a_mailbox_is_refused(world: World, keys: ReporterKeys) -> None:
    """A mailbox has one report; another one does not replace it."""
    world.take_in("anna", world.report(keys))
    assert only(world.take_in("anna", world.report(keys, text="Anders.")).refused, SecondReport)
    assert world.case("anna", keys).report.text == "Er is iets gebeurd."


def test_envelope_without_our_key_is_shown_as_damaged(world: World, keys: ReporterKeys) -> None:
    """What the site sends to this handler was sealed to them: a key that lacks here is a loss."""
    summary = world.take_in("anna", world.report(keys, "bram"))
    assert only(summary.damaged, IntakeKeyMissing)
    with world.vault("anna") as vault:
        (trouble,) = casebook.troubles(vault)
        assert (trouble.damaged, trouble.mailbox_id) == (True, keys.mailbox_id)
        assert vault.count("case_key") == 0
        assert outbox.waiting(vault, TODAY).receipts == 0


def test_key_that_an_old_backup_lacks_is_told(world: World, keys: ReporterKeys) -> None:
    """A vault from before the newest request reads nothing for it, and says so until it can."""
    with world.vault("anna") as vault:
        old = keyring.load(vault)
        keyring.save_setting(vault, b"desk", replace(old, intake=old.intake[1:]))
    report = world.report(keys)
    assert only(world.take_in("anna", report).damaged, IntakeKeyMissing)
    with world.vault("anna") as vault:
        keyring.save_setting(vault, b"desk", old)
    assert world.take_in("anna", report).reports == 1
    with world.vault("anna") as vault:
        assert list(casebook.troubles(vault)) == []


def test_envelope_with_a_day_to_come_is_refused(world: World, keys: ReporterKeys) -> None:
    """A reporter who claims a far day cannot make the desk stumble over its dates."""
    report = world.report(keys, day=date.max)
    assert only(world.take_in("anna", report).refused, DayToCome)


def test_envelope_to_a_destroyed_intake_key_says_so(world: World, keys: ReporterKeys) -> None:
    """What comes after its key was destroyed is told from what was for somebody else."""
    report = world.report(keys)
    world.today = date(2027, 1, 4)
    with world.vault("anna") as vault:
        keyring.destroy_expired(vault, world.today)
    assert only(world.take_in("anna", report).damaged, IntakeKeyDestroyed)


def test_message_that_waited_too_long_for_its_report_is_shown_as_damaged(
    world: World, keys: ReporterKeys
) -> None:
    """When the report comes after the message's key was destroyed, the loss is not silent."""
    world.take_in("anna", world.message(keys))
    world.today = date(2027, 1, 4)
    with world.vault("anna") as vault:
        keyring.destroy_expired(vault, world.today)
    summary = world.take_in("anna", world.report(keys))
    assert summary.reports == 1
    assert only(summary.damaged, NotAddressed)
    with world.vault("anna") as vault:
        assert [trouble.damaged for trouble in casebook.troubles(vault)] == [True]


def test_later_or_excluded_colleagues_reply_is_refused(world: World, keys: ReporterKeys) -> None:
    """A handler who is not among the report's readers cannot speak in the case."""
    world.add_handler("carla")
    world.pin("carla")
    report = world.report(keys)
    world.take_in("anna", report)
    with world.vault("carla") as vault:
        desk, channel = keyring.load(vault), keyring.channel(vault)
    reply = Reply(TODAY, 2, 1, "x", "closed", (), outcome="advice_given")
    sealed = inbound.handler.seal_reply(
        channel,
        desk.seed,
        world.card.handler(desk.handler_id).certificate.raw,
        world.case("anna", keys).pinned,
        world.recipients("anna"),
        reply,
    )
    assert only(world.take_in("anna", sealed).refused, ForeignHandler)


def test_everything_read_is_receipted_and_nothing_else(world: World, keys: ReporterKeys) -> None:
    """Receipts go for what was read or withdrawn, not for what waits or is damaged."""
    report, waits = world.report(keys), world.message(world.reporter())
    other = world.reporter()
    world.take_in("anna", report, waits, damaged_slot(world.report(world.reporter())))
    world.take_in("anna", withdrawal.make(other))
    frames = world.export("anna")[2]
    assert contents(frames, FrameType.RECEIPT) == {inbound.envelope_id(report)}
    assert contents(frames, FrameType.WITHDRAWAL_RECEIPT) == {other.mailbox_id}


def test_hold_and_resume_come_through(world: World, keys: ReporterKeys) -> None:
    """The reporter's pause reaches the desk sealed, and so does its end."""
    hold = world.message(keys, kind="hold", text="")
    world.take_in("anna", world.report(keys), hold)
    assert world.case("anna", keys).standing().on_hold
    held = inbound.envelope_id(hold)
    resume = reporter.seal_message(
        keys, world.recipients("anna", "bram"), Message("resume", TODAY, 3, 3, (), hold=held)
    )
    world.take_in("anna", resume)
    assert not world.case("anna", keys).standing().on_hold


def test_case_is_found_by_the_beginning_of_its_number(world: World) -> None:
    """A few characters name a case, unless two cases share them."""
    reporters = [world.reporter() for _ in range(20)]
    world.take_in("anna", *[world.report(each) for each in reporters])
    with world.vault("anna") as vault:
        numbers = casebook.numbers(vault)
        assert len(set(numbers.values())) == 20
        for mailbox_id, number in numbers.items():
            assert len(number) >= casebook.SHORTEST_NUMBER
            assert casebook.find(vault, f" {number.upper()} ") == mailbox_id
        for typed in ("", "zz", "f" * 64):
            with pytest.raises(UnknownCase):
                casebook.find(vault, typed)
        with pytest.raises(inbound.casebook.AmbiguousCase):
            casebook.find(vault, most_common(numbers.values()))


def most_common(numbers: object) -> str:
    """Return a first character that two of twenty numbers must share."""
    firsts = [number[0] for number in numbers]  # type: ignore[attr-defined]
    return max(firsts, key=firsts.count)
