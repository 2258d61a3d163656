"""Handlers speak to each other by command, and what they say stands apart from the thread."""

import pytest

from dropbox.protocol import bundle, keys
from dropbox.protocol.envelope import Direction
from tests.desk_office import Office
from tests.desk_world import envelopes


@pytest.fixture
def sender(office: Office) -> keys.ReporterKeys:
    """Return a reporter whose report both have."""
    found = office.reporter()
    office.bring(office.report(found, "Er is iets."))
    for name in ("anna", "bram"):
        office.ok(name, "import", office.place(f"{name}.bundle"))
    return found


def carry(office: Office, sender: keys.ReporterKeys, one: str, other: str) -> str:
    """Bring one desk's letters to another; return what the import printed."""
    office.ok(one, "export", "--out", office.place("out.bundle"))
    with (office.folder / "out.bundle").open("rb") as file:
        frames = list(bundle.BundleReader(file.read).frames())
    office.bring(*envelopes(frames), *envelopes(frames, Direction.TO_COLLEAGUES))
    return office.ok(other, "import", office.place(f"{other}.bundle"))


def test_colleague_reads_notes_apart_from_the_thread(
    office: Office, sender: keys.ReporterKeys
) -> None:
    """A note, a reason, a task and who does it come over, after the reporter's own thread."""
    number = office.number("anna", sender)
    said = office.ok("anna", "note", number, "--text", "Zullen we bellen?")
    assert "The reporter does not see it." in said
    assert "done by role anna" in office.ok("anna", "assign", number, "--me")
    office.ok("anna", "task", number, "supporter_arranged")
    answer = ("--text", "Dank je.", "--state", "weighed_as_pattern", "--reason", "Vaker gezien.")
    office.ok("anna", "reply", number, *answer)
    assert "Notes to other handlers: 4" in office.ok("anna", "receipts")
    printed = carry(office, sender, "anna", "bram")
    assert "New notes of colleagues: 4" in printed
    assert "done by role anna" in printed
    shown = office.ok("bram", "read", number)
    thread, notes = shown.split("Between the handlers; the reporter never sees this:")
    for text in ("│ Er is iets.", "│ Dank je."):
        assert text in thread
    for text in ("│ Zullen we bellen?", "│ Vaker gezien.", "why the state changed"):
        assert text in notes
        assert text not in thread
    assert "task supporter_arranged: done" in notes
    assert office.replies(sender) == ["Dank je."]


def test_who_does_it_is_named_by_id_or_nobody(office: Office, sender: keys.ReporterKeys) -> None:
    """The list shows it until it is taken back; a slip names nobody."""
    number = office.number("anna", sender)
    bram = next(h.handler_id for h in office.card.handlers if h.role["en"] == "role bram")
    assert "done by role bram" in office.ok("anna", "assign", number, bram.hex()[:6].upper())
    assert "done by role bram" in office.ok("anna", "list")
    assert "done by" not in office.ok("anna", "assign", number, "--nobody", "--reason", "Vrij.")
    assert "done by" not in office.ok("anna", "list")
    assert "done by nobody" in office.ok("anna", "read", number)
    assert "no such handler" in office.refused("anna", "assign", number, "zz")
    for words in ((), ("--me", "--nobody"), (bram.hex(), "--me")):
        assert office.run("anna", "assign", number, *words).exit_code == 2


def test_overruled_assignment_is_shown(office: Office, sender: keys.ReporterKeys) -> None:
    """Two who take a case at the same time both see who does it, and that the other does not."""
    number = office.number("anna", sender)
    for name in ("anna", "bram"):
        office.ok(name, "assign", number, "--me")
    carry(office, sender, "anna", "bram")
    carry(office, sender, "bram", "anna")
    shown = [office.ok(name, "read", number) for name in ("anna", "bram")]
    assert shown[0] == shown[1]
    assert shown[0].count("This does not count: a colleague wrote at the same time.") == 1


def test_change_of_state_without_a_reason_is_one_line(
    office: Office, sender: keys.ReporterKeys
) -> None:
    """The command says what is missing and does nothing."""
    number = office.number("anna", sender)
    for words in (
        ("reply", number, "--text", "x", "--state", "weighed_as_pattern"),
        ("close", number, "--text", "x", "--outcome", "pattern_noted"),
    ):
        assert "Say why the state changes" in office.refused("anna", *words)
    assert "Replies: 0" in office.ok("anna", "receipts")


def test_notes_words_cannot_touch_the_terminal(office: Office, sender: keys.ReporterKeys) -> None:
    """A colleague's text is a stranger's text, too."""
    number = office.number("anna", sender)
    office.ok("anna", "note", number, "--text", "\x1b[2J\nNew reports: 99\n\u202ex")
    carry(office, sender, "anna", "bram")
    shown = office.ok("bram", "read", number)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "│ New reports: 99" in shown
    assert not any(line.startswith("New reports: 99") for line in shown.splitlines())


def test_missing_note_and_missing_letter_are_named(
    office: Office, sender: keys.ReporterKeys
) -> None:
    """A gap says whose note did not come."""
    number = office.number("anna", sender)
    office.ok("anna", "note", number, "--text", "een")
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    with (office.folder / "out.bundle").open("rb") as file:
        first = envelopes(list(bundle.BundleReader(file.read).frames()), Direction.TO_COLLEAGUES)
    office.ok("anna", "note", number, "--text", "twee")
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    with (office.folder / "out.bundle").open("rb") as file:
        both = envelopes(list(bundle.BundleReader(file.read).frames()), Direction.TO_COLLEAGUES)
    office.bring(*(set(both) - set(first)))
    office.ok("bram", "import", office.place("bram.bundle"))
    assert "Missing here: notes 1 of role anna." in office.ok("bram", "read", number)
