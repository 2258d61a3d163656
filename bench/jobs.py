"""The reporter's jobs beside the reference, in turns, and what they leave: nothing lost."""

from __future__ import annotations

import random
import statistics
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.load import Client, Load, run
from bench.results import Result, at_most, beside, compare, raw
from bench.servers import Memory, Server, serving
from bench.site import Site, file_report, minimal_job, open_mailbox
from dropbox.demo.server import free_port

CLIENTS = 8
SECONDS = 5
TURNS = 4
"""Reference and site take turns, so that a slow minute of the machine meets both."""

REPORTS = 10_000
LONGEST_SECONDS = 240
"""Reports go on until there are so many, or until this time is over."""

SAMPLE_SECONDS = 0.5
OPENED = 100
REPLIES = 2


def measure(folder: Path) -> list[Result]:
    """Run everything in ``folder``."""
    site = Site(folder / "site")
    with ExitStack() as stack:
        served = stack.enter_context(site.serving())
        settings = {"VAR": str(folder)}
        bare = stack.enter_context(serving("bench.minimal:app", free_port(), settings, "/"))
        results = [at_most("start to first page", served.start_seconds, "s", 1)]
        first = file_report(Client(served.port))
        site.answer(REPLIES)
        loads = _Loads(served, bare, first)
        results += loads.results()
        codes = [first, *loads.codes]
        more, memory = _many(served, REPORTS - len(codes))
        codes += more.kept
        results += memory
        results += _kept(site, served, codes, loads.errors + more.errors)
    return results + _stored(site)


class _Loads:
    """The loads in turns; ``codes`` are all reply codes that were shown."""

    def __init__(self, site: Server, bare: Server, code: bytes) -> None:
        def check(client: Client) -> None:
            open_mailbox(client, code, REPLIES)

        self.reports: list[Load] = []
        self.checks: list[Load] = []
        self.references: list[Load] = []
        for _turn in range(TURNS):
            self.references.append(run(bare, minimal_job, CLIENTS, SECONDS))
            self.reports.append(run(site, file_report, CLIENTS, SECONDS))
            self.checks.append(run(site, check, CLIENTS, SECONDS))
        self.codes = [code for load in self.reports for code in load.kept]
        self.errors = sum(load.errors for load in self.reports)

    def results(self) -> list[Result]:
        """Return what the loads say."""
        reference = _rate(self.references)
        ours, theirs = (_spread(each) for each in (self.reports, self.references))
        wrong = sum(load.errors for load in self.checks)
        return [
            compare("whole report without script", _rate(self.reports), "jobs/s", reference, 0.5),
            compare("mailbox check, two replies", _rate(self.checks), "jobs/s", reference, 0.5),
            beside("p99/median, report", ours, "", theirs, 1.5),
            raw("p99, report", _p99(self.reports), "ms", _p99(self.references)),
            raw("p99, mailbox check", _p99(self.checks), "ms", _p99(self.references)),
            _cpu("report", self.reports, self.references),
            _cpu("mailbox check", self.checks, self.references),
            at_most("errors, mailbox check", wrong, "", 0),
        ]


def _rate(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def _cpu(name: str, loads: list[Load], references: list[Load]) -> Result:
    ours, theirs = (statistics.median(x.cpu_milliseconds for x in y) for y in (loads, references))
    result = at_most(f"server processor time, {name}", ours, "ms", 10)
    result.reference, result.ratio = theirs, ours / theirs
    return result


def _spread(loads: list[Load]) -> float:
    return statistics.median(load.percentile(0.99) / load.percentile(0.5) for load in loads)


def _p99(loads: list[Load]) -> float:
    return 1000 * statistics.median(load.percentile(0.99) for load in loads)


def _many(site: Server, count: int) -> tuple[Load, list[Result]]:
    """File ``count`` more reports and watch the memory of the processes meanwhile."""
    with _sampling(site) as samples:
        load = run(site, file_report, CLIENTS, LONGEST_SECONDS, most=count)
    half = samples[len(samples) // 2 :]
    third, fourth = half[: len(half) // 2], half[len(half) // 2 :]
    growth = _mean_rss(fourth) - _mean_rss(third)
    reports = len(load.times)
    return load, [
        raw("reports filed while memory was watched", reports, ""),
        at_most("workers, RSS summed, last quarter", _mean_rss(fourth), "MB", 150),
        at_most("workers, PSS summed, last quarter", _mean_pss(fourth), "MB", 150),
        # While a worker ends, the one after it has begun.
        raw("workers, RSS summed, most", max(x.workers_rss for x in half), "MB"),
        raw("workers, PSS summed, most", max(x.workers_pss for x in half), "MB"),
        raw("master and workers, PSS summed, most", max(x.all_pss for x in half), "MB"),
        # Workers restart all the time, and one more or fewer of their seconds shows.
        at_most("growth of workers' RSS, last quarter", growth, "MB", 2),
    ]


def _mean_rss(samples: list[Memory]) -> float:
    return statistics.mean(sample.workers_rss for sample in samples)


def _mean_pss(samples: list[Memory]) -> float:
    return statistics.mean(sample.workers_pss for sample in samples)


@contextmanager
def _sampling(server: Server) -> Iterator[list[Memory]]:
    samples = [server.memory()]
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(SAMPLE_SECONDS):
            samples.append(server.memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()
        samples.append(server.memory())


def _kept(site: Site, served: Server, codes: list[bytes], errors: int) -> list[Result]:
    """See that each code that was shown has its mailbox, and that there are no others."""
    client = Client(served.port)
    closed = 0
    for code in random.sample(codes, min(OPENED, len(codes))):
        try:
            open_mailbox(client, code, REPLIES if code == codes[0] else 0)
        except (OSError, RuntimeError):
            closed += 1
            client = Client(served.port)
    lost = len(set(codes)) - site.mailboxes()
    return [
        at_most("errors, report", errors, "", 0),
        raw("reply codes shown", len(codes), ""),
        at_most("reports lost or without a code", abs(lost), "", 0),
        at_most(f"of {OPENED} codes, mailboxes that do not open", closed, "", 0),
    ]


def _stored(site: Site) -> list[Result]:
    rows = site.mailboxes()
    before = site.store.path.stat().st_size
    site.store.maintain()
    size = site.store.path.stat().st_size
    site.store.close()
    return [
        raw("stored for each report before maintain", before / rows / 1000, "KB"),
        at_most(f"stored for each of {rows} reports", size / rows / 1000, "KB", 6.5),
    ]
