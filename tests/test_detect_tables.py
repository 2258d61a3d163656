"""Tables: the head of a column says what stands under it."""

import re

import pytest

from dropbox.export.detect import contact

TABLES = [
    "naam\tgeb.\ttel\npiet\t<3-4-1980>\t<552 44 10>\njan\t<12 mei 1977>\tonbekend",
    "naam;kamer;personeelsnr\nA;<3.14>;<44821>\nB;<2.01>;<55812>",
    "Naam | BSN | Kenteken\nJ | <123456789> | <AB-12-CD>",
    "Naam\tAdres\tUren\nJ\t<Zandpad 4>\t36",
]
STAYS = [
    "naam;aantal;jaar\nA;12;2019\nB;14;2020",
    "team | uren | score\nWest | 36 | 7,5\nOost | 32 | 8,1",
    "naam\ttel\turen\nJ\tgeen\t36\n\nLosse regel\t4471\t12",
    "zaaknr;artikel;lid\n20240188;12;4",
]


@pytest.mark.parametrize("row", TABLES)
def test_head_of_a_column_tells_what_is_under_it(row: str) -> None:
    """Cells under "geb." or "personeelsnr" are found, and no other cell goes with them."""
    cells = [(each.start(1), each.end(1)) for each in re.finditer("<([^>]*)>", row)]
    wanted = {row[start:end] for start, end in cells}
    text = row.replace("<", "").replace(">", "")
    assert {text[span.start : span.end] for span in contact.found(text)} == wanted


@pytest.mark.parametrize("text", STAYS)
def test_columns_that_name_nobody_stay(text: str) -> None:
    """Counts, years, cases and rows under no head stay readable."""
    assert [text[span.start : span.end] for span in contact.found(text)] == []


@pytest.mark.parametrize(
    "text",
    ["Bel Kees op 06 12345678.\n\nOok de rest.", "Bel 06 12345678\n\n12 maart is goed."],
)
def test_a_phone_number_ends_with_its_paragraph(text: str) -> None:
    """Neither a capital O nor a figure of the next paragraph makes a number unknown."""
    assert "06 12345678" in [text[each.start : each.end] for each in contact.found(text)]
