"""The tables about handlers: whose an intake key is, and what the courier did.

Both hold what the operator knows anyway: public keys, and the operator's own acts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlite_utils import Database

from dropbox.errors import HandlerElsewhere
from dropbox.protocol import box
from dropbox.protocol.channel_card import ChannelCard

NEVER = 0
"""The day number of a collection that never happened."""

NO_BUNDLE = bytes(32)
"""Stands for a bundle's hash before the first, and again after a restore from a backup."""

RESTORED_STEP = 1000
"""A restore raises each serial by this much at least, also where the clock is behind."""

SERIALS_A_MINUTE = 1024
"""More than a desk uses: a later restore is above all that came after an earlier one."""

_LARGEST_SERIAL = 2**62
_UNKNOWN = bytes(8)
"""The handler id under which a restored site keeps the serial of handlers whom it lost."""


@dataclass(frozen=True)
class Courier:
    """What passed between the site and one handler's desk.

    ``serial`` and ``bundle_hash`` are of the last bundle that was accepted (0 and
    zeros before the first; a raised serial and zeros after a restore). ``collected_day`` is
    the ordinal number of the day of the last collection, or `NEVER`; then ``known_day`` is
    that of the day on which the operator first accepted a card with this handler, or `NEVER`
    where nobody noted it.
    """

    handler_id: bytes
    serial: int
    bundle_hash: bytes
    collected_day: int
    known_day: int = NEVER

    def is_sound(self) -> bool:
        """Tell whether these can be our own figures, which leave room to be raised."""
        lengths = (len(self.handler_id), len(self.bundle_hash))
        last_day = max(self.collected_day, self.known_day)
        return (
            lengths == (len(_UNKNOWN), len(NO_BUNDLE))
            and 0 <= self.serial <= _LARGEST_SERIAL
            and last_day <= date.max.toordinal()
        )


class RecipientTable:
    """Which handler of which channel an intake key belongs to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def learn(self, card: ChannelCard) -> None:
        """Remember every intake key of a card.

        Raises:
            HandlerElsewhere: a key or handler is known from another channel.
        """
        for handler in card.handlers:
            if self._is_elsewhere(handler.handler_id, card.channel_pk):
                raise HandlerElsewhere
            for key in handler.intake_keys:
                row = (box.key_id(key.x_pk), card.channel_pk, handler.handler_id)
                self._database.execute(
                    "INSERT OR IGNORE INTO recipient (key_id, channel_pk, handler_id)"
                    " VALUES (?, ?, ?)",
                    row,
                )
                if self._owner(row[0]) != row[1:]:
                    raise HandlerElsewhere

    def everything(self) -> list[tuple[bytes, bytes, bytes]]:
        """Return 16-byte key id, 32-byte channel and 8-byte handler id of every intake key."""
        return self._database.execute(
            "SELECT key_id, channel_pk, handler_id FROM recipient"
        ).fetchall()

    def take_over(self, rows: Iterable[tuple[bytes, bytes, bytes]]) -> None:
        """Learn what another database of this site knew; what is known here stays."""
        for row in rows:
            self._database.execute(
                "INSERT OR IGNORE INTO recipient (key_id, channel_pk, handler_id) VALUES (?, ?, ?)",
                row,
            )

    def _is_elsewhere(self, handler_id: bytes, channel_pk: bytes) -> bool:
        rows = self._database.execute(
            "SELECT 1 FROM recipient WHERE handler_id = ? AND channel_pk <> ? LIMIT 1",
            (handler_id, channel_pk),
        ).fetchall()
        return bool(rows)

    def _owner(self, key_id: bytes) -> tuple[bytes, bytes] | None:
        rows = self._database.execute(
            "SELECT channel_pk, handler_id FROM recipient WHERE key_id = ?", (key_id,)
        ).fetchall()
        return (rows[0][0], rows[0][1]) if rows else None

    def belongs_to(self, key_id: bytes, channel_pk: bytes) -> bool:
        """Tell whether a 16-byte key id is a handler's of this channel."""
        owner = self._owner(key_id)
        return owner is not None and owner[0] == channel_pk

    def all_belong(self, key_ids: Sequence[bytes], channel_pk: bytes) -> bool:
        """Tell whether these 16-byte key ids, each another, are all of this channel's handlers."""
        marks = ", ".join("?" * len(key_ids))
        rows = self._database.execute(
            f"SELECT count(*) FROM recipient WHERE channel_pk = ? AND key_id IN ({marks})",
            (channel_pk, *key_ids),
        ).fetchall()
        return bool(rows[0][0] == len(key_ids))

    def channel_of(self, handler_id: bytes) -> bytes | None:
        """Return the 32-byte key of the channel that a handler is or was of, or None."""
        rows = self._database.execute(
            "SELECT channel_pk FROM recipient WHERE handler_id = ? LIMIT 1", (handler_id,)
        ).fetchall()
        return rows[0][0] if rows else None

    def keys_of(self, handler_id: bytes, channel_pk: bytes) -> list[bytes]:
        """Return every 16-byte key id that was ever this handler's, ordered."""
        rows = self._database.execute(
            "SELECT key_id FROM recipient WHERE handler_id = ? AND channel_pk = ? ORDER BY key_id",
            (handler_id, channel_pk),
        ).fetchall()
        return [key_id for (key_id,) in rows]


