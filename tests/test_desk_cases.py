"""A thread gives the same state, clocks and gaps on every desk, by rule."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk.cases import Case, Entry
from dropbox.protocol.handler import Pinned
from dropbox.protocol.payload import MAX_COUNT, Message, Reply, Report
from tests.desk_world import TODAY

ANNA, BRAM = b"A" * 8, b"B" * 8
PINNED = Pinned(bytes(32), bytes(32), bytes(32))


def name(number: int) -> bytes:
    """Return an envelope id."""
    return bytes([number]) * 32


def later(days: int) -> date:
    """Return a day after `TODAY`."""
    return TODAY + timedelta(days=days)


def report(day: date = TODAY, **changes: object) -> Entry:
    """Return a report's entry."""
    values = {"mode": "anonymous", "language": "nl", "text": "x", "recipients": (ANNA, BRAM)}
    return Entry(name(0), b"", {}, report=Report(day=day, turn=1, **(values | changes)))  # type: ignore[arg-type]


def message(number: int, kind: str = "message", day: date = TODAY, **changes: object) -> Entry:
    """Return a message's entry; its turn is its number."""
    values = {"turn": number, "number": number, "recipients": (ANNA, BRAM)} | changes
    return Entry(name(number), b"", {}, message=Message(kind, day, **values))  # type: ignore[arg-type]


def reply(at: int, author: bytes = ANNA, state: str = "read", **changes: object) -> Entry:
    """Return a reply's entry, written at a turn."""
    values = {"day": TODAY, "turn": at, "number": 1, "text": "x", "recipients": ()} | changes
    return Entry(name(at), author, {"nl": "rol"}, reply=Reply(state=state, **values))  # type: ignore[arg-type]


def case(*entries: Entry, first: Entry | None = None) -> Case:
    """Return a case, in thread order."""
    return Case.of(PINNED, [first or report(), *entries])


def test_case_without_reply_has_no_state() -> None:
    """Until somebody answers there is nothing to show."""
    assert case().standing().state == ""


def test_reply_with_the_highest_turn_gives_the_state() -> None:
    """A later turn counts, whatever the order of arrival."""
    assert case(reply(3, state="read"), reply(2, state="received")).standing().state == "read"


def test_on_the_same_turn_the_state_that_is_further_wins_and_the_other_is_shown() -> None:
    """Two handlers who write at once give one state; a closing is never hidden by a "read"."""
    for closer, other in ((ANNA, BRAM), (BRAM, ANNA)):
        losing = reply(2, other, "read", turn=2)
        standing = case(losing, reply(3, closer, "closed", turn=2)).standing()
        assert standing.state == "closed"
        assert standing.overruled == (losing,)


@given(st.permutations([reply(2), reply(3, BRAM, "closed"), message(4), message(5, "hold")]))
def test_order_of_arrival_changes_nothing(entries: list[Entry]) -> None:
    """Two desks that got the same envelopes in another order show the same case."""
    assert case(*entries) == case(*reversed(entries))


def test_reply_for_a_later_day_gives_no_state() -> None:
    """Aftercare that was sealed at a closing does not close a case again that was reopened."""
    found = case(reply(2, state="read"), reply(3, state="closed", not_before=later(30)))
    assert found.standing().state == "read"


def test_hold_is_in_force_until_a_resume_names_it() -> None:
    """A resume ends the hold that it names, also one that seems to come after it."""
    held = message(2, "hold", turn=5)
    assert case(held).standing().on_hold
    assert not case(held, message(3, "resume", hold=name(2))).standing().on_hold
    assert case(held, message(3, "resume", hold=name(9))).standing().on_hold


def test_resume_ends_every_earlier_hold() -> None:
    """Two holds from two tabs are one pause for the reporter, and one resume ends it."""
    entries = (message(2, "hold"), message(3, "hold", turn=2), message(4, "resume", hold=name(3)))
    assert not case(*entries).standing().on_hold


def test_letter_of_the_reporter_that_did_not_come_shows_as_a_gap() -> None:
    """Who drops a message on the way cannot hide it once a later one has come."""
    (gap,) = case(message(2), message(4)).gaps(ANNA)
    assert (gap.author, gap.numbers) == (b"", (3,))


