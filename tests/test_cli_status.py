"""What `meldkluis status` tells: a person in words, a program in three."""

import json
from datetime import timedelta

import pytest

from dropbox import upkeep
from dropbox.cli import rooms as cli_rooms
from tests.operator_world import Run
from tests.organisation import TODAY, Office


def test_status_tells_cards_collections_and_disk(
    run: Run, running: cli_rooms.Rooms, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In words, each handler by id."""
    first, second = (handler.handler_id.hex() for handler in channel.handlers)
    run("collect", "--handler", first)
    output = run("status").output
    assert f"{first}: collected today." in output
    assert f"{second}: never collected yet." in output
    assert "meldpunt: the card is valid until 2027-02-19." in output
    monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY + timedelta(days=91))
    output = run("status").output
    assert "meldpunt: the card ended on 2027-02-19." in output
    assert f"{first}: OVERDUE, days since the last collection: 91." in output
    assert f"{second}: OVERDUE, never collected." in output


def test_new_handler_is_overdue_from_the_day_of_the_card(
    run: Run, running: cli_rooms.Rooms, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is on the card for six days and never collected is late, also in a new channel."""
    first, second = (handler.handler_id.hex() for handler in channel.handlers)
    monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY + timedelta(days=5))
    assert "OVERDUE" not in run("status").output
    monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY + timedelta(days=6))
    assert run("status").output.count("OVERDUE, never collected.") == 2
    run("collect", "--handler", first)
    output = run("status").output
    assert f"{first}: collected today." in output
    assert f"{second}: OVERDUE, never collected." in output


def test_status_for_a_program_says_three_things(
    run: Run, running: cli_rooms.Rooms, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up, disk and overdue, in one shape, whether all is well or nothing is."""

    def seen(later: int) -> tuple[int, dict[str, object]]:
        monkeypatch.setattr("dropbox.cli.site.today", lambda: TODAY + timedelta(days=later))
        result = run("status", "--json")
        return result.exit_code, json.loads(result.output)

    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", -(1 << 62))
    assert seen(0) == (0, {"up": True, "disk": "ok", "overdue": []})
    assert seen(6) == (0, {"up": True, "disk": "ok", "overdue": ["meldpunt"]})
    assert seen(91) == (1, {"up": False, "disk": "ok", "overdue": ["meldpunt"]})
    monkeypatch.setattr(upkeep, "DISK_LOW_BYTES", 1 << 62)
    assert seen(0) == (0, {"up": True, "disk": "low", "overdue": []})
    running.store.path.write_bytes(b"no database")
    assert seen(0) == (1, {"up": False, "disk": "low", "overdue": []})
    running.store.path.unlink()
    assert seen(0) == (1, {"up": False, "disk": "low", "overdue": []})
