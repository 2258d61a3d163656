"""The reply code: ten words that are the reporter's only key.

102 random bits and 8 check bits make ten words of 11 bits. The bits are the
secret; the language is only how they are written. There is no stretching: the
code is a key, not a password.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from importlib.resources import files

from mnemonic import Mnemonic

from dropbox.errors import CodeCheckFailed, UnknownWord, WrongWordCount
from dropbox.protocol.hashing import digest

WORDS = 10
WORD_BITS = 11
CHECK_BITS = 8
KEY_BITS = WORDS * WORD_BITS - CHECK_BITS
KEY_BYTES = 16
PREFIX_LETTERS = 4
"""The first four letters decide a word, in both lists and across them."""

_LETTERS = re.compile(r"[a-z]+")


@cache
def word_list(language: str) -> tuple[str, ...]:
    """Return the 2,048 words of ``language``: ``nl`` our own, ``en`` BIP 39's."""
    if language == "en":
        return tuple(Mnemonic("english").wordlist)
    text = files("dropbox.protocol").joinpath("words_nl.txt").read_text("ascii")
    return tuple(text.split())


@cache
def _prefixes() -> dict[str, int]:
    return {
        word[:PREFIX_LETTERS]: index
        for language in ("nl", "en")
        for index, word in enumerate(word_list(language))
    }


def new_key() -> bytes:
    """Return a fresh key: 102 random bits, big-endian in 16 raw bytes."""
    return secrets.randbits(KEY_BITS).to_bytes(KEY_BYTES, "big")


def _check(key: bytes) -> int:
    return digest("check", key)[0]


def words(key: bytes, language: str) -> list[str]:
    """Write ``key`` as ten words of ``language``.

    Args:
        key: 16 raw bytes from `new_key`.
        language: ``nl`` or ``en``.
    """
    bits = int.from_bytes(key, "big") << CHECK_BITS | _check(key)
    shifts = range((WORDS - 1) * WORD_BITS, -1, -WORD_BITS)
    chosen = word_list(language)
    return [chosen[bits >> shift & (2**WORD_BITS - 1)] for shift in shifts]


def split(text: str) -> list[str]:
    """Return the words in ``text``: runs of letters, lower case, accents taken off.

    Digits and separators only divide, so a numbered list may be pasted whole.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _LETTERS.findall("".join(c for c in plain if not unicodedata.combining(c)))


def parse(text: str) -> bytes:
    """Read a reply code back to its key, 16 raw bytes.

    Tolerant: any case, separators, numbering and accents; the first four letters
    of each word are enough.

    Raises:
        WrongWordCount: there are not ten words (``params["count"]``).
        UnknownWord: a word is in no list (``params["position"]``, from 1).
        CodeCheckFailed: the ten words do not belong together.
    """
    typed = split(text)
    indices = []
    for position, word in enumerate(typed, 1):
        index = _prefixes().get(word[:PREFIX_LETTERS])
        if index is None:
            raise UnknownWord(position=position)
        indices.append(index)
    if len(indices) != WORDS:
        raise WrongWordCount(count=len(indices))
    bits = 0
    for index in indices:
        bits = bits << WORD_BITS | index
    key = (bits >> CHECK_BITS).to_bytes(KEY_BYTES, "big")
    if _check(key) != bits & (2**CHECK_BITS - 1):
        raise CodeCheckFailed
    return key
