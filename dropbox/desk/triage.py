"""What this desk notes of a case for its own order: looked at, same matter, put aside.

Owns one mark for each case, sealed under the case's key. Invariants: a mark changes no
clock and no state, and nothing of it ever leaves this desk; what the reporter writes
afterwards brings a case that was put aside back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dropbox.desk import casebook, keyring, outbox, phrases, records, replies
from dropbox.desk.casebook import TRIAGE, OpenBook
from dropbox.desk.cases import Case
from dropbox.desk.errors import CaseOnHold
from dropbox.desk.vault import Vault
from dropbox.errors import N_, DropboxError, InputError

MAX_LABEL_CHARACTERS = 60


class LabelTooLong(InputError):
    """A label has more characters than a list can show."""

    text = N_("A label has at most %(characters)d characters.")


@dataclass(frozen=True)
class Mark:
    """What this desk noted.

    ``label`` names what several cases have in common, empty for nothing; ``looked`` counts
    what others wrote and a person has had on the screen here; ``aside`` is how much others
    had written when the case was put aside, 0 when it was not.
    """

    label: str = ""
    looked: int = 0
    aside: int = 0

    def is_aside(self, heard: int) -> bool:
        """Tell whether a case is still put aside; see `heard`."""
        return 0 < heard <= self.aside


BLANK = Mark()
"""Nothing was noted."""


@dataclass
class Sent:
    """What a confirmation to many did: case ids of 32 bytes, and refusals by English reason."""

    written: list[bytes] = field(default_factory=list)
    kept: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def of_book(book: OpenBook) -> Mark:
    """Return what is noted of an open case."""
    raw = book.side(TRIAGE)
    return BLANK if raw is None else records.decode(Mark, raw)


def heard(case: Case, own_id: bytes) -> int:
    """Return how much of a case, notes included, others wrote than this 8-byte id's handler."""
    return sum(entry.author != own_id for entry in (*case.entries, *case.notes))


def look(vault: Vault, mailbox_id: bytes, count: int) -> bool:
    """Note that so much of what others wrote was on the screen; return whether that was news."""
    book = casebook.open_book(vault, mailbox_id)
    mark = of_book(book)
    if mark.looked >= count:
        return False
    with vault.transaction():
        book.put_side(TRIAGE, records.encode(replace(mark, looked=count)))
    return True


def label(vault: Vault, mailbox_ids: Iterable[bytes], words: str, *, aside: bool) -> int:
    """Give cases a label, and put them aside or take them back; return how many.

    Args:
        vault: a handler's.
        mailbox_ids: 32 raw bytes each; those that were withdrawn meanwhile are left out.
        words: the label, or nothing to take it off.
        aside: whether the cases leave the daily list until something new comes.

    Raises:
        LabelTooLong: the label has more than `MAX_LABEL_CHARACTERS`.
    """
    wanted = " ".join(words.split())
    if len(wanted) > MAX_LABEL_CHARACTERS:
        raise LabelTooLong(characters=MAX_LABEL_CHARACTERS)
    own_id, count = keyring.load(vault).handler_id, 0
    with vault.transaction():
        for mailbox_id in mailbox_ids:
            try:
                book = casebook.open_book(vault, mailbox_id)
                known = heard(book.case(), own_id)
            except outbox.NO_CASE:
                continue  # withdrawn meanwhile, or damaged: the list shows that by itself
            mark = Mark(wanted, known, known if aside else 0)
            book.put_side(TRIAGE, records.encode(mark))
            count += 1
    return count


def confirm(
    vault: Vault, mailbox_ids: Iterable[bytes], texts: Mapping[str, str], today: date
) -> Sent:
    """Confirm receipt to many reporters, each with a sealed reply of their own.

    The only thing that is ever said to many: whoever was answered before gets nothing,
    and a paused case is refused, as at its own page.

    Args:
        vault: a handler's.
        mailbox_ids: 32 raw bytes each.
        texts: the confirmation by the reporter's language; placeholders are filled.
        today: the day of writing.
    """
    sent = Sent()
    for mailbox_id in mailbox_ids:
        try:
            case = casebook.open_book(vault, mailbox_id).case()
            if case.receipt_clock(today).met:
                sent.kept += 1
                continue
            if case.standing().on_hold:
                raise CaseOnHold
            said = phrases.filled(vault, texts[case.report.language], case, today)
            replies.reply(vault, mailbox_id, said, today)
        except DropboxError as error:
            sent.refused[error.text] = sent.refused.get(error.text, 0) + 1
        else:
            sent.written.append(mailbox_id)
    return sent
