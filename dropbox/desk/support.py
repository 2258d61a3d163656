"""Support for the person whom a report is about: a record of its own, apart from every case.

Owns a record for each such person, in a drawer of its own. Invariants: it holds what a handler
wrote about support and nothing out of a case: no number, text, code or day of one; it is found by
a number of its own, drawn at random; no search over cases finds it. That a record exists may be
noted at a confidential case, under the case's key, so that the note goes with the case; the
record knows nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import casebook, records
from dropbox.desk.casebook import SUPPORT, OpenBook
from dropbox.desk.errors import NotText
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import random_bytes
from dropbox.errors import N_, InputError, TextTooLong

OFFERS = {
    "talk": N_("a first talk: what is going on, and what is not"),
    "explained": N_("the steps and the rights were explained"),
    "supporter": N_("somebody to come along to talks"),
    "social_work": N_("company social work"),
    "doctor": N_("the company doctor"),
    "legal": N_("legal help"),
    "manager": N_("a manager who is not involved as a point of contact"),
    "place": N_("another place of work for the time being, at their own wish"),
    "aftercare": N_("a talk afterwards"),
}
ANSWERS = {"": N_("no answer yet"), "yes": N_("taken up"), "no": N_("not wanted")}

MAX_TEXT_CHARACTERS = 20_000
MAX_TEXT_BYTES = 60_000
MAX_BY_CHARACTERS = 100
_ID_BYTES = 5


class UnknownSupport(InputError):
    """No support record has that number."""

    text = N_("There is no such support record.")


class OfferUnknown(InputError):
    """Support was named by what is no code, or answered by what is no answer."""

    text = N_("There is no such kind of support. Choose one of the list.")


class OfferInFuture(InputError):
    """Support was offered on a day to come."""

    text = N_("Support that was offered has a day up to today. Use the next appointment for later.")


class LinkToAnonymousReport(InputError):
    """A support record would point at a person in an anonymous case."""

    text = N_(
        "That report is anonymous, so its case is about nobody. Keep the support record by itself."
    )


@dataclass(frozen=True)
class Offer:
    """Support that was offered: one of `OFFERS`, on which day, and one of `ANSWERS`."""

    kind: str
    day: date
    answer: str = ""


@dataclass(frozen=True)
class Support:
    """One person's support. ``by`` says who gives it, ``text`` is the handler's own.

    ``support_id`` has 5 random bytes; ``appointment`` is the next one, or None.
    """

    support_id: bytes
    started: date
    by: str = ""
    appointment: date | None = None
    text: str = ""
    offers: tuple[Offer, ...] = ()

    @property
    def number(self) -> str:
        """Return the number on the screen, which no case's number looks like."""
        return f"S-{self.support_id.hex()}"


@dataclass(frozen=True)
class Noted:
    """What a case keeps: ids of the records that exist beside it."""

    support_ids: tuple[bytes, ...]


def start(vault: Vault, today: date) -> Support:
    """Begin an empty record."""
    support = Support(random_bytes(_ID_BYTES), today)
    with vault.transaction():
        _save(vault, support)
    return support


def _save(vault: Vault, support: Support) -> None:
    vault.put("support", support.support_id, records.encode(support))


def every(vault: Vault) -> list[Support]:
    """Return all records: those with an appointment by its day, then the others by number."""
    found = [records.decode(Support, raw) for _name, raw in vault.items("support")]
    return sorted(found, key=lambda each: (each.appointment or date.max, each.support_id))


def find(vault: Vault, number: str) -> Support:
    """Return the record with this number, or raise UnknownSupport."""
    typed = "".join(number.split()).lower().removeprefix("s-")
    try:
        support_id = bytes.fromhex(typed)
    except ValueError:
        raise UnknownSupport from None
    return _load(vault, support_id)


def _load(vault: Vault, support_id: bytes) -> Support:
    raw = vault.get("support", support_id) if len(support_id) == _ID_BYTES else None
    if raw is None:
        raise UnknownSupport
    return records.decode(Support, raw)


