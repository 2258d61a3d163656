"""A server that is seized tells nothing of who wrote, what, from where, or when."""

import re
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench.carving import CHANCE, evidence, strongest
from dropbox.protocol import days, keys, reply_code
from tests.adversary import Exhibit, Sought, Times, in_memory, of_folder, search, times
from tests.blind_server import desk_bundle, reply
from tests.organisation import SITE_ID, Handler
from tests.seizure_trouble import make_trouble
from tests.seizure_world import (
    ACCENTED,
    AGED,
    CHOICE,
    PLAIN,
    Machine,
    Person,
    sought,
    story,
    today,
    wait_until,
)

REPORTS = 50
SHARED_FOLDERS = tuple(map(Path, ("/tmp", "/var/tmp", "/dev/shm")))
LEAST_BYTES = 3
"""So many equal bytes begin all clock readings of a short while."""


@dataclass
class Seized:
    """What was done at a machine, and what the adversary took from it."""

    machine: Machine
    people: list[Person]
    visits: list[tuple[float, float]] = field(default_factory=list)
    """From when to when visitors came, in unix seconds; the operator works in between."""
    running: list[Exhibit] = field(default_factory=list)
    off: list[Exhibit] = field(default_factory=list)
    shared: list[Exhibit] = field(default_factory=list)
    times_running: dict[str, Times] = field(default_factory=dict)
    times_off: dict[str, Times] = field(default_factory=dict)
    in_workers: set[str] = field(default_factory=set)
    in_master: set[str] = field(default_factory=set)
    limits: str = ""
    opened: set[str] = field(default_factory=set)

    @property
    def sought(self) -> Sought:
        """Return what must be nowhere."""
        return sought(self.people, PLAIN, ACCENTED, CHOICE)


def report_all(people: list[Person]) -> None:
    """Let all report, one after the other, and much go wrong."""
    for person in people:
        person.report()
    make_trouble(people)


def operate(machine: Machine, people: list[Person]) -> None:
    """Let the operator do the rounds: a bundle to a desk, and its answers back."""
    handler = machine.office.handlers[0]
    machine.run("collect", "--handler", handler.handler_id.hex(), "--out", "adviseur.bundle")
    answer(machine, handler, people[:6])


def come_back(people: list[Person]) -> None:
    """Let some read, write, pause, resume and withdraw."""
    for person in people[:6]:
        assert ACCENTED in person.mailbox("open")[1]
    for number, person in enumerate(people[6:30]):
        step = ("message", "hold", "resume", "message")[number % 4]
        assert person.mailbox(step, text=story(number))[0] == 200
    assert people[6].mailbox("resume")[0] == 200
    for person in people[30:35]:
        assert person.mailbox("withdraw")[0] == 200
    assert people[30].mailbox("withdraw_now")[0] == 200


def answer(machine: Machine, handler: Handler, people: list[Person]) -> None:
    """Bring a desk's bundle with an answer for each of these."""
    frames = [reply(machine.office, handler, person.filed(), story(0)) for person in people]
    bundle = machine.root / "srv" / "from-adviseur.bundle"
    bundle.write_bytes(desk_bundle(machine.office, handler, 1, *frames))
    machine.run("deliver", bundle.name)


def all_times(machine: Machine) -> dict[str, Times]:
    """Return the times of every file and folder but the courier's own."""
    return {
        str(path.relative_to(machine.root)): times(path)
        for path in sorted(machine.root.rglob("*"))
        if machine.root / "srv" not in (path, *path.parents) and path.exists()
    }


