"""Two lanes for whole requests, so that a flood of reports keeps no reader waiting.

Reports are the dear ones: they seal and wait for the disk. They get a share of a worker's
threads and queue among themselves, where a waiting request holds no thread; pages and
mailboxes have the other threads. Invariant: what is not plainly one of those is in the
reports' lane, so that an address in disguise buys nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

REPORTS_SHARE = 2
"""Reports get one thread in so many, and at least one."""

_READING = re.compile(
    rb"(?:GET|HEAD) |POST /(?:[a-z]{2}/mailbox|sealed/(?:mailbox|message|withdrawal)) "
)


def is_reading(start: bytes | bytearray) -> bool:
    """Tell by a request's first bytes whether it is for a page or for a mailbox."""
    return _READING.match(start) is not None


class Lanes:
    """A worker's threads, in two lanes; stands where gunicorn wants its one pool."""

    def __init__(self, threads: int) -> None:
        """Divide this many threads; with a single one there is a single lane."""
        reports = max(1, threads // REPORTS_SHARE)
        self._reports = ThreadPoolExecutor(reports)
        self._reading = ThreadPoolExecutor(threads - reports) if threads > 1 else self._reports

    def submit(self, answer: Callable[[Any], Any], visit: Any) -> Future[Any]:
        """Let a thread of the right lane answer the request that this connection took in."""
        lane = self._reading if is_reading(visit.intake.data) else self._reports
        return lane.submit(answer, visit)

    def shutdown(self, *, wait: bool = True, cancel_futures: bool = False) -> None:
        """End both lanes; who is not waited for and has no thread yet gets none any more.

        Python waits for all threads at its end, and they would work off the whole queue,
        until the main process kills the worker.
        """
        for lane in (self._reading, self._reports):
            lane.shutdown(wait=wait, cancel_futures=cancel_futures or not wait)
