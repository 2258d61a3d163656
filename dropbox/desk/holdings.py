"""What this desk holds: who it is, its keys by month, the card, the backup; and what is due.

Owns no row: it reads what `keyring`, `channel`, `clock` and `backup_days` keep. Invariant:
nothing in it is secret or of a case, so that it may stand on a screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dropbox.desk import channel, clock, keyring, outbox
from dropbox.desk.backup_days import BACKUP_WARNING_DAYS, LastBackup, last_backup
from dropbox.desk.channel import Owner, keys_until
from dropbox.desk.errors import NoCardYet
from dropbox.desk.keyring import Desk
from dropbox.desk.vault import Vault
from dropbox.errors import N_
from dropbox.protocol import box
from dropbox.protocol.channel_card import CARD_WARNING_DAYS, CardHandler, ChannelCard

WARNING = timedelta(days=CARD_WARNING_DAYS)
"""How long before an end its reminder begins."""

NO_BACKUP, OLD_BACKUP = "no backup", "old backup"
CARD_ENDED, CARD_ENDS, KEYS_END, REQUEST_WAITS = (
    "card ended",
    "card ends",
    "keys end",
    "request waits",
)
OWNERS_CARD_ENDED, OWNERS_CARD_ENDS = "owner's card ended", "owner's card ends"

WORDS = {
    NO_BACKUP: N_("There is no backup of this vault. Make one now."),
    OLD_BACKUP: N_("The last backup is of %(day)s. Make a new one now."),
    CARD_ENDED: N_("The channel card ended on %(day)s. Ask the owner for a new one now."),
    CARD_ENDS: N_("The channel card ends on %(day)s. Ask the owner for a new one."),
    KEYS_END: N_(
        "Your keys end on %(day)s. Make new ones, give the request to the owner, and ask for a"
        " new card."
    ),
    REQUEST_WAITS: N_(
        "The channel card ends on %(day)s. You made new keys: give the request to the owner."
    ),
    OWNERS_CARD_ENDED: N_("The card that you signed ended on %(day)s. Sign a new one now."),
    OWNERS_CARD_ENDS: N_(
        "The card that you signed ends on %(day)s. Ask the handlers for new requests, and sign"
        " the next card."
    ),
}
"""What people are told of each reminder."""


@dataclass(frozen=True)
class Reminder:
    """Something to do, with the day that it is about; see `WORDS`."""

    code: str
    day: date


@dataclass(frozen=True)
class Month:
    """The intake keys of one month.

    ``destroyed_on`` is the first day on which an import of a bundle of that day destroys
    them. ``count`` is more than one where new keys were made before their time. ``on_card``
    tells whether the newest of them stands on the pinned card.
    """

    first_day: date
    last_day: date
    destroyed_on: date
    count: int
    on_card: bool


@dataclass(frozen=True)
class Holdings:
    """What a handler's vault holds. ``card`` is None before the first one, also when it ended."""

    handler_id: bytes
    months: tuple[Month, ...]
    destroyed: int
    card: ChannelCard | None
    last_import: date | None
    backup: LastBackup | None
    import_first: bool

    @property
    def own(self) -> CardHandler | None:
        """Return this handler's place on the card, None where there is none."""
        handlers = self.card.handlers if self.card else ()
        return next((each for each in handlers if each.handler_id == self.handler_id), None)

    @property
    def colleagues(self) -> tuple[CardHandler, ...]:
        """Return the other handlers on the card."""
        handlers = self.card.handlers if self.card else ()
        return tuple(each for each in handlers if each.handler_id != self.handler_id)


def of_handler(vault: Vault, today: date) -> Holdings:
    """Return what a handler's vault holds; raises NotAHandlersVault."""
    desk = keyring.load(vault)
    try:
        card: ChannelCard | None = keyring.card_for_reading(vault, today)
    except NoCardYet:
        card = None
    return Holdings(
        handler_id=desk.handler_id,
        months=_months(desk, card),
        destroyed=len(desk.destroyed),
        card=card,
        last_import=clock.last_import(vault),
        backup=last_backup(vault),
        import_first=outbox.courier(vault).import_first,
    )


def _months(desk: Desk, card: ChannelCard | None) -> tuple[Month, ...]:
    found: dict[date, Month] = {}
    on_card = {
        box.key_id(key.x_pk)
        for each in (card.handlers if card else ())
        if each.handler_id == desk.handler_id
        for key in each.intake_keys
    }
    for each in desk.intake:  # the last one of a month is the newest
        before = found.get(each.first_day)
        found[each.first_day] = Month(
            each.first_day,
            each.last_day,
            each.destroyed_on,
            1 + (before.count if before else 0),
            box.key_id(box.public_key(each.secret)) in on_card,
        )
    return tuple(found[day] for day in sorted(found))


def due(vault: Vault, today: date) -> list[Reminder]:
    """Return what this vault's person is to do, the most urgent first; few rows are read."""
    backup = backup_due(vault, today)
    return [*keys_due(vault, today), *([backup] if backup else [])]


def keys_due(vault: Vault, today: date) -> list[Reminder]:
    """Return what is to be done about keys and card, one thing or none."""
    owner = keyring.load_setting(vault, channel.SETTING, Owner)
    found = _of_owner(owner, today) if owner else _of_handler(vault, today)
    return [found] if found else []


def _of_owner(owner: Owner, today: date) -> Reminder | None:
    ends = [keys_until(each) for each in owner.handlers().values()]
    if owner.expires is not None:
        ends.append(owner.expires)
    if not ends or min(ends) - today > WARNING:
        return None
    ended = min(ends) < today
    return Reminder(OWNERS_CARD_ENDED if ended else OWNERS_CARD_ENDS, min(ends))


def _of_handler(vault: Vault, today: date) -> Reminder | None:
    try:
        expires = keyring.pinned(vault).expires
    except NoCardYet:
        return None
    last = max((each.last_day for each in keyring.load(vault).intake), default=expires)
    if min(last, expires) - today > WARNING:
        return None
    if expires < today:
        return Reminder(CARD_ENDED, expires)
    if last - today <= WARNING:
        return Reminder(KEYS_END, min(last, expires))
    waits = any(not each.on_card for each in of_handler(vault, today).months)
    return Reminder(REQUEST_WAITS if waits else CARD_ENDS, expires)


def backup_due(vault: Vault, today: date) -> Reminder | None:
    """Return the reminder of a backup; none before a handler's first import."""
    found = last_backup(vault)
    if found is None:
        began = vault.has("setting", channel.SETTING) or clock.last_import(vault) is not None
        return Reminder(NO_BACKUP, today) if began else None
    is_old = (today - found.made).days > BACKUP_WARNING_DAYS
    return Reminder(OLD_BACKUP, found.made) if is_old else None
