"""A support record is a thing of its own: no case in it, and no way to it from a search."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dropbox.desk import support
from dropbox.desk.errors import NotText, UnknownCase
from dropbox.desk.index import Index
from dropbox.desk.support import LinkToAnonymousReport, Offer, Support, UnknownSupport
from dropbox.errors import DropboxError, TextTooLong
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World
from tests.notes_world import MARK


def begun(world: World) -> Support:
    """Begin a record at anna's desk."""
    with world.vault("anna") as vault:
        return support.start(vault, TODAY)


def test_record_keeps_what_was_offered_and_said(world: World) -> None:
    """Offers stand in the order of their days, get newer answers, and can be struck out."""
    found = begun(world)
    earlier, soon = TODAY - timedelta(days=3), TODAY + timedelta(days=7)
    with world.vault("anna") as vault:
        for kind, day, answer in (
            ("talk", TODAY, ""),
            ("legal", earlier, ""),
            ("talk", TODAY, "yes"),
        ):
            support.offer(vault, found.support_id, kind, day, TODAY, answer)
        support.change(
            vault, found.support_id, by=" Anneke \n", appointment=soon, text="Eén.\r\nTwee."
        )
        kept = support.find(vault, found.number.upper())
        assert kept.offers == (Offer("legal", earlier), Offer("talk", TODAY, "yes"))
        assert (kept.by, kept.appointment, kept.text) == ("Anneke", soon, "Eén.\nTwee.")
        support.take_back(vault, found.support_id, "legal", earlier)
        assert support.find(vault, found.number).offers == (Offer("talk", TODAY, "yes"),)


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda v, i: support.offer(v, i, "Jan", TODAY, TODAY), support.OfferUnknown),
        (lambda v, i: support.offer(v, i, "talk", TODAY, TODAY, "misschien"), support.OfferUnknown),
        (
            lambda v, i: support.offer(v, i, "talk", TODAY + timedelta(days=1), TODAY),
            support.OfferInFuture,
        ),
        (lambda v, i: support.change(v, i, by="x" * 101, appointment=None, text=""), TextTooLong),
        (
            lambda v, i: support.change(v, i, by="", appointment=None, text="x" * 20_001),
            TextTooLong,
        ),
        (lambda v, i: support.change(v, i, by="\ud800", appointment=None, text=""), NotText),
        (lambda v, _i: support.find(v, "S-"), UnknownSupport),
        (lambda v, _i: support.find(v, "S-0011223344"), UnknownSupport),
        (lambda v, _i: support.erase(v, b"other"), UnknownSupport),
        (lambda v, i: support.note_at(v, i, bytes(32)), UnknownCase),
    ],
)
def test_what_does_not_fit_changes_nothing(
    world: World, act: object, error: type[DropboxError]
) -> None:
    """Codes, days, lengths and numbers are checked; the record stays as it was."""
    found = begun(world)
    with world.vault("anna") as vault:
        with pytest.raises(error):
            act(vault, found.support_id)  # type: ignore[operator]
        assert support.every(vault) == [found]


def test_search_over_cases_finds_no_record(world: World, keys: ReporterKeys) -> None:
    """Neither the words nor the number of a support record find anything in the list."""
    world.take_in("anna", world.report(keys, mode="confidential", name="Jan"))
    found = begun(world)
    with world.vault("anna") as vault:
        support.change(vault, found.support_id, by="Anneke", appointment=None, text=MARK)
        support.note_at(vault, found.support_id, keys.mailbox_id)
        index = Index(vault, TODAY)
        assert index.read_on(vault)
        for typed in ("Anneke", MARK, found.number, found.support_id.hex()):
            assert index.search.find(typed) == set()
        assert len(index.search.find("gebeurd")) == 1
        assert len(index.rows) == 1


def test_case_says_only_that_records_exist(world: World, keys: ReporterKeys) -> None:
    """The note at a case counts records that still exist, and nothing of it is in the record."""
    world.take_in("anna", world.report(keys, mode="confidential", name="Jan"))
    first, second = begun(world), begun(world)
    with world.vault("anna") as vault:
        for each in (first, first, second):
            support.note_at(vault, each.support_id, keys.mailbox_id)
        assert support.count_at(vault, keys.mailbox_id) == 2
        assert {each.support_id: each for each in support.every(vault)} == {
            each.support_id: each for each in (first, second)
        }
        support.erase(vault, first.support_id)
        assert support.count_at(vault, keys.mailbox_id) == 1
        support.take_off(vault, second.support_id, keys.mailbox_id)
        assert support.count_at(vault, keys.mailbox_id) == 0


def test_anonymous_case_points_at_no_person(world: World, keys: ReporterKeys) -> None:
    """A record cannot be noted at an anonymous case."""
    world.take_in("anna", world.report(keys))
    found = begun(world)
    with world.vault("anna") as vault:
        with pytest.raises(LinkToAnonymousReport):
            support.note_at(vault, found.support_id, keys.mailbox_id)
        assert support.count_at(vault, keys.mailbox_id) == 0


def test_record_outlives_the_case_and_is_erased_by_itself(world: World, keys: ReporterKeys) -> None:
    """A withdrawal leaves the record, which knew no case; erasing it leaves no byte of it."""
    world.take_in("anna", world.report(keys, mode="confidential", name="Jan"))
    found = begun(world)
    with world.vault("anna") as vault:
        long = f"{MARK} " * 500
        support.change(vault, found.support_id, by="", appointment=None, text=long)
        support.note_at(vault, found.support_id, keys.mailbox_id)
    world.take_in("anna", withdrawal.make(keys))
    size = world.path("anna").stat().st_size
    with world.vault("anna") as vault:
        assert support.find(vault, found.number).text == long
        rows = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        support.erase(vault, found.support_id)
        gone = rows - {sealed for _drawer, _tag, sealed in vault.raw_rows()}
    assert gone
    raw = world.path("anna").read_bytes()
    assert len(raw) < size  # rewritten, not only overwritten
    assert not any(sealed[40:72] in raw for sealed in gone)
