"""Signals: patterns over the threshold that a handler took up, with what was promised for each.

Owns one record for each signal, sealed in a drawer of their own.
Invariants: a signal and its commitments are made of codes, days and counts alone, so that no
name and no word of anybody can stand in one; a signal begins with a pattern over the threshold
and only moves as `MOVES` says; it does not close while a commitment is open; a closed one never
changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import quarters, records, threshold
from dropbox.desk.patterns import Pair
from dropbox.desk.threshold import Counted, Proposal, Threshold
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import random_bytes
from dropbox.errors import N_, InputError

OPEN, AGREED, FOLLOWED, CLOSED = "open", "measures_agreed", "followed", "closed"
MOVES = {
    OPEN: (AGREED, CLOSED),
    AGREED: (FOLLOWED, CLOSED),
    FOLLOWED: (AGREED, CLOSED),
    CLOSED: (),
}
"""Where a signal can go from each state."""

STATES = {
    OPEN: N_("open"),
    AGREED: N_("measures agreed"),
    FOLLOWED: N_("being followed"),
    CLOSED: N_("closed"),
}
KINDS = {
    "team_talks": N_("conversations with the team"),
    "training": N_("training for the team"),
    "leadership": N_("coaching or training for those who lead"),
    "supervision": N_("more presence of those who lead"),
    "work": N_("other shifts, rooms or division of work"),
    "rules": N_("a rule or a procedure is changed"),
    "advisers": N_("confidential advisers hold hours there"),
    "survey": N_("a survey of the culture by somebody from outside"),
    "told": N_("staff are told what was heard and what is done"),
    "reported": N_("reported to the council or the works council"),
}
"""What can be promised: measures for a group or a place, never for a person."""

ROLES = {
    "unit_lead": N_("the management of the unit"),
    "top": N_("the top management"),
    "personnel": N_("the personnel department"),
    "integrity": N_("the integrity office"),
    "advisers": N_("the confidential advisers"),
    "council": N_("the works council"),
    "board": N_("the executive of the municipality"),
    "outside": N_("a body outside the organisation"),
}
"""Who is responsible: a role, never somebody's name."""

OUTCOMES = {
    "better": N_("it has become better"),
    "unchanged": N_("it has not changed"),
    "passed_on": N_("passed on to another body"),
    "no_pattern": N_("no pattern after all"),
}

MOST_COMMITMENTS = 50
_DRAWER = "signal"
_ID_BYTES = 8


class NoSuchSignal(InputError):
    """No signal has that number."""

    text = N_("There is no such signal.")


class NotOverThreshold(InputError):
    """A signal was to be opened for what is not over the threshold, or has one already."""

    text = N_("This pattern is not over the threshold, or has a signal already.")


class NoSuchChoice(InputError):
    """A code that the desk does not have was chosen."""

    text = N_("Choose one of what the desk offers.")


class NoSuchMove(InputError):
    """The signal cannot go to that state from the one that it is in."""

    text = N_("This signal cannot go to that state now.")


class CommitmentsNeeded(InputError):
    """Measures are said to be agreed, and there are none."""

    text = N_("Note at least one promise first.")


class CommitmentsOpen(InputError):
    """A signal was to be closed while something promised is neither done nor given up."""

    text = N_("Something promised is still open. Note first that it was done or given up.")


class TooManyCommitments(InputError):
    """A signal has as many commitments as it can."""

    text = N_("A signal has at most %(count)d promises.")


class DayPast(InputError):
    """Something was promised for a day that is over."""

    text = N_("Choose today or a later day.")


@dataclass(frozen=True)
class Commitment:
    """Something promised. ``kind`` and ``who`` are codes; ``unit`` is one or empty.

    ``ended`` is the day on which it was done or, without ``kept``, given up.
    """

    kind: str
    who: str
    unit: str
    promised: date
    ended: date | None = None
    kept: bool = False

    def is_late(self, today: date) -> bool:
        """Tell whether the day is over and nothing was noted."""
        return self.ended is None and self.promised < today


@dataclass(frozen=True)
class Signal:
    """A pattern that was taken up. ``counts`` are those of the day it was opened on.

    ``signal_id`` has 8 random bytes; conduct, unit, state and outcome are codes.
    """

    signal_id: bytes
    conduct: str
    unit: str
    counts: tuple[Counted, ...]
    opened: date
    state: str = OPEN
    commitments: tuple[Commitment, ...] = ()
    outcome: str = ""
    closed: date | None = None

    @property
    def number(self) -> str:
        """Return what it is named by on the screen."""
        return self.signal_id.hex()

    @property
    def last(self) -> str:
        """Return the last quarter of the pattern as it was taken up."""
        return self.counts[-1].quarter

    def late(self, today: date) -> int:
        """Return how many commitments are overdue."""
        return sum(each.is_late(today) for each in self.commitments)


