"""A courier over the network, at the real gunicorn: what arrives, and what survives a break."""

import io
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dropbox.courier.errand import Errand
from dropbox.courier.fetch import fetch
from dropbox.courier.hand_in import hand_in, parcel
from dropbox.errors import OldSerial
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.mailbox_page import unpack
from dropbox.store.incoming import FOLDER
from tests.blind_server import contents, desk_bundle, receipt, reply
from tests.courier_world import Died, Dying, Town, running_town, today
from tests.organisation import SITE_ID, SITE_PK


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run one site for all tests of this file."""
    with running_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def town(shared: Town) -> Iterator[Town]:
    """Return the running site, emptied afterwards."""
    yield shared
    shared.hang_up()
    if shared.process is None:
        shared.start()
    with shared.store.write() as tables:
        for mailbox in shared.store.connection().execute("SELECT id FROM mailbox").fetchall():
            tables.envelopes.delete_of(mailbox[0])


def next_serial(town: Town) -> int:
    """Return a serial that the site accepts."""
    with town.store.read() as tables:
        return tables.couriers.get(town.handler.handler_id).serial + 1


def brought_in(town: Town, data: bytes, errand: Errand | None = None) -> bool:
    """Hand in a bundle's bytes."""
    return hand_in(errand or town.errand(), parcel(io.BytesIO(data), SITE_ID))


def fetched(town: Town, out: Path, errand: Errand | None = None) -> bytes:
    """Fetch the first handler's bundle to ``out``; return its bytes."""
    assert fetch(errand or town.errand(), SITE_PK, out) == out.stat().st_size
    return out.read_bytes()


def test_fetched_bundle_is_the_one_that_collect_writes(town: Town, tmp_path: Path) -> None:
    """Byte for byte, with card, withdrawals and envelopes; private; nothing left beside it."""
    filed = [town.file() for _ in range(5)]
    town.fill(filed[0].keys.mailbox_id, 20)
    command = withdrawal.make(filed[1].keys)
    town.mailboxes.withdraw(command, today())
    out = tmp_path / "in.bundle"
    data = fetched(town, out)
    assert data == town.collected()
    assert contents(data, FrameType.WITHDRAWAL) == [command]
    assert len(contents(data, FrameType.ENVELOPE)) == 24
    assert out.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_fetching_keeps_the_day_and_handing_in_is_used(town: Town, tmp_path: Path) -> None:
    """The whole loop: a report goes out, its receipt and an answer come in, once."""
    filed = town.file()
    fetched(town, tmp_path / "in.bundle")
    assert town.collected_day() == today().toordinal()
    answer = reply(town.channel, town.handler, filed)
    data = desk_bundle(
        town.channel, town.handler, next_serial(town), answer, receipt(filed.new.envelope)
    )
    assert brought_in(town, data)
    page = unpack(town.mailboxes.page(filed.token, 0))
    assert page is not None
    assert page.replies == (answer.content,)
    assert contents(fetched(town, tmp_path / "in.bundle"), FrameType.ENVELOPE) == []
    assert not brought_in(town, data)
    page = unpack(town.mailboxes.page(filed.token, 0))
    assert page is not None
    assert len(page.replies) == 1


def test_older_bundle_is_refused_in_the_words_of_deliver(town: Town) -> None:
    """What `meldkluis deliver` would say comes over the line."""
    serial = next_serial(town)
    older = desk_bundle(town.channel, town.handler, serial)
    assert brought_in(town, desk_bundle(town.channel, town.handler, serial + 1))
    with pytest.raises(OldSerial):
        brought_in(town, older)


@pytest.mark.parametrize("requests", [2, 3, 4, 5])
def test_fetch_goes_on_where_it_broke_off(town: Town, tmp_path: Path, requests: int) -> None:
    """A courier's program that dies anywhere leaves no bundle, and need not begin anew."""
    filed = town.file()
    town.fill(filed.keys.mailbox_id, 15)  # three pieces
    out = tmp_path / "in.bundle"
    with pytest.raises(Died):
        fetch(town.errand(Dying(town.line(), requests)), SITE_PK, out)
    assert not out.exists()
    counted = Dying(town.line(), 100)
    assert fetched(town, out, town.errand(counted)) == town.collected()
    # a challenge, a list, three pieces and the end, less the pieces that were there
    assert 100 - counted.requests == 6 - max(0, requests - 2)


def test_bundle_that_changes_on_the_way_is_brought_as_it_is_then(
    town: Town, tmp_path: Path
) -> None:
    """A report that comes and one that is withdrawn meanwhile cost only the difference."""
    filed, gone = town.file(), town.file()
    town.fill(filed.keys.mailbox_id, 15)
    new = []

    def elsewhere() -> None:
        new.append(town.file())
        town.mailboxes.withdraw(withdrawal.make(gone.keys), today())

    line = Dying(town.line(), 5, elsewhere)
    with pytest.raises(Died):
        fetch(town.errand(line), SITE_PK, tmp_path / "in.bundle")
    counted = Dying(town.line(), 100)
    data = fetched(town, tmp_path / "in.bundle", town.errand(counted))
    assert data == town.collected()
    bodies = contents(data, FrameType.ENVELOPE)
    assert new[0].new.envelope in bodies
    assert gone.new.envelope not in bodies
    assert 100 - counted.requests <= 4


