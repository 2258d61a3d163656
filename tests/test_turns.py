"""Turns among threads and processes: nobody jams them, and nobody waits twice over."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dropbox.turns import Turn

PATIENCE = 20


@contextmanager
def process(work: Callable[[], object]) -> Iterator[int]:
    """Fork a process that does its work and then sleeps until it is killed; yield its id."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            work()
            os.write(write, b"x")
            time.sleep(PATIENCE)
        finally:
            os._exit(1)
    try:
        os.read(read, 1)
        yield pid
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(read)
        os.close(write)


def test_turn_that_is_kept_comes_free_with_the_end_of_its_process() -> None:
    """Killed without a chance to let go, a process lets go all the same."""
    turn = Turn()
    with process(turn.keep):
        assert not turn.keep()
    assert turn.keep()


def test_who_waited_too_long_in_a_process_lets_the_turn_go() -> None:
    """Behind somebody slow each waits only its own time, whatever the number of them."""
    turn = Turn()
    with turn.mine():
        outcomes: list[float] = []

        def wait() -> None:
            begun = time.monotonic()
            with pytest.raises(TimeoutError), turn.mine(0.3):
                pass
            outcomes.append(time.monotonic() - begun)

        waiting = [threading.Thread(target=wait) for _ in range(5)]
        for each in waiting:
            each.start()
        for each in waiting:
            each.join(PATIENCE)
    assert len(outcomes) == 5
    assert min(outcomes) >= 0.3
    with turn.mine(0.3):
        pass


def test_who_waited_too_long_for_another_process_lets_the_turn_go() -> None:
    """The wait between processes has no end of its own, so it is looked at afterwards."""
    turn = Turn()
    with process(turn.keep) as holder:
        threading.Timer(0.5, os.kill, (holder, signal.SIGTERM)).start()
        with pytest.raises(TimeoutError), turn.mine(0.2):
            pass
    with turn.mine(0.2):
        pass


def test_two_turns_crosswise_are_no_deadlock() -> None:
    """Each process holds one turn and waits with another thread for the other's."""
    ours, theirs = Turn(), Turn()

    def cross() -> None:
        begun = threading.Event()

        def hold() -> None:
            with theirs.mine():
                begun.set()
                time.sleep(0.5)

        threading.Thread(target=hold, daemon=True).start()
        begun.wait(PATIENCE)
        threading.Thread(target=lambda: ours.mine().__enter__(), daemon=True).start()
        time.sleep(0.1)

    # The other process waits for ours; this one then waits for theirs, and gets it.
    with ours.mine(), process(cross), theirs.mine():
        pass
