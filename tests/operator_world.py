"""The operator at a command line: an empty site, a card file, a site that runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dropbox import config
from dropbox.cli import rooms as cli_rooms
from dropbox.cli.root import root
from tests.organisation import SITE_ID, TODAY, Office

Run = Callable[..., Result]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Places:
    """Point the environment to an empty site, in English, on the day of the tests."""
    monkeypatch.setenv("KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MELDKLUIS_LANG", "en")
    monkeypatch.chdir(tmp_path)
    for module in ("site", "cards", "letter"):
        monkeypatch.setattr(f"dropbox.cli.{module}.today", lambda: TODAY)
    return config.places(os.environ)


@pytest.fixture
def run(places: config.Places) -> Run:
    """Return what runs a command line in that environment."""

    def run_line(*arguments: object, answer: str | None = None) -> Result:
        line = [str(argument) for argument in arguments]
        result = CliRunner().invoke(root, line, input=answer)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return run_line


@pytest.fixture
def card_file(places: config.Places, run: Run, channel: Office, tmp_path: Path) -> Path:
    """Set up the site with a known id; return a file with the channel's card."""
    assert run("init").exit_code == 0
    text = places.site_toml.read_text("utf-8")
    old = config.read_site(places.site_toml).site_id.hex()
    places.site_toml.write_text(text.replace(old, SITE_ID.hex()), "utf-8")
    path = tmp_path / "new.card"
    path.write_bytes(channel.card_bytes())
    return path


@pytest.fixture
def running(places: config.Places, run: Run, card_file: Path) -> cli_rooms.Rooms:
    """Return the rooms of a site that has the channel's card."""
    assert run("card", "add", card_file, "--yes").exit_code == 0
    return cli_rooms.rooms()
