"""Runs commands of the program as processes that are killed in the middle, for tests."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Loads the program once and forks for each command: a kill then hits the command's own work,
# not the second in which Python reads its modules. A child that is not waited for keeps its
# number, so the kill can hit nobody else.
_LOADED = """
import json, os, signal, sys, time
from dropbox.cli import main
for line in sys.stdin:
    words, delay, output = json.loads(line)
    begin = time.monotonic()
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        file = os.open(output, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(file, 1)
        os.dup2(file, 2)
        sys.argv = ["meldkluis", *words]
        main()
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    print(json.dumps([os.waitstatus_to_exitcode(status), time.monotonic() - begin]), flush=True)
"""


@dataclass
class Program:
    """The loaded program. ``hits`` counts, for each stage, the kills that came before the end."""

    process: subprocess.Popen[str]
    output: Path
    chance: random.Random
    hits: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, words: list[object], delay: float | None = None) -> tuple[int, float]:
        """Run a command, kill it after ``delay`` seconds; return exit code and seconds."""
        assert self.process.stdin
        assert self.process.stdout
        line = json.dumps([[str(word) for word in words], delay, str(self.output)])
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        code, seconds = json.loads(self.process.stdout.readline())
        return int(code), float(seconds)

    def ok(self, stage: str, words: list[object]) -> str:
        """Run a command to its end, which must be a good one; return what it printed."""
        code, self.seconds[stage] = self.run(words)
        assert code == 0, self.output.read_text()
        return self.output.read_text()

    def kill(self, stage: str, words: list[object]) -> bool:
        """Run a command and kill it anywhere in the time that it took before; True for a hit."""
        code, _seconds = self.run(words, self.chance.uniform(0, self.seconds[stage]))
        hit = code == -9
        self.hits[stage] = self.hits.get(stage, 0) + hit
        assert hit or code == 0, self.output.read_text()
        return hit


@contextmanager
def loaded(folder: Path, environ: Mapping[str, str], seed: int) -> Iterator[Program]:
    """Load the program for the commands of one test."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LOADED],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(process, folder / "output.txt", random.Random(seed))
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
