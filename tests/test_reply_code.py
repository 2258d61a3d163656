"""The reply code: what it says, what it forgives, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import CodeCheckFailed, InputError, UnknownWord, WrongWordCount
from dropbox.protocol import reply_code

KEYS = st.integers(0, 2**reply_code.KEY_BITS - 1).map(lambda n: n.to_bytes(16, "big"))
LANGUAGES = st.sampled_from(["nl", "en"])


@given(KEYS, LANGUAGES)
def test_every_key_survives_its_words(key: bytes, language: str) -> None:
    """Ten words of either language give back exactly the key they were made from."""
    words = reply_code.words(key, language)
    assert len(words) == 10
    assert reply_code.parse(" ".join(words)) == key


@given(KEYS, LANGUAGES, st.sampled_from([", ", "-", "\n", "  ", " / ", ". 7 "]))
def test_four_letters_capitals_and_separators_are_enough(
    key: bytes, language: str, separator: str
) -> None:
    """A code is read from first letters, capitals and any separator, numbers included."""
    typed = separator.join(word[:4].upper() for word in reply_code.words(key, language))
    assert reply_code.parse(typed) == key


@given(KEYS, LANGUAGES)
def test_numbered_list_is_read(key: bytes, language: str) -> None:
    """The grid of numbered words can be pasted whole."""
    words = reply_code.words(key, language)
    typed = "\n".join(f"{number}. {word}" for number, word in enumerate(words, 1))
    assert reply_code.parse(typed) == key


def test_accents_are_forgiven() -> None:
    """A keyboard that adds accents does not lock anyone out."""
    key = reply_code.new_key()
    words = reply_code.words(key, "en")
    typed = " ".join(words).replace("e", "é").replace("a", "à").replace("o", "ö")
    assert reply_code.parse(typed) == key


def test_a_word_in_no_list_is_named_by_its_place() -> None:
    """The error tells which word, so that the page can show it, and holds no word itself."""
    words = reply_code.words(reply_code.new_key(), "nl")
    words[3] = "xqzzy"
    with pytest.raises(UnknownWord) as caught:
        reply_code.parse(" ".join(words))
    assert caught.value.params == {"position": 4}
    assert "xqzzy" not in str(caught.value)


def test_a_wrong_number_of_words_is_counted() -> None:
    """Nine words, eleven words and none are told apart from a wrong code."""
    words = reply_code.words(reply_code.new_key(), "nl")
    for typed, count in ((words[:9], 9), ([*words, words[0]], 11), ([], 0)):
        with pytest.raises(WrongWordCount) as caught:
            reply_code.parse(" ".join(typed))
        assert caught.value.params == {"count": count}


def test_nearly_every_wrong_word_is_noticed() -> None:
    """Eight check bits let one of 256 changed words pass; here at least 98 of 100 fail."""
    key = reply_code.new_key()
    words = reply_code.words(key, "nl")
    refused = 0
    for other in reply_code.word_list("nl")[:1000]:
        try:
            refused += reply_code.parse(" ".join([other, *words[1:]])) == key
        except CodeCheckFailed:
            refused += 1
    assert refused >= 980


@given(st.text(max_size=300))
def test_any_text_gives_a_key_or_a_clear_error(text: str) -> None:
    """Nothing that somebody types ends in anything but a key or an InputError."""
    try:
        assert len(reply_code.parse(text)) == 16
    except InputError:
        return


def test_new_keys_use_all_bits() -> None:
    """A thousand keys are different, below 2^102, and each bit is set about half of the time."""
    made = [int.from_bytes(reply_code.new_key(), "big") for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(number < 2**102 for number in made)
    for bit in range(102):
        assert 350 < sum(number >> bit & 1 for number in made) < 650
