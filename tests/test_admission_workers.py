"""One quota for all workers of a real gunicorn, which outlives them and is in no file."""

import os
import runpy
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.entrance import SMALL, WIDE, Entrance
from tests.flood import FORM, Visitor, flood
from tests.live import live_site
from tests.organisation import office
from tests.serving_world import ROOT
from tests.site_client import World

AT_ONCE = 12
SHORT = "Zeldzaamwoord in het kort."
SENT_SECONDS, SENDERS = 20, 6


def processes() -> list[int]:
    """Return the ids of the main process, a child of this one, and then of its workers."""
    (master,) = (pid for pid in children(os.getpid()) if b"gunicorn" in command(pid))
    return [master, *children(master)]


def children(pid: int) -> list[int]:
    """Return the ids of a process's children."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def command(pid: int) -> bytes:
    """Return the command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def wait_for_others(killed: set[int]) -> None:
    """Wait until the main process has new workers."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        workers = processes()[1:]
        if workers and not killed & set(workers):
            return
        time.sleep(0.1)
    raise AssertionError("no new workers")


def everything(folder: Path) -> bytes:
    """Return every file below a folder, with its name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"".join(os.fsencode(path) + path.read_bytes() for path in files)


def open_files(pid: int) -> bytes:
    """Return what stands in the files of a process that have no name any more."""
    found = b""
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(entry.readlink())
            if target.endswith("(deleted)") and "mapping" not in target:
                found += entry.read_bytes()
        except OSError:
            continue
    return found


def forked(work: Iterator[None]) -> int:
    """Run the first half of a generator in a worker that is killed there; return its signal."""
    pid = os.fork()
    if not pid:
        try:
            next(work)
            os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def in_time(job: threading.Thread) -> bool:
    """Tell whether a job ends within some seconds."""
    job.daemon = True
    job.start()
    job.join(5)
    return not job.is_alive()


def test_worker_that_is_killed_with_the_lock_jams_nobody() -> None:
    """The kernel takes the lock back: the next one gets in at once."""
    entrance = Entrance(WIDE)

    def hold() -> Iterator[None]:
        with entrance.gate._turn.mine():
            yield

    assert forked(hold()) == -signal.SIGKILL
    outcomes: list[str] = []
    assert in_time(threading.Thread(target=lambda: outcomes.append(entrance.report())))
    assert outcomes == ["in"]


def test_worker_that_is_killed_in_a_report_costs_that_report_and_no_more() -> None:
    """Its place in the quota stays taken until the hour gives it back."""
    entrance = Entrance(replace(WIDE, reports_at_once=3))

    def hold() -> Iterator[None]:
        with entrance.gate.report(SMALL):
            yield

    assert forked(hold()) == -signal.SIGKILL
    assert [entrance.report() for _ in range(3)] == ["in", "in", "NotNow"]


def test_lock_keeps_processes_apart() -> None:
    """While one worker counts, another waits; without that, two would take the last place."""
    entrance = Entrance(WIDE)
    read, write = os.pipe()
    with entrance.gate._turn.mine():
        pid = os.fork()
        if not pid:
            # The child of a fork has no lock of its parent's.
            entrance.gate._turn._threads = threading.Lock()
            entrance.gate.settle()
            os.write(write, b"in")
            os._exit(0)
        os.set_blocking(read, False)
        time.sleep(0.3)
        with pytest.raises(BlockingIOError):
            os.read(read, 2)
    os.set_blocking(read, True)
    assert os.read(read, 2) == b"in"
    os.waitpid(pid, 0)
    os.close(read)
    os.close(write)


def test_quota_is_one_for_all_workers_outlives_them_and_is_in_no_file(tmp_path: Path) -> None:
    """Six senders get in as often as the quota says; killing every worker gives nothing back."""
    with live_site(tmp_path, reports_at_once=AT_ONCE, reports_per_hour=1) as site:
        port = site.demo.places.port
        taken = flood(port, SENT_SECONDS, SENDERS, 5 * AT_ONCE, SHORT)
        assert set(taken) == {200, 503}
        # The end is drawn for every letter: the very last place may need more tries than these.
        assert AT_ONCE - 2 <= taken[200] <= AT_ONCE
        killed = set(processes()[1:])
        assert len(killed) > 1
        for worker in killed:
            os.kill(worker, signal.SIGKILL)
        wait_for_others(killed)
        visitor = Visitor(port)
        answers = [visitor.report("Zeldzaamwoord voor later.") for _ in range(2)]
        refused = next(answer for answer in answers if answer.status == 503)
        assert taken[200] + sum(answer.status == 200 for answer in answers) <= AT_ONCE
        assert "Zeldzaamwoord voor later." in refused.text
        assert visitor.get(FORM).status == 200
        visitor.close()
        left = everything(tmp_path) + b"".join(map(open_files, processes()))
        assert b"eldzaamwoord" not in left
        assert b"NotNow" not in left
        assert b"/admission" not in left


def test_every_worker_settles_the_figures_each_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when nobody comes any more, the shared memory soon forgets that somebody did."""
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    world = World(tmp_path, (office(),))
    entrance, unused = Entrance(WIDE).at(world), Entrance(WIDE)
    assert world.send().status_code == 200
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    worker = SimpleNamespace(app=SimpleNamespace(wsgi=lambda: world.app))
    settings["post_worker_init"](worker)
    for each in (entrance, unused):
        each.clock.now += 60 * 60
    worker.chore()
    unused.gate.settle()
    assert entrance.gate._figures.tolist() == unused.gate._figures.tolist()
