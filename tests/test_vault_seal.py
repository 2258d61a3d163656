"""What seals a row: it opens in its own place only, and hides its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import vault_seal
from dropbox.desk.errors import VaultDamaged

KEY = bytes(range(32))


def test_command_lines_cost_is_libsodiums_moderate_or_better() -> None:
    """A guess at a real vault's passphrase costs at least 256 MiB and three passes."""
    assert vault_seal.MODERATE.memory_bytes >= 256 * 1024 * 1024
    assert vault_seal.MODERATE.operations >= 3


@given(st.binary(max_size=2000), st.binary(max_size=60))
def test_sealed_content_opens_only_in_its_own_context(content: bytes, context: bytes) -> None:
    """What is sealed in one context opens there and nowhere else."""
    sealed = vault_seal.seal(KEY, content, context)
    assert vault_seal.unseal(KEY, sealed, context) == content
    with pytest.raises(VaultDamaged):
        vault_seal.unseal(KEY, sealed, context + b"x")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_sealed_content(raw: bytes) -> None:
    """Bytes that nobody sealed are `VaultDamaged`, whatever their length."""
    with pytest.raises(VaultDamaged):
        vault_seal.unseal(KEY, raw, b"")


@given(st.binary(max_size=2000))
def test_padding_is_taken_off_as_it_was_put_on(content: bytes) -> None:
    """Padding hides the length and loses nothing."""
    assert vault_seal.unpad(vault_seal.pad(content)) == content
