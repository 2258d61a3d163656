"""The demonstration: it walks by itself, is made once, and is renewed before it ends."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from dropbox.cli.site import set_up
from dropbox.config import Places, read_site
from dropbox.demo import organisation
from dropbox.demo.channels import CHANNELS
from dropbox.store import CardShelf

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 21)


def places(folder: Path) -> Places:
    """Return places below a folder."""
    folder.mkdir()
    return Places(folder / "elsewhere", folder, 8000)


def slugs_and_versions(made: organisation.Demonstration, day: date) -> dict[str, int]:
    """Return the version of each card that is valid on a day."""
    site = read_site(made.places.site_toml)
    shelf = CardShelf(made.places.cards_dir, site.site_id)
    return {each.card.slug: each.card.version for each in shelf.cards(day) if not each.expired}


def test_whole_loop_walks_by_itself() -> None:
    """`make demo` ends well, says so, and leaves nothing in the checkout."""
    ended = subprocess.run(
        [sys.executable, "-m", "dropbox.cli", "demo", "walk"],
        cwd=ROOT,
        env=os.environ | {"MELDKLUIS_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[-1] == "The whole loop works."
    assert [line.split(".")[0] for line in lines if line[:1].isdigit() and ". " in line[:4]] == [
        str(number) for number in range(1, 14)
    ]


def test_demonstration_has_three_channels_and_seven_handlers(tmp_path: Path) -> None:
    """Internal, external and confidential adviser; three handlers in one, two in the others."""
    made = organisation.prepare(places(tmp_path / "demo"), DAY, set_up)
    assert sorted(len(each.handlers) for each in CHANNELS) == [2, 2, 3]
    assert slugs_and_versions(made, DAY) == {each.plan.slug: 1 for each in CHANNELS}
    assert read_site(made.places.site_toml).demonstration
    assert not (tmp_path / "demo" / "elsewhere").exists()


def test_demonstration_is_made_once_and_renewed_before_it_ends(tmp_path: Path) -> None:
    """Preparing again changes nothing; months later it signs new cards by itself."""
    where = places(tmp_path / "demo")
    made = organisation.prepare(where, DAY, set_up)
    ids = [made.handler_id(person.name) for each in CHANNELS for person in each.handlers]
    organisation.prepare(where, DAY + timedelta(days=1), set_up)
    assert set(slugs_and_versions(made, DAY).values()) == {1}
    later = DAY + timedelta(days=400)
    organisation.prepare(where, later, set_up)
    assert set(slugs_and_versions(made, later).values()) == {2}
    assert ids == [made.handler_id(person.name) for each in CHANNELS for person in each.handlers]


def test_interrupted_preparation_is_finished(tmp_path: Path) -> None:
    """A demonstration that was broken off half-way comes out whole."""
    where = places(tmp_path / "demo")
    made = organisation.prepare(where, DAY, set_up)
    made.vault(CHANNELS[0].handlers[0].name).unlink()
    (made.places.cards_dir / f"{CHANNELS[0].plan.slug}.card").unlink()
    again = organisation.prepare(where, DAY, set_up)
    assert set(slugs_and_versions(again, DAY)) == {each.plan.slug for each in CHANNELS}
