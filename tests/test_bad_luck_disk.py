"""A full disk: a clear answer, nothing half stored, nothing lost, and no restart afterwards."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dropbox.desk.errors import VaultNotWritable
from dropbox.errors import StoreFull
from dropbox.language import translator
from dropbox.site.admission import NotNow
from tests.bad_luck_checks import (
    ANSWER,
    answered,
    cases,
    check_tables,
    filed,
    numbers,
    waiting,
)
from tests.bad_luck_world import NOTHING, SENT, Reporter, Town, town
from tests.full_disk import Limit, Rooms, Tmpfs, kinds, on_disk

FULL = ("No space left on device", "File too large")
SAID = [translator("nl").gettext(error.text) for error in (VaultNotWritable, StoreFull)]
NOT_NOW = translator("nl").gettext(NotNow.text)
REPORTS = 12
Look = Callable[[], int]
FEW_ROOMS = (0, 9_000)
ROOMS = (0, 3_000, 5_000, 9_000, 20_000, 60_000)
"""Bytes that are left: none, and so few that a commit stops in its middle."""

DISKS = [
    *((k, FEW_ROOMS) for k in kinds()),
    *(pytest.param(k, ROOMS, marks=pytest.mark.soak) for k in kinds()),
]


def site_scenario(disk: Limit | Tmpfs, rooms: Rooms) -> None:
    """Fill the server's disk under a running site, look at every answer, and free it."""
    with town(disk.folder) as site:
        reporter = Reporter(site.port)
        code = reporter.file("voor de storing").code
        assert SENT in reporter.act(code, "message", text="en nog iets").page
        codes = {code}
        out = answered(site)
        for room in rooms:
            disk.fill(site, room)
            codes |= full_site(site, reporter, code, out, must_refuse=not room)
            disk.free(site)
            time.sleep(1.1)  # so often at most the site looks at the disk
            after = reporter.file("na de storing")
            assert after.status == 200, after.page
            codes.add(after.code)
        assert SENT in reporter.act(code, "message", text="en weer iets").page
        site.ok("deliver", out)
        site.ok("purge")
        for each in codes:
            assert reporter.open(each).status == 200
        assert ANSWER in reporter.open(code).page
        check_tables(site.database)
        with closing(sqlite3.connect(site.database)) as tables:
            # who was told that nothing was stored has no mailbox
            assert tables.execute("SELECT count(*) FROM mailbox").fetchone() == (len(codes),)
            assert tables.execute("SELECT count(*) FROM tombstone").fetchone() == (0,)


def said_so(page: str) -> bool:
    """Tell whether a page says that nothing was stored: the disk said no, or the site did first."""
    return NOTHING in page or NOT_NOW in page


def full_site(
    site: Town, reporter: Reporter, code: str, out: Path, *, must_refuse: bool
) -> set[str]:
    """Do everything on a full disk; return the reply codes that were shown all the same."""
    shown = set()
    for number in range(6):
        answer = reporter.file(f"kenmerk-{number}-einde")
        if answer.status == 200:
            shown.add(answer.code)
        else:
            assert (answer.status, said_so(answer.page)) == (503, True), answer.page
            assert f"kenmerk-{number}-einde" in answer.page
    assert not (must_refuse and shown)
    assert "je melding" in reporter.open(code).page.lower()
    if must_refuse:
        for step in ("hold", "withdraw_now"):
            answer = reporter.act(code, step)
            assert (answer.status, said_so(answer.page)) == (503, True)
        answer = reporter.act(code, "message", text="typte ik lang aan")
        assert (answer.status, said_so(answer.page)) == (503, True)
        assert "typte ik lang aan" in answer.page
        for words in (["deliver", out], ["purge"], ["maintain"]):
            assert site.refused(*words) == translator("nl").gettext(StoreFull.text)
        said = site.refused("collect", "--handler", site.handler(), "--out", out)
        assert any(translator("nl").gettext(reason) in said for reason in FULL)
    # carried away from a full server, bundles make room there
    ended = site.run("collect", "--handler", site.handler(), "--out", "-")
    assert ended.code == 0, ended
    return shown


def desk_scenario(disk: Limit | Tmpfs, rooms: Rooms) -> None:
    """Fill a desk's disk before each of its commands, look at every answer, and free it."""
    with town(disk.folder, serve=False) as site:
        filed(site, datetime.now(UTC).date(), REPORTS)
        bundle, out, saved = (site.folder / name for name in ("in.bundle", "out.bundle", "saved"))
        site.ok("collect", "--handler", site.handler(), "--out", bundle)
        take_in = site.desk("import", bundle)

        def starved(words: list[object], look: Look) -> set[int]:
            return tried(disk, site, rooms, words, look)

        assert starved(take_in, lambda: cases(site)) == {0, REPORTS}
        number = min(numbers(site))
        answer = site.desk("reply", number, "--text", ANSWER)
        assert starved(answer, lambda: waiting(site)) == {0, 1}
        export = site.desk("export", "--out", out)
        assert starved(export, lambda: int(out.exists())) == {0, 1}
        backup = site.desk("backup", "--out", saved)
        assert starved(backup, lambda: int(saved.exists())) == {0, 1}
        restore = site.desk("restore", saved, "--replace")
        assert starved(restore, lambda: cases(site)) == {REPORTS}
        site.ok("deliver", out)
        site.ok("collect", "--handler", site.handler(), "--again", "--out", bundle)
        site.ok(*take_in)
        assert (cases(site), waiting(site)) == (REPORTS, 0)
        left = {path.name for path in site.demo.desks.iterdir() if path.name.startswith(".")}
        assert not left


def tried(
    disk: Limit | Tmpfs, site: Town, rooms: Rooms, words: list[object], look: Look
) -> set[int]:
    """Run a command with less and more room, then with all; return what was to be seen between."""
    seen = {look()}
    for room in rooms:
        disk.fill(site, room)
        ended = site.run(*words)
        disk.free(site)
        assert ended.code in (0, 1), ended
        if ended.code:
            assert look() in seen
            said = ended.err.splitlines()[-1]
            assert "Traceback" not in ended.err
            assert said in SAID or any(translator("nl").gettext(each) in said for each in FULL)
        assert room or ended.code, "a full disk refuses everything"
        seen.add(look())
        if not ended.code:
            return seen
    site.ok(*words)
    return seen | {look()}


@pytest.mark.parametrize(("kind", "rooms"), DISKS)
def test_full_desk_says_so_and_goes_on_where_it_was(
    tmp_path: Path, kind: str, rooms: Rooms
) -> None:
    """Import, reply, export, backup and restore do all or nothing, and again do it all."""
    on_disk(kind, desk_scenario, tmp_path / "disk", rooms)


@pytest.mark.parametrize(("kind", "rooms"), DISKS)
def test_full_server_says_so_and_recovers_by_itself(
    tmp_path: Path, kind: str, rooms: Rooms
) -> None:
    """Nothing is stored, and said so; mailboxes open; with room again all works, unrestarted."""
    on_disk(kind, site_scenario, tmp_path / "disk", rooms)
