"""The threshold above which a pattern is proposed as a signal, and what is above it.

Owns the threshold of this desk, a setting of the vault. Invariants: it is never one report;
what is proposed are codes and counts of the site's own taxonomies; nothing becomes a signal
by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from dropbox.desk import keyring, quarters
from dropbox.desk.patterns import Pair
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError

SMALLEST_THRESHOLD = 2
"""One report is no pattern: it would point to whoever is in it."""
LARGEST_THRESHOLD = 1_000

_SETTING = b"threshold"


class ThresholdInvalid(InputError):
    """A threshold is not a number that makes sense."""

    text = N_("A threshold is a number from %(least)d to %(most)d.")


@dataclass(frozen=True)
class Threshold:
    """From so many reports of one conduct in one unit on, in a quarter or in four in a row."""

    quarter: int = 3
    year: int = 5


@dataclass(frozen=True)
class Counted:
    """How many reports there were in a quarter."""

    quarter: str
    reports: int


@dataclass(frozen=True)
class Proposal:
    """A pattern over the threshold, from its first to its last quarter."""

    conduct: str
    unit: str
    counts: tuple[Counted, ...]

    @property
    def reports(self) -> int:
        """Return how many reports there are in all."""
        return sum(each.reports for each in self.counts)


def load(vault: Vault) -> Threshold:
    """Return the threshold of this desk's channel."""
    return keyring.load_setting(vault, _SETTING, Threshold) or Threshold()


def save(vault: Vault, quarter: int, year: int) -> None:
    """Keep another threshold; raises ThresholdInvalid."""
    if not SMALLEST_THRESHOLD <= min(quarter, year) <= max(quarter, year) <= LARGEST_THRESHOLD:
        raise ThresholdInvalid(least=SMALLEST_THRESHOLD, most=LARGEST_THRESHOLD)
    with vault.transaction():
        keyring.save_setting(vault, _SETTING, Threshold(quarter, year))


def proposals(
    patterns: Mapping[Pair, Counter[str]],
    over: Threshold,
    taken: Collection[Pair] = (),
    done: Mapping[Pair, int] | None = None,
) -> list[Proposal]:
    """Return the patterns over the threshold, the largest first.

    Args:
        patterns: see `patterns.by_quarter`.
        over: the threshold.
        taken: those that have a signal, and are left out.
        done: those that had one, with its last quarter's `quarters.index`: only what came in
            later quarters counts.
    """
    found = []
    for pair, counts in patterns.items():
        hot = [] if pair in taken else _hot(counts, over, (done or {}).get(pair, 0))
        if hot:
            found.append(Proposal(*pair, _counted(counts, hot)))
    return sorted(found, key=lambda each: (-each.reports, each.unit, each.conduct))


def _hot(counts: Counter[str], over: Threshold, after: int) -> list[str]:
    """Return the quarters with reports that are over the threshold or in four that are."""
    late = {quarters.index(each): n for each, n in counts.items() if quarters.index(each) > after}
    hot = {each for each, n in late.items() if n >= over.quarter}
    for last in late:
        four = [each for each in range(last - quarters.A_YEAR + 1, last + 1) if each in late]
        if sum(late[each] for each in four) >= over.year:
            hot.update(four)
    return [each for each in counts if quarters.index(each) in hot]


def _counted(counts: Counter[str], hot: Collection[str]) -> tuple[Counted, ...]:
    """Return the counts from the first to the last of some quarters, those between included."""
    between = [each for each in counts if min(hot) <= each <= max(hot)]
    return tuple(Counted(each, counts[each]) for each in sorted(between))
