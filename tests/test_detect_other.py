"""Identifiers, descriptions, what cannot be read, and what holds for every text."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.export import lexicon
from dropbox.export.detect import contact, detect, quasi
from dropbox.export.detect.contact import is_bsn, is_iban
from dropbox.export.span import CONTACT, MASKED, OPAQUE, QUASI, Span, merge
from dropbox.export.view import view


@pytest.mark.parametrize(
    "identifier",
    [
        "06-12345678",
        "06 12 34 56 78",
        "+31 6 1234 5678",
        "0031612345678",
        "(020) 123 45 67",
        "020-1234567",
        "nul zes een twee drie vier vijf zes zeven acht",
        "jan.jansen@voorbeeld.nl",
        "j.jansen [at] voorbeeld [dot] nl",
        "NL91 ABNA 0417 1643 00",
        "NL91ABNA0417164300",
        "111222333",
        "XK-482-B",
        "12-ABC-3",
        "1012 AB",
        "Dorpsstraat 12-3, 1012 AB Amsterdam",
        "Dorpsstraat 12",
        "linkedin.com/in/jan-jansen",
        "@jan_jansen",
        "https://www.facebook.com/jan.jansen",
        "kamer 3.14",
        "P-118840",
    ],
)
def test_identifier_is_found_in_any_spelling(identifier: str) -> None:
    """What leads to one person by itself is masked whole."""
    text = f"Dit is het: {identifier} en verder niets"
    start, end = text.index(identifier), text.index(identifier) + len(identifier)
    spans = detect(text, lexicon.load()).spans
    covered = {at for span in spans if span.label in MASKED for at in range(span.start, span.end)}
    assert [text[at] for at in range(start, end) if text[at].isalnum() and at not in covered] == []


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Mijn personeelsnummer is 204417.", "204417"),
        ("Geboren op 3 november 1991 in Assen.", "3 november 1991"),
        ("BSN: 123 456 789", "123 456 789"),
        ("toestel 4521 is van haar", "4521"),
        ("Ik woon aan de Kerkweg 8 in Assen", "Kerkweg 8"),
    ],
)
def test_identifier_is_known_by_what_stands_before_it(text: str, gone: str) -> None:
    """A bare number says nothing; the words before it do."""
    found = [text[span.start : span.end] for span in contact.found(text)]
    assert any(gone in each for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "zaak 2024-0188",
        "in 2019 en 2020",
        "schaal 12",
        "artikel 5.1 lid 2",
        "van 10.00 tot 12.30 uur",
        "€ 1.250,00",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    """Case numbers, years, scales, articles and hours lead to nobody."""
    assert list(contact.found(text)) == []


def test_numbers_are_checked() -> None:
    """A BSN passes the eleven test and an IBAN mod 97; their neighbours do not."""
    assert is_bsn("111222333")
    assert not is_bsn("111222334")
    assert is_iban("DE89 3704 0044 0532 0130 00")
    assert not is_iban("DE88 3704 0044 0532 0130 00")


@pytest.mark.parametrize(
    ("text", "touched", "suggestion"),
    [
        ("Ik ben de enige vrouw in het team.", "enige vrouw in het team", quasi.LEAVE_OUT),
        ("Het was op 14 maart 2024.", "14 maart 2024", "Q1 2024"),
        ("Op 30-12-2023 ging het mis.", "30-12-2023", "Q4 2023"),
        ("Zij is onze teammanager sinds 1 februari.", "teammanager sinds 1 februari", quasi.SINCE),
        (
            "Ik ben inspecteur bij de afdeling Parkeren.",
            "inspecteur bij de afdeling Parkeren",
            quasi.LARGER_UNIT,
        ),
        ("Mijn dochter werkt er ook.", "Mijn dochter", quasi.RELATION),
        ("Ze was toen zwanger.", "zwanger", quasi.HEALTH),
        ("Zij is 34 jaar oud.", "34 jaar oud", quasi.AGE_GROUP),
        ("De Turkse portier werd uitgelachen.", "De Turkse portier", quasi.ORIGIN),
        ("Het gebeurde om 14.30 uur.", "om 14.30 uur", quasi.PART_OF_DAY),
    ],
)
def test_description_is_shown_with_a_suggestion(text: str, touched: str, suggestion: str) -> None:
    """What points to one person is highlighted, never masked, and a way to say less is given."""
    spans = [span for span in detect(text, lexicon.load()).spans if span.label == QUASI]
    found = [(text[span.start : span.end], span.suggestion) for span in spans]
    assert any(touched in each and said == suggestion for each, said in found)


@pytest.mark.parametrize(
    "hidden",
    [
        "RmF0aW1hIGVsIEJvdWF6emFvdWk=",
        "%46%61%74%69%6d%61",
        "\u0641\u0627\u0637\u0645\u0629",
        "张美玲",
        "46 61 74 69 6d 61 20",
    ],
)
def test_what_cannot_be_read_is_masked(hidden: str) -> None:
    """Encoded stretches and other scripts are not passed by because nobody looked."""
    text = f"Dit stond er: {hidden} en verder niets"
    start = text.index(hidden)
    assert any(
        span.label in {OPAQUE, CONTACT}
        and span.start <= start
        and span.end >= start + len(hidden.strip())
        for span in detect(text, lexicon.load()).spans
    )


@pytest.mark.parametrize(
    "text",
    [
        "Dün akşam müdürüm bana çok kötü davrandı ve hiç kimse bir şey söylemedi bize burada.",
        "Wczoraj mój kierownik powiedział mi przy wszystkich bardzo przykre rzeczy o moim kraju.",
        "Dit is \x00\x01 geen tekst \ufffd\ufffd meer",
        "Dit staat \u202eachterstevoren\u202c in de brief.",
    ],
)
def test_what_is_no_dutch_or_english_is_a_doubt(text: str) -> None:
    """A third language and broken text are named, so that the gate can refuse them."""
    assert detect(text, lexicon.load()).doubts != ()


def test_dutch_and_english_are_no_doubt() -> None:
    """Ordinary reports pass, slips of the pen and all."""
    text = (
        "Mijn leidinggevende heeft gisteren voor de derde keer een vervelende opmerking gemaakt. "
        "My manager said that it was only a joke and that nobody should be offended by it."
    )
    assert detect(text, lexicon.load()).doubts == ()


@given(st.text(max_size=300))
def test_every_text_can_be_read(text: str) -> None:
    """No text is a crash; spans lie within it, in order, and none is empty or overlaps another."""
    spans = detect(text, lexicon.load()).spans
    places = [place for span in spans for place in (span.start, span.end)]
    assert places == sorted(places)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


WORDS = st.sampled_from(
    [
        "Fatima",
        "Bakker",
        "de",
        "van",
        "El-Idrissi",
        "zei",
        "&",
        "&amp;",
        "\u200b",
        "\xad",
        "é",
        "\n",
        "06-12345678",
        "[5.1.2.e]",
        "J.P.",
        "hoop",
        "WIT",
        "💥",
        "ﬁ",
    ]
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_view_leads_back_to_the_text(text: str) -> None:
    """Every stretch of a view stands for a stretch of the text, in order, and nothing is lost."""
    seen = view(text)
    places = [seen.original(at, at + 1) for at in range(len(seen.text))]
    assert all(first <= last for first, last in places)
    assert [first for first, _ in places] == sorted(first for first, _ in places)
    assert all(last <= len(text) for _, last in places)


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from(["PER", "QUASI"])))
)
def test_merge_keeps_all_that_is_masked(found: list[tuple[int, int, str]]) -> None:
    """Joining spans never shows a character that one of them masks."""
    spans = [Span(start, start + size, label) for start, size, label in found]
    before = {at for span in spans if span.label == "PER" for at in range(span.start, span.end)}
    merged = merge(spans)
    after = {at for span in merged if span.label == "PER" for at in range(span.start, span.end)}
    assert before == after
    assert all(one.end <= two.start for one, two in pairwise(merged))


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "A.",
        "1 ",
        "Jan ",
        "é",
        "[",
        "a@",
        "&#74;",
        "0",
        "de van ",
        "x-",
        "nul ",
        "=41",
        "A1",
        "- ",
        "AB/",
    ],
)
def test_cost_is_linear(piece: str) -> None:
    """Twice the text is about twice the work, whatever it consists of: nothing can stall it."""
    words = lexicon.load()
    spent = []
    for size in (20_000, 80_000):
        text = (piece * size)[:size]
        began = time.process_time()
        detect(text, words)
        spent.append(time.process_time() - began)
    assert spent[1] < 40 * max(spent[0], 0.02)
