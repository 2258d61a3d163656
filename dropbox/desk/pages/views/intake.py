"""Other ways in: a letter, a mail, a call or a signal, from what was typed to the printed slip.

Four steps: fill in, decide on names, look at it, and the slip, which answers the last post and
no other request. Invariants: what is entered is what was looked at; a reply code is in that one
answer and nowhere else; neither text nor code is ever in an address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import casebook, entering, intake, keyring, records, slip
from dropbox.desk.entering import AgreementMissing, EntryDraft
from dropbox.desk.intake import Entered, EntryIsOut, Suggestion
from dropbox.desk.pages import entry_form, lists, present, thread
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.speech import number as figure
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.views.case import LookAgain
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.vault import Vault
from dropbox.errors import ConfigError, DropboxError, InputError
from dropbox.export.redact import Redactor
from dropbox.export.span import Span
from dropbox.protocol.payload import MAX_TEXT_CHARACTERS

_AROUND = 60
"""Characters that are shown before and after a proposal."""

intake_pages = Blueprint("intake", __name__)


@dataclass(frozen=True)
class Proposal:
    """A stretch of the text with what stands around it; ``goes`` unless a person kept it."""

    name: str
    before: str
    words: str
    after: str
    goes: bool = True


@intake_pages.get("/intake")
def index() -> str:
    """Ask what came, or go on with what was begun."""
    with workplace().cases() as vault:
        return _form_page(vault, entering.load(vault))


def _form_page(
    vault: Vault, draft: EntryDraft, problems: Sequence[tuple[str, InputError]] = ()
) -> str:
    desk = workplace()
    card = keyring.card_for_reading(vault, desk.today())
    own = keyring.load(vault)
    return render_template(
        "desk/intake.html",
        draft=draft,
        choices=entry_form.choices(own.labels, draft, desk.today()),
        excluded={each.hex() for each in draft.excluded},
        colleagues=entry_form.colleagues(card, own.handler_id),
        most=figure(MAX_TEXT_CHARACTERS),
        problems=[(name, words_of(error)) for name, error in problems],
        began=draft != EntryDraft(),
    )


@intake_pages.post("/intake")
def write() -> Response | tuple[str, int]:
    """Keep what was filled in, and do what the button says."""
    with workplace().cases() as vault:
        step = request.form.get("step", "save")
        if step == "discard":
            with vault.transaction():
                entering.drop(vault)
            return redirect(url_for("intake.index"), 303)
        card = keyring.card_for_reading(vault, workplace().today())
        before = entering.load(vault)
        draft = entry_form.read(request.form, before, keyring.load(vault).labels, card)
        entering.save(vault, draft)
        problems = entering.problems(draft) if step == "names" else []
        if problems:
            return _form_page(vault, draft, problems), problems[0][1].status
    return redirect(url_for("intake.names" if step == "names" else "intake.index"), 303)


@intake_pages.get("/intake/names")
def names() -> str | Response:
    """Show what would be left out, each with what stands around it."""
    with workplace().cases() as vault:
        draft = entering.load(vault)
        if entering.problems(draft):
            return redirect(url_for("intake.index"), 303)
        return _names_page(draft)


def _names_page(draft: EntryDraft, problem: str = "") -> str:
    found, missing = _suggestion(draft)
    return render_template(
        "desk/intake_names.html",
        draft=draft,
        missing=missing,
        proposals=_proposals(draft, found.spans if found else ()),
        shown=_proposals(draft, found.shown if found else ()),
        doubts=bool(found and found.doubts),
        problem=problem,
    )


def _suggestion(draft: EntryDraft) -> tuple[Suggestion | None, str]:
    """Return what would be left out, or None and why nothing can look for it."""
    desk = workplace()
    key = f"redactor {draft.language}"
    try:
        redactor: Redactor | None = desk.memory.get(key)
        if redactor is None:
            redactor = desk.memory[key] = intake.redactor(draft.language, desk.own_words())
        return intake.suggest(draft.text, redactor), ""
    except ConfigError as error:
        return None, words_of(error)


def _proposals(draft: EntryDraft, spans: Sequence[Span]) -> list[Proposal]:
    text = draft.text
    return [
        Proposal(
            entering.name_of(each),
            text[max(0, each.start - _AROUND) : each.start].replace("\n", " "),
            text[each.start : each.end],
            text[each.end : each.end + _AROUND].replace("\n", " "),
            entering.name_of(each) not in draft.kept,
        )
        for each in spans
    ]


@intake_pages.post("/intake/names")
def decide() -> Response | tuple[str, int]:
    """Keep what was decided about names; without a word of the source they do not stay."""
    with workplace().cases() as vault:
        draft = entering.load(vault)
        found, _missing = _suggestion(draft)
        spans = found.spans if found else ()
        gone = set(request.form.getlist("gone"))
        kept = tuple(name for name in map(entering.name_of, spans) if name not in gone)
        draft = replace(draft, kept=kept, agreed="agreed" in request.form, looked=False)
        try:
            entering.masked(draft, found)
        except AgreementMissing as error:
            entering.save(vault, draft)
            return _names_page(draft, words_of(error)), error.status
        entering.save(vault, replace(draft, looked=True))
    back = request.form.get("step") == "back"
    return redirect(url_for("intake.index" if back else "intake.look"), 303)


@intake_pages.get("/intake/preview")
def look() -> str | Response:
    """Show the case as it will be."""
    with workplace().cases() as vault:
        draft = entering.load(vault)
        if entering.problems(draft):
            return redirect(url_for("intake.index"), 303)
        if not draft.looked:
            return redirect(url_for("intake.names"), 303)
        return _preview_page(vault, draft)


def _preview_page(vault: Vault, draft: EntryDraft, problem: str = "") -> str:
    today = workplace().today()
    text = entering.masked(draft, _suggestion(draft)[0])
    report = entering.report(draft, text, today)
    card = keyring.card_for_reading(vault, today)
    excluded = [each for each in card.handlers if each.handler_id in draft.excluded]
    readers = [each for each in card.handlers if each not in excluded]
    return render_template(
        "desk/intake_preview.html",
        text=text,
        choices=thread.choices(report, keyring.load(vault)),
        readers=[dict(each.role)[workplace().language] for each in readers],
        excluded=[dict(each.role)[workplace().language] for each in excluded],
        address=entering.address(vault),
        print_of=_print_of(draft, text),
        problem=problem,
    )


def _print_of(draft: EntryDraft, text: str) -> str:
    """Return what tells this entry from any other, so that only what was seen is entered."""
    seen = records.encode(draft) + text.encode("utf-8")
    return hashlib.blake2b(seen, digest_size=16).hexdigest()


@intake_pages.post("/intake/enter")
def enter() -> str | Response | tuple[str, int]:
    """Make the case, and answer with its slip, this one time."""
    desk = workplace()
    with desk.cases() as vault:
        draft = entering.load(vault)
        if not draft.looked or entering.problems(draft):
            return redirect(url_for("intake.index"), 303)
        try:
            address = entering.checked_address(request.form.get("address", ""))
            text = entering.masked(draft, _suggestion(draft)[0])
            if request.form.get("print_of", "") != _print_of(draft, text):
                raise LookAgain
            report = entering.report(draft, text, desk.today())
            entered = entering.enter(vault, report, address, desk.today())
        except DropboxError as error:
            return _preview_page(vault, draft, words_of(error)), error.status
        lists.renew(vault, entered.mailbox_id)
        return _slip_page(vault, entered)


def _slip_page(vault: Vault, entered: Entered) -> str:
    """Return the one page that ever has these words."""
    today = workplace().today()
    report = casebook.open_book(vault, entered.mailbox_id).case().report
    card = keyring.card_for_reading(vault, today)
    return render_template(
        "desk/slip.html",
        number=casebook.numbers(vault)[entered.mailbox_id],
        came_by=present.came_by(report.origin),
        language=report.language,
        slip=slip.of(
            entered.words,
            card.texts[report.language].name,
            report.language,
            entering.address(vault),
        ),
    )


@intake_pages.post("/intake/<number>/code")
def new_code(number: str) -> str:
    """Make mailbox and code anew, and answer with the slip, this one time."""
    desk = workplace()
    with desk.cases() as vault:
        mailbox_id = lists.find(vault, number)
        entered = intake.anew(vault, mailbox_id, desk.today())
        lists.renew(vault, mailbox_id, entered.mailbox_id)
        return _slip_page(vault, entered)


@intake_pages.get("/intake/<number>/mistaken")
def mistaken(number: str) -> str:
    """Ask once more before a case is thrown away."""
    with workplace().cases() as vault:
        book = casebook.open_book(vault, lists.find(vault, number))
        if not intake.is_here_only(vault, book):
            raise EntryIsOut
        return render_template("desk/intake_mistaken.html", number=number)


@intake_pages.post("/intake/<number>/mistaken")
def discard(number: str) -> Response:
    """Throw away a case that was entered by mistake and never left."""
    desk = workplace()
    with desk.cases() as vault:
        mailbox_id = lists.find(vault, number)
        intake.discard(vault, mailbox_id)
        lists.renew(vault, mailbox_id)
        desk.memory[lists.NOTICE] = _("Thrown away: case %(number)s. Its key is destroyed.") % {
            "number": number
        }
    return redirect(url_for("inbox.index"), 303)
