"""One at a time, among the threads and the forked processes of one program.

Who waits is woken as soon as it is their turn. Invariants: a process that is killed in the
middle holds up nobody, because the kernel takes its lock back; there is no file with a
name, and nothing is written.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from dropbox import locks

FOR_EVER = -1.0


class Turn:
    """A lock that processes share which are forked after it was made."""

    def __init__(self) -> None:
        self._threads = threading.Lock()
        self._memory = os.memfd_create("turn")
        # A lock belongs to one opening of a file, and so each process opens it for itself.
        # (The locks of POSIX would not need that; but the kernel, which sees processes and no
        # threads, takes two of those for a deadlock where there is none.)
        self._opened = self._memory
        self._process = 0
        weakref.finalize(self, os.close, self._memory)

    @contextmanager
    def mine(self, seconds: float = FOR_EVER) -> Iterator[None]:
        """Wait for the turn, and keep it until the block ends.

        Args:
            seconds: who has waited longer than this by the time of their turn lets it go,
                so that those who wait behind somebody slow do not add up their patience.

        Raises:
            TimeoutError: it took longer.
        """
        begun = time.monotonic()
        if not self._threads.acquire(timeout=seconds):
            raise TimeoutError
        try:
            opened = self._own()
            locks.take(opened, wait=True)
            try:
                if seconds != FOR_EVER and time.monotonic() - begun > seconds:
                    raise TimeoutError
                yield
            finally:
                locks.give_back(opened)
        finally:
            self._threads.release()

    def keep(self) -> bool:
        """Take the turn for as long as this process lives, unless somebody else has it."""
        with self._threads:
            try:
                locks.take(self._own(), wait=False)
            except BlockingIOError:
                return False
            return True

    def _own(self) -> int:
        if self._process != os.getpid():
            self._opened = os.open(f"/proc/self/fd/{self._memory}", os.O_RDWR | os.O_CLOEXEC)
            self._process = os.getpid()
            weakref.finalize(self, os.close, self._opened)
        return self._opened
