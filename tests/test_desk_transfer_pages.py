"""Asking whether another channel may read, at the desk's pages: seen first, then sealed."""

from __future__ import annotations

import html
import io
import re

import pytest

from dropbox.desk import drafts, phrases, replies
from dropbox.desk.pages import preview
from dropbox.desk.pages.workplace import Workplace
from dropbox.language import translator
from dropbox.protocol import reporter
from dropbox.protocol.keys import ReporterKeys
from tests.desk_process import Visitor, client
from tests.desk_world import CHEAP, PASSPHRASE, TODAY, World, envelopes
from tests.organisation import Handler, Office
from tests.test_desk_case_pages import at, print_of

OTHER = Office([Handler("inspector")], slug="ander")
THIRD = Office([Handler("adviser")], slug="derde")


@pytest.fixture
def desk(world: World) -> Workplace:
    """Return anna's workplace."""
    return Workplace(world.path("anna"), today=lambda: world.today, cost=CHEAP)


@pytest.fixture
def visitor(desk: Workplace, world: World, keys: ReporterKeys) -> Visitor:
    """Enter anna's desk, in which there is one case."""
    world.take_in("anna", world.report(keys))
    return client(desk, unlock=PASSPHRASE)


def learn(
    visitor: Visitor,
    keys: ReporterKeys,
    office: Office,
    fingerprint: str | None = None,
    **more: str,
) -> int:
    """Take in a channel's card; return the answer's status."""
    typed = office.card().fingerprint if fingerprint is None else fingerprint
    card = (io.BytesIO(office.card().raw), "x.card")
    answer = visitor.post(at(keys, "/transfer"), step="card", card=card, fingerprint=typed, **more)
    return answer.status_code


def answer(world: World, keys: ReporterKeys, kind: str) -> None:
    """Bring what the reporter answers to the last question."""
    (about,) = [each.reply_id for each in world.case("anna", keys).transfers][-1:]
    world.take_in("anna", world.message(keys, kind=kind, text="", about=about))


