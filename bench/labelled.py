"""A labelled set for redaction, and how predictions score on it.

A set is JSONL: ``{"id", "lang", "text", "spans": [{"start", "end", "label", "origin"?}]}``, labels
PER, CONTACT, QUASI and IGN. A span counts as found when every letter and digit of it is masked.
Over-redaction is the share of unlabelled words of which any character is masked; a title right
before a name is neutral.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WORD = re.compile(r"\w+")
TITLES = "de heer|heer|mevrouw|mevr|mw|dhr|dokter|meneer|mr|mrs|ms|miss|drs|ir|dr|baron"
TITLE = re.compile(rf"(?:\b(?:{TITLES})\b\.?\s+)+$", re.IGNORECASE)
PARTICLE = re.compile(
    r"\b(?:van|von|de|der|den|ter|ten|el|al|ben|da|dos|van 't|aït|oulad|abu)\b[ -]", re.IGNORECASE
)

Document = dict[str, Any]
Stretch = tuple[int, int]


@dataclass
class Score:
    """Counts of one set: found and all, by what is counted."""

    found: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, hit: bool) -> None:
        """Count one thing."""
        self.all[name] += 1
        self.found[name] += hit

    def share(self, name: str) -> float:
        """Return the share that was found, between 0 and 1; 0 of nothing."""
        return self.found[name] / self.all[name] if self.all[name] else 0.0

    def names(self, prefix: str) -> list[str]:
        """Return the names of what was counted that begin with ``prefix``."""
        return sorted(name for name in self.all if name.startswith(prefix))


def load(path: Path) -> list[Document]:
    """Return the documents of a set."""
    lines = path.read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def score(documents: Iterable[Document], predict: Callable[[str], list[Stretch]]) -> Score:
    """Score what ``predict`` masks in each text."""
    total = Score()
    for document in documents:
        _document(document, predict(document["text"]), total)
    return total


def _document(document: Document, masked: list[Stretch], total: Score) -> None:
    text = document["text"]
    covered = bytearray(len(text))
    for start, end in masked:
        covered[start:end] = b"\1" * (end - start)
    neutral = bytearray(len(text))
    hits = [_span(span, text, covered, neutral, total) for span in document["spans"]]
    named = [
        hit for span, hit in zip(document["spans"], hits, strict=True) if span["label"] == "PER"
    ]
    if named:
        total.count("documents without a leak", all(named))
    for word in WORD.finditer(text):
        if not any(neutral[word.start() : word.end()]):
            hit = any(covered[word.start() : word.end()])
            total.count("over-redaction", hit)
            if not named:
                total.count("over-redaction without names", hit)


def _span(span: Document, text: str, covered: bytearray, neutral: bytearray, total: Score) -> bool:
    """Count one labelled span; return whether all of it is masked."""
    start, end, label = span["start"], span["end"], span["label"]
    title = TITLE.search(text[:start]) if label == "PER" else None
    begin = title.start() if title else start
    neutral[begin:end] = b"\1" * (end - begin)
    hits = [bool(covered[at]) for at in range(start, end) if text[at].isalnum()]
    if label != "IGN":
        total.count(label, all(hits))
    if label == "QUASI":
        total.count("QUASI touched", any(hits))
    if label == "PER":
        for name in [f"origin {span.get('origin', '?')}", *forms(text, start, end)]:
            total.count(name, all(hits))
    return all(hits)


def forms(text: str, start: int, end: int) -> list[str]:
    """Return what kinds of mention a name is; it can be several."""
    name = text[start:end]
    words = re.findall(r"[^\W\d_]+", name)
    longest = max(map(len, words), default=0)
    found = []
    if name.islower():
        found.append("form lower case")
    elif name.isupper() and longest > 2:
        found.append("form capitals")
    if re.search(r"\b[A-Z]{1,2}\.", name) or longest <= 2:
        found.append("form initials")
    if not found:
        full = [word for word in words if len(word) > 2 and word[0].isupper()]
        found.append("form single" if len(full) <= 1 else "form full")
    if TITLE.search(text[:start]):
        found.append("form after a title")
    if PARTICLE.search(name):
        found.append("form with a particle")
    return found
