"""Admission: what comes in, what is refused, and what the figures tell."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from dropbox.config import SiteTomlInvalid, read_site
from dropbox.errors import (
    AlreadyReceived,
    DropboxError,
    FormUnknown,
    MailboxChanged,
    MailboxFull,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
)
from dropbox.quotas import LEAST, MAX_LIMIT, Limits
from dropbox.site.admission import DISK_SECONDS, Gate
from dropbox.upkeep import DiskRoom, disk_room
from tests.entrance import LARGE, MIB, PLENTY, SMALL, WIDE, Clock, Entrance, at_the_end, attempt
from tests.organisation import office
from tests.site_client import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel."""
    return World(tmp_path, (office(),))


# The quota


def test_last_quarter_of_the_letters_is_for_small_ones() -> None:
    """Large reports stop first, small ones when nothing is left; large ones hear of it later."""
    entrance = Entrance(replace(WIDE, reports_at_once=8))
    assert [entrance.report(LARGE) for _ in range(8)] == ["in"] * 6 + ["OnlySmall"] * 2
    assert [entrance.report() for _ in range(3)] == ["in", "in", "NotNow"]
    # Asked for nothing again and again, this would tell when somebody takes the last place.
    assert entrance.report(LARGE) == "OnlySmall"
    entrance.gate._figures[0] -= 1
    entrance.gate._draw = lambda _most: 0
    assert entrance.report(LARGE) == "NotNow"


def test_last_quarter_of_the_space_is_for_small_ones() -> None:
    """A few large reports use up the space of many small ones, and the count does not matter."""
    entrance = Entrance(replace(WIDE, mib_at_once=1))
    large = iter(lambda: entrance.report(LARGE), "OnlySmall")
    assert len(list(large)) == 1024 * 3 // 4 // 67
    small = iter(entrance.report, "NotNow")
    assert 256 // 7 <= len(list(small)) <= (256 + 67) // 7


def test_quota_comes_back_at_its_rate_and_never_grows_over_the_top() -> None:
    """After a minute a sixtieth of the hour's number is free, after a long time the whole."""
    entrance = Entrance(replace(WIDE, reports_at_once=4, reports_per_hour=60))
    assert [entrance.report() for _ in range(5)] == ["in"] * 4 + ["NotNow"]
    entrance.clock.now += 60
    assert [entrance.report() for _ in range(2)] == ["in", "NotNow"]
    entrance.clock.now += 10 * 24 * 60 * 60
    assert [entrance.report() for _ in range(5)] == ["in"] * 4 + ["NotNow"]


def test_what_comes_back_in_a_minute_is_drawn_at_random() -> None:
    """Who uses up the quota sees no steady number, from which a missing one would tell."""
    draws: list[int] = []
    clock = Clock()

    def draw(most: int) -> int:
        draws.append(most)
        return most - 1

    gate = Gate(
        replace(WIDE, reports_at_once=4, reports_per_hour=60),
        lambda: PLENTY,
        clock,
        draw,
        at_the_end,
    )
    assert [attempt(gate, "report", SMALL) for _ in range(5)] == ["in"] * 4 + ["NotNow"]
    clock.now += 60
    assert [attempt(gate, "report", SMALL) for _ in range(3)] == ["in", "in", "NotNow"]
    # From nothing to double, so that the configured rate is the middle.
    assert draws[0] == 2 * 60 + 1


def test_messages_have_a_share_of_their_own() -> None:
    """Used up by reports, the quota of messages is whole, and the other way round."""
    entrance = Entrance(replace(WIDE, reports_at_once=4))
    assert [entrance.report() for _ in range(5)][-1] == "NotNow"
    assert [entrance.message(LARGE) for _ in range(4)] == ["in"] * 3 + ["OnlySmall"]
    assert [entrance.message() for _ in range(2)] == ["in", "NotNow"]
    entrance = Entrance(replace(WIDE, reports_at_once=4))
    assert [entrance.message() for _ in range(5)][-1] == "NotNow"
    assert entrance.report(LARGE) == "in"


@pytest.mark.parametrize("failure", [StoreFull, StoreBusy, StoreDamaged])
def test_what_the_machine_did_not_store_is_not_counted(failure: type[StoreError]) -> None:
    """A report that the machine refuses behind the gate leaves the quota as it was."""
    entrance = Entrance(replace(WIDE, reports_at_once=1))
    for _ in range(5):
        with pytest.raises(StoreError), entrance.gate.report(SMALL):
            raise failure(folder="")
    assert [entrance.report() for _ in range(2)] == ["in", "NotNow"]


@pytest.mark.parametrize("refusal", [AlreadyReceived, FormUnknown, MailboxFull, MailboxChanged])
def test_nobody_looks_at_the_quota_for_nothing(refusal: type[DropboxError]) -> None:
    """Whoever gets past the gate with what cannot be stored has used up a place."""
    entrance = Entrance(replace(WIDE, reports_at_once=1))
    with pytest.raises(refusal), entrance.gate.report(SMALL):
        raise refusal
    assert entrance.report() == "NotNow"