def newcomers(before: set[Path]) -> Iterator[Exhibit]:
    """Yield what came into the folders that all programs share, of tests' own folders nothing."""
    for folder in SHARED_FOLDERS:
        for path in set(folder.iterdir()) - before:
            if path.is_file():
                yield Exhibit(str(path), path.name.encode() + path.read_bytes())


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Seized:
    """Run a site, let fifty people report and much go wrong, and seize it twice."""
    before = {path for folder in SHARED_FOLDERS for path in folder.iterdir()}
    machine = Machine(tmp_path_factory.mktemp("seized") / "machine")
    taken = Seized(machine, [Person(machine, n, "en" if n % 5 < 2 else "nl") for n in range(50)])
    machine.start()
    try:
        machine.age()
        # The workers' first look at what they watch, before anybody comes.
        with suppress(AssertionError):
            wait_until(lambda: is_watched(machine), 10)
        with visiting(taken):
            report_all(taken.people)
        operate(machine, taken.people)
        with visiting(taken):
            come_back(taken.people)
        ended = taken.visits[-1][1]
        with suppress(AssertionError):
            wait_until(lambda: all(one.changed > ended for one in watched(machine)), 5)
        for person in taken.people:
            taken.opened.update(person.ask("GET", "/nl/opened")[1].split("|"))
        taken.running = list(machine.exhibits())
        taken.shared = list(newcomers(before))
        taken.times_running = all_times(machine)
        look_into_memory(taken)
    finally:
        machine.stop()
    taken.off = list(machine.exhibits())
    taken.times_off = all_times(machine)
    return taken


@contextmanager
def visiting(taken: Seized) -> Iterator[None]:
    """Note from when to when visitors came."""
    begun = time.time()
    yield
    # A file system's clock runs a little behind ours.
    time.sleep(0.05)
    taken.visits.append((begun, time.time()))


def is_watched(machine: Machine) -> bool:
    """Tell whether a worker has looked at what it watches every minute."""
    cards = (machine.root / "keys" / "cards").iterdir()
    is_read = all(path.stat().st_atime > AGED + 1 for path in cards)
    return is_read and (machine.site_dir / "site.db-wal").exists()


def watched(machine: Machine) -> list[Times]:
    """Return the times of what is written at a visit."""
    return [times(path) for path in (*machine.site_dir.glob("site.db*"), machine.log)]


def look_into_memory(taken: Seized) -> None:
    """Search the memory of a worker, end all of them, and then search that of their master."""
    assert taken.machine.process
    master, workers = taken.machine.process.pid, taken.machine.workers()
    taken.limits = Path(f"/proc/{workers[0]}/limits").read_text()
    begun = [" ".join(person.code.split()[:3]) for person in taken.people[:5]]
    marks = Sought([PLAIN, ACCENTED, *begun])
    taken.in_workers = in_memory(marks, workers[0])
    for worker in workers:
        taken.machine.end(worker)
    wait_until(lambda: len(set(taken.machine.workers()) - set(workers)) == len(workers))
    taken.in_master = in_memory(marks, master)


def test_running_machine_holds_nothing_that_was_sent(seized: Seized) -> None:
    """Files, names, attributes, environments, command lines, open and deleted files: nothing."""
    assert len(seized.running) > 50
    assert search(seized.sought, seized.running) == {}


def test_machine_that_is_off_holds_nothing_that_was_sent(seized: Seized) -> None:
    """Nor is anything left when the site was stopped in good order."""
    assert search(seized.sought, seized.off) == {}


def test_site_leaves_nothing_in_shared_folders(seized: Seized) -> None:
    """What appeared meanwhile in the folders for temporary files holds nothing of it either."""
    assert search(seized.sought, seized.shared) == {}


def test_search_of_this_machine_finds_what_is_planted(seized: Seized, tmp_path: Path) -> None:
    """The very search of these tests finds a text, a code, a key and an address if they are there.

    And the texts were there: a worker that still runs has them in its memory.
    """
    person = seized.people[0]
    key = reply_code.parse(person.code)
    planted = (PLAIN, ACCENTED, CHOICE, person.code, person.address, "203.0.113.9")
    for number, text in enumerate(planted):
        (tmp_path / str(number)).write_text(f"- - {text} - -", "utf-8")
    (tmp_path / "key").write_bytes(b"-" + keys.token(SITE_ID, key))
    assert len(search(seized.sought, of_folder(tmp_path))) == len(planted) + 1
    assert {PLAIN, ACCENTED} <= seized.in_workers


