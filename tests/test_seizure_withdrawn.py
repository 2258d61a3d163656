"""What was withdrawn is in no byte of the server's files, nor of a desk's vault."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropbox.desk import casebook, replies
from dropbox.protocol import withdrawal
from dropbox.protocol.keys import ReporterKeys
from dropbox.store import Store
from dropbox.store import store as store_module
from tests.blind_server import Filed, Site, desk_bundle, reply
from tests.desk_world import World
from tests.organisation import TODAY, Office
from tests.serving_world import ROOT

PIECE_BYTES = 16
FILED = 10


def pieces(*sealed: bytes, head: int = 0) -> set[bytes]:
    """Return every 16 bytes of what was sealed, behind a head that names what stays."""
    return {
        one[at : at + PIECE_BYTES]
        for one in sealed
        for at in range(head, len(one) - PIECE_BYTES + 1, PIECE_BYTES)
    }


def found_in(folder: Path, wanted: set[bytes]) -> dict[str, int]:
    """Return how many of these pieces each file of a folder holds, at whatever place."""
    found = {}
    for path in folder.iterdir():
        if path.is_file():
            data = path.read_bytes()
            held = {data[at : at + PIECE_BYTES] for at in range(len(data))} & wanted
            if held:
                found[path.name] = len(held)
    return found


def withdrawn(site: Site, channel: Office) -> Iterator[tuple[Filed, set[bytes]]]:
    """Let many report, hear an answer and write again; withdraw every third.

    Yields each of those after its withdrawal, and all that was stored of it. The first 700
    bytes of an envelope name the channel, the mailbox and the keys, which its tombstone names.
    """
    handler = channel.handlers[0]
    serial = 0
    for number in range(FILED):
        filed = site.file(text="Het was weer zover. " * (1 + number * 20))
        message = site.append(filed, channel.handlers)
        if number % 3:
            continue
        serial += 1
        site.deliver(desk_bundle(channel, handler, serial, reply(channel, handler, filed)))
        page = site.page(filed)
        assert page
        stored = pieces(filed.new.envelope, message, page.memo, *page.replies, head=700)
        stored |= pieces(filed.new.lookup)
        site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
        yield filed, stored


def test_withdrawn_bytes_are_nowhere_at_once(site: Site, channel: Office) -> None:
    """In a small database a withdrawal leaves nothing in file, log, index or journal."""
    for _filed, stored in withdrawn(site, channel):
        assert found_in(site.store.path.parent, stored) == {}


def test_withdrawn_bytes_of_a_large_database_are_nowhere_after_maintenance(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that is too large to be rebuilt at once is emptied of it by the next night.

    At once the body is overwritten and the log is cut; what can be left is a piece of a page.
    """
    monkeypatch.setattr(store_module, "TIDY_BYTES", 0)
    everything: set[bytes] = set()
    for filed, stored in withdrawn(site, channel):
        bodies = stored & pieces(filed.new.envelope, head=2000)
        assert found_in(site.store.path.parent, bodies) == {}
        everything |= stored
    site.store.maintain()
    assert found_in(site.store.path.parent, everything) == {}


def test_search_for_withdrawn_bytes_finds_them_before_tidying(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without tidying up, the log still holds all of it: the search is not blind."""
    monkeypatch.setattr(Store, "tidy", lambda _store: None)
    _filed, stored = next(withdrawn(site, channel))
    assert found_in(site.store.path.parent, stored)["site.db-wal"] > 0.9 * len(stored)


@pytest.mark.parametrize("others", [0, 8])
def test_erased_case_is_nowhere_in_a_vault_or_its_journal(
    world: World, keys: ReporterKeys, others: int
) -> None:
    """After a withdrawal no sealed byte of the case and of its key is in the folder of the vault.

    That is so in the midst of other cases, too, and after the case was answered and closed.
    """
    for _ in range(others):
        world.take_in("anna", world.report(world.reporter(), text="Iets anders. " * 300))
    with world.vault("anna") as vault:
        before = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
    world.take_in("anna", world.report(keys, text="Het was zo. " * 400), world.message(keys))
    world.write("anna", replies.reply, keys, "Dank je wel.")
    with world.vault("anna") as vault:
        case = {sealed for _drawer, _tag, sealed in vault.raw_rows()} - before
        assert casebook.open_book(vault, keys.mailbox_id)
    own = {f"anna.vault{side}" for side in ("", "-journal", "-wal", "-shm")}
    # Some pieces lie across two pages of the file.
    assert found_in(world.folder, pieces(*case))["anna.vault"] > 0.95 * len(pieces(*case))
    world.take_in("anna", withdrawal.make(keys))
    with world.vault("anna") as vault:
        kept = {sealed for _drawer, _tag, sealed in vault.raw_rows()}
        assert vault.count("case_key") == others
    left = found_in(world.folder, pieces(*(case - kept)))
    assert left == {}
    assert {path.name for path in world.folder.iterdir()} & own == {"anna.vault"}


def test_commands_leave_no_core() -> None:
    """No command of the desk or the site writes its memory to the disk when it dies."""
    program = (
        "import resource; from dropbox.cli import root;"
        "root.root = lambda: print(resource.getrlimit(resource.RLIMIT_CORE)); root.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "(0, 0)"
