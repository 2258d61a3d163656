"""Whatever is wrong with a vault's file, the vault says so, and nothing else goes wrong."""

import random
import sqlite3
from pathlib import Path

import pytest

from dropbox.desk.errors import VaultDamaged
from dropbox.desk.vault import CASE_DRAWERS, MASTER_DRAWERS, Vault
from dropbox.errors import VaultError
from tests.desk_world import CASE_KEY as KEY
from tests.desk_world import MARK, PASSPHRASE, full_vault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make a vault with one row in each drawer."""
    return full_vault(tmp_path / "a.vault")


def use_all(path: Path) -> None:
    """Open a vault and do everything with it that a vault can do."""
    with Vault.open(path, PASSPHRASE) as vault:
        for drawer in MASTER_DRAWERS:
            vault.count(drawer)
            assert [name for name, _content in vault.items(drawer)] in ([MARK], [])
        for drawer in CASE_DRAWERS:
            vault.get(drawer, MARK, KEY)
        with vault.transaction():
            vault.load_raw_rows(list(vault.raw_rows()))
            vault.put("seen", b"new", b"")
            vault.erase_later()
        vault.change_passphrase(PASSPHRASE)


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_altered_byte_anywhere_is_an_error_of_the_vault(path: Path, mask: int) -> None:
    """Whichever byte of the file is changed, the vault works or says what is wrong."""
    whole = path.read_bytes()
    used = [place for place, byte in enumerate(whole) if byte]
    wrong = 0
    for place in {*range(100), *random.Random(mask).sample(used, 250)}:
        changed = bytearray(whole)
        changed[place] ^= mask
        path.write_bytes(changed)
        try:
            use_all(path)
        except VaultError:
            wrong += 1
    assert wrong > 200


def test_altered_plan_of_tables_is_a_damaged_vault(path: Path) -> None:
    """Also where what SQLite has to say about it is no text."""
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"operations INTEGER", b"operations\xff\xfeNTEGER"))
    with pytest.raises(VaultDamaged):
        Vault.open(path, PASSPHRASE)


@pytest.mark.parametrize("table", ["head", "row"])
def test_number_where_bytes_belong_is_a_damaged_vault(path: Path, table: str) -> None:
    """Somebody who rebuilds the file with looser tables gets no further than an error."""
    connection = sqlite3.connect(path)
    (plan,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = ?", (table,)
    ).fetchone()
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.execute(f"DROP TABLE {table}")
    connection.execute(plan.replace(" STRICT,", "").replace(" STRICT", ""))
    for *start, _last in rows:
        marks = ", ".join("?" * len(start))
        connection.execute(f"INSERT INTO {table} VALUES ({marks}, ?)", (*start, 5))
    connection.commit()
    connection.close()
    with pytest.raises(VaultDamaged):
        use_all(path)


def test_error_of_the_caller_stays_the_callers(path: Path) -> None:
    """What goes wrong inside a transaction for another reason is not called damage."""
    with (
        Vault.open(path, PASSPHRASE) as vault,
        pytest.raises(UnicodeDecodeError),
        vault.transaction(),
    ):
        b"\xff".decode()
