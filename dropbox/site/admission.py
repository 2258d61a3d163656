"""Admission: how much the site takes in, so that no flood fills it or stops its answers.

Nobody is told apart: there is one quota for all new reports and one for all later
messages, each counted in letters and in KiB. A quarter of each is kept for the smallest
letters. Reading and withdrawing are never limited. Two reserves on the disk stand under
both.

Invariants: the figures lie in memory that all workers share and in no file; they hold no
address, and no time but the current minute of a clock that starts with the machine; a
worker that is killed in the middle holds up nobody, since the kernel takes its lock back
and no figure depends on another.

Who nearly uses the quota up must learn little about who else reports. So what comes free
in a minute is drawn at random around the configured rate; where the quota ends is drawn
anew for every letter; whether short texts are let in, which a refusal tells for nothing,
is settled once a minute; and whoever gets past the gate has paid, unless the machine
itself could not store the letter. What still shows stands in docs/threat-model.md.
"""

from __future__ import annotations

import mmap
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dropbox.errors import (
    N_,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
)
from dropbox.protocol.padding import LETTER_SIZES
from dropbox.quotas import Limits
from dropbox.turns import Turn
from dropbox.upkeep import MAINTENANCE_COPIES, DiskRoom

RETRY_AFTER_SECONDS = 900
"""What every refusal advises to programs: always the same, so that it tells nothing."""

KEPT_FOR_SMALL = 4
"""A quarter of each quota goes to letters of the smallest size only."""

LOWER_RESERVE = 4
"""Small messages may use the disk's reserve down to a quarter of it."""

DISK_SECONDS = 1.0
"""A worker looks at the disk at most once in so long."""

EDGE_LETTERS = 64
"""The end of a quota is drawn for every letter among the last so many places of small ones."""

EDGE_SHARE = 8
"""But not further from the true end than this part of the quota: a small one has places, too."""

_NOT_THE_SENDERS = (StoreBusy, StoreDamaged, StoreFull, StoreMissing, StoreReadOnly)
"""Failures of the machine: nobody can bring them about to look at the quota for nothing."""

_KIB = 1024
_AROUND_KIB = 3
"""Header, memo, and rows of a letter, rounded up."""

_MINUTE_SECONDS = 60
_PER_HOUR = 60
"""Figures count in sixtieths: what comes back in a minute is then an hour's whole number."""

_FIGURE_BYTES = 8
_NOW = 0
REPORTS, MESSAGES = 1, 4
"""Where the figures of each share lie: its letters, its KiB, and whether small ones had none."""

_NO_ROOM = 2


