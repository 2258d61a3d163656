"""Words with a task around names: titles, particles, roles, greetings; all folded.

Closed classes of Dutch and English, in ``data/word_classes.txt``, written out because no list of
them is packaged. A rule of `detect` that needs such a class takes it from here.
"""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parent / "data" / "word_classes.txt"


def _read() -> dict[str, frozenset[str]]:
    """Return the words of each class by its name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(name, []).extend(line.split())
    return {name: frozenset(words) for name, words in found.items()}


_CLASSES = _read()

PARTICLES = _CLASSES["particles"]
"""May stand between a first name and a surname, or open a surname."""
OPENING = _CLASSES["opening"]
"""Particles that belong to the surname after them where they have no capital."""
DUTCH_PARTICLES = _CLASSES["dutch_particles"]
TITLES = _CLASSES["titles"]
ROLES = _CLASSES["roles"]
NAMED = _CLASSES["named"]
"""After these a name may follow that has no other sign."""
GREETINGS = _CLASSES["greetings"]
CLOSINGS = _CLASSES["closings"]
ADDRESSED = _CLASSES["addressed"]
"""Who is greeted without a name."""
FIELDS = _CLASSES["fields"]
"""Labels before a colon after which names stand."""
NO_SPEAKER = _CLASSES["no_speaker"] | FIELDS
PERSON_VERBS = _CLASSES["person_verbs"]
"""Before or after a bare noun these rarely stand: what stands there is a person."""
SPEECH = _CLASSES["speech"]
"""What a person does and a thing hardly ever: one of these after a bare word makes it a person."""
PERSON_CUES = _CLASSES["person_cues"]
"""After these a word with a capital is rather a person than a thing."""
CALENDAR = _CLASSES["calendar"]
"""Also surnames, but beside another name they are nearly always the day."""
FILE_ENDS = _CLASSES["file_ends"]
DETERMINERS = _CLASSES["determiners"]
FUNCTION_NL = _CLASSES["function_nl"]
FUNCTION_EN = _CLASSES["function_en"]
NO_SURNAME = _CLASSES["no_surname"] | FUNCTION_NL | FUNCTION_EN
"""At the start of a sentence these are words, also right before a name."""
UNIT_CUES = _CLASSES["unit_cues"]
"""After these a word with a capital names a part of an organisation or a thing."""
PLACE_CUES = _CLASSES["place_cues"]
GROUP_ENDINGS = tuple(sorted(_CLASSES["group_endings"]))
"""A compound with such an end names a thing, capital or not."""
CHAT = _CLASSES["chat"]
"""Short forms of chat that no dictionary has and that are no names."""
MEASURES = _CLASSES["measures"]
"""Units of measure: behind a number they are that, and else two letters of a person."""
SHORT_DATES = _CLASSES["short_dates"]
"""Days and months cut short: beside a number they are the date, whoever else is called so."""
NAMESAKES = _CLASSES["namesakes"]
"""Before a name these say that a thing is called after somebody: "zaal Anne Frank"."""
CALLED_AFTER = tuple(sorted(_CLASSES["called_after"]))
"""A word with such an end, or joined by a hyphen, is a thing called after somebody."""
KNOWN_INITIALS = _CLASSES["known_initials"]
ACRONYMS = _CLASSES["acronyms"]
"""Short forms of units, offices and things, where letters of a person may stand."""
ROLE_ENDINGS = tuple(sorted(_CLASSES["role_endings"]))
"""A word with such an end is a role: beleidsadviseur."""
PERSONS = _CLASSES["persons"]
"""A person, in a description."""
PEOPLES = _CLASSES["peoples"]
"""Adjectives for a people, a faith or a colour."""
ONLY = _CLASSES["only"]
"""What makes a description one of a kind."""
ILLNESS = _CLASSES["illness"]
"""Words for an illness, a disability or an expected child."""
RELATIVES = _CLASSES["relatives"]
"""After a possessive these are somebody's family."""
POSSESSIVES = _CLASSES["possessives"]
STREETS = tuple(sorted(_CLASSES["streets"]))
"""A word with such an end is a street or square."""
BUILDINGS = tuple(sorted(_CLASSES["buildings"]))
"""A word with such an end is a building or an institution."""
ABBREVIATED = _CLASSES["abbreviated"]
"""A point after these does not end a sentence."""
