"""The desk's commands walk the whole loop, and every failure is one line."""

import sqlite3
from datetime import date, timedelta

import pytest

from dropbox.cli.desk import desk
from dropbox.desk import casebook
from dropbox.desk.vault import Vault
from dropbox.protocol import bundle, withdrawal
from dropbox.protocol.bundle import FrameType
from tests.desk_office import Office
from tests.desk_world import PASSPHRASE, TODAY, envelopes


def test_whole_loop_by_commands(office: Office) -> None:
    """A report is imported, read, answered and exported, and the reporter reads the answer."""
    sender = office.reporter()
    office.bring(office.report(sender, "Er is iets.", conduct=("bullying",), unit="parks"))
    printed = office.ok("anna", "import", office.place("anna.bundle"))
    assert "New reports: 1" in printed
    number = office.number("anna", sender)
    assert number in printed
    shown = office.ok("anna", "read", number[:6])
    for expected in ("│ Er is iets.", "bullying", "Parks", "anonymous", "role anna", "role bram"):
        assert expected in shown
    office.ok("anna", "reply", number, "--text", "Dank je wel.", "--state", "read")
    assert "Bundle 1" in office.ok("anna", "export", "--out", office.place("out.bundle"))
    assert office.replies(sender) == ["Dank je wel."]


def test_two_handlers_see_the_same_thread(office: Office) -> None:
    """A colleague reads report and reply as the writer does."""
    sender = office.reporter()
    office.bring(office.report(sender, "Er is iets."))
    office.ok("anna", "import", office.place("anna.bundle"))
    office.ok("anna", "reply", office.number("anna", sender), "--text", "Dank je wel.")
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    with (office.folder / "out.bundle").open("rb") as file:
        sealed = envelopes(list(bundle.BundleReader(file.read).frames()))
    office.bring(office.report(sender, "Er is iets."), *sealed)
    office.ok("bram", "import", office.place("bram.bundle"))
    thread = office.ok("bram", "read", office.number("bram", sender))
    assert "│ Er is iets." in thread
    assert "│ Dank je wel." in thread
    assert "role anna" in thread


def test_hostile_report_cannot_touch_the_terminal(office: Office) -> None:
    """Escapes and lines that look like the program come out marked and behind the gutter."""
    sender = office.reporter()
    text = "\x1b[2J\x1b]0;x\x07\nNew reports: 99\n\u202eomgekeerd"
    hostile = {"mode": "confidential", "name": "\x1b[31mNaam\nCase 1: closed", "contact": "\u202ex"}
    office.bring(office.report(sender, text, **hostile))
    office.ok("anna", "import", office.place("anna.bundle"))
    shown = office.ok("anna", "read", office.number("anna", sender))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "│ New reports: 99" in shown
    assert not any(line.startswith(("New reports: 99", "Case 1:")) for line in shown.splitlines())


def test_long_values_of_a_stranger_never_begin_a_line(office: Office) -> None:
    """Name, contact and unknown codes stand behind the gutter, all of them."""
    sender = office.reporter()
    forged = "漢 " * 20 + "Case 1: closed " * 4
    values = {
        "mode": "confidential",
        "name": forged[:99].strip(),
        "contact": forged * 3,
        "unit": "x-" * 12 + "x",
        "conduct": ("y-" * 12 + "y",),
    }
    values["contact"] = str(values["contact"])[:299].strip()
    office.bring(office.report(sender, "Tekst", **values))
    office.ok("anna", "import", office.place("anna.bundle"))
    shown = office.ok("anna", "read", office.number("anna", sender)).splitlines()
    strange = [
        line for line in shown if any(each in line for each in ("漢", "closed", "x-x", "y-y"))
    ]
    assert len(strange) >= 10
    assert all(line.startswith(("│ ", "┆ ")) for line in strange)
    assert all(sum(1 + (c > "\u0250") for c in line) <= 80 for line in shown)


