"""Rows of a transaction are held back and written together; nobody can tell."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropbox.desk import vault_file, vault_rows
from dropbox.desk.errors import VaultDamaged
from dropbox.desk.vault import Vault
from dropbox.desk.vault_rows import Rows
from tests.desk_world import CHEAP, PASSPHRASE

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "delete", "count", "items"]),
        st.integers(0, 5),
        st.binary(max_size=3),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(CHANGES, st.sampled_from([0, 700, 10**6]))
def test_rows_of_a_transaction_are_found_before_they_are_written(
    changes: list[tuple[str, int, bytes]], pending: int
) -> None:
    """Whatever is held back, a vault answers as if each row were written at once."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(
            vault_rows, "PENDING_BYTES", pending
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = stack.enter_context(ExitStack())
        vault = made.enter_context(vault_file.create(folder / "vault", PASSPHRASE, CHEAP))
        expected: dict[bytes, bytes] = {}
        for what, number, content in changes:
            name = bytes([number])
            if what == "put":
                vault.put("seen", name, content)
                expected[name] = content
            elif what == "delete":
                vault.delete("seen", name)
                expected.pop(name, None)
            elif what == "count":
                assert vault.count("seen") == len(expected)
            else:
                assert dict(vault.items("seen")) == expected
            assert vault.get("seen", name) == expected.get(name)
            assert vault.has("seen", name) == (name in expected)
        made.close()
        with Vault.open(folder / "vault", PASSPHRASE) as opened:
            assert dict(opened.items("seen")) == expected


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Return an open vault."""
    with vault_file.create(tmp_path / "vault", PASSPHRASE, CHEAP):
        pass  # all of this is one transaction
    with Vault.open(tmp_path / "vault", PASSPHRASE) as opened:
        yield opened


def fail_to_load(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the file refuse rows so many times."""
    really, left = Rows.load, [VaultDamaged()] * times

    def load(self: Rows, rows: list[tuple[int, bytes, bytes]]) -> None:
        if left:
            raise left.pop()
        really(self, rows)

    monkeypatch.setattr(Rows, "load", load)


def put_and_go_on(vault: Vault) -> None:
    """Put two rows in a transaction that goes on after a failure, as with a damaged case."""
    with vault.transaction():
        vault.put("seen", b"a", b"1")
        with suppress(VaultDamaged):
            vault.count("seen")
        vault.put("seen", b"b", b"2")


def test_failure_that_is_passed_over_loses_no_row(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that could not be written in the middle stand when the transaction has ended."""
    fail_to_load(monkeypatch, 1)
    put_and_go_on(vault)
    assert dict(vault.items("seen")) == {b"a": b"1", b"b": b"2"}


def test_transaction_whose_rows_cannot_be_written_does_not_end_well(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file refuses them at the end, too, nothing of the transaction holds."""
    fail_to_load(monkeypatch, 2)
    with pytest.raises(VaultDamaged):
        put_and_go_on(vault)
    assert dict(vault.items("seen")) == {}


def test_row_outside_a_transaction_stands_or_is_forgotten(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the file refused is not found, and does not come back with a later one."""
    fail_to_load(monkeypatch, 1)
    with pytest.raises(VaultDamaged):
        vault.put("seen", b"a", b"1")
    assert vault.get("seen", b"a") is None
    vault.put("seen", b"b", b"2")
    assert dict(vault.items("seen")) == {b"b": b"2"}
