"""The program, loaded once: each command is a process that may be killed or starved, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

KILLED = -9

# Forks for each command: a kill then hits the command's own work, not the second in which Python
# reads its modules. A child that is not waited for keeps its number, so the kill can hit nobody
# else. What it says goes into pipes, which no limit on the size of files touches.
_LOADED = """
import json, os, resource, signal, sys, time
from dropbox.cli import main

def rest(handle):
    with os.fdopen(handle, "rb") as file:
        return file.read().decode("utf-8", "replace")

for line in sys.stdin:
    words, delay, size = json.loads(line)
    pipes = [os.pipe(), os.pipe()]
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, (_reader, writer) in enumerate(pipes, 1):
            os.dup2(writer, number)
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
        sys.argv = ["meldkluis", *words]
        main()
    for _reader, writer in pipes:
        os.close(writer)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    said = [rest(reader) for reader, _writer in pipes]
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, time.monotonic() - begin, *said]), flush=True)
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, or `KILLED`; its seconds; what it said."""

    code: int
    seconds: float
    out: str = field(repr=False)
    err: str


@dataclass
class Program:
    """The loaded program. ``file_bytes`` is the largest file that its commands may write."""

    process: subprocess.Popen[str]
    file_bytes: int | None = None

    def run(self, *words: object, delay: float | None = None) -> Ended:
        """Run a command; kill it after ``delay`` seconds."""
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps([[str(word) for word in words], delay, self.file_bytes])
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return Ended(*json.loads(self.process.stdout.readline()))


@contextmanager
def loaded(
    environ: Mapping[str, str], wrapper: Sequence[str] = (), changes: str = ""
) -> Iterator[Program]:
    """Load the program, behind the command ``wrapper`` and with ``changes``, lines of Python."""
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-c", f"{changes}\n{_LOADED}"],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(process)
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
