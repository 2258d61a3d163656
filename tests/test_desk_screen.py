"""A stranger's text on the screen can do nothing but be read."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import screen

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x9b\x07\x08\r\n\t\u202e\u2066\u200b\u200d\ufeff\u00ad\u0301\u3164\U000e0041"
        ),
    ),
    max_size=300,
)
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def assert_harmless(line: str) -> None:
    """Fail when a line holds anything that does not show as itself."""
    assert not {unicodedata.category(each) for each in line} & HIDDEN
    assert not re.search("[\u115f\u1160\u3164\u2800\u034f\ufe00-\ufe0f]", line)


@given(NASTY)
def test_visible_text_holds_nothing_that_acts(text: str) -> None:
    """Whatever is written, only line ends are left of all control and format characters."""
    assert_harmless(screen.visible(text).replace("\n", ""))


def columns(line: str) -> int:
    """Return the columns of a terminal that draws every sign beyond Latin wide."""
    return sum(1 if c < "\u0250" or c in "€–—‘’‚“”„…•‹›" else 2 for c in line)


@given(NASTY, st.integers(1, 120))
def test_every_line_of_a_strangers_text_has_a_gutter(text: str, width: int) -> None:
    """No line of a report can look like a line of the program, and none is too wide."""
    for line in screen.block(text, width):
        assert line.startswith((screen.GUTTER, screen.CONTINUED))
        assert "\n" not in line
        assert_harmless(line)
        assert columns(line) <= max(width, screen.NARROWEST)


@given(NASTY)
def test_wrapping_loses_nothing(text: str) -> None:
    """All that is visible is still there when it is wrapped."""
    lines = [line[len(screen.GUTTER) :] for line in screen.block(text, 30)]
    assert "".join(lines) == screen.visible(text).replace("\n", "")


@given(NASTY)
def test_short_text_becomes_one_line(text: str) -> None:
    """A name or a code takes one line of bounded length, whatever is in it."""
    line = screen.line(text, 40)
    assert "\n" not in line
    assert len(line) <= 40
    assert_harmless(line)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "‹U+001B›[2J‹U+001B›]0;title‹U+0007›"),
        ("een\rtwee\r\ndrie", "een‹U+000D›twee\ndrie"),
        ("\u202egnp.exe", "‹U+202E›gnp.exe"),
        ("wacht\u200bwoord", "wacht‹U+200B›woord"),
        ("a\tb\u00a0c", "a    b c"),
        ("é ñ 漢 ß – “’”", "é ñ 漢 ß – “’”"),
        ("e" + "\u0301" * 5, "e\u0301\u0301\u0301‹U+0301›‹U+0301›"),
        ("A\U000e0041", "A‹U+E0041›"),
    ],
)
def test_known_tricks_show_as_marks(text: str, shown: str) -> None:
    """Escapes, carriage returns, direction and invisible characters are named, words stay."""
    assert screen.visible(text) == shown


def test_wrapping_breaks_after_a_space() -> None:
    """A long line is broken between words, and the rest has its own mark."""
    assert list(screen.block("een twee drie vier vijf zes", 24)) == [
        "│ een twee drie ",
        "┆ vier vijf zes",
    ]


@given(NASTY, st.integers(1, 120))
def test_rest_of_a_program_line_has_a_gutter(text: str, width: int) -> None:
    """A stranger's words in a line of the program never begin a line, however long they are."""
    first, *rest = screen.within(f"Role: {screen.line(text, 300)}", width)
    assert first.startswith("Role:")
    assert all(line.startswith(screen.CONTINUED) for line in rest)
    assert all(columns(line) <= max(width, screen.NARROWEST) for line in [first, *rest])


@pytest.mark.parametrize("sign", ["漢", "→", "█", "🙂", "α", "ﷺ", "―"])
def test_sign_that_terminals_draw_differently_counts_wide(sign: str) -> None:
    """Two columns are kept for each, so no terminal breaks a line before we do."""
    assert all(len(line) <= 2 + (40 - 7) // 2 for line in screen.block(sign + sign * 300, 40))


def test_daily_writing_fills_the_line() -> None:
    """Dutch with its accents and quotes, and the euro, take one column each."""
    (line,) = screen.block("één ‘kopje’ – “koffie” … € 3" + "x" * 20, 60)
    assert line.startswith("│ één")


@given(NASTY)
def test_html_holds_no_tag_but_line_breaks(text: str) -> None:
    """Whatever is written, no element, comment or entity of its own comes out."""
    html = screen.as_html(text)
    assert "<" not in html.replace("<br>", "")
    assert_harmless(html.replace("\n", ""))


def test_html_shows_what_looks_like_markup() -> None:
    """What a reporter typed is there to read, also when it looks like a script or a comment."""
    html = screen.as_html("<script>alert(1)</script><!-- weg --> a & b\n<br>")
    assert html.startswith("&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- weg --&gt; a &amp; b<br>")
    assert html.endswith("&lt;br&gt;")
