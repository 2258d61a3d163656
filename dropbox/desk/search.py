"""Full-text search over cases, in memory only.

Owns, for each case, the distinct words of its thread, folded. Pure: no vault, no file.
Invariants: capitals and accents do not matter; a word finds all that begin with it, and of
several words all must be there; nothing is found by a reporter's name or contact, which are
never put in; what does not fit the memory set aside is counted, never silently left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from dropbox.desk.cases import Case

MAX_BYTES = 128 * 1024 * 1024
"""Memory for words: 10,000 cases of some 2,500 characters take about a tenth of it."""

MAX_WORD_CHARACTERS = 40
_WORD = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_BETWEEN = b"\n"


def fold(text: str) -> list[str]:
    """Return the words of a text without capitals and accents, in order."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)).casefold()
    return [word[:MAX_WORD_CHARACTERS] for word in _WORD.findall(plain)]


def texts(case: Case) -> list[str]:
    """Return what can be found in a case: all that was written, no name and no contact."""
    written = (entry.content.text for entry in (*case.entries, *case.notes))
    return [text for text in written if text]


class Search:
    """The words of all cases, by 32-byte mailbox id. ``left_out`` holds who did not fit."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._words: dict[bytes, bytes] = {}
        self._bytes = 0
        self._max_bytes = max_bytes
        self.left_out: set[bytes] = set()

    def put(self, mailbox_id: bytes, written: Iterable[str]) -> None:
        """Take in the texts of a case, in the place of what was known of it."""
        self.drop(mailbox_id)
        found = dict.fromkeys(word for text in written for word in fold(text))
        words = _BETWEEN + _BETWEEN.join(word.encode("utf-8", "replace") for word in found)
        if self._bytes + len(words) > self._max_bytes:
            self.left_out.add(mailbox_id)
            return
        self._words[mailbox_id] = words
        self._bytes += len(words)

    def drop(self, mailbox_id: bytes) -> None:
        """Forget a case; no harm where it is not known."""
        self._bytes -= len(self._words.pop(mailbox_id, b""))
        self.left_out.discard(mailbox_id)

    def find(self, typed: str) -> set[bytes]:
        """Return the ids of the cases in which every word typed begins a word.

        A question without a word finds nothing.
        """
        needles = [_BETWEEN + word.encode("utf-8", "replace") for word in fold(typed)]
        if not needles:
            return set()
        needles.sort(key=len, reverse=True)  # the longest leaves the fewest for the others
        first, *rest = needles
        found = [(each, words) for each, words in self._words.items() if first in words]
        return {each for each, words in found if all(needle in words for needle in rest)}
