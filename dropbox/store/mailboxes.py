"""The table of mailboxes: who may read one and until which month it stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True)
class StoredMailbox:
    """One mailbox: ids and keys of 32 raw bytes, a sealed memo, a month number."""

    id: bytes
    lookup: bytes
    channel_pk: bytes
    ed_pk: bytes
    x_pk: bytes
    memo: bytes
    purge_month: int


class MailboxTable:
    """Reads and writes mailboxes inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def with_id(self, mailbox_id: bytes) -> StoredMailbox | None:
        """Return the mailbox with this 32-byte id."""
        return self._one("id", mailbox_id)

    def with_lookup(self, lookup: bytes) -> StoredMailbox | None:
        """Return the mailbox that a token's 32-byte lookup value finds."""
        return self._one("lookup", lookup)

    def _one(self, column: str, value: bytes) -> StoredMailbox | None:
        rows = self._database.execute(
            "SELECT id, lookup, channel_pk, ed_pk, x_pk, memo, purge_month"
            f" FROM mailbox WHERE {column} = ?",
            (value,),
        ).fetchall()
        return StoredMailbox(*rows[0]) if rows else None

    def add(self, mailbox: StoredMailbox) -> bool:
        """Add a mailbox; return False when its id or lookup value is there already."""
        added = self._database.execute(
            "INSERT OR IGNORE INTO mailbox (id, lookup, channel_pk, ed_pk, x_pk, memo, purge_month)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                mailbox.id,
                mailbox.lookup,
                mailbox.channel_pk,
                mailbox.ed_pk,
                mailbox.x_pk,
                mailbox.memo,
                mailbox.purge_month,
            ),
        )
        return added.rowcount == 1

    def replace_memo(self, mailbox_id: bytes, memo: bytes) -> None:
        """Put a new sealed memo in the place of the old one."""
        self._database.execute("UPDATE mailbox SET memo = ? WHERE id = ?", (memo, mailbox_id))

    def keep_until(self, mailbox_id: bytes, purge_month: int) -> None:
        """Keep a mailbox until this month at least."""
        self._database.execute(
            "UPDATE mailbox SET purge_month = ? WHERE id = ? AND purge_month < ?",
            (purge_month, mailbox_id, purge_month),
        )

    def address(self, mailbox_id: bytes, recipients: Iterable[bytes]) -> None:
        """Remember the 16-byte key ids that something in this mailbox was sealed to."""
        rows = [value for recipient in recipients for value in (mailbox_id, recipient)]
        if rows:
            marks = ", ".join(["(?, ?)"] * (len(rows) // 2))
            self._database.execute(
                f"INSERT OR IGNORE INTO addressed (mailbox, recipient) VALUES {marks}", rows
            )

    def addressed(self, mailbox_id: bytes) -> list[bytes]:
        """Return every 16-byte key id that anything in this mailbox was ever sealed to."""
        rows = self._database.execute(
            "SELECT recipient FROM addressed WHERE mailbox = ? ORDER BY recipient", (mailbox_id,)
        ).fetchall()
        return [recipient for (recipient,) in rows]

    def overdue(self, month: int) -> list[bytes]:
        """Return the ids of mailboxes whose purge month lies before ``month``."""
        rows = self._database.execute(
            "SELECT id FROM mailbox WHERE purge_month < ?", (month,)
        ).fetchall()
        return [mailbox_id for (mailbox_id,) in rows]

    def delete(self, mailbox_id: bytes) -> None:
        """Delete a mailbox; its envelopes must be gone before."""
        self._database.execute("DELETE FROM addressed WHERE mailbox = ?", (mailbox_id,))
        self._database.execute("DELETE FROM mailbox WHERE id = ?", (mailbox_id,))
