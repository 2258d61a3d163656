"""What the pages of a seized database tell of the order in which reports came.

Owns an adversary who knows SQLite's file format, and the statistics that say whether the
adversary beats chance. Every place where a row can lie is taken as a guess at the order of
arrival: page, byte in the page, overflow pages, and the first and last place of an id in
the raw files. A guess is scored in standard deviations of what a random order would give.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from bench.pages import Cell, Pages, copy
from bench.results import Result, at_most
from dropbox.store import DATABASE_NAME, Store, StoredEnvelope, StoredMailbox

FEWEST_ROWS = 20
"""A guess about fewer rows is none."""

CHANCE = 5.5
"""Beyond so many standard deviations no guess lands by chance: once in 10 million tries."""

ORDER = ", order"
_REPORTS = 400
_BODY_BYTES = 4400
_MEMO_BYTES = 767
_MONTH = 24_000
_TODAY = date(2026, 11, 21)

Arrivals = Sequence[Sequence[bytes]]
"""For each report, first come first, the ids that its rows carry."""

_PLACES: Mapping[str, Callable[[Cell], tuple[int, ...]]] = {
    "page": lambda cell: (cell.page,),
    "place in page": lambda cell: (-cell.offset,),
    "page, place": lambda cell: (cell.page, -cell.offset),
    "first overflow": lambda cell: cell.overflow[:1],
    "last overflow": lambda cell: cell.overflow[-1:],
}


def evidence(database: Path, folder: Path, arrivals: Arrivals) -> dict[str, float]:
    """Return every guess at the order of arrival with its score.

    Args:
        database: the database file; its log may lie beside it.
        folder: an empty folder for the adversary's copy.
        arrivals: the true order, which only marks the guesses.

    Returns:
        Standard deviations from chance, by guess: near 0 for a guess that is worth nothing,
        and up to the root of the number of rows for one that is right.
    """
    scores: dict[str, float] = {}
    for name, guess in _guesses(database, folder, arrivals):
        if len(guess) >= FEWEST_ROWS:
            scores[f"{name}{ORDER}"] = order_score(guess)
            scores[f"{name}, neighbours"] = neighbour_score(guess)
    return scores


def strongest(scores: Mapping[str, float]) -> float:
    """Return the score of the guess that is furthest from chance."""
    return max((abs(score) for score in scores.values()), default=0.0)


def _guesses(
    database: Path, folder: Path, arrivals: Arrivals
) -> Iterator[tuple[str, list[tuple[int, ...]]]]:
    numbers = {one: number for number, ids in enumerate(arrivals) for one in ids}
    for tree, cells in Pages(copy(database, folder)).trees():
        lying: dict[int, Cell] = {}
        for cell in cells:
            for number in (numbers[blob] for blob in cell.blobs if blob in numbers):
                lying.setdefault(number, cell)
        for place, value in _PLACES.items():
            guess = [value(lying[number]) for number in sorted(lying)]
            yield f"{tree}: {place}", [one for one in guess if one]
    # Without any knowledge of pages, and also in the log; half of the reports are enough.
    ids = [one[0] for one in arrivals[::2]]
    for side in ("", "-wal"):
        path = database.with_name(database.name + side)
        data = path.read_bytes() if path.exists() else b""
        yield f"raw{side}: first place", _raw(map(data.find, ids))
        yield f"raw{side}: last place", _raw(map(data.rfind, ids))


def _raw(found: Iterator[int]) -> list[tuple[int, ...]]:
    return [(at,) for at in found if at >= 0]


def order_score(values: Sequence[tuple[int, ...]]) -> float:
    """Return Spearman's rank correlation of values with their order, in standard deviations.

    Under a random order its variance is 1/(n - 1), whatever ties there are.

    Source: Kendall, Rank Correlation Methods, chapter 5.
    """
    ranks = _ranks(values)
    count = len(ranks)
    middle = (count - 1) / 2
    ours = sum((rank - middle) ** 2 for rank in ranks)
    theirs = count * (count**2 - 1) / 12
    if not ours:
        return 0.0
    together = sum((rank - middle) * (at - middle) for at, rank in enumerate(ranks))
    return together / math.sqrt(ours * theirs) * math.sqrt(count - 1)


def neighbour_score(values: Sequence[tuple[int, ...]]) -> float:
    """Return how much nearer than by chance those lie who came one after the other.

    The sum of steps |r(i+1) - r(i)| of a random order has mean (n² - 1)/3 and variance
    (n - 2)(n + 1)(4n - 7)/90. Ties only make steps shorter at both ends alike, so the mean
    is taken of these very values.

    Source: Diaconis and Graham, Spearman's Footrule as a Measure of Disarray, 1977.
    """
    ranks = _ranks(values)
    count = len(ranks)
    ordered = sorted(ranks)
    # The mean step of a random order: over all pairs, by the place of each value among all.
    pairs = sum((2 * at - count + 1) * rank for at, rank in enumerate(ordered))
    mean = 2 * pairs / count
    if not mean:
        return 0.0
    steps = sum(abs(after - before) for before, after in pairwise(ranks))
    deviation = math.sqrt((count - 2) * (count + 1) * (4 * count - 7) / 90)
    return (mean - steps) / deviation


def _ranks(values: Sequence[tuple[int, ...]]) -> list[float]:
    """Return each value's place among all, from 0; equal ones share the middle place."""
    places: dict[tuple[int, ...], list[int]] = {}
    for place, value in enumerate(sorted(values)):
        places.setdefault(value, []).append(place)
    middle = {value: sum(found) / len(found) for value, found in places.items()}
    return [middle[value] for value in values]


def measure(folder: Path) -> list[Result]:
    """Return what the best guess at the order is worth before and after maintenance."""
    store = Store.create(folder / DATABASE_NAME)
    arrivals = [_file(store) for _number in range(_REPORTS)]
    before = _worth(store, folder / "before", arrivals)
    store.maintain()
    after = _worth(store, folder / "after", arrivals)
    store.close()
    name = "order of arrival in the pages, best guess, {} maintain"
    most = CHANCE / math.sqrt(_REPORTS - 1)
    return [
        Result(name.format("before"), before, "rho"),
        at_most(name.format("after"), after, "rho", most),
    ]


def _worth(store: Store, folder: Path, arrivals: Arrivals) -> float:
    """Return the rank correlation of the best guess."""
    folder.mkdir()
    scores = evidence(store.path, folder, arrivals)
    orders = {name: score for name, score in scores.items() if name.endswith(ORDER)}
    return strongest(orders) / math.sqrt(len(arrivals) - 1)


def _file(store: Store) -> tuple[bytes, ...]:
    """Store what a report leaves, by the statements of a report, with random bytes in it."""
    mailbox_id, lookup, envelope_id, pk = (secrets.token_bytes(32) for _ in range(4))
    nonce = secrets.token_bytes(16)
    memo, body = secrets.token_bytes(_MEMO_BYTES), secrets.token_bytes(_BODY_BYTES)
    recipients = [bytes([handler]) * 16 for handler in range(2)]
    mailbox = StoredMailbox(mailbox_id, lookup, bytes(32), pk, pk, memo, _MONTH)
    envelope = StoredEnvelope(envelope_id, mailbox_id, 1, body, _MONTH)
    with store.write() as tables:
        tables.nonces.use(nonce, _TODAY)
        tables.mailboxes.add(mailbox)
        tables.envelopes.add(envelope, recipients, reply=False)
        tables.mailboxes.address(mailbox_id, recipients)
    return mailbox_id, lookup, envelope_id, nonce
