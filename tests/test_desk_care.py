"""Tasks of care follow from a case by rule, and the handlers' notes say what was done."""

from __future__ import annotations

from datetime import timedelta

from dropbox.desk import care, notes, replies
from dropbox.desk.care import APART, DONE, OPEN, OVER, RESTS, SAFETY, SUPPORTER
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.fields import is_code
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World
from tests.notes_world import exchange

WISHES = {"works_with_subject": "yes", "supporter": "yes"}


def statuses(world: World, name: str, keys: ReporterKeys, days: int = 0) -> dict[str, str]:
    """Return the status of each task by its code, so many days after the report."""
    found = care.tasks(world.case(name, keys), TODAY + timedelta(days=days))
    return {each.code: each.status for each in found}


def tick(world: World, name: str, keys: ReporterKeys, code: str, *, done: bool = True) -> None:
    """Say that a task was done, or is open again."""
    with world.vault(name) as vault:
        notes.task_done(vault, keys.mailbox_id, code, world.today, done=done)


def test_tasks_follow_from_what_the_reporter_chose(world: World) -> None:
    """Working together and wanting a supporter raise a task each; other answers raise none."""
    for changes, wanted in (
        ({}, {}),
        ({"works_with_subject": "no", "supporter": "no"}, {}),
        ({"works_with_subject": "yes"}, {APART: OPEN}),
        (WISHES, {APART: OPEN, SUPPORTER: OPEN}),
    ):
        keys = world.reporter()
        world.take_in("anna", world.report(keys, **changes))
        assert statuses(world, "anna", keys) == wanted


def test_safety_is_asked_for_in_rounds(world: World, keys: ReporterKeys) -> None:
    """After two, six and ten weeks a round is due, and only the last of them."""
    world.take_in("anna", world.report(keys))
    for days, wanted in ((13, {}), (14, {"safety-1": OPEN}), (42, {"safety-2": OPEN})):
        assert statuses(world, "anna", keys, days) == wanted
    tick(world, "anna", keys, "safety-1")
    assert statuses(world, "anna", keys, 20) == {"safety-1": DONE}
    assert statuses(world, "anna", keys, 400) == {"safety-3": OPEN}


def test_handlers_agree_on_what_was_done(world: World, keys: ReporterKeys) -> None:
    """A task that one handler ticked, and opened again, is that on a colleague's desk, too."""
    report = world.report(keys, **WISHES)
    for name in ("anna", "bram"):
        world.take_in(name, report)
    tick(world, "anna", keys, APART)
    exchange(world, "anna", "bram")
    assert statuses(world, "bram", keys) == {APART: DONE, SUPPORTER: OPEN}
    tick(world, "bram", keys, APART, done=False)
    exchange(world, "anna", "bram")
    assert statuses(world, "anna", keys)[APART] == OPEN


def test_tasks_rest_while_the_reporter_pauses(world: World, keys: ReporterKeys) -> None:
    """A pause stops every task, and its days do not count for the next round."""
    hold = world.message(keys, kind="hold", text="")
    world.take_in("anna", world.report(keys, **WISHES), hold)
    assert set(statuses(world, "anna", keys, 30).values()) == {RESTS}
    assert care.to_do(world.case("anna", keys), TODAY + timedelta(days=30)) == ()
    world.today = TODAY + timedelta(days=10)
    later = {"turn": 3, "number": 3, "day": world.today, "hold": envelope_id(hold)}
    world.take_in("anna", world.message(keys, kind="resume", text="", **later))
    assert SAFETY + "-1" not in statuses(world, "anna", keys, 23)
    assert statuses(world, "anna", keys, 24)["safety-1"] == OPEN


def test_words_after_a_closing_are_a_task_each_time(world: World, keys: ReporterKeys) -> None:
    """What is written after the closing asks to be read, again with each letter, until answered."""
    world.take_in("anna", world.report(keys, **WISHES))
    tick(world, "anna", keys, SUPPORTER)
    world.write("anna", replies.close, keys, "Dag.", "pattern_noted")
    assert statuses(world, "anna", keys, 30) == {APART: OVER, SUPPORTER: DONE}
    world.take_in("anna", world.message(keys, turn=9, number=2, text="Het begint weer."))
    assert statuses(world, "anna", keys)["aftercare-2"] == OPEN
    tick(world, "anna", keys, "aftercare-2")
    assert care.to_do(world.case("anna", keys), TODAY) == ()
    world.take_in("anna", world.message(keys, turn=10, number=3, text="Nu weer."))
    assert [each.code for each in care.to_do(world.case("anna", keys), TODAY)] == ["aftercare-3"]
    world.write("anna", replies.reply, keys, "Dank je.")
    assert care.to_do(world.case("anna", keys), TODAY) == ()


def test_anonymous_report_gets_words_that_ask_nobody_who(world: World, keys: ReporterKeys) -> None:
    """For an anonymous report the task says what works for everyone, and never to ask who."""
    for rule in care.RULES:
        same = care.how(rule, "anonymous") == care.how(rule, "confidential")
        assert same == (rule != APART)
    assert "never who anybody is" in care.how(APART, "anonymous")


def test_codes_can_travel_and_have_titles() -> None:
    """Every code that the rules make fits a note and is known again; others are not."""
    codes = (APART, SUPPORTER, "safety-1", "safety-3", "aftercare-1000000")
    assert all(is_code(code) and care.title(code) for code in codes)
    assert not any(care.title(code) for code in ("safety", "supporter-1", "safety-x", "other", ""))
