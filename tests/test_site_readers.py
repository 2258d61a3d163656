"""Who a report is sealed to: only those whom the reporter saw, also when the channel changes."""

from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.errors import CardExpired, ForeignHandler, UnknownChannel
from dropbox.mailbox import Mailboxes
from tests.organisation import TODAY, Handler, Office, office
from tests.site_client import STORY, World, code, hidden, textarea

FORM = "/en/report/meldpunt"
CHANGED = "Who reads your report has changed. Look again at who reads it."


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with one channel of two handlers."""
    return World(tmp_path, (office("adviser", "coordinator"),))


def new_card(world: World, *handlers: Handler) -> None:
    """Put a later card of the channel on the shelf, with other handlers."""
    channel = world.offices[0]
    channel.handlers[:] = handlers
    version = world.server.mailboxes.channel("meldpunt", TODAY).version + 1
    world.server.shelf.add(channel.card_bytes(version=version), TODAY)


def test_newcomer_on_the_card_gets_nothing_before_the_reporter_saw_them(world: World) -> None:
    """A card that changes after the review brings the review again; only then it is sent."""
    one, other = world.offices[0].handlers
    typed = world.reviewed()
    newcomer = Handler("the person it is about")
    new_card(world, one, other, newcomer)
    answer = world.post(FORM, typed | {"step": "send"})
    assert answer.status_code == 409
    assert CHANGED in answer.text
    assert "the person it is about" in answer.text
    assert [world.envelopes(handler) for handler in (one, other, newcomer)] == [[], [], []]
    assert hidden(answer.text)["text"] == STORY
    assert code(world.post(FORM, hidden(answer.text) | {"step": "send"}))
    assert len(world.envelopes(newcomer)) == 1


def test_newcomer_is_named_on_the_review(world: World) -> None:
    """A card that changes while the form is open is told with the review."""
    typed = world.filled()
    new_card(world, *world.offices[0].handlers, Handler("late"))
    answer = world.post(FORM, typed | {"step": "review"})
    assert (answer.status_code, CHANGED in answer.text, "late" in answer.text) == (409, True, True)
    assert code(world.post(FORM, hidden(answer.text) | {"step": "send"}))


def test_newcomer_can_be_excluded_after_all(world: World) -> None:
    """From the review that comes again, the form offers the newcomer to exclude."""
    newcomer = Handler("late")
    typed = world.reviewed()
    new_card(world, *world.offices[0].handlers, newcomer)
    again = hidden(world.post(FORM, typed | {"step": "send"}).text)
    form = world.post(FORM, again | {"step": "form"})
    kept = hidden(form.text) | {"text": STORY, "excluded": newcomer.handler_id.hex()}
    review = world.post(FORM, kept | {"step": "review"})
    assert (review.status_code, CHANGED in review.text) == (200, False)
    assert code(world.post(FORM, hidden(review.text) | {"step": "send"}))
    assert world.envelopes(newcomer) == []


def test_reader_who_left_is_told_too(world: World) -> None:
    """Fewer readers than were shown is a change as well."""
    one, _other = world.offices[0].handlers
    typed = world.reviewed()
    new_card(world, one)
    answer = world.post(FORM, typed | {"step": "send"})
    assert (answer.status_code, CHANGED in answer.text) == (409, True)
    assert world.envelopes(one) == []


def test_report_is_not_sent_from_a_page_that_named_nobody(world: World) -> None:
    """Without the review there is no sending, whatever a form says."""
    typed = world.filled()
    for readers in ("", "nonsense", "..", typed["readers"][:16]):
        answer = world.post(FORM, typed | {"readers": readers, "step": "send"})
        assert answer.status_code == 409
    assert world.envelopes(world.offices[0].handlers[0]) == []


def test_choices_on_the_way_are_no_change(world: World) -> None:
    """Excluding, changing and going back and forth bring no false alarm."""
    other = world.offices[0].handlers[1].handler_id.hex()
    review = world.post(FORM, world.filled(excluded=other) | {"step": "review"})
    assert CHANGED not in review.text
    dutch = world.post("/nl/report/meldpunt", hidden(review.text) | {"step": "review"})
    form = world.post(FORM, hidden(dutch.text) | {"step": "form"})
    assert (dutch.status_code, CHANGED in form.text) == (200, False)
    kept = hidden(form.text) | {"text": STORY}
    review = world.post(FORM, kept | {"step": "review"})
    assert (review.status_code, CHANGED in review.text) == (200, False)
    code(world.post(FORM, hidden(review.text) | {"step": "send"}))


@pytest.mark.parametrize("step", ["form", "review", "send"])
def test_excluding_somebody_who_left_is_no_dead_end(world: World, step: str) -> None:
    """The one who left is dropped, the other choice is kept, and the page says why."""
    third = Handler("third")
    one, other = world.offices[0].handlers
    new_card(world, one, other, third)
    both = [one.handler_id.hex(), other.handler_id.hex()]
    typed = world.reviewed(excluded=both)
    new_card(world, one, third)
    answer = world.post(FORM, typed | {"step": step})
    assert answer.status_code == (200 if step == "form" else 409)
    assert CHANGED in answer.text
    assert "Choose one of the answers" not in answer.text
    assert world.envelopes(third) == []
    kept = hidden(answer.text)
    if step == "form":
        assert f'value="{both[0]}" id="excluded-0" checked' in " ".join(answer.text.split())
    else:
        assert kept["excluded"] == both[0]
        assert code(world.post(FORM, kept | {"step": "send"}))
        assert world.report(third).recipients == (third.handler_id,)


def test_card_that_changes_while_sealing_brings_the_review_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that left the card in the very moment of sending is no lost story."""
    typed = world.reviewed()

    def refuse(*_arguments: object) -> None:
        raise ForeignHandler

    monkeypatch.setattr(Mailboxes, "file_report", refuse)
    answer = world.post(FORM, typed | {"step": "send"})
    assert (answer.status_code, hidden(answer.text)["text"]) == (409, STORY)


