"""Which state may follow which, for each kind of channel and report: one table, no way round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import moves
from dropbox.desk.cases import Case, Entry
from dropbox.desk.errors import (
    CaseOnHold,
    OutcomeMissing,
    PersonStateOnAnonymousReport,
    StateNotOfChannel,
)
from dropbox.desk.moves import Move, NoWayBack, ReasonMissing, ReopenedByReporterOnly
from dropbox.errors import InputError
from dropbox.protocol.channel_card import KINDS
from dropbox.protocol.payload import MAX_SEEN, MODES, OUTCOMES, STATES
from tests.test_desk_cases import case, message, name, reply, report

PATHS = {
    ("integrity", "confidential"): "received read in_conversation being_handled closed",
    ("integrity", "anonymous"): "received read weighed_as_pattern closed",
    ("hotline", "confidential"): "received read in_conversation being_handled closed",
    ("hotline", "anonymous"): "received read weighed_as_pattern closed",
    ("adviser", "confidential"): "received read in_conversation closed",
    ("adviser", "anonymous"): "received read in_conversation closed",
}


def in_state(state: str, mode: str, *more: Entry) -> Case:
    """Return a case of this mode whose last reply bears a state; none for no state."""
    replies = (reply(2, state=state, seen=(name(0),)),) if state else ()
    return case(*replies, *more, first=report(mode=mode))


def states(kind: str, found: Case) -> list[str]:
    """Return the states that a case may get."""
    return [move.state for move in moves.valid_moves(kind, found)]


def refusal(kind: str, found: Case, state: str, reason: str = "Daarom.") -> type | None:
    """Return the error with which a state is refused, or None."""
    try:
        moves.check(kind, found, state, reason)
    except InputError as error:
        return type(error)
    return None


def test_every_kind_of_channel_has_its_path() -> None:
    """No kind of channel and no mode is forgotten."""
    assert PATHS.keys() == {(kind, mode) for kind in KINDS for mode in MODES}
    for (kind, mode), expected in PATHS.items():
        assert moves.path(kind, mode) == tuple(expected.split())


@pytest.mark.parametrize(("kind", "mode"), PATHS)
def test_every_state_leads_forward_only(kind: str, mode: str) -> None:
    """From each state every later one can be reached at once, and no earlier one ever."""
    path = PATHS[kind, mode].split()
    assert states(kind, in_state("", mode)) == path
    for at, state in enumerate(path):
        found = in_state(state, mode)
        assert states(kind, found) == path[at + 1 :]
        for other in STATES:
            refused = refusal(kind, found, other)
            if other not in path:
                assert refused in {PersonStateOnAnonymousReport, StateNotOfChannel}
            elif path.index(other) < at:
                assert refused is (ReopenedByReporterOnly if state == "closed" else NoWayBack)
            else:
                assert refused is None


@given(
    st.sampled_from(sorted(KINDS)),
    st.lists(st.tuples(st.sampled_from(STATES), st.booleans()), max_size=6),
)
def test_anonymous_report_never_gets_a_state_about_a_person(
    kind: str, tried: list[tuple[str, bool]]
) -> None:
    """Whatever is posted in whatever order, also with reasons and after new messages."""
    entries: list[Entry] = []
    for turn, (state, wrote) in enumerate(tried, 2):
        found = case(*entries, first=report(mode="anonymous"))
        offered = states(kind, found)
        if refusal(kind, found, state) is None:
            entries.append(reply(2 * turn, state=state))
        else:
            assert state not in offered
        if wrote:
            entries.append(message(2 * turn + 1))
        if kind != "adviser":
            assert not moves.ONLY_CONFIDENTIAL_STATES & set(offered)
            last = case(*entries, first=report(mode="anonymous")).standing().state
            assert last not in moves.ONLY_CONFIDENTIAL_STATES


@pytest.mark.parametrize(("kind", "mode"), PATHS)
def test_each_move_that_decides_something_needs_a_reason(kind: str, mode: str) -> None:
    """To say that it was read explains itself; everything further on does not."""
    for start in ("", *PATHS[kind, mode].split()[:-1]):
        found = in_state(start, mode)
        for move in moves.valid_moves(kind, found):
            needed = move.state not in {"received", "read"}
            assert move == Move(move.state, needs_reason=needed)
            assert refusal(kind, found, move.state, " ") is (ReasonMissing if needed else None)


@pytest.mark.parametrize(("kind", "mode"), PATHS)
def test_paused_case_has_no_moves(kind: str, mode: str) -> None:
    """Only the reporter ends a pause; until then a word is possible and no state."""
    for start in ("", *PATHS[kind, mode].split()):
        found = in_state(start, mode, message(3, "hold"))
        assert moves.valid_moves(kind, found) == ()
        assert refusal(kind, found, start or "read", "") is None
        for other in PATHS[kind, mode].split():
            if other != (start or "read"):
                assert refusal(kind, found, other) is CaseOnHold


def test_closed_case_may_be_read_again_once_the_reporter_wrote() -> None:
    """What the closer did not know of reopens it, also when it crossed the closing on its way."""
    for later in (message(3), message(2, turn=1)):
        found = in_state("closed", "anonymous", later)
        assert moves.valid_moves("integrity", found) == (Move("read", reopens=True),)
        assert refusal("integrity", found, "read", "") is ReasonMissing
        assert refusal("integrity", found, "weighed_as_pattern") is ReopenedByReporterOnly
        assert refusal("integrity", found, "read") is None


def test_what_the_closer_knew_reopens_nothing() -> None:
    """A message from before the closing, a pause, or one of very many does not open it again."""
    known = reply(9, state="closed", seen=(name(0), name(2)))
    assert moves.valid_moves("integrity", case(message(2), known)) == ()
    paused = case(message(2), known, message(10, "hold"), message(11, "resume", hold=name(10)))
    assert moves.valid_moves("integrity", paused) == ()
    many = [message(number) for number in range(2, 60)]
    newest = tuple(name(number) for number in range(60 - MAX_SEEN, 60))
    closing = reply(70, state="closed", seen=newest)
    assert moves.valid_moves("integrity", case(*many, closing)) == ()
    assert states("integrity", case(*many, closing, message(60))) == ["read"]


def test_reopened_case_goes_forward_again() -> None:
    """After reopening, the path is the same as before."""
    reopened = reply(5, state="read")
    found = case(reply(2, state="closed"), message(3), reopened)
    assert states("integrity", found) == ["weighed_as_pattern", "closed"]


def test_state_that_should_not_stand_can_be_left() -> None:
    """A colleague's program may be wrong: any state of the path leads out, none repeats it."""
    found = in_state("being_handled", "anonymous")
    assert states("integrity", found) == PATHS["integrity", "anonymous"].split()
    assert refusal("integrity", found, "being_handled") is PersonStateOnAnonymousReport
    assert refusal("integrity", found, "read") is None


def test_state_of_an_earlier_version_may_stay_and_be_left() -> None:
    """A confidential report that was weighed as a pattern before is not locked in or out."""
    found = in_state("weighed_as_pattern", "confidential")
    assert refusal("integrity", found, "weighed_as_pattern", "") is None
    assert refusal("integrity", found, "being_handled") is None
    fresh = in_state("read", "confidential")
    assert refusal("integrity", fresh, "weighed_as_pattern") is StateNotOfChannel


def test_outcomes_about_a_person_need_a_confidential_report() -> None:
    """An anonymous report cannot end in something that was done to one person."""
    for outcome in OUTCOMES[1:]:
        moves.check_outcome(in_state("read", "confidential"), outcome)
        if outcome in moves.ONLY_CONFIDENTIAL_OUTCOMES:
            with pytest.raises(PersonStateOnAnonymousReport):
                moves.check_outcome(in_state("read", "anonymous"), outcome)
    for outcome in ("", "unheard_of"):
        with pytest.raises(OutcomeMissing):
            moves.check_outcome(in_state("read", "confidential"), outcome)
