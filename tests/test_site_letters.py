"""What an opened mailbox says: letters, state, dates owed, and gaps."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.protocol.letter import Recipient
from dropbox.protocol.note import Note, seal_note
from tests.organisation import TODAY, office
from tests.site_client import Desk, World, hidden


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel of two handlers."""
    return World(tmp_path, (office("adviser", "coordinator"),))


def test_reply_is_shown_with_role_day_and_state(world: World) -> None:
    """A letter says who wrote, when, and how the report stands now."""
    words = world.file()
    handler = world.offices[0].handlers[1]
    Desk(world, words).reply(handler, "Regel een.\n\n<b>Regel</b> twee.", state="read")
    page = world.open(words).text
    assert "<h3>coordinator, 21 November 2026</h3>" in page
    assert "Regel een.\n\n&lt;b&gt;Regel&lt;/b&gt; twee." in page
    assert page.count("Your report is read.") == 2


def test_note_between_handlers_is_on_no_page_also_where_the_server_lies(world: World) -> None:
    """An honest server shows the page as it was; a changed one can only show that it fails.

    Also when a handler helped it and sealed the note to the reporter.
    """
    words = world.file()
    desk, (writer, reader) = Desk(world, words), world.offices[0].handlers
    desk.reply(writer, state="read")
    before = main_of(world.open(words).text)
    for readers in ([reader.recipient], [Recipient(bytes(8), desk.pinned.x_pk), reader.recipient]):
        raw = desk.office.certificate(writer)
        note = Note("note", TODAY, 1, 1, "Onder ons gezegd.")
        sealed = seal_note(desk.office.channel, writer.seed, raw, desk.pinned, readers, note)
        desk.deliver(writer, sealed)
        assert main_of(world.open(words).text) == before
    with world.server.store.write() as tables:
        tables.envelopes._database.execute("UPDATE envelope SET direction = 2 WHERE direction = 4")
    page = world.open(words).text
    assert "Onder ons gezegd." not in page
    assert "Dank je wel." in page
    assert main_of(page) != before


def main_of(page: str) -> str:
    """Return what a page says, without the tokens and the filling that differ every time."""
    letters = page[page.index("<h2") : page.index("</main>")]
    return re.sub(r'value="[^"]*"', "", letters)


def test_replies_stand_newest_first_and_the_last_turn_decides(world: World) -> None:
    """Later letters come first; the state is that of the highest turn."""
    words = world.file()
    one, other = world.offices[0].handlers
    desk = Desk(world, words)
    desk.reply(one, "Eerste.", state="received", turn=2)
    desk.reply(other, "Tweede.", state="closed", outcome="measure_team", turn=4, day=TODAY)
    desk.reply(one, "Derde.", state="read", turn=3, number=2)
    page = world.open(words).text
    assert page.index("Tweede.") < page.index("Derde.") < page.index("Eerste.")
    standing = page[page.index("How it stands") : page.index("Replies")]
    assert "Your report is closed." in standing
    assert "Outcome: a measure was taken in a team." in standing


def test_reply_for_a_later_day_stays_hidden_until_then(world: World) -> None:
    """Aftercare is shown from its day, and says nothing before."""
    words = world.file()
    day = TODAY + timedelta(days=30)
    Desk(world, words).reply(
        world.offices[0].handlers[0], "Hoe gaat het nu?", not_before=day, state="closed"
    )
    assert "Hoe gaat het nu?" not in world.open(words).text
    assert "no answer yet" in world.open(words).text
    world.today = day
    assert "Hoe gaat het nu?" in world.open(words).text
    assert "adviser, 21 December 2026" in world.open(words).text


def test_dates_owed_are_shown_and_kept_or_missed(world: World) -> None:
    """Seven days and three months from the report, then what became of them."""
    words = world.file()
    page = world.open(words).text
    assert "At the latest on 28 November 2026 you read here that it was received." in page
    assert "At the latest on 21 February 2027 you read here what was done." in page
    world.today = date(2027, 2, 22)
    page = world.open(words).text
    assert "Receipt was owed on 28 November 2026. It has not come." in page
    assert "You should have heard by 21 February 2027 what was done." in page
    world.today = TODAY
    desk = Desk(world, words)
    desk.reply(world.offices[0].handlers[0], state="received")
    desk.reply(world.offices[0].handlers[1], state="being_handled", turn=3)
    page = world.open(words).text
    assert "Receipt is confirmed." in page
    assert "You were told what is being done." in page


def test_missing_reply_shows_as_a_gap(world: World) -> None:
    """A handler's numbers show that a reply was left out on its way."""
    words = world.file()
    Desk(world, words).reply(world.offices[0].handlers[0], number=3)
    assert "2 earlier replies are missing here." in world.open(words).text


def test_text_that_the_writer_had_not_seen_is_counted(world: World) -> None:
    """The reporter sees whether the last reply knew all that was written."""
    words = world.file()
    handler = world.offices[0].handlers[0]
    (report,) = world.reports(handler)
    world.act(words, "message", text="Nog iets.")
    Desk(world, words).reply(handler, seen=(report.envelope_id,))
    assert "1 of your texts was not seen yet" in world.open(words).text


def test_reply_that_does_not_open_is_shown_as_such(world: World) -> None:
    """A damaged reply is counted on the page and does not hide the others."""
    words = world.file()
    handler = world.offices[0].handlers[0]
    desk = Desk(world, words)
    desk.reply(handler, "Heel.", number=1)
    desk.reply(handler, "Kapot.", number=2)
    connection = world.server.store.connection()
    rows = connection.execute("SELECT id, body FROM envelope WHERE direction = 2").fetchall()
    broken = next(row for row in rows if row[0] == max(row[0] for row in rows))
    damaged = broken[1][:-1] + bytes((broken[1][-1] ^ 1,))
    connection.execute("UPDATE envelope SET body = ? WHERE id = ?", (damaged, broken[0]))
    page = world.open(words).text
    assert "1 reply does not open." in page
    assert ("Heel." in page) != ("Kapot." in page)


def test_older_replies_come_on_asking(world: World) -> None:
    """More replies than fit on a page are shown by a button, newest still first."""
    words = world.file()
    desk, handler = Desk(world, words), world.offices[0].handlers[0]
    for number in range(1, 10):
        desk.reply(handler, f"Brief {number}." + "x" * 3_500, number=number, turn=number + 1)
    first = world.open(words)
    assert "Brief 9." in first.text
    assert "Brief 1." not in first.text
    assert "missing" not in first.text
    second = world.open(words, page=hidden(first.text)["page"])
    more = world.open(words, page=hidden(second.text)["page"])
    assert "Brief 1." in more.text
    assert "Brief 9." in more.text
    assert 'name="page"' not in more.text


@pytest.mark.parametrize("page", ["-1", "x", "\u0663", "99", "1000", "9" * 5_000, ""])
def test_odd_page_number_is_harmless(world: World, page: str) -> None:
    """Whatever stands in the page field, the mailbox opens."""
    assert "<h1>Your mailbox</h1>" in world.open(world.file(), page=page).text
