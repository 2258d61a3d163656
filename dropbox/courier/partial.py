"""What a courier has brought of a bundle so far, in a private file beside its place.

The file is a short head and then frames, in the order in which they came. Invariants: it
holds sealed envelopes and nothing of the courier's key; whatever is cut off or foreign in it
is left out when it is read again; memory holds some 200 bytes a frame and never two frames.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dropbox import locks
from dropbox.courier.errors import CourierBusy
from dropbox.protocol.bundle import Frame
from dropbox.protocol.carried import FRAME_HEAD_BYTES, entry_of, frame_bytes, frame_head
from dropbox.protocol.courier import MalformedRequest

SUFFIX = ".part"
_MAGIC = b"MKCP1"
_PRIVATE_FILE = 0o600


class Partial:
    """An open partial file of one handler's bundle."""

    def __init__(self, file: BinaryIO, site_id: bytes, handler_id: bytes) -> None:
        """Read what is there; what is of another site or handler goes."""
        self._file = file
        self._head = _MAGIC + site_id + handler_id
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = 0
        self._read()

    def _read(self) -> None:
        self._file.seek(0)
        if self._file.read(len(self._head)) != self._head:
            self.clear()
            return
        at = len(self._head)
        while frame := self._next():
            size = FRAME_HEAD_BYTES + len(frame.content)
            self._places[entry_of(frame)] = (at, size)
            at += size
        self._cut(at)

    def _next(self) -> Frame | None:
        try:
            kind, size = frame_head(self._file.read(FRAME_HEAD_BYTES))
        except MalformedRequest:
            return None
        content = self._file.read(size)
        return Frame(kind, content) if len(content) == size else None

    def _cut(self, at: int) -> None:
        self._file.truncate(at)
        self._end = at

    def clear(self) -> None:
        """Forget all that was brought."""
        self._places.clear()
        self._file.seek(0)
        self._file.truncate(0)
        self._file.write(self._head)
        self._end = len(self._head)

    def has(self, entry: bytes) -> bool:
        """Tell whether the frame of an entry was brought."""
        return entry in self._places

    def add(self, frame: Frame) -> bytes:
        """Keep a frame; return its entry."""
        raw = frame_bytes(frame)
        entry = entry_of(frame)
        self._file.seek(self._end)
        self._file.write(raw)
        self._places[entry] = (self._end, len(raw))
        self._end += len(raw)
        return entry

    def settle(self) -> None:
        """Hand what was added to the system, so that it outlives this program."""
        self._file.flush()

    def raw(self, entry: bytes) -> bytes:
        """Return a frame that was brought, as it stands in a bundle."""
        at, size = self._places[entry]
        self._file.seek(at)
        return self._file.read(size)


@contextmanager
def partial(out: Path, site_id: bytes, handler_id: bytes) -> Iterator[Partial]:
    """Open or make the partial file of the bundle that is to lie at ``out``.

    Raises:
        CourierBusy: another command has it open.
        OSError: the machine refused.
    """
    path = out.with_name(out.name + SUFFIX)
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, _PRIVATE_FILE), "r+b") as file:
        os.fchmod(file.fileno(), _PRIVATE_FILE)
        try:
            locks.take(file, wait=False)
        except BlockingIOError:
            raise CourierBusy from None
        yield Partial(file, site_id, handler_id)
        path.unlink(missing_ok=True)
