"""The Dutch catalogue says everything that the program says, and says it the same way."""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from scripts import catalogue

DUTCH = catalogue.CATALOGUES / "nl" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[-+#0]*[\d.]*([a-zA-Z%])|\{(\w*)\}")


@pytest.fixture(scope="module")
def dutch() -> Catalog:
    """Read the Dutch catalogue once."""
    return catalogue.read(DUTCH)


def translations(message: Message) -> list[str]:
    """Return every form of a translation: one, or one for each plural."""
    return list(message.string) if message.pluralizable else [message.string]


def sources(message: Message) -> list[str]:
    """Return every form of the source text."""
    return list(message.id) if message.pluralizable else [message.id]


def placeholders(text: str) -> set[tuple[str, ...]]:
    """Return the names and kinds of the values that a text leaves room for."""
    return {found for found in PLACEHOLDER.findall(text) if found[1] != "%"}


def test_every_text_of_the_program_is_in_the_catalogue(dutch: Catalog) -> None:
    """No text in the code or the templates is forgotten: `make catalogue` has been run."""
    missing = [m.id for m in catalogue.extracted() if m.id and not dutch.get(m.id, m.context)]
    assert missing == []


def test_catalogue_holds_no_text_that_the_program_has_lost(dutch: Catalog) -> None:
    """What nobody says any more is not kept to be translated."""
    template = catalogue.extracted()
    left_over = [m.id for m in dutch if m.id and not template.get(m.id, m.context)]
    assert left_over == []


def test_every_text_is_translated(dutch: Catalog) -> None:
    """No translation is empty, so no English line appears on a Dutch page."""
    assert [m.id for m in dutch if m.id and not all(translations(m))] == []


def test_no_translation_is_a_guess(dutch: Catalog) -> None:
    """No translation is fuzzy: each one was written by someone for this very text."""
    assert [m.id for m in dutch if m.id and m.fuzzy] == []
    assert not dutch.fuzzy, "a catalogue whose head is fuzzy is silently left out when compiling"


def test_translations_leave_room_for_the_same_values(dutch: Catalog) -> None:
    """A translation uses exactly the placeholders of its source, so filling it in cannot fail."""
    wrong = []
    for message in dutch:
        for source, form in zip(sources(message), translations(message), strict=True):
            expected = placeholders(source) if message.id else placeholders(form)
            # One form of a plural may leave the number out ("one day"), never another value.
            number = message.pluralizable and ("n", "num")
            loose = {found for found in expected if number and found[0] in number}
            if placeholders(form) | loose != expected | loose:
                wrong.append((message.id, form))
    assert wrong == []
