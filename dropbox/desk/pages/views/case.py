"""One case: read, answer, close. An answer is a draft until its preview was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import (
    asking,
    casebook,
    drafts,
    keyring,
    moves,
    overview,
    phrases,
    records,
    replies,
    triage,
    withdrawals,
    words,
)
from dropbox.desk.cases import Case
from dropbox.desk.drafts import Draft
from dropbox.desk.errors import CaseWithdrawn, OutcomeMissing
from dropbox.desk.moves import Move, ReasonMissing
from dropbox.desk.overview import Beside
from dropbox.desk.pages import caring, lists, present, preview, thread, together, ways
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import number as figure
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import N_, DropboxError, InputError
from dropbox.protocol.channel_card import ChannelCard
from dropbox.protocol.payload import MAX_REPLY_CHARACTERS, OUTCOMES, STATES

ASKS = {
    asking.IDENTITY: N_("who the reporter is"),
    asking.CONTACT: N_("how to reach the reporter"),
    asking.PLACE: N_("where the reporter works"),
    asking.MEETING: N_("to meet"),
}

_BEGINNINGS = tuple(name for name in phrases.NAMES if name != phrases.TRANSFER)

case_pages = Blueprint("case", __name__)


class Paused(InputError):
    """The reporter paused the case; the desk's pages write nothing in it."""

    text = N_("The reporter has paused this case. Nothing is written until the reporter resumes.")


class LookAgain(InputError):
    """What would be sent is not what was looked at."""

    text = N_("The answer was changed since you looked at it. Look at it once more.")


class NotTicked(InputError):
    """The answer asks for identity or contact and nobody said that this is meant."""

    text = N_("Tick that you mean to ask this, or go back and change the text.")


@dataclass(frozen=True)
class _Opened:
    """A case with what its pages need."""

    vault: Vault
    number: str
    case: Case
    card: ChannelCard
    own_id: bytes
    today: date

    @property
    def mailbox_id(self) -> bytes:
        return self.case.mailbox_id

    @property
    def role(self) -> dict[str, str]:
        """Return this handler's role per language, as on the card."""
        return dict(self.card.handler(self.own_id).role)

    def moves(self) -> tuple[Move, ...]:
        """Return the states that an answer may give now, the closing among them."""
        return moves.valid_moves(self.card.kind, self.case)

    def outcomes(self) -> list[tuple[str, str]]:
        """Return the outcomes that a closing may have, with their words."""
        mode = self.case.report.mode
        fit = [
            each
            for each in OUTCOMES
            if each and (mode != "anonymous" or each not in moves.ONLY_CONFIDENTIAL_OUTCOMES)
        ]
        return [(each, _(words.OUTCOMES[each])) for each in fit]


def _open(vault: Vault, number: str) -> _Opened:
    mailbox_id = lists.find(vault, number)
    today = workplace().today()
    return _Opened(
        vault,
        number,
        casebook.open_book(vault, mailbox_id).case(),
        keyring.card_for_reading(vault, today),
        keyring.load(vault).handler_id,
        today,
    )


@case_pages.get("/cases/<number>")
def show(number: str) -> str:
    """Show a case, or what is left of one that was withdrawn."""
    with workplace().cases() as vault:
        try:
            opened = _open(vault, number)
        except CaseWithdrawn:
            kept = withdrawals.tombstone(vault, lists.find(vault, number))
            return render_template("desk/withdrawn.html", number=number, final_on=kept.final_on)
        if triage.look(vault, opened.mailbox_id, triage.heard(opened.case, opened.own_id)):
            lists.renew(vault, opened.mailbox_id)
        return _case_page(opened)


def _case_page(opened: _Opened, problem: str = "") -> str:
    case, today, vault = opened.case, opened.today, opened.vault
    desk = keyring.load(vault)
    draft = drafts.load(vault, case.mailbox_id) or Draft("")
    row = overview.row(case, opened.number, desk.handler_id, today, Beside())
    found = opened.moves()
    states = [each for each in found if each.state != "closed"]
    move = request.args.get("move", draft.state)
    return render_template(
        "desk/case.html",
        number=opened.number,
        row=row,
        state=present.state(row.state, row.outcome),
        clocks=present.clocks(row, all_of_them=True),
        items=thread.items(case, desk.handler_id, today),
        choices=thread.choices(case.report, desk),
        readers=thread.readers(case, opened.card),
        missing=thread.missing(case, desk.handler_id),
        troubles=[each for each in casebook.troubles(vault) if each.mailbox_id == case.mailbox_id],
        moves=[(each, _(words.STATES[each.state])) for each in states],
        chosen=move if any(each.state == move for each in states) else "",
        problem=problem,
        may_close=len(states) < len(found),
        draft=draft,
        ways=ways.of_case(vault, case, today),
        names=[(name, _(phrases.LABELS[name])) for name in _BEGINNINGS],
        most=figure(MAX_REPLY_CHARACTERS),
        language=case.report.language,
        beside=_neighbours(vault, case.mailbox_id),
        together=together.of(case, opened.card, desk.handler_id),
        care=caring.of_case(vault, case, opened.card, today),
    )


