"""What is kept for every visitor of a day is the same for all, and goes when it is not true."""

from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.site.kept import MOST_KEPT, Kept
from tests.organisation import TODAY, Handler, office
from tests.site_client import World, hidden

FORM = "/nl/report/meldpunt"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel of two handlers."""
    return World(tmp_path, (office("adviser", "coordinator"),))


def test_every_visitor_gets_a_form_of_their_own(world: World) -> None:
    """The second visitor's form differs from the first one's in its token and in nothing else."""
    one, other = world.get(FORM).text, world.get(FORM).text
    tokens = hidden(one)["token"], hidden(other)["token"]
    assert tokens[0] != tokens[1]
    assert one.replace(tokens[0], "") == other.replace(tokens[1], "")


def test_what_somebody_typed_is_in_no_later_form(world: World) -> None:
    """A form that came back filled does not become the next visitor's."""
    before = world.get(FORM).text
    typed = world.filled() | {"text": "mijn geheim", "step": "form"}
    assert "mijn geheim" in world.post(FORM, typed).text
    after = world.get(FORM).text
    assert "mijn geheim" not in after
    assert after.replace(hidden(after)["token"], "") == before.replace(hidden(before)["token"], "")


def test_each_language_has_its_own(world: World) -> None:
    """A Dutch visitor first, and the English page is English all the same, frame and choices."""
    assert "Privacyverklaring" not in world.get("/en/report/meldpunt").text
    dutch, english = world.get(FORM).text, world.get("/en/report/meldpunt").text
    for words in ("Check your report", "October to December 2026", "Leave this page"):
        assert words in english
        assert words not in dutch
    assert "oktober" in dutch


def test_new_card_is_in_the_next_form(world: World) -> None:
    """Who comes after a handler joined can exclude them."""
    assert "newcomer" not in world.get(FORM).text
    channel = world.offices[0]
    channel.handlers.append(Handler("newcomer"))
    world.server.shelf.add(channel.card_bytes(version=2), TODAY)
    assert "newcomer" in world.get(FORM).text


def test_new_quarter_is_in_the_next_form(world: World) -> None:
    """A form of a later day offers that day's quarters."""
    assert "2027-Q1" not in world.get(FORM).text
    world.today = TODAY + timedelta(days=60)
    assert 'value="2027-Q1"' in world.get(FORM).text


def test_visitor_cannot_move_the_site_for_the_next_one(world: World) -> None:
    """A folder or host that one request names is in no address of the pages that follow."""
    for name in ("SCRIPT_NAME", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_HOST"):
        world.client.get(FORM, environ_overrides={name: "/elsewhere"})
    world.client.get(FORM, base_url="http://elsewhere")
    assert "elsewhere" not in world.get(FORM).text
    assert "elsewhere" not in world.post(FORM, world.filled() | {"step": "review"}).text


def test_no_more_is_kept_than_a_day_needs() -> None:
    """What is kept begins anew before it grows, and the newest is always there."""
    kept: Kept[int] = Kept()
    for number in range(3 * MOST_KEPT):
        assert kept.of(number, lambda number=number: number) == number  # type: ignore[misc]
        assert kept.of(number, lambda: -1) == number
        assert len(vars(kept)["_values"]) <= MOST_KEPT
