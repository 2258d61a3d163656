"""The desk's commands for keys, cards, backups and dates."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.desk_office import Office
from tests.desk_world import PASSPHRASE, TODAY

ROOT = Path(__file__).resolve().parent.parent


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
    for words in (
        ("list",),
        ("read", number),
        ("reply", number, "--text", "x"),
        ("close", number, "--text", "x", "--outcome", "pattern_noted"),
        ("export", "--out", office.place("out.bundle")),
        ("receipts",),
    ):
        assert "Import a new bundle" in office.refused("anna", *words)
    office.bring()
    assert "--again" in office.refused("anna", "import", office.place("anna.bundle"))
    office.bring(again=True)
    office.ok("anna", "import", office.place("anna.bundle"))
    assert "│ x" in office.ok("anna", "read", number)
    office.day = TODAY + timedelta(days=36)
    expired = office.refused("anna", "restore", office.place("backup"), "--replace")
    assert "expired on 2026-12-26" in expired


def test_restored_owner_asks_for_the_version_and_no_bundle(office: Office) -> None:
    """An owner imports nothing; a card that is signed without the site's version is a lower one."""
    office.ok("owner", "backup", "--out", office.place("backup"))
    for _later in range(3):
        office.ok("owner", "sign", "--out", office.place("card"))
    printed = office.ok("lost", "restore", office.place("backup"))
    assert "--after-version" in printed
    assert "--again" not in printed
    office.ok("lost", "sign", "--out", office.place("card"), "--after-version", "4")
    assert office.card.version == 5
    office.ok("anna", "backup", "--out", office.place("backup"))
    printed = office.ok("new", "restore", office.place("backup"))
    assert "--after-version" not in printed
    assert "--again" in printed


def test_backup_is_asked_for_in_time(office: Office) -> None:
    """Keys, cards and passphrases ask for one; the list does when there is none or an old one."""
    signed = office.ok("owner", "sign", "--out", office.place("card"))
    assert signed.splitlines()[-1].startswith("Make a new backup now")
    roles = ("--role-nl", "rol", "--role-en", "role")
    asked = office.ok("anna", "request", "--out", office.place("anna.request"), *roles)
    assert asked.splitlines()[-1].startswith("Make a new backup now")
    changed = office.ok("anna", "passphrase", "--new-passphrase-file", office.place("pass"))
    assert changed.splitlines()[-1].startswith("Make a new backup now")
    assert "There is no backup" in office.ok("anna", "list")
    office.ok("anna", "backup", "--out", office.place("backup"))
    office.day = TODAY + timedelta(days=30)
    assert "backup" not in office.ok("anna", "list")
    office.day = TODAY + timedelta(days=31)
    assert "The last backup is of 2026-11-21" in office.ok("anna", "list")


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
    sealed = office.report(office.reporter(), "x")
    office.day = TODAY + timedelta(days=50)
    office.bring(office.card.raw, sealed)
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


def program(*words: str, vault: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the real program on a vault, with its own input and output."""
    encoding = options.pop("encoding", "utf-8")
    environ = {**os.environ, "MELDKLUIS_LANG": "en", "PYTHONIOENCODING": f"{encoding}:strict"}
    return subprocess.run(
        [sys.executable, "-m", "dropbox.cli", "desk", "--vault", vault, *words],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=environ,
        **options,
    )


def test_sign_that_the_terminal_lacks_ends_no_command(office: Office) -> None:
    """On a terminal without our gutter the report is read, with question marks."""
    sender = office.reporter()
    office.bring(office.report(sender, "Tekst → verder"))
    office.ok("anna", "import", office.place("anna.bundle"))
    words = ("--passphrase-file", office.place("pass"), "read", office.number("anna", sender))
    for encoding in ("latin-1", "cp437"):
        result = program(*words, vault=office.place("anna"), encoding=encoding)
        assert result.returncode == 0
        assert b"Tekst ? verder" in result.stdout
        assert result.stderr == b""


def test_closed_input_is_no_traceback(office: Office) -> None:
    """Without any input a passphrase or text cannot be asked for, and that is all."""
    secret = ("--passphrase-file", office.place("pass"))
    for words in ((*secret, "reply", "12345678", "--text-file", "-"), ("list",)):
        result = program(
            *words,
            vault=office.place("anna"),
            preexec_fn=lambda: os.close(0),
            start_new_session=True,
        )
        assert result.returncode == 1
        assert b"Traceback" not in result.stderr


def test_endless_files_are_refused(office: Office) -> None:
    """Of a passphrase, texts or settings no more is read than makes sense."""
    (office.folder / "pass").replace(office.folder / "kept")
    (office.folder / "pass").symlink_to("/dev/zero")
    assert "too large" in office.refused("anna", "list")
    (office.folder / "kept").replace(office.folder / "pass")
    new = ("passphrase", "--new-passphrase-file", "/dev/zero")
    assert "too large" in office.refused("anna", *new)
    plan = ("init", "--owner", "--slug", "a", "--kind", "integrity")
    toml = ("--site-toml", office.place("site.toml"))
    assert "too large" in office.refused("new", *plan, *toml, "--texts", "/dev/zero")
    endless = ("--site-toml", "/dev/zero", "--texts", office.place("texts.toml"))
    assert "zero" in office.refused("new", *plan, *endless)


def test_words_that_are_no_text_are_refused(office: Office) -> None:
    """Bytes on the command line that are no UTF-8 are told in one line."""
    bad = b"x\xff".decode("utf-8", "surrogateescape")
    for roles in ((bad, "role"), ("rol", bad)):
        words = ("--out", office.place("r"), "--role-nl", roles[0], "--role-en", roles[1])
        assert "UTF-8" in office.refused("anna", "request", *words)
    plan = ("--slug", bad, "--kind", "integrity", "--texts", office.place("texts.toml"))
    toml = ("--site-toml", office.place("site.toml"))
    assert "short name" in office.refused("new", "init", *toml, "--owner", *plan)
    assert "no such case" in office.refused("anna", "read", bad)
    assert office.run("owner", "sign", "--out", "x", "--after-version", "9" * 30).exit_code == 2


def test_owners_vault_is_told_from_a_handlers(office: Office) -> None:
    """Each vault says which kind is needed."""
    assert "handler's vault is needed" in office.refused("owner", "receipts")
    assert "channel's identity is needed" in office.refused(
        "anna", "sign", "--out", office.place("x")
    )
