"""What cannot be read: masked whole words, or doubts that the gate refuses."""

import time

import pytest

from dropbox.export import lexicon
from dropbox.export.detect import detect, unread
from dropbox.export.span import MASKED

WORDS = lexicon.load()


@pytest.mark.parametrize(
    "hidden", ["Фatima", "Жhond", "Fatimaж", "ɐɯᴉʇɐℲ", "⠋⠁⠞⠊⠍⠁", "🇫🇦🇹🇮🇲🇦", "фатима", "张美玲"]
)
def test_other_letters_are_masked_with_the_word_around_them(hidden: str) -> None:
    """One strange letter in a word takes the word with it: no half of a name stays."""
    text = f"Toen zei {hidden} dat het mocht."
    gone = {
        at
        for span in detect(text, WORDS).spans
        if span.label in MASKED
        for at in range(span.start, span.end)
    }
    assert gone >= set(range(9, 9 + len(hidden)))


@pytest.mark.parametrize("text", ["Ɛsi en Kɔfi waren er", "fijn 🇳🇱 zeg", "een 👩🏽\u200d💻 hier"])
def test_letters_that_names_have_and_pictures_are_no_other_script(text: str) -> None:
    """Ghanaian letters, one flag and one picture are read, or are no letters."""
    assert all(span.kind != "script" for span in detect(text, WORDS).spans)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x\U000e0046\U000e0061", unread.UNSEEN),
        ("a" + "\u200b\u200c" * 3, unread.UNSEEN),
        ("a\ufe01\ufe02", unread.UNSEEN),
        ("\u202eabc", unread.REVERSED),
        ("a\x08b", unread.BROKEN),
        ("a\x1b[1mb", unread.BROKEN),
    ],
)
def test_signs_that_do_not_show_are_a_doubt(text: str, reason: str) -> None:
    """What can spell or turn without being seen is for a person to look at."""
    assert reason in {doubt.reason for doubt in detect(text, WORDS).doubts}


def test_one_long_strange_word_costs_no_more_than_its_letters() -> None:
    """Stretching over a word happens once, not once for each strange letter."""
    spent = []
    for size in (20_000, 80_000):
        began = time.process_time()
        unread.found("ɐa" * size, WORDS)
        spent.append(time.process_time() - began)
    assert spent[1] < 12 * max(spent[0], 0.02)


def test_a_strange_letter_takes_its_word_with_it() -> None:
    """By this room alone, whatever others make of the half that is left."""
    spans, _doubts = unread.found("een Жhond en een hondЖ", WORDS)
    assert [(span.start, span.end) for span in spans] == [(4, 9), (17, 22)]
