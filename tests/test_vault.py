"""The vault gives nothing away, holds together when a program dies, and says when it is broken."""

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropbox.desk import vault_file
from dropbox.desk.errors import (
    PassphraseTooShort,
    VaultBusy,
    VaultDamaged,
    VaultExists,
    VaultMissing,
    VaultNotWritable,
    WrongPassphrase,
)
from dropbox.desk.vault import CASE_DRAWERS, MASTER_DRAWERS, Vault
from tests.desk_world import CASE_KEY as KEY
from tests.desk_world import CHEAP, MARK, PASSPHRASE, full_vault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a vault with one row in each drawer."""
    return full_vault(tmp_path / "a.vault")


@pytest.fixture
def vault(path: Path) -> Iterator[Vault]:
    """Open that vault."""
    with Vault.open(path, PASSPHRASE) as opened:
        yield opened


def test_row_comes_back_as_it_was_put(vault: Vault) -> None:
    """What is put under a name is found under it, in every drawer."""
    assert all(vault.get(drawer, MARK) == MARK * 20 for drawer in MASTER_DRAWERS)
    assert all(vault.get(drawer, MARK, KEY) == MARK * 20 for drawer in CASE_DRAWERS)
    assert vault.get("seen", b"another") is None
    assert list(vault.items("seen")) == [(MARK, MARK * 20)]


def test_file_and_folder_hold_no_name_and_no_content(path: Path) -> None:
    """Neither the file nor anything beside it has a byte of what was put, or of the passphrase."""
    for place in path.parent.iterdir():
        assert MARK not in place.read_bytes()
        assert PASSPHRASE.encode() not in place.read_bytes()


def test_journal_and_temporary_folder_hold_no_content(path: Path, tmp_path: Path) -> None:
    """While a large transaction runs, its journal and the temporary folder stay unreadable."""
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from dropbox.desk.vault import Vault
        path, passphrase, mark = Path(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
        with Vault.open(path, passphrase) as vault, vault.transaction():
            for number in range(3000):  # more than the page cache holds
                vault.put("seen", mark + str(number).encode(), mark * 500)
            vault.erase_later()
            left = [place for folder in (path.parent, Path(sys.argv[4]))
                    for place in folder.iterdir() if place.is_file()]
            assert any(place.name.endswith("-journal") for place in left)
            assert not any(mark in place.read_bytes() for place in left)
        """
    )
    arguments = [str(path), PASSPHRASE, MARK.decode(), str(elsewhere)]
    subprocess.run(
        [sys.executable, "-c", script, *arguments],
        check=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "TMPDIR": str(elsewhere), "SQLITE_TMPDIR": str(elsewhere)},
    )
    assert list(elsewhere.iterdir()) == []


def test_length_of_a_content_is_hidden(vault: Vault) -> None:
    """A short and a longer content take the same room."""
    rows = {}
    for name, size in ((b"short", 1), (b"long", 200)):
        vault.put("seen", name, bytes(size))
    for _drawer, tag, sealed in vault.raw_rows():
        rows[tag] = len(sealed)
    assert len({size for size in rows.values() if size < 400}) == 1


