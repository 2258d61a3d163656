"""A hostile server swaps the channel card of the real page: refused, each time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dropbox.errors import ProtocolError
from dropbox.protocol.channel_card import read_card
from tests import hostile_server, organisation
from tests.hostile_server import Asked, HostileServer
from tests.organisation import SITE_ID
from tests.sealed_pages import BY_SERVER, FINGERPRINT, LET_SERVER, SEAL, STORY, Reporter
from tests.sealing_world import SealingWorld, bad_cards

pytestmark = pytest.mark.parametrize("visits", ["chromium"], indirect=True, scope="module")

SLUG = "meldpunt"
TEXT = "Een merkteken-verhaal dat blijft staan."
SWITCH = "button[formaction][lang]"
CARDS = (
    *("bad signature", "other words", "cut short", "expired", "lives too long"),
    *("another site's", "a handler whom the channel did not certify"),
    "an intake key that is not the handler's",
)


def refusal(raw: bytes, sealing: SealingWorld, version: int = 0) -> str:
    """Return the name of what the reference says of a card."""
    with pytest.raises(ProtocolError) as caught:
        read_card(raw, SITE_ID, sealing.today, version)
    return type(caught.value).__name__


def in_english(asked: Asked) -> bool:
    """Tell whether a request is for an English page."""
    return asked.path.startswith("/en/")


@pytest.mark.parametrize("name", CARDS)
def test_bad_card_is_refused_from_the_start(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, name: str
) -> None:
    """The page names what the reference names, offers no field to write in, and sends nothing."""
    raw = bad_cards(sealing)[name]
    hostile.rule = hostile_server.with_card(raw)
    person.open_form(SLUG)
    assert person.wait_for_problem() == refusal(raw, sealing)
    assert person.visitor.shown(STORY) == 0
    assert person.visitor.shown(SEAL) == 0
    assert hostile.posts() == []


@pytest.mark.parametrize("name", CARDS)
def test_bad_card_later_is_refused_and_the_text_stays(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, name: str
) -> None:
    """In a page that began well, too. The server's mode is offered, and taken only when asked."""
    raw = bad_cards(sealing)[name]
    hostile.rule = hostile_server.with_card(raw, in_english)
    person.open_form(SLUG)
    person.visitor.fill(STORY, TEXT)
    person.visitor.click(SWITCH)
    assert person.wait_for_problem() == refusal(raw, sealing)
    assert person.visitor.value(STORY) == TEXT
    assert hostile.posts() == []
    person.visitor.click(LET_SERVER)
    person.visitor.wait(BY_SERVER)
    assert person.visitor.value(STORY) == TEXT
    assert hostile.posts() == []


def test_card_is_not_rolled_back_within_a_page(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld
) -> None:
    """A lower version than one this page has seen is refused."""
    older = sealing.card(sealing.office, 1)
    hostile.rule = hostile_server.with_card(older, in_english)
    person.open_form(SLUG)
    person.visitor.fill(STORY, TEXT)
    person.visitor.click(SWITCH)
    assert person.wait_for_problem() == refusal(older, sealing, 2) == "CardRolledBack"
    assert person.visitor.value(STORY) == TEXT


def test_another_channel_under_the_same_name_is_not_taken_later(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld
) -> None:
    """In a page that has seen the channel, a card of another key is refused, however good it is."""
    rogue = organisation.office()
    hostile.rule = hostile_server.with_card(sealing.card(rogue), in_english)
    person.open_form(SLUG)
    person.visitor.fill(STORY, TEXT)
    person.visitor.click(SWITCH)
    assert person.wait_for_problem() == "ForeignCard"
    assert person.visitor.value(STORY) == TEXT


def test_another_channel_from_the_start_shows_another_number(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld
) -> None:
    """No program can tell then: the review shows the number of the key that is really used."""
    rogue = sealing.card(organisation.office())
    hostile.rule = hostile_server.with_card(rogue)
    person.open_form(SLUG)
    person.check(TEXT)
    shown = person.visitor.text(FINGERPRINT)
    assert letters_of(shown) == letters_of(read_card(rogue, SITE_ID, sealing.today).fingerprint)
    own = read_card(sealing.card(sealing.office), SITE_ID, sealing.today).fingerprint
    assert letters_of(shown) != letters_of(own)


def letters_of(fingerprint: str) -> str:
    """Return a fingerprint without what divides it."""
    return "".join(each for each in fingerprint.upper() if each.isalnum())


@pytest.mark.parametrize("days", [-30, -3, 3, 30])
def test_wrong_clock_locks_nothing(
    person: Reporter, hostile: HostileServer, sealing: SealingWorld, days: int
) -> None:
    """Where the server's day and the device's lie days apart, nothing is sealed, nor is it sent."""
    hostile.rule = hostile_server.with_day((sealing.today + timedelta(days=days)).isoformat())
    person.open_form(SLUG)
    assert person.wait_for_problem() == "ClockWrong"
    assert person.visitor.shown(SEAL) == 0
    assert hostile.posts() == []
