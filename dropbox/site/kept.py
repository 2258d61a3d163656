"""What is the same for every visitor of a day, made once.

Writing the empty form, or listing what can be chosen in it, takes longer than all the rest
of a page. Invariant: nothing of a request is in what is kept; the key names everything
that it depends on, above all the language, the day and the cards.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

MOST_KEPT = 64
"""More than the languages times the channels; a new day or card begins anew."""

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by their keys, for all threads of a process."""

    def __init__(self) -> None:
        self._values: dict[Hashable, T] = {}

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of ``key``; make it if there is none yet."""
        found = self._values.get(key)
        if found is None:
            found = make()
            if len(self._values) >= MOST_KEPT:
                self._values.clear()
            self._values[key] = found
        return found
