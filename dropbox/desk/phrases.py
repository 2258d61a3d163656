"""Texts to begin a reply with: the desk's own, and what a channel made of them.

Owns a text for each name and language. The desk's own lie under ``templates/texts``; a text
that handlers changed lies in the vault and takes its place, and may be given back. Invariants:
a reporter is written to in the language of the report; only known placeholders are filled, and
what fills them is a day or the channel's public name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import format_date

from dropbox.config import TEMPLATES_DIR
from dropbox.desk import keyring
from dropbox.desk.cases import Case
from dropbox.desk.errors import EmptyText, NotText
from dropbox.desk.vault import Vault
from dropbox.errors import N_, InputError, TextTooLong
from dropbox.language import LANGUAGES
from dropbox.protocol.payload import MAX_REPLY_BYTES, MAX_REPLY_CHARACTERS

TRANSFER = "transfer"
NAMES = ("receipt", "expectations", "check_in", "feedback", TRANSFER, "closing")
LABELS = {
    "receipt": N_("confirm receipt"),
    "expectations": N_("what to expect"),
    "check_in": N_("ask whether it is safe"),
    "feedback": N_("give feedback"),
    TRANSFER: N_("ask about another channel"),
    "closing": N_("close"),
}
PLACEHOLDERS = ("{channel}", "{receipt_day}", "{feedback_day}")


class NoSuchPhrase(InputError):
    """A name or language that no phrase has."""

    text = N_("There is no such phrase.")


@dataclass(frozen=True)
class Own:
    """A text that this channel made its own."""

    text: str


@cache
def own(name: str, language: str) -> str:
    """Return the desk's own text, with its placeholders.

    Raises:
        NoSuchPhrase: there is none of that name or language.
    """
    if name not in NAMES or language not in LANGUAGES:
        raise NoSuchPhrase
    return (TEMPLATES_DIR / "texts" / language / "desk" / f"{name}.txt").read_text("utf-8").strip()


def _setting(name: str, language: str) -> bytes:
    own(name, language)  # only what exists
    return f"phrase {language} {name}".encode("ascii")


def load(vault: Vault, name: str, language: str) -> tuple[str, bool]:
    """Return the text as it is used here, and whether the channel changed it; or NoSuchPhrase."""
    found = keyring.load_setting(vault, _setting(name, language), Own)
    return (own(name, language), False) if found is None else (found.text, True)


def save(vault: Vault, name: str, language: str, text: str) -> None:
    """Keep a text of the channel's own.

    Raises:
        NoSuchPhrase: the name or language is not known.
        EmptyText, NotText, TextTooLong: it could not be sent.
    """
    place = _setting(name, language)
    words = "\n".join(text.splitlines()).strip()
    if not words:
        raise EmptyText
    try:
        size = len(words.encode("utf-8"))
    except UnicodeEncodeError:
        raise NotText from None
    if len(words) > MAX_REPLY_CHARACTERS or size > MAX_REPLY_BYTES:
        raise TextTooLong(characters=MAX_REPLY_CHARACTERS, bytes=MAX_REPLY_BYTES)
    with vault.transaction():
        keyring.save_setting(vault, place, Own(words))


def give_back(vault: Vault, name: str, language: str) -> None:
    """Use the desk's own text again."""
    with vault.transaction():
        vault.delete("setting", _setting(name, language))


def fill(text: str, channel: str, receipt: date, feedback: date, language: str) -> str:
    """Fill the placeholders of a text; what is in braces and not known stays as it is.

    Args:
        text: a phrase.
        channel: the channel's name as reporters see it.
        receipt: the day on which the confirmation is owed.
        feedback: the day on which feedback is owed, pauses counted.
        language: the reporter's.
    """
    days = [format_date(day, "d MMMM y", locale=language) for day in (receipt, feedback)]
    for place, value in zip(PLACEHOLDERS, (channel, *days), strict=True):
        text = text.replace(place, value)
    return text


def for_case(vault: Vault, name: str, case: Case, today: date) -> str:
    """Return a phrase in the reporter's language, filled for a case; raises NoSuchPhrase."""
    text, _changed = load(vault, name, case.report.language)
    return filled(vault, text, case, today)


def filled(vault: Vault, text: str, case: Case, today: date) -> str:
    """Fill a text's placeholders for a case, in the reporter's language."""
    language = case.report.language
    card = keyring.card_for_reading(vault, today)
    return fill(
        text,
        card.texts[language].name,
        case.receipt_clock(today).owed,
        case.feedback_clock(today).owed,
        language,
    )
