"""What cannot be analysed: other scripts, encoded stretches, other languages, broken text.

Other scripts and encoded stretches are masked whole, as nobody here can say that no name is in
them. A sentence in a third language is masked by the same rules as others, which know too little
of it: it is a doubt, and so is text that is no text. The gate refuses doubts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dropbox.errors import N_
from dropbox.export.lexicon import WEAK, WORD, fold
from dropbox.export.span import OPAQUE, Doubt, Span, whole_word
from dropbox.export.words import CHAT, FUNCTION_EN, FUNCTION_NL

OTHER_LANGUAGE = N_("a sentence that is neither Dutch nor English")
BROKEN = N_("characters that are no text")
UNSEEN = N_("signs that do not show and can spell something")
REVERSED = N_("a sign that turns the direction of writing")

_OTHER = (
    "\u0370-\u1aff\u1f00-\u1fff\u2c00-\u2dff\u2e80-\ud7ff\uf900-\ufaff\ufb13-\ufdff\ufe70-\ufeff"
    "\u2800-\u28ff\U00010000-\U0001cfff\U00020000-\U0003ffff"
)
_SCRIPT = re.compile(f"[{_OTHER}](?:[\\s\\-.'’،·]{{0,3}}[\u0300-\u036f{_OTHER}])*")
# Signs of phonetic writing that no name is written with, as ə, ɛ and ɔ are.
_TURNED_LETTER = re.compile(
    "[\u0250-\u0252\u0258\u025c-\u025e\u0264-\u0271\u0273-\u0287\u0289\u028c-\u02af\u1d00-\u1dbf\u2132\u2141-\u2144]"
)
_FLAGS = re.compile("[\U0001f1e6-\U0001f1ff](?:[\\s\u200b-\u200d]{0,2}[\U0001f1e6-\U0001f1ff]){2,}")
_LONG = re.compile(r"(?<!\S)\S{16,}")
_ENCODED = re.compile(
    r"(?<![A-Za-z0-9+/_=-])(?:(?=[A-Za-z_-]{0,200}[0-9+/])(?=[^A-Z]{0,200}[A-Z])[A-Za-z0-9+/_-]{24,}={0,2}"
    r"|[A-Za-z0-9+/]{12,}={1,2}|(?=[0-9]{0,200}[a-fA-F])(?=[a-fA-F]{0,200}\d)[0-9a-fA-F]{16,})(?![A-Za-z0-9+/_=-])"
    r"|(?:%[0-9A-Fa-f]{2}){3,}|(?:=[0-9A-F]{2}){3,}|(?:\\[ux][0-9A-Fa-f]{2,4}){3,}"
)
_SPELLED = re.compile(r"\b[01]{8}(?: [01]{8}){2,}\b|\b[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){5,}\b")
_BROKEN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd\ud800-\udfff\ufff0-\ufffb\ue000-\uf8ff]+")
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Signs that never show and can spell: tags, and rows of zero-width signs or selectors.
_UNSEEN = re.compile(
    "[\U000e0000-\U000e007f]+|[\U000e0100-\U000e01ef\ufe00-\ufe0f]{2,}|[\u200b-\u200d\u2060-\u2064\ufeff\u180e]{4,}"
)
_SENTENCE = re.compile(r"[^.!?\n]{40,}")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_FUNCTION = FUNCTION_NL | FUNCTION_EN
LEAST_WORDS = 7


def found(text: str, lexicon: Mapping[str, int]) -> tuple[list[Span], list[Doubt]]:
    """Return stretches to mask whole, and doubts, in a view's text."""
    spans = [
        Span(*stretch, OPAQUE, "script", "unread: another script", 0.9)
        for pattern in (_SCRIPT, _TURNED_LETTER, _FLAGS)
        for stretch in _words(pattern, text)
    ]
    for long in _LONG.finditer(text):
        spans += [_encoded(each) for each in _ENCODED.finditer(text, *long.span())]
    spans += [_encoded(each) for each in _SPELLED.finditer(text)]
    doubts = [Doubt(*each.span(), BROKEN) for each in _BROKEN.finditer(text)]
    return spans, [*doubts, *_other_language(text, lexicon)]


def _words(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where a pattern stands, with the letters that are glued to it: no half word is left."""
    last = 0
    for match in pattern.finditer(text):
        if match.end() > last:
            start, last = whole_word(text, max(match.start(), last), match.end())
            yield start, last


def _encoded(match: re.Match[str]) -> Span:
    return Span(*match.span(), OPAQUE, "encoded", "unread: encoded", 0.9)


def turned(text: str) -> list[Doubt]:
    """Return where the original turns the direction of writing or hides signs: no view shows it."""
    found = [Doubt(*each.span(), REVERSED) for each in _TURNED.finditer(text)]
    return found + [Doubt(*each.span(), UNSEEN) for each in _UNSEEN.finditer(text)]


def _other_language(text: str, lexicon: Mapping[str, int]) -> Iterator[Doubt]:
    for match in _SENTENCE.finditer(text):
        words = [fold(word) for word in _WORDS.findall(match[0]) if not word[0].isupper()]
        if len(words) < LEAST_WORDS:
            continue
        known = sum(bool(lexicon.get(word, 0) & (WORD | WEAK)) or word in CHAT for word in words)
        function = sum(word in _FUNCTION for word in words)
        if known * 3 < len(words) * 2 or (
            function * 12 < len(words) and known * 10 < len(words) * 9
        ):
            yield Doubt(*match.span(), OTHER_LANGUAGE)