def test_question_from_card_to_bundle(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """The card is compared, the question is shown as the mailbox shows it, and sealed so."""
    assert at(keys, "/transfer") in visitor.get(at(keys)).text
    page = visitor.get(at(keys, "/transfer")).text
    assert "knows no other channel yet" in page
    assert html.escape(phrases.own("transfer", "nl").splitlines()[0]) in page
    assert learn(visitor, keys, OTHER, text="Mag een ander?") == 303
    page = visitor.get(at(keys, "/transfer")).text
    assert "Mag een ander?</textarea>" in page  # taking in a card loses no text
    code = OTHER.channel_pk.hex()
    assert f'value="{code}"' in page
    sent = visitor.post(at(keys, "/transfer"), text="Mag het?", channel=code, step="preview")
    assert sent.location == at(keys, "/preview")
    shown = visitor.get(at(keys, "/preview")).text
    say = translator("nl").gettext
    for words in (preview.ASKED, preview.DECIDES):
        assert html.escape(say(words)) in shown
    assert OTHER.card().texts["nl"].name in shown
    assert OTHER.card().texts["nl"].reads in shown
    assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 303
    (sealed,) = envelopes(world.export("anna")[2])
    reply = reporter.open_reply(keys, sealed, world.ids).reply
    assert (reply.text, reply.transfer) == ("Mag het?", OTHER.channel_pk)
    page = visitor.get(at(keys)).text
    assert "asks whether another channel may read" in page
    assert "not answered yet" in page
    assert OTHER.card().texts["en"].name in page
    assert "passed on…" not in page
    assert "asked, not answered yet" in visitor.get(at(keys, "/transfer")).text


@pytest.mark.parametrize("typed", ["nothing", "nonsense", "the fingerprint of a third"])
def test_card_needs_its_own_fingerprint(visitor: Visitor, keys: ReporterKeys, typed: str) -> None:
    """Nothing typed, or another fingerprint: the card is not taken in, and the text stays."""
    fingerprint = {"nothing": "", "nonsense": "AAAAA AAAAA"}.get(typed, THIRD.card().fingerprint)
    assert learn(visitor, keys, OTHER, fingerprint, text="Blijft staan.") == 400
    page = visitor.get(at(keys, "/transfer")).text
    assert OTHER.channel_pk.hex() not in page
    assert "Blijft staan.</textarea>" in page


def test_own_card_and_no_file_are_refused(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """The own channel is no other one, and a fingerprint alone is no card."""
    own = (io.BytesIO(world.card.raw), "own.card")
    post = {"step": "card", "fingerprint": world.card.fingerprint}
    refused = visitor.post(at(keys, "/transfer"), card=own, **post)
    assert (refused.status_code, "your own channel" in refused.text) == (400, True)
    assert visitor.post(at(keys, "/transfer"), **post).status_code == 400


def test_question_needs_channel_and_words(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """Without a choice among the known channels, or without a text, there is no preview."""
    learn(visitor, keys, OTHER)
    learn(visitor, keys, THIRD)
    code = OTHER.channel_pk.hex()
    for wrong in (
        {"text": "Mag het?"},
        {"text": "Mag het?", "channel": "00" * 32},
        {"text": "Mag het?", "channel": world.card.channel_pk.hex()},
        {"text": " ", "channel": code},
    ):
        assert visitor.post(at(keys, "/transfer"), step="preview", **wrong).status_code == 400
    visitor.post(at(keys, "/transfer"), step="save", text="Mag het?")
    assert visitor.get(at(keys, "/preview")).status_code == 400  # nothing was chosen yet
    assert envelopes(world.export("anna")[2]) == []


def test_other_channel_after_the_look_is_not_sent(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """The very channel that was looked at is asked about, or none."""
    learn(visitor, keys, OTHER)
    learn(visitor, keys, THIRD)
    form = {"text": "Mag het?", "step": "preview"}
    visitor.post(at(keys, "/transfer"), channel=OTHER.channel_pk.hex(), **form)
    seen = print_of(visitor, keys)
    visitor.post(at(keys, "/transfer"), channel=THIRD.channel_pk.hex(), **form)
    assert visitor.post(at(keys, "/send"), print_of=seen).status_code == 400
    assert world.case("anna", keys).transfers == ()


@pytest.mark.parametrize("kind", ["consent", "refusal"])
def test_answer_is_shown_and_leads_on(
    visitor: Visitor, world: World, keys: ReporterKeys, kind: str
) -> None:
    """Yes offers the closing as passed on; no is shown, and offers nothing."""
    with world.vault("anna") as vault:
        replies.propose_transfer(vault, keys.mailbox_id, "Mag het?", OTHER.channel_pk, TODAY)
    answer(world, keys, kind)
    page = visitor.get(at(keys)).text
    assert OTHER.card().fingerprint in page  # its card was never shown here
    said = "the reporter agreed" if kind == "consent" else "the reporter said no"
    assert f"<strong>{said}</strong>" in page
    acts = "agrees that another" if kind == "consent" else "does not agree that another"
    assert acts in page
    closing = at(keys, "/close?outcome=passed_on")
    assert (closing in page) == (kind == "consent")
    checked = r'value="passed_on" checked'
    assert re.search(checked, visitor.get(closing).text)
    assert not re.search(checked, visitor.get(at(keys, "/close")).text)


def test_paused_case_is_not_asked(visitor: Visitor, world: World, keys: ReporterKeys) -> None:
    """While the reporter pauses there is no link, no page and no post."""
    world.take_in("anna", world.message(keys, kind="hold", text=""))
    assert "/transfer" not in visitor.get(at(keys)).text
    assert visitor.get(at(keys, "/transfer")).status_code == 400
    assert visitor.post(at(keys, "/transfer"), text="Mag het?", step="save").status_code == 400
    with world.vault("anna") as vault:
        assert drafts.load(vault, keys.mailbox_id) is None


def test_draft_of_a_question_is_told_from_an_answer(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """The case's page leads back to the question; kept there it becomes an answer."""
    learn(visitor, keys, OTHER)
    visitor.post(at(keys, "/transfer"), text="Mag het?", channel=OTHER.channel_pk.hex())
    assert "Go on with the question" in visitor.get(at(keys)).text
    visitor.post(at(keys), text="Toch een antwoord.", step="preview")
    assert 'id="question"' not in visitor.get(at(keys, "/preview")).text
    visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys))
    assert world.case("anna", keys).transfers == ()
    visitor.post(at(keys, "/transfer"), text="Weg ermee.", step="save")
    visitor.post(at(keys, "/transfer"), step="discard")
    assert "Weg ermee." not in visitor.get(at(keys, "/transfer")).text


def test_asking_for_a_name_needs_a_tick_here_too(
    visitor: Visitor, world: World, keys: ReporterKeys
) -> None:
    """A question about a channel may not ask who somebody is in passing."""
    learn(visitor, keys, OTHER)
    form = {"text": "Mag het? En wat is je naam?", "channel": OTHER.channel_pk.hex()}
    visitor.post(at(keys, "/transfer"), step="preview", **form)
    assert visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys)).status_code == 400
    sent = visitor.post(at(keys, "/send"), print_of=print_of(visitor, keys), meant="1")
    assert sent.status_code == 303
    assert len(world.case("anna", keys).transfers) == 1
