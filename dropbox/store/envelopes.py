"""The tables of envelopes and of their slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

from sqlite_utils import Database

MAX_ENVELOPES_HELD = 100
"""Envelopes to handlers that one mailbox may hold at a time: a full disk silences everyone."""

MAX_NOTES_HELD = 500
"""Notes between handlers that one mailbox may hold at a time: 9 MB at most."""

MAX_REPLIES_READ = 1000
"""Replies of one mailbox that a page request looks at, newest first."""

_BATCH = 256
"""Ids that one look at a recipient's slots brings, so that memory stays flat."""


@dataclass(frozen=True)
class StoredEnvelope:
    """One envelope: 32-byte ids, direction 1, 2 or 4, whole bytes, and the month it goes."""

    id: bytes
    mailbox: bytes
    direction: int
    body: bytes
    purge_month: int


class EnvelopeTable:
    """Reads and writes envelopes and slots inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, envelope: StoredEnvelope, recipients: Iterable[bytes], reply: bool) -> bool:
        """Add an envelope with a slot for each 16-byte key id; False when it is there already."""
        position = self._next_position(envelope) if reply else 0
        added = self._database.execute(
            "INSERT OR IGNORE INTO envelope (id, mailbox, direction, position, purge_month, body)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                envelope.id,
                envelope.mailbox,
                envelope.direction,
                position,
                envelope.purge_month,
                envelope.body,
            ),
        )
        if added.rowcount != 1:
            return False
        rows = [value for recipient in recipients for value in (recipient, envelope.id)]
        if rows:
            marks = ", ".join(["(?, ?, 0)"] * (len(rows) // 2))
            self._database.execute(
                f"INSERT INTO slot (recipient, envelope, cleared) VALUES {marks}", rows
            )
        return True

    def _next_position(self, envelope: StoredEnvelope) -> int:
        rows = self._database.execute(
            "SELECT coalesce(max(position), 0) + 1 FROM envelope"
            " WHERE mailbox = ? AND direction = ?",
            (envelope.mailbox, envelope.direction),
        ).fetchall()
        return int(rows[0][0])

    def held(self, mailbox_id: bytes, direction: int) -> list[bytes]:
        """Return the ids of a mailbox's envelopes in one direction, at most MAX_ENVELOPES_HELD."""
        rows = self._database.execute(
            "SELECT id FROM envelope WHERE mailbox = ? AND direction = ? ORDER BY id LIMIT ?",
            (mailbox_id, direction, MAX_ENVELOPES_HELD),
        ).fetchall()
        return [envelope_id for (envelope_id,) in rows]

    def count(self, mailbox_id: bytes, direction: int) -> int:
        """Return how many envelopes of one direction a mailbox holds."""
        rows = self._database.execute(
            "SELECT count(*) FROM envelope WHERE mailbox = ? AND direction = ?",
            (mailbox_id, direction),
        ).fetchall()
        return int(rows[0][0])

    def sizes(self, mailbox_id: bytes, direction: int) -> list[tuple[bytes, int]]:
        """Return id and length in bytes of a mailbox's envelopes, newest first."""
        rows = self._database.execute(
            "SELECT id, length(body) FROM envelope WHERE mailbox = ? AND direction = ?"
            " ORDER BY position DESC LIMIT ?",
            (mailbox_id, direction, MAX_REPLIES_READ),
        ).fetchall()
        return [(envelope_id, size) for envelope_id, size in rows]

    def bodies(self, envelope_ids: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the bytes of the envelopes that exist among ``envelope_ids``."""
        marks = ", ".join("?" * len(envelope_ids))
        rows = self._database.execute(
            f"SELECT id, body FROM envelope WHERE id IN ({marks})", tuple(envelope_ids)
        ).fetchall()
        return dict(rows)

    def ids_for(
        self, recipients: Sequence[bytes], again: bool, after: bytes = b""
    ) -> Iterator[bytes]:
        """Yield, ordered and once each, the ids of envelopes with a slot for these key ids.

        Reads in small steps, so an envelope may disappear between two of them.

        Args:
            recipients: 16-byte key ids of one handler.
            again: also those whose slot was cleared.
            after: only ids that are larger than this one.
        """
        streams = [self._ids_for_one(recipient, again, after) for recipient in recipients]
        for envelope_id, _same in groupby(merge(*streams)):
            yield envelope_id

    def _ids_for_one(self, recipient: bytes, again: bool, last: bytes) -> Iterator[bytes]:
        while True:
            rows = self._database.execute(
                "SELECT envelope FROM slot WHERE recipient = ? AND envelope > ? AND cleared <= ?"
                " ORDER BY envelope LIMIT ?",
                (recipient, last, int(again), _BATCH),
            ).fetchall()
            for (envelope_id,) in rows:
                yield envelope_id
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def clear(self, envelope_id: bytes, recipients: Sequence[bytes]) -> bool:
        """Clear these recipients' slots of an envelope; True when no open slot is left of it."""
        marks = ", ".join("?" * len(recipients))
        cleared = self._database.execute(
            f"UPDATE slot SET cleared = 1 WHERE envelope = ? AND recipient IN ({marks})",
            (envelope_id, *recipients),
        )
        if cleared.rowcount < 1:
            return False
        rows = self._database.execute(
            "SELECT count(*) FROM slot WHERE envelope = ? AND cleared = 0", (envelope_id,)
        ).fetchall()
        return int(rows[0][0]) == 0

    def let_go(self, envelope_id: bytes, direction: int, purge_month: int) -> None:
        """Let an envelope of this direction go no later than ``purge_month``."""
        self._database.execute(
            "UPDATE envelope SET purge_month = ?"
            " WHERE id = ? AND direction = ? AND purge_month > ?",
            (purge_month, envelope_id, direction, purge_month),
        )

    def keep_until(self, mailbox_id: bytes, direction: int, purge_month: int) -> None:
        """Keep a mailbox's envelopes of one direction until this month at least."""
        self._database.execute(
            "UPDATE envelope SET purge_month = ?"
            " WHERE mailbox = ? AND direction = ? AND purge_month < ?",
            (purge_month, mailbox_id, direction, purge_month),
        )

    def delete_of(self, mailbox_id: bytes) -> None:
        """Delete every envelope and slot of a mailbox."""
        self._delete("mailbox = ?", mailbox_id)

    def delete_before(self, month: int) -> None:
        """Delete every envelope and slot whose purge month lies before ``month``."""
        self._delete("purge_month < ?", month)

    def _delete(self, condition: str, value: bytes | int) -> None:
        self._database.execute(
            f"DELETE FROM slot WHERE envelope IN (SELECT id FROM envelope WHERE {condition})",
            (value,),
        )
        self._database.execute(f"DELETE FROM envelope WHERE {condition}", (value,))