def change(
    vault: Vault, support_id: bytes, *, by: str, appointment: date | None, text: str
) -> None:
    """Write who gives the support, the next appointment, and the handler's own text.

    Args:
        vault: a handler's.
        support_id: which record.
        by: at most `MAX_BY_CHARACTERS`, on one line.
        appointment: the next one, or None.
        text: at most `MAX_TEXT_CHARACTERS`.

    Raises:
        UnknownSupport: there is no such record.
        NotText, TextTooLong: it cannot be kept.
    """
    try:
        size = len(f"{by}{text}".encode())
    except UnicodeEncodeError:
        raise NotText from None
    by = " ".join(by.split())
    too_long = len(by) > MAX_BY_CHARACTERS or len(text) > MAX_TEXT_CHARACTERS
    if too_long or size > MAX_TEXT_BYTES:
        raise TextTooLong(characters=MAX_TEXT_CHARACTERS, bytes=MAX_TEXT_BYTES)
    kept = "\n".join(text.splitlines())
    with vault.transaction():
        found = _load(vault, support_id)
        _save(vault, replace(found, by=by, appointment=appointment, text=kept))


def offer(
    vault: Vault, support_id: bytes, kind: str, day: date, today: date, answer: str = ""
) -> None:
    """Write down support that was offered; the same on the same day gets the newer answer.

    Args:
        vault: a handler's.
        support_id: which record.
        kind: one of `OFFERS`.
        day: of the offer.
        today: the day of writing.
        answer: one of `ANSWERS`.

    Raises:
        UnknownSupport, OfferUnknown, OfferInFuture: as they say.
    """
    if kind not in OFFERS or answer not in ANSWERS:
        raise OfferUnknown
    if day > today:
        raise OfferInFuture
    with vault.transaction():
        found = _load(vault, support_id)
        others = _without(found, kind, day)
        ordered = sorted((*others, Offer(kind, day, answer)), key=lambda each: each.day)
        _save(vault, replace(found, offers=tuple(ordered)))


def take_back(vault: Vault, support_id: bytes, kind: str, day: date) -> None:
    """Strike out an offer that was written down by mistake; raises UnknownSupport."""
    with vault.transaction():
        found = _load(vault, support_id)
        _save(vault, replace(found, offers=_without(found, kind, day)))


def _without(found: Support, kind: str, day: date) -> tuple[Offer, ...]:
    return tuple(each for each in found.offers if (each.kind, each.day) != (kind, day))


def erase(vault: Vault, support_id: bytes) -> None:
    """Erase a record, and rewrite the file; what is noted at a case leads nowhere from then on.

    Raises:
        UnknownSupport: there is none.
    """
    with vault.transaction():
        _load(vault, support_id)
        vault.delete("support", support_id)
        vault.erase_later()


def note_at(vault: Vault, support_id: bytes, mailbox_id: bytes) -> None:
    """Note at a case that a support record exists; the record itself learns nothing.

    Args:
        vault: a handler's.
        support_id: which record.
        mailbox_id: the case, 32 raw bytes.

    Raises:
        UnknownSupport, UnknownCase, CaseWithdrawn: there is no such record or case.
        LinkToAnonymousReport: the report is anonymous.
    """
    with vault.transaction():
        _load(vault, support_id)
        book = casebook.open_book(vault, mailbox_id)
        if book.case().report.mode == "anonymous":
            raise LinkToAnonymousReport
        known = set(_noted(vault, book))
        _keep(book, known | {support_id})


def take_off(vault: Vault, support_id: bytes, mailbox_id: bytes) -> None:
    """Take that note off a case again; no harm where there is none."""
    with vault.transaction():
        book = casebook.open_book(vault, mailbox_id)
        _keep(book, set(_noted(vault, book)) - {support_id})


def _keep(book: OpenBook, support_ids: set[bytes]) -> None:
    if support_ids:
        book.put_side(SUPPORT, records.encode(Noted(tuple(sorted(support_ids)))))
    else:
        book.drop_side(SUPPORT)


def _noted(vault: Vault, book: OpenBook) -> tuple[bytes, ...]:
    raw = book.side(SUPPORT)
    known = () if raw is None else records.decode(Noted, raw).support_ids
    return tuple(each for each in known if vault.has("support", each))


def count_at(vault: Vault, mailbox_id: bytes) -> int:
    """Return how many support records are noted at a case and still exist."""
    return len(_noted(vault, casebook.open_book(vault, mailbox_id)))
