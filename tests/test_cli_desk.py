"""The desk's commands walk the whole loop, and every failure is one line."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox.cli import desk as desk_module
from dropbox.cli import desk_keys, desk_session
from dropbox.cli.desk import desk
from dropbox.cli.screen import Root
from dropbox.desk import casebook
from dropbox.desk.vault import Vault
from dropbox.protocol import bundle, keys, reporter, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, FrameType
from dropbox.protocol.channel_card import ChannelCard, read_card
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Report
from dropbox.protocol.reply_code import new_key
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY, envelopes, write_bundle

SITE_TOML = f"""
site_id = "{SITE_ID.hex()}"
leave_url = "https://example.org/"
[organisation]
nl = "Voorbeeldgemeente"
en = "Example Town"
[conduct.bullying]
nl = "pesten"
en = "bullying"
[grounds.age]
nl = "leeftijd"
en = "age"
[units.parks]
nl = "Parken"
en = "Parks"
"""

TEXTS = """
[nl]
name = "Bureau Voorbeeld"
runs = "De gemeente."
reads = "Twee mensen."
about = "Verzonnen."
[en]
name = "Example Office"
runs = "The municipality."
reads = "Two people."
about = "Invented."
"""


class Office:
    """A folder with a channel, worked by commands alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = TODAY
        self.runner = CliRunner()
        self.root = Root("meldkluis")
        self.root.add_command(desk)
        for name, text in (("site.toml", SITE_TOML), ("texts.toml", TEXTS), ("pass", PASSPHRASE)):
            (folder / name).write_text(text, "utf-8")

    def place(self, name: str) -> str:
        """Return a file's path as it is typed."""
        return str(self.folder / name)

    def run(self, vault: str, *words: str, typed: str | bytes = "", language: str = "en") -> Result:
        """Run one command on a vault."""
        start = ["desk", "--vault", self.place(vault), "--passphrase-file", self.place("pass")]
        return self.runner.invoke(
            self.root, [*start, *words], input=typed, env={"MELDKLUIS_LANG": language}
        )

    def ok(self, vault: str, *words: str, **options: str) -> str:
        """Run a command that must succeed; return what it printed."""
        result = self.run(vault, *words, **options)
        assert result.exit_code == 0, result.output
        return result.output

    def refused(self, vault: str, *words: str, **options: str) -> str:
        """Run a command that must fail with one line on stderr; return the line."""
        result = self.run(vault, *words, **options)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.stderr
        return result.stderr

    def open_channel(self) -> None:
        """Make a channel's identity, two handlers and a card, and hand the card out."""
        toml = ("--site-toml", self.place("site.toml"))
        plan = ("--slug", "bureau", "--kind", "integrity", "--texts", self.place("texts.toml"))
        self.ok("owner", "init", *toml, "--owner", *plan)
        for name in ("anna", "bram"):
            self.ok(name, "init", *toml)
            roles = ("--role-nl", f"rol {name}", "--role-en", f"role {name}")
            self.ok(name, "request", "--out", self.place(f"{name}.request"), *roles)
        asked = [self.place(f"{name}.request") for name in ("anna", "bram")]
        self.ok("owner", "sign", *asked, "--out", self.place("card"))
        for name in ("anna", "bram"):
            self.ok(name, "import", self.place("card"))

    @property
    def card(self) -> ChannelCard:
        """Return the signed card."""
        return read_card((self.folder / "card").read_bytes(), SITE_ID, self.day)

    def reporter(self) -> keys.ReporterKeys:
        """Return the keys of a fresh reply code."""
        return keys.reporter_keys(SITE_ID, self.card.channel_pk, new_key())

    def bring(self, *items: bytes) -> None:
        """Write bundles with ``items`` for both handlers: ``anna.bundle`` and ``bram.bundle``."""
        for number, handler in enumerate(self.card.handlers):
            name = handler.role["en"].removeprefix("role ")
            assert number < 2
            header = BundleHeader(
                BundleDirection.TO_DESK, SITE_ID, self.card.channel_pk, handler.handler_id, 0
            )
            write_bundle(self.folder / f"{name}.bundle", header, items)

    def report(self, keys_: keys.ReporterKeys, text: str, **changes: object) -> bytes:
        """Seal a report to both handlers."""
        readers = [Recipient(h.handler_id, h.intake_key(self.day)) for h in self.card.handlers]
        values: dict[str, object] = {"mode": "anonymous", "language": "nl", "text": text}
        report = Report(day=self.day, turn=1, recipients=(), **(values | changes))  # type: ignore[arg-type]
        return reporter.seal_report(keys_, readers, report)

    def number(self, vault: str, keys_: keys.ReporterKeys) -> str:
        """Return a case's number as the list shows it."""
        with Vault.open(self.folder / vault, PASSPHRASE) as opened:
            return casebook.numbers(opened)[keys_.mailbox_id]

    def replies(self, keys_: keys.ReporterKeys) -> list[str]:
        """Return the texts of the replies in the bundle that was exported."""
        with (self.folder / "out.bundle").open("rb") as file:
            frames = list(bundle.BundleReader(file.read).frames())
        return [reporter.open_reply(keys_, data).reply.text for data in envelopes(frames)]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Open a channel by commands, with cheap stretching and a day that tests choose."""
    found = Office(tmp_path)
    monkeypatch.setattr(desk_session, "COST", CHEAP)
    day: Callable[[], date] = lambda: found.day  # noqa: E731
    for module in (desk_module, desk_keys):
        monkeypatch.setattr(module, "today", day)
    found.open_channel()
    return found


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
    assert not any(line.startswith(("New reports: 99", "Case 1")) for line in shown.splitlines())


def test_closing_prints_three_sealed_replies(office: Office) -> None:
    """Closing seals the closing and two questions; without aftercare only the closing."""
    senders = [office.reporter(), office.reporter()]
    office.bring(*[office.report(sender, "x") for sender in senders])
    office.ok("anna", "import", office.place("anna.bundle"))
    closing = ("--text", "Klaar.", "--outcome", "pattern_noted")
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


def test_cards_are_shown_with_their_fingerprint(office: Office) -> None:
    """Importing a card prints what to compare with the poster; a wrong one is refused."""
    printed = office.ok("anna", "import", office.place("card"))
    assert office.card.fingerprint in printed
    assert "Example Office" in printed
    wrong = ("--fingerprint", "AAAAA BBBBB CCCCC DDDDD EEEEE")
    assert "does not fit" in office.refused("anna", "import", office.place("card"), *wrong)
    right = ("--fingerprint", office.card.fingerprint)
    office.ok("anna", "import", office.place("card"), *right)


def test_owner_renews_the_card_and_removes_a_handler(office: Office) -> None:
    """Signing again keeps everybody; a handler who is removed is gone."""
    handler_id = next(h.handler_id for h in office.card.handlers if h.role["en"] == "role bram")
    office.ok("owner", "sign", "--out", office.place("card"))
    assert (office.card.version, len(office.card.handlers)) == (2, 2)
    office.ok("owner", "sign", "--out", office.place("card"), "--remove", handler_id.hex())
    assert (office.card.version, len(office.card.handlers)) == (3, 1)
    again = ("sign", "--out", office.place("card"), "--after-version", "9")
    office.ok("owner", *again)
    assert office.card.version == 10


def test_backup_is_restored_and_asks_for_a_new_bundle(office: Office) -> None:
    """A backup comes back in place of the vault, when that is asked for."""
    sender = office.reporter()
    office.bring(office.report(sender, "x"))
    office.ok("anna", "import", office.place("anna.bundle"))
    number = office.number("anna", sender)
    assert "2026-12-26" in office.ok("anna", "backup", "--out", office.place("backup"))
    assert "left as it is" not in office.ok("new", "restore", office.place("backup"))
    assert "stands there" in office.refused("anna", "restore", office.place("backup"))
    office.ok("anna", "restore", office.place("backup"), "--replace")
    assert "│ x" in office.ok("anna", "read", number)
    refused = office.refused("anna", "export", "--out", office.place("out.bundle"))
    assert "Import a new bundle" in refused
    office.day = TODAY + timedelta(days=36)
    expired = office.refused("anna", "restore", office.place("backup"), "--replace")
    assert "expired on 2026-12-26" in expired


def test_passphrase_is_changed(office: Office) -> None:
    """The new passphrase opens the vault, the old one does not any more."""
    (office.folder / "new").write_text("een heel andere zin\n", "utf-8")
    office.ok("anna", "passphrase", "--new-passphrase-file", office.place("new"))
    assert "passphrase is wrong" in office.refused("anna", "list")
    (office.folder / "new").replace(office.folder / "pass")
    office.ok("anna", "list")


def test_passphrase_is_asked_for_without_showing_it(office: Office) -> None:
    """Without a file the passphrase is typed, and does not stand on the screen."""
    words = ["desk", "--vault", office.place("anna"), "list"]
    result = office.runner.invoke(office.root, words, input=f"{PASSPHRASE}\n")
    assert result.exit_code == 0
    assert PASSPHRASE not in result.output


def test_desk_opened_late_loses_no_report(office: Office) -> None:
    """Commands before an import destroy no key; the import reads first and then tells it."""
    office.bring(office.card.raw, office.report(office.reporter(), "x"))
    office.day = TODAY + timedelta(days=50)
    assert "next import destroys" in office.ok("anna", "list")
    printed = office.ok("anna", "import", office.place("anna.bundle"))
    assert "New reports: 1" in printed
    assert "Intake keys destroyed, of months long past: 1" in printed
    assert "next import destroys" not in printed


def test_wrong_date_is_told_at_import_and_at_backup(office: Office) -> None:
    """With the clock a year ahead an import warns; a year behind, a backup is refused."""
    office.bring(office.card.raw)
    office.ok("anna", "import", office.place("anna.bundle"))
    out = ("backup", "--out", office.place("backup"))
    office.day = TODAY - timedelta(days=365)
    assert "2026-11-21" in office.refused("anna", *out)
    office.ok("anna", *out, "--date-is-right")
    office.day = TODAY + timedelta(days=365)
    assert "date looks wrong" in office.ok("anna", "import", office.place("anna.bundle"))


def test_init_refuses_what_would_go_wrong_later(office: Office) -> None:
    """A vault that stands there, a short passphrase and half a plan make no vault."""
    toml = ("init", "--site-toml", office.place("site.toml"))
    before = (office.folder / "anna").read_bytes()
    assert "stands there already" in office.refused("anna", *toml)
    assert (office.folder / "anna").read_bytes() == before
    assert office.run("new", *toml, "--owner").exit_code == 2
    (office.folder / "pass").write_text("kort", "utf-8")
    assert "too short" in office.refused("new", *toml)
    assert not (office.folder / "new").exists()


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


def test_owners_vault_is_told_from_a_handlers(office: Office) -> None:
    """Each vault says which kind is needed."""
    assert "handler's vault is needed" in office.refused("owner", "receipts")
    assert "channel's identity is needed" in office.refused(
        "anna", "sign", "--out", office.place("x")
    )


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
