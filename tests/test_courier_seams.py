"""Where the courier over the network meets notes, new mailboxes, withdrawals and a full disk."""

import io
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dropbox import delivered, upkeep
from dropbox.courier.errand import Errand
from dropbox.courier.fetch import fetch
from dropbox.courier.hand_in import hand_in, parcel
from dropbox.errors import BundleTruncated, StoreFull, StoreReadOnly
from dropbox.protocol import carried, courier, days, withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.carried import Claim
from dropbox.protocol.courier import Action, TooMuchCarried
from dropbox.protocol.envelope import Direction, parse_header
from dropbox.store import incoming
from tests.blind_server import contents, desk_bundle, new_report, receipt, reply
from tests.courier_world import HASTY
from tests.organisation import SITE_ID, SITE_PK, TODAY
from tests.test_courier_door import SEED, Door, door
from tests.test_exchange_entered import made
from tests.test_exchange_notes import note

__all__ = ["door"]

LIMIT = 60_000


class AtTheDoor:
    """A line to the site's application in this very process."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def ask(self, body: bytes) -> bytes:
        """Send a request's bytes; return the answer's."""
        answer = self._door.post(body)
        assert answer.status_code == 200
        return answer.data


def errand(door: Door) -> Errand:
    """Return an errand of the first courier for the first handler."""
    return Errand(AtTheDoor(door), SEED, SITE_ID, door.handler.handler_id, HASTY)


def brought_in(door: Door, data: bytes) -> bool:
    """Hand a bundle in over the network."""
    return hand_in(errand(door), parcel(io.BytesIO(data), SITE_ID))


@pytest.mark.parametrize("again", [False, True])
def test_fetch_brings_notes_and_new_mailboxes_as_collect_does(
    door: Door, tmp_path: Path, again: bool
) -> None:
    """Byte for byte, with notes, entered reports, withdrawals, and what was receipted."""
    site, channel, handler = door.world.server, door.channel, door.handler
    filed, gone, entered = site.file(), site.file(), new_report(channel)
    notes = [note(channel, handler, filed) for _ in range(3)]
    frames = (made(entered), reply(channel, handler, entered), reply(channel, handler, filed))
    data = desk_bundle(channel, handler, 1, *frames, *notes, receipt(notes[0].content))
    assert brought_in(door, data)
    assert not brought_in(door, data)
    site.mailboxes.withdraw(withdrawal.make(gone.keys), TODAY)
    out = tmp_path / "out.bundle"
    fetch(errand(door), SITE_PK, out, again)
    collected = out.read_bytes()
    assert collected == site.collect(handler, again=again)
    found = [parse_header(each).direction for each in contents(collected, FrameType.ENVELOPE)]
    assert found.count(Direction.TO_COLLEAGUES) == 2 + again
    assert entered.new.envelope in contents(collected, FrameType.ENVELOPE)
    assert len(contents(collected, FrameType.WITHDRAWAL)) == 1


def test_notes_that_were_not_kept_are_told(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With no operator at a screen the log says it, and nothing of whose they were."""
    monkeypatch.setattr(delivered, "MAX_NOTES_HELD", 1)
    filed = door.world.server.file()
    for serial, expected in ((1, []), (2, ["NotesNotKept"])):
        data = desk_bundle(
            door.channel, door.handler, serial, note(door.channel, door.handler, filed)
        )
        assert brought_in(door, data)
        assert [record.getMessage() for record in caplog.records] == expected


def test_empty_claim_uses_nobodys_pieces(door: Door) -> None:
    """A claim of no bytes, which is whole at once, is not another bundle that lies there."""
    filed = door.world.server.file()
    data = desk_bundle(door.channel, door.handler, 1, reply(door.channel, door.handler, filed))
    door.ask(Action.PUT, carried.put(Claim(len(data), 1, bytes(32)), 0, data))
    with pytest.raises(BundleTruncated):
        door.ask(Action.APPLY, Claim(0, 2, bytes(32)).raw())
    page = door.world.server.page(filed)
    assert page is not None
    assert page.replies == ()


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Return what makes this process's files end at a length, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [100, 20_000])
def test_full_disk_is_told_whatever_the_pieces_size(
    door: Door, small_files: Callable[[int], None], size: int
) -> None:
    """Also a piece that the disk refuses no sooner than at its closing is no failure of ours."""
    claim = Claim(LIMIT + size, 1, bytes(32))
    door.ask(Action.PUT, carried.put(claim, 0, bytes(LIMIT)))
    body = door.request(Action.PUT, carried.put(claim, LIMIT, bytes(size)))
    small_files(LIMIT + carried.CLAIM_BYTES)
    answer = door.post(body)
    assert answer.status_code == 200
    with pytest.raises(StoreFull):
        courier.read_answer(answer.data)


def test_two_that_begin_at_once_share_the_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A courier cannot claim the same room for all handlers by being quick."""
    handlers = [bytes((at,)) * 8 for at in range(8)]
    kept = incoming.Incoming(tmp_path, 0)
    kept.prepare([(SEED, each) for each in handlers])
    monkeypatch.setattr(incoming, "MAX_CLAIMED_BYTES", 100)
    look, together = incoming.Incoming._claimed, threading.Barrier(len(handlers))

    def slow(self: incoming.Incoming, holder: tuple[bytes, bytes], others: list[bytes]) -> int:
        found = look(self, holder, others)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(incoming.Incoming, "_claimed", slow)
    done: list[bool] = []

    def begin(handler: bytes) -> None:
        together.wait(10)
        try:
            kept.put((SEED, handler), handlers, Claim(60, 1, bytes(32)), 0, b"a")
            done.append(True)
        except TooMuchCarried:
            done.append(False)

    threads = [threading.Thread(target=begin, args=(each,)) for each in handlers]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)
    assert sorted(done) == [False] * 7 + [True]


def test_reports_go_in_time_whatever_lies_with_the_pieces(door: Door) -> None:
    """What cannot be emptied is told, and keeps no report longer than it may stay."""
    site = door.world.server
    filed = site.file()
    (door.world.folder / "var" / "site" / incoming.FOLDER / "odd").mkdir()
    later = days.add_months(TODAY, 14).replace(day=1)
    with pytest.raises(StoreReadOnly):
        upkeep.purge(site.store, later, date_is_right=True)
    assert site.page(filed) is None
