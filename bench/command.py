"""A real command under measurement: its time, processor time, memory and output."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MELDKLUIS = (sys.executable, "-m", "dropbox.cli")
LONGEST_SECONDS = 600
_CHECKOUT = Path(__file__).resolve().parent.parent
_CHUNK = 1 << 20
_SAMPLE_SECONDS = 0.01
_MEGABYTE = 1_000_000


@dataclass
class Ran:
    """What a command took.

    ``first_seconds`` is until its first output, ``bytes_after`` what it put out after that;
    ``peak`` is the highest resident memory in MB, its own and its children's at one time.
    """

    seconds: float
    first_seconds: float
    bytes_after: int
    cpu_seconds: float
    peak: float

    @property
    def rate(self) -> float:
        """Return MB a second, from the first output to the last."""
        return self.bytes_after / (self.seconds - self.first_seconds) / _MEGABYTE


def run(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end and count what it puts out.

    Raises:
        RuntimeError: it failed.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=_CHECKOUT,
        env=dict(os.environ) | dict(environ or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    peaks = [0]
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
    watcher.start()
    first, after = 0.0, 0
    assert process.stdout is not None
    while part := os.read(process.stdout.fileno(), _CHUNK):
        after += len(part) if first else 0
        first = first or time.perf_counter() - begin
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    ended.set()
    watcher.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{command[-1]} ended with {process.returncode}")
    return Ran(
        seconds,
        first or seconds,
        after,
        usage.ru_utime + usage.ru_stime,
        peaks[0] * 1024 / _MEGABYTE,
    )


def _watch(pid: int, peaks: list[int], ended: threading.Event) -> None:
    # the kernel's own high-water mark of this program: ru_maxrss begins with its parent's
    while not ended.wait(_SAMPLE_SECONDS):
        with suppress(OSError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            together = sum(_status(each)["VmRSS"] for each in (str(pid), *children))
            peaks[0] = max(peaks[0], together, _status(str(pid))["VmHWM"])


def _status(pid: str) -> dict[str, int]:
    """Return a process's resident memory and its high-water mark, KiB."""
    found = {"VmRSS": 0, "VmHWM": 0}
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _colon, rest = line.partition(":")
        if name in found:
            found[name] = int(rest.split()[0])
    return found
