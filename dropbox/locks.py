"""Locks on open files, which end with the program that has them, however it ends.

Owns what differs between systems here. Invariant: where there are no such locks, as on
Windows, nothing is locked, and the system itself refuses to move or remove a file that is
open. A site never runs there; a desk may.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import IO


def _found() -> ModuleType | None:
    try:
        return importlib.import_module("fcntl")
    except ImportError:
        return None


_FCNTL = _found()

OPEN_FILES_STAY = _FCNTL is None
"""Whether an open file cannot be moved or removed: who wants that closes it first."""


def take(file: int | IO[bytes], *, wait: bool) -> None:
    """Lock an open file or folder for this program alone.

    Raises:
        BlockingIOError: another program has it, and ``wait`` is off.
    """
    if _FCNTL is not None:
        _FCNTL.flock(file, _FCNTL.LOCK_EX | (0 if wait else _FCNTL.LOCK_NB))


def give_back(file: int | IO[bytes]) -> None:
    """Let go of a lock that this program has."""
    if _FCNTL is not None:
        _FCNTL.flock(file, _FCNTL.LOCK_UN)
