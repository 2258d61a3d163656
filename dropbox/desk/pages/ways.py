"""How a case came and where it may go: what its pages show of other ways in and other channels.

Invariant: another channel's words come from its own card; nothing is sealed to anybody here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropbox.desk import casebook, intake, keyring, other_channels, words
from dropbox.desk.cases import Case
from dropbox.desk.drafts import Draft
from dropbox.desk.other_channels import ChannelNotKnown
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import language
from dropbox.desk.vault import Vault
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.keys import fingerprint


@dataclass(frozen=True)
class Asked:
    """One question about another channel. ``name`` is that channel's word for itself."""

    day: date
    name: str
    answer: str
    answered: date | None
    agreed: bool


@dataclass(frozen=True)
class Ways:
    """Questions in a case, and what may still be undone of one that was entered here."""

    asked: tuple[Asked, ...]
    new_code: bool
    discard: bool

    @property
    def agreed(self) -> bool:
        """Tell whether the reporter agreed to any question."""
        return any(each.agreed for each in self.asked)


def of_case(vault: Vault, case: Case, today: date) -> Ways:
    """Return what a case's page shows of them."""
    book = casebook.open_book(vault, case.mailbox_id)
    discard = intake.is_here_only(vault, book)
    return Ways(
        tuple(_asked(vault, case, today)),
        new_code=discard and intake.can_make_anew(vault, book),
        discard=discard,
    )


def _asked(vault: Vault, case: Case, today: date) -> list[Asked]:
    site_id = keyring.load(vault).site_id
    return [
        Asked(
            each.asked,
            other_channels.name_of(vault, each.channel_pk, language(), today)
            or fingerprint(site_id, each.channel_pk),
            _(words.TRANSFER_ANSWERS[each.answer]),
            each.answered,
            each.answer == "consent",
        )
        for each in case.transfers
    ]


def asked_about(vault: Vault, draft: Draft, today: date) -> ChannelCard:
    """Return the card of the channel that a draft asks about; raises ChannelNotKnown."""
    for card in other_channels.known(vault, today):
        if card.channel_pk.hex() == draft.transfer:
            return card
    raise ChannelNotKnown