class CourierTable:
    """The last serial accepted and the last day of a collection, for each handler.

    The column holds a day of collection as its number, and the day since which a handler
    who never collected is known as that number below zero: the one ends the other.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, handler_id: bytes) -> Courier:
        """Return what is known of a handler's bundles; zeros when nothing is."""
        known = {each.handler_id: each for each in self._select(handler_id, _UNKNOWN)}
        found = known.get(handler_id) or known.get(_UNKNOWN) or Courier(b"", 0, NO_BUNDLE, NEVER)
        return replace(found, handler_id=handler_id)

    def everything(self) -> list[Courier]:
        """Return what is known of every handler's bundles."""
        rows = self._database.execute("SELECT handler_id FROM courier").fetchall()
        return list(self._select(*(handler_id for (handler_id,) in rows)))

    def _select(self, *handler_ids: bytes) -> Iterator[Courier]:
        marks = ", ".join("?" * len(handler_ids))
        rows = self._database.execute(
            "SELECT handler_id, serial, bundle_hash, collected_day FROM courier"
            f" WHERE handler_id IN ({marks})",
            handler_ids,
        ).fetchall()
        for row in rows:
            handler_id, serial, bundle_hash, day = row
            yield Courier(handler_id, serial, bundle_hash, max(day, NEVER), max(-day, NEVER))

    def start_over(self, replaced: Iterable[Courier], now: datetime) -> None:
        """Raise the serial of every handler after a restore, those unknown here included.

        So no bundle from before the restore is accepted again, and each desk sees from a
        serial without a bundle that the site lost what it confirmed. The backup cannot say how
        far desks went since, nor whether it was restored before: the clock can.

        Args:
            replaced: what the replaced database knew, if it could be read.
            now: the moment of the restore, of which the minute counts.
        """
        found: dict[bytes, Courier] = {}
        least = int(now.timestamp()) // 60 * SERIALS_A_MINUTE
        for each in (Courier(_UNKNOWN, 0, NO_BUNDLE, NEVER), *self.everything(), *replaced):
            raised = _raised(each, least)
            before = found.get(each.handler_id, raised)
            found[each.handler_id] = replace(
                raised,
                serial=max(raised.serial, before.serial),
                collected_day=max(raised.collected_day, before.collected_day),
                known_day=max(raised.known_day, before.known_day),
            )
        for each in found.values():
            self.put(each)

    def put(self, courier: Courier) -> None:
        """Store what is now known of a handler's bundles."""
        day = courier.collected_day or -courier.known_day
        self._database.execute(
            "INSERT OR REPLACE INTO courier (handler_id, serial, bundle_hash, collected_day)"
            " VALUES (?, ?, ?, ?)",
            (courier.handler_id, courier.serial, courier.bundle_hash, day),
        )

    def meet(self, card: ChannelCard, today: date) -> None:
        """Note the day for each handler on a card that the operator accepts for the first time.

        Must never be called for what a reporter does: the day would be a report's.
        """
        for handler in card.handlers:
            courier = self.get(handler.handler_id)
            if NEVER == courier.collected_day == courier.known_day:
                self.put(replace(courier, known_day=today.toordinal()))


def _raised(courier: Courier, least: int) -> Courier:
    # Zeros in the backup do not say that no desk went on since: they are raised, too.
    serial = max(courier.serial + RESTORED_STEP, least)
    return replace(courier, serial=serial, bundle_hash=NO_BUNDLE)
