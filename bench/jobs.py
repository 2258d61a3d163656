"""What is measured: the reporter's jobs beside the reference, in turns, and what they leave."""

from __future__ import annotations

import re
import statistics
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.load import Client, Load, run
from bench.results import Result, at_most, compare
from bench.servers import Server, serving
from dropbox.cli.site import set_up
from dropbox.config import Places
from dropbox.demo import organisation
from dropbox.demo.organisation import Demonstration
from dropbox.demo.server import environment, free_port
from dropbox.store import Store

CLIENTS = 8
SECONDS = 5
TURNS = 4
"""Reference and site take turns, so that a slow minute of the machine meets both."""

STORY = "Er is iets gebeurd op mijn werk. " * 60
FORM = "/nl/report/extern-meldpunt"
MAILBOX = "/nl/mailbox"
_TOKEN = re.compile(rb'name="token" value="([^"]+)"')
_READERS = re.compile(rb'name="readers" value="([^"]+)"')
_WORDS = re.compile(rb"<li>([a-z]+)</li>")
_STYLE = re.compile(rb'rel="stylesheet" href="([^"]+)"')
_REPORT_BYTES = 2000


def measure(folder: Path) -> list[Result]:
    """Run everything in ``folder``."""
    places = Places(folder / "keys", folder / "var", free_port())
    places.var_dir.mkdir()
    demo = organisation.prepare(places, datetime.now(UTC).date(), set_up)
    with ExitStack() as stack:
        settings = environment({}, demo.places)
        site = stack.enter_context(serving("wsgi:app", places.port, settings, "/nl/"))
        bare = stack.enter_context(
            serving("bench.minimal:app", free_port(), {"VAR": str(folder)}, "/")
        )
        results = [at_most("start to first page", site.start_seconds, "s", 1)]
        results += _wire(site)
        results += _loads(site, bare)
        results += [at_most("memory of all processes", site.memory_mib(), "MiB", 150)]
    return results + _stored(demo)


def _report(client: Client) -> bytes:
    form = client.get(FORM)
    token, readers = (name.findall(form)[0].decode() for name in (_TOKEN, _READERS))
    fields = {
        "token": token,
        "readers": readers,
        "text": STORY[:_REPORT_BYTES],
        "mode": "anonymous",
    }
    client.post(FORM, urlencode(fields | {"step": "review"}).encode())
    answer = client.post(FORM, urlencode(fields | {"step": "send"}).encode())
    if b'id="reply-code"' not in answer:
        raise RuntimeError("no reply code")
    return answer


def _job(client: Client) -> None:
    _report(client)


def _minimal(client: Client) -> None:
    client.get("/")
    client.post("/", urlencode({"text": STORY[:_REPORT_BYTES]}).encode())


def _loads(site: Server, bare: Server) -> list[Result]:
    page = _report(Client(site.port))
    code = b" ".join(_WORDS.findall(page)[:10]).decode()
    opened = urlencode({"code": code, "step": "open"}).encode()

    def check(client: Client) -> None:
        client.post(MAILBOX, opened)

    reports, checks, references = [], [], []
    for _turn in range(TURNS):
        references.append(run(bare, _minimal, CLIENTS, SECONDS))
        reports.append(run(site, _job, CLIENTS, SECONDS))
        checks.append(run(site, check, CLIENTS, SECONDS))
    reference = _rate(references)
    return [
        compare("whole report without script", _rate(reports), "jobs/s", reference, 0.5),
        compare("mailbox check", _rate(checks), "jobs/s", reference, 0.5),
        _spread(reports, references),
        at_most("server processor time, report", _cpu(reports), "ms", 10),
        at_most("server processor time, mailbox check", _cpu(checks), "ms", 10),
        at_most("errors", sum(load.errors for load in (*reports, *checks)), "", 0),
    ]


def _rate(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def _cpu(loads: list[Load]) -> float:
    return statistics.median(load.cpu_milliseconds for load in loads)


def _spread(loads: list[Load], references: list[Load]) -> Result:
    ours, theirs = (
        statistics.median(load.percentile(0.99) / load.percentile(0.5) for load in each)
        for each in (loads, references)
    )
    ratio = ours / theirs
    goal = "at most 1.5 of the reference"
    return Result("p99/median, report", ours, "", theirs, ratio, goal, ratio <= 1.5)


def _wire(site: Server) -> list[Result]:
    client = Client(site.port)
    page = client.get(FORM)
    style = client.get(_STYLE.findall(page)[0].decode())
    size = (len(page) + len(style)) / 1000
    return [at_most("first load of the form, bodies", size, "KB", 20)]


def _stored(demo: Demonstration) -> list[Result]:
    store = Store(demo.places.site_dir / "site.db")
    store.maintain()
    rows = store.connection().execute("SELECT count(*) FROM mailbox").fetchone()[0]
    size = store.path.stat().st_size
    store.close()
    return [at_most(f"stored for each of {rows} reports", size / rows / 1000, "KB", 6.5)]
