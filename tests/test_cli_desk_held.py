"""Commands for keys, passphrase, rehearsal and log, as a person types them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.cli import desk_session
from dropbox.desk import keyring
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import SENSITIVE, Cost
from dropbox.protocol.certificate import read_request
from tests.desk_office import Office
from tests.desk_world import CHEAP, PASSPHRASE, SITE_ID, TODAY


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an open channel whose day the test sets."""
    found = Office(tmp_path)
    monkeypatch.setattr(desk_session, "COST", CHEAP)
    for module in ("desk", "desk_keys", "desk_held", "desk_show"):
        monkeypatch.setattr(f"dropbox.cli.{module}.today", lambda: found.day, raising=False)
    found.open_channel()
    return found


def test_keys_are_shown(office: Office) -> None:
    """A handler sees own id, months, card and colleagues; an owner the handlers and their keys."""
    said = office.ok("anna", "keys")
    with Vault.open(office.folder / "anna", PASSPHRASE) as vault:
        assert keyring.load(vault).handler_id.hex() in said
    assert said.count("on the card, destroyed") == keyring.INTAKE_MONTHS
    assert office.card.fingerprint in said
    assert "role bram" in said
    said = office.ok("owner", "keys")
    assert "role anna" in said
    assert "keys until 2027-04-30" in said
    assert "There is no backup" in said


def test_keys_show_what_is_due(office: Office) -> None:
    """Thirty days before the card ends the command says so."""
    office.day = office.card.expires - timedelta(days=30)
    assert "The channel card ends on 2027-03-01" in office.ok("anna", "keys")
    assert "You made new keys" not in office.ok("anna", "keys", language="en")


def test_fresh_request_offers_other_keys(office: Office) -> None:
    """With --fresh the same months get new keys."""
    roles = ("--role-nl", "rol", "--role-en", "role", "--out", office.place("again"))
    before = read_request((office.folder / "anna.request").read_bytes(), SITE_ID)
    office.ok("anna", "request", *roles)
    same = read_request((office.folder / "again").read_bytes(), SITE_ID)
    assert same.intake_keys[0].x_pk == before.intake_keys[0].x_pk
    office.ok("anna", "request", *roles, "--fresh")
    fresh = read_request((office.folder / "again").read_bytes(), SITE_ID)
    assert fresh.intake_keys[0].x_pk != before.intake_keys[0].x_pk
    assert "not yet on the card" in office.ok("anna", "keys")


def test_strong_passphrase_is_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --strong a guess costs the most that is read."""
    costs: list[Cost | None] = []
    monkeypatch.setattr(Vault, "change_passphrase", lambda _v, _f, cost: costs.append(cost))
    office.ok("anna", "passphrase", "--new-passphrase-file", office.place("pass"))
    office.ok("anna", "passphrase", "--new-passphrase-file", office.place("pass"), "--strong")
    assert costs == [CHEAP, SENSITIVE]


def test_backup_is_rehearsed(office: Office) -> None:
    """The command says what is in the backup, and the vault stays as it was."""
    keys = office.reporter()
    office.bring(office.report(keys, "Er is iets gebeurd."))
    office.ok("anna", "import", office.place("anna.bundle"))
    office.ok("anna", "backup", "--out", office.place("kopie"))
    said = office.ok("anna", "restore", "--rehearse", office.place("kopie"))
    assert "Cases that open with all that is in them: 1" in said
    assert "can be restored up to and including 2026-12-26" in said
    assert office.number("anna", keys)
    assert "backup rehearsed: 1" in office.ok("anna", "activity")
    office.ok("nowhere", "restore", "--rehearse", office.place("kopie"))
    assert not (office.folder / "nowhere").exists()


@pytest.mark.parametrize(
    ("harm", "said"),
    [(lambda raw: raw[:-1], "damaged"), (lambda raw: b"MKBK" + raw[:40], "damaged")],
)
def test_damaged_backup_fails_its_rehearsal(
    office: Office, harm: Callable[[bytes], bytes], said: str
) -> None:
    """One line says so, with an exit status that a script sees."""
    office.ok("anna", "backup", "--out", office.place("kopie"))
    raw = (office.folder / "kopie").read_bytes()
    (office.folder / "kopie").write_bytes(harm(raw))
    assert said in office.refused("anna", "restore", "--rehearse", office.place("kopie"))


def test_expired_and_foreign_backups_fail_their_rehearsal(office: Office) -> None:
    """A backup that could not take this vault's place today is no good backup."""
    office.ok("bram", "backup", "--out", office.place("kopie"))
    found = office.run("anna", "restore", "--rehearse", office.place("kopie"))
    assert found.exit_code == 1
    assert "of another handler or channel" in found.stdout
    office.day = TODAY + timedelta(days=36)
    assert "expired" in office.refused("bram", "restore", "--rehearse", office.place("kopie"))


def test_log_is_shown(office: Office) -> None:
    """A line for each day, without a word of a case; withdrawals under their month."""
    lines = office.ok("anna", "activity").splitlines()
    assert lines == ["2026-11-21  keys made: 6, channel card taken in: 1"]
