"""The site carries handlers' notes to handlers alone, and no mailbox page knows of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox import delivered, upkeep
from dropbox.errors import ForeignEnvelope, ForeignHandler
from dropbox.protocol import days, mailbox_page, withdrawal
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.envelope import Direction, envelope_id, parse_header
from dropbox.protocol.letter import Recipient
from dropbox.protocol.note import Note, seal_note
from dropbox.store import MAX_NOTES_HELD
from tests.blind_server import (
    Filed,
    Site,
    contents,
    desk_bundle,
    files_of,
    receipt,
    reply,
    rows,
)
from tests.organisation import TODAY, Handler, Office, office, pinned

MARK = "Dit is het merkwaardige kenmerk"


@pytest.fixture
def channel() -> Office:
    """Return a channel with three handlers."""
    return office("adviseur", "coordinator", "jurist")


def note(
    channel: Office,
    writer: Handler,
    filed: Filed,
    readers: list[Recipient] | None = None,
    text: str = MARK,
) -> Frame:
    """Return a frame with a note, by default to every handler."""
    sealed = seal_note(
        channel.channel,
        writer.seed,
        channel.certificate(writer),
        pinned(filed.keys),
        readers or [each.recipient for each in channel.handlers],
        Note("note", TODAY, 1, 1, text),
    )
    return Frame(FrameType.ENVELOPE, sealed)


def test_note_reaches_every_handler_with_a_slot_and_nobody_else(
    site: Site, channel: Office
) -> None:
    """Its readers collect its very bytes, the writer too; others collect what they did before."""
    writer, reader, other = channel.handlers
    filed = site.file(readers=[writer, reader])
    before = site.collect(other)
    sealed = note(channel, writer, filed, [writer.recipient, reader.recipient])
    result = site.deliver(desk_bundle(channel, writer, 1, sealed))
    assert (result.notes, result.replies, result.dropped, result.surplus) == (1, 0, 0, 0)
    for handler in (writer, reader):
        assert sealed.content in contents(site.collect(handler), FrameType.ENVELOPE)
    assert site.collect(other) == before


def test_note_reaches_no_mailbox_page_and_changes_nothing_on_it(
    site: Site, channel: Office
) -> None:
    """With and without notes: the same frames, the same size, and the same statements."""
    writer = channel.handlers[0]
    filed = site.file()
    site.deliver(desk_bundle(channel, writer, 1, reply(channel, writer, filed)))
    seen: list[str] = []
    database = site.store.connection().conn
    answers = []
    for serial in range(2, 5):
        seen.clear()
        database.set_trace_callback(seen.append)
        raw = [site.mailboxes.page(filed.token, number) for number in range(2)]
        database.set_trace_callback(None)
        answers.append((list(seen), [mailbox_page.unpack(each) for each in raw]))
        assert {len(each) for each in raw} == {mailbox_page.PAGE_BYTES}
        betrayed = [Recipient(bytes(8), filed.keys.x_pk), writer.recipient]
        notes = [note(channel, writer, filed), note(channel, writer, filed, betrayed)]
        site.deliver(desk_bundle(channel, writer, serial, *notes))
        for frame in notes:
            assert all(frame.content[100:200] not in each for each in raw)
    assert answers[0] == answers[1] == answers[2]
    assert rows(site.store, "envelope") == 1 + 1 + 6


def test_page_selects_by_direction_whatever_stands_in_the_table(
    site: Site, channel: Office
) -> None:
    """A page holds only envelopes for the reporter, and names only the reporter's own."""
    writer = channel.handlers[0]
    filed = site.file()
    answer = reply(channel, writer, filed)
    notes = [note(channel, writer, filed) for _ in range(20)]
    site.deliver(desk_bundle(channel, writer, 1, answer, *notes))
    page = site.page(filed)
    assert page is not None
    assert [parse_header(each).direction for each in page.replies] == [Direction.TO_REPORTER]
    assert page.sent == (envelope_id(filed.new.envelope),)
    assert not page.more


