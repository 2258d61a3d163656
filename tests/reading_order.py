"""What a screen reader reads of a page in Chromium, in its order, out of the accessibility tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from playwright.sync_api import CDPSession, Page

CONTROLS = ("button", "checkbox", "combobox", "link", "radio", "searchbox", "textbox")
LANDMARKS = ("banner", "main", "contentinfo", "navigation", "region")
_SPOKEN = (
    *CONTROLS,
    *LANDMARKS,
    "alert",
    "DisclosureTriangle",
    "group",
    "heading",
    "list",
    "status",
)
_TEXT = "StaticText"


@dataclass(frozen=True)
class Spoken:
    """One thing that is read: its role, name, description, and a heading's level, else 0."""

    role: str
    name: str
    description: str = ""
    level: int = 0
    focused: bool = False

    def __str__(self) -> str:
        level = f" {self.level}" if self.level else ""
        told = f" ({self.description})" if self.description else ""
        return f"{self.role}{level}: {self.name}{told}"


def reading(page: Page) -> list[Spoken]:
    """Return what is read, from top to bottom: landmarks, headings, texts and controls."""
    session = page.context.new_cdp_session(page)
    found = list(_read(session))
    session.detach()
    return found


def _read(session: CDPSession) -> Iterator[Spoken]:
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}
    waiting = [nodes[0]["nodeId"]]
    while waiting:
        node = by_id[waiting.pop()]
        waiting += reversed([each for each in node.get("childIds", ()) if each in by_id])
        role = node.get("role", {}).get("value", "")
        if node.get("ignored") or role not in (*_SPOKEN, _TEXT):
            continue
        values = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        yield Spoken(
            "text" if role == _TEXT else role,
            str(node.get("name", {}).get("value", "")).strip(),
            str(node.get("description", {}).get("value", "")).strip(),
            int(values.get("level") or 0) if role == "heading" else 0,
            bool(values.get("focused")),
        )


def faults(read: list[Spoken]) -> list[str]:
    """Return what makes no sense in a page that is read from top to bottom.

    A control without a name; a heading that skips a level; not one main heading, or one
    that does not come first; landmarks out of order; nothing to skip the top with.
    """
    found = [f"no name: {each}" for each in read if each.role in CONTROLS and not each.name]
    headings = [each for each in read if each.role == "heading"]
    levels = [each.level for each in headings]
    found += [f"skips a level: {each.name}" for each, other in _steps(headings)]
    if levels.count(1) != 1 or levels[0] != 1:
        found.append(f"main heading: {levels}")
    marks = [each.role for each in read if each.role in ("banner", "main", "contentinfo")]
    if marks != ["banner", "main", "contentinfo"]:
        found.append(f"landmarks: {marks}")
    first = next((each for each in read if each.role in CONTROLS), None)
    if first is None or first.role != "link":
        found.append(f"first control: {first}")
    return found


def _steps(headings: list[Spoken]) -> Iterator[tuple[Spoken, Spoken]]:
    for one, other in pairwise(headings):
        if other.level > one.level + 1:
            yield other, one


def place(read: list[Spoken], role: str, part: str) -> int:
    """Return where the first thing of a role stands whose name has ``part`` in it."""
    for number, each in enumerate(read):
        if each.role == role and part in each.name:
            return number
    raise AssertionError("\n".join([f"no {role} with {part!r} in:", *map(str, read)]))