def test_master_never_held_what_was_sent(seized: Seized) -> None:
    """When the workers have ended, no text and no code is in the memory of what stays."""
    assert seized.in_master == set()


def test_worker_that_dies_leaves_no_core(seized: Seized) -> None:
    """What is in a worker's memory is not written to the disk when it crashes."""
    (line,) = re.findall(r"^Max core file size +(\S+) +(\S+)", seized.limits, re.MULTILINE)
    assert line == ("0", "0")


def test_ids_stand_in_the_database_and_in_bundles_only(seized: Seized) -> None:
    """Logs, folders and processes name no mailbox, which the threat model leaves to two places."""
    ids = [person.filed().keys.mailbox_id for person in seized.people]
    ids += [person.filed().new.lookup for person in seized.people]
    found = search(Sought((), ids), [*seized.running, *seized.off])
    places = {re.sub(r"^.*[/ ]", "", name).strip("'") for name in found}
    assert places <= {"site.db", "site.db-wal", "adviseur.bundle", "from-adviseur.bundle"}
    assert "site.db" in places


def test_log_tells_kinds_and_places_of_failures_only(seized: Seized) -> None:
    """Every line of the log is the name of an error and a place in the code."""
    lines = seized.machine.log.read_text("utf-8").splitlines()
    assert len(lines) > 5
    line = re.compile(r"(\[ERROR\] )?\w+( at [\w.]+:\d+)?")
    assert [said for said in lines if not line.fullmatch(said)] == []


@pytest.mark.parametrize("state", ["times_running", "times_off"])
def test_no_file_shows_when_somebody_came(seized: Seized, state: str) -> None:
    """Reading, writing, birth and change of every file lie where nobody visited.

    The change of an entry alone shows the last minute of a running site; here a minute is a
    second long.
    """
    telling = {
        name: found
        for name, found in getattr(seized, state).items()
        if any(
            begin < moment < end for moment in vars(found).values() for begin, end in seized.visits
        )
    }
    assert telling == {}


def test_no_request_opens_a_file_but_what_is_read_every_minute(seized: Seized) -> None:
    """Pages, words, and the tables of languages were read at the start, wherever they lie.

    The database is opened by SQLite, which this look does not see: its times are above.
    """
    cards = seized.machine.root / "keys" / "cards"
    assert {str(path) for path in cards.iterdir()} <= seized.opened
    # What lies in memory under no name has no times on a disk.
    others = {name for name in seized.opened if Path(name).parent != cards}
    # Who withdraws holds the folder for its lock, reads nothing in it, and so moves no time.
    others.discard(str(seized.machine.root / "var" / "site"))
    assert {name for name in others if not name.startswith("/proc/self/fd/")} == set()