def test_full_of_notes_takes_no_more_and_uses_the_rest(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One handler cannot fill the disk with notes, nor hold up a colleague's answers with them."""
    assert MAX_NOTES_HELD * 18 * 1024 < 10 * 2**20
    monkeypatch.setattr(delivered, "MAX_NOTES_HELD", 3)
    writer, colleague, _other = channel.handlers
    filed, elsewhere = site.file(), site.file()
    notes = [note(channel, writer, filed) for _ in range(5)]
    result = site.deliver(desk_bundle(channel, writer, 1, *notes))
    assert (result.notes, result.surplus) == (3, 2)
    answer = reply(channel, colleague, filed)
    late = note(channel, colleague, filed)
    fits = note(channel, colleague, elsewhere)
    result = site.deliver(desk_bundle(channel, colleague, 1, late, notes[0], answer, fits))
    assert (result.replies, result.notes, result.surplus) == (1, 2, 1)
    page = site.page(filed)
    assert page is not None
    assert page.replies == (answer.content,)


def test_reporters_room_is_not_used_up_by_notes(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many notes there are, the reporter can write."""
    monkeypatch.setattr("dropbox.mailbox.MAX_ENVELOPES_HELD", 3)
    writer = channel.handlers[0]
    filed = site.file()
    site.deliver(desk_bundle(channel, writer, 1, *[note(channel, writer, filed)] * 1))
    site.deliver(desk_bundle(channel, writer, 2, *[note(channel, writer, filed) for _ in "abc"]))
    site.append(filed, channel.handlers)
    site.append(filed, channel.handlers)


def test_note_that_comes_twice_is_kept_once(site: Site, channel: Office) -> None:
    """A desk sends again what was not confirmed."""
    writer = channel.handlers[0]
    filed = site.file()
    sealed = note(channel, writer, filed)
    site.deliver(desk_bundle(channel, writer, 1, sealed, sealed))
    assert site.deliver(desk_bundle(channel, writer, 2, sealed)).notes == 1
    assert contents(site.collect(writer), FrameType.ENVELOPE).count(sealed.content) == 1


def test_note_to_no_mailbox_or_to_nobody_is_dropped(site: Site, channel: Office) -> None:
    """After a withdrawal, or without a handler who could collect it, there is nothing to keep."""
    writer = channel.handlers[0]
    gone, here = site.file(), site.file()
    late = note(channel, writer, gone)
    site.mailboxes.withdraw(withdrawal.make(gone.keys), TODAY)
    nobody = note(channel, writer, here, [Recipient(bytes(8), here.keys.x_pk)])
    result = site.deliver(desk_bundle(channel, writer, 1, late, nobody))
    assert (result.notes, result.dropped) == (0, 2)
    assert rows(site.store, "envelope") == 1


def test_note_for_another_channels_mailbox_is_refused(tmp_path: Path) -> None:
    """No handler writes between another channel's handlers, under whichever channel's name."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed = site.file(one)
    stranger = two.handlers[0]
    theirs, ours = note(two, stranger, filed), note(one, one.handlers[0], filed)
    for channel, frame, error in (
        (two, theirs, ForeignEnvelope),
        (two, ours, ForeignEnvelope),
        (one, ours, ForeignHandler),
    ):
        with pytest.raises(error):
            site.deliver(desk_bundle(channel, stranger, 1, frame))
    assert rows(site.store, "envelope") == 1


def test_note_goes_a_month_after_everybody_has_it(site: Site, channel: Office) -> None:
    """As with reports: when the last reader receipted it, a whole month and no longer."""
    writer = channel.handlers[0]
    filed = site.file()
    sealed = note(channel, writer, filed)
    site.deliver(desk_bundle(channel, writer, 1, sealed))
    months = []
    for handler in channel.handlers:
        serial = 2 if handler is writer else 1
        site.deliver(desk_bundle(channel, handler, serial, receipt(sealed.content)))
        months.append(month_of(site, sealed))
    month = days.month_number(TODAY)
    assert months == [month + 13, month + 13, month + 1]
    upkeep.purge(site.store, days.add_months(TODAY, 2), date_is_right=True)
    assert rows(site.store, "envelope") == 1
    assert site.page(filed) is not None


def month_of(site: Site, sealed: Frame) -> int:
    """Return the month in which a note goes."""
    query = "SELECT purge_month FROM envelope WHERE id = ?"
    found = site.store.connection().execute(query, (envelope_id(sealed.content),)).fetchall()
    return int(found[0][0])


def test_note_neither_outlives_its_mailbox_nor_keeps_it(site: Site, channel: Office) -> None:
    """The mailbox goes in the month in which it would have gone, and its notes with it."""
    writer = channel.handlers[0]
    filed = site.file()
    later = days.add_months(TODAY, 2)
    fresh = replace(channel).card_bytes(version=2, today=later)
    sealed = note(channel, writer, filed)
    site.deliver(desk_bundle(channel, writer, 1, Frame(FrameType.CARD, fresh), sealed), today=later)
    assert month_of(site, sealed) == days.month_number(TODAY) + 13
    upkeep.purge(site.store, days.add_months(TODAY, 14), date_is_right=True)
    assert [rows(site.store, each) for each in ("mailbox", "envelope", "slot")] == [0, 0, 0]


def test_withdrawal_takes_notes_along_and_reaches_their_readers(
    site: Site, channel: Office
) -> None:
    """Nothing of a note stays at the site, and who had one hears of the withdrawal."""
    writer, reader, other = channel.handlers
    filed = site.file(readers=[writer])
    sealed = note(channel, writer, filed, [writer.recipient, reader.recipient])
    site.deliver(desk_bundle(channel, writer, 1, sealed))
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    assert sealed.content[200:300] not in files_of(site.store)
    assert [rows(site.store, each) for each in ("envelope", "slot")] == [0, 0]
    assert contents(site.collect(reader), FrameType.WITHDRAWAL) == [command]
    assert contents(site.collect(other), FrameType.WITHDRAWAL) == []


def test_nothing_of_a_notes_words_or_writer_is_at_the_site(site: Site, channel: Office) -> None:
    """Neither its words nor its writer's role or id stand in the database or in a bundle."""
    writer, reader, _other = channel.handlers
    filed = site.file()
    data = desk_bundle(channel, writer, 1, note(channel, writer, filed, text=MARK))
    site.deliver(data)
    for raw in (data, files_of(site.store), site.collect(reader, TODAY + timedelta(days=1))):
        assert MARK.encode() not in raw
        assert channel.certificate(writer) not in raw