def _costs(letter_bytes: int) -> tuple[int, int]:
    """Return what one letter takes of a share: of its letters, and of its KiB."""
    return _PER_HOUR, (letter_bytes // _KIB + _AROUND_KIB) * _PER_HOUR


_SMALLEST = _costs(LETTER_SIZES[0])


class NotNow(StoreError):
    """The site takes nothing of this kind at this moment."""

    text = N_("Our server cannot take more at this moment. Nothing was stored. Try again later.")


class OnlySmall(NotNow):
    """The site takes only letters of the smallest size at this moment."""

    text = N_(
        "Our server can take only short texts at this moment, of about 2,500 characters. "
        "Nothing was stored. Make it shorter, or try again later."
    )


class Gate:
    """Lets letters in or refuses them. Made before the workers are, and shared by them all."""

    def __init__(
        self,
        limits: Limits,
        disk: Callable[[], DiskRoom],
        seconds: Callable[[], float] = time.monotonic,
        draw: Callable[[int], int] = secrets.randbelow,
        edge: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        """Take what may come in.

        Args:
            limits: the configured figures.
            disk: looks at the disk; may raise OSError.
            seconds: a clock that never goes back, the same for all processes.
            draw: returns a random number below its argument: what comes back in a minute.
            edge: the same, for where a quota ends.
        """
        self._letters = (limits.reports_at_once, limits.reports_per_hour)
        self._kib = (limits.mib_at_once * _KIB, limits.mib_per_hour * _KIB)
        self._reserve_bytes = limits.disk_reserve_mib * _KIB * _KIB
        self._disk, self._seconds, self._draw, self._edge = disk, seconds, draw, edge
        self._looked_at = -DISK_SECONDS
        self._room: DiskRoom | None = None
        # Anonymous and shared: a worker that is forked later has the same figures.
        self._figures = memoryview(mmap.mmap(-1, (MESSAGES + _NO_ROOM + 1) * _FIGURE_BYTES)).cast(
            "q"
        )
        self._figures[_NOW] = self._minute()
        self._turn = Turn()

    @contextmanager
    def report(self, letter_bytes: int) -> Iterator[None]:
        """Let a new report in, of this padded size; what the machine does not store is not counted.

        Raises:
            OnlySmall: a smaller report would be let in.
            NotNow: no report is let in.
        """
        small = letter_bytes <= LETTER_SIZES[0]
        if not self._has_disk(self._reserve_bytes, copies=MAINTENANCE_COPIES):
            raise NotNow
        with self._counted(REPORTS, letter_bytes, small=small):
            yield

    @contextmanager
    def message(self, letter_bytes: int) -> Iterator[None]:
        """Let a later message, hold or resume in, of this padded size; as `report`."""
        small = letter_bytes <= LETTER_SIZES[0]
        if not self._has_disk(self._reserve_bytes // LOWER_RESERVE):
            raise NotNow
        if not small and not self._has_disk(self._reserve_bytes, copies=MAINTENANCE_COPIES):
            raise OnlySmall
        with self._counted(MESSAGES, letter_bytes, small=small):
            yield

    def settle(self) -> None:
        """Give back what the time since the last call has made free."""
        with self._turn.mine():
            self._give_time_back()

    def _has_disk(self, reserve_bytes: int, copies: int = 0) -> bool:
        now = self._seconds()
        if now >= self._looked_at + DISK_SECONDS:
            self._looked_at = now
            try:
                self._room = self._disk()
            except OSError:
                # The store will say what is wrong, and store nothing.
                self._room = None
        room = self._room
        return room is None or room.free_bytes >= reserve_bytes + copies * room.database_bytes

    @contextmanager
    def _counted(self, share: int, letter_bytes: int, *, small: bool) -> Iterator[None]:
        costs = _costs(letter_bytes)
        with self._turn.mine():
            self._give_time_back()
            self._take(share, costs, small=small)
        try:
            yield
        except _NOT_THE_SENDERS:
            with self._turn.mine():
                for at, cost in enumerate(costs, share):
                    self._figures[at] = max(0, self._figures[at] - cost)
            raise

    def _take(self, share: int, costs: tuple[int, int], *, small: bool) -> None:
        kept = 0 if small else KEPT_FOR_SMALL
        if not self._has_room(share, costs, kept):
            raise NotNow if small or self._figures[share + _NO_ROOM] else OnlySmall
        for at, cost in enumerate(costs, share):
            self._figures[at] += cost

    def _has_room(self, share: int, costs: tuple[int, int], kept: int) -> bool:
        """Tell whether this fits, when one part in ``kept`` is for others; 0 keeps nothing."""
        for at, cost in enumerate(costs):
            quota = (self._letters, self._kib)[at][0] * _PER_HOUR
            left = quota - self._figures[share + at] - (quota // kept if kept else 0)
            width = min(EDGE_LETTERS * _SMALLEST[at], quota // EDGE_SHARE)
            if left - self._edge(width) < cost:
                return False
        return True

    def _give_time_back(self) -> None:
        now = self._minute()
        minutes = now - self._figures[_NOW]
        if minutes <= 0:
            return
        self._figures[_NOW] = now
        for share in (REPORTS, MESSAGES):
            for at, (_most, rate) in enumerate((self._letters, self._kib), share):
                back = self._draw(2 * rate * minutes + 1)
                self._figures[at] = max(0, self._figures[at] - back)
            self._figures[share + _NO_ROOM] = not self._has_room(share, _SMALLEST, 0)

    def _minute(self) -> int:
        return int(self._seconds() // _MINUTE_SECONDS)
