"""Words that make a description of somebody: what they are, have, believe or went through.

Invariant: `trait` says of each word in small letters the one thing that it may begin or end; what
stands around it decides in `quasi`.
"""

from __future__ import annotations

from functools import lru_cache

from dropbox.export.detect import wordfile
from dropbox.export.words import ILLNESS, ONLY, PEOPLES, PERSONS, POSSESSIVES, RELATIVES
from dropbox.export.words import ROLE_ENDINGS as _ENDINGS

ONE, FIRST, ROLE, KIN, PERSON = "one", "first", "role", "kin", "person"
ILL, FAITH, EVENT, THAT, SINCE = "ill", "faith", "event", "that", "since"
AGED, FORMER, NOW, ROOTS, HEIR, LOOKS = "aged", "former", "now", "roots", "heir", "looks"

_READ = wordfile.read("trait_words.txt")
ROLE_ENDINGS = tuple(sorted({*_ENDINGS, *_READ["role_endings"]}))
"""A word with such an end is a role."""
_NO_ROLE = _READ["no_role"]
PEOPLE = PEOPLES | _READ["peoples"]
"""Adjectives for a people, a faith, a colour or a sex."""
MEN = PERSONS | _READ["persons"]
"""A person in a description."""
OWNERS = POSSESSIVES
STRONG_EVENTS = _READ["strong_events"]
"""What points to somebody by itself."""

_TABLE: dict[str, str] = {}
for _kind, _words in (
    (ROOTS, _READ["roots"]),
    (SINCE, frozenset({"sinds", "vanaf", "since"})),
    (EVENT, _READ["events"]),
    (LOOKS, _READ["looks"]),
    (FAITH, _READ["faith"]),
    (PERSON, MEN),
    (KIN, RELATIVES | _READ["relatives"]),
    (ILL, ILLNESS | _READ["illness"]),
    (AGED, frozenset({"jarige", "jaar", "years", "year"})),
    (NOW, _READ["now"]),
    (FORMER, _READ["former"]),
    (HEIR, _READ["heirs"]),
    (THAT, frozenset({"die", "dat", "who", "whose"})),
    (ONE, ONLY | _READ["only"]),
    (FIRST, frozenset({"eerste", "first", "laatste", "last", "allereerste"})),
):
    _TABLE.update(dict.fromkeys(_words, _kind))


@lru_cache(maxsize=32_768)
def trait(word: str) -> str:
    """Say what a word in small letters may begin; nothing for nearly every word."""
    found = _TABLE.get(word)
    if found:
        return found
    if word.startswith(("ex-", "oud-")) and len(word) > 6:
        return FORMER
    if word.endswith("jarige") and len(word) > 6:
        return AGED
    return ROLE if word.endswith(ROLE_ENDINGS) and word not in _NO_ROLE else ""


@lru_cache(maxsize=8_192)
def is_role(word: str) -> bool:
    """Tell whether a word in small letters is a role, whatever else it may be."""
    return word.endswith(ROLE_ENDINGS) and word not in _NO_ROLE
