"""People who send slowly and people who say nothing, for measurements and tests."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

SENDERS, IDLE = 20, 200
_CONNECT_SECONDS = 15
_HALF = b"POST /nl/mailbox HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\ntext="


@contextmanager
def crowd(port: int, senders: int = SENDERS, idle: int = IDLE) -> Iterator[list[int]]:
    """Hold half requests that grow by a byte a second, and silent connections.

    Yields:
        A list with one number: how many slow bytes were sent so far.
    """
    over = threading.Event()
    sent = [0]

    def trickle(slow: list[socket.socket]) -> None:
        while not over.wait(1.0):
            for each in slow:
                try:
                    sent[0] += each.send(b"x")
                except OSError:
                    # It was dropped: that is how it should end.
                    continue

    with ExitStack() as stack:
        opened = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_SECONDS)
            )
            for _ in range(senders + idle)
        ]
        for each in opened[:senders]:
            each.sendall(_HALF)
        trickling = threading.Thread(target=trickle, args=(opened[:senders],))
        trickling.start()
        try:
            yield sent
        finally:
            over.set()
            trickling.join()
