"""Gunicorn's worker classes under the same load: ``python -m bench.worker_classes``, a minute.

Gunicorn's own threads and its plain processes beside the site's `PatientWorker`, each with
the site's other settings. Gevent is not among them: it works by replacing the standard
library's sockets, locks and threads while the program runs, so that neither the types nor
the tests say any more what the program does, and every wait inside SQLite or libsodium
would stop all visitors of a worker.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.crowd import crowd
from bench.load import Client, run
from bench.results import Result, table
from bench.servers import Server, serving
from bench.site import Site, file_report
from dropbox.demo.server import free_port

# A plain worker with more than one thread would silently become a threaded one.
CLASSES = {
    "sync": ("sync", "--threads", "1"),
    "gthread": ("gthread",),
    "PatientWorker": ("dropbox.serving.worker.PatientWorker",),
}
CLIENTS = 8
SECONDS = 4
PATIENCE_SECONDS = 4.0
"""Who gets no answer for so long has waited so long, and tries again."""


def measure(folder: Path) -> list[Result]:
    """Measure every class alone and in a crowd, in ``folder``."""
    site = Site(folder / "site")
    results = []
    for name, options in CLASSES.items():
        port = free_port()
        settings = site.environ | {"PORT": str(port)}
        chosen = ("--graceful-timeout", "2", "--worker-class", *options)
        with serving("wsgi:app", port, settings, "/nl/", chosen) as server, ExitStack() as stack:
            results += _load(server, f"{name}, alone")
            stack.enter_context(crowd(port))
            results += _load(server, f"{name}, in a crowd")
    return results


def _load(server: Server, name: str) -> list[Result]:
    waits: list[float] = []
    load = run(server, _patient(file_report, waits), CLIENTS, SECONDS)
    done = len(waits) - load.errors
    return [
        Result(f"{name}: whole report", done / SECONDS, "jobs/s"),
        Result(f"{name}: worst wait", max(waits), "s"),
        Result(f"{name}: without an answer", load.errors, ""),
    ]


def _patient(job: Callable[[Client], object], waits: list[float]) -> Callable[[Client], None]:
    """Return the job with bounded patience, which also notes how long somebody waited in vain."""

    def work(client: Client) -> None:
        client.connection.timeout = PATIENCE_SECONDS
        begun = time.perf_counter()
        try:
            job(client)
        finally:
            waits.append(time.perf_counter() - begun)

    return work


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="meldkluis-bench-") as folder:
        print(table(measure(Path(folder))))


if __name__ == "__main__":
    main()
