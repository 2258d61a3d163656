"""A letter, call or signal while somebody is still entering it.

Owns one draft of an entry in the vault, and what becomes of the names in it. Invariants: the
draft lies under a key of its own, which is destroyed as soon as the case is here or the draft is
thrown away, since it has the names that were left out; a name that was proposed stays only when
a person says that it is none, or that the source agreed; where nothing can look for names, the
text goes only with that word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dropbox.desk import intake, records
from dropbox.desk.errors import EmptyText, NotText
from dropbox.desk.intake import Entered, Suggestion
from dropbox.desk.keyring import load_setting, save_setting
from dropbox.desk.vault import Vault
from dropbox.desk.vault_seal import KEY_BYTES, random_bytes
from dropbox.errors import N_, InputError, TextTooLong
from dropbox.export.span import Span
from dropbox.protocol.payload import (
    MAX_PEOPLE,
    MAX_TEXT_BYTES,
    MAX_TEXT_CHARACTERS,
    Report,
)

MAX_ADDRESS_CHARACTERS = 120
_ADDRESS = b"site address"
_KEY = b"entry draft key"
_DRAFT = b"entry draft"


class PeopleInvalid(InputError):
    """The number of people is no number, or none that makes sense."""

    text = N_("Type for how many people this speaks: a whole number from 1 to %(most)d.")


class AddressInvalid(InputError):
    """What was typed as the site's address would not fit on a slip."""

    text = N_("Type the site's address as it stands on the poster, in one line.")


class AgreementMissing(InputError):
    """Names would stay in a text, and nobody said that they may."""

    text = N_("Names stay in this text. Tick that the source agreed, or leave them out.")


@dataclass(frozen=True)
class EntryDraft:
    """What was filled in so far. Codes as in `Report`; handler ids are 8 raw bytes.

    ``people`` is as it was typed; ``kept`` names the proposals that stay, each by `name_of`;
    ``looked`` tells that a person saw the proposals for this very text, and ``agreed`` that
    the source agreed to what stays, or that it is no name.
    """

    text: str = ""
    origin: str = intake.ORIGINS[0]
    people: str = "1"
    mode: str = "anonymous"
    language: str = "nl"
    name: str = ""
    contact: str = ""
    conduct: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    unit: str = ""
    period: str = ""
    works_with_subject: str = ""
    supporter: str = ""
    excluded: tuple[bytes, ...] = ()
    kept: tuple[str, ...] = ()
    agreed: bool = False
    looked: bool = False


@dataclass(frozen=True)
class _Kept:
    key: bytes


@dataclass(frozen=True)
class _Address:
    text: str


def save(vault: Vault, draft: EntryDraft) -> None:
    """Keep a draft, in the place of the one before.

    What was decided about names is forgotten when the text or its language changed.

    Raises:
        NotText: something in it is no text.
    """
    before = load(vault)
    if (before.text, before.language) != (draft.text, draft.language):
        draft = replace(draft, kept=(), agreed=False, looked=False)
    try:
        f"{draft.text}{draft.name}{draft.contact}{draft.people}".encode()
    except UnicodeEncodeError:
        raise NotText from None
    with vault.transaction():
        found = load_setting(vault, _KEY, _Kept)
        if found is None:
            found = _Kept(random_bytes(KEY_BYTES))
            save_setting(vault, _KEY, found)
        vault.put("entry", _DRAFT, records.encode(draft), found.key)


def load(vault: Vault) -> EntryDraft:
    """Return the draft, blank where there is none."""
    found = load_setting(vault, _KEY, _Kept)
    raw = None if found is None else vault.get("entry", _DRAFT, found.key)
    return EntryDraft() if raw is None else records.decode(EntryDraft, raw)


def drop(vault: Vault) -> None:
    """Destroy the draft and its key, inside a transaction that the caller holds."""
    if vault.has("setting", _KEY):
        vault.delete("setting", _KEY)
        vault.delete("entry", _DRAFT)
        vault.erase_later()


def problems(draft: EntryDraft) -> list[tuple[str, InputError]]:
    """Return the fields that keep a draft from going on, and why."""
    found: list[tuple[str, InputError]] = []
    size = len(draft.text.encode("utf-8"))
    if not draft.text.strip():
        found.append(("text", EmptyText()))
    elif len(draft.text) > MAX_TEXT_CHARACTERS or size > MAX_TEXT_BYTES:
        too_long = TextTooLong(characters=MAX_TEXT_CHARACTERS, bytes=MAX_TEXT_BYTES)
        found.append(("text", too_long))
    if _people(draft.people) is None:
        found.append(("people", PeopleInvalid(most=MAX_PEOPLE)))
    return found


def _people(typed: str) -> int | None:
    plain = typed.strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > len(str(MAX_PEOPLE)):
        return None
    return int(plain) if 1 <= int(plain) <= MAX_PEOPLE else None


def name_of(span: Span) -> str:
    """Return what names a proposal in a form: where it stands, not what stands there."""
    return f"{span.start}-{span.end}"


def masked(draft: EntryDraft, found: Suggestion | None) -> str:
    """Return the text as it will be sent.

    Args:
        draft: with the decisions on ``found``.
        found: the proposals for its text; None where nothing could look.

    Raises:
        AgreementMissing: what was found would stay, or may, and nobody said that it can.
    """
    if found is None:
        if not draft.agreed:
            raise AgreementMissing
        return draft.text
    gone = [each for each in found.spans if name_of(each) not in draft.kept]
    if len(gone) < len(found.spans) and not draft.agreed:
        raise AgreementMissing
    return intake.mask(draft.text, gone, draft.language)


def report(draft: EntryDraft, text: str, today: date) -> Report:
    """Return the report to enter; one that is anonymous has neither name nor contact.

    Args:
        draft: that has no `problems`.
        text: of `masked`.
        today: the day of entering.

    Raises:
        PeopleInvalid: the number of people is none.
    """
    people = _people(draft.people)
    if people is None:
        raise PeopleInvalid(most=MAX_PEOPLE)
    is_confidential = draft.mode == "confidential"
    return Report(
        day=today,
        turn=intake.FIRST_TURN,
        mode=draft.mode,
        language=draft.language,
        text=text,
        recipients=(),
        excluded=draft.excluded,
        name=draft.name if is_confidential else "",
        contact=draft.contact if is_confidential else "",
        conduct=draft.conduct,
        grounds=draft.grounds,
        unit=draft.unit,
        period=draft.period,
        works_with_subject=draft.works_with_subject,
        supporter=draft.supporter,
        origin=draft.origin,
        people=people,
    )


def address(vault: Vault) -> str:
    """Return the site's address as it was typed for the slip before, or nothing."""
    found = load_setting(vault, _ADDRESS, _Address)
    return "" if found is None else found.text


def checked_address(typed: str) -> str:
    """Return the site's address as it stands on a slip; raises AddressInvalid."""
    plain = typed.strip()
    if len(plain) > MAX_ADDRESS_CHARACTERS or not plain.isprintable():
        raise AddressInvalid
    return plain


def enter(vault: Vault, ready: Report, site_address: str, today: date) -> Entered:
    """Enter a report, keep the address for the next slip, and destroy the draft: all or nothing.

    Args:
        vault: a handler's.
        ready: of `report`.
        site_address: of `checked_address`.
        today: the day of entering.

    Raises:
        DropboxError: all that `intake.enter` raises.
    """
    with vault.transaction():
        save_setting(vault, _ADDRESS, _Address(site_address))
        drop(vault)
        return intake.enter_within(vault, ready, today)
