"""Clients that do one job again and again: bounded in number and in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection

from bench.servers import Server

TIMEOUT_SECONDS = 30
MOST_JOBS = 20_000
MOST_ERRORS = 100


@dataclass
class Client:
    """One connection that is kept open, as a browser's."""

    port: int
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)

    def get(self, path: str) -> bytes:
        """Return a page's body."""
        return self._ask("GET", path, None, {})

    def get_packed(self, path: str) -> bytes:
        """Return a body as it is sent to a browser that takes brotli."""
        return self._ask("GET", path, None, {"Accept-Encoding": "br, gzip"})

    def post(self, path: str, body: bytes) -> bytes:
        """Send a form; return the answer's body."""
        return self._post(path, body, "application/x-www-form-urlencoded")

    def hand_in(self, path: str, body: bytes) -> bytes:
        """Send sealed bytes; return the answer's body."""
        return self._post(path, body, "application/octet-stream")

    def _post(self, path: str, body: bytes, kind: str) -> bytes:
        headers = {
            "Content-Type": kind,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        }
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}")
        return content


@dataclass
class Load:
    """What a run gave: seconds of each job, jobs a second, server time a job, errors.

    ``kept`` is what the jobs returned, such as reply codes.
    """

    times: list[float]
    rate: float
    cpu_milliseconds: float
    errors: int
    kept: list[bytes]

    def percentile(self, share: float) -> float:
        """Return the time in seconds below which this share of jobs ended."""
        ordered = sorted(self.times)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def run(
    server: Server,
    job: Callable[[Client], bytes | None],
    clients: int,
    seconds: float,
    most: int = MOST_JOBS,
) -> Load:
    """Let ``clients`` do ``job`` for ``seconds``, ``most`` times at most, each on a connection."""
    times: list[float] = []
    kept: list[bytes] = []
    errors: list[str] = []
    end = time.monotonic() + seconds

    def work() -> None:
        client = Client(server.port)
        while time.monotonic() < end and len(times) < most and len(errors) < MOST_ERRORS:
            begin = time.perf_counter()
            try:
                given = job(client)
            except (OSError, RuntimeError) as error:
                errors.append(str(error))
                client = Client(server.port)
                continue
            times.append(time.perf_counter() - begin)
            if given is not None:
                kept.append(given)

    cpu = server.cpu_seconds()
    begin = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begin
    used = server.cpu_seconds() - cpu
    for error in sorted(set(errors))[:3]:
        print("error:", error)
    done = max(len(times), 1)
    return Load(times or [spent], len(times) / spent, 1000 * used / done, len(errors), kept)