def test_report_between_the_last_piece_and_the_end_is_brought_too(
    town: Town, tmp_path: Path
) -> None:
    """The site signs only what is there: the courier looks once more, in the same command."""
    town.file()
    line = town.line()
    asked = []

    class Late:
        def ask(self, body: bytes) -> bytes:
            asked.append(body)
            if len(asked) == 4:
                town.file("Later.")
            return line.ask(body)

    data = fetched(town, tmp_path / "in.bundle", town.errand(Late()))
    assert data == town.collected()
    assert len(contents(data, FrameType.ENVELOPE)) == 2
    assert len(asked) == 7


def test_damaged_partial_file_does_no_harm(town: Town, tmp_path: Path) -> None:
    """Half a frame, foreign bytes and another site's file are left out and brought anew."""
    filed = town.file()
    town.fill(filed.keys.mailbox_id, 15)
    out, part = tmp_path / "in.bundle", tmp_path / "in.bundle.part"
    for damage in (lambda data: data[:-7], lambda data: data[:300] + b"x" + data[301:], bytes):
        with pytest.raises(Died):
            fetch(town.errand(Dying(town.line(), 4)), SITE_PK, out)
        part.write_bytes(damage(part.read_bytes()))
        assert fetched(town, out) == town.collected()
        assert not part.exists()


def large_bundle(town: Town, filed_size: int) -> bytes:
    """Return a bundle of about this size, with the same answer many times."""
    answer = reply(town.channel, town.handler, town.file())
    count = filed_size // len(answer.content) + 1
    return desk_bundle(town.channel, town.handler, next_serial(town), *[answer] * count)


@pytest.mark.parametrize("requests", [1, 2, 3, 4, 5])
def test_handing_in_goes_on_where_it_broke_off(town: Town, requests: int) -> None:
    """A courier's program that dies anywhere has done nothing; the next one sends the rest."""
    data = large_bundle(town, 1_000_000)  # three pieces
    before = next_serial(town)
    with pytest.raises(Died):
        brought_in(town, data, town.errand(Dying(town.line(), requests)))
    assert next_serial(town) == before
    counted = Dying(town.line(), 100)
    assert brought_in(town, data, town.errand(counted))
    assert 100 - counted.requests == 6 - max(0, requests - 2)
    assert next_serial(town) == before + 1


def test_answer_that_was_lost_on_the_way_is_asked_for_again(town: Town) -> None:
    """The site used the bundle and the courier did not hear: the next command hears "before"."""
    data = desk_bundle(town.channel, town.handler, next_serial(town))
    line = town.line()

    class Deaf:
        requests = 0

        def ask(self, body: bytes) -> bytes:
            answer = line.ask(body)
            self.requests += 1
            if self.requests == 4:
                raise Died
            return answer

    with pytest.raises(Died):
        brought_in(town, data, town.errand(Deaf()))
    assert not brought_in(town, data)


def test_server_that_is_killed_midway_is_waited_for(town: Town, tmp_path: Path) -> None:
    """Both ways go on by themselves after the server was killed and came back."""
    filed = town.file()
    town.fill(filed.keys.mailbox_id, 15)
    data = large_bundle(town, 1_000_000)

    def restart() -> None:
        town.stop(signal.SIGKILL)
        town.start()

    for requests in (3, 4):
        line = Restarting(town, requests, restart)
        assert fetched(town, tmp_path / "in.bundle", town.errand(line)) == town.collected()
        assert line.requests < 0
    line = Restarting(town, 4, restart)
    assert brought_in(town, data, town.errand(line))
    assert line.requests < 0


class Restarting(Dying):
    """A line whose other end is killed before a request."""

    def __init__(self, town: Town, requests: int, restart: object) -> None:
        super().__init__(town.line(), requests, restart)  # type: ignore[arg-type]

    def ask(self, body: bytes) -> bytes:
        """Send a request."""
        self.requests -= 1
        if self.requests == 0:
            self.first()
        return self.line.ask(body)


def test_nothing_of_a_courier_is_left_behind(town: Town, tmp_path: Path) -> None:
    """No key, name of a machine or time of a visit lies in data, spool or log."""
    filed = town.file()
    fetched(town, tmp_path / "in.bundle")
    answer = reply(town.channel, town.handler, filed)
    data = desk_bundle(town.channel, town.handler, next_serial(town), *[answer] * 60)
    with pytest.raises(Died):
        brought_in(town, data, town.errand(Dying(town.line(), 3)))
    spool = town.places.site_dir / FOLDER
    # Looking for the files by name would itself touch the folder.
    times = [spool.stat()]
    times += [path.stat() for path in spool.iterdir()]
    for seen in times:
        assert (seen.st_mtime % 86_400, seen.st_atime % 86_400) == (0, 0)
        assert seen.st_mode & 0o077 == 0
    half = [path for path in spool.iterdir() if path.stat().st_size]
    assert len(half) == 1
    kept = b"".join(path.read_bytes() for path in town.places.var_dir.rglob("*") if path.is_file())
    for unwanted in (town.courier_pk, town.courier_pk.hex().encode(), town.seed, b"127.0.0.1"):
        assert unwanted not in kept
    assert brought_in(town, data)
    assert [path.stat().st_size for path in spool.iterdir()] == [0]
    log = town.log.read_text("utf-8")
    for unwanted in ("courier", "127.0.0.1:", "POST", town.courier_pk.hex()):
        assert unwanted not in log
