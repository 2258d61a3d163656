"""Compiles the lexicon for redaction from installed packages and our own lists.

Run by `make lexicon`.

The packages, their licences and what is taken from each stand in `docs/redaction.md`. The result
is the same for the same packages, and is not part of the source: it is made on each machine.
"""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import msgpack
from babel import Locale
from faker.providers import person
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from dropbox.export import lexicon
from dropbox.export.lexicon import (
    BOTH,
    COMMON_EN,
    COMMON_NL,
    EN,
    FIRST,
    LAST,
    LEXICON_FILE,
    NAME,
    NL,
    OWN,
    PLACE,
    PREFIXED,
    SAFE,
    WEAK,
    WORD,
    fold,
)

LANGUAGES = {"nl": (NL, COMMON_NL), "en": (EN, COMMON_EN)}

# Bins of wordfreq: 100 times the negative logarithm of the frequency. 500 is ten in a million.
COMMON_BIN = 500
WEAK_BIN = 620
APART = 150
# Pronouns and the like, which the dictionaries lack, are this frequent in one language only.
FUNCTION_BIN = 450
FUNCTION_APART = 100

# A mark within this program only, which no file holds.
PEOPLE = 1 << 15
ENDS_OF_PEOPLES = (
    "aan",
    "aans",
    "aanse",
    "anen",
    "ees",
    "eze",
    "ezen",
    "er",
    "ers",
    "isch",
    "ische",
    "s",
    "se",
    "en",
)

# A surname of so few letters that is also a word is more often the word.
SHORT = 3

LETTERS = re.compile(r"[a-z][a-z'-]*")
PIECE = re.compile(r"[a-z']{2,}")
MEN_AND_WOMEN = re.compile(r"(first|last|middle)_(?:romanized_)?names?")
LISTS = "data/lookup/src"
DEDUCE_NAMES = {
    "lst_first_name": FIRST,
    "lst_surname": LAST,
    "lst_interfix_surname": LAST | PREFIXED,
}


def main() -> None:
    """Write the lexicon file and say how many words it has."""
    words: Counter[str] = Counter()
    dictionaries(words)
    names(words)
    frequencies(words)
    safe(words)
    own_names(words)
    raw = lexicon.pack(words)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else LEXICON_FILE
    fresh = target.with_suffix(".new")
    fresh.write_bytes(raw)
    fresh.replace(target)


def mark(words: Counter[str], flag: int, found: Iterable[str]) -> None:
    """Give each of the words a flag."""
    for word in found:
        key = fold(word)
        if LETTERS.fullmatch(key):
            words[key] |= flag


def mark_parts(words: Counter[str], flag: int, found: Iterable[str]) -> None:
    """Give each part of names of several words a flag."""
    for name in found:
        pieces = PIECE.findall(fold(name))
        mark(words, flag, (piece for piece in pieces if len(pieces) == 1 or len(piece) > 3))


def dictionaries(words: Counter[str]) -> None:
    """Take the words that simplemma's dictionaries have without a capital."""
    factory = DefaultDictionaryFactory()
    for language, (flag, _) in LANGUAGES.items():
        found = factory.get_dictionary(language)
        mark(words, flag, (word for word in found if word[:1].islower()))
    # peoples and what is of them; names among them are told apart in `safe`
    peoples = [word for word in factory.get_dictionary("nl") if word[:1].isupper()]
    mark(words, PEOPLE, (word for word in peoples if word.endswith(ENDS_OF_PEOPLES)))


def names(words: Counter[str]) -> None:
    """Take the names of deduce's lists and of faker's languages written in Latin letters."""
    for name, flag in DEDUCE_NAMES.items():
        mark_parts(words, flag, deduce_list(f"names/{name}"))
    mark(words, PLACE, deduce_list("locations/lst_placename/lst_residence"))
    mark(words, PLACE, deduce_list("locations/lst_placename/lst_municipality"))
    for module in faker_modules():
        for attribute in dir(module.Provider):
            if found := MEN_AND_WOMEN.match(attribute):
                flag = LAST if found[1] == "last" else FIRST
                mark_parts(words, flag, strings(getattr(module.Provider, attribute)))


