"""Whatever is killed while reports come in: a code that was shown opens its mailbox."""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dropbox.desk import casebook, inbound, outbound, replies
from tests.bad_luck_checks import check_tables
from tests.bad_luck_world import HANDLER, LOST, SENT, Reporter, Town, town

CLIENTS = 8
LONGEST_SECONDS = 600
KILLED = ("worker",) * 6 + ("master", "all")


@dataclass
class Filed:
    """What reporters were shown: the code of each report, and the messages that were sent."""

    codes: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tried: int = 0
    lost: int = 0


@dataclass
class Storm:
    """Reporters at work while processes are killed."""

    town: Town
    reports: int
    seed: int
    filed: Filed = field(default_factory=Filed)
    kills: dict[str, int] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, least_kills: int) -> None:
        """Let all reporters file, and kill until they are done and it was often enough."""
        reporters = [threading.Thread(target=self._report, args=(n,)) for n in range(CLIENTS)]
        for each in reporters:
            each.start()
        chance = random.Random(self.seed)
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end:
            time.sleep(chance.uniform(0.02, 0.4))
            self._kill(chance.choice(KILLED), chance)
            if len(self.filed.codes) >= self.reports and sum(self.kills.values()) >= least_kills:
                break
        self.over.set()
        for each in reporters:
            each.join()

    def _kill(self, what: str, chance: random.Random) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1
        if what == "worker":
            if workers := self.town.workers():
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(workers), signal.SIGKILL)
            return
        self.town.kill(workers_too=what == "all")
        self.town.start()

    def _report(self, number: int) -> None:
        """File report after report, each with a mark of its own, and write to each of them."""
        reporter, chance = Reporter(self.town.port), random.Random(self.seed + number)
        while not self.over.is_set() and self.filed.tried < 20 * self.reports:
            self.filed.tried += 1
            mark = f"kenmerk-{number}-{self.filed.tried}-einde"
            try:
                answer = reporter.file(mark)
                if not answer.code:
                    self.filed.refused.append(mark)
                    continue
                # received in full: from here on this is a promise
                self.filed.codes[mark] = answer.code
                if chance.random() < 0.5:
                    self._write(reporter, mark, answer.code)
            except ConnectionRefusedError:
                time.sleep(0.1)  # nobody is there yet
            except LOST:
                self.filed.lost += 1
            time.sleep(chance.uniform(0, 0.05))

    def _write(self, reporter: Reporter, mark: str, code: str) -> None:
        text = f"vervolg op {mark}"
        if SENT in reporter.act(code, "message", text=text).page:
            self.filed.messages.append(text)


def plant_replies(site: Town) -> list[str]:
    """Collect, import, answer every case with its own mark, and deliver; return all texts."""
    bundle, out = site.folder / "in.bundle", site.folder / "out.bundle"
    site.ok("collect", "--handler", site.handler(), "--out", bundle)
    today = datetime.now(UTC).date()
    texts = []
    with site.demo.open(HANDLER) as vault:
        summary = inbound.import_bundle(vault, bundle, today)
        assert (summary.damaged, summary.refused, summary.waiting) == ({}, {}, 0)
        for mailbox_id in list(casebook.ids(vault)):
            case = casebook.open_book(vault, mailbox_id).case()
            texts += [entry.content.text for entry in case.entries]
            replies.reply(vault, mailbox_id, f"antwoord op {case.report.text}", today)
        outbound.export(vault, out, today)
    site.ok("deliver", out)
    return texts


@pytest.mark.parametrize(
    ("reports", "kills", "seed"),
    [(60, 8, 1), *(pytest.param(500, 60, seed, marks=pytest.mark.soak) for seed in (2, 3, 4))],
)
def test_every_code_that_was_shown_opens_its_mailbox_after_kills(
    tmp_path: Path, reports: int, kills: int, seed: int
) -> None:
    """Workers and master are killed at any moment: what was acknowledged is there, and whole."""
    with town(tmp_path) as site:
        storm = Storm(site, reports, seed)
        storm.run(kills)
        filed = storm.filed
        assert len(filed.codes) >= reports
        assert filed.lost > 0, f"no kill hit anything: {storm.kills}"
        assert filed.messages
        site.kill(workers_too=True)
        site.start()
        check_tables(site.database)
        texts = plant_replies(site)
        assert len(texts) == len(set(texts)), "something was stored twice"
        # a report whose answer was lost may be here, too, but none that was refused
        assert set(texts) >= {*filed.codes, *filed.messages}
        assert not set(texts) & set(filed.refused)
        reporter = Reporter(site.port)
        for mark, code in filed.codes.items():
            assert f"antwoord op {mark}" in reporter.open(code).page
        check_tables(site.database)
