"""The compiled lexicon: which words are Dutch or English, and which are names.

Owns the file ``data/lexicon.bin``: its format, how it is written (by ``scripts/lexicon.py``) and
read. Keys are folded (`fold`): lower case, without diacritics. Invariant: the file holds words
from public lists only, never from a report.

Format: `MAGIC`; the number of words as 4 bytes, little-endian; a 2-byte number of flags for
each word, little-endian; the words as ASCII, each ended by a newline, in order.
"""

from __future__ import annotations

import sys
import unicodedata
from array import array
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from dropbox.errors import N_, ConfigError

DATA_DIR = Path(__file__).parent / "data"
LEXICON_FILE = DATA_DIR / "lexicon.bin"
MAGIC = b"meldkluis lexicon 1\n"

NL, EN = 1, 2
"""A dictionary of the language has the word without a capital."""
COMMON_NL, COMMON_EN = 4, 8
"""The word is frequent in that language."""
FIRST, LAST = 16, 32
"""A list of first names or surnames has it."""
OWN = 64
"""Mostly a name, says our own list, even where a dictionary has it as a word."""
BOTH = 128
"""As often a word as a name, says our own list."""
SAFE = 256
"""Written with a capital and yet no person: an organisation, a people, a feast."""
PLACE = 512
"""A town or region in the Netherlands."""
WEAK = 1024
"""No dictionary has it, but it is frequent in one language and hardly occurs in the other."""

PREFIXED = 2048
"""A surname that mostly stands after *van*, *de* and the like."""

NAME = FIRST | LAST
WORD = NL | EN
ALL_FLAGS = 4095

_LATIN = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
_SPECIAL = {"ı": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ß": "ss"}
_SPECIAL |= {"\u0307": ""}  # what lower() leaves of the Turkish capital İ
_SPECIAL |= {"æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ð": "d", "þ": "th", "ĳ": "ij", "ŋ": "n"}
_SPECIAL |= {
    "’": "'",
    "‘": "'",
    "ə": "e",
    "Ə": "e",
    "ħ": "h",
    "ŧ": "t",
    "ʼ": "'",
    "ɛ": "e",
    "ɔ": "o",
}


def _fold_table() -> dict[int, str]:
    table = {
        code: unicodedata.normalize("NFKD", chr(code)).encode("ascii", "ignore").decode().lower()
        for code in _LATIN
    }
    table = {code: plain for code, plain in table.items() if plain}
    return table | {ord(one): plain for one, plain in _SPECIAL.items()}


_FOLD = _fold_table()


class LexiconMissing(ConfigError):
    """The compiled lexicon is not there, or cannot be read."""

    text = N_("The lexicon for redaction is missing or damaged. Make it with: make lexicon")


def fold(word: str) -> str:
    """Return ``word`` in lower case and without diacritics, as the lexicon's keys are."""
    if word.isascii():
        return word.lower()
    return word.lower().translate(_FOLD)


def pack(words: Mapping[str, int]) -> bytes:
    """Return the bytes of a lexicon file.

    Args:
        words: folded words with their flags; one that is not ASCII is left out.
    """
    kept = sorted(word for word in words if word.isascii() and word.isprintable())
    flags = array("H", (words[word] for word in kept))
    if sys.byteorder == "big":
        flags.byteswap()
    count = len(kept).to_bytes(4, "little")
    return MAGIC + count + flags.tobytes() + "".join(f"{word}\n" for word in kept).encode("ascii")


def unpack(raw: bytes) -> dict[str, int]:
    """Return folded words with their flags.

    Raises:
        LexiconMissing: these are not the bytes of a lexicon file.
    """
    start = len(MAGIC) + 4
    count = int.from_bytes(raw[len(MAGIC) : start], "little")
    body = start + 2 * count
    if not raw.startswith(MAGIC) or len(raw) < body:
        raise LexiconMissing
    flags = array("H", raw[start:body])
    if sys.byteorder == "big":
        flags.byteswap()
    words = raw[body:].decode("ascii", "replace").split("\n")[:-1]
    if len(words) != count:
        raise LexiconMissing
    # one object for each number, so that a million of them take no room
    numbers = list(range(ALL_FLAGS + 1))
    return dict(zip(words, [numbers[flag & ALL_FLAGS] for flag in flags], strict=True))


@cache
def load(path: Path = LEXICON_FILE) -> dict[str, int]:
    """Return the compiled lexicon; read once in a process.

    Raises:
        LexiconMissing: it was not made yet, or is damaged.
    """
    try:
        return unpack(path.read_bytes())
    except FileNotFoundError:
        raise LexiconMissing from None


def own_words(name: str) -> Iterable[str]:
    """Yield the words of one of our own lists.

    Args:
        name: the file's name under `DATA_DIR`; lines after ``#`` are headings.
    """
    for line in (DATA_DIR / name).read_text("utf-8").splitlines():
        if not line.startswith("#"):
            yield from line.split()
