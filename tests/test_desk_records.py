"""What the vault keeps of a record comes back as it was, or not at all."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import records
from dropbox.desk.errors import VaultDamaged


@dataclass(frozen=True)
class Inner:
    """A record inside a record."""

    raw: bytes
    day: date


@dataclass(frozen=True)
class Sample:
    """A record with a field of every kind."""

    text: str
    number: int
    truth: bool
    day: date | None
    raw: tuple[bytes, ...]
    names: dict[str, str]
    inner: Inner
    maybe: Inner | None = None


INNERS = st.builds(Inner, st.binary(max_size=40), st.dates())
SAMPLES = st.builds(
    Sample,
    st.text(),
    st.integers(),
    st.booleans(),
    st.none() | st.dates(),
    st.lists(st.binary(max_size=8)).map(tuple),
    st.dictionaries(st.text(), st.text()),
    INNERS,
    st.none() | INNERS,
)


@given(SAMPLES)
def test_record_comes_back_as_it_was(sample: Sample) -> None:
    """Every field survives writing and reading, with its type."""
    assert records.decode(Sample, records.encode(sample)) == sample


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_other_bytes_are_a_damaged_vault(raw: bytes) -> None:
    """Bytes that are no such record are `VaultDamaged`, never another error."""
    with pytest.raises(VaultDamaged):
        records.decode(Sample, raw)


def test_field_that_an_older_program_did_not_know_takes_its_default() -> None:
    """A record from before a field was added opens; one that lacks another field does not."""
    sample = Sample("a", 1, True, None, (), {}, Inner(b"", date(2026, 11, 21)))
    older = records.encode(sample).replace(b',"maybe":null', b"")
    assert b"maybe" not in older
    assert records.decode(Sample, older) == sample
    with pytest.raises(VaultDamaged):
        records.decode(Sample, older.replace(b'"number":1,', b""))
    with pytest.raises(VaultDamaged):
        records.decode(Sample, older.replace(b"{", b'{"later":1,', 1))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"raw":"00"}',
        b'{"raw":"00","day":"2026-11-21","more":1}',
        b'{"raw":"0","day":"2026-11-21"}',
        b'{"raw":0,"day":"2026-11-21"}',
        b'{"raw":"00","day":"21-11-2026"}',
        b'{"raw":null,"day":"2026-11-21"}',
        b"[" * 100_000,
    ],
)
def test_missing_unknown_or_wrong_fields_are_a_damaged_vault(raw: bytes) -> None:
    """Reading is strict: nothing is guessed."""
    with pytest.raises(VaultDamaged):
        records.decode(Inner, raw)