def test_where_a_quota_ends_is_drawn_for_every_letter() -> None:
    """Of the last places nobody can tell how many there are by who is let in and who is not."""
    widths: list[int] = []
    # For a letter's place and for its space; who has no place is not asked for the second.
    edges = iter([0, 0, 59 * 60, 58 * 60, 0])

    def edge(width: int) -> int:
        widths.append(width)
        return next(edges)

    gate = Gate(WIDE, lambda: PLENTY, Clock(), edge=edge)
    gate._figures[1] = (1000 - 60) * 60
    assert [attempt(gate, "report", SMALL) for _ in range(3)] == ["in", "NotNow", "in"]
    # 64 places, and of a small quota an eighth.
    assert widths[0] == 64 * 60
    small = Gate(replace(WIDE, reports_at_once=8), lambda: PLENTY, Clock(), edge=edge)
    edges = iter([0, 0])
    assert attempt(small, "report", SMALL) == "in"
    assert widths[-2] == 60


def test_smallest_quota_lets_a_long_report_in() -> None:
    """Whatever is drawn, no figure that a site may set refuses all long reports for ever."""
    least = Limits(**LEAST)
    for _ in range(50):
        gate = Gate(least, lambda: PLENTY, Clock())
        assert attempt(gate, "report", LARGE) == "in"


def test_figures_of_a_quiet_hour_tell_nothing_of_the_busy_one_before() -> None:
    """Settled each minute, the shared memory is that of a gate through which nobody came."""
    used, unused = Entrance(WIDE), Entrance(WIDE)
    assert [used.report(LARGE), used.message()] == ["in", "in"]
    assert used.gate._figures.tolist() != unused.gate._figures.tolist()
    for entrance in (used, unused):
        entrance.clock.now += 60 * 60
        entrance.gate.settle()
    assert used.gate._figures.tolist() == unused.gate._figures.tolist()


# The disk


def test_reserves_on_the_disk_refuse_reports_first_and_messages_last() -> None:
    """Maintenance keeps room for two copies of the database; small messages may use that."""
    entrance = Entrance(replace(WIDE, disk_reserve_mib=100))

    def tried(free_mib: int) -> list[str]:
        entrance.room = DiskRoom(free_mib * MIB, 500 * MIB)
        entrance.clock.now += DISK_SECONDS
        return [entrance.report(), entrance.message(LARGE), entrance.message()]

    assert tried(100 + 2 * 500) == ["in", "in", "in"]
    assert tried(100 + 2 * 500 - 1) == ["NotNow", "OnlySmall", "in"]
    assert tried(25) == ["NotNow", "OnlySmall", "in"]
    assert tried(24) == ["NotNow", "NotNow", "NotNow"]
    assert tried(1100) == ["in", "in", "in"]


def test_disk_is_looked_at_once_a_second_at_most() -> None:
    """A flood costs no look at the disk for each report."""
    entrance = Entrance(WIDE)
    for _ in range(50):
        entrance.report()
        entrance.clock.now += 0.1
    assert 4 <= entrance.looks <= 6


def test_disk_that_cannot_be_asked_is_left_to_the_store() -> None:
    """A folder that is gone stops nobody at the gate: the store has its own failure for it."""

    def fail() -> DiskRoom:
        raise OSError

    assert attempt(Gate(WIDE, fail), "report", SMALL) == "in"


def test_real_disk_is_read(world: World) -> None:
    """The room on the disk and the size of the database are the machine's own."""
    folder = world.config.places.site_dir
    room = disk_room(folder)
    files = [folder / name for name in ("site.db", "site.db-wal", "site.db-shm")]
    assert room.database_bytes == sum(file.stat().st_size for file in files if file.exists())
    more = replace(WIDE, disk_reserve_mib=room.free_bytes // MIB + 100_000)
    assert attempt(Gate(more, lambda: disk_room(folder)), "report", SMALL) == "NotNow"
    assert attempt(Gate(WIDE, lambda: disk_room(folder)), "report", SMALL) == "in"


# The settings


@pytest.mark.parametrize(
    "line",
    ["reports_at_once = 0", "reports_at_once = 1",
     "mib_per_hour = -1", "mib_at_once = 1.5", "reports_per_hour = true",
     "disk_reserve_mib = 'x'", f"mib_at_once = {MAX_LIMIT + 1}", "reports_at_first = 1"],
)  # fmt: skip
def test_limit_that_makes_no_sense_is_named(world: World, line: str) -> None:
    """A figure that is none, or an unknown one, stops the site from starting."""
    toml = world.config.places.site_toml
    table = re.compile(r"(?<=\[limits\]\n)(?:\w+ = \d+\n)+")
    toml.write_text(table.sub(f"{line}\n", toml.read_text("utf-8")), "utf-8")
    with pytest.raises(SiteTomlInvalid) as refused:
        read_site(toml)
    assert refused.value.params["field"] == f"limits.{line.split()[0]}"


def test_limits_have_sane_figures_where_nothing_is_said(world: World) -> None:
    """A site.toml of before this table still loads, and the example says the same figures."""
    toml = world.config.places.site_toml
    assert read_site(toml).limits == Limits()
    text = toml.read_text("utf-8")
    toml.write_text(re.sub(r"\[limits\]\n(?:\w+ = \d+\n)+", "", text), "utf-8")
    assert read_site(toml).limits == Limits()
    toml.write_text(text.replace("reports_at_once = 2000", "reports_at_once = 7"), "utf-8")
    assert read_site(toml).limits == Limits(reports_at_once=7)
