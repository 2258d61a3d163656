"""A withdrawal erases a case for good; nothing that comes later brings it back."""

from datetime import date

import pytest

from dropbox.desk import casebook, replies
from dropbox.desk.errors import CaseWithdrawn
from dropbox.errors import BadSignature, MalformedWithdrawal
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import World, damaged_slot, envelopes, only


def test_withdrawal_erases_the_case_and_leaves_a_count(world: World, keys: ReporterKeys) -> None:
    """After a withdrawal nothing of the case is left: no key, no row, no byte."""
    with world.vault("anna") as vault:
        empty = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
    world.take_in("anna", world.report(keys), world.message(keys))
    with world.vault("anna") as vault:
        full = {sealed for _drawer, _tag, sealed in vault.raw_rows()} - empty
    summary = world.take_in("anna", withdrawal.make(keys))
    assert (summary.withdrawals, summary.final_on) == (1, date(2027, 1, 4))
    with world.vault("anna") as vault:
        left = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        assert vault.count("case_key") == vault.count("casebook") == vault.count("entry") == 0
        assert vault.count("withdrawn") == 1
        with pytest.raises(CaseWithdrawn):
            casebook.open_book(vault, keys.mailbox_id)
    raw = world.path("anna").read_bytes()
    assert not any(sealed[40:72] in raw for sealed in full - left)


def test_old_bundle_after_withdrawal_does_not_resurrect_case(
    world: World, keys: ReporterKeys
) -> None:
    """A bundle from before the withdrawal, imported after it, brings nothing back."""
    report, message = world.report(keys), world.message(keys)
    world.take_in("anna", report)
    world.take_in("anna", withdrawal.make(keys))
    summary = world.take_in("anna", report, message)
    assert (summary.reports, summary.messages) == (0, 0)
    assert (summary.duplicates, summary.after_withdrawal) == (1, 1)
    with world.vault("anna") as vault:
        assert list(casebook.ids(vault)) == []
        assert vault.count("case_key") == 0


def test_withdrawal_before_its_report_keeps_the_report_out(
    world: World, keys: ReporterKeys
) -> None:
    """A withdrawal counts also for a case that this desk never saw."""
    summary = world.take_in("anna", withdrawal.make(keys), world.report(keys))
    assert (summary.withdrawals, summary.reports, summary.after_withdrawal) == (1, 0, 1)


def test_withdrawal_erases_what_waits_and_what_was_damaged(
    world: World, keys: ReporterKeys
) -> None:
    """Messages without a report and damaged items of the mailbox go too."""
    world.take_in("anna", world.message(keys), damaged_slot(world.report(keys)))
    with world.vault("anna") as vault:
        assert vault.count("trouble") == 1
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        assert vault.count("trouble") == vault.count("entry") == 0


def test_forged_withdrawal_is_refused(world: World, keys: ReporterKeys) -> None:
    """Only the holder of the reply code can withdraw."""
    world.take_in("anna", world.report(keys))
    other = withdrawal.make(world.reporter())
    forged = keys.mailbox_id + other[32:]
    assert only(world.take_in("anna", forged).refused, MalformedWithdrawal)
    unsigned = withdrawal.make(keys)[:96] + bytes(64)
    assert only(world.take_in("anna", unsigned).refused, BadSignature)
    assert world.case("anna", keys)


def test_withdrawal_erases_a_case_that_is_damaged(world: World, keys: ReporterKeys) -> None:
    """A broken row does not save a case from being erased: its key goes, and all that waits."""
    world.take_in("anna", world.report(keys))
    world.write("anna", replies.reply, keys, "Nog onderweg.")
    with world.vault("anna") as vault:
        rows = [row for row in vault.raw_rows() if row[0] in (6, 7)]
        assert len(rows) == 5  # the book, two entries, what was sealed, the count of acts
        for drawer, tag, sealed in rows:
            vault.load_raw_rows([(drawer, tag, sealed[:-1] + bytes([sealed[-1] ^ 1]))])
    assert world.take_in("anna", withdrawal.make(keys)).withdrawals == 1
    with world.vault("anna") as vault:
        assert vault.count("case_key") == vault.count("casebook") == 0
        assert casebook.is_withdrawn(vault, keys.mailbox_id)
    assert envelopes(world.export("anna")[2]) == []
