"""A second process opens a large bundle's reports ahead; nothing depends on it."""

import pickle
import subprocess
import sys
from collections import Counter

import pytest

from dropbox.desk import casebook, inbound, keyring, opener, outbox
from dropbox.desk.errors import VaultNotWritable
from dropbox.desk.inbound import ImportSummary
from dropbox.errors import BundleAltered, SlotDoesNotOpen
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World, damaged_slot

MANY = 3 * opener.BATCH


def begin_none(*_words: object, **_options: object) -> None:
    """Fail as a computer that is out of memory or processes."""
    raise BlockingIOError(11, "Resource temporarily unavailable")


@pytest.fixture(params=["here", "beside", "broken", "none"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Open envelopes here, in a second process, or beside one that fails or never began."""
    monkeypatch.setattr(opener, "WORTH_A_PROCESS", MANY * 9 if request.param == "here" else 1)
    if request.param == "broken":
        monkeypatch.setattr(opener.sys, "executable", "false")
    if request.param == "none":
        monkeypatch.setattr(opener.subprocess, "Popen", begin_none)
    return str(request.param)


def everything(world: World, keys: ReporterKeys) -> list[bytes]:
    """Return reports, a message before its report, a damaged one, and one that comes twice."""
    reports = [world.report(world.reporter(), text=str(number)) for number in range(MANY)]
    damaged = damaged_slot(world.report(world.reporter()))
    return [world.message(keys), *reports, damaged, reports[0], world.report(keys)]


@pytest.mark.usefixtures("way")
def test_import_is_the_same_whoever_opens(world: World, keys: ReporterKeys) -> None:
    """Summary, cases and receipts do not depend on a second process, or on its health."""
    summary = world.take_in("anna", *everything(world, keys))
    expected = ImportSummary(reports=MANY + 1, messages=1, duplicates=1)
    expected.damaged = Counter({SlotDoesNotOpen.text: 1})
    assert summary == expected
    assert [entry.content.text for entry in world.case("anna", keys).entries] == [
        "Er is iets gebeurd.",
        "Nog iets.",
    ]
    with world.vault("anna") as vault:
        assert outbox.waiting(vault, TODAY).receipts == MANY + 2
        books = [casebook.open_book(vault, each) for each in casebook.ids(vault)]
        texts = Counter(book.case().report.text for book in books)
    assert texts == Counter([*map(str, range(MANY)), "Er is iets gebeurd."])


def test_second_process_really_opens(world: World) -> None:
    """Beside a second process every report comes opened, and a message does not."""
    keys = world.reporter()
    items = [world.report(keys), world.message(keys)]
    with world.vault("anna") as vault:
        channel, box_keys = keyring.channel(vault), keyring.load(vault).box_keys()
    frames = [inbound.Frame(inbound.FrameType.ENVELOPE, each) for each in items]
    found = list(opener.ahead(iter(frames), opener.WORTH_A_PROCESS, channel, box_keys))
    assert [frame for frame, _opened in found] == frames
    (_frame, opened), (_other, nothing) = found
    assert opened is not None
    assert opened.pinned.mailbox_id == keys.mailbox_id
    assert nothing is None


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the second processes that were begun."""
    found: list[subprocess.Popen[bytes]] = []
    really = subprocess.Popen

    def begin(*words: object, **options: object) -> subprocess.Popen[bytes]:
        found.append(really(*words, **options))  # type: ignore[call-overload]
        return found[-1]

    monkeypatch.setattr(opener, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(opener.subprocess, "Popen", begin)
    return found


def test_bundle_that_changes_on_the_way_leaves_nothing(
    world: World, begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is altered between its two readings is refused, and no process stays."""
    path = world.bundle("anna", *[world.report(world.reporter()) for _ in range(MANY)])
    ahead = opener.ahead

    def alter(*given: object) -> object:
        raw = bytearray(path.read_bytes())
        raw[-1000] ^= 1
        path.write_bytes(raw)
        return ahead(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(opener, "ahead", alter)
    with world.vault("anna") as vault:
        with pytest.raises(BundleAltered):
            inbound.import_bundle(vault, path, TODAY)
        assert vault.count("seen") == vault.count("case_key") == 0
    assert [process.poll() is None for process in begun] == [False]


def test_full_disk_ends_the_second_process_too(
    world: World, begun: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import that fails in the middle undoes everything, and no process stays."""
    path = world.bundle("anna", *[world.report(world.reporter()) for _ in range(MANY)])

    def full(*_given: object) -> None:
        raise VaultNotWritable

    monkeypatch.setattr(outbox, "queue_receipt", full)
    with world.vault("anna") as vault:
        with pytest.raises(VaultNotWritable) as caught:
            inbound.import_bundle(vault, path, TODAY)
        assert [process.poll() is None for process in begun] == [False]
        assert caught.value is not None
        assert vault.count("seen") == vault.count("case_key") == 0


def test_second_process_ends_with_its_input() -> None:
    """When the program that began it is killed, no process stays behind with the keys."""
    keys = pickle.dumps((None, {}))
    command = [sys.executable, "-m", opener.__name__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(keys)
        process.stdin.flush()
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(timeout=20) == 0
