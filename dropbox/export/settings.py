"""What an organisation adds to redaction: KEYS/redaction.toml.

Its own names, units and words that are no names; the ground on a mark; and how many people each
unit has in each family of roles, without which the gate cannot tell a crowd from a person.

    ground = "5.1.2.e"
    role = "medewerker"
    threshold = 5
    names = ["Xaviera"]
    stop = ["Meldkluis"]
    units = ["Handhaving"]

    [families]
    inspecteur = "toezicht"

    [[people]]
    unit = "Handhaving"
    family = "toezicht"
    count = 14

Invariant: a file that cannot be understood is an error, never a default.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from dropbox.errors import N_, ConfigError
from dropbox.export.detect import Known, own_words
from dropbox.export.lexicon import fold
from dropbox.export.redact import GROUND

SETTINGS_NAME = "redaction.toml"
THRESHOLD = 5
"""People that a description must fit at least."""

_FIELDS = frozenset(["ground", "role", "threshold", "names", "stop", "units", "families", "people"])
_COUNT_FIELDS = frozenset(["unit", "family", "count"])


class RedactionSettingsWrong(ConfigError):
    """redaction.toml cannot be used."""

    text = N_("redaction.toml cannot be used: %(field)s is missing or wrong.")


@dataclass(frozen=True, slots=True)
class RedactionSettings:
    """An organisation's part of redaction.

    Attributes:
        ground: of the exception, on every mark; ``role``: a word for persons, or empty.
        threshold: people that a description must fit at least.
        known: names, stop words and units for `detect`.
        families: family of roles by folded role word.
        people: head counts by folded unit and family.
    """

    ground: str = GROUND
    role: str = ""
    threshold: int = THRESHOLD
    known: Known = field(default_factory=Known)
    families: dict[str, str] = field(default_factory=dict)
    people: dict[tuple[str, str], int] = field(default_factory=dict)


def load(keys: Path) -> RedactionSettings:
    """Return the settings in the folder KEYS; without the file there are none.

    Raises:
        RedactionSettingsWrong: the file is there and cannot be used.
    """
    try:
        raw = (keys / SETTINGS_NAME).read_text("utf-8")
    except FileNotFoundError:
        return RedactionSettings()
    except UnicodeDecodeError:
        raise RedactionSettingsWrong(field="UTF-8") from None
    return parse(raw)


def parse(raw: str) -> RedactionSettings:
    """Return the settings that a redaction.toml holds.

    Raises:
        RedactionSettingsWrong: it is no TOML, or a field is unknown or of another type.
    """
    try:
        table = tomllib.loads(raw)
    except tomllib.TOMLDecodeError:
        raise RedactionSettingsWrong(field="TOML") from None
    _no_others(table, _FIELDS)
    units = _strings(table, "units")
    known = Known(
        names=own_words(_strings(table, "names")),
        stop=own_words(_strings(table, "stop")),
        units=units,
    )
    return RedactionSettings(
        ground=_string(table, "ground", GROUND),
        role=_string(table, "role", ""),
        threshold=_whole(table, "threshold", THRESHOLD, 2),
        known=known,
        families=_families(table),
        people=_people(table),
    )


def _no_others(table: dict[str, object], known: frozenset[str]) -> None:
    others = sorted(table.keys() - known)
    if others:
        raise RedactionSettingsWrong(field=others[0])


def _string(table: dict[str, object], name: str, default: str) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or len(value) > 40 or not value.isprintable():
        raise RedactionSettingsWrong(field=name)
    if "[" in value or "]" in value or (default and not value.strip()):
        raise RedactionSettingsWrong(field=name)
    return value.strip()


def _strings(table: dict[str, object], name: str) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(
        isinstance(each, str) and each.strip() for each in value
    ):
        raise RedactionSettingsWrong(field=name)
    return tuple(each.strip() for each in value)


def _whole(table: dict[str, object], name: str, default: int, least: int) -> int:
    value = table.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RedactionSettingsWrong(field=name)
    return value


def _families(table: dict[str, object]) -> dict[str, str]:
    value = table.get("families", {})
    if not isinstance(value, dict) or not all(
        isinstance(each, str) and each for each in value.values()
    ):
        raise RedactionSettingsWrong(field="families")
    return {fold(role): fold(family) for role, family in value.items()}


def _people(table: dict[str, object]) -> dict[tuple[str, str], int]:
    rows = table.get("people", [])
    if not isinstance(rows, list):
        raise RedactionSettingsWrong(field="people")
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        if not isinstance(row, dict) or row.keys() != _COUNT_FIELDS:
            raise RedactionSettingsWrong(field="people")
        unit, family = _string(row, "unit", ""), _string(row, "family", "")
        if not unit or not family or (fold(unit), fold(family)) in counts:
            raise RedactionSettingsWrong(field="people")
        counts[fold(unit), fold(family)] = _whole(row, "count", -1, 0)
    return counts
