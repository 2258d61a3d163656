"""A disk that can be filled and freed at will, for tests. Two kinds, both refused by the kernel.

`Limit` works everywhere, also without any right: the largest size of a file that a process may
write (RLIMIT_FSIZE), set on running processes and taken off again. A write then stops in the
middle of a page and fails with EFBIG, as on a quota. `Tmpfs` is a small file system of its own,
which fails with ENOSPC; it needs a mount namespace, which not every container allows, so tests
run on it in addition wherever it can be had.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tests.bad_luck_world import Town

DISK_BYTES = 32 * 1024 * 1024
_FILLER = "filler"
_CHUNK = bytes(512)


class Limit:
    """Files may not grow beyond a size."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, town: Town, room: int = 0) -> None:
        """Let nothing more be written, but for ``room`` bytes from the start of a file."""
        self._limit(town, room)
        town.program.file_bytes = room

    def free(self, town: Town) -> None:
        """Let everything be written again."""
        self._limit(town, resource.RLIM_INFINITY)
        town.program.file_bytes = None

    def _limit(self, town: Town, size: int) -> None:
        running = town.process is not None and town.process.poll() is None
        for process in [town.process.pid, *town.workers()] if town.process and running else []:
            hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))


class Tmpfs:
    """A small file system, mounted over the folder; only inside a mount namespace of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        options = f"size={DISK_BYTES},mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)

    def fill(self, town: Town, room: int = 0) -> None:
        """Fill it up to the last byte, then give back ``room`` bytes, in whole pages."""
        assert town.folder == self.folder
        path = self.folder / _FILLER
        with path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(_CHUNK)
            except OSError:
                size = file.tell()
            os.ftruncate(file.fileno(), max(size - room, 0))

    def free(self, town: Town) -> None:
        """Take the filler away."""
        (town.folder / _FILLER).unlink()


Rooms = tuple[int, ...]
Scenario = Callable[[Limit | Tmpfs, Rooms], None]


@cache
def _namespace() -> Sequence[str] | None:
    """Return the command that gives a mount namespace of our own, where this machine allows one."""
    for options in (["-m"], ["-r", "-m"]):
        command = ["unshare", *options, "--propagation", "private"]
        mount = "mkdir -p {0} && mount -t tmpfs tmpfs {0} && umount {0}".format("/tmp")
        if shutil.which("unshare"):
            tried = subprocess.run([*command, "sh", "-c", mount], capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    return None


def kinds() -> list[str]:
    """Return the kinds of disk that this machine has."""
    return ["limit", *(["tmpfs"] if _namespace() else [])]


def on_disk(kind: str, scenario: Scenario, folder: Path, rooms: Rooms) -> None:
    """Run ``scenario``, a function of a test module, on a disk of this kind.

    ``rooms`` are the bytes that are left each time that the disk is filled.

    On a tmpfs that is another process, since only there the disk is to be seen.
    """
    folder.mkdir()
    if kind == "limit":
        scenario(Limit(folder), rooms)
        return
    namespace = _namespace()
    assert namespace
    module = f"tests.{scenario.__module__.rpartition('.')[2]}"
    program = (
        f"from pathlib import Path; from tests.full_disk import Tmpfs; import {module} as found;"
        f"found.{scenario.__name__}(Tmpfs(Path({str(folder)!r})), {rooms!r})"
    )
    ended = subprocess.run(
        [*namespace, sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