def test_second_hold_stays_when_only_the_first_is_resumed() -> None:
    """On a tie the hold wins: every hold needs its own resume."""
    entries = (message(2, "hold"), message(3, "hold"), message(3, "resume", hold=name(2)))
    assert case(*entries).standing().on_hold


def test_clocks_run_from_the_day_of_the_report() -> None:
    """Receipt is owed after 7 days, feedback after 3 months."""
    found = case()
    assert found.receipt_clock(TODAY).owed == date(2026, 11, 28)
    assert found.feedback_clock(TODAY).owed == date(2027, 2, 21)
    assert found.receipt_clock(TODAY).days_left(later(9)) == -2


def test_any_reply_keeps_the_receipt_and_only_a_real_one_the_feedback() -> None:
    """To say that it was read is no feedback; to close the case is."""
    read = case(reply(2, state="read"))
    assert read.receipt_clock(TODAY).met
    assert not read.feedback_clock(TODAY).met
    assert case(reply(2, state="closed")).feedback_clock(TODAY).met
    assert not case(reply(2, not_before=later(5))).receipt_clock(TODAY).met


def test_hold_stops_the_clocks_and_gives_its_days_back() -> None:
    """While a case is paused no date runs, and after resuming it is as much later."""
    held = message(2, "hold", later(1))
    clock = case(held).receipt_clock(later(4))
    assert clock.stopped
    assert clock.days_left(later(4)) == 6
    assert case(held).receipt_clock(later(5)).days_left(later(5)) == 6
    resumed = case(held, message(3, "resume", later(5), hold=name(2)))
    assert resumed.receipt_clock(later(9)).owed == date(2026, 11, 28) + timedelta(days=4)
    assert not resumed.receipt_clock(later(9)).stopped


@given(st.dates(), st.dates(), st.dates())
def test_no_day_that_a_reporter_claims_breaks_a_clock(one: date, two: date, three: date) -> None:
    """Days in a hold and its resume may be anything; the clocks stay within the case's life."""
    holds = (message(2, "hold", one), message(3, "resume", two, hold=name(2)))
    found = case(*holds, message(4, "hold", three))
    assert 0 <= found.days_on_hold(later(10)) <= 10
    assert found.receipt_clock(later(10)).owed <= date(2026, 12, 8)


def test_missing_number_of_a_colleague_shows_as_a_gap() -> None:
    """When reply 2 of a handler is missing between 1 and 4, 2 and 3 are named."""
    found = case(reply(2, BRAM, number=1), reply(5, BRAM, number=4))
    (gap,) = found.gaps(ANNA)
    assert (gap.author, gap.numbers, gap.unseen) == (BRAM, (2, 3), 0)


def test_envelope_that_a_colleague_saw_and_we_did_not_shows_as_a_gap() -> None:
    """A colleague's list of what they read tells what did not reach this desk."""
    found = case(message(2), reply(3, BRAM, seen=(name(0), name(2), name(7))))
    (gap,) = found.gaps(ANNA)
    assert gap.unseen == 1
    assert case(message(2), reply(3, BRAM, seen=(name(0), name(2)))).gaps(ANNA) == []


def test_absurd_number_does_not_stop_the_desk() -> None:
    """A colleague who claims reply two thousand million costs no time and no screen."""
    (gap,) = case(reply(2, BRAM, number=2**31 - 1)).gaps(ANNA)
    assert len(gap.numbers) == 20


def test_next_turn_and_number_go_on_from_the_highest() -> None:
    """What is written next comes after everything that is known, at most the highest turn."""
    found = case(message(7), reply(3, number=4), reply(4, BRAM, number=9))
    assert found.next_turn == 8
    assert found.next_number(ANNA) == 5
    assert case(message(2, turn=MAX_COUNT)).next_turn == MAX_COUNT


def test_readers_are_the_reports_minus_all_excluded_since() -> None:
    """Who is excluded in a later message does not read what is written after it."""
    assert case().readers == {ANNA, BRAM}
    assert case(message(2, recipients=(ANNA,), excluded=(BRAM,))).readers == {ANNA}
