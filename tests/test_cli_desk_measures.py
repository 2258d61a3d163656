"""Care by command: open tasks, measures by code, and support records."""

import pytest

from dropbox.protocol import keys
from tests.desk_office import Office


@pytest.fixture
def sender(office: Office) -> keys.ReporterKeys:
    """Return a reporter whose confidential report anna has."""
    found = office.reporter()
    wishes = {"works_with_subject": "yes", "supporter": "yes", "mode": "confidential"}
    office.bring(office.report(found, "Er is iets.", name="Jan", **wishes))
    office.ok("anna", "import", office.place("anna.bundle"))
    return found


def test_open_tasks_are_listed_until_ticked(office: Office, sender: keys.ReporterKeys) -> None:
    """The list names the codes that the command task takes."""
    number = office.number("anna", sender)
    listed = office.ok("anna", "care")
    assert f"{number}  2026-11-21  interim_measure  See to it" in listed
    for code in ("interim_measure", "supporter"):
        assert code in office.ok("anna", "care")
        office.ok("anna", "task", number, code)
    assert office.ok("anna", "care") == "There is no open task.\n"


def test_measures_by_command(office: Office, sender: keys.ReporterKeys) -> None:
    """Recorded, counted and taken back by code and day; nothing else than a code is taken."""
    number = office.number("anna", sender)
    assert office.ok("anna", "measures") == "Nothing is recorded.\n"
    printed = office.ok("anna", "measure", number, "warning", "--day", "2026-11-21")
    assert "2026-11-21  warning  a written warning" in printed
    assert "2026-4  measure  1  warning" in office.ok("anna", "measures")
    assert "not after today" in office.refused(
        "anna", "measure", number, "warning", "--day", "2026-11-22"
    )
    assert "year-month-day" in office.refused("anna", "measure", number, "warning", "--day", "nu")
    assert office.run("anna", "measure", number, "Jan de Vries").exit_code == 2
    assert "This one is inside" in office.refused("anna", "escalate", number, "ombudsman")
    office.ok("anna", "measure", number, "warning", "--undo")
    assert office.ok("anna", "measures") == "Nothing is recorded.\n"


def test_support_records_by_command(office: Office, sender: keys.ReporterKeys) -> None:
    """Begun, filled, shown behind a gutter, noted at a case, and erased."""
    assert office.ok("anna", "support", "list") == "There are no support records.\n"
    record = office.ok("anna", "support", "new").split()[-1]
    office.ok("anna", "support", "offer", record, "talk", "--answer", "yes")
    change = ("--by", "Anneke", "--appointment", "2026-12-01", "--text", "Eigen woorden.")
    office.ok("anna", "support", "change", record, *change)
    office.ok("anna", "support", "change", record, "--by", "Anneke B.")
    shown = office.ok("anna", "support", "show", record)
    for line in ("Support by: Anneke B.", "Next appointment: 2026-12-01", "│ Eigen woorden."):
        assert line in shown
    assert "talk  a first talk: what is going on, and what is not: taken up" in shown
    assert f"{record}  2026-12-01" in office.ok("anna", "support", "list")
    number = office.number("anna", sender)
    office.ok("anna", "support", "note", record, number)
    assert number not in office.ok("anna", "support", "show", record)
    office.ok("anna", "support", "note", record, number, "--off")
    office.ok("anna", "support", "offer", record, "talk", "--undo")
    assert "first talk" not in office.ok("anna", "support", "show", record)
    office.ok("anna", "support", "erase", record)
    assert "no such support record" in office.refused("anna", "support", "show", record)
