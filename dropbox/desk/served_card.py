"""The card that the site serves, held against the one that this desk pinned.

Invariant: a card from the site never changes the channel, never lowers the version and
never removes this handler; whatever does not fit becomes a notice for people.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

from dropbox.desk import keyring
from dropbox.desk.errors import NotOnCard, OtherChannel
from dropbox.desk.outbox import courier
from dropbox.desk.vault import Vault
from dropbox.errors import N_, CardExpired, CardLivesTooLong, ProtocolError
from dropbox.protocol.channel_card import read_card


class Notice(Enum):
    """What people should know about the site after an import."""

    NEWER_CARD = "newer card"
    CARD_UNDER_WAY = "card under way"
    OLDER_CARD = "older card"
    FORKED_CARD = "forked card"
    OTHER_CHANNEL = "other channel"
    NOT_ON_CARD = "not on card"
    EXPIRED_CARD = "expired card"
    FALSE_CARD = "false card"
    UNKNOWN_BUNDLE = "unknown bundle"
    CLOCK_DOUBTFUL = "clock doubtful"
    SITE_RESTORED = "site restored"
    BUNDLE_TO_COME = "bundle to come"
    OLDER_BUNDLE = "older bundle"

    @property
    def alarming(self) -> bool:
        """Tell whether somebody may be tampering, so that people must look at once."""
        return self not in {
            Notice.NEWER_CARD,
            Notice.CARD_UNDER_WAY,
            Notice.EXPIRED_CARD,
            Notice.CLOCK_DOUBTFUL,
            Notice.SITE_RESTORED,
            Notice.BUNDLE_TO_COME,
            Notice.OLDER_BUNDLE,
        }


NOTICES = {
    Notice.NEWER_CARD: N_("The site has a newer channel card. This vault now uses it."),
    Notice.CARD_UNDER_WAY: N_("The site still has an older card. Yours goes with the next bundle."),
    Notice.OLDER_CARD: N_("ALARM: the site serves an older channel card than it was given."),
    Notice.FORKED_CARD: N_("ALARM: the site serves another card with the same version."),
    Notice.OTHER_CHANNEL: N_("ALARM: the site serves the card of another channel."),
    Notice.NOT_ON_CARD: N_("ALARM: the site serves a newer card without you or your keys."),
    Notice.EXPIRED_CARD: N_("The site's channel card has expired. Ask the owner for a new one."),
    Notice.FALSE_CARD: N_("ALARM: the site serves a card that the channel did not sign."),
    Notice.UNKNOWN_BUNDLE: N_("ALARM: the site accepted a bundle that this vault did not make."),
    Notice.SITE_RESTORED: N_(
        "The site was restored from a backup. Ask the operator whether that is so. Export a bundle"
        " today: it brings the site again what it lost."
    ),
    Notice.CLOCK_DOUBTFUL: N_(
        "WARNING: this computer's date looks wrong: the site's card is not valid on it."
        " Old keys were kept. Check the date."
    ),
    Notice.BUNDLE_TO_COME: N_(
        "WARNING: this bundle bears a day that is still to come. The site's date or this"
        " computer's is wrong. Old keys were kept. Check both dates."
    ),
    Notice.OLDER_BUNDLE: N_(
        "WARNING: this bundle is older than one that was imported before. Ask the operator"
        " for a new one."
    ),
}
"""What people are told of each."""


def compare(vault: Vault, raw: bytes, today: date) -> Notice | None:
    """Compare the served card with the pinned one; accept a newer one.

    Args:
        vault: a handler's with a pinned card, inside a transaction.
        raw: the card as the site serves it.
        today: the day of importing.
    """
    pinned = keyring.pinned(vault)
    if raw == pinned.raw:
        return None
    try:
        served = read_card(raw, keyring.load(vault).site_id, today)
        if served.channel_pk == pinned.channel_pk and served.version <= pinned.version:
            return _not_newer(vault, served.version, pinned.version)
        keyring.pin(vault, raw, today)
    except CardExpired:
        return Notice.EXPIRED_CARD
    except CardLivesTooLong:
        return None  # signed on a day that is still to come here: see `fits_today`
    except OtherChannel:
        return Notice.OTHER_CHANNEL
    except NotOnCard:
        return Notice.NOT_ON_CARD
    except ProtocolError:
        return Notice.FALSE_CARD
    return Notice.NEWER_CARD


def fits_today(vault: Vault, raw: bytes, today: date) -> bool | None:
    """Tell whether the days of the served card fit today; None where it is not to be believed.

    Nor is it to be believed about us where it does not name us: then what is sealed to us
    waits at the site and did not come with the bundle.

    The site serves a card only while it is valid there, so an expired one means that a
    clock is wrong, or that the bundle was long under way.
    """
    try:
        served = read_card(raw, keyring.load(vault).site_id, today)
    except (CardExpired, CardLivesTooLong):
        return False
    except ProtocolError:
        return None
    own_id = keyring.load(vault).handler_id
    names_us = any(each.handler_id == own_id for each in served.handlers)
    is_ours = served.channel_pk == keyring.pinned(vault).channel_pk
    return True if is_ours and names_us else None


def _not_newer(vault: Vault, served: int, pinned: int) -> Notice:
    if served == pinned:
        return Notice.FORKED_CARD
    # the site cannot serve what it has not been brought yet
    delivered = courier(vault).card_version >= pinned
    return Notice.OLDER_CARD if delivered else Notice.CARD_UNDER_WAY
