"""Desks of one case agree over bundles alone, and what they agree on stays among them."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropbox.desk import backup, notes, outbox, replies
from dropbox.desk.cases import Case
from dropbox.desk.errors import (
    CaseWithdrawn,
    EmptyText,
    ImportFirst,
    NotText,
)
from dropbox.desk.notes import AssigneeCannotRead, TaskUnknown, TooManyNotes
from dropbox.errors import DropboxError, TextTooLong
from dropbox.protocol import reporter, withdrawal
from dropbox.protocol.box import key_id
from dropbox.protocol.envelope import parse_header
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World, envelopes, notes_in
from tests.notes_world import MARK, exchange, letters, report_without_carla, write


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make a channel with three handlers."""
    return World(tmp_path, ("anna", "bram", "carla"))


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna and bram have, and carla may not read."""
    return report_without_carla(world)


def seen_by(world: World, name: str, keys: ReporterKeys) -> tuple[object, ...]:
    """Return everything that a desk concludes of a case."""
    case = world.case(name, keys)
    return case, case.standing(), case.assignment(), case.tasks()


def test_two_desks_agree_over_bundles_alone(world: World, keys: ReporterKeys) -> None:
    """After one exchange both show the same thread, notes, reasons, assignee and tasks."""
    bram = world.handler_id("bram")
    write(world, "anna", notes.write_note, keys, "Zullen we bellen?")
    write(world, "anna", notes.assign, keys, bram, text="Ik ben weg.")
    write(world, "bram", notes.task_done, keys, "supporter_arranged")
    world.write(
        "anna", replies.reply, keys, "x", state="weighed_as_pattern", reason="Vaker gezien."
    )
    exchange(world, "anna", "bram")
    assert seen_by(world, "anna", keys) == seen_by(world, "bram", keys)
    case = world.case("bram", keys)
    assert case.assignee() == bram
    assert [(task.code, task.done) for task in case.tasks()] == [("supporter_arranged", True)]
    ((answer, _reply),) = case.replies
    assert [why.content.text for why in case.reasons(answer.envelope_id)] == ["Vaker gezien."]
    assert [type(entry.content).__name__ for entry in case.entries] == ["Report", "Reply"]


def test_order_of_arrival_changes_nothing(world: World, keys: ReporterKeys) -> None:
    """Whatever comes first, two desks come to the same, and a later turn always counts."""
    anna, bram = world.handler_id("anna"), world.handler_id("bram")
    write(world, "anna", notes.assign, keys, anna)
    write(world, "anna", notes.assign, keys, bram)
    write(world, "anna", notes.task_done, keys, "interim")
    write(world, "anna", notes.task_done, keys, "interim", done=False)
    case = world.case("anna", keys)
    assert (case.assignee(), case.tasks()[0].done) == (bram, False)
    for found in itertools.permutations((*case.entries, *case.notes)):
        assert Case.of(case.pinned, found) == case


def test_two_who_assign_at_once_come_to_one_and_the_loser_is_shown(
    world: World, keys: ReporterKeys
) -> None:
    """At the same turn the higher handler id decides on both desks; a later word ends it."""
    names = sorted(("anna", "bram"), key=world.handler_id)
    for name in names:
        write(world, name, notes.assign, keys, world.handler_id(name))
    exchange(world, "anna", "bram")
    for name in names:
        found = world.case(name, keys).assignment()
        assert found.assignee == world.handler_id(names[1])
        assert [entry.author for entry in found.overruled] == [world.handler_id(names[0])]
    write(world, names[0], notes.assign, keys, world.handler_id(names[0]))
    exchange(world, "anna", "bram")
    for name in names:
        found = world.case(name, keys).assignment()
        assert (found.assignee, found.overruled) == (world.handler_id(names[0]), ())


def test_two_who_agree_at_once_have_no_conflict(world: World, keys: ReporterKeys) -> None:
    """The same said twice is not shown as overruled."""
    for name in ("anna", "bram"):
        write(world, name, notes.assign, keys, world.handler_id("bram"))
        write(world, name, notes.task_done, keys, "interim")
    exchange(world, "anna", "bram")
    case = world.case("anna", keys)
    assert (case.assignment().overruled, case.tasks()[0].overruled) == ((), ())


def test_notes_leave_no_mark_on_turns_that_the_reporter_sees(
    world: World, keys: ReporterKeys
) -> None:
    """A reply's turn and number are the same however many notes were written before it."""
    for number in range(3):
        write(world, "anna", notes.write_note, keys, f"{number}")
    world.write("anna", replies.reply, keys, "Dank je wel.")
    (sealed,) = envelopes(world.export("anna")[2])
    opened = reporter.open_reply(keys, sealed, world.ids).reply
    assert (opened.turn, opened.number) == (2, 1)
    assert opened.seen == (world.case("anna", keys).entries[0].envelope_id,)


