"""The two lanes of a worker: what is dear queues by itself, and readers pass."""

import threading
from dataclasses import dataclass, field

import pytest

from dropbox.serving.intake import Intake
from dropbox.serving.lanes import Lanes, is_reading

REPORT = b"POST /nl/report/meldpunt HTTP/1.1\r\n\r\n"
MAILBOX = b"POST /nl/mailbox HTTP/1.1\r\n\r\n"
PATIENCE = 10


@dataclass
class Asking:
    """A connection with a whole request."""

    sent: bytes
    intake: Intake = field(init=False)

    def __post_init__(self) -> None:
        self.intake = Intake(self.sent)


@pytest.mark.parametrize(
    ("request_line", "reads"),
    [
        (b"GET /nl/report/meldpunt HTTP/1.1", True),
        (b"HEAD / HTTP/1.1", True),
        (b"POST /nl/mailbox HTTP/1.1", True),
        (b"POST /en/mailbox HTTP/1.1", True),
        (b"POST /nl/report/meldpunt HTTP/1.1", False),
        (b"POST /nl/%72eport/meldpunt HTTP/1.1", False),
        (b"POST http://x/nl/report/meldpunt HTTP/1.1", False),
        (b"POST /nl/mailbox/../report/meldpunt HTTP/1.1", False),
        (b"\r\nGET / HTTP/1.1", False),
        (b"GETPOST / HTTP/1.1", False),
        (b"", False),
    ],
)
def test_only_plain_reading_takes_the_readers_lane(request_line: bytes, reads: bool) -> None:
    """An address in disguise buys no more threads for reports."""
    assert is_reading(request_line) == reads
    assert is_reading(bytearray(request_line)) == reads


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_reports_that_wait_hold_up_no_reader(threads: int) -> None:
    """However many reports are stuck, say behind a locked database, a mailbox opens."""
    lanes, go_on = Lanes(threads), threading.Event()
    try:
        stuck = [lanes.submit(lambda _visit: go_on.wait(), Asking(REPORT)) for _ in range(50)]
        opened = lanes.submit(lambda visit: visit.sent, Asking(MAILBOX))
        assert opened.result(PATIENCE) == MAILBOX
        assert sum(report.running() for report in stuck) <= max(1, threads // 2)
    finally:
        go_on.set()
        lanes.shutdown()
    assert all(report.result(PATIENCE) for report in stuck)


def test_single_thread_is_a_single_lane() -> None:
    """A worker with one thread still answers everything."""
    lanes = Lanes(1)
    answers = [lanes.submit(lambda visit: visit.sent, Asking(sent)) for sent in (REPORT, MAILBOX)]
    assert [answer.result(PATIENCE) for answer in answers] == [REPORT, MAILBOX]
    lanes.shutdown()


def test_worker_that_ends_does_not_work_off_its_queue() -> None:
    """Not waited for, the lanes finish what is being answered and nothing else."""
    lanes, go_on = Lanes(2), threading.Event()
    started = threading.Semaphore(0)

    def stick(_visit: Asking) -> bool:
        started.release()
        return go_on.wait(PATIENCE)

    first = [lanes.submit(stick, Asking(sent)) for sent in (REPORT, MAILBOX)]
    queued = [lanes.submit(stick, Asking(sent)) for sent in (REPORT, MAILBOX) * 3]
    try:
        assert started.acquire(timeout=PATIENCE)
        assert started.acquire(timeout=PATIENCE)
        lanes.shutdown(wait=False)
        assert all(one.cancelled() for one in queued)
    finally:
        go_on.set()
    assert all(one.result(PATIENCE) for one in first)
