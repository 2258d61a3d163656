"""Whatever comes as a note is checked like a reply, and what fails a check changes no case."""

from dataclasses import replace
from pathlib import Path

import pytest

from dropbox.desk import keyring, notes, replies
from dropbox.desk.errors import DayToCome, ReaderNotNamed
from dropbox.desk.notes import AssigneeCannotRead
from dropbox.errors import BadSignature, ForeignHandler, MalformedPayload
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.note import Note, seal_note
from tests.desk_world import TODAY, World, envelopes, only
from tests.notes_world import MARK, report_without_carla, write


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make a channel with three handlers."""
    return World(tmp_path, ("anna", "bram", "carla"))


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna and bram have, and carla may not read."""
    return report_without_carla(world)


def forged(
    world: World, keys: ReporterKeys, writer: str, readers: tuple[str, ...], **changes: object
) -> bytes:
    """Seal a note with another handler's vault, by none of the desk's rules."""
    with world.vault(writer) as vault:
        desk, channel = keyring.load(vault), keyring.channel(vault)
    text = replace(Note("note", TODAY, 1, 1, MARK), **changes)  # type: ignore[arg-type]
    certificate = world.card.handler(desk.handler_id).certificate.raw
    pinned = world.case("anna", keys).pinned
    recipients = world.recipients(*readers)
    return seal_note(channel, desk.seed, certificate, pinned, recipients, text)


def test_note_of_an_excluded_or_later_handler_is_refused(world: World, keys: ReporterKeys) -> None:
    """Whoever may not read a case puts nothing in it, also with the server's help."""
    world.add_handler("dirk")
    for writer in ("carla", "dirk"):
        world.pin(writer)
        summary = world.take_in("anna", forged(world, keys, writer, ("anna",)))
        assert only(summary.refused, ForeignHandler)
    assert world.case("anna", keys).notes == ()


def test_note_that_names_others_than_its_readers_is_refused(
    world: World, keys: ReporterKeys
) -> None:
    """What opens here and does not name this desk, or bears a day to come, is shown as refused."""
    early = forged(world, keys, "bram", ("anna", "bram"), day=TODAY.replace(year=2027, month=1))
    assert only(world.take_in("anna", early).refused, DayToCome)
    other = forged(world, keys, "bram", ("anna", "bram"))
    with world.vault("anna") as vault:
        desk = keyring.load(vault)
    stranger = world.recipients("carla")[0]
    mine = replace(world.recipients("anna")[0], handler_id=stranger.handler_id)
    with world.vault("bram") as vault:
        sender, channel = keyring.load(vault), keyring.channel(vault)
    certificate = world.card.handler(sender.handler_id).certificate.raw
    pinned = world.case("anna", keys).pinned
    odd = seal_note(
        channel, sender.seed, certificate, pinned, [mine], Note("note", TODAY, 1, 1, "x")
    )
    assert desk.handler_id != stranger.handler_id
    assert only(world.take_in("anna", odd).refused, ReaderNotNamed)
    assert world.take_in("anna", other).notes == 1


def test_note_that_the_reporter_could_read_is_refused(world: World, keys: ReporterKeys) -> None:
    """A colleague's program that seals a note to the reporter is found out."""
    with world.vault("bram") as vault:
        desk, channel = keyring.load(vault), keyring.channel(vault)
    certificate = world.card.handler(desk.handler_id).certificate.raw
    pinned = world.case("anna", keys).pinned
    readers = [*world.recipients("anna"), replace(world.recipients("bram")[0], x_pk=keys.x_pk)]
    data = seal_note(
        channel, desk.seed, certificate, pinned, readers, Note("note", TODAY, 1, 1, "x")
    )
    assert only(world.take_in("anna", data).damaged, MalformedPayload)
    assert world.case("anna", keys).notes == ()


def test_note_of_another_mailbox_truncated_or_doubled(world: World, keys: ReporterKeys) -> None:
    """A replayed one is refused, a cut one too, and a second copy changes nothing."""
    other = world.reporter()
    for name in ("anna", "bram"):
        world.take_in(name, world.report(other, "anna", "bram"))
    data = write(world, "bram", notes.write_note, keys, "x")
    moved = data[:54] + other.mailbox_id + data[86:]
    assert sum(world.take_in("anna", moved).damaged.values()) == 1
    assert sum(world.take_in("anna", data[:-1]).refused.values()) == 1
    assert world.take_in("anna", data).notes == 1
    again = world.take_in("anna", data, data)
    assert (again.notes, again.duplicates) == (0, 2)
    assert len(world.case("anna", keys).notes) == 1
    assert world.case("anna", other).notes == ()


def test_site_that_signs_a_note_itself_is_not_believed(world: World, keys: ReporterKeys) -> None:
    """Card and certificate are public; the handler's own key is not."""
    with world.vault("bram") as vault:
        desk, channel = keyring.load(vault), keyring.channel(vault)
    certificate = world.card.handler(desk.handler_id).certificate.raw
    pinned = world.case("anna", keys).pinned
    data = seal_note(
        channel,
        bytes(32),
        certificate,
        pinned,
        world.recipients("anna", "bram"),
        Note("note", TODAY, 1, 1, "x"),
    )
    assert only(world.take_in("anna", data).refused, BadSignature)


def test_note_waits_for_its_report_like_a_message(world: World) -> None:
    """A note that comes first is kept sealed, shows no case, and is read once it can be."""
    keys = world.reporter()
    report = world.report(keys, "anna", "bram")
    world.take_in("bram", report)
    data = write(world, "bram", notes.write_note, keys, "x")
    assert world.take_in("anna", data).waiting == 1
    summary = world.take_in("anna", report)
    assert (summary.reports, summary.notes, summary.waiting) == (1, 1, 0)
    assert len(world.case("anna", keys).notes) == 1


def test_note_that_did_not_come_shows_as_a_gap(world: World, keys: ReporterKeys) -> None:
    """Each handler's notes are numbered by themselves, apart from their replies."""
    made = [write(world, "bram", notes.write_note, keys, f"{number}") for number in range(3)]
    world.write("bram", replies.reply, keys, "x")
    (answer,) = envelopes(world.export("bram")[2])
    world.take_in("anna", made[0], made[2], answer)
    (gap,) = world.case("anna", keys).gaps(world.handler_id("anna"))
    assert (gap.author, gap.notes, gap.numbers) == (world.handler_id("bram"), (2,), ())
    world.take_in("anna", made[1])
    assert world.case("anna", keys).gaps(world.handler_id("anna")) == []


@pytest.mark.parametrize("name", ["carla", "dirk"])
def test_case_is_given_to_nobody_who_may_not_read_it(
    world: World, keys: ReporterKeys, name: str
) -> None:
    """Neither who was excluded nor who came later can be named as the one who does it."""
    world.add_handler("dirk")
    world.pin("anna")
    with pytest.raises(AssigneeCannotRead):
        write(world, "anna", notes.assign, keys, world.handler_id(name))
