"""The server is lost and comes back from its backup; desks bring it what it forgot."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.calendar_world import HANDLERS, Town

DAY = date(2026, 11, 21)
RESTORED = "The site was restored from a backup."


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return an organisation on the day of the tests."""
    return Town(tmp_path, monkeypatch, DAY)


def answer(town: Town, name: str, words: str, text: str) -> None:
    """Let a handler answer a case."""
    town.desk(name, "reply", town.case(words), "--text", text)


def test_destroyed_server_comes_back_and_everything_is_consistent(town: Town) -> None:
    """After one round of the courier nothing is missing but mailboxes made since the backup."""
    stays, gone, early = town.file(), town.file(), town.file()
    town.round()
    answer(town, "anna", stays, "Antwoord voor de reservekopie.")
    town.act(early, "withdraw_now")
    town.round()
    town.run("backup", "--out", town.folder / "site.tar")
    # What the backup does not know:
    late = town.file()
    town.act(stays, "message", text="Een bericht dat verdwijnt.")
    town.round()
    for name in HANDLERS:
        answer(town, name, stays, f"Antwoord van {name} erna.")
    town.act(gone, "withdraw_now")
    town.carry_out("bram")
    town.round("anna")
    town.round("anna")
    old = town.carry_out("anna")
    town.destroy_server()
    assert "Mailboxes that were made after it are lost" in town.run(
        "restore", town.folder / "site.tar"
    )
    town.open_site()
    town.today += timedelta(days=1)
    assert [town.knows(words) for words in (stays, late, early)] == [True, False, False]
    assert "van anna erna" not in town.mailbox(stays)
    assert town.knows(gone)  # no server can know of it before a desk tells it
    assert "A later bundle was delivered" in town.refused("deliver", old)
    printed = town.round()
    assert all(RESTORED in text and "ALARM" not in text for text in printed.values())
    assert not town.knows(gone)
    shown = town.mailbox(stays)
    for text in ("voor de reservekopie", "van anna erna", "van bram erna"):
        assert shown.count(text) == 1
    assert "Withdrawn and erased: 1" in printed["bram"]
    town.carry_in("anna", "--again")
    for printed in (town.round(), town.round()):
        assert not any(RESTORED in text or "ALARM" in text for text in printed.values())
    assert (town.count("mailbox"), town.count("tombstone")) == (1, 2)
    for name in HANDLERS:
        shown = town.desk(name, "list")
        assert "Withdrawn in all: 2" in shown
        assert [town.case(words)[:8] in shown for words in (stays, late)] == [True, True]
        assert town.case(gone)[:8] not in shown
        assert "Replies: 0" in town.desk(name, "receipts")
    # Life goes on, also for whose mailbox lost its last message.
    town.act(stays, "message", text="Ik schrijf weer.")
    assert "New messages: 1" in town.round()["bram"]


