"""Words that say what the number beside them is: "toestel", "pers.nr.", "badge number".

A bare number says nothing; the words before or after it do. Every word is written here without
points, hyphens and accents, as `plain` leaves it, so that "P-nr.", "pnr" and "P nr" are one.
Invariant: numbers of cases and of files are named here as well, so that they stay readable.
"""

from __future__ import annotations

import re

from dropbox.export.detect import wordfile

PHONE, EXTENSION, BSN, ACCOUNT = "phone", "extension", "BSN", "account"
PERSONNEL, VEHICLE, ROOM, BIRTH = "personnel number", "licence plate", "room", "date of birth"
POSTCODE, DEVICE = "postcode", "device"
FLEET = "fleet"
"""A vehicle that is known by a number of the organisation; told as `VEHICLE`."""
PASS = "pass"  # noqa: S105 - a kind, no secret
"""A pass or a register: what looks like its number is told as `PERSONNEL`."""
NUMBER = "number"
"""Some number: of a phone when it is long enough."""
NOBODY = "nobody"
"""The number of a case, a file or a law: it stays."""

_READ = wordfile.read("number_words.txt")
CUES = {
    word: head.removeprefix("word ")
    for head, words in _READ.items()
    if head.startswith("word ")
    for word in words
}
"""What the number beside a word is."""

STEMS = {
    word: head.removeprefix("before ")
    for head, words in _READ.items()
    if head.startswith("before ")
    for word in words
}
"""What a number is, by the word before "nummer", "nr", "id" or "code"."""

ENDINGS = ("nummers", "nummer", "number", "nrs", "nr", "id", "code")
"""What a word for a number ends with."""

FILLERS = _READ["fillers"]
"""Words that may stand between a cue and its number."""

_TAKEN_APART = re.compile(r"[.\-'’_/]")
_ACCENTS = str.maketrans("éëèïöüç", "eeeiouc")


def plain(word: str) -> str:
    """Return a word in small letters without points, hyphens and accents."""
    return _TAKEN_APART.sub("", word).translate(_ACCENTS)


def kind(word: str, before: str) -> str:
    """Say what a number beside ``word`` is, or nothing.

    Args:
        word: a plain word.
        before: the plain word before it, or nothing.
    """
    direct = CUES.get(word, "")
    if direct and direct != NUMBER:
        return direct
    for ending in ENDINGS:
        if word.endswith(ending):
            stem = word[: -len(ending)]
            if stem:
                return STEMS.get(stem, NOBODY if ending in {"nummer", "nr"} else "")
            return STEMS.get(before) or CUES.get(before) or direct
    if word == "no":
        return STEMS.get(before) or CUES.get(before) or direct
    return ""