def test_file_is_its_owners_alone(path: Path) -> None:
    """The file is made with mode 0600, and opening takes a wider mode away."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    Vault.open(path, PASSPHRASE).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_wrong_passphrase_is_told_from_damage(path: Path) -> None:
    """Another passphrase is `WrongPassphrase`, not a damaged vault."""
    with pytest.raises(WrongPassphrase):
        Vault.open(path, PASSPHRASE + "x")


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """No file, another file and another database each give a clear error."""
    with pytest.raises(VaultMissing):
        Vault.open(tmp_path / "none", PASSPHRASE)
    other = tmp_path / "other"
    for content in (b"", b"no database" * 200):
        other.write_bytes(content)
        with pytest.raises(VaultDamaged):
            Vault.open(other, PASSPHRASE)
    other.unlink()
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE head (id)")
    connection.close()
    with pytest.raises(VaultDamaged):
        Vault.open(other, PASSPHRASE)


def test_truncated_vault_is_refused(path: Path) -> None:
    """A vault that was cut off at any page does not open."""
    whole = path.read_bytes()
    for size in range(4096, len(whole), 4096):
        path.write_bytes(whole[:size])
        with pytest.raises(VaultDamaged):
            Vault.open(path, PASSPHRASE)


def test_altered_row_is_refused(path: Path, vault: Vault) -> None:
    """A row that was altered, or moved to another place, is an error and not an empty answer."""
    connection = sqlite3.connect(path)
    first, second = connection.execute("SELECT drawer, tag, sealed FROM row LIMIT 2").fetchall()
    swap = "UPDATE row SET sealed = ? WHERE drawer = ? AND tag = ?"
    connection.execute(swap, (second[2], first[0], first[1]))
    connection.commit()
    connection.close()
    with pytest.raises(VaultDamaged):
        vault.get(MASTER_DRAWERS[0], MARK)


def test_wrong_case_key_is_refused(vault: Vault) -> None:
    """Without its own key a case's row does not open, whoever has the passphrase."""
    with pytest.raises(VaultDamaged):
        vault.get("entry", MARK, bytes(32))


def test_case_rows_need_a_case_key(vault: Vault) -> None:
    """A case's row can never be sealed under the master key by mistake, nor the reverse."""
    with pytest.raises(ValueError, match="case"):
        vault.put("entry", MARK, b"")
    with pytest.raises(ValueError, match="case"):
        vault.put("seen", MARK, b"", KEY)


def test_failed_transaction_leaves_everything(vault: Vault) -> None:
    """An error inside a transaction undoes all of it."""

    def fail() -> None:
        with vault.transaction():
            vault.put("seen", b"new", b"")
            vault.delete("seen", MARK)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not vault.has("seen", b"new")
    assert vault.has("seen", MARK)


def test_killed_program_leaves_the_vault_as_before(path: Path) -> None:
    """A program that dies within a transaction changes nothing."""
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from dropbox.desk.vault import Vault
        with Vault.open(Path(sys.argv[1]), sys.argv[2]) as vault, vault.transaction():
            for number in range(3000):
                vault.put("seen", str(number).encode(), bytes(500))
            vault.delete("setting", sys.argv[3].encode())
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    arguments = [str(path), PASSPHRASE, MARK.decode()]
    root = Path(__file__).parent.parent
    ended = subprocess.run([sys.executable, "-c", script, *arguments], check=False, cwd=root)
    assert ended.returncode == -9
    with Vault.open(path, PASSPHRASE) as vault:
        assert vault.count("seen") == 1
        assert vault.get("setting", MARK) == MARK * 20


