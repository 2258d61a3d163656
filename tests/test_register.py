"""The case register: a name of it is found in every form that its rules state."""

import pytest

from dropbox.export import lexicon
from dropbox.export.register import Person, Register, read

WORDS = lexicon.load()
CASE = [
    Person(("Sean O'Connor",)),
    Person(("Lia Sant'Anna",)),
    Person(("Wil de Boer",)),
    Person(("İbrahim Şahin",)),
    Person(("Fatima el Bouazzaoui", "Fatiem"), "melder"),
    Person(("Jeroen van der Heijden",)),
    Person(("Anneke Hoop",)),
    Person(("Li Wei",)),
]


def gone(text: str, persons: list[Person] | None = None) -> str:
    """Return the text without what the register finds."""
    register = Register(CASE if persons is None else persons, WORDS)
    taken = {at for span in register.found(text) for at in range(span.start, span.end)}
    return "".join(sign for at, sign in enumerate(text) if at not in taken)


@pytest.mark.parametrize(
    "form",
    [
        "Fatima",
        "fatima",
        "FATIMA",
        "Bouazzaoui",
        "bouazzaoui",
        "El Bouazzaoui",
        "Fátima",
        "Fatima's",
        "Fatimas",
        "Fatiem",
        "Fatimaatje",
        "Fatmia",
        "Fatma",
        "Fatimma",
        "Bouazaoui",
        "Bouazzoaui",
        "Bouazzaoui, Fatima",
        "F. el Bouazzaoui",
        "Fatima-Bouazzaoui",
        "fatimaelbouazzaoui",
        "fatimabouazzaoui",
        "fbouazzaoui",
        "bouazzaouif",
        "Fa\u200btima",
        "F\u0430tima",
        "Bouazz-\naoui",
        "Bouazz aoui",
        "F.B.",
        "F.e.B.",
        "FEB",
        "FB",
        "verslag_fatima.docx",
        "Jeroentje",
        "Heijden",
        "Hoop",
        "HOOP",
        "Li",
        "Wei",
        "Hoops",
        "Annekes",
        "Connor",
        "Anna",
        "wildeboer",
        "WilBoer",
        "OConnor",
        "O'Connors",
        "O'Cononr",
        "Ibrahim",
        "Sahin, I.",
        "Fatima B.",
        "Bouazzaoui, F.",
        "F Bouazzaoui",
        "f_bouazzaoui",
        "jheijden",
        "Jeroen\u00a0van\u2009der\tHeijden",
        "Jeroen\u2011van\u2011der\u2011Heijden",
        "Fati ma",
        "Fat-ima",
        "Fati\nma",
        "Fa**ti**ma",
        "F-a-t-i-m-a",
        "f.a.t.i.m.a",
        "F|a|t|i|m|a",
        "F  a  t  i  m  a",
        "&#70&#97&#116&#105&#109&#97",
        "Ⓕⓐⓣⓘⓜⓐ",
        "ꜰᴀᴛɪᴍᴀ",
        "🅵🅰🆃🅸🅼🅰",
        "ᶠᵃᵗⁱᵐᵃ",
        "F4t1m4",
        "f@t1ma",
        "fatima1987",
        "nietfatimaachtig",
        "Litje",
        "Li's",
        "Wei’s",
        "li wei’s",
        "Hopo",
    ],
)
def test_every_form_of_a_registered_name_is_found(form: str) -> None:
    """Parts, initials, diminutives, slips, accents, order, breaks, and what hides them."""
    left = gone(f"Toen heeft {form} dat gezegd.").removeprefix("Toen heeft ")
    assert not any(
        sign.isalpha()
        for sign in left.removesuffix(" dat gezegd.")
        .replace("el ", "")
        .replace("verslag_", "")
        .replace("docx", "")
    )


@pytest.mark.parametrize(
    "text",
    [
        "Ik hoop dat het helpt.",
        "Zo wil de chef het, en ook de boer.",
        "Het is hoopvol dat er een boetje komt.",
        "De vergadering van de afdeling was op maandag.",
        "Zij werkt er al jaren en niemand klaagt.",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    """A surname that is a word does not take the word away."""
    assert gone(text) == text


def test_a_name_that_is_a_word_is_found_without_capitals() -> None:
    """In chat nothing tells hoop from Hoop, so both go."""
    assert "hoop" not in gone("gister zei hoop weer iets tegen mij")


def test_read_takes_aliases_roles_and_comments() -> None:
    """A register is a plain text that a handler can type."""
    text = "# zaak 12\nFatima el Bouazzaoui; Fatiem = melder\n\nJan Smit # getuige\n"
    assert read(text) == (
        Person(("Fatima el Bouazzaoui", "Fatiem"), "melder"),
        Person(("Jan Smit",), ""),
    )


def test_an_empty_register_finds_nothing() -> None:
    """Without names there is nothing to look for."""
    assert gone("Fatima was er.", []) == "Fatima was er."


@pytest.mark.parametrize(
    "text",
    [
        "Toen heeft wil de boer dat gezegd.",
        "Toen zei meneer hoop iets tegen ons.",
        "Ik heb dat tegen boer gezegd.",
        "Dit is de lijst:\nhoop\nen meer niet.",
    ],
)
def test_a_name_that_is_a_word_is_found_by_what_stands_beside_it(text: str) -> None:
    """A whole name, a title, or a line to itself makes a small word a name."""
    assert not {"hoop", "wil", "boer"} & set(gone(text).replace(".", "").split())


def test_a_name_is_found_at_every_place_of_a_long_text() -> None:
    """Texts are read in stretches; a name that the end of one cuts is whole in another."""
    for at in range(3970, 4010):
        text = "x" * at + " " + "Bouazz\naoui" + " y" * 3000
        assert "ouazz" not in gone(text)
        assert "aoui" not in gone(text)


def test_a_shared_surname_is_of_both() -> None:
    """Which of two is meant nobody can tell from the surname alone."""
    two = Register([Person(("Anna Bakker",)), Person(("Jeroen Bakker",))], WORDS)
    assert two.who("Bakker") == {0, 1}
    assert two.who("Jeroen Bakker") == {1}
    assert two.who("Fa\u200btima") == set()


@pytest.mark.parametrize("text", ["Zij noemt hem 'A.' hier.", "A. zei dat.", "het was (A), toen"])
def test_alias_of_one_letter_is_found(text: str) -> None:
    """A registered name is always found as itself, also one that is only an initial."""
    persons = [Person(("Jeroen Vermeulen", "A."))]
    assert "A" not in gone(text, persons)
    assert gone("A man stood in room B, Jan.", persons) == "A man stood in room B, Jan."