def integers(database: Path) -> Iterator[tuple[str, object]]:
    """Yield every value of a column that is no blob, with the column's name."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        for table in tables:
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            for _place, column, kind, *_more in columns:
                if kind != "BLOB":
                    for (value,) in connection.execute(f"SELECT {column} FROM {table}"):
                        yield f"{table}.{column}", value


def test_columns_hold_no_time_but_those_that_are_stated(seized: Seized) -> None:
    """A month of expiry, the operator's day of collection and a nonce's two bits are all."""
    day = today().toordinal()
    allowed = {
        "mailbox.purge_month": {days.month_number(today()) + 13},
        "envelope.purge_month": {days.month_number(today()) + 13},
        "tombstone.purge_month": {days.month_number(today()) + 13},
        # Negative: the day since which the operator knows who never collected.
        "courier.collected_day": {day, -day, 0},
        "courier.serial": {0, 1},
        "form_nonce.generation": {day % 4},
        "envelope.direction": {1, 2},
        "envelope.position": set(range(10)),
        "slot.cleared": {0},
        "tombstone_slot.cleared": {0},
    }
    seen: dict[str, set[object]] = {}
    for column, value in integers(seized.machine.site_dir / "site.db"):
        seen.setdefault(column, set()).add(value)
    assert set(seen) == set(allowed)
    assert {column: found for column, found in seen.items() if not found <= allowed[column]} == {}


READINGS: dict[str, Callable[[float], bytes]] = {
    "seconds": lambda moment: struct.pack(">I", int(moment)),
    "milliseconds": lambda moment: struct.pack(">Q", int(moment * 1e3))[2:],
    "microseconds": lambda moment: struct.pack(">Q", int(moment * 1e6))[1:],
    "nanoseconds": lambda moment: struct.pack(">Q", int(moment * 1e9)),
    "floating": lambda moment: struct.pack(">d", moment),
}


def clock_readings(data: bytes, first: float, last: float) -> dict[str, int]:
    """Count the byte strings in ``data`` that are a clock's reading between two moments."""
    found = {}
    for name, read in READINGS.items():
        begin, end = read(first), read(last)
        same = next(n for n in range(len(begin) + 1) if begin[:n] != end[:n] or n == len(begin)) - 1
        for order, bytes_ in (("big", data), ("little", data[::-1])):
            count, at = 0, bytes_.find(begin[:same])
            while at >= 0:
                count += begin <= bytes_[at : at + len(begin)] <= end
                at = bytes_.find(begin[:same], at + 1)
            found[f"{name}, {order} end first"] = count
    text = re.findall(rb"\d{10}", data)
    found["digits"] = sum(int(first) <= int(digits) <= int(last) for digits in text)
    return found


def test_clock_readings_are_counted() -> None:
    """The count sees a clock's reading in each form, and none where there is none."""
    first, last = 1_800_000_000.0, 1_800_000_060.0
    for name, read in READINGS.items():
        for order, bytes_ in (("big", read(first + 7)), ("little", read(first + 7)[::-1])):
            counted = clock_readings(b"ab" + bytes_ + b"cd", first, last)
            assert counted[f"{name}, {order} end first"] == 1
    assert clock_readings(b"at 1800000031!", first, last)["digits"] == 1
    assert set(clock_readings(bytes(range(256)) * 9, first, last).values()) == {0}


def test_no_byte_of_the_image_is_a_clock_reading(seized: Seized) -> None:
    """No moment of any visit stands anywhere, in binary or in digits, nor the day in words.

    Sealed bytes are random, so four of them are a reading now and then: about once in ten
    machines. One reading for each report would be fifty.
    """
    first, last = seized.visits[0][0], seized.visits[-1][1]
    exhibits = {one.data: one.name for one in (*seized.running, *seized.off)}
    found: dict[str, int] = {}
    for data, name in exhibits.items():
        if "/srv/" not in name and " maps" not in name:
            for reading, count in clock_readings(data, first, last).items():
                found[reading] = found.get(reading, 0) + count
    assert {reading: count for reading, count in found.items() if count > 4} == {}
    day = Sought([f"{today():%Y-%m-%d}", f"{today():%d-%m-%Y}", f"{today():%d/%b/%Y}"])
    assert search(day, [Exhibit(name, data) for data, name in exhibits.items()], depth=1) == {}


def test_addresses_stand_nowhere_as_bytes_either(seized: Seized) -> None:
    """The four bytes of each visitor's address are not in the image more often than by chance."""
    everything = b"\n".join({one.data for one in (*seized.running, *seized.off)})
    packed = [bytes(map(int, person.address.split("."))) for person in seized.people]
    assert sum(everything.count(one) + everything.count(one[::-1]) for one in packed) <= 4


def test_carving_the_seized_database_after_maintenance_gives_no_order(
    seized: Seized, tmp_path: Path
) -> None:
    """The real site's ids carry no order, and after the night no page of its database does."""
    database = seized.machine.site_dir / "site.db"
    arrivals = [
        (person.filed().keys.mailbox_id, person.filed().new.lookup)
        for person in seized.people
        if person is not seized.people[30]
    ]
    seized.machine.run("maintain")
    (tmp_path / "copy").mkdir()
    scores = evidence(database, tmp_path / "copy", arrivals)
    assert len(scores) > 20
    assert strongest(scores) < CHANCE
