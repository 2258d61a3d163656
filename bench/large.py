"""A site with 100,000 reports: what a job, a collection, a delivery and maintenance cost there."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import command
from bench.command import MELDKLUIS, Ran
from bench.load import Client, Load, run
from bench.results import Result, at_most, beside, raw
from bench.site import FORM, Site, file_report
from dropbox import exchange
from dropbox.demo.channels import ADVISER, HOTLINE, INTEGRITY, DemoChannel
from dropbox.desk import keyring
from dropbox.protocol import box, bundle
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.envelope import Address, Direction, Draft
from dropbox.store import StoredEnvelope, StoredMailbox

REPORTS = 100_000
QUARTER = REPORTS // 4
COLLECTED = (2_500, 10_000)
"""Envelopes of the first handler of two channels; the rest is for the third channel."""

BATCH = 1_000
SECONDS = 4
TURNS = 5
COLLECTIONS = 3
MOST_RATE = 100.0
MOST_GROWTH = 1.2
FLAT = 1.2
LINEAR = 1.3
"""What a thing may cost at four times the size beside what it costs at one: noise included."""

_LATER = 99_999
_REPLY = b"x" * 1_500


class _Filled:
    """A site whose store is filled with random bytes of the sizes of a real report."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        with self.site.serving() as served:
            file_report(Client(served.port))
        row = self.site.store.connection().execute(
            "SELECT length(memo), length(body) FROM mailbox JOIN envelope ON mailbox = mailbox.id"
        )
        self._memo, self._body = row.fetchone()
        self.mailboxes: dict[str, list[bytes]] = {}

    def card(self, channel: DemoChannel) -> ChannelCard:
        """Return a channel's card."""
        cards = [shelved.card for shelved in self.site.shelf.cards(self.site.today)]
        return next(card for card in cards if card.slug == channel.plan.slug)

    def fill(self, channel: DemoChannel, count: int) -> None:
        """Add reports to the first two handlers of a channel."""
        card = self.card(channel)
        readers = [box.key_id(each.intake_key(self.site.today)) for each in card.handlers[:2]]
        added = self.mailboxes.setdefault(channel.plan.slug, [])
        for start in range(0, count, BATCH):
            with self.site.store.write() as tables:
                tables.recipients.learn(card)
                for _ in range(min(BATCH, count - start)):
                    envelope = self._envelope()
                    tables.mailboxes.add(self._mailbox(card, envelope.mailbox))
                    tables.envelopes.add(envelope, readers, reply=False)
                    tables.mailboxes.address(envelope.mailbox, readers)
                    added.append(envelope.mailbox)
        self.site.store.close()

    def _envelope(self) -> StoredEnvelope:
        body = os.urandom(self._body)
        return StoredEnvelope(os.urandom(32), os.urandom(32), Direction.TO_HANDLERS, body, _LATER)

    def _mailbox(self, card: ChannelCard, mailbox_id: bytes) -> StoredMailbox:
        keys = (os.urandom(32) for _ in range(2))
        lookup, memo = os.urandom(32), os.urandom(self._memo)
        return StoredMailbox(mailbox_id, lookup, card.channel_pk, *keys, memo, _LATER)

    def run(self, *words: str) -> Ran:
        """Run one of the operator's commands on it."""
        return command.run((*MELDKLUIS, *words), self.site.environ)

    def collect(self, channel: DemoChannel, *words: str) -> Ran:
        """Collect for the first handler of a channel; to standard output, unless said."""
        handler = self.site.demo.handler_id(channel.handlers[0].name).hex()
        return self.run("collect", "--handler", handler, *(words or ("--out", "-")))

    def collecting(self, channel: DemoChannel) -> float:
        """Return the least processor time in microseconds of a collection, without a command."""
        site = self.site
        signer = exchange.Signer(site.site_id, site.seed)
        handler_id = site.demo.handler_id(channel.handlers[0].name)
        spent = []
        for _turn in range(2 * COLLECTIONS):
            begin = time.process_time()
            for _part in exchange.collect(signer, site.store, site.shelf, handler_id, site.today):
                pass
            spent.append(time.process_time() - begin)
        site.store.close()
        return 1e6 * min(spent)

    def nothing(self) -> Ran:
        """Run a command that finds almost nothing to do: what starting one costs."""
        handler = self.site.demo.handler_id(INTEGRITY.handlers[2].name).hex()
        ran = [self.run("collect", "--handler", handler, "--out", "-") for _ in range(COLLECTIONS)]
        return sorted(ran, key=lambda each: each.cpu_seconds)[COLLECTIONS // 2]


def measure(folder: Path) -> list[Result]:
    """Fill a site, and measure at a quarter of its size and at the whole."""
    full = _Filled(folder / "full")
    for channel, count in zip((ADVISER, HOTLINE), COLLECTED, strict=True):
        full.fill(channel, count)
    full.fill(INTEGRITY, QUARTER - sum(COLLECTED))
    quarter = full.run("maintain")
    full.fill(INTEGRITY, REPORTS - QUARTER)
    whole = full.run("maintain")
    size = full.site.store.path.stat().st_size
    start = full.nothing()
    results = _maintained(quarter, whole, size, start)
    results += _collected(full, folder / "collected.bundle")
    results += _jobs(full.site, Site(folder / "empty"))
    return results + _delivered(full, folder / "replies.bundle", start)


def _maintained(quarter: Ran, whole: Ran, size: int, start: Ran) -> list[Result]:
    costs = [_cost([quarter], start, QUARTER), _cost([whole], start, REPORTS)]
    name = f"{REPORTS} beside {QUARTER}"
    return [
        raw(f"stored for each of {REPORTS} reports", size / REPORTS / 1000, "KB"),
        at_most(f"maintain on {REPORTS} reports", whole.seconds, "s", 60),
        raw(f"maintain, time, {name}", whole.seconds, "s", quarter.seconds),
        beside(f"maintain, processor time a report, {name}", costs[1], "us", costs[0], LINEAR),
        beside(f"maintain, memory, {name}", whole.peak, "MB", quarter.peak, FLAT),
    ]


def _collected(full: _Filled, path: Path) -> list[Result]:
    few, many = COLLECTED
    full.collect(HOTLINE, "--out", str(path))
    small = [full.collect(ADVISER) for _ in range(COLLECTIONS)]
    cats, large = [], []
    for _turn in range(COLLECTIONS):
        cats.append(command.run(("cat", str(path))))
        large.append(full.collect(HOTLINE))
    rate, cat = (statistics.median(ran.rate for ran in each) for each in (large, cats))
    least = min(MOST_RATE, cat / 2)
    goal = f"at least {MOST_RATE:g} MB/s, or half of cat's"
    begun = statistics.median(ran.first_seconds for ran in large)
    costs = [full.collecting(ADVISER) / few, full.collecting(HOTLINE) / many]
    peaks = [max(ran.peak for ran in each) for each in (small, large)]
    name = f"{many} beside {few}"
    return [
        Result(f"collect {many} of {REPORTS}", rate, "MB/s", cat, rate / cat, goal, rate >= least),
        raw("collect, from its start to its first byte", begun, "s"),
        raw("collect, bytes", path.stat().st_size / 1e6, "MB"),
        beside(f"collect, processor time an envelope, {name}", costs[1], "us", costs[0], LINEAR),
        beside(f"collect, memory, {name}", peaks[1], "MB", peaks[0], FLAT),
    ]


def _cost(ran: Sequence[Ran], start: Ran, count: int) -> float:
    """Return processor time in microseconds for each of ``count``, that of starting left out."""
    spent = statistics.median(each.cpu_seconds for each in ran) - start.cpu_seconds
    return 1e6 * spent / count


def _jobs(full: Site, empty: Site) -> list[Result]:
    loads: tuple[list[Load], list[Load]] = ([], [])
    with ExitStack() as stack:
        served = [stack.enter_context(each.serving()) for each in (full, empty)]
        for server in served:
            Client(server.port).get(FORM)
        for _turn in range(TURNS):
            for server, found in zip(served, loads, strict=True):
                found.append(run(server, file_report, 1, SECONDS))
    times, cpus = (
        [statistics.median(each(load) for load in found) for found in loads]
        for each in (lambda load: 1000 * load.percentile(0.5), lambda load: load.cpu_milliseconds)
    )
    errors = sum(load.errors for found in loads for load in found)
    name = f"on {REPORTS} reports beside none"
    return [
        beside(f"a job's time {name}", times[0], "ms", times[1], MOST_GROWTH),
        beside(f"a job's processor time {name}", cpus[0], "ms", cpus[1], MOST_GROWTH),
        at_most("errors, large and empty site", errors, "", 0),
    ]


def _delivered(full: _Filled, path: Path, start: Ran) -> list[Result]:
    costs, seconds = [], 0.0
    for channel in (ADVISER, HOTLINE):
        mailboxes = full.mailboxes[channel.plan.slug]
        _write_replies(full, channel, path)
        ran = full.run("deliver", str(path))
        costs.append(_cost([ran], start, len(mailboxes)))
        seconds = ran.seconds
    few, many = COLLECTED
    name = f"deliver, processor time a reply, {many} beside {few}"
    return [
        raw(f"deliver {many} replies", seconds, "s"),
        beside(name, costs[1], "us", costs[0], LINEAR),
    ]


def _write_replies(full: _Filled, channel: DemoChannel, path: Path) -> None:
    """Write a bundle with a sealed reply for every mailbox of a channel."""
    site, card = full.site, full.card(channel)
    with site.demo.open(channel.handlers[0].name) as vault:
        desk = keyring.load(vault)
    keys = [box.public_key(box.new_key())]
    keys += [each.intake_key(site.today) for each in card.handlers[:2]]
    addresses = (
        Address(Direction.TO_REPORTER, site.site_id, card.channel_pk, mailbox_id)
        for mailbox_id in full.mailboxes[channel.plan.slug]
    )
    frames = (Frame(FrameType.ENVELOPE, Draft(each, keys).finish(_REPLY)) for each in addresses)
    header = BundleHeader(
        BundleDirection.TO_SITE, site.site_id, card.channel_pk, desk.handler_id, serial=1
    )
    with path.open("wb") as file:
        file.writelines(bundle.write(header, frames, desk.seed))
