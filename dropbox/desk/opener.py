"""Opens the reports of a large bundle in a second process, a batch ahead of the import.

Owns that process, which uses the machine's second core. Invariants: it has the intake keys
and nothing of the vault, writes no file, and ends with its input, so also when the program
that began it is killed. It gives back a checked first report or nothing; who gets nothing
opens the envelope himself, so no rule of the import stands here and none depends on it.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from dropbox.errors import ProtocolError
from dropbox.protocol import handler
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.handler import BoxKeys, Channel, OpenedReport

BATCH = 64
"""Frames that are in the second process at a time; at most as many more wait here."""

WORTH_A_PROCESS = 2_000
"""From so many frames on a second process gains more time than it takes to begin."""

_SOURCES = Path(__file__).resolve().parent.parent.parent
_BROKEN = (OSError, EOFError, pickle.UnpicklingError)


def ahead(
    frames: Iterator[Frame], count: int, channel: Channel, box_keys: BoxKeys
) -> Generator[tuple[Frame, OpenedReport | None]]:
    """Yield each frame, in order, with the report in it where that was opened ahead.

    Args:
        frames: of a bundle; what they raise passes.
        count: how many there are.
        channel: the desk's site and channel.
        box_keys: the handler's intake keys.
    """
    helper = _begin(channel, box_keys) if count >= WORTH_A_PROCESS else None
    if helper is None:
        yield from ((frame, None) for frame in frames)
        return
    with helper:
        batch = list(islice(frames, BATCH))
        helper.give(batch)
        while batch:
            coming = list(islice(frames, BATCH))
            opened = helper.take(len(batch))
            # Only now: it has written all that it had, so neither can wait for the other.
            helper.give(coming)
            yield from zip(batch, opened, strict=True)
            batch = coming


def _begin(channel: Channel, box_keys: BoxKeys) -> _Helper | None:
    """Begin the second process, or return None where this computer cannot have one more."""
    try:
        return _Helper(channel, box_keys)
    except OSError:
        return None


class _Helper:
    """The second process. Once it fails, nothing comes from it any more, and no error."""

    def __init__(self, channel: Channel, box_keys: BoxKeys) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name],
            cwd=_SOURCES,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could show a key
        )
        self._given = cast(BinaryIO, self._process.stdin)
        self._taken = cast(BinaryIO, self._process.stdout)
        self._works = True
        self._send((channel, box_keys))

    def __enter__(self) -> _Helper:
        return self

    def __exit__(self, *_unused: object) -> None:
        self._process.kill()
        self._process.wait()
        self._taken.close()
        with suppress(OSError):
            self._given.close()  # what was not yet written finds nobody

    def _send(self, what: object) -> None:
        try:
            pickle.dump(what, self._given, pickle.HIGHEST_PROTOCOL)
            self._given.flush()
        except _BROKEN:
            self._works = False

    def give(self, batch: Sequence[Frame]) -> None:
        """Hand over frames; `take` gives back what was in them."""
        kinds = FrameType.ENVELOPE
        self._send([frame.content if frame.type == kinds else b"" for frame in batch])

    def take(self, count: int) -> list[OpenedReport | None]:
        """Return the reports of the frames that were given, None where there is none."""
        try:
            if self._works:
                return cast(list[OpenedReport | None], pickle.load(self._taken))  # noqa: S301 - ours
        except _BROKEN:
            self._works = False
        return [None] * count


def serve(given: BinaryIO, taken: BinaryIO) -> None:
    """Do the second process's work: read keys, then batches, until the input ends."""
    channel, box_keys = pickle.load(given)  # noqa: S301 - ours
    while True:
        try:
            batch = pickle.load(given)  # noqa: S301 - ours
        except EOFError:
            return
        opened = [_report(data, channel, box_keys) for data in batch]
        pickle.dump(opened, taken, pickle.HIGHEST_PROTOCOL)
        taken.flush()


def _report(data: bytes, channel: Channel, box_keys: BoxKeys) -> OpenedReport | None:
    try:
        letter = handler.open_letter(data, channel, box_keys)
        return handler.read_report(letter) if handler.kind(letter) == "report" else None
    except ProtocolError:
        return None


if __name__ == "__main__":
    # Who stops the import by hand stops the other process, which then stops this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer)
