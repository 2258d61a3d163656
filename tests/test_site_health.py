"""The site's health: three words of one size for a program, and nothing for anybody else."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from dropbox import upkeep
from dropbox.protocol import withdrawal
from dropbox.site.context import settle
from dropbox.site.headers import HEADERS
from dropbox.site.views.health import HEALTH_BYTES
from dropbox.store import files_at
from tests.organisation import TODAY, Office
from tests.site_client import World

MIB = 1024 * 1024
LATE = upkeep.COLLECTION_DAYS + 1


@pytest.fixture
def world(tmp_path: Path, channel: Office, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a site whose operator accepted the card today, on a disk with room."""
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", -(1 << 62))
    found = World(tmp_path, (channel,))
    with found.server.store.write() as tables:
        tables.couriers.meet(channel.card(), TODAY)
    return found


def values(answer: TestResponse) -> dict[str, object]:
    """Return what an answer says, once its size and its headers proved to be those of all."""
    assert len(answer.data) == HEALTH_BYTES
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    found: dict[str, object] = json.loads(answer.data)
    return found


def test_health_is_one_shape_and_size(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Well, late, full, without a valid card and without a database: the same 64 bytes of form."""
    well = {"up": True, "disk": "ok", "overdue": False}
    assert (world.get("/health").status_code, values(world.get("/health"))) == (200, well)
    world.today = TODAY + timedelta(days=LATE)
    late = world.get("/health")
    assert (late.status_code, values(late)) == (200, well | {"overdue": True})
    world.today = TODAY
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", 1 << 62)
    world.server.mailboxes.look_at_disk()
    full = world.get("/health")
    assert (full.status_code, values(full)) == (200, well | {"disk": "low"})
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", -(1 << 62))
    world.server.mailboxes.look_at_disk()
    world.today = TODAY + timedelta(days=91)
    over = world.get("/health")
    assert (over.status_code, values(over)) == (503, {"up": False, "disk": "ok", "overdue": True})
    world.today = TODAY
    world.server.store.close()
    world.server.store.path.write_bytes(b"no database")
    broken = world.get("/health")
    assert (broken.status_code, values(broken)) == (503, well | {"up": False})


def test_health_knows_no_channel_no_card_and_no_handler(world: World, channel: Office) -> None:
    """Not even the short name of the channel that is late is told to a stranger."""
    world.today = TODAY + timedelta(days=LATE)
    text = world.get("/health").text
    assert values(world.get("/health"))["overdue"] is True
    for name in (channel.slug, *(one.handler_id.hex() for one in channel.handlers)):
        assert name not in text


def test_health_is_the_same_whatever_reporters_did(world: World, channel: Office) -> None:
    """Fifty reports, messages and a withdrawal change no byte, header or status of it."""

    def seen() -> tuple[object, ...]:
        answers = []
        for later in (0, LATE, 91):
            world.today = TODAY + timedelta(days=later)
            answer = world.get("/health")
            answers.append((answer.status, answer.data, sorted(answer.headers)))
        world.today = TODAY
        return tuple(answers)

    before = seen()
    filed = [world.server.file() for _ in range(50)]
    assert seen() == before
    world.server.append(filed[0], channel.handlers)
    world.server.mailboxes.withdraw(withdrawal.make(filed[1].keys), TODAY)
    assert seen() == before


def test_report_that_takes_the_last_room_does_not_show(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked all the time, the disk is what it was at the minute, and then low for good."""
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", 500 * MIB)
    free = [500 * MIB]
    monkeypatch.setattr(upkeep, "disk_room", lambda _folder: upkeep.DiskRoom(free[0], 0))
    seen = []
    for free[0], is_minute in [
        (500 * MIB, True),
        (500 * MIB - 1, False),
        (500 * MIB - 1, True),
        (500 * MIB, True),
        (564 * MIB - 1, True),
        (564 * MIB, False),
        (564 * MIB, True),
        (500 * MIB, True),
    ]:
        if is_minute:
            settle(world.app)
        seen.append(values(world.get("/health"))["disk"])
    assert seen == ["ok", "ok", "low", "low", "low", "low", "ok", "ok"]


def test_health_costs_a_look_at_each_handler(world: World, channel: Office) -> None:
    """It never reads what reporters sent, so it costs the same on a full store."""
    asked: list[str] = []
    connection: sqlite3.Connection = world.server.store.connection().conn
    connection.set_trace_callback(asked.append)
    world.get("/health")
    connection.set_trace_callback(None)
    statements = [one for one in asked if not one.startswith(("BEGIN", "COMMIT"))]
    assert len(statements) == len(channel.handlers)
    assert all(" FROM courier " in one for one in statements)


def test_health_hides_when_it_was_asked(world: World) -> None:
    """A watcher that asks every minute leaves the files' times where they were."""
    world.get("/health")
    # Looking for the files by name would itself touch the folder.
    for path in files_at(world.server.store.path.parent):
        seen = path.stat()
        assert (seen.st_mtime % 86_400, seen.st_atime % 86_400) == (0, 0), path.name


def test_health_writes_nothing(world: World) -> None:
    """Asking is no event: no byte on the disk changes."""
    world.get("/health")
    before = world.files()
    world.get("/health")
    assert world.files() == before
