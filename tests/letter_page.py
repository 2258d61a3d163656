"""The offline letter in a browser, opened from disk, as a person uses it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.request import Request, urlopen

from tests.sealed_pages import CHECK, SEAL, STORY, WORDS, act
from tests.visitor import Visitor

CHOICE = "input[name=channel]"
REFUSED = "#problem[data-reason]"
SECONDS = 20
_KEEP = """
const make = URL.createObjectURL;
URL.createObjectURL = (blob) => { globalThis.kept = blob; return make.call(URL, blob); };
"""
_KEPT = """kept.arrayBuffer().then((data) =>
  btoa(String.fromCharCode(...new Uint8Array(data))))"""
_SHIFTED = """
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + SHIFT); }
  static now() { return Real.now() + SHIFT; }
};
"""
_DAY_MS = 86_400_000


def fetched(origin: str, language: str = "nl") -> bytes:
    """Download the letter of a running site."""
    with urlopen(f"{origin}/{language}/letter", timeout=SECONDS) as answer:
        found: bytes = answer.read()
    return found


def drop(origin: str, file: bytes, language: str = "nl") -> tuple[int, str]:
    """Hand a file in as a browser without JavaScript does; return the answer's page."""
    edge = "edge-of-a-part"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + file + f"\r\n--{edge}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}", "Origin": origin}
    with urlopen(Request(f"{origin}/{language}/drop", body, headers), timeout=SECONDS) as answer:
        return answer.status, answer.read().decode()


def with_card(content: bytes, place: int, change: str, value: str) -> bytes:
    """Return a letter in which one attribute of one of its cards is another."""
    items = re.split(rb"(?=<i data-site)", content)
    old, new = rf'data-{change}="[^"]*"', f'data-{change}="{value}"'
    items[place + 1] = re.sub(old.encode(), new.encode(), items[place + 1], count=1)
    return b"".join(items)


class Writer:
    """Somebody who opened a letter from disk."""

    def __init__(self, visitor: Visitor, file: Path, days: int = 0) -> None:
        """Open the file, on a device whose clock may be wrong by some days."""
        self.visitor = visitor
        visitor.before(_KEEP)
        if days:
            visitor.before(_SHIFTED.replace("SHIFT", str(days * _DAY_MS)))
        visitor.goto(file.as_uri())

    def choose(self, slug: str) -> None:
        """Choose a channel and go to its form."""
        self.visitor.click(f'{CHOICE}[value="{slug}"]')
        self.visitor.click(act("take"))
        self.visitor.wait(STORY)

    def review(self, text: str) -> None:
        """Write the story and go to the review."""
        self.visitor.fill(STORY, text)
        self.visitor.click(CHECK)
        self.visitor.wait(SEAL)

    def lock(self) -> tuple[str, ...]:
        """Lock the letter; return the words of the code."""
        self.visitor.click(SEAL)
        self.visitor.wait(WORDS)
        return tuple(self.visitor.texts(WORDS))

    def save(self) -> bytes:
        """Press the button that saves the file; return what it saves."""
        self.visitor.click(act("save"))
        return base64.b64decode(str(self.visitor.evaluate(_KEPT)))

    def write(self, slug: str, text: str) -> tuple[tuple[str, ...], bytes]:
        """Do all of it; return the code and the file."""
        self.choose(slug)
        self.review(text)
        return self.lock(), self.save()
