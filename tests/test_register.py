"""The case register: a name of it is found in every form that its rules state."""

import pytest

from dropbox.export import lexicon
from dropbox.export.register import Person, Register, read

WORDS = lexicon.load()
CASE = [
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