def _neighbours(vault: Vault, mailbox_id: bytes) -> tuple[str, str]:
    """Return the numbers of the cases before and after in the list, empty where there is none."""
    index = lists.index_of(vault)
    ids = [(each.mailbox_id, each.number) for each in lists.chosen(index)] if index.ready else []
    at = next((at for at, (found, _number) in enumerate(ids) if found == mailbox_id), None)
    if at is None:
        return "", ""
    return ids[at - 1][1] if at else "", ids[at + 1][1] if at + 1 < len(ids) else ""


@case_pages.post("/cases/<number>")
def write(number: str) -> Response | tuple[str, int]:
    """Keep what was typed as a draft, and do what the button says."""
    with workplace().cases() as vault:
        opened = _open(vault, number)
        draft = _typed(opened)
        step = request.form.get("step", "save")
        if step == "phrase":
            named = request.form.get("phrase", "")
            added = phrases.for_case(vault, named, opened.case, opened.today)
            draft = replace(draft, text=f"{draft.text.rstrip()}\n\n{added}".strip())
        if step == "discard":
            draft = Draft("")
        drafts.save(vault, opened.mailbox_id, draft)
        lists.renew(vault, opened.mailbox_id)
        is_closing = draft.state == "closed" and step != "discard"
        if step == "preview" and _lacks_reason(opened, draft):
            return _reason_page(opened, draft)
    if step == "preview" and not draft.is_empty:
        return redirect(url_for("case.look", number=number), 303)
    page = "case.closing" if is_closing else "case.show"
    return redirect(url_for(page, number=number, _anchor="answer"), 303)


def _lacks_reason(opened: _Opened, draft: Draft) -> bool:
    """Tell whether nothing but the reason keeps a move from being made."""
    state = draft.state or replies.next_state(opened.case.standing())
    try:
        moves.check(opened.card.kind, opened.case, state, draft.reason)
    except ReasonMissing:
        return True
    except DropboxError:
        return False  # what else is wrong, the preview says
    return False


def _reason_page(opened: _Opened, draft: Draft) -> tuple[str, int]:
    """Show the composer again, with all that was typed and what is missing at its field."""
    error = ReasonMissing()
    page = _closing_page if draft.state == "closed" else _case_page
    return page(opened, words_of(error)), error.status


def _typed(opened: _Opened) -> Draft:
    """Return what was typed in either composer; a code that does not exist is no choice."""
    if opened.case.standing().on_hold:
        raise Paused
    form = request.form
    state, outcome = form.get("state", ""), form.get("outcome", "")
    is_closing = state == "closed"
    later = {}
    if is_closing and "aftercare" in form:
        usual = replies.aftercare_texts(opened.case.report.language)
        later = {str(months): _lines(form, f"later_{months}") for months in usual}
    return Draft(
        text=_lines(form, "text"),
        state=state if state in STATES else "",
        outcome=outcome if is_closing and outcome in OUTCOMES else "",
        reason=_lines(form, "reason"),
        later=later,
    )


def _lines(form: Mapping[str, str], name: str) -> str:
    return "\n".join(form.get(name, "").splitlines())


@case_pages.get("/cases/<number>/close")
def closing(number: str) -> str:
    """Ask for the last words, the outcome, and what is asked later."""
    with workplace().cases() as vault:
        opened = _open(vault, number)
        _may_write(opened)
        return _closing_page(opened)


