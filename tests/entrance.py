"""The site's gate with a clock and a disk that tests set."""

from __future__ import annotations

from dataclasses import replace

from dropbox.protocol.padding import KIB, LETTER_SIZES
from dropbox.quotas import Limits
from dropbox.site import context
from dropbox.site.admission import Gate, NotNow
from dropbox.upkeep import DiskRoom
from tests.site_client import World

SMALL, LARGE = LETTER_SIZES[0], LETTER_SIZES[-1]
MIB = KIB * KIB
PLENTY = DiskRoom(1000 * MIB * KIB, 0)
WIDE = Limits(1000, 1000, 1000, 1000, 1)


class Clock:
    """A monotonic clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def as_configured(most: int) -> int:
    """Draw what comes back on average."""
    return most // 2


def at_the_end(_width: int) -> int:
    """Let a quota end where it ends."""
    return 0


class Entrance:
    """A gate with a clock and a disk that the test sets."""

    def __init__(self, limits: Limits) -> None:
        self.clock = Clock()
        self.room = PLENTY
        self.looks = 0
        self.gate = Gate(limits, self.look, self.clock, as_configured, at_the_end)

    def look(self) -> DiskRoom:
        self.looks += 1
        return self.room

    def at(self, world: World) -> Entrance:
        """Put this gate before a site."""
        surroundings = world.app.extensions[context.EXTENSION]
        world.app.extensions[context.EXTENSION] = replace(surroundings, gate=self.gate)
        return self

    def report(self, size: int = SMALL) -> str:
        """Let a report in; return what happened."""
        return attempt(self.gate, "report", size)

    def message(self, size: int = SMALL) -> str:
        """Let a message in; return what happened."""
        return attempt(self.gate, "message", size)


def attempt(gate: Gate, kind: str, size: int) -> str:
    """Let a letter of a kind in; return "in", or the name of the refusal."""
    try:
        with getattr(gate, kind)(size):
            return "in"
    except NotNow as error:
        return type(error).__name__
