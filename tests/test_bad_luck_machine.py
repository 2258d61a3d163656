"""A database that cannot be written or is held: a clear answer, and no restart afterwards."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dropbox.desk.errors import VaultBusy, VaultNotWritable
from dropbox.errors import StoreBusy
from dropbox.language import FolderTrouble, translator
from tests.bad_luck_checks import check_tables, filed
from tests.bad_luck_world import HANDLER, NOTHING, SENT, Reporter, Town, town

UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root without the right to pass over permission bits is refused like everybody else."""

SHORT = """
from dropbox.desk import vault
from dropbox.store import connection
vault.BUSY_SECONDS = connection.BUSY_TIMEOUT_SECONDS = 0.5
"""
"""The time-out of five seconds, shortened."""

dutch = translator("nl").gettext


def wrapper() -> tuple[str, ...]:
    """Return the command that makes permission bits count for the user of these tests."""
    return UNPRIVILEGED if os.geteuid() == 0 else ()


@contextmanager
def read_only(*folders: Path) -> Iterator[None]:
    """Take the right to write from folders and the files in them, then give it back."""
    places = [each for folder in folders for each in (*folder.iterdir(), folder)]
    modes = [(place, place.stat().st_mode) for place in places]
    for place, mode in modes:
        place.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for place, mode in modes:
            place.chmod(mode)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a database as another program does that writes in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def refuses(reporter: Reporter, code: str, times: int) -> None:
    """Try everything that stores something: each answer says that nothing was."""
    for number in range(times):
        answer = reporter.file(f"kenmerk-{number}")
        assert (answer.status, NOTHING in answer.page) == (503, True), answer.page
        assert f"kenmerk-{number}" in answer.page
    for step, text in (("message", "typte ik"), ("hold", ""), ("withdraw_now", "")):
        answer = reporter.act(code, step, text=text)
        assert (answer.status, NOTHING in answer.page) == (503, True), answer.page
        assert text in answer.page


def works(site: Town, code: str, times: int) -> None:
    """See that everything works: in every worker, so often enough."""
    reporter = Reporter(site.port)
    codes = [reporter.file("na de storing").code for _time in range(times)]
    assert all(codes)
    for each in (code, *codes):
        assert SENT in reporter.act(each, "message", text="nog iets").page
    site.ok("collect", "--handler", site.handler(), "--out", site.folder / "in.bundle")
    site.ok("maintain")
    check_tables(site.database)


def renew_workers(site: Town) -> None:
    """Let every worker give way to a new one, as happens every quarter of an hour."""
    old = set(site.workers())
    for worker in old:
        os.kill(worker, signal.SIGKILL)
    while set(site.workers()) & old or len(site.workers()) < len(old):
        time.sleep(0.02)


def test_server_that_may_not_write_says_so_and_recovers_by_itself(tmp_path: Path) -> None:
    """Wrong rights of file and folder: nothing is stored; mended, no worker remembers them."""
    with town(tmp_path, wrapper()) as site:
        reporter = Reporter(site.port)
        code = reporter.file("voor de storing").code
        folder = site.demo.places.site_dir
        with read_only(folder):
            renew_workers(site)
            answer = reporter.open(code)
            assert (answer.status, NOTHING in answer.page) in {(200, False), (503, True)}
            if answer.status == 200:
                refuses(reporter, code, 12)
            for words in (["purge"], ["maintain"]):
                assert site.refused(*words) == dutch(FolderTrouble.text) % {"folder": folder}
        works(site, code, 12)


def test_server_whose_database_is_held_says_so_and_recovers_by_itself(tmp_path: Path) -> None:
    """Longer than the time-out: nothing is stored, mailboxes open; shorter: nobody notices."""
    with town(tmp_path, changes=SHORT) as site:
        reporter = Reporter(site.port)
        code = reporter.file("voor de storing").code
        with held(site.database):
            refuses(reporter, code, 1)
            assert reporter.open(code).status == 200
            for words in (["purge"], ["maintain"]):
                assert site.refused(*words) == dutch(StoreBusy.text)
        with held(site.database):
            seen = in_the_meantime(lambda: reporter.file("tijdens de storing").code, 0.2)
        works(site, code, 1)
        assert seen()


def in_the_meantime(act: Callable[[], str], seconds: float) -> Callable[[], str]:
    """Begin ``act`` beside us and wait a little; return what gives its result."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(act()))
    thread.start()
    time.sleep(seconds)

    def result() -> str:
        thread.join()
        return found[0]

    return result


def test_vault_that_cannot_be_written_says_so_and_is_as_before(tmp_path: Path) -> None:
    """Held by another program or without rights: one line, nothing changed, then all works."""
    with town(tmp_path, wrapper(), SHORT, serve=False) as site:
        filed(site, datetime.now(UTC).date(), 3)
        bundle, out = site.folder / "in.bundle", site.folder / "out.bundle"
        site.ok("collect", "--handler", site.handler(), "--out", bundle)
        vault = site.demo.vault(HANDLER)
        before = vault.read_bytes()
        for block, error in (
            (held(vault), VaultBusy),
            (read_only(vault.parent), VaultNotWritable),
        ):
            with block:
                for words in (["import", bundle], ["export", "--out", out]):
                    assert site.refused(*site.desk(*words)) == dutch(error.text)
            assert vault.read_bytes() == before
            assert not out.exists()
        site.ok(*site.desk("import", bundle))
        site.ok(*site.desk("export", "--out", out))