def _closing_page(opened: _Opened, problem: str = "") -> str:
    vault, case = opened.vault, opened.case
    draft = drafts.load(vault, opened.mailbox_id)
    usual = replies.aftercare_texts(case.report.language)
    if draft is None or draft.state != "closed":
        text = draft.text if draft else phrases.for_case(vault, "closing", case, opened.today)
        later = {str(months): asked for months, asked in usual.items()}
        draft = Draft(text, "closed", later=later)
    return render_template(
        "desk/close.html",
        number=opened.number,
        draft=draft,
        chosen=draft.outcome or request.args.get("outcome", ""),
        outcomes=opened.outcomes(),
        later=[(months, draft.later.get(str(months), asked)) for months, asked in usual.items()],
        language=case.report.language,
        most=figure(MAX_REPLY_CHARACTERS),
        anonymous=case.report.mode == "anonymous",
        undone=caring.open_titles(case, opened.today),
        problem=problem,
    )


def _may_write(opened: _Opened) -> None:
    if opened.case.standing().on_hold:
        raise Paused


@case_pages.get("/cases/<number>/preview")
def look(number: str) -> str | Response:
    """Show what the reporter will see, and what it asks."""
    with workplace().cases() as vault:
        opened = _open(vault, number)
        _may_write(opened)
        draft = drafts.load(vault, opened.mailbox_id)
        if draft is None:
            return redirect(url_for("case.show", number=number), 303)
        return _preview_page(opened, draft)


def _preview_page(opened: _Opened, draft: Draft, problem: str = "") -> str:
    asked = {each.kind for text in _all_texts(draft) for each in asking.stretches(text)}
    return render_template(
        "desk/preview.html",
        number=opened.number,
        seen=preview.of(draft, opened.case, opened.role, opened.today),
        draft=draft,
        asked=[_(ASKS[kind]) for kind in ASKS if kind in asked],
        pieces=[asking.parts(text) for text in _all_texts(draft) if asking.stretches(text)],
        readers=thread.readers(opened.case, opened.card),
        print_of=_print_of(opened, draft),
        closing=draft.state == "closed",
        question=_question(opened, draft),
        problem=problem,
    )


def _question(opened: _Opened, draft: Draft) -> preview.Question | None:
    if not draft.transfer:
        return None
    card = ways.asked_about(opened.vault, draft, opened.today)
    return preview.question(card, opened.case.report.language)


def _all_texts(draft: Draft) -> list[str]:
    return [draft.text, *draft.later.values()]


def _print_of(opened: _Opened, draft: Draft) -> str:
    """Return what tells this draft from any other, so that only what was seen is sent.

    A colleague's bundle may change where the case stands, and with that what the reporter sees.
    """
    standing = opened.case.standing()
    seen = records.encode(draft) + f" {standing.state} {standing.outcome}".encode("ascii")
    return hashlib.blake2b(seen, digest_size=16).hexdigest()


@case_pages.post("/cases/<number>/send")
def send(number: str) -> Response | tuple[str, int]:
    """Seal the draft that was looked at, for the next bundle."""
    with workplace().cases() as vault:
        opened = _open(vault, number)
        _may_write(opened)
        draft = drafts.load(vault, opened.mailbox_id)
        if draft is None:
            return redirect(url_for("case.show", number=number), 303)
        try:
            _check(opened, draft)
            _seal(opened, draft)
        except ReasonMissing:  # a colleague's bundle came since it was looked at
            return _reason_page(opened, draft)
        except DropboxError as error:
            return _preview_page(opened, draft, words_of(error)), error.status
        drafts.drop(vault, opened.mailbox_id)
        lists.renew(vault, opened.mailbox_id)
    return redirect(url_for("case.show", number=number, _anchor="thread-end"), 303)


def _check(opened: _Opened, draft: Draft) -> None:
    if request.form.get("print_of", "") != _print_of(opened, draft):
        raise LookAgain
    if any(asking.stretches(text) for text in _all_texts(draft)) and "meant" not in request.form:
        raise NotTicked


def _seal(opened: _Opened, draft: Draft) -> None:
    vault, mailbox_id, today = opened.vault, opened.mailbox_id, opened.today
    if draft.transfer:
        card = ways.asked_about(vault, draft, today)
        replies.propose_transfer(vault, mailbox_id, draft.text, card.channel_pk, today)
        return
    if draft.state != "closed" or opened.case.standing().state == "closed":
        replies.reply(vault, mailbox_id, draft.text, today, draft.state or None, draft.reason)
        return
    if not draft.outcome:
        raise OutcomeMissing
    later = preview.later_texts(draft, opened.case)
    replies.close(
        vault,
        mailbox_id,
        draft.text,
        draft.outcome,
        today,
        aftercare=bool(later),
        later=later,
        reason=draft.reason,
    )
