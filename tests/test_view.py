"""The view: what a reader sees, whatever signs it is written with, and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.export.lexicon import fold
from dropbox.export.view import view


@pytest.mark.parametrize(
    "written",
    [
        "&#70;atima",
        "&#70atima",
        "&#x00046;atima",
        "F&#97tima",
        "Fa&shy;tima",
        "Fa&#8203;tima",
        "Fa\u200btima",
        "Fa\u0336tima",
        "F\u0430tima",
        "Ｆａｔｉｍａ",
        "𝓕𝓪𝓽𝓲𝓶𝓪",
        "Ⓕⓐⓣⓘⓜⓐ",
        "⒡⒜⒯⒤⒨⒜",
        "ᶠᵃᵗⁱᵐᵃ",
        "ꜰᴀᴛɪᴍᴀ",
        "🄵🄰🅃🄸🄼🄰",
        "🅕🅐🅣🅘🅜🅐",
        "🅵🅰🆃🅸🅼🅰",
        "F a t i m a",
        "F  a  t  i  m  a",
        "F-a-t-i-m-a",
        "F|a|t|i|m|a",
        "F.a.t.i.m.a",
        "F\na\nt\ni\nm\na",
        "Fat-\r\nima",
    ],
)
def test_a_name_reads_the_same_however_it_is_written(written: str) -> None:
    """Letters are what they look like, and the way back covers all that stood for them."""
    seen = view(f"zei {written} iets")
    start = seen.text.casefold().index("fatima")
    assert seen.original(start, start + 6) == (4, 4 + len(written))


@pytest.mark.parametrize(
    "text", ["J.P.R.S. Smit", "d.m.v. en a.u.b.", "&copy & &x; AT&T", "a.s. om 4.5.6.7", "İzmir"]
)
def test_what_only_looks_like_a_trick_stays(text: str) -> None:
    """Initials, abbreviations and a bare ampersand are no tricks."""
    assert view(text).text == text


def test_turkish_capitals_fold_to_one_letter() -> None:
    """The lower case of İ is two signs, of which the lists know one."""
    assert fold("İbrahim") == fold("Ibrahim") == "ibrahim"


@given(st.text(st.sampled_from("aFi.-\n\r &#;x7\u200b\u0301е🅰💥Ｆ|_"), max_size=40))
def test_every_sign_of_a_view_comes_from_somewhere(text: str) -> None:
    """The stretches are in order, lie within the text, and the whole view is the whole text."""
    seen = view(text)
    places = [seen.original(at, at + 1) for at in range(len(seen.text))]
    flat = [place for stretch in places for place in stretch]
    assert flat == sorted(flat) or [first for first, _ in places] == sorted(f for f, _ in places)
    assert all(0 <= first <= last <= len(text) for first, last in places)
    if places:
        assert seen.original(0, len(seen.text))[1] == len(text)
