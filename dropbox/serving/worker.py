"""A worker of gunicorn that nobody can hold up, and that forgets by ending.

Gunicorn gives a connection a thread as soon as its first byte is there, and that thread
then waits for the rest without end: a few half requests stop a site. Here one loop takes
in what arrives, and a thread gets a request when it is whole. So who sends slowly
holds a place among `worker_connections` and no thread, and not for long.

What a worker has seen is in its memory until it ends, so it ends after a while, when the
requests that it took in are answered.
"""

from __future__ import annotations

import random
import socket
import sys
import time
from collections.abc import Callable
from functools import partial
from selectors import EVENT_READ
from threading import Lock
from typing import Any

from gunicorn import util
from gunicorn.http.unreader import Unreader
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from dropbox.serving.intake import Intake
from dropbox.serving.lanes import Lanes
from dropbox.turns import Turn

SILENT_SECONDS = 15.0
"""A connection that sends no byte for so long is dropped."""

REQUEST_SECONDS = 60.0
"""So long may a request take to arrive, however steadily it trickles."""

ANSWER_SECONDS = 10.0
"""So long may somebody take to let an answer through that the kernel does not hold whole."""

ENDING_SECONDS = 5.0
"""A worker that ends waits no longer for half requests, also for those that trickle."""

LINGER_SECONDS = 1.0
"""Who was refused in the middle of sending gets so long to read why."""

LIFE_SECONDS = 15 * 60.0
"""A worker ends after so long, or up to a quarter sooner, so that not all end at once."""

SUCCESSOR_SECONDS = 2.0
"""So long a worker that waited for another one to end gives that one's successor to start."""

TURN_SECONDS = 0.1
"""So long an answer waits until the one before it is made: the usual time of a dozen."""

CHORE_SECONDS = 60.0
_PIECE_BYTES = 64 * 1024
_MOST_REST_BYTES = 64 * 1024
"""Who sends more than this after a refusal does not read it anyway."""


class Handed(Unreader):  # type: ignore[misc]
    """Gives the parser what was taken in; there the line ends."""

    def __init__(self) -> None:
        super().__init__()
        self.is_cut = False
        """The parser or the site wanted more than there is: where a next request starts is lost."""

    def chunk(self, size_hint: int | None = None) -> bytes:  # noqa: ARG002 - gunicorn names it
        """Return nothing, as a closed connection does."""
        self.is_cut = True
        return b""


