"""Answers go to the reporter and the report's own readers, and say only what may be said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dropbox.desk import channel, keyring, replies
from dropbox.desk.errors import (
    CaseAlreadyClosed,
    CaseOnHold,
    CaseWithdrawn,
    EmptyText,
    NotOnCard,
    NotText,
    OutcomeMissing,
    PersonStateOnAnonymousReport,
    StateNotOfChannel,
    UnknownCase,
)
from dropbox.desk.moves import NoWayBack, ReasonMissing, ReopenedByReporterOnly
from dropbox.errors import CardExpired, DropboxError, TextTooLong
from dropbox.protocol import reporter, withdrawal
from dropbox.protocol.box import key_id
from dropbox.protocol.channel_card import sign_card
from dropbox.protocol.envelope import parse_header
from dropbox.protocol.handler import seal_reply
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.payload import Reply
from tests.desk_world import TODAY, World, envelopes


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Make a channel with three handlers."""
    return World(tmp_path, ("anna", "bram", "carla"))


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna and bram have."""
    found = world.reporter()
    file_report(world, found)
    return found


def file_report(world: World, keys: ReporterKeys, **changes: object) -> None:
    """Bring a report to anna and bram."""
    report = world.report(keys, "anna", "bram", **changes)
    for name in ("anna", "bram"):
        world.take_in(name, report)


def sealed(world: World, name: str = "anna") -> list[bytes]:
    """Return the replies that a handler has ready."""
    return envelopes(world.export(name)[2])


def refused(world: World, error: type[DropboxError], *args: object, **options: object) -> None:
    """Fail unless an answer by anna is refused with ``error`` and leaves nothing."""
    act, keys, *rest = args
    before = len(sealed(world))
    with pytest.raises(error):
        world.write("anna", act, keys, *rest, **options)  # type: ignore[arg-type]
    assert len(sealed(world)) == before


def test_reporter_opens_the_reply(world: World, keys: ReporterKeys) -> None:
    """A reply carries its text, a state, the writer's role and what they have read."""
    world.write("anna", replies.reply, keys, "Dank je wel.\r\nTot later.")
    (data,) = sealed(world)
    opened = reporter.open_reply(keys, data, world.ids)
    assert opened.reply.text == "Dank je wel.\nTot later."
    assert (opened.reply.state, opened.reply.number, opened.reply.turn) == ("read", 1, 2)
    assert opened.handler.role["nl"] == "rol anna"
    assert opened.reply.seen == (world.case("anna", keys).entries[0].envelope_id,)


def test_reply_never_sealed_to_excluded_or_later_handler(world: World) -> None:
    """Neither who was excluded nor who joined after the report gets a slot in a reply."""
    keys = world.reporter()
    file_report(world, keys, excluded=(world.handler_id("carla"),))
    world.add_handler("dirk")
    world.pin("anna")
    world.write("anna", replies.reply, keys, "Dank je wel.")
    (data,) = sealed(world)
    readers = {slot.key_id for slot in parse_header(data).slots}
    anna, bram = world.recipients("anna", "bram")
    assert readers == {key_id(keys.x_pk), key_id(anna.x_pk), key_id(bram.x_pk)}
    assert reporter.open_reply(keys, data, world.ids).reply.recipients == tuple(
        sorted((anna.handler_id, bram.handler_id))
    )


def test_handler_excluded_in_a_later_message_gets_no_further_reply(
    world: World, keys: ReporterKeys
) -> None:
    """From the day that the reporter excludes somebody, replies pass them by."""
    bram = world.handler_id("bram")
    world.take_in("anna", world.message(keys, "anna", excluded=(bram,)))
    world.write("anna", replies.reply, keys, "Dank je wel.")
    (data,) = sealed(world)
    assert reporter.open_reply(keys, data, world.ids).reply.recipients == (
        world.handler_id("anna"),
    )


def test_handler_who_left_the_card_gets_no_reply(world: World, keys: ReporterKeys) -> None:
    """A reader who is no longer on the card is not sealed to."""
    world.card = world.sign(remove=[world.handler_id("bram").hex()])
    world.pin("anna")
    world.write("anna", replies.reply, keys, "Dank je wel.")
    (data,) = sealed(world)
    assert len(parse_header(data).slots) == 2


def test_colleague_without_a_key_is_named_and_the_reply_goes(
    world: World, keys: ReporterKeys
) -> None:
    """When the card has no key for a colleague today, the reporter is answered all the same."""
    with world.vault("owner") as vault:
        owner = channel.load(vault)
    handlers = [
        (each.certificate.raw, each.intake_keys if each.role["nl"] == "rol anna" else ())
        for each in world.card.handlers
    ]
    draft = replace(world.card.draft, version=9)
    world.pin("anna", sign_card(owner.seed, owner.site_id, draft, handlers))
    with world.vault("anna") as vault:
        written = replies.reply(vault, keys.mailbox_id, "Dank je wel.", world.today)
    assert written.left_out == (world.handler_id("bram"),)
    assert len(sealed(world)) == 1


