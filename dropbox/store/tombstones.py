"""The tables of tombstones: signed withdrawals on their way to the desks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

_BATCH = 256


@dataclass(frozen=True)
class Tombstone:
    """A withdrawn mailbox: 32-byte id, the reporter's signed bytes, a month number."""

    mailbox: bytes
    withdrawal: bytes
    purge_month: int


class TombstoneTable:
    """Reads and writes tombstones inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, tombstone: Tombstone, recipients: Iterable[bytes]) -> None:
        """Keep a withdrawal for each of the 16-byte key ids that the mailbox was sealed to."""
        self._database.execute(
            "INSERT INTO tombstone (mailbox, withdrawal, purge_month) VALUES (?, ?, ?)",
            (tombstone.mailbox, tombstone.withdrawal, tombstone.purge_month),
        )
        for recipient in recipients:
            self._database.execute(
                "INSERT INTO tombstone_slot (recipient, mailbox, cleared) VALUES (?, ?, 0)",
                (recipient, tombstone.mailbox),
            )

    def exists(self, mailbox_id: bytes) -> bool:
        """Tell whether a mailbox was withdrawn and its tombstone is still here."""
        rows = self._database.execute(
            "SELECT 1 FROM tombstone WHERE mailbox = ?", (mailbox_id,)
        ).fetchall()
        return bool(rows)

    def withdrawals_for(self, recipients: Sequence[bytes], again: bool) -> Iterator[bytes]:
        """Yield the signed withdrawals for these key ids, once each, ordered by mailbox id.

        Args:
            recipients: 16-byte key ids of one handler.
            again: also those that the handler receipted.
        """
        marks = ", ".join("?" * len(recipients))
        last = b""
        while True:
            rows = self._database.execute(
                "SELECT mailbox, withdrawal FROM tombstone WHERE mailbox > ? AND mailbox IN"
                f" (SELECT mailbox FROM tombstone_slot WHERE recipient IN ({marks})"
                " AND cleared <= ?) ORDER BY mailbox LIMIT ?",
                (last, *recipients, int(again), _BATCH),
            ).fetchall()
            for _mailbox, withdrawal in rows:
                yield withdrawal
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def clear(self, mailbox_id: bytes, recipients: Sequence[bytes]) -> bool:
        """Clear these recipients' slots of a tombstone; True when there was any."""
        marks = ", ".join("?" * len(recipients))
        cleared = self._database.execute(
            f"UPDATE tombstone_slot SET cleared = 1 WHERE mailbox = ? AND recipient IN ({marks})",
            (mailbox_id, *recipients),
        )
        return cleared.rowcount > 0

    def delete_before(self, month: int) -> None:
        """Delete the tombstones that everybody receipted and whose month lies before ``month``."""
        rows = self._database.execute(
            "SELECT mailbox FROM tombstone WHERE purge_month < ? AND mailbox NOT IN"
            " (SELECT mailbox FROM tombstone_slot WHERE cleared = 0)",
            (month,),
        ).fetchall()
        for row in rows:
            self._database.execute("DELETE FROM tombstone_slot WHERE mailbox = ?", row)
            self._database.execute("DELETE FROM tombstone WHERE mailbox = ?", row)
