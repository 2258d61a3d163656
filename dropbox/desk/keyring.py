"""The keys of a handler: who this vault is, intake keys by month, and the pinned card.

Invariants: a vault is either a handler's or an owner's; intake keys are made months
ahead and destroyed by the first import from 35 days after their end on; the channel is
pinned with the first card and never changes; a card replaces the pinned one only when
its version is higher.
It must never believe a card because it came from the site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

from dropbox.config import SiteConfig
from dropbox.desk import activity, records
from dropbox.desk.errors import (
    FingerprintDiffers,
    NoCardYet,
    NotAHandlersVault,
    NotOnCard,
    NotText,
    OtherChannel,
    RoleInvalid,
)
from dropbox.desk.vault import Vault
from dropbox.errors import CardForked, CardLivesTooLong, CardRolledBack, ProtocolError
from dropbox.protocol import box, keys, sign
from dropbox.protocol.certificate import (
    MAX_ROLE_CHARACTERS,
    make_request,
    read_request,
    sign_intake_key,
)
from dropbox.protocol.channel_card import (
    CardTooEarly,
    ChannelCard,
    first_possible_day,
    read_card,
)
from dropbox.protocol.days import add_months
from dropbox.protocol.handler import Channel

INTAKE_MONTHS = 6
"""Months for which a request carries intake keys, the current one included."""

DESTROY_DAYS = 35
"""From this many days after its last day on, the next import destroys an intake key."""

_DESK = b"desk"
_CARD = b"card"

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class IntakeSecret:
    """One month's X25519 secret, 32 raw bytes."""

    secret: bytes = field(repr=False)
    first_day: date
    last_day: date

    @property
    def destroyed_on(self) -> date:
        """Return the first day on which an import destroys the secret."""
        return self.last_day + timedelta(days=DESTROY_DAYS)


@dataclass(frozen=True)
class Desk:
    """A handler's own keys: site id 16 bytes, signing seed 32 bytes, intake secrets.

    ``site_pk``, 32 bytes, is the site's key, which signs every bundle that comes from it.

    ``destroyed`` keeps the 16-byte ids of intake keys that are gone, so that a late
    envelope can be told from one for somebody else. ``labels`` are the site's words
    for taxonomy codes, by taxonomy, code and language.
    """

    site_id: bytes
    site_pk: bytes
    seed: bytes = field(repr=False)
    intake: tuple[IntakeSecret, ...]
    destroyed: tuple[bytes, ...]
    labels: dict[str, dict[str, dict[str, str]]]

    @property
    def handler_id(self) -> bytes:
        """Return the handler's 8-byte id."""
        return keys.handler_id(sign.public_key(self.seed))

    def box_keys(self) -> dict[bytes, box.KeyPair]:
        """Return the intake keys by their 16-byte key id."""
        pairs = (box.KeyPair.of(intake.secret) for intake in self.intake)
        return {box.key_id(pair.public): pair for pair in pairs}


@dataclass(frozen=True)
class PinnedCard:
    """The newest card accepted: channel identity 32 bytes, version, last day, raw card."""

    channel_pk: bytes
    version: int
    expires: date
    raw: bytes


def load_setting(vault: Vault, name: bytes, kind: type[Setting]) -> Setting | None:
    """Return a record of the drawer ``setting``, or None where it was never kept."""
    raw = vault.get("setting", name)
    return None if raw is None else records.decode(kind, raw)


def save_setting(vault: Vault, name: bytes, record: object) -> None:
    """Keep a record in the drawer ``setting``."""
    vault.put("setting", name, records.encode(record))


def start(vault: Vault, site: SiteConfig) -> Desk:
    """Make a handler's keys in a fresh vault, for a site as its site.toml says."""
    desk = Desk(site.site_id, site.site_pk, sign.new_seed(), (), (), site.labels())
    save_setting(vault, _DESK, desk)
    return desk


def load(vault: Vault) -> Desk:
    """Return the handler's keys.

    Raises:
        NotAHandlersVault: the vault holds a channel's identity instead.
    """
    desk = load_setting(vault, _DESK, Desk)
    if desk is None:
        raise NotAHandlersVault
    return desk


def request(vault: Vault, role: Mapping[str, str], today: date, *, fresh: bool = False) -> bytes:
    """Return a request to be certified, with intake keys for the months to come.

    Keys that exist already are kept, so that asking twice does no harm: older ones still
    open what was sealed to them, the last one made for a month is the one that is offered.

    Args:
        vault: a handler's.
        role: the handler's role as reporters see it, per language.
        today: the day of asking.
        fresh: whether to make new keys also for months that have one, since that one may
            be known to somebody else.

    Raises:
        RoleInvalid: a role is empty or too long.
        NotText: a role has characters that are no text.
    """
    try:
        "".join(role.values()).encode("utf-8")
    except UnicodeEncodeError:
        raise NotText from None
    with vault.transaction():
        desk = load(vault)
        known = {intake.first_day: intake for intake in desk.intake}
        first = today.replace(day=1)
        months = [add_months(first, ahead) for ahead in range(INTAKE_MONTHS)]
        made = [
            IntakeSecret(box.new_key(), month, add_months(month, 1) - timedelta(days=1))
            for month in months
            if fresh or month not in known
        ]
        known |= {each.first_day: each for each in made}
        save_setting(vault, _DESK, replace(desk, intake=(*desk.intake, *made)))
        activity.note(vault, activity.KEYS_MADE, today, len(made))
        # inside the transaction: a role that is refused makes no keys
        return _signed_request(desk, role, [known[month] for month in months])