def test_note_is_sealed_to_the_cases_readers_on_the_card_alone(
    world: World, keys: ReporterKeys
) -> None:
    """Not to the reporter, not to who was excluded, not to who came later; to the writer, yes."""
    world.add_handler("dirk")
    world.pin("anna")
    data = write(world, "anna", notes.write_note, keys, MARK)
    slots = {slot.key_id for slot in parse_header(data).slots}
    assert slots == {key_id(each.x_pk) for each in world.recipients("anna", "bram")}
    assert key_id(keys.x_pk) not in slots


def test_handler_excluded_later_gets_no_further_note(world: World, keys: ReporterKeys) -> None:
    """From the day that the reporter excludes somebody, notes and the case pass them by."""
    bram = world.handler_id("bram")
    write(world, "anna", notes.assign, keys, bram)
    world.take_in("anna", world.message(keys, "anna", excluded=(bram,)))
    data = write(world, "anna", notes.write_note, keys, MARK)
    assert len(parse_header(data).slots) == 1
    assert world.case("anna", keys).assignee() is None
    with pytest.raises(AssigneeCannotRead):
        write(world, "anna", notes.assign, keys, bram)


def test_withdrawal_erases_notes_and_sends_none(world: World, keys: ReporterKeys) -> None:
    """Nothing of a note survives the case: no text, no envelope, nothing on its way."""
    write(world, "anna", notes.write_note, keys, MARK)
    theirs = write(world, "bram", notes.write_note, keys, MARK)
    world.take_in("anna", theirs)
    with world.vault("anna") as vault:
        before = vault.count("entry")
    world.take_in("anna", withdrawal.make(keys))
    assert notes_in(world.export("anna")[2]) == []
    with world.vault("anna") as vault:
        assert (before, vault.count("entry")) == (5, 0)
        assert outbox.waiting(vault, TODAY).notes == 0
    assert world.take_in("anna", theirs).duplicates == 1
    for act, args in ((notes.write_note, ("x",)), (notes.assign, (None,))):
        with pytest.raises(CaseWithdrawn):
            write(world, "anna", act, keys, *args)


def test_paused_case_can_be_noted_in(world: World, keys: ReporterKeys) -> None:
    """A pause is between the reporter and the handlers; these may still speak to each other."""
    world.take_in("anna", world.message(keys, "anna", "bram", kind="hold", text=""))
    write(world, "anna", notes.write_note, keys, "We wachten.")
    write(world, "anna", notes.assign, keys, world.handler_id("anna"))
    assert world.case("anna", keys).standing().on_hold


def test_notes_go_again_until_confirmed_and_after_a_restore(
    world: World, keys: ReporterKeys
) -> None:
    """As with replies: each bundle has what was not confirmed, and a restored site gets all."""
    data = write(world, "anna", notes.write_note, keys, "x")
    assert notes_in(world.export("anna")[2]) == [data]
    header, digest, frames = world.export("anna")
    assert notes_in(frames) == [data]
    world.take_in("anna", serial=header.serial, accepted=digest)
    assert notes_in(world.export("anna")[2]) == []
    world.take_in("anna", serial=header.serial + 1000)
    with world.vault("anna") as vault:
        assert (outbox.waiting(vault, TODAY).notes, outbox.waiting(vault, TODAY).replies) == (1, 0)
    assert notes_in(world.export("anna")[2]) == [data]


