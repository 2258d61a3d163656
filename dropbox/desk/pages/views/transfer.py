"""Asking whether another channel may read: which one, in what words, and its card.

The question is the case's draft until its preview was looked at and it was sent, in `case`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from dropbox.desk import casebook, drafts, other_channels, phrases
from dropbox.desk.cases import Case
from dropbox.desk.drafts import ANY_CHANNEL, Draft
from dropbox.desk.errors import EmptyText
from dropbox.desk.pages import lists
from dropbox.desk.pages.forms import content_of
from dropbox.desk.pages.preview import question
from dropbox.desk.pages.speech import number as figure
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.views.case import Paused
from dropbox.desk.pages.views.start import FileMissing, FingerprintMissing
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import N_, DropboxError, InputError
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.document import MAX_DOCUMENT_BYTES
from dropbox.protocol.payload import MAX_REPLY_CHARACTERS

transfer_pages = Blueprint("transfer", __name__)


class ChannelMissing(InputError):
    """A question names no other channel."""

    text = N_("Choose a channel first.")


@dataclass(frozen=True)
class Choice:
    """A channel to ask about: identity in hexadecimal, its own words, what to know of it."""

    code: str
    name: str
    runs: str
    place: str
    fingerprint: str
    expires: date
    ended: bool
    open_question: bool


def _open(vault: Vault, number: str) -> Case:
    case = casebook.open_book(vault, lists.find(vault, number)).case()
    if case.standing().on_hold:
        raise Paused
    return case


@transfer_pages.get("/cases/<number>/transfer")
def ask(number: str) -> str:
    """Show the channels that this desk knows, and a text to begin with."""
    with workplace().cases() as vault:
        return _page(vault, number, _open(vault, number))


def _page(vault: Vault, number: str, case: Case, problem: str = "") -> str:
    today, language = workplace().today(), case.report.language
    draft = drafts.load(vault, case.mailbox_id)
    begun = phrases.for_case(vault, phrases.TRANSFER, case, today) if draft is None else draft.text
    channels = [
        _choice(card, case, workplace().language, today)
        for card in other_channels.known(vault, today)
    ]
    chosen = draft.transfer if draft else ""
    if not any(each.code == chosen for each in channels) and len(channels) == 1:
        chosen = channels[0].code
    return render_template(
        "desk/transfer.html",
        number=number,
        channels=channels,
        chosen=chosen,
        text=begun,
        kept=draft is not None,
        language=language,
        most=figure(MAX_REPLY_CHARACTERS),
        problem=problem,
    )


def _choice(card: ChannelCard, case: Case, spoken: str, today: date) -> Choice:
    shown = question(card, spoken)
    return Choice(
        code=card.channel_pk.hex(),
        name=shown.name,
        runs=shown.runs,
        place=shown.place,
        fingerprint=card.fingerprint,
        expires=card.expires,
        ended=card.expires < today,
        open_question=any(
            each.channel_pk == card.channel_pk and not each.answer for each in case.transfers
        ),
    )


@transfer_pages.post("/cases/<number>/transfer")
def write(number: str) -> Response | tuple[str, int]:
    """Keep what was typed and chosen, and do what the button says."""
    with workplace().cases() as vault:
        case = _open(vault, number)
        step = request.form.get("step", "save")
        draft = Draft("") if step == "discard" else _typed(vault)
        drafts.save(vault, case.mailbox_id, draft)
        lists.renew(vault, case.mailbox_id)
        try:
            if step == "card":
                _learn(vault)
            if step == "preview":
                _check(draft)
        except DropboxError as error:
            return _page(vault, number, case, words_of(error)), error.status
    if step == "preview":
        return redirect(url_for("case.look", number=number), 303)
    page = "case.show" if step == "discard" else "transfer.ask"
    return redirect(url_for(page, number=number), 303)


def _typed(vault: Vault) -> Draft:
    known = {each.channel_pk.hex() for each in other_channels.known(vault, workplace().today())}
    named = request.form.get("channel", "")
    text = "\n".join(request.form.get("text", "").splitlines())
    return Draft(text, transfer=named if named in known else ANY_CHANNEL)


def _check(draft: Draft) -> None:
    if draft.is_empty:
        raise EmptyText
    if draft.transfer == ANY_CHANNEL:
        raise ChannelMissing


def _learn(vault: Vault) -> None:
    """Take in another channel's card, if its fingerprint is the one that a person was told."""
    upload: FileStorage | None = request.files.get("card")
    raw = content_of(upload, MAX_DOCUMENT_BYTES)
    typed = request.form.get("fingerprint", "")
    if not raw:
        raise FileMissing
    if not typed.strip():
        raise FingerprintMissing
    with vault.transaction():
        other_channels.learn(vault, raw, workplace().today(), typed)
