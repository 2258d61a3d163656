"""The commands for letters and for other channels, as a handler types them."""

import re
import stat
from pathlib import Path

import pytest

from dropbox.desk import casebook
from dropbox.desk.vault import Vault
from dropbox.protocol import keys, new_mailbox, reply_code, reporter
from dropbox.protocol.bundle import BundleReader, FrameType
from dropbox.protocol.letter import Recipient
from tests import organisation
from tests.desk_office import Office
from tests.desk_world import PASSPHRASE, SITE_ID

TEXT = "Mevrouw Jansen schreeuwt tegen ons."
OTHER = organisation.Office([organisation.Handler("inspector")], slug="ander")


def entered(office: Office, *words: str, typed: str = TEXT, **options: str) -> str:
    """Enter a letter that is typed in."""
    start = ("intake", "--origin", "letter", "--text-file", "-")
    return office.ok("anna", *start, *words, typed=typed, **options)


def code_in(printed: str) -> str:
    """Return the ten words of a slip."""
    return " ".join(re.findall(r"\b(?:10|[1-9])\. ([a-z]+)", printed))


def number_in(printed: str) -> str:
    """Return the number of the case that was entered."""
    found = re.search(r"Case ([0-9a-f]+) is here", printed)
    assert found is not None
    return found[1]


def test_letter_is_entered_with_a_slip(office: Office) -> None:
    """Names are left out, the case shows where it came from, and the slip opens the mailbox."""
    words = ("--people", "12", "--names", "mask", "--slip", "-", "--address", "meld.example")
    printed = entered(office, *words)
    assert "│ Mevrouw Jansen" in printed or "│ Jansen" in printed
    assert "meld.example" in printed
    number = number_in(printed)
    shown = office.ok("anna", "read", number)
    for said in ("Came by: a letter", "group of people: 12", "[weggelaten]", "schreeuwt"):
        assert said in shown
    assert "Jansen" not in shown
    assert "New mailboxes, made here: 1" in office.ok(
        "anna", "export", "--out", office.place("out.bundle")
    )
    with (office.folder / "out.bundle").open("rb") as file:
        frames = list(BundleReader(file.read).frames())
    (content,) = [frame.content for frame in frames if frame.type == FrameType.MAILBOX]
    token = keys.token(SITE_ID, reply_code.parse(code_in(printed)))
    assert new_mailbox.read(content).lookup == keys.lookup(token)


def test_letter_without_a_sender_gets_no_slip(office: Office) -> None:
    """No code is printed; until the bundle one can still be made."""
    printed = entered(office, "--names", "keep")
    assert code_in(printed) == ""
    assert "nobody has the code" in printed
    again = office.ok("anna", "new-code", number_in(printed), "--slip", "-")
    assert len(code_in(again).split()) == 10
    assert number_in(again) != number_in(printed)
    office.ok("anna", "export", "--out", office.place("out.bundle"))
    assert "cannot be made anew" in office.refused(
        "anna", "new-code", number_in(again), "--slip", "-"
    )


def test_slip_in_a_file_is_for_its_maker_alone(office: Office) -> None:
    """The file is private, and nothing that stands there is written over."""
    path = Path(office.place("slip.txt"))
    printed = entered(office, "--names", "keep", "--slip", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(code_in(path.read_text("utf-8")).split()) == 10
    assert code_in(printed) == ""
    office.refused(
        "anna", "intake", "--origin", "call", "--text-file", "-", "--slip", str(path), typed=TEXT
    )
    with Vault.open(office.folder / "anna", PASSPHRASE) as vault:
        assert len(list(casebook.ids(vault))) == 1


@pytest.mark.parametrize(("typed", "kept"), [("y\n", False), ("n\ny\n", True), ("n\nn\n", None)])
def test_names_stay_only_if_the_source_agreed(
    office: Office, tmp_path: Path, typed: str, kept: bool | None
) -> None:
    """A person confirms what is left out; who wants to keep it says that the source agreed."""
    letter = tmp_path / "letter.txt"
    letter.write_text(TEXT, "utf-8")
    command = ("intake", "--origin", "manager", "--text-file", str(letter))
    result = office.run("anna", *command, typed=typed)
    if kept is None:
        assert result.exit_code == 1
        assert "Nothing was entered." in result.stderr
        return
    shown = office.ok("anna", "read", number_in(result.stdout))
    assert ("Jansen" in shown) is kept
    assert "passed on by a manager" in shown


def test_slip_is_in_the_language_of_the_source(office: Office) -> None:
    """English words for who wrote in English, whatever the handler's terminal speaks."""
    printed = entered(office, "--names", "keep", "--slip", "-", "--language", "en", language="nl")
    assert "whoever printed it saw it" in printed
    words = re.findall(r"\b(?:10|[1-9])\. ([a-z]+)", printed)
    assert set(words) <= set(reply_code.word_list("en"))


@pytest.mark.parametrize("wrong", [("--exclude", "zz"), ("--unit", "Geen code!")])
def test_wrong_option_is_one_line(office: Office, wrong: tuple[str, str]) -> None:
    """What cannot be used is refused in one line, and nothing is entered."""
    command = ("intake", "--origin", "mail", "--text-file", "-", "--names", "keep")
    office.refused("anna", *command, *wrong, typed=TEXT)
    assert "There are no cases." in office.ok("anna", "list")


def test_reporter_is_asked_and_answers(office: Office) -> None:
    """The question goes by card or by name, and the case shows what was answered."""
    sender = office.reporter()
    office.bring(office.report(sender, "Er is iets."))
    office.ok("anna", "import", office.place("anna.bundle"))
    card = office.folder / "ander.card"
    card.write_bytes(OTHER.card_bytes())
    number = office.number("anna", sender)
    ask = ("propose-transfer", number, "--text", "Mag een ander?")
    assert "knows no such channel" in office.refused("anna", *ask, "--channel", "ander")
    printed = office.ok("anna", *ask, "--channel-card", str(card))
    assert OTHER.card().fingerprint in printed
    office.ok("anna", *ask, "--channel", "ander")
    shown = office.ok("anna", "read", number)
    assert "whether Meldpunt Voorbeeld may read: not answered yet" in unfolded(shown)
    with Vault.open(office.folder / "anna", PASSPHRASE) as vault:
        asked = casebook.open_book(vault, sender.mailbox_id).case().transfers[0]
    office.bring(office.report(sender, "Er is iets."), consent(office, sender, asked.reply_id))
    office.ok("anna", "import", office.place("anna.bundle"))
    agreed = unfolded(office.ok("anna", "read", number))
    assert "may read: the reporter agreed" in agreed
    assert f"They agreed on {office.day}." in agreed
    close = (
        "close",
        number,
        "--text",
        "Doorgegeven.",
        "--outcome",
        "passed_on",
        "--reason",
        "Met toestemming.",
    )
    assert "passed on to another body" in office.ok("anna", *close)


def unfolded(printed: str) -> str:
    """Return what was printed as one line."""
    return re.sub(r"[\s┆]+", " ", printed)


def consent(office: Office, sender: keys.ReporterKeys, about: bytes) -> bytes:
    """Seal the reporter's consent."""
    readers = [Recipient(h.handler_id, h.intake_key(office.day)) for h in office.card.handlers]
    message = organisation.message("", kind="consent", about=about, day=office.day)
    return reporter.seal_message(sender, readers, message)
