"""The compiled lexicon: its format, and that a damaged one is an error and no empty list."""

from pathlib import Path

import pytest

from dropbox.export import lexicon
from dropbox.export.lexicon import (
    COMMON_NL,
    FIRST,
    LAST,
    NL,
    OWN,
    LexiconMissing,
    fold,
    pack,
    unpack,
)


def test_what_is_packed_comes_out_again() -> None:
    """Words and flags survive the file."""
    words = {"hoop": NL | COMMON_NL | LAST, "fatima": FIRST | OWN}
    assert unpack(pack(words)) == words


@pytest.mark.parametrize("cut", [0, 5, 21, 24, 30, -1])
def test_a_cut_file_is_an_error(cut: int) -> None:
    """A lexicon that is not whole is never taken for one that knows fewer names."""
    raw = pack({"hoop": NL, "fatima": FIRST})
    with pytest.raises(LexiconMissing):
        unpack(raw[:cut])


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """Without the lexicon nothing is redacted."""
    with pytest.raises(LexiconMissing):
        lexicon.load(tmp_path / "lexicon.bin")


def test_the_compiled_lexicon_knows_names_of_many_traditions() -> None:
    """Lists of one origin do not stand in for all."""
    words = lexicon.load()
    names = (
        "sjoerd kwabena soenil pawirodikromo naima hatice xiomara chinedu meiling agnieszka joao"
    )
    names += " ghassan zarghona abdirahman chaim latuconsina"
    assert [name for name in names.split() if not words.get(name, 0) & lexicon.NAME] == []


@pytest.mark.parametrize(
    ("written", "folded"),
    [("Yıldırım", "yildirim"), ("JOSÉ", "jose"), ("Łukasz", "lukasz"), ("O’Brien", "o'brien")],
)
def test_fold_forgets_case_and_diacritics(written: str, folded: str) -> None:
    """A name is found whichever keyboard it was typed on."""
    assert fold(written) == folded