def proposals(
    patterns: Mapping[Pair, Counter[str]], known: Iterable[Signal], over: Threshold
) -> list[Proposal]:
    """Return the patterns over the threshold that have no signal, the largest first.

    Of a pattern whose signal was closed, only what came in later quarters counts.
    """
    taken, done = set(), dict[Pair, int]()
    for signal in known:
        pair = signal.conduct, signal.unit
        if signal.state != CLOSED:
            taken.add(pair)
        done[pair] = max(done.get(pair, 0), quarters.index(signal.last))
    return threshold.proposals(patterns, over, taken, done)


def load_all(vault: Vault) -> list[Signal]:
    """Return all signals, the newest first; one that is damaged is left out, see `damaged`."""
    found = [records.decode(Signal, raw) for _name, raw in vault.items(_DRAWER, skip_damaged=True)]
    return sorted(
        found, key=lambda each: (each.state == CLOSED, -each.opened.toordinal(), each.number)
    )


def damaged(vault: Vault) -> int:
    """Return how many signals cannot be read."""
    return vault.count(_DRAWER) - len(load_all(vault))


def overdue(vault: Vault, today: date) -> int:
    """Return how many commitments of all signals are overdue."""
    return sum(each.late(today) for each in load_all(vault))


def load(vault: Vault, number: str) -> Signal:
    """Return the signal of a number; raises NoSuchSignal."""
    try:
        raw = vault.get(_DRAWER, bytes.fromhex(number)[: _ID_BYTES + 1])
    except ValueError:
        raise NoSuchSignal from None
    if raw is None:
        raise NoSuchSignal
    return records.decode(Signal, raw)


def _save(vault: Vault, signal: Signal) -> Signal:
    with vault.transaction():
        vault.put(_DRAWER, signal.signal_id, records.encode(signal))
    return signal


def take_up(
    vault: Vault, found: Iterable[Proposal], conduct: str, unit: str, today: date
) -> Signal:
    """Make a signal of a proposal.

    Args:
        vault: a handler's.
        found: what is proposed now.
        conduct: with ``unit``, which of them.
        unit: its code.
        today: the day of taking up.

    Raises:
        NotOverThreshold: it is not among them.
    """
    for each in found:
        if (each.conduct, each.unit) == (conduct, unit):
            return _save(vault, Signal(random_bytes(_ID_BYTES), conduct, unit, each.counts, today))
    raise NotOverThreshold


def promise(
    vault: Vault, signal: Signal, made: Commitment, units: Collection[str], today: date
) -> Signal:
    """Note a commitment.

    Args:
        vault: a handler's.
        signal: as it is kept.
        made: open, and made of codes.
        units: the codes of the site's units.
        today: the day of noting.

    Raises:
        NoSuchMove: the signal is closed.
        NoSuchChoice: a code is not one of the desk's.
        DayPast, TooManyCommitments.
    """
    if signal.state == CLOSED:
        raise NoSuchMove
    if made.kind not in KINDS or made.who not in ROLES or made.unit not in ("", *units):
        raise NoSuchChoice
    if made.promised < today:
        raise DayPast
    if len(signal.commitments) >= MOST_COMMITMENTS:
        raise TooManyCommitments(count=MOST_COMMITMENTS)
    new = Commitment(made.kind, made.who, made.unit, made.promised)
    return _save(vault, replace(signal, commitments=(*signal.commitments, new)))


def end(vault: Vault, signal: Signal, place: int, today: date, *, kept: bool) -> Signal:
    """Note that a commitment was done, or given up; ``place`` counts from 0.

    Raises:
        NoSuchChoice: there is no open commitment at that place.
        NoSuchMove: the signal is closed.
    """
    if signal.state == CLOSED:
        raise NoSuchMove
    found = list(signal.commitments)
    if not 0 <= place < len(found) or found[place].ended is not None:
        raise NoSuchChoice
    found[place] = replace(found[place], ended=today, kept=kept)
    return _save(vault, replace(signal, commitments=tuple(found)))


def move(vault: Vault, signal: Signal, state: str, today: date, outcome: str = "") -> Signal:
    """Move a signal on; closing needs an outcome.

    Raises:
        NoSuchMove: see `MOVES`.
        CommitmentsNeeded, CommitmentsOpen: what was promised does not allow it.
        NoSuchChoice: the outcome is none of `OUTCOMES`, or comes without a closing.
    """
    if state not in MOVES[signal.state]:
        raise NoSuchMove
    if (outcome in OUTCOMES) != (state == CLOSED) or (outcome and state != CLOSED):
        raise NoSuchChoice
    if state == AGREED and not signal.commitments:
        raise CommitmentsNeeded
    if state != CLOSED:
        return _save(vault, replace(signal, state=state))
    if any(each.ended is None for each in signal.commitments):
        raise CommitmentsOpen
    return _save(vault, replace(signal, state=CLOSED, outcome=outcome, closed=today))