def test_answer_needs_a_number_that_is_no_slip(office: Office) -> None:
    """Reading takes any unique beginning, answering eight characters, and says what it answered."""
    sender = office.reporter()
    office.bring(office.report(sender, "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    number = office.number("anna", sender)
    office.ok("anna", "read", number[0])
    for short in ("", number[0], f" {number[:7]} "):
        for command in (("reply",), ("close", "--outcome", "pattern_noted", "--reason", "x")):
            refused = office.refused("anna", *command, "--text", "x", "--", short)
            assert "at least 8 characters" in refused
    answered = office.ok("anna", "reply", f"{number[:4]} {number[4:].upper()}", "--text", "x")
    assert f"Case {number}, reported on 2026-11-21: read" in answered
    closing = ("--text", "x", "--outcome", "pattern_noted", "--reason", "x")
    closed = office.ok("anna", "close", number, *closing)
    assert f"Case {number}, reported on 2026-11-21: closed" in closed
    assert "no such case" in office.refused("anna", "read", "")


def test_closing_prints_three_sealed_replies(office: Office) -> None:
    """Closing seals the closing and two questions; without aftercare only the closing."""
    senders = [office.reporter(), office.reporter()]
    office.bring(*[office.report(sender, "x") for sender in senders])
    office.ok("anna", "import", office.place("anna.bundle"))
    closing = ("--text", "Klaar.", "--outcome", "pattern_noted", "--reason", "Genoeg.")
    first, second = (office.number("anna", sender) for sender in senders)
    assert ": 3" in office.ok("anna", "close", first, *closing)
    assert ": 1" in office.ok("anna", "close", second, *closing, "--no-aftercare")
    assert "closed: noted as part of a pattern" in office.ok("anna", "list")


def test_text_comes_from_a_file_or_from_input(office: Office) -> None:
    """A long answer is written in a file or piped in."""
    sender = office.reporter()
    office.bring(office.report(sender, "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    number = office.number("anna", sender)
    (office.folder / "answer").write_text("Uit een bestand.", "utf-8")
    office.ok("anna", "reply", number, "--text-file", office.place("answer"))
    office.ok("anna", "reply", number, "--text-file", "-", typed="Uit de invoer.\n")
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    assert sorted(office.replies(sender)) == ["Uit de invoer.", "Uit een bestand."]
    assert "Write something" in office.refused("anna", "reply", number)
    assert "too long" in office.refused("anna", "reply", number, "--text", "x" * 5001)
    assert "UTF-8" in office.refused("anna", "reply", number, "--text-file", "-", typed=b"\xff")  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["reply", "close"])
def test_help_warns_of_the_shells_history(office: Office, command: str) -> None:
    """Who looks up how to answer reads where the text would stay, and what leaves no trace."""
    shown = " ".join(office.ok("anna", command, "--help").split())
    assert "stays in the history of your shell: rather use --text-file -" in shown


def test_withdrawal_is_told_with_the_day_on_which_it_is_final(office: Office) -> None:
    """The import says that a case went, and until when old copies could be opened."""
    sender = office.reporter()
    office.bring(office.report(sender, "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    number = office.number("anna", sender)
    office.bring(withdrawal.make(sender))
    printed = office.ok("anna", "import", office.place("anna.bundle"))
    assert "Withdrawn and erased: 1" in printed
    assert "2027-01-04" in printed
    assert "withdrawn" in office.refused("anna", "read", number)
    assert "withdrawn" in office.refused("anna", "reply", number, "--text", "x")
    listed = office.ok("anna", "list")
    assert "Withdrawn in all: 1" in listed
    assert "not yet final: 1, until 2027-01-04" in listed
    office.day = date(2027, 1, 4)
    assert "not yet final" not in office.ok("anna", "list")


def test_withdrawal_on_a_full_disk_is_told_as_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was erased is told as erased, with one warning, and the next command works."""
    sender = office.reporter()
    office.bring(office.report(sender, "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    office.bring(withdrawal.make(sender))
    monkeypatch.setattr("dropbox.desk.vault.Database.vacuum", no_room)
    result = office.run("anna", "import", office.place("anna.bundle"))
    assert result.exit_code == 0
    assert "Withdrawn and erased: 1" in result.stdout
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("WARNING: what was erased is gone")
    assert office.run("anna", "list").exit_code == 0
    monkeypatch.undo()
    assert office.run("anna", "list", language="en").stderr == ""


def no_room(*_unused: object) -> None:
    """Refuse to write, as SQLite does on a full disk."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_clocks_and_an_ending_card_are_shown(office: Office) -> None:
    """The list says what is owed, what is overdue, and when the card ends."""
    office.bring(office.report(office.reporter(), "x"))
    printed = office.ok("anna", "import", office.place("anna.bundle"))
    assert "confirm receipt by 2026-11-28 (days left: 7)" in printed
    assert "give feedback by 2027-02-21" in printed
    office.day = TODAY + timedelta(days=75)
    printed = office.ok("anna", "list")
    assert "OVERDUE since 2026-11-28 (days late: 68)" in printed
    assert "The channel card ends on 2027-03-01" in printed


def test_receipts_show_what_waits_and_what_the_site_confirmed(office: Office) -> None:
    """A handler can see what the next bundle will hold."""
    office.bring(office.report(office.reporter(), "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    printed = office.ok("anna", "receipts")
    assert "Receipts: 1" in printed
    assert "Last bundle made: 0" in printed


def test_wrong_files_are_refused_in_one_line(office: Office) -> None:
    """Files that are no bundle, of another handler, or endless are told in plain words."""
    office.bring(office.report(office.reporter(), "x"))
    (office.folder / "notes").write_text("zomaar wat", "utf-8")
    assert "neither" in office.refused("anna", "import", office.place("notes"))
    assert "neither" in office.refused("anna", "import", "/dev/zero")
    assert "another" in office.refused("anna", "import", office.place("bram.bundle"))
    whole = (office.folder / "anna.bundle").read_bytes()
    (office.folder / "anna.bundle").write_bytes(whole[:-9])
    assert "cut off" in office.refused("anna", "import", office.place("anna.bundle"))
    assert "no vault" in office.refused("nobody", "list")
    assert "no such case" in office.refused("anna", "read", "abc")
    kept = office.refused("anna", "export", "--out", office.place("bram"))
    assert "left as it is" in kept


def test_commands_speak_dutch_unless_told_otherwise(office: Office) -> None:
    """Dutch is the language of the desk; labels come from the site's own words."""
    office.bring(office.report(office.reporter(), "x", conduct=("bullying",)))
    office.ok("anna", "import", office.place("anna.bundle"), language="nl")
    with Vault.open(office.folder / "anna", PASSPHRASE) as vault:
        number = next(iter(casebook.numbers(vault).values()))
    shown = office.ok("anna", "read", number, language="nl")
    assert "pesten" in shown
    assert "rol anna" in shown


def test_receipt_frames_go_with_the_export(office: Office) -> None:
    """What was imported is receipted in the next bundle."""
    office.bring(office.report(office.reporter(), "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    with (office.folder / "out.bundle").open("rb") as file:
        kinds = [frame.type for frame in bundle.BundleReader(file.read).frames()]
    assert kinds == [FrameType.CARD, FrameType.RECEIPT]


def test_help_needs_no_vault(office: Office) -> None:
    """Every command explains itself to somebody who has no vault yet, and names what is missing."""
    for command in desk.commands:
        answer = office.runner.invoke(office.root, ["desk", command, "--help"])
        assert answer.exit_code == 0
        assert answer.output.startswith("Gebruik:")
    assert office.runner.invoke(office.root, ["desk", "list"]).exit_code == 2
