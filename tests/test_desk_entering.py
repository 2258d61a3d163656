"""What is still being entered, and what was entered by mistake: decisions, and leaving no trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dropbox.desk import casebook, entering, intake, measures, outbox, replies
from dropbox.desk.entering import AgreementMissing, EntryDraft, PeopleInvalid
from dropbox.desk.errors import EmptyText, NotText, UnknownCase
from dropbox.desk.intake import EntryIsOut
from dropbox.desk.vault import DRAWERS
from dropbox.errors import TextTooLong
from tests.desk_world import TODAY, World
from tests.test_desk_intake import enter, holder, letter

SIGNAL = "Mevrouw Jansen schreeuwt, merkteken-wielewaal."


def rows(world: World) -> dict[str, int]:
    """Count the rows of each drawer of anna's vault."""
    with world.vault("anna") as vault:
        return {drawer: vault.count(drawer) for drawer in DRAWERS}


def test_mistaken_entry_leaves_no_row(world: World) -> None:
    """Thrown away before a bundle, answered or not: no key, no case, no number, nothing to send."""
    with world.vault("anna") as vault, vault.transaction():
        outbox.save_courier(vault, outbox.courier(vault))
    before = rows(world)
    entered = enter(world, mode="confidential")
    world.write("anna", replies.reply, holder(world, entered), "Dank.", state="in_conversation")
    with world.vault("anna") as vault:
        measures.add(vault, entered.mailbox_id, measures.MEASURE, "survey", TODAY, TODAY)
        intake.discard(vault, entered.mailbox_id)
        assert not casebook.is_withdrawn(vault, entered.mailbox_id)
        with pytest.raises(UnknownCase):
            casebook.open_book(vault, entered.mailbox_id)
    assert rows(world) == before
    _header, _hash, frames = world.export("anna")
    assert len(frames) == 1  # the card


def test_what_a_bundle_had_stays(world: World) -> None:
    """A case whose mailbox went into a bundle is not thrown away, nor one that came in one."""
    entered = enter(world)
    world.export("anna")
    keys = world.reporter()
    world.take_in("anna", world.report(keys))
    with world.vault("anna") as vault:
        for mailbox_id in (entered.mailbox_id, keys.mailbox_id):
            with pytest.raises(EntryIsOut):
                intake.discard(vault, mailbox_id)


@pytest.mark.parametrize("confirmed", [False, True])
def test_restored_site_makes_no_mailbox_new(world: World, confirmed: bool) -> None:
    """Although all goes again after a restore, what somebody may have is not thrown away."""
    entered = enter(world)
    header, hash_, _frames = world.export("anna")
    with world.vault("anna") as vault:
        with vault.transaction():
            if confirmed:
                assert outbox.settle(vault, header.serial, hash_, TODAY)
            assert outbox.start_over(vault, header.serial + 5, bytes(32), TODAY)
        with pytest.raises(EntryIsOut):
            intake.discard(vault, entered.mailbox_id)
        with pytest.raises(intake.CodeIsOut):
            intake.anew(vault, entered.mailbox_id, TODAY)


def test_draft_goes_with_its_key(world: World) -> None:
    """A draft is one row and one key; both go, and the file shows its text at no time."""
    before = rows(world)
    with world.vault("anna") as vault:
        assert entering.load(vault) == EntryDraft()
        entering.save(vault, EntryDraft(SIGNAL, people="12"))
        entering.save(vault, EntryDraft(SIGNAL, people="13"))
        assert entering.load(vault).people == "13"
        during = vault.path.read_bytes()
        with vault.transaction():
            entering.drop(vault)
    assert b"wielewaal" not in during
    assert rows(world) == before


def test_other_text_undoes_decisions(world: World) -> None:
    """What was decided about names was decided about that very text, in that language."""
    draft = EntryDraft(SIGNAL, kept=("8-14",), agreed=True, looked=True)
    with world.vault("anna") as vault:
        entering.save(vault, EntryDraft(SIGNAL))
        entering.save(vault, draft)
        assert entering.load(vault) == draft
        entering.save(vault, replace(draft, unit="parks"))
        assert entering.load(vault).looked
        for changed in (replace(draft, text=SIGNAL + "!"), replace(draft, language="en")):
            entering.save(vault, changed)
            found = entering.load(vault)
            assert (found.kept, found.agreed, found.looked) == ((), False, False)
        with pytest.raises(NotText):
            entering.save(vault, EntryDraft("\ud800"))


def test_names_stay_only_on_a_word() -> None:
    """What was found goes; what is to stay, or was not looked through, needs somebody's word."""
    found = intake.suggest(SIGNAL, intake.redactor("nl"))
    (name,) = [entering.name_of(each) for each in found.spans]
    draft = EntryDraft(SIGNAL)
    assert "Jansen" not in entering.masked(draft, found)
    assert "[weggelaten]" in entering.masked(draft, found)
    kept = replace(draft, kept=(name,))
    for asked, given in ((kept, found), (draft, None)):
        with pytest.raises(AgreementMissing):
            entering.masked(asked, given)
        assert entering.masked(replace(asked, agreed=True), given) == SIGNAL


@pytest.mark.parametrize("people", ["", "0", "-1", "10001", "twaalf", "1.5", "²", "9" * 5000])
def test_number_of_people_is_one_that_makes_sense(people: str) -> None:
    """Anything else is a problem of that field, and no report."""
    (problem,) = entering.problems(EntryDraft(SIGNAL, people=people))
    assert problem[0] == "people"
    with pytest.raises(PeopleInvalid):
        entering.report(EntryDraft(SIGNAL, people=people), SIGNAL, TODAY)


def test_report_is_what_was_filled_in(world: World) -> None:
    """Every field of the draft is in the report that is entered."""
    excluded = world.handler_id("bram")
    draft = EntryDraft(
        SIGNAL, "council", " 3 ", "confidential", "en", "naam", "nummer", ("bullying",), ("age",),
        "parks", "earlier", "yes", "no", (excluded,),
    )  # fmt: skip
    expected = letter(
        text="x", origin="council", people=3, mode="confidential", language="en", name="naam",
        contact="nummer", conduct=("bullying",), grounds=("age",), unit="parks",
        period="earlier", works_with_subject="yes", supporter="no", excluded=(excluded,),
    )  # fmt: skip
    assert entering.report(draft, "x", TODAY) == expected
    kinds = {type(error) for _field, error in entering.problems(EntryDraft(" "))}
    assert kinds == {EmptyText}
    (long,) = entering.problems(EntryDraft("a" * 20_001))
    assert isinstance(long[1], TextTooLong)
