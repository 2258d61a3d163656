"""The desk's import beside bare PyNaCl, in turns, and how both grow with the work."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import bare, command
from bench.results import Result, at_most, beside, compare, raw
from bench.site import STORY, Site
from dropbox.demo.channels import HOTLINE
from dropbox.desk import inbound, keyring
from dropbox.protocol import bundle, reporter
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.keys import reporter_keys
from dropbox.protocol.letter import Recipient
from dropbox.protocol.payload import Report
from dropbox.protocol.reply_code import new_key

SIZES = (2_500, 10_000)
"""The second is four times the first: an envelope must cost the same in both."""

FULL = 100_000
IN_TURNS = 10_000
TURNS = 3
LINEAR = 1.3
_NAME = HOTLINE.handlers[0].name


class Desk:
    """A handler's desk that is as new for each import, and bundles of reports for it."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder / "site")
        self.vault = self.site.demo.vault(_NAME)
        self.new = folder / "new.vault"
        shutil.copy(self.vault, self.new)
        self.bundle = folder / "reports.bundle"
        self.card: ChannelCard = next(
            each.card
            for each in self.site.shelf.cards(self.site.today)
            if each.card.slug == HOTLINE.plan.slug
        )
        self.handler_id = self.site.demo.handler_id(_NAME)

    def report(self) -> bytes:
        """Seal a report of 2,000 characters to two handlers."""
        keys = reporter_keys(self.site.site_id, self.card.channel_pk, new_key())
        readers = [
            Recipient(each.handler_id, each.intake_key(self.site.today))
            for each in self.card.handlers
        ]
        return reporter.seal_report(
            keys, readers, Report(self.site.today, 1, "anonymous", "nl", STORY, ())
        )

    def write(self, reports: Iterator[bytes]) -> None:
        """Write a bundle with these reports, as the site would."""
        header = BundleHeader(
            BundleDirection.TO_DESK,
            self.site.site_id,
            self.card.channel_pk,
            self.handler_id,
            0,
            day=self.site.today,
        )
        frames = (Frame(FrameType.ENVELOPE, each) for each in reports)
        with self.bundle.open("wb") as file:
            file.writelines(bundle.write(header, frames, self.site.seed))

    def import_anew(self, count: int) -> tuple[float, float]:
        """Import the bundle into a new vault; return seconds and processor seconds."""
        shutil.copy(self.new, self.vault)
        with self.site.demo.open(_NAME) as vault:
            found = []
            spent = _timed(
                lambda: found.append(inbound.import_bundle(vault, self.bundle, self.site.today))
            )
        assert found[0].reports == count
        return spent

    def command(self) -> command.Ran:
        """Import the bundle into a new vault by the command that people use."""
        shutil.copy(self.new, self.vault)
        secret = ("--passphrase-file", str(self.site.demo.passphrase_file))
        words = ("desk", "--vault", str(self.vault), *secret, "import", str(self.bundle))
        return command.run((*command.MELDKLUIS, *words))


def measure(folder: Path) -> list[Result]:
    """Import beside the reference, then at sizes of which each is four times the one before."""
    desk = Desk(folder)
    results = _in_turns(desk)
    costs, peaks = [], []
    for size in SIZES:
        desk.write(desk.report() for _ in range(size))
        _seconds, cpu = desk.import_anew(size)
        ran = desk.command()
        costs.append(1e6 * cpu / size)
        peaks.append(ran.peak)
        results.append(raw(f"import of {size}, whole command with its list", ran.seconds, "s"))
        results.append(at_most(f"import of {size}, memory of the command", ran.peak, "MB", 200))
    for size, cost, peak in zip(SIZES[1:], costs[1:], peaks[1:], strict=True):
        first = f"{size} beside {SIZES[0]}"
        name = f"import, processor time an envelope, {first}"
        results.append(beside(name, cost, "us", costs[0], LINEAR))
        results.append(raw(f"import, memory of the command, {first}", peak, "MB", peaks[0]))
    return results


def _in_turns(desk: Desk) -> list[Result]:
    reports = [desk.report() for _ in range(IN_TURNS)]
    desk.write(iter(reports))
    with desk.site.demo.open(_NAME) as vault:
        channel, box_keys = keyring.channel(vault), keyring.load(vault).box_keys()
    operands = [bare.operands(each, channel, box_keys) for each in reports]
    ours, theirs = [], []
    for _turn in range(TURNS):
        theirs.append(_timed(lambda: bare.run(operands)))
        ours.append(desk.import_anew(IN_TURNS))
    walls, cpus = (
        [statistics.median(spent[at] for spent in each) / IN_TURNS for each in (ours, theirs)]
        for at in (0, 1)
    )
    return [
        compare("desk import", 1 / walls[0], "1/s", 1 / walls[1], 0.5),
        raw("desk import, processor time an envelope", 1e6 * cpus[0], "us", 1e6 * cpus[1]),
    ]


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    """Return seconds and processor seconds, those of ended children included."""
    begin, used = time.perf_counter(), _processor_seconds()
    act()
    return time.perf_counter() - begin, _processor_seconds() - used


def _processor_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
