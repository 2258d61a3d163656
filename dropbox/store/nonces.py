"""The table of form nonces: a form that is sent twice is stored once."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

_GENERATIONS = 4


class NonceTable:
    """Nonces of the last two days, each with its day's number modulo 4 only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def use(self, nonce: bytes, today: date) -> bool:
        """Remember a nonce; return False when it was used today or yesterday."""
        self._database.execute(
            "DELETE FROM form_nonce WHERE id = ? AND generation NOT IN (?, ?)",
            (nonce, *_fresh(today)),
        )
        added = self._database.execute(
            "INSERT OR IGNORE INTO form_nonce (id, generation) VALUES (?, ?)",
            (nonce, today.toordinal() % _GENERATIONS),
        )
        return added.rowcount == 1

    def was_used(self, nonce: bytes, today: date) -> bool:
        """Tell whether a nonce was used today or yesterday."""
        found = self._database.execute(
            "SELECT 1 FROM form_nonce WHERE id = ? AND generation IN (?, ?)",
            (nonce, *_fresh(today)),
        )
        return found.fetchone() is not None

    def forget_old(self, today: date) -> None:
        """Forget every nonce that is of neither today nor yesterday.

        Looks at all of them: once a day is enough. A day's number modulo 4 comes back after
        four days, so a nonce could look fresh again when nothing ran for longer; nightly
        maintenance keeps that away.
        """
        self._database.execute(
            "DELETE FROM form_nonce WHERE generation NOT IN (?, ?)", _fresh(today)
        )


def _fresh(today: date) -> tuple[int, int]:
    now = today.toordinal()
    return now % _GENERATIONS, (now - 1) % _GENERATIONS