def _signed_request(desk: Desk, role: Mapping[str, str], offered: Sequence[IntakeSecret]) -> bytes:
    signed = [
        sign_intake_key(
            desk.seed,
            desk.site_id,
            box.public_key(each.secret),
            each.first_day,
            each.last_day,
        )
        for each in offered
    ]
    asked = make_request(desk.seed, desk.site_id, role, signed)
    try:
        read_request(asked, desk.site_id)
    except ProtocolError:
        raise RoleInvalid(characters=MAX_ROLE_CHARACTERS) from None
    return asked


def destroy_expired(vault: Vault, today: date) -> int:
    """Destroy intake keys whose time is over; return how many.

    Only for the end of an import: what the site still held for a key is here by then.
    """
    if not count_expired(vault, today):
        return 0
    with vault.transaction():
        desk = load(vault)
        over = _over(desk, today)
        gone = tuple(box.key_id(box.public_key(intake.secret)) for intake in over)
        kept = tuple(intake for intake in desk.intake if intake not in over)
        save_setting(vault, _DESK, replace(desk, intake=kept, destroyed=desk.destroyed + gone))
        vault.erase_later()
    return len(over)


def count_expired(vault: Vault, today: date) -> int:
    """Return how many intake keys the next import destroys."""
    desk = load_setting(vault, _DESK, Desk)
    return 0 if desk is None else len(_over(desk, today))


def _over(desk: Desk, today: date) -> list[IntakeSecret]:
    return [intake for intake in desk.intake if intake.destroyed_on <= today]


def erasure_is_final_on(today: date) -> date:
    """Return the day on which nothing sealed up to ``today`` can be opened any more.

    This month's intake key opens old copies until then, or until the next import after
    it; backups expire no later.
    """
    last = add_months(today.replace(day=1), 1) - timedelta(days=1)
    return last + timedelta(days=DESTROY_DAYS)


def pinned(vault: Vault) -> PinnedCard:
    """Return the pinned card, expired or not; raises NoCardYet."""
    card = load_setting(vault, _CARD, PinnedCard)
    if card is None:
        raise NoCardYet
    return card


def channel(vault: Vault) -> Channel:
    """Return site and channel of this desk; raises NoCardYet."""
    return Channel(load(vault).site_id, pinned(vault).channel_pk)


def card(vault: Vault, today: date) -> ChannelCard:
    """Return the pinned card if it is valid on ``today``.

    Raises:
        NoCardYet, CardExpired: there is none to work with.
        CardTooEarly: it was valid when it was pinned, so today is wrong.
    """
    try:
        return read_card(pinned(vault).raw, load(vault).site_id, today)
    except CardLivesTooLong:
        raise CardTooEarly from None


def card_for_reading(vault: Vault, today: date) -> ChannelCard:
    """Return the pinned card also when it has expired: for names on a screen, not for sealing."""
    kept = pinned(vault)
    day = min(max(today, first_possible_day(kept.expires)), kept.expires)
    return read_card(kept.raw, load(vault).site_id, day)


def pin(vault: Vault, raw: bytes, today: date, fingerprint: str | None = None) -> ChannelCard:
    """Accept a card that a person brought, inside a transaction that the caller holds.

    The first one pins the channel: its fingerprint is to be compared with the poster's.

    Args:
        vault: a handler's.
        raw: the card.
        today: the day of reading.
        fingerprint: what a person read from a poster, or None.

    Raises:
        ProtocolError: all that `read_card` raises.
        OtherChannel: it is of another channel than the pinned one.
        CardRolledBack: it is older than the pinned one.
        CardForked: it has the pinned one's version and is another card.
        NotOnCard: it does not name this handler with these keys.
        FingerprintDiffers: it is not the channel that the person expects.
    """
    desk = load(vault)
    before = load_setting(vault, _CARD, PinnedCard)
    found = read_card(raw, desk.site_id, today)
    if fingerprint is not None and plain(fingerprint) != plain(found.fingerprint):
        raise FingerprintDiffers
    if before is not None and before.channel_pk != found.channel_pk:
        raise OtherChannel
    if before is not None and found.version < before.version:
        raise CardRolledBack
    if before is not None and found.version == before.version and raw != before.raw:
        raise CardForked
    _check_own_entry(desk, found)
    record = PinnedCard(found.channel_pk, found.version, found.expires, raw)
    save_setting(vault, _CARD, record)
    if before is None or before.raw != raw:
        activity.note(vault, activity.CARD_PINNED, today)
    return found


def plain(fingerprint: str) -> str:
    """Return a fingerprint as it is compared: without spaces, in capitals."""
    return "".join(fingerprint.split()).upper()


def _check_own_entry(desk: Desk, found: ChannelCard) -> None:
    mine = [entry for entry in found.handlers if entry.handler_id == desk.handler_id]
    if not mine:
        raise NotOnCard
    known = {*desk.box_keys(), *desk.destroyed}
    if not all(box.key_id(intake.x_pk) in known for intake in mine[0].intake_keys):
        # a key under our name that is not ours would let somebody else read
        raise NotOnCard
