"""A desk whose site has units, conduct and grounds, and reports that make patterns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from dropbox.desk import keyring
from dropbox.desk.patterns import Codes
from dropbox.protocol import reporter
from tests.desk_world import TODAY, World

LABELS = {
    "conduct": {
        "bullying": {"nl": "pesten", "en": "bullying"},
        "exclusion": {"nl": "uitsluiten", "en": "exclusion"},
    },
    "grounds": {
        "origin": {"nl": "afkomst", "en": "origin"},
        "age": {"nl": "leeftijd", "en": "age"},
    },
    "units": {
        "parks": {"nl": "Parken", "en": "Parks"},
        "pools": {"nl": "Zwembaden", "en": "Pools"},
    },
}
CODES = Codes.of(LABELS)


def teach(world: World, labels: dict[str, dict[str, dict[str, str]]] = LABELS) -> World:
    """Give anna's and bram's desks the taxonomies."""
    for name in ("anna", "bram"):
        with world.vault(name) as vault, vault.transaction():
            keyring.save_setting(vault, b"desk", replace(keyring.load(vault), labels=labels))
    return world


def bring(world: World, count: int, **changes: object) -> list[reporter.ReporterKeys]:
    """Bring so many reports of bullying in the parks to anna."""
    changes = {"unit": "parks", "conduct": ("bullying",)} | changes
    found = [world.reporter() for _ in range(count)]
    world.take_in("anna", *(world.report(each, **changes) for each in found))
    return found


def quarters_ago(number: int) -> date:
    """Return a day so many quarters before today's, in the middle of the quarter."""
    return TODAY - timedelta(days=91 * number)
