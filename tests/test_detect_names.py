"""Names are found in every form in which people at work write them, whoever bears them."""

import pytest

from dropbox.export import lexicon
from dropbox.export.detect import Known, detect, own_words
from dropbox.export.span import MASKED


def masked(text: str, known: Known | None = None) -> str:
    """Return the text with a dot for each masked letter or digit."""
    signs = list(text)
    spans = detect(text, lexicon.load(), known or Known()).spans
    for span in spans:
        if span.label in MASKED:
            for at in range(span.start, span.end):
                signs[at] = "." if signs[at].isalnum() else signs[at]
    return "".join(signs)


PEOPLE = [
    "Gerrit Hoogeboom",
    "Jildou Wiersma",
    "Radha Jagroep",
    "Winston Zeefuik",
    "Poniman Kromosoeto",
    "Oumayma Bouhlel",
    "Oğuzhan Karabıyık",
    "Migdalia Girigoria",
    "Kwabena Ntiamoah",
    "Ebele Okwuosa",
    "Xiaoling Cheung",
    "Dewi Tuhuteru",
    "Wojciech Brzęczyszczykiewicz",
    "Deolinda da Graça",
    "Yazan al-Masri",
    "Mirwais Wardak",
    "Fartun Abdulle",
    "Mordechai Zilverberg",
    "Zweli Mkhabela",
]

SENTENCES = [
    "Mijn collega {} is gisteren uitgescholden.",
    "De opmerking kwam van {}, zei iemand.",
    "{} zei dat het een grap was.",
    "Beste {},\n\nDank voor je bericht.",
    "Dat was het.\n\nMet vriendelijke groet,\n{}\nbeleidsmedewerker",
    "Aanwezig: {}, voorzitter",
    "My colleague {} was insulted in the canteen.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", PEOPLE)
def test_full_name_is_found_in_every_place(name: str, sentence: str) -> None:
    """No tradition and no place in a letter is less protected than another."""
    left = masked(sentence.format(name))
    assert not any(part in left for part in name.replace("-", " ").split() if len(part) > 2)


@pytest.mark.parametrize("name", PEOPLE)
def test_name_without_capitals_is_found(name: str) -> None:
    """Chat has no capitals, and names all the same."""
    left = masked(f"mn collega {name.lower()} doet echt vervelend tegen mij en niemand zegt iets")
    assert not any(part in left for part in name.lower().replace("-", " ").split() if len(part) > 2)


@pytest.mark.parametrize("name", PEOPLE)
def test_name_in_capitals_is_found(name: str) -> None:
    """Anger has nothing but capitals."""
    left = masked(f"IK BEN WOEDEND. {name.upper()} HEEFT MIJ UITGESCHOLDEN EN NIEMAND DOET IETS.")
    assert not any(part in left for part in name.upper().replace("-", " ").split() if len(part) > 2)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Anneke Hoop was erbij. Later zei Hoop dat het meeviel.", "Hoop"),
        ("Ik sprak met Wil en met Mark over het rooster.", "Wil"),
        ("De heer Bos keek weg. Volgens Bos was er niets.", "Bos"),
        ("Zij is mevrouw De Wit van de derde verdieping.", "De Wit"),
        ("CC: Haan, B. de", "Haan, B. de"),
        ("Het verslag is van J.P. van 't Hof en M. Kok.", "J.P. van 't Hof"),
        ("Aanwezig waren K.T. (melder) en R. (steunpersoon).", "K.T."),
        ("Dat zei Moniek v.d. Berg gisteren.", "v.d. Berg"),
        ("Ik sprak Fatima B. in de gang.", "Fatima B."),
        ("Arjens excuses waren één regel. Arjen lachte.", "Arjens"),
        ("Zie notulen_bakker_def.docx in de map.", "bakker"),
        ("Ze heet Tjarkina en niemand kent haar achternaam.", "Tjarkina"),
    ],
)
def test_difficult_forms_are_found(text: str, gone: str) -> None:
    """Names that are words, initials, lists turned round, nicknames, file names."""
    assert gone not in masked(text)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Soufiane Amhaouch kwam. Daarna heeft amhaouch niets gezegd.", "amhaouch"),
        ("Soufiane Amhaouch kwam. Later zag ik Amhaouhc weer.", "Amhaouhc"),
        ("Soufiane Amhaouch kwam. AMHAOUCH IS EEN FIJNE COLLEGA.", "AMHAOUCH"),
        ("Soufiane Amhaouch kwam. Het dossier van Soufiane\nAmhaouch is weg.", "Amhaouch"),
        ("Soufiane Amhaouch kwam. De bijlage heet soufianeamhaouch.", "soufianeamhaouch"),
        ("Soufiane Amhaouch kwam. Volgens Am-\nhaouch klopt het.", "haouch"),
    ],
)
def test_name_once_found_is_found_in_every_form(text: str, gone: str) -> None:
    """Lower case, a slip, capitals, a line end, one word: it stays the same person."""
    assert gone not in masked(text)


@pytest.mark.parametrize(
    "hidden",
    [
        "Fa\u200btima",
        "Fa\u00adtima",
        "F\u0430tima",
        "Fátima",
        "Fatı\u0301ma",
        "&#70;atima",
        "Ｆatima",
        "F a t i m a",
    ],
)
def test_name_in_disguise_is_found(hidden: str) -> None:
    """Signs that do not show, accents and letters of other scripts hide nobody."""
    left = masked(f"Gisteren heeft mijn collega {hidden} dat gezegd.")
    assert left.split("collega ")[1].split(" dat gezegd")[0].strip(".&#;\u200b\u00ad\u0301 ") == ""


@pytest.mark.parametrize(
    "text",
    [
        "Op de afdeling Handhaving in Zuidoost werken wij samen met het UWV en de GGD.",
        "Het spreekuur is in de Jan van Galenstraat, naast het Anton de Komplein.",
        "Na de ramadan en Keti Koti praten we verder, zei de wethouder in de gemeenteraad.",
        "In de winter hoop ik dat de storm gaat liggen en dat ik weer wil werken.",
        "De Algemene wet gelijke behandeling geldt voor iedereen in Nederland.",
        "Mijn Surinaamse en Marokkaanse collega's worden anders behandeld dan de Nederlandse.",
        "I told the Data team that Dutch law protects everybody in Amsterdam.",
        "dit is gewoon niet oke en iedereen weet het maar niemand doet er iets aan",
    ],
)
def test_text_without_names_stays_readable(text: str) -> None:
    """Organisations, streets, feasts, peoples and words that look like names are no persons."""
    assert masked(text) == text


def test_own_names_and_stop_words_count() -> None:
    """An organisation adds the names and the words that the lists lack."""
    text = "wij werken met zonnetje en Meldkluizen"
    known = Known(names=own_words(("Zonnetje",)), stop=own_words(("Meldkluizen",)))
    assert masked(text, known) == "wij werken met ........ en Meldkluizen"
