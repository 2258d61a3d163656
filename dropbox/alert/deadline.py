"""A limit on how long something takes as a whole, however slowly it goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from dropbox.alert.errors import TookTooLong


def within(seconds: float, act: Callable[[], None]) -> None:
    """Do something, and wait for its end no longer than ``seconds``.

    A socket's own time-out counts anew with each byte, and looking up a name has none at
    all. What takes longer is left to itself in its thread, which ends with the program.

    Raises:
        TookTooLong: the time was over; whether it is done after all, nobody knows.
        Exception: what ``act`` raised.
    """
    ends: list[Exception | None] = []

    def work() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - raised again below, where somebody waits
            ends.append(error)
        else:
            ends.append(None)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if not ends:
        raise TookTooLong(seconds=int(seconds))
    if ends[0] is not None:
        raise ends[0]