def test_turns_and_numbers_rise(world: World, keys: ReporterKeys) -> None:
    """Each reply has the next number of its writer and the next turn of the thread."""
    for text in ("een", "twee"):
        world.write("anna", replies.reply, keys, text)
    for data in sealed(world):
        world.take_in("bram", data)
    world.write("bram", replies.reply, keys, "drie")
    found = [(r.number, r.turn) for _e, r in world.case("bram", keys).replies]
    assert found == [(1, 2), (2, 3), (1, 4)]


def test_state_stays_unless_it_is_given(world: World, keys: ReporterKeys) -> None:
    """A reply without a state keeps the one that stands."""
    world.write("anna", replies.reply, keys, "een", state="weighed_as_pattern")
    world.write("anna", replies.reply, keys, "twee")
    assert world.case("anna", keys).standing().state == "weighed_as_pattern"


@pytest.mark.parametrize("state", ["in_conversation", "being_handled"])
def test_states_about_a_person_are_refused_on_an_anonymous_report(
    world: World, keys: ReporterKeys, state: str
) -> None:
    """No notice but the program keeps an anonymous report from becoming a case about a person."""
    refused(world, PersonStateOnAnonymousReport, replies.reply, keys, "x", state=state)


@pytest.mark.parametrize("outcome", ["measure_person", "mediation", "conversation"])
def test_outcomes_about_a_person_are_refused_on_an_anonymous_report(
    world: World, keys: ReporterKeys, outcome: str
) -> None:
    """An anonymous report cannot end in something that was done to one person."""
    refused(world, PersonStateOnAnonymousReport, replies.close, keys, "x", outcome)


def test_confidential_report_may_have_states_about_a_person(world: World) -> None:
    """Who is known to the handler can be heard, so the case can be handled."""
    keys = world.reporter()
    file_report(world, keys, mode="confidential", name="Naam", contact="na zessen")
    world.write("anna", replies.reply, keys, "x", state="being_handled")
    world.write("anna", replies.close, keys, "x", "mediation")
    assert world.case("anna", keys).standing().outcome == "mediation"


def test_advisers_channel_refuses_an_offices_states(tmp_path: Path) -> None:
    """A confidential adviser does not handle cases, also for a confidential report."""
    world = World(tmp_path, ("anna", "bram"), kind="adviser")
    keys = world.reporter()
    file_report(world, keys, mode="confidential")
    refused(world, StateNotOfChannel, replies.reply, keys, "x", state="being_handled")
    world.write("anna", replies.reply, keys, "x", state="in_conversation")


def test_closing_needs_an_outcome_and_its_own_command(world: World, keys: ReporterKeys) -> None:
    """A case is closed with an outcome, never by a reply's state alone."""
    refused(world, OutcomeMissing, replies.reply, keys, "x", state="closed")
    for outcome in ("", "unheard_of"):
        refused(world, OutcomeMissing, replies.close, keys, "x", outcome)


def test_closing_seals_aftercare_for_one_and_three_months(world: World, keys: ReporterKeys) -> None:
    """Two questions go along at once, each with the day from which the reporter sees it."""
    world.write("anna", replies.close, keys, "We sluiten af.", "pattern_noted")
    opened = sorted(
        (reporter.open_reply(keys, data, world.ids).reply for data in sealed(world)),
        key=lambda reply: reply.number,
    )
    assert [reply.not_before for reply in opened] == [None, date(2026, 12, 21), date(2027, 2, 21)]
    assert [reply.number for reply in opened] == [1, 2, 3]
    assert {reply.state for reply in opened} == {"closed"}
    assert all(reply.text.strip() for reply in opened)


def test_closing_without_aftercare_seals_one_reply(world: World, keys: ReporterKeys) -> None:
    """When the reporter asked to be left alone, only the closing goes."""
    world.write("anna", replies.close, keys, "x", "advice_given", aftercare=False)
    assert len(sealed(world)) == 1


def test_state_that_a_colleague_should_not_have_set_is_not_repeated(
    world: World, keys: ReporterKeys
) -> None:
    """A colleague's program may be wrong: this one does not say it after them."""
    with world.vault("bram") as vault:
        channel_, desk = keyring.channel(vault), keyring.load(vault)
    wrong = Reply(TODAY, 2, 1, "x", "being_handled", ())
    certificate = world.card.handler(desk.handler_id).certificate.raw
    pinned = world.case("bram", keys).pinned
    readers = world.recipients("anna")
    world.take_in("anna", seal_reply(channel_, desk.seed, certificate, pinned, readers, wrong))
    refused(world, PersonStateOnAnonymousReport, replies.reply, keys, "x")
    world.write("anna", replies.reply, keys, "x", state="read")


