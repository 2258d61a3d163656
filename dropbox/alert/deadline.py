"""A limit on how long something takes as a whole, however slowly it goes on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dropbox.alert.errors import TookTooLong


class _TimeIsUp(BaseException):
    """Not an `Exception`, and no `OSError`: what is interrupted must not take it for its own."""


@contextmanager
def deadline(seconds: int) -> Iterator[None]:
    """Interrupt what runs inside after ``seconds``.

    A socket's own time-out counts anew with each byte, so a server that sends one now and
    then could hold us for days. Only for the main thread of a program that uses no other
    alarm: a command.

    Raises:
        TookTooLong: the time was over.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    except _TimeIsUp:
        raise TookTooLong(seconds=seconds) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
