"""Rows of a transaction are held back and written together; nobody can tell."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dropbox.desk import vault_file, vault_rows
from dropbox.desk.vault import Vault
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