def test_restored_desk_gets_its_own_notes_back(world: World, keys: ReporterKeys) -> None:
    """The writer is among the readers, so the site sends a desk what its backup lacks."""
    with world.vault("anna") as vault:
        backup.backup(vault, world.folder / "anna.backup", TODAY)
    data = write(world, "anna", notes.write_note, keys, "x")
    backup.restore(
        world.folder / "anna.backup",
        world.path("anna"),
        "vier losse woorden",
        TODAY,
        replace_vault=True,
    )
    with pytest.raises(ImportFirst):
        write(world, "anna", notes.write_note, keys, "y")
    summary = world.take_in("anna", data, again=True)
    assert summary.notes == 1
    write(world, "anna", notes.write_note, keys, "y")
    numbers = [entry.note.number for entry in world.case("anna", keys).notes if entry.note]
    assert sorted(numbers) == [1, 2]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n", EmptyText),
        ("x" * 5_001, TextTooLong),
        ("漢" * 4_000, TextTooLong),
        ("\udcff", NotText),
    ],
)
def test_text_that_cannot_be_sent_leaves_nothing(
    world: World, keys: ReporterKeys, text: str, error: type[DropboxError]
) -> None:
    """A note, and a reply whose reason cannot be sealed, are wholly there or not at all."""
    with pytest.raises(error):
        write(world, "anna", notes.write_note, keys, text)
    if error is not EmptyText:
        with pytest.raises(error):
            world.write("anna", replies.close, keys, "Klaar.", "advice_given", reason=text)
    case = world.case("anna", keys)
    assert (case.notes, case.replies, case.standing().state) == ((), [], "")
    assert letters(world.export("anna")[2]) == []


def test_task_needs_a_code(world: World, keys: ReporterKeys) -> None:
    """A task is named by a code, so that no name of a person gets among them."""
    for code in ("", "Steun voor Naam", "x" * 41):
        with pytest.raises(TaskUnknown):
            write(world, "anna", notes.task_done, keys, code)


def test_too_many_notes_are_refused_and_reasons_still_go(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the site would lose notes, the handler hears it; the case can still be closed."""
    monkeypatch.setattr(notes, "MOST_NOTES", 2)
    for text in "ab":
        write(world, "anna", notes.write_note, keys, text)
    with pytest.raises(TooManyNotes):
        write(world, "anna", notes.write_note, keys, "c")
    write(world, "anna", notes.assign, keys, None)
    world.write("anna", replies.close, keys, "x", "advice_given", reason="Klaar.")
    assert len(world.case("anna", keys).notes) == 4


def files(world: World) -> Iterator[bytes]:
    """Yield the bytes of every file in the world's folder."""
    for path in world.folder.iterdir():
        if path.is_file():
            yield path.read_bytes()


def test_no_file_holds_a_notes_words_task_or_assignee(world: World, keys: ReporterKeys) -> None:
    """Neither a vault nor a bundle shows what handlers said, of which task, and of whom."""
    write(world, "anna", notes.write_note, keys, MARK)
    write(world, "anna", notes.task_done, keys, "kenmerk-van-taak", text=MARK)
    write(world, "anna", notes.assign, keys, world.handler_id("bram"), text=MARK)
    world.write("anna", replies.close, keys, MARK, "advice_given", reason=MARK)
    exchange(world, "anna", "bram")
    found = list(files(world))
    assert len(found) > 5
    for raw in found:
        assert MARK.encode() not in raw
        assert b"kenmerk-van-taak" not in raw


def test_excluded_handlers_vault_never_changes_for_a_note(world: World, keys: ReporterKeys) -> None:
    """Nothing that anna writes has a slot for carla, so nothing of it can be hers to collect."""
    (carla,) = world.recipients("carla")
    made = [
        write(world, "anna", notes.write_note, keys, MARK),
        write(world, "anna", notes.assign, keys, None),
        write(world, "anna", notes.task_done, keys, "interim"),
    ]
    world.write("anna", replies.close, keys, "x", "advice_given")
    made += letters(world.export("anna")[2])
    for data in made:
        assert key_id(carla.x_pk) not in {slot.key_id for slot in parse_header(data).slots}
