"""A command that is killed between site and desk loses nothing, doubles nothing, leaves nothing."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dropbox.desk import casebook, outbox, replies
from dropbox.protocol.bundle import BundleReader
from dropbox.protocol.mailbox_page import unpack
from tests.bad_luck_checks import check_tables, filed, mailboxes_of
from tests.bad_luck_world import HANDLER, Killer, Town, town

ENVELOPES = 100
ANSWERED = 20
MOST = 3
"""So many times as often is an import killed: it does the most."""

STAGES = ("collect", "import", "export", "deliver", "confirm", "settle")


@dataclass
class Loop:
    """One site and one desk, and the bundles between them; each stage may be killed first."""

    town: Town
    killer: Killer
    tokens: dict[str, bytes]
    today: date

    @property
    def inward(self) -> Path:
        """Return where the bundle to the desk goes."""
        return self.town.demo.desks / "in.bundle"

    @property
    def outward(self) -> Path:
        """Return where the bundle to the site goes."""
        return self.town.demo.desks / "out.bundle"

    def words(self, stage: str) -> list[object]:
        """Return the command of a stage."""
        collect: list[object] = ["collect", "--handler", self.handler, "--out", self.inward]
        return {
            "collect": collect,
            "import": self.town.desk("import", self.inward),
            "export": self.town.desk("export", "--out", self.outward),
            "deliver": ["deliver", self.outward],
            "confirm": collect,
            "settle": self.town.desk("import", self.inward),
        }[stage]

    def __post_init__(self) -> None:
        self.handler = self.town.handler()

    def run(self, kills: int) -> None:
        """Go once around, each stage killed ``kills`` times and then run to its end."""
        for stage in STAGES:
            if stage == "export":
                self._answer()
            parts = kills * MOST if stage == "import" else kills
            for part in range(parts):
                self.killer.kill(stage, self.words(stage), part, parts)
                self.check_after_kill(stage)
            self.killer.measure(stage, self.words(stage))
        self.check_end()

    def _answer(self) -> None:
        """Answer some cases; each answer names the report that it is for."""
        with self.town.demo.open(HANDLER) as vault:
            for mailbox_id in sorted(casebook.ids(vault))[:ANSWERED]:
                report = casebook.open_book(vault, mailbox_id).case().report
                replies.reply(vault, mailbox_id, f"antwoord op {report.text}", self.today)

    def check_after_kill(self, stage: str) -> None:
        """See that a killed command did all of its work or nothing, and left whole files."""
        check_tables(self.town.database)
        with self.town.demo.open(HANDLER) as vault:
            assert vault.count("case_key") in (
                {0, ENVELOPES} if stage == "import" else {0 if stage == "collect" else ENVELOPES}
            )
            if stage == "export" and self.outward.exists():
                serial, hash_ = self._read(self.outward)
                assert any(
                    (each.serial, each.hash) == (serial, hash_)
                    for each in outbox.courier(vault).sent
                )
        if self.inward.exists():
            self._read(self.inward)

    def _read(self, path: Path) -> tuple[int, bytes]:
        with path.open("rb") as file:
            reader = BundleReader(file.read)
            for _frame in reader.frames():
                pass
        return reader.header.serial, reader.hash

    def check_end(self) -> None:
        """See that every report is a case, every answer in its mailbox, once; nothing waits."""
        with self.town.demo.open(HANDLER) as vault:
            cases = [casebook.open_book(vault, each).case() for each in casebook.ids(vault)]
            assert Counter(case.report.text for case in cases) == Counter(self.tokens.keys())
            answered = [case.report.text for case in cases if len(case.entries) == 2]
            assert len(answered) == ANSWERED
            waiting = outbox.waiting(vault, self.today)
            # a desk's own replies come back to it, and are receipted like everything else
            assert (waiting.replies, waiting.receipts) == (0, ANSWERED)
            assert not outbox.courier(vault).sent
        mailboxes = mailboxes_of(self.town)
        for text, token in self.tokens.items():
            page = unpack(mailboxes.page(token, 0))
            assert page is not None
            assert len(page.replies) == (text in answered)
        mailboxes.check()  # which closes the database
        check_tables(self.town.database)
        left = {path.name for path in self.town.demo.places.var_dir.rglob("*")}
        assert not {name for name in left if name.startswith(".") or name.endswith("-journal")}


@contextmanager
def loop(folder: Path, seed: int) -> Iterator[Loop]:
    """Make a site with reports, and load the program."""
    today = datetime.now(UTC).date()
    with town(folder, serve=False) as made:
        yield Loop(made, Killer(made, seed), filed(made, today, ENVELOPES), today)


@pytest.mark.parametrize(
    ("rounds", "kills"), [(1, 1), pytest.param(100, 1, marks=pytest.mark.soak)]
)
def test_killed_courier_commands_are_finished_by_running_them_again(
    tmp_path: Path, rounds: int, kills: int
) -> None:
    """Collect, import, export and deliver are killed anywhere and repeated: all is there once."""
    with loop(tmp_path / "world", seed=1) as made:
        var = made.town.demo.places.var_dir
        untouched = tmp_path / "untouched"
        shutil.copytree(var, untouched)
        made.run(kills=0)
        for _round in range(rounds):
            shutil.rmtree(var)
            shutil.copytree(untouched, var)
            made.run(kills)
        hits = made.killer.hits
        assert sum(hits.values()) > rounds * kills, hits
        assert hits["import"] + hits["settle"], hits
