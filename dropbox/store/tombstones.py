"""The tables of tombstones: signed withdrawals on their way to the desks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

_BATCH = 256

UNCONFIRMED_MONTHS = 12
"""How long after its own month a withdrawal still waits for a desk that did not receipt it.

Whoever did not import anything for so long holds no key on any card; without an end, one
handler who left would keep the withdrawals of everybody for ever.
"""


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
        """Keep a withdrawal for each of the 16-byte key ids that the mailbox was sealed to.

        One that is kept already stays, and reaches who was not named before.
        """
        self._database.execute(
            "INSERT OR IGNORE INTO tombstone (mailbox, withdrawal, purge_month) VALUES (?, ?, ?)",
            (tombstone.mailbox, tombstone.withdrawal, tombstone.purge_month),
        )
        for recipient in recipients:
            self._database.execute(
                "INSERT OR IGNORE INTO tombstone_slot (recipient, mailbox, cleared)"
                " VALUES (?, ?, 0)",
                (recipient, tombstone.mailbox),
            )

    def everything(self) -> Iterator[tuple[Tombstone, list[bytes]]]:
        """Yield every tombstone with the 16-byte key ids that it is for, ordered by mailbox id."""
        last = b""
        while True:
            rows = self._database.execute(
                "SELECT mailbox, withdrawal, purge_month FROM tombstone WHERE mailbox > ?"
                " ORDER BY mailbox LIMIT ?",
                (last, _BATCH),
            ).fetchall()
            for row in rows:
                yield Tombstone(*row), self._recipients(row[0])
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def _recipients(self, mailbox_id: bytes) -> list[bytes]:
        rows = self._database.execute(
            "SELECT recipient FROM tombstone_slot WHERE mailbox = ?", (mailbox_id,)
        ).fetchall()
        return [recipient for (recipient,) in rows]

    def repeat_all(self) -> None:
        """Send every withdrawal to every desk once more, also to those that receipted it."""
        self._database.execute("UPDATE tombstone_slot SET cleared = 0")

    def exists(self, mailbox_id: bytes) -> bool:
        """Tell whether a mailbox was withdrawn and its tombstone is still here."""
        return self.command(mailbox_id) is not None

    def command(self, mailbox_id: bytes) -> bytes | None:
        """Return the signed command that withdrew a mailbox, while its tombstone is here."""
        rows = self._database.execute(
            "SELECT withdrawal FROM tombstone WHERE mailbox = ?", (mailbox_id,)
        ).fetchall()
        return bytes(rows[0][0]) if rows else None

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
        """Delete the tombstones whose month lies before ``month`` and that everybody receipted.

        `UNCONFIRMED_MONTHS` later they go in any case.
        """
        rows = self._database.execute(
            "SELECT mailbox FROM tombstone WHERE purge_month < ? OR purge_month < ? AND mailbox"
            " NOT IN (SELECT mailbox FROM tombstone_slot WHERE cleared = 0)",
            (month - UNCONFIRMED_MONTHS, month),
        ).fetchall()
        for row in rows:
            self._database.execute("DELETE FROM tombstone_slot WHERE mailbox = ?", row)
            self._database.execute("DELETE FROM tombstone WHERE mailbox = ?", row)