def deduce_list(name: str) -> list[str]:
    """Return the entries of one of deduce's lists, read as a file: deduce itself is not run."""
    return (folder("deduce") / LISTS / name / "items.txt").read_text("utf-8").splitlines()


def folder(package: str) -> Path:
    """Return where a package lies, without running it: deduce would change the logging."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {package} is missing. Run: make lexicon")
    return Path(spec.submodule_search_locations[0])


def faker_modules() -> Iterator[ModuleType]:
    """Yield faker's person providers, one for each country."""
    for found in pkgutil.iter_modules(person.__path__):
        yield importlib.import_module(f"{person.__name__}.{found.name}")


def strings(found: object) -> Iterator[str]:
    """Yield the strings of a list, or the keys of a list with weights."""
    if isinstance(found, list | tuple | set | dict):
        yield from (each for each in found if isinstance(each, str))


def frequencies(words: Counter[str]) -> None:
    """Mark frequent words, and words that only their frequency tells apart from names."""
    bins = {language: wordfreq_bins(language) for language in LANGUAGES}
    for language, (flag, common) in LANGUAGES.items():
        other = bins["en" if language == "nl" else "nl"]
        for word, place in bins[language].items():
            apart = other.get(word, 1000) - place
            if place <= FUNCTION_BIN and apart >= FUNCTION_APART:
                words[word] |= flag
            if words[word] & flag and place <= COMMON_BIN:
                words[word] |= common
            if not words[word] & (WORD | NAME) and place <= WEAK_BIN and apart >= APART:
                words[word] |= WEAK


def wordfreq_bins(language: str) -> dict[str, int]:
    """Return how rare each word is, from wordfreq's own data file."""
    raw = (folder("wordfreq") / f"data/large_{language}.msgpack.gz").read_bytes()
    _, *bins = msgpack.unpackb(gzip.decompress(raw))
    rarity: dict[str, int] = {}
    for place, found in enumerate(bins):
        for word in found:
            key = fold(word)
            if LETTERS.fullmatch(key):
                rarity.setdefault(key, place)
    return rarity


def safe(words: Counter[str]) -> None:
    """Mark what is written with a capital and is no person."""
    for word, flags in words.items():
        if flags & PEOPLE:
            words[word] = flags & ~PEOPLE | (0 if flags & NAME else SAFE)
    entries = [each for each in lexicon.own_words("safe_words.txt") if "_" not in each]
    mark(words, SAFE, (each for each in entries if not each.isupper()))
    # an acronym is known by its capitals; "ap" in plain letters may well be a man's name
    mark(words, WEAK, (each for each in entries if each.isupper() and not words[fold(each)] & NAME))
    for language in LANGUAGES:
        locale = Locale(language)
        found = [*locale.territories.values(), *locale.languages.values()]
        mark(words, SAFE, (each for each in found if " " not in each))


def own_names(words: Counter[str]) -> None:
    """Take the names of our own lists; they have the last word."""
    entries = [fold(entry) for entry in lexicon.own_words("first_names.txt")]
    given = {entry for entry in entries if not entry.startswith("~")}
    # Els stays a first name, whoever has it as a surname
    sure = given - {entry.lstrip("~") for entry in entries if entry.startswith("~")}
    for name, flag in (("first_names.txt", FIRST), ("last_names.txt", LAST)):
        for entry in lexicon.own_words(name):
            bare = entry.lstrip("~")
            strength = BOTH if entry != bare and fold(bare) not in sure else OWN
            for piece in [bare, *bare.split("-")]:
                mark(words, flag | strength, [piece])
    for word, flags in words.items():
        often = flags & (COMMON_NL | COMMON_EN) or (flags & WORD and len(word) <= SHORT)
        if flags & OWN and often and word not in given:
            flags = words[word] = flags | BOTH
        if flags & BOTH:
            words[word] = flags & ~OWN
        elif word in given:
            words[word] = flags & ~SAFE


if __name__ == "__main__":
    main()
