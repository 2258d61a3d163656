"""The state machine: which state a handler may give a case, and what for.

Pure: no vault, no clock. Invariants: an anonymous report never gets a state or outcome
about a person, whatever is clicked or posted; a state only moves forward along the path of
its kind of channel and report, also past states in between, and back by one way alone: a
closed case, on which the reporter wrote again, may be read again. Pausing and withdrawing
are the reporter's; while a case is paused nothing moves. Every move that decides something
needs a reason, which goes to the case's other handlers in a note.
"""

from __future__ import annotations

from dataclasses import dataclass

from dropbox.desk.cases import Case, Standing
from dropbox.desk.errors import (
    CaseOnHold,
    OutcomeMissing,
    PersonStateOnAnonymousReport,
    StateNotOfChannel,
)
from dropbox.errors import N_, InputError
from dropbox.protocol.payload import OUTCOMES

ONLY_CONFIDENTIAL_STATES = frozenset({"in_conversation", "being_handled"})
"""States of a case about a person: the reporter must be known, so that both sides are heard."""

ONLY_CONFIDENTIAL_OUTCOMES = frozenset({"conversation", "mediation", "measure_person"})

CONFIDENTIAL = ("received", "read", "in_conversation", "being_handled", "closed")
ANONYMOUS = ("received", "read", "weighed_as_pattern", "closed")
ADVISER = ("received", "read", "in_conversation", "closed")
"""A confidential adviser hears nobody else, so has fewer states, for both modes."""

_NEEDS_NO_REASON = frozenset({"received", "read"})
"""What a first answer says by itself; nothing is decided by it."""

_FROM_BEFORE = frozenset({"weighed_as_pattern"})
"""A confidential report could be weighed as a pattern before there were paths; it may stay so."""


class NoWayBack(InputError):
    """The state lies behind the one in which the case is."""

    text = N_("A case only moves forward. The state that you chose lies behind it.")


class ReopenedByReporterOnly(InputError):
    """A closed case was to be opened, and the reporter has not written since the closing."""

    text = N_(
        "This case is closed. You can write to the reporter, and reopen it when the reporter"
        " has written again."
    )


class ReasonMissing(InputError):
    """The state changes and nobody says why."""

    text = N_("Say why the state changes. Only the other handlers of this case read that.")


@dataclass(frozen=True)
class Move:
    """A state that a case may get now; ``reopens`` when it is closed and would not be any more."""

    state: str
    needs_reason: bool = True
    reopens: bool = False


def path(kind: str, mode: str) -> tuple[str, ...]:
    """Return the states of a case, in order.

    Args:
        kind: the channel's kind; an adviser's states differ.
        mode: the report's mode; an anonymous one has no states about a person.
    """
    if kind == "adviser":
        return ADVISER
    return ANONYMOUS if mode == "anonymous" else CONFIDENTIAL


def valid_moves(kind: str, case: Case) -> tuple[Move, ...]:
    """Return the moves that a handler may make now, nearest first; none while it is paused.

    ``closed`` is among them, though it takes an outcome, too. Staying in a state is no move.

    Args:
        kind: the channel's kind.
        case: with what this desk knows of it.
    """
    standing = case.standing()
    states = path(kind, case.report.mode)
    if standing.on_hold:
        return ()
    if standing.state == "closed":
        return (Move("read", reopens=True),) if case.wrote_since_closing else ()
    if standing.state not in states:
        # Not answered yet, or a state that its writer's program should not have given.
        first = not standing.state
        return tuple(
            Move(state, needs_reason=not (first and state in _NEEDS_NO_REASON)) for state in states
        )
    ahead = states[states.index(standing.state) + 1 :]
    return tuple(Move(state, needs_reason=state not in _NEEDS_NO_REASON) for state in ahead)


def check(kind: str, case: Case, state: str, reason: str) -> None:
    """Refuse a state that may not follow, or a move without its reason.

    Staying in a state is allowed where a handler may say it at all: a colleague may have
    set what may not be said.

    Args:
        kind: the channel's kind.
        case: with what this desk knows of it.
        state: which the next reply would bear.
        reason: why, or nothing.

    Raises:
        CaseOnHold: the reporter paused it and the state would change.
        PersonStateOnAnonymousReport, StateNotOfChannel: the state does not exist here.
        NoWayBack, ReopenedByReporterOnly: it lies behind.
        ReasonMissing: it is a move that needs one.
    """
    standing = case.standing()
    if standing.on_hold and state != (standing.state or "read"):
        raise CaseOnHold
    _check_exists(kind, case.report.mode, standing, state)
    if state == standing.state or standing.on_hold:
        return
    move = next((each for each in valid_moves(kind, case) if each.state == state), None)
    if move is None:
        raise ReopenedByReporterOnly if standing.state == "closed" else NoWayBack
    if move.needs_reason and not reason.strip():
        raise ReasonMissing


def _check_exists(kind: str, mode: str, standing: Standing, state: str) -> None:
    if state in path(kind, mode):
        return
    if mode == "anonymous" and state in ONLY_CONFIDENTIAL_STATES:
        raise PersonStateOnAnonymousReport
    if kind == "adviser" or state != standing.state or state not in _FROM_BEFORE:
        raise StateNotOfChannel


def check_outcome(case: Case, outcome: str) -> None:
    """Refuse an outcome that the report's mode forbids.

    Raises:
        OutcomeMissing: it is none.
        PersonStateOnAnonymousReport: it is about a person, and the report is anonymous.
    """
    if not outcome or outcome not in OUTCOMES:
        raise OutcomeMissing
    if case.report.mode == "anonymous" and outcome in ONLY_CONFIDENTIAL_OUTCOMES:
        raise PersonStateOnAnonymousReport