class Visit(TConn):  # type: ignore[misc]
    """One connection."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self.handed = Handed()
        self.begin()

    def begin(self) -> None:
        """Start to take in a request; the line may hold some of it already."""
        # The loop waited for data; gunicorn's thread must not wait for more.
        self.data_ready = True
        self.intake = Intake(self.handed.take_buffered())
        self.heard = time.monotonic()
        self._ends = self.heard + REQUEST_SECONDS

    def take_in(self) -> bool:
        """Read what is there; return whether the other side is still there, too."""
        try:
            self.sock.setblocking(False)
            while not self.intake.is_ready:
                piece = self.sock.recv(_PIECE_BYTES)
                if not piece:
                    return False
                self.heard = time.monotonic()
                self.intake.add(piece)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        return True

    def is_late(self, now: float) -> bool:
        """Tell whether this connection was silent, or busy, for too long."""
        return now > self._ends or now > self.heard + SILENT_SECONDS

    def init(self) -> None:
        """Prepare an answer; gunicorn calls this in a thread before every request."""
        super().init()
        self.parser.unreader = self.handed
        self.handed.unread(bytes(self.intake.data))
        self.intake.data.clear()
        self.sock.settimeout(ANSWER_SECONDS)

    def close(self, graceful: bool = False) -> None:  # noqa: ARG002 - gunicorn names it
        """Close at once: the loop waits for nobody."""
        util.close(self.sock)

    @property
    def is_unread(self) -> bool:
        """Tell whether more of this request may come than was taken in."""
        return self.handed.is_cut or not self.intake.is_whole

    def hang_up(self) -> bool:
        """Say no more, and get ready to hear the rest; return whether somebody is there."""
        self.heard = time.monotonic()
        self._ends = self.heard + LINGER_SECONDS
        self._rest = _MOST_REST_BYTES
        try:
            self.sock.setblocking(False)
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True

    def pass_over(self) -> bool:
        """Read what is there and forget it; return whether more may come."""
        try:
            piece = self.sock.recv(_PIECE_BYTES)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self._rest -= len(piece)
        return bool(piece) and self._rest > 0


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, which here takes in requests in its loop."""

    chore: Callable[[], None] | None = None
    """What to do every minute, whether or not anybody comes."""

    ending: Turn | None = None
    """Who ends; made in the main process for all its workers."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        PatientWorker.ending = self.ending or Turn()
        # Gunicorn would end a worker on its own account: see `notify`.
        self._most_requests: int = self.max_requests  # type: ignore[has-type]
        self.max_requests = sys.maxsize
        self._incoming: set[Visit] = set()
        self._refused: set[Visit] = set()
        now = time.monotonic()
        self._ends = now + LIFE_SECONDS * random.uniform(0.75, 1)  # noqa: S311 - no secret
        self._next_chore = now
        self._ending_since: float | None = None
        self._leaves = now

    def get_thread_pool(self) -> Lanes:
        """Return the threads, of which reports may have only a share."""
        return Lanes(self.cfg.threads)

    def accept(self, listener: Any) -> None:
        """Take a connection."""
        try:
            sock, address = listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(Visit(self.cfg, sock, address, listener.getsockname()))

    def enqueue_req(self, conn: Visit) -> None:
        """Start to take in a request of a connection; gunicorn calls this when there is one."""
        conn.begin()
        self._go_on(conn)

    def _go_on(self, conn: Visit) -> None:
        if not conn.take_in():
            self._drop(conn)
        elif conn.intake.is_ready:
            super().enqueue_req(conn)
        else:
            self._incoming.add(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_more, conn))

    def _on_more(self, conn: Visit, _sock: Any) -> None:
        self._leave_loop(conn)
        self._go_on(conn)

    def _leave_loop(self, conn: Visit) -> None:
        self._incoming.remove(conn)
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Visit) -> None:
        self.nr_conns -= 1
        conn.close()

    def finish_request(self, conn: Visit, fs: Any) -> None:
        """Go on with a connection whose request was answered; gunicorn calls this in the loop.

        Closed with something unread, the line would break before the answer is read. So who
        was refused in the middle has a moment, and that costs a place in the loop and no thread.
        """
        if not conn.is_unread:
            super().finish_request(conn, fs)
        elif conn.hang_up():
            self._refused.add(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_rest, conn))
        else:
            self._drop(conn)

    def _on_rest(self, conn: Visit, _sock: Any) -> None:
        if not conn.pass_over():
            self._let_go(conn)

    def _let_go(self, conn: Visit) -> None:
        self._refused.remove(conn)
        self.poller.unregister(conn.sock)
        self._drop(conn)

    def murder_pending(self) -> None:
        """Drop who is late; gunicorn calls this at least once a second."""
        now = time.monotonic()
        if not self.alive and self._ending_since is None:
            self._ending_since = now
        for conn in [one for one in self._incoming if one.is_late(now) or self._is_idle(one, now)]:
            self._leave_loop(conn)
            self._drop(conn)
        for conn in [one for one in self._refused if one.is_late(now)]:
            self._let_go(conn)

    def _is_idle(self, conn: Visit, now: float) -> bool:
        """Tell whether a worker that ends need not wait for this connection any more."""
        if self._ending_since is None:
            return False
        patience = ENDING_SECONDS if conn.intake.data else STOP_KEEPALIVE_LINGER
        return now > self._ending_since + patience

    def load_wsgi(self) -> None:
        """Load the site, and let it make one answer at a time.

        Python runs one thread at a time anyway; two that want to run take each other's turns.
        Sending an answer needs no turn, so who reads slowly holds up nobody. Nor does who
        waits for the database: after `TURN_SECONDS` the next one goes along.
        """
        super().load_wsgi()
        answer: Any = self.wsgi  # type: ignore[has-type] # gunicorn ships no types
        turn = Lock()

        def in_turn(environ: Any, start_response: Any) -> Any:
            has_turn = turn.acquire(timeout=TURN_SECONDS)
            try:
                return answer(environ, start_response)
            finally:
                if has_turn:
                    turn.release()

        self.wsgi = in_turn

    def handle(self, conn: Visit) -> Any:
        """Answer a request; runs in a thread."""
        stays = super().handle(conn)
        return stays and not conn.is_unread

    def notify(self) -> None:
        """Tell the main process that this worker lives; see to its end, and to the chore."""
        super().notify()
        now = time.monotonic()
        if now > self._ends or self.nr >= self._most_requests:
            self._end_in_turn(now)
        if self.chore and now > self._next_chore:
            self._next_chore = now + CHORE_SECONDS
            self.chore()

    def _end_in_turn(self, now: float) -> None:
        """End, unless another worker is ending or has no successor yet.

        One that ends waits a while for half requests and takes in nobody new, and under a
        flood the time of all of them comes at once.
        """
        if self.ending and not self.ending.keep():
            self._leaves = now + SUCCESSOR_SECONDS
        elif now > self._leaves:
            # From here on gunicorn takes nothing new, answers what it has, and ends.
            self.alive = False
