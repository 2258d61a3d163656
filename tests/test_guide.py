"""The handlers' guide says what the pages say, and shows pictures that are there."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "desk.md"
CATALOGUE = ROOT / "dropbox" / "locale" / "nl" / "LC_MESSAGES" / "messages.po"
PICTURES = ROOT / "docs" / "pictures"
LARGEST_PICTURE = 62_000
MOST_PICTURES = 12
NOT_OF_THE_PAGES = {
    "Nederlands hieronder. [English below](#the-desk-a-guide-for-handlers).",
    "ik zal ze niet vragen om uit de anonimiteit te stappen",
    "that",
}


def halves() -> tuple[str, str]:
    """Return the Dutch and the English part."""
    dutch, heading, english = GUIDE.read_text("utf-8").partition("\n# The desk")
    assert heading
    return dutch, english


def quoted(text: str) -> set[str]:
    """Return what stands in italics: the words of buttons, links and headings."""
    return set(re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)) - NOT_OF_THE_PAGES


def test_guide_names_what_stands_on_the_pages() -> None:
    """Each button or heading that the guide names is a text of the program, in both languages."""
    with CATALOGUE.open("rb") as file:
        found = [each for each in read_po(file) if each.id and isinstance(each.id, str)]
    dutch, english = halves()
    for part, texts in (
        (dutch, [str(each.string) for each in found]),
        (english, [str(each.id) for each in found]),
    ):
        names = quoted(part)
        assert len(names) > 10
        assert [each for each in sorted(names) if not any(each in text for text in texts)] == []


def test_both_parts_have_the_same_chapters_and_pictures() -> None:
    """Nobody reads less in one language than in the other."""
    dutch, english = halves()
    for pattern in (r"^## ", r"^### ", r"\]\(pictures/(\w+)\."):
        counts = [re.findall(pattern, part, re.MULTILINE) for part in (dutch, english)]
        assert counts[0] == counts[1], pattern


def test_pictures_are_small_and_all_shown() -> None:
    """Each picture of the guide is there, and none lies there for nothing or takes much room."""
    shown = set(re.findall(r"\]\(pictures/([\w.]+)\)", GUIDE.read_text("utf-8")))
    kept = {each.name: each.stat().st_size for each in PICTURES.iterdir()}
    assert shown == set(kept)
    assert len(kept) <= MOST_PICTURES
    assert max(kept.values()) <= LARGEST_PICTURE, kept