@pytest.mark.parametrize("first", ["the same backup", "a backup of the restored site"])
def test_second_restore_is_noticed(town: Town, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """Bundles under way from between the two are refused, and desks repeat what was lost again."""
    clock = [datetime(2026, 11, 21, 3, 10, tzinfo=UTC)]
    monkeypatch.setattr("dropbox.cli.backup.now", lambda: clock[0])
    stays, gone = town.file(), town.file()
    town.round()
    saved = town.folder / "site.tar"
    town.run("backup", "--out", saved)
    town.destroy_server()
    town.run("restore", saved)
    town.open_site()
    if first != "the same backup":
        town.run("backup", "--out", saved)
    for _ in range(2):
        town.round()
    answer(town, "anna", stays, "Antwoord tussen twee keer.")
    town.act(gone, "withdraw_now")
    for _ in range(3):
        town.round()
    under_way = [town.file_of(name, "under-way") for name in HANDLERS]
    for name, path in zip(HANDLERS, under_way, strict=True):
        town.desk(name, "export", "--out", path)
    town.destroy_server()
    clock[0] += timedelta(minutes=1)
    town.run("restore", saved)
    town.open_site()
    for path in under_way:
        assert "A later bundle was delivered" in town.refused("deliver", path)
    town.today += timedelta(days=1)
    assert all(RESTORED in text for text in town.round().values())
    assert not town.knows(gone)
    assert town.mailbox(stays).count("tussen twee keer") == 1
    assert not any(RESTORED in text for text in town.round().values())


def test_refused_restore_changes_nothing(town: Town) -> None:
    """While the site runs, a missing key is not filled in either."""
    town.run("backup", "--out", town.folder / "site.tar")
    (town.places.site_dir / "form.key").unlink()
    (town.places.site_dir / "bundle.key").write_bytes(b"k" * 32)
    store = town.store
    held = store.connection()
    assert "The site is running" in town.refused("restore", town.folder / "site.tar", "--replace")
    assert not (town.places.site_dir / "form.key").exists()
    assert (town.places.site_dir / "bundle.key").read_bytes() == b"k" * 32
    assert held is not None
    store.close()


def test_restore_under_a_wrong_clock_keeps_every_mailbox(town: Town) -> None:
    """On a new machine nothing tells that a clock is years ahead: what is over goes by purge."""
    words = town.file()
    town.run("backup", "--out", town.folder / "site.tar")
    town.destroy_server()
    town.today += timedelta(days=1000)
    town.run("restore", town.folder / "site.tar")
    town.today -= timedelta(days=1000)
    town.open_site()
    assert town.knows(words)


def test_site_is_replaced_without_losing_what_it_knew(town: Town) -> None:
    """With the database still readable a withdrawal since the backup needs no desk."""
    stays, gone = town.file(), town.file()
    town.round()
    town.run("backup", "--out", town.folder / "site.tar")
    town.act(gone, "withdraw_now")
    assert "A site stands here" in town.refused("restore", town.folder / "site.tar")
    assert "The site is running" in town.refused("restore", town.folder / "site.tar", "--replace")
    town.close_site()
    town.run("restore", town.folder / "site.tar", "--replace")
    assert [town.knows(words) for words in (stays, gone)] == [True, False]
    assert all("Withdrawn and erased: 1" in text for text in town.round().values())


def test_restore_after_a_long_pause_says_what_it_did_and_what_comes_next(town: Town) -> None:
    """No word about the last purge stands in the way; that is a command of its own, afterwards."""
    words = town.file()
    town.run("purge")
    town.run("backup", "--out", town.folder / "site.tar")
    town.close_site()
    town.today += timedelta(days=40)
    result = town.try_run("restore", town.folder / "site.tar", "--replace")
    assert (result.exit_code, result.stderr) == (0, "")
    for text in ("The backup is restored", "Now collect for every handler", "meldkluis status"):
        assert text in result.stdout
    assert town.knows(words)
    assert "The last purge was on 2026-11-21" in town.refused("purge")
    town.run("purge", "--after-a-pause")


def test_lost_database_comes_back_beside_what_is_left(town: Town) -> None:
    """What a server without its database advises works: cards and keys stay, mailboxes return."""
    words = town.file()
    town.run("backup", "--out", town.folder / "site.tar")
    town.close_site()
    for path in town.places.site_dir.glob("site.db*"):
        path.unlink()
    assert "meldkluis restore FILE --replace" in town.refused("status")
    town.run("restore", town.folder / "site.tar", "--replace")
    town.open_site()
    assert town.knows(words)


def test_new_empty_site_in_the_way_of_a_backup_can_be_removed(town: Town) -> None:
    """Who typed `init` on the new server hears what to remove, and that is enough."""
    words = town.file()
    town.run("backup", "--out", town.folder / "site.tar")
    town.destroy_server()
    town.run("init")
    assert "A site stands here" in town.refused("restore", town.folder / "site.tar")
    told = town.refused("restore", town.folder / "site.tar", "--replace")
    assert "remove site.toml in KEYS and the folder VAR/site, and restore again" in told
    town.places.site_toml.unlink()
    shutil.rmtree(town.places.site_dir)
    town.run("restore", town.folder / "site.tar")
    town.open_site()
    assert town.knows(words)


def test_backup_is_private_whole_and_everything(town: Town) -> None:
    """The operator's own texts and colours are in it; one that fails leaves the last one alone."""
    own = town.places.keys_dir / "texts" / "nl"
    own.mkdir(parents=True)
    (own / "privacy.md").write_text("# Eigen tekst\n", "utf-8")
    (town.places.keys_dir / "theme.css").write_text("", "utf-8")
    out = town.folder / "site.tar"
    assert "not encrypted" in town.run("backup", "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    before = out.read_bytes()
    (town.places.site_dir / "bundle.key").rename(town.folder / "bundle.key")
    town.refused("backup", "--out", out)
    assert out.read_bytes() == before
    assert not list(town.folder.glob(".new-*")) + list(town.places.site_dir.glob(".new-*"))
    town.destroy_server()
    town.run("restore", out)
    for name in ("texts/nl/privacy.md", "theme.css", "site.toml", "cards/meldpunt.card"):
        assert (town.places.keys_dir / name).exists()
    for name in ("site.db", "bundle.key", "form.key"):
        assert (town.places.site_dir / name).stat().st_mode & 0o777 == 0o600


def test_backup_goes_through_a_pipe(town: Town) -> None:
    """So that it is encrypted before it is written anywhere."""
    words = town.file()
    piped = town.try_run("backup", "--out", "-").stdout_bytes
    town.destroy_server()
    assert town.try_run("restore", "-", given=piped).exit_code == 0
    town.open_site()
    assert town.knows(words)


def test_restore_never_goes_back_to_a_lower_card(town: Town) -> None:
    """Where a site stands, its card stays; where none does, a desk brings the newest along."""
    town.run("backup", "--out", town.folder / "site.tar")
    town.today += timedelta(days=30)
    town.round()
    town.renew()
    town.round()
    town.close_site()
    town.run("restore", town.folder / "site.tar", "--replace")
    assert town.card.version == 2
    town.destroy_server()
    town.run("restore", town.folder / "site.tar")
    town.open_site()
    assert town.card.version == 1
    printed = town.round("anna")["anna"]
    assert RESTORED in printed
    assert "The site still has an older card. Yours goes with the next bundle." in printed
    assert town.card.version == 2


def test_backup_of_another_site_is_refused(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in a file's name does not put two organisations together."""
    town.run("backup", "--out", town.folder / "site.tar")
    (tmp_path / "other").mkdir()
    other = Town(tmp_path / "other", monkeypatch, DAY)
    other.close_site()
    before = (other.places.site_dir / "site.db").read_bytes()
    refusal = other.refused("restore", town.folder / "site.tar", "--replace")
    assert "of another site" in refusal
    assert (other.places.site_dir / "site.db").read_bytes() == before


@pytest.mark.parametrize("gone", ["lost", "elsewhere"])
def test_backup_of_another_site_is_refused_without_settings(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """Where KEYS is missing or misspelt, the key beside the database says whose it is."""
    town.run("backup", "--out", town.folder / "site.tar")
    (tmp_path / "other").mkdir()
    other = Town(tmp_path / "other", monkeypatch, DAY)
    other.close_site()
    before = {path: path.read_bytes() for path in other.places.site_dir.iterdir()}
    if gone == "lost":
        other.places.site_toml.unlink()
    else:
        monkeypatch.setenv("KEYS", str(tmp_path / "elsewhere"))
    assert "of another site" in other.refused("restore", town.folder / "site.tar", "--replace")
    assert {path: path.read_bytes() for path in other.places.site_dir.iterdir()} == before
    assert not (tmp_path / "elsewhere").exists()


# Withdrawn stays withdrawn


def bring_back(town: Town, server: str) -> None:
    """Restore the server, in the place of the one that stands or on an empty disk."""
    if server == "replaced":
        town.close_site()
        town.run("restore", town.folder / "site.tar", "--replace")
    elif server == "lost":
        town.destroy_server()
        town.run("restore", town.folder / "site.tar")
        town.open_site()
        # Bram's vault is whole, and it knows.
        town.round("bram")


@pytest.mark.parametrize("vault", ["replaced", "lost"])
@pytest.mark.parametrize("server", ["as it was", "replaced", "lost"])
def test_old_bundle_after_restore_does_not_resurrect_case(
    town: Town, vault: str, server: str
) -> None:
    """Whatever is brought back from before a withdrawal, on either side: the case stays gone.

    Old are, each in the order that is worst: the desk's backup, the server's backup, a
    bundle to the desk with and without everything in it, and a bundle from the desk.
    """
    words = town.file()
    case = town.case(words)
    old = town.collect("anna", to="old")
    town.desk("anna", "import", old)
    town.desk("anna", "backup", "--out", town.folder / "anna.backup")
    answer(town, "anna", words, "Een antwoord.")
    out = town.carry_out("anna")
    old_again = town.collect("anna", "--again", to="old-again")
    town.run("backup", "--out", town.folder / "site.tar")
    town.today += timedelta(days=10)
    town.act(words, "withdraw_now")
    assert "Withdrawn and erased: 1" in town.round()["anna"]
    town.carry_in("anna")

    bring_back(town, server)
    assert not town.knows(words)
    town.refused("deliver", out) if server != "as it was" else town.try_run("deliver", out)
    assert (town.count("mailbox"), town.count("tombstone")) == (0, 1)

    if vault == "lost":
        town.file_of("anna", "vault").unlink()
    town.desk("anna", "restore", town.folder / "anna.backup", *["--replace"][: vault == "replaced"])
    with town.vault("anna") as opened:
        # What the replaced vault knew counts at once; a new machine has to be told.
        assert opened.count("case_key") == (vault == "lost")
    for each in (old, old_again):
        assert "restored" in town.desk_refused("anna", "import", each)
        assert "restored" in town.desk_refused("anna", "read", case)
    assert "New reports: 0" in town.carry_in("anna", "--again")
    for each in (old, old_again, old):
        assert "New reports: 0" in town.desk("anna", "import", each)
        assert case[:8] not in town.desk("anna", "list")
        assert "withdrawn" in town.desk_refused("anna", "read", case)
    town.round()
    with town.vault("anna") as opened:
        assert opened.count("case_key") == opened.count("entry") == 0
    assert not town.knows(words)
    assert town.count("envelope") == 0
