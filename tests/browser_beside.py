"""The browser's protocol beside the reference: one node process that does what tests ask."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dropbox.errors import DropboxError
from dropbox.protocol.channel_card import ChannelCard
from scripts import programs
from tests.make_vectors import plain

BROWSER = Path(__file__).resolve().parent.parent / "browser"


class Beside:
    """A node process that answers lines with lines; see browser/test/beside.js."""

    def __init__(self) -> None:
        process = subprocess.Popen(
            [programs.node(), "--import", "./test/ready.js", "test/beside.js"],
            cwd=BROWSER,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._asked, self._answers = process, process.stdin, process.stdout

    def close(self) -> None:
        """End the process."""
        self._asked.close()
        self._answers.close()
        self._process.wait(timeout=20)

    def answer(self, do: str, **asked: Any) -> dict[str, Any]:
        """Ask one thing; return what was made or refused."""
        self._asked.write(json.dumps({"do": do, **wire(asked)}) + "\n")
        self._asked.flush()
        line = self._answers.readline()
        assert line, f"the browser's protocol fell over at: {do}"
        found: dict[str, Any] = json.loads(line)
        return found

    def made(self, do: str, **asked: Any) -> Any:
        """Ask for something that must not be refused."""
        found = self.answer(do, **asked)
        assert "made" in found, found
        return found["made"]


@pytest.fixture(scope="session")
def beside() -> Iterator[Beside]:
    """Start the browser's protocol once."""
    found = Beside()
    yield found
    found.close()


def wire(value: Any) -> Any:
    """Return a value as the process reads it: bytes in base64, days as text."""
    if isinstance(value, bytes):
        return "=" + b64encode(value).decode("ascii")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {_camel(name): wire(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [wire(item) for item in value]
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def outcome(act: Callable[[], Any]) -> dict[str, Any]:
    """Return what the reference makes, or its refusal, as `Beside.answer` writes it."""
    try:
        return {"made": plain(act())}
    except DropboxError as error:
        return {"refused": type(error).__name__, "params": error.params}


def card_values(card: ChannelCard) -> dict[str, Any]:
    """Return a card as the browser's program holds it."""
    handlers = [
        {
            **asdict(handler.certificate),
            "role": dict(handler.role),
            "intake_keys": [
                {"x_pk": key.x_pk, "first_day": key.first_day, "last_day": key.last_day}
                for key in handler.intake_keys
            ],
        }
        for handler in card.handlers
    ]
    return {
        **asdict(card.draft),
        "site_id": card.site_id,
        "channel_pk": card.channel_pk,
        "fingerprint": card.fingerprint,
        "raw": card.raw,
        "handlers": handlers,
    }


def differences(
    beside: Beside, cases: Iterable[tuple[str, dict[str, Any], Callable[[], Any]]]
) -> Iterator[str]:
    """Tell where both do not say the same, and never stop at the first."""
    for do, asked, act in cases:
        theirs, ours = beside.answer(do, **asked), outcome(act)
        if theirs != ours:
            yield f"{do}: reference {_short(ours)}, browser {_short(theirs)}, of {_short(asked)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 1_500 else f"{text[:700]} … {text[-700:]}"
