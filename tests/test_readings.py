"""Readings: whatever hides a name in the bytes of an output is undone, at a cost that is linear."""

import base64
import gzip
import time
from urllib.parse import quote

import pytest

from dropbox.export import gate, lexicon, readings
from dropbox.export.register import Person, Register

WORDS = lexicon.load()
REGISTER = Register([Person(("Fatima el Bouazzaoui",)), Person(("Zoë Müller",))], WORDS)
SENTENCE = "dit schreef Fatima gisteren aan ons allen in de brief"
PACKED = base64.b64encode(SENTENCE.encode()).decode()


def ways(raw: bytes | str) -> set[str]:
    """Return by which readings a name of the register shows."""
    data = raw.encode() if isinstance(raw, str) else raw
    return {
        reading.how
        for reading in readings.readings(data)
        if any(True for _place in gate.registered(reading, REGISTER))
    }


def wrapped(text: str, width: int, end: str) -> str:
    """Return a text on lines of one width."""
    return end.join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize(
    "hidden",
    [
        "&#70;&#97;&#116;&#105;&#109;&#97;",
        "&#70&#97&#116&#105&#109&#97",
        "&#x46;&#X61;tima",
        "&#0000000000000070;atima",
        "M&uuml;ller",
        "M&uuml;ller".replace(";", ""),
        "&amp;amp;#70;atima",
    ],
)
def test_entities_are_written_out(hidden: str) -> None:
    """By number, by name, with or without semicolon, and an entity of an entity."""
    assert readings.ENTITIES in ways(f"de tekst {hidden} hier")


@pytest.mark.parametrize(
    "hidden",
    [
        "Fa<b>ti</b>ma",
        'Fa<b title="a>b">tima</b>',
        "Fa<!-- a > b -->tima",
        f'Fa<b title="{"x" * 3000}">tima</b>',
        "Fa<wbr>tima",
    ],
)
def test_tags_and_comments_do_not_part_a_name(hidden: str) -> None:
    """A reader of the page sees one word, whatever stands in its tags."""
    assert readings.WITHOUT_TAGS in ways(f"de tekst {hidden} hier")


@pytest.mark.parametrize("hidden", ['<i alt="Fatima">', "<!-- fatima -->", "<p data-x=Fatima>"])
def test_what_no_reader_sees_is_read_as_it_stands(hidden: str) -> None:
    """Attributes, comments and scripts are bytes as well."""
    assert readings.AS_IT_STANDS in ways(f"de tekst {hidden} hier")


@pytest.mark.parametrize(
    ("hidden", "how"),
    [
        (quote("Müller"), readings.PERCENT),
        ("M%FCller", readings.PERCENT),
        ("%2546%2561tima", readings.PERCENT),
        ("%u0046atima", readings.ESCAPES),
        ("\\u0046atima", readings.ESCAPES),
        ("\\U00000046atima", readings.ESCAPES),
        ("\\\\x46atima", readings.ESCAPES),
        ("\\106\\141tima", readings.ESCAPES),
        ('p::before{content:"\\46 \\61 tima"}', readings.ESCAPES),
        ("=46=61tima", readings.QUOTED),
        ("Bouaz=\r\nzaoui", readings.QUOTED),
        ("M=FCller", readings.QUOTED),
        ("xn--mller-kva.nl", readings.PUNYCODE),
        ("M+APw-ller", readings.PUNYCODE),
        ("amitaF", readings.BACKWARDS),
        ("sngvzn", readings.ROTATED),
    ],
)
def test_codes_are_undone(hidden: str, how: str) -> None:
    """Percent, backslash, quoted-printable, punycode, UTF-7, backwards, turned by thirteen."""
    assert how in ways(f"de tekst {hidden} hier")


@pytest.mark.parametrize("skip", range(4))
def test_base64_is_undone_at_every_offset(skip: int) -> None:
    """A run may begin with what belongs to something else, or lack its own beginning."""
    assert ways(f"de tekst {'QUJD'[:skip]}{PACKED} hier") == {"with its base64 undone"}
    assert ways(f"de tekst {PACKED[skip:]} hier") == {"with its base64 undone"}


@pytest.mark.parametrize(
    "hidden",
    [
        PACKED.rstrip("="),
        wrapped(PACKED, 20, "\n"),
        wrapped(PACKED, 20, "\r\n> "),
        wrapped(PACKED, 5, "\n"),
        wrapped(PACKED, 12, " "),
        base64.urlsafe_b64encode("ÿÿÿ Fatima ??>>".encode()).decode(),
        base64.b64encode(b"\x00\xff\x89PNG Fatima \xff\x00").decode(),
        base64.b64encode(SENTENCE.encode("utf-16-le")).decode(),
        base64.b64encode(gzip.compress(SENTENCE.encode(), mtime=0)).decode(),
        base64.b64encode(base64.b64encode(PACKED.encode())).decode(),
    ],
)
def test_base64_is_undone_however_it_is_written(hidden: str) -> None:
    """Without padding, over lines, for addresses, among other bytes, wide, packed, in itself."""
    assert "with its base64 undone" in ways(f"de tekst:\n{hidden}\nhier")


@pytest.mark.parametrize(
    "hidden",
    [
        b"Fatima".hex(),
        "a" + SENTENCE.encode().hex(),
        b"Fatima".hex(":").upper(),
        ", ".join(f"0x{code:02x}" for code in b"Fatima"),
        "Fatima".encode("utf-16-le").hex(),
        wrapped(SENTENCE.encode().hex(), 10, "\n"),
        " ".join(str(code) for code in b"Fatima"),
        " ".join(f"{code:08b}" for code in b"Fatima"),
        base64.b32encode(b"Fatima el").decode(),
    ],
)
def test_numbers_are_read_as_letters(hidden: str) -> None:
    """Hexadecimal from any digit on, with signs between; decimal; binary; base32."""
    assert ways(f"de tekst {hidden} hier")


@pytest.mark.parametrize("name", ["utf-16", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_letters_are_read(name: str) -> None:
    """Bytes of two or four for a letter, whatever stands before them."""
    assert readings.WIDE in ways(b"x" + SENTENCE.encode(name))


def test_a_refusal_names_the_line_of_the_output() -> None:
    """What is undone stays on its line, so that somebody can find it."""
    text = f"een\ntwee\ndrie {PACKED} hier\n"
    (place,) = {
        reading.text.count("\n", 0, place) + 1
        for reading in readings.readings(text.encode())
        for place in gate.registered(reading, REGISTER)
    }
    assert place == 3


def test_ordinary_texts_hide_nobody() -> None:
    """Prose, capitals, numbers and links come out as garbage, and garbage names nobody."""
    text = (
        "De VERGADERING van 14-03-2024 over artikel 5.1 (https://voorbeeld.nl/a?b=c%20d) "
        "was in kamer 12. Bel 06 12 34 56 78. decade, facade, beaded; NL91ABNA0417164300.\n"
    )
    assert ways(text * 50) == set()


@pytest.mark.parametrize(
    "piece", ["<", '<a "', "<!--", "\\", "&", "=4", "QUJD\n", "4a ", "%", "+AA"]
)
def test_readings_cost_grows_with_the_text(piece: str) -> None:
    """Four times the text is about four times the work, whatever it consists of."""
    spent = []
    for size in (20_000, 80_000):
        began = time.process_time()
        ways((piece * size)[:size])
        spent.append(time.process_time() - began)
    assert spent[1] < 40 * max(spent[0], 0.02)