def test_second_writer_is_told_that_the_vault_is_busy(
    path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs never write at once; the second gets a clear error."""
    monkeypatch.setattr("dropbox.desk.vault_rows.BUSY_SECONDS", 0)
    with (
        Vault.open(path, PASSPHRASE) as other,
        vault.transaction(),
        pytest.raises(VaultBusy),
        other.transaction(),
    ):
        pass


def test_full_disk_is_told_from_damage(vault: Vault) -> None:
    """When there is no room, nothing changes and nobody is told to restore a backup."""
    pages = vault._database.execute("PRAGMA page_count").fetchone()[0]
    vault._database.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    def fill() -> None:
        with vault.transaction():
            for number in range(100):
                vault.put("seen", bytes([number]), bytes(2000))

    with pytest.raises(VaultNotWritable):
        fill()
    assert vault.count("seen") == 1


def test_erased_rows_leave_no_bytes(path: Path) -> None:
    """After an erasure not one sealed byte of the row is left in the file."""
    with Vault.open(path, PASSPHRASE) as vault:
        before = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        with vault.transaction():
            vault.delete("case_key", MARK)
            vault.erase_later()
        gone = before - {sealed for _drawer, _tag, sealed in vault.raw_rows()}
    assert len(gone) == 1
    assert gone.pop()[40:72] not in path.read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_erasure_that_was_cut_short_is_finished_at_the_next_opening(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a program dies between commit and rewriting, the next opening rewrites the file."""
    with Vault.open(path, PASSPHRASE) as vault:
        monkeypatch.setattr(Vault, "_compact", lambda self: None)
        with vault.transaction():
            vault.delete("seen", MARK)
            vault.erase_later()
        monkeypatch.undo()
        assert vault.count("setting") == 2
    with Vault.open(path, PASSPHRASE) as vault:
        assert vault.count("setting") == 1


def no_room(*_unused: object) -> None:
    """Refuse to write, as SQLite does on a full disk."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def test_full_disk_after_a_commit_neither_undoes_nor_locks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An erasure stands when the file cannot be rewritten after it; the vault still opens."""
    with monkeypatch.context() as full:
        full.setattr("dropbox.desk.vault.Database.vacuum", no_room)
        with Vault.open(path, PASSPHRASE) as vault:
            with vault.transaction():
                vault.delete("seen", MARK)
                vault.erase_later()
            assert vault.unfinished
        with Vault.open(path, PASSPHRASE) as vault:
            assert vault.unfinished
            assert not vault.has("seen", MARK)
            with vault.transaction():
                vault.put("seen", b"new", b"")
    with Vault.open(path, PASSPHRASE) as vault:
        assert not vault.unfinished
        assert vault.has("seen", b"new")
        assert vault.count("setting") == 1


def test_changed_passphrase_opens_and_the_old_one_does_not(path: Path) -> None:
    """Changing the passphrase keeps the contents and takes the old one's power."""
    with Vault.open(path, PASSPHRASE) as vault:
        old = vault.head.wrapped
        vault.change_passphrase("een andere lange zin")
    with pytest.raises(WrongPassphrase):
        Vault.open(path, PASSPHRASE)
    with Vault.open(path, "een andere lange zin") as vault:
        assert vault.get("seen", MARK) == MARK * 20
    assert old[24:56] not in path.read_bytes()


def test_short_passphrase_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    """Fewer than twelve characters are refused, and no file is left."""
    with pytest.raises(PassphraseTooShort), vault_file.create(tmp_path / "v", "kort", CHEAP):
        pass
    assert list(tmp_path.iterdir()) == []


def test_existing_vault_is_not_overwritten(path: Path) -> None:
    """Making a vault where one stands is refused, unless it was asked for."""
    before = path.read_bytes()
    with pytest.raises(VaultExists), vault_file.create(path, PASSPHRASE, CHEAP):
        pass
    assert path.read_bytes() == before
    with vault_file.create(path, PASSPHRASE, CHEAP, replace=True) as vault:
        vault.put("seen", b"new", b"")
    with Vault.open(path, PASSPHRASE) as vault:
        assert vault.has("seen", b"new")


def test_vault_that_fails_while_it_is_made_leaves_nothing(tmp_path: Path) -> None:
    """An error while a vault is filled leaves no file, and one that stood there stays."""
    with pytest.raises(KeyError), vault_file.create(tmp_path / "v", PASSPHRASE, CHEAP):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_passphrase_is_the_same_from_another_keyboard(tmp_path: Path) -> None:
    """A composed and a decomposed accent are the same passphrase."""
    with vault_file.create(tmp_path / "v", "één lange zin hier", CHEAP):
        pass
    Vault.open(tmp_path / "v", "e\u0301e\u0301n lange zin hier").close()


def test_absurd_cost_in_a_head_is_refused_before_it_is_paid(path: Path) -> None:
    """An altered vault cannot make the desk take all memory of the computer."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE head SET memory = ?", (2**40,))
    connection.commit()
    connection.close()
    with pytest.raises(VaultDamaged):
        Vault.open(path, PASSPHRASE)


def test_nothing_secret_shows_in_a_traceback(vault: Vault) -> None:
    """A vault and its head print without their keys."""
    assert repr(vault) == "Vault(…)"
    assert vault.head.wrapped.hex() not in repr(vault.head)
