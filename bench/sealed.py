"""Reports that were sealed before they came, beside a bare endpoint that commits the same bytes.

Both run at once under the same gunicorn settings and take turns. Every report is another
one, sealed before the clock runs, so that the site stores each.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.bare_sealed import DONE
from bench.load import Client, Load, run
from bench.results import Result, at_most, compare, raw
from bench.servers import serving
from bench.site import STORY, Site
from dropbox.demo.channels import HOTLINE
from dropbox.demo.server import free_port
from dropbox.protocol import handed_in
from dropbox.protocol.payload import Report
from dropbox.reporter import sealing

CLIENTS = 8
SECONDS = 5
TURNS = 4
MOST = 3000
"""Reports a turn: more than a turn's seconds can take, or else the turn is shorter."""

PATH = "/sealed/report"


def measure(folder: Path) -> list[Result]:
    """Let both take reports in turns, and count what the site stored."""
    site = Site(folder / "site")
    sealed = _reports(site, TURNS * MOST)
    again = iter(list(sealed))
    waiting = iter(sealed)
    with ExitStack() as stack:
        served = stack.enter_context(site.serving())
        bare = stack.enter_context(
            serving("bench.bare_sealed:app", free_port(), {"VAR": str(folder)}, "/")
        )
        ours: list[Load] = []
        theirs: list[Load] = []
        for _turn in range(TURNS):
            theirs.append(run(bare, _handing_in(again), CLIENTS, SECONDS, MOST - CLIENTS))
            ours.append(run(served, _handing_in(waiting), CLIENTS, SECONDS, MOST - CLIENTS))
    stored = site.mailboxes()
    taken = sum(len(load.times) for load in ours)
    reference = statistics.median(load.rate for load in theirs)
    rate = statistics.median(load.rate for load in ours)
    return [
        compare("sealed reports taken", rate, "jobs/s", reference, 0.8),
        raw("server processor time, sealed report", _cpu(ours), "ms", _cpu(theirs)),
        raw("a sealed report as handed in", len(sealed[0]) / 1000, "KB"),
        at_most("errors, sealed reports", sum(load.errors for load in ours), "", 0),
        at_most("sealed reports lost or doubled", abs(stored - taken), "", 0),
    ]


def _cpu(loads: list[Load]) -> float:
    return statistics.median(load.cpu_milliseconds for load in loads)


def _reports(site: Site, count: int) -> list[bytes]:
    shelved = site.shelf.cards(site.today)
    card = next(each.card for each in shelved if each.card.slug == HOTLINE.plan.slug)
    report = Report(
        day=site.today, turn=1, mode="anonymous", language="nl", text=STORY, recipients=()
    )
    return [
        handed_in.write_report(sealing.seal_report(card, report).sealed) for _each in range(count)
    ]


def _handing_in(waiting: Iterator[bytes]) -> Callable[[Client], None]:
    def job(client: Client) -> None:
        # One list serves all clients: taking the next of it is one step.
        if client.hand_in(PATH, next(waiting)) != DONE:
            raise RuntimeError("a sealed report was not taken")

    return job
