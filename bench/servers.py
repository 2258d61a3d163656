"""A gunicorn under measurement: its origin, processor time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Memory:
    """Resident memory in MB. RSS counts shared pages for each process, PSS once."""

    workers_rss: float
    workers_pss: float
    all_pss: float


@dataclass
class Server:
    """A running server; ``start_seconds`` is from its start to its first page."""

    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float

    def processes(self) -> list[int]:
        """Return the process ids of the master and its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far."""
        total = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
        return total / _TICKS

    def memory(self) -> Memory:
        """Return the memory of its processes now; one that ends meanwhile counts as nothing."""
        master, *workers = self.processes()
        found = {pid: _rollup(pid) for pid in (master, *workers)}
        return Memory(
            workers_rss=sum(found[pid].get("Rss", 0) for pid in workers) / _MEGABYTE,
            workers_pss=sum(found[pid].get("Pss", 0) for pid in workers) / _MEGABYTE,
            all_pss=sum(each.get("Pss", 0) for each in found.values()) / _MEGABYTE,
        )


def _rollup(pid: int) -> dict[str, int]:
    """Return the sums of a process's memory map in bytes, by their names in the kernel."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {name: int(rest.split()[0]) * 1024 for name, rest in (x.split(":", 1) for x in lines)}


@contextmanager
def serving(
    app: str, port: int, environ: Mapping[str, str], path: str, options: Sequence[str] = ()
) -> Iterator[Server]:
    """Run ``app`` under the site's own gunicorn settings until the block ends.

    ``options`` of gunicorn's command line go before the settings.
    """
    config = str(CHECKOUT / "gunicorn.conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", config, *options, app]
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=dict(os.environ) | environ | {"PORT": str(port)}
    )
    try:
        _wait(port, path, process)
        yield Server(port, process, time.perf_counter() - begin)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=START_SECONDS)


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the server under measurement did not start")