@pytest.mark.parametrize("error", [UnknownChannel, CardExpired])
def test_channel_that_closes_while_sealing_keeps_everything(
    world: World, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """A channel that ends in the very moment of sending is the page of a closed channel."""
    typed = world.reviewed()

    def refuse(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(Mailboxes, "file_report", refuse)
    answer = world.post(FORM, typed | {"step": "send"})
    assert answer.status_code in (404, 503)
    assert "This channel is closed now" in answer.text
    assert hidden(answer.text)["text"] == STORY


@pytest.mark.parametrize("step", ["form", "review", "send"])
def test_closed_channel_takes_everything_to_another(tmp_path: Path, step: str) -> None:
    """A channel that is gone offers the others, and no answer is lost on the way."""
    other = Office(office("c", "d").handlers, slug="elders")
    world = World(tmp_path, (other,))
    typed = {"text": STORY, "mode": "confidential", "name": "Noor", "conduct": ["racism"]}
    typed |= {"unit": "north", "excluded": "00" * 8}
    answer = world.post(FORM, typed | {"step": step})
    assert answer.status_code == 404
    assert 'formaction="/en/report/elders"' in answer.text
    form = world.post("/en/report/elders", hidden(answer.text) | {"step": "form"})
    assert textarea(form) == STORY
    assert CHANGED in form.text
    kept = hidden(form.text) | {"text": STORY} | {k: typed[k] for k in ("mode", "name", "unit")}
    review = world.post("/en/report/elders", kept | {"step": "review"})
    assert code(world.post("/en/report/elders", hidden(review.text) | {"step": "send"}))
    report = world.report(other.handlers[0])
    assert (report.name, report.unit, report.text) == ("Noor", "north", STORY)


def test_closed_channel_without_others_shows_the_text(world: World) -> None:
    """With no other channel the page gives the text to copy, and another try."""
    typed = world.filled()
    world.today = TODAY + timedelta(days=91)
    answer = world.post(FORM, typed | {"step": "review"})
    assert answer.status_code == 503
    assert STORY in answer.text
    assert "There is no channel at this moment" in answer.text