def test_closed_case_can_be_answered_but_not_closed_twice(world: World, keys: ReporterKeys) -> None:
    """After closing one can write; a second closing would ask everything double."""
    world.write("anna", replies.close, keys, "x", "advice_given")
    refused(world, CaseAlreadyClosed, replies.close, keys, "x", "advice_given")
    world.write("anna", replies.reply, keys, "Nog iets.")
    standing = world.case("anna", keys).standing()
    assert (standing.state, standing.outcome) == ("closed", "advice_given")


def test_closed_case_is_reopened_when_the_reporter_wrote_again(
    world: World, keys: ReporterKeys
) -> None:
    """A closing stands until the reporter says something that the closer did not know of."""
    world.write("anna", replies.close, keys, "x", "advice_given")
    refused(world, ReopenedByReporterOnly, replies.reply, keys, "Weer open.", state="read")
    world.take_in("anna", world.message(keys, "anna", "bram", turn=3))
    refused(world, ReasonMissing, replies.reply, keys, "x", state="read", reason=" ")
    world.write("anna", replies.reply, keys, "Weer open.", state="read", reason="Nieuw feit.")
    case = world.case("anna", keys)
    assert case.standing().state == "read"
    (why,) = case.reasons(case.replies[-1][0].envelope_id)
    assert why.content.text == "Nieuw feit."


@pytest.mark.parametrize("reason", ["", " \n"])
def test_change_of_state_needs_a_reason_and_an_answer_none(
    world: World, keys: ReporterKeys, reason: str
) -> None:
    """Who only answers explains nothing; who moves the case on says why, or nothing is sealed."""
    refused(
        world, ReasonMissing, replies.reply, keys, "x", state="weighed_as_pattern", reason=reason
    )
    refused(world, ReasonMissing, replies.close, keys, "x", "advice_given", reason=reason)
    world.write("anna", replies.reply, keys, "Dank je wel.")
    assert world.case("anna", keys).notes == ()


def test_state_never_moves_backward(world: World, keys: ReporterKeys) -> None:
    """What a case has been through stays; a step in between may be left out."""
    world.write("anna", replies.reply, keys, "x", state="weighed_as_pattern")
    for state in ("received", "read"):
        refused(world, NoWayBack, replies.reply, keys, "x", state=state)


def test_withdrawn_case_gets_no_reply(world: World, keys: ReporterKeys) -> None:
    """After a withdrawal nothing is sealed any more, and what waited to go is gone."""
    world.write("anna", replies.reply, keys, "Nog onderweg.")
    world.take_in("anna", withdrawal.make(keys))
    assert sealed(world) == []
    refused(world, CaseWithdrawn, replies.reply, keys, "x")
    refused(world, CaseWithdrawn, replies.close, keys, "x", "advice_given")


def test_paused_case_can_be_answered_but_not_moved(world: World, keys: ReporterKeys) -> None:
    """While the reporter pauses, a word is possible and a change of state is not."""
    world.take_in("anna", world.message(keys, "anna", "bram", kind="hold", text=""))
    refused(world, CaseOnHold, replies.close, keys, "x", "advice_given")
    refused(world, CaseOnHold, replies.reply, keys, "x", state="weighed_as_pattern")
    world.write("anna", replies.reply, keys, "Neem je tijd.")
    assert world.case("anna", keys).standing().on_hold


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (" \n\t", EmptyText),
        ("x" * 5001, TextTooLong),
        ("漢" * 4000, TextTooLong),
        ("\udcff", NotText),
    ],
)
def test_text_that_cannot_be_sent_is_refused(
    world: World, keys: ReporterKeys, text: str, error: type[DropboxError]
) -> None:
    """An empty, overlong or unreadable text leaves nothing half-written."""
    refused(world, error, replies.reply, keys, text)
    assert world.case("anna", keys).replies == []


def test_unknown_case_is_refused(world: World) -> None:
    """There is nobody to answer in a mailbox that this desk does not have."""
    with world.vault("carla") as vault, pytest.raises(UnknownCase):
        replies.reply(vault, bytes(32), "x", TODAY)


def test_expired_card_seals_nothing(world: World, keys: ReporterKeys) -> None:
    """With an expired card nobody knows who may still read."""
    world.today = TODAY + timedelta(days=101)
    refused(world, CardExpired, replies.reply, keys, "x")


def test_handler_who_left_the_card_cannot_answer(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a place on the card there is no certificate to write under."""
    without = world.sign(remove=[world.handler_id("anna").hex()])
    answer: Callable[..., object] = lambda *_unused: without  # noqa: E731
    monkeypatch.setattr(keyring, "card", answer)
    refused(world, NotOnCard, replies.reply, keys, "x")


def test_aftercare_speaks_the_reporters_language(world: World) -> None:
    """An English report gets English questions."""
    keys = world.reporter()
    file_report(world, keys, language="en")
    world.write("anna", replies.close, keys, "x", "advice_given")
    texts = [reporter.open_reply(keys, data, world.ids).reply.text for data in sealed(world)]
    assert any("How are you now?" in text for text in texts)
