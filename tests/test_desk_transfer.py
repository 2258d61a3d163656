"""A handler asks whether another channel may read, and the desk shows what was answered."""

import pytest

from dropbox.desk import other_channels, replies
from dropbox.desk.errors import CaseOnHold, EmptyText, FingerprintDiffers
from dropbox.desk.other_channels import ChannelNotKnown, OwnChannel
from dropbox.errors import BadSignature, CardRolledBack, ForeignCard
from dropbox.protocol import reporter
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import TODAY, World, envelopes
from tests.organisation import Handler, Office

OTHER = Office([Handler("inspector")], slug="ander")


@pytest.fixture
def asked(world: World, keys: ReporterKeys) -> bytes:
    """Import a report and ask; return the reply's envelope id."""
    world.take_in("anna", world.report(keys))
    with world.vault("anna") as vault:
        sealed = replies.propose_transfer(
            vault, keys.mailbox_id, "Mag een ander?", OTHER.channel_pk, TODAY
        )
    return sealed.envelope_ids[0]


def answer(world: World, keys: ReporterKeys, about: bytes, kind: str, number: int = 2) -> bytes:
    """Seal what the reporter answers."""
    return world.message(keys, kind=kind, text="", about=about, number=number, turn=number + 1)


def test_question_reaches_the_reporter(world: World, keys: ReporterKeys, asked: bytes) -> None:
    """The reply names the channel, leaves the state as a first answer does, and is readable."""
    (transfer,) = world.case("anna", keys).transfers
    assert (transfer.reply_id, transfer.channel_pk) == (asked, OTHER.channel_pk)
    assert (transfer.answer, transfer.answered, transfer.asked) == ("", None, TODAY)
    (sealed,) = envelopes(world.export("anna")[2])
    opened = reporter.open_reply(keys, sealed, world.ids)
    assert (opened.reply.transfer, opened.reply.state) == (OTHER.channel_pk, "read")


@pytest.mark.parametrize("kind", ["consent", "refusal"])
def test_answer_is_shown_with_its_day(
    world: World, keys: ReporterKeys, asked: bytes, kind: str
) -> None:
    """What the reporter says to this very question counts; the state does not move by itself."""
    world.take_in("anna", answer(world, keys, asked, kind))
    case = world.case("anna", keys)
    (transfer,) = case.transfers
    assert (transfer.answer, transfer.answered) == (kind, TODAY)
    assert case.standing().state == "read"
    assert not case.standing().on_hold


def test_answer_to_something_else_counts_for_nothing(
    world: World, keys: ReporterKeys, asked: bytes
) -> None:
    """A consent that names another envelope leaves the question open."""
    world.take_in("anna", answer(world, keys, bytes(32), "consent"))
    (transfer,) = world.case("anna", keys).transfers
    assert transfer.reply_id == asked
    assert transfer.answer == ""


@pytest.mark.parametrize("order", [("consent", "refusal"), ("refusal", "consent")])
def test_who_agreed_once_has_agreed(
    world: World, keys: ReporterKeys, asked: bytes, order: tuple[str, str]
) -> None:
    """A mailbox was made then: a no before or after it does not undo that."""
    letters = [answer(world, keys, asked, kind, at) for at, kind in enumerate(order, 2)]
    world.take_in("anna", *letters)
    (transfer,) = world.case("anna", keys).transfers
    assert transfer.answer == "consent"


def test_colleague_sees_question_and_answer(world: World, keys: ReporterKeys, asked: bytes) -> None:
    """The other desk has the same thread, and so the same answer."""
    frames = world.export("anna")[2]
    letters = [world.report(keys), *envelopes(frames), answer(world, keys, asked, "consent")]
    world.take_in("bram", *letters[:1])
    assert world.case("bram", keys).transfers == ()
    del letters[0]
    summary = world.take_in("bram", *letters)
    assert (summary.replies, summary.messages) == (1, 1)
    assert world.case("bram", keys).transfers[0].answer == "consent"


def test_closing_as_passed_on_follows(world: World, keys: ReporterKeys, asked: bytes) -> None:
    """After a consent the case is closed with the outcome that says so."""
    world.take_in("anna", answer(world, keys, asked, "consent"))
    world.write(
        "anna",
        replies.close,
        keys,
        "Doorgegeven.",
        "passed_on",
        aftercare=False,
        reason="Met toestemming.",
    )
    standing = world.case("anna", keys).standing()
    assert (standing.state, standing.outcome) == ("closed", "passed_on")


def test_paused_case_is_not_asked(world: World, keys: ReporterKeys) -> None:
    """A question is a step, and nobody takes one while the reporter pauses."""
    world.take_in("anna", world.report(keys), world.message(keys, kind="hold", text=""))
    with world.vault("anna") as vault, pytest.raises(CaseOnHold):
        replies.propose_transfer(vault, keys.mailbox_id, "?", OTHER.channel_pk, TODAY)


def test_own_channel_and_empty_question_are_refused(world: World, keys: ReporterKeys) -> None:
    """There is nothing to ask about the own channel, and nothing without words."""
    world.take_in("anna", world.report(keys))
    with world.vault("anna") as vault:
        with pytest.raises(OwnChannel):
            replies.propose_transfer(vault, keys.mailbox_id, "?", world.card.channel_pk, TODAY)
        with pytest.raises(EmptyText):
            replies.propose_transfer(vault, keys.mailbox_id, " ", OTHER.channel_pk, TODAY)


def test_other_channels_card_is_kept_by_its_name(world: World) -> None:
    """Once shown, a channel is known by its short name; its fingerprint is compared."""
    with world.vault("anna") as vault:
        with pytest.raises(ChannelNotKnown):
            other_channels.named(vault, "ander", TODAY)
        with vault.transaction():
            other_channels.learn(vault, OTHER.card_bytes(), TODAY, OTHER.card().fingerprint.lower())
        assert other_channels.named(vault, " Ander ", TODAY).channel_pk == OTHER.channel_pk
        assert other_channels.name_of(vault, OTHER.channel_pk, "nl", TODAY) == "Meldpunt Voorbeeld"
        assert other_channels.name_of(vault, bytes(32), "nl", TODAY) == ""


def test_card_that_may_not_be_believed_is_refused(world: World) -> None:
    """An older, forged or foreign card, another fingerprint, or the own channel's card."""
    newer, older = OTHER.card_bytes(version=2), OTHER.card_bytes(version=1)
    with world.vault("anna") as vault, vault.transaction():
        other_channels.learn(vault, newer, TODAY)
        with pytest.raises(CardRolledBack):
            other_channels.learn(vault, older, TODAY)
        with pytest.raises(FingerprintDiffers):
            other_channels.learn(vault, newer, TODAY, "AAAAA")
        with pytest.raises(OwnChannel):
            other_channels.learn(vault, world.card.raw, TODAY)
        with pytest.raises(BadSignature):
            other_channels.learn(vault, newer[:-1] + bytes((newer[-1] ^ 1,)), TODAY)
        foreign = newer.replace(bytes(range(16)).hex().encode(), b"ff" * 16)
        with pytest.raises((ForeignCard, BadSignature)):
            other_channels.learn(vault, foreign, TODAY)
