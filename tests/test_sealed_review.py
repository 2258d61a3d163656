"""What somebody can do at the sealed road who knows keys, ids or bytes that are not theirs."""

import io
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dropbox.protocol import box, handed_in, withdrawal
from dropbox.protocol.handed_in import Answer
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.site.limits import UPLOAD_TYPE
from tests.blind_server import new_report
from tests.organisation import TODAY, Office, office
from tests.sealed_world import code, count, hand_in, message_of, written
from tests.site_client import ORIGIN, World

_OFFICE = office()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with two channels."""
    return World(tmp_path, (_OFFICE, Office(office().handlers, slug="hotline")))


def _other_bytes(new: NewMailbox) -> NewMailbox:
    return replace(new, envelope=new.envelope[:-1] + bytes((new.envelope[-1] ^ 1,)))


def _other_lookup(new: NewMailbox) -> NewMailbox:
    return replace(new, lookup=secrets.token_bytes(32))


def _other_keys(new: NewMailbox) -> NewMailbox:
    return replace(new_report(_OFFICE).new, lookup=new.lookup)


@pytest.mark.parametrize("change", [_other_bytes, _other_lookup, _other_keys])
def test_letter_that_was_forestalled_is_not_called_safe(
    world: World, change: Callable[[NewMailbox], NewMailbox]
) -> None:
    """Who found the file hands in another with its keys; the writer is not told to delete it."""
    filed = new_report(world.offices[0])
    forged = handed_in.write_report(change(filed.new))
    assert code(hand_in(world, "report", forged)) is Answer.DONE
    before = count(world)
    assert code(hand_in(world, "report", written(filed))) is Answer.MALFORMED
    file = {"file": (io.BytesIO(written(filed)), "letter.meldkluis")}
    page = world.client.post("/en/drop", data=file, content_type=UPLOAD_TYPE, headers=ORIGIN)
    assert page.status_code == 409
    assert "somebody else had this file" in page.text
    assert "nothing is lost" not in page.text
    assert count(world) == before
    assert code(hand_in(world, "report", forged)) is Answer.DONE_BEFORE


@pytest.mark.parametrize("known", [32, 96], ids=["id", "id and keys"])
def test_who_knows_an_id_does_not_learn_whether_the_mailbox_is_there(
    world: World, known: int
) -> None:
    """A courier reads ids, a handler public keys, too: no forged withdrawal tells them more."""
    filed = new_report(world.offices[0])
    order = withdrawal.make(filed.keys)
    forged = order[:known] + bytes(len(order) - known)

    def said() -> tuple[int, Answer]:
        answer = hand_in(world, "withdrawal", forged)
        return answer.status_code, code(answer)

    never = said()
    hand_in(world, "report", written(filed))
    there = said()
    assert code(hand_in(world, "withdrawal", order)) is Answer.DONE
    assert {never, there, said()} == {(400, Answer.MALFORMED)}
    assert code(hand_in(world, "withdrawal", order)) is Answer.DONE_BEFORE


def test_memo_that_its_reporter_cannot_open_replaces_none(world: World) -> None:
    """A token alone must not shut a reporter out with a note that is for somebody else."""
    filed = new_report(world.offices[0])
    hand_in(world, "report", written(filed))
    said = message_of(world, filed)
    own = box.key_id(filed.new.x_pk)
    stranger = said.memo.replace(own, bytes(len(own)))
    answer = hand_in(world, "message", replace(said, memo=stranger).raw())
    assert code(answer) is Answer.MALFORMED
    assert code(hand_in(world, "message", said.raw())) is Answer.DONE


def test_what_is_here_stays_done_when_a_reader_leaves(world: World) -> None:
    """Between a lost answer and the next try the card changed: nothing is sealed a second time."""
    first, second = world.offices
    filed, other = new_report(first), new_report(second)
    said = message_of(world, filed)
    hand_in(world, "report", written(filed))
    agreed = handed_in.Consent(other.new, said).raw()
    assert code(hand_in(world, "consent", agreed)) is Answer.DONE
    for each in world.offices:
        left = replace(each, handlers=office("successor").handlers)
        world.server.shelf.add(left.card_bytes(version=2), TODAY)
    for where, data in (
        ("report", written(filed)),
        ("message", said.raw()),
        ("consent", agreed),
    ):
        assert code(hand_in(world, where, data)) is Answer.DONE_BEFORE
    assert code(hand_in(world, "report", written(new_report(first)))) is Answer.READERS_CHANGED
