"""An answer that is not sent yet, kept in the vault.

Owns one draft for each case. Invariants: it is sealed under the case's key, so a withdrawal
erases it; what is kept is what the handler typed, with no check on it: a draft may be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dropbox.desk import casebook, records
from dropbox.desk.casebook import DRAFT
from dropbox.desk.errors import NotText
from dropbox.desk.vault import Vault

ANY_CHANNEL = "?"


@dataclass(frozen=True)
class Draft:
    """What stood in the composer.

    ``state`` and ``outcome`` are codes, or empty where nothing was chosen; ``reason`` is for
    the case's handlers alone; ``later`` holds the aftercare texts by number of months, written
    as text since records know no other key, and is empty where nothing is asked later.
    ``transfer`` is the identity of another channel in hexadecimal, where the draft asks whether
    that one may read; without a choice yet it is `ANY_CHANNEL`.
    """

    text: str
    state: str = ""
    outcome: str = ""
    reason: str = ""
    later: dict[str, str] = field(default_factory=dict)
    transfer: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing that would be missed."""
        return not self.text.strip() and not self.reason.strip()


def save(vault: Vault, mailbox_id: bytes, draft: Draft) -> None:
    """Keep a draft, in the place of the one before; an empty one lets go of it.

    Raises:
        UnknownCase, CaseWithdrawn: there is no such case to write in.
        NotText: the text has characters that are no text.
    """
    try:
        "".join((draft.text, draft.reason, *draft.later.values())).encode("utf-8")
    except UnicodeEncodeError:
        raise NotText from None
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        if draft.is_empty:
            book.drop_side(DRAFT)
        else:
            book.put_side(DRAFT, records.encode(draft))


def load(vault: Vault, mailbox_id: bytes) -> Draft | None:
    """Return the draft of a case, or None where nothing was typed."""
    raw = casebook.open_book(vault, mailbox_id).side(DRAFT)
    return None if raw is None else records.decode(Draft, raw)


def drop(vault: Vault, mailbox_id: bytes) -> None:
    """Let go of a case's draft, for example since it was sent."""
    with vault.transaction():
        casebook.open_book(vault, mailbox_id).drop_side(DRAFT)
