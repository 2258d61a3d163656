"""Reads classes of words that stand in files beside the lists of names: one class per heading."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "data"


def read(name: str) -> dict[str, frozenset[str]]:
    """Return the words of each class of a file in ``export/data``, by the heading of the class."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (_FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(heading, []).extend(line.split())
    return {heading: frozenset(words) for heading, words in found.items()}
