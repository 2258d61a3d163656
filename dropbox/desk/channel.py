"""The channel's identity, kept offline by its owner: certifies handlers and signs cards.

Invariants: a card's version only rises; every card is read back and checked before
it leaves; handlers stay until the owner removes them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from dropbox.desk import activity
from dropbox.desk.errors import (
    KeysEnded,
    NoHandlers,
    NotAnOwnersVault,
    PlanInvalid,
    RequestTooOld,
    UnknownHandler,
)
from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.errors import ProtocolError
from dropbox.language import LANGUAGES
from dropbox.protocol import box, keys, sign
from dropbox.protocol.certificate import (
    HandlerRequest,
    issue_certificate,
    make_request,
    read_request,
    sign_intake_key,
)
from dropbox.protocol.channel_card import (
    CARD_DAYS,
    CardDraft,
    CardTexts,
    ChannelCard,
    read_card,
    sign_card,
)

SETTING = b"channel"
"""The setting in which a vault keeps a channel's identity."""


@dataclass(frozen=True)
class ChannelPlan:
    """What an owner decides about a channel: short name, kind, and texts per language."""

    slug: str
    kind: str
    external: bool
    independent: bool
    texts: dict[str, CardTexts]


@dataclass(frozen=True)
class Owner:
    """A channel's identity: site id 16 bytes, seed 32 bytes, last version, known requests.

    ``expires`` is the last day of the card that was signed last, None where none was, or
    where an older program signed it.
    """

    site_id: bytes
    seed: bytes = field(repr=False)
    plan: ChannelPlan
    version: int
    requests: tuple[bytes, ...]
    expires: date | None = None

    @property
    def fingerprint(self) -> str:
        """Return the 25 characters that go on the poster."""
        return keys.fingerprint(self.site_id, sign.public_key(self.seed))

    def handlers(self) -> dict[bytes, HandlerRequest]:
        """Return what each known handler asked for, by 8-byte id."""
        found = [read_request(raw, self.site_id) for raw in self.requests]
        return {each.handler_id: each for each in found}


def start(vault: Vault, site_id: bytes, plan: ChannelPlan, today: date) -> Owner:
    """Make a channel's identity in a fresh vault.

    Raises:
        PlanInvalid: no card can be made of this plan.
    """
    owner = Owner(site_id, sign.new_seed(), plan, 0, ())
    _rehearse(owner, today)
    save_setting(vault, SETTING, owner)
    return owner


def _rehearse(owner: Owner, today: date) -> None:
    """Sign and read a card with an invented handler, so that a bad plan shows at once."""
    seed, last = sign.new_seed(), today + timedelta(days=CARD_DAYS)
    key = sign_intake_key(seed, owner.site_id, box.public_key(box.new_key()), today, last)
    asked = make_request(seed, owner.site_id, {"nl": "-", "en": "-"}, (key,))
    try:
        read_card(_sign(replace(owner, version=1, requests=(asked,)), today), owner.site_id, today)
    except (ProtocolError, UnicodeEncodeError):
        raise PlanInvalid from None


def read_texts(text: str) -> dict[str, CardTexts]:
    """Read a channel's words from TOML: tables ``nl`` and ``en`` with the fields of `CardTexts`.

    Raises:
        PlanInvalid: a table or field is missing, unknown, empty or no text.
    """
    try:
        tables = tomllib.loads(text)
        texts = {language: CardTexts(**tables.pop(language)) for language in LANGUAGES}
    except (ValueError, KeyError, TypeError):
        raise PlanInvalid from None
    words = [word for found in texts.values() for word in vars(found).values()]
    if tables or not all(isinstance(word, str) and word.strip() for word in words):
        raise PlanInvalid
    return texts


def load(vault: Vault) -> Owner:
    """Return the channel's identity.

    Raises:
        NotAnOwnersVault: this is a handler's vault.
    """
    owner = load_setting(vault, SETTING, Owner)
    if owner is None:
        raise NotAnOwnersVault
    return owner


def sign_next_card(
    vault: Vault,
    requests: Sequence[bytes],
    remove: Sequence[str],
    today: date,
    after_version: int = 0,
) -> ChannelCard:
    """Certify handlers and sign the channel's next card.

    Args:
        vault: the owner's.
        requests: raw requests of handlers, new ones or with newer intake keys.
        remove: handler ids in hexadecimal that leave the channel.
        today: the day of signing; the card lives `CARD_DAYS` from then, or as long as its keys.
        after_version: a version that this vault may have forgotten after a restore.

    Raises:
        NotAnOwnersVault: this is a handler's vault.
        ProtocolError: a request is malformed, forged or of another site.
        RequestTooOld: a newer request of that handler is known.
        UnknownHandler: nobody has such an id.
        NoHandlers: the card would be empty.
        KeysEnded: a handler has no intake key left.
    """
    with vault.transaction():
        owner = load(vault)
        known = _merge(owner, requests, remove)
        if not known:
            raise NoHandlers
        version = max(owner.version, after_version) + 1
        owner = replace(owner, version=version, requests=tuple(known.values()))
        raw = _sign(owner, today)
        card = read_card(raw, owner.site_id, today)
        save_setting(vault, SETTING, replace(owner, expires=card.expires))
        activity.note(vault, activity.CARD_SIGNED, today)
        activity.note(vault, activity.HANDLER_REMOVED, today, len(remove))
    return card


def _merge(owner: Owner, requests: Sequence[bytes], remove: Sequence[str]) -> dict[bytes, bytes]:
    known = {read_request(raw, owner.site_id).handler_id: raw for raw in owner.requests}
    for typed in remove:
        gone = [each for each in known if each.hex() == typed.strip().lower()]
        if not gone:
            raise UnknownHandler
        del known[gone[0]]
    for raw in requests:
        asked = read_request(raw, owner.site_id)
        before = known.get(asked.handler_id)
        if before and keys_until(read_request(before, owner.site_id)) > keys_until(asked):
            raise RequestTooOld
        known[asked.handler_id] = raw
    return known


def keys_until(asked: HandlerRequest) -> date:
    """Return the last day on which a key of a handler's request can be sealed to."""
    return max((key.last_day for key in asked.intake_keys), default=date.min)


def _sign(owner: Owner, today: date) -> bytes:
    plan = owner.plan
    expires = today + timedelta(days=CARD_DAYS)
    for asked in owner.handlers().values():
        if keys_until(asked) < today:
            raise KeysEnded(handler=asked.handler_id.hex())
        expires = min(expires, keys_until(asked))  # a card never outlives the keys on it
    draft = CardDraft(
        slug=plan.slug,
        version=owner.version,
        expires=expires,
        kind=plan.kind,
        external=plan.external,
        independent=plan.independent,
        texts=plan.texts,
    )
    handlers = [
        (
            issue_certificate(owner.seed, owner.site_id, asked.ed_pk, asked.role, expires),
            asked.intake_keys,
        )
        for asked in owner.handlers().values()
    ]
    return sign_card(owner.seed, owner.site_id, draft, handlers)
