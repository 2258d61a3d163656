"""The mailbox: enter the code, read, write, pause, resume, withdraw.

Invariants: the code travels only in a form's body; a code that fails its check, an
unknown mailbox and a withdrawn one give the same page after the same work; the
answer to a post has one size. What the reporter wrote is never shown again, but for
a message that could not be sent, in the answer to its own post.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, g, make_response, render_template

from dropbox.errors import (
    AlreadyReceived,
    CodeCheckFailed,
    FormExpired,
    InputError,
    MailboxChanged,
    MailboxFull,
    NoReader,
    StoreError,
    UnknownMailbox,
    UnknownWord,
)
from dropbox.protocol import reply_code, withdrawal
from dropbox.protocol.channel_card import ChannelCard
from dropbox.site import failures, fill, sealing, sizes, standing
from dropbox.site.admission import NotNow
from dropbox.site.context import here, words_of
from dropbox.site.forms import CodeForm, MessageForm
from dropbox.site.sealing import Thread
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views.start import LANGUAGE_PATH
from dropbox.site.visit import Visit, look_for_nothing, visit

TRIES = 4
"""How often a message is sealed anew because another one came in between."""

MESSAGES_HELD = 90
"""From so many uncollected texts on no message is taken, so that there is room to pause."""

mailbox_pages = Blueprint("mailbox", __name__, url_prefix=f"{LANGUAGE_PATH}/mailbox")
mailbox_pages.after_request(fill.fill_answer)


@mailbox_pages.get("")
def enter() -> Response:
    """Ask for the reply code."""
    return _enter_page(CodeForm(formdata=None))


@mailbox_pages.post("")
def post() -> Response:
    """Open the mailbox and do what the button says."""
    act = _STEPS.get(g.form.get("step", ""))
    if act is None:
        abort(400)
    form = CodeForm(formdata=g.form)
    try:
        found = visit(form.code.data or "")
    except CodeCheckFailed:
        look_for_nothing()
        found = None
    except InputError as error:
        form.code.errors = [_code_problem(error, form.code.data or "")]
        return _enter_page(form, error.status)
    return act(found) if found else _unknown_page()


def _code_problem(error: InputError, typed: str) -> str:
    """Name a word that is in no list: it stands in no other answer than this."""
    if isinstance(error, UnknownWord):
        word = reply_code.split(typed)[int(error.params["position"]) - 1]
        return _(
            "Word %(position)d, “%(word)s”, is in no word list. Look at it once more.",
            position=error.params["position"],
            word=word,
        )
    return words_of(error)


def _enter_page(form: CodeForm, status: int = 200) -> Response:
    problems = form.problems()
    html = render_template("site/enter.html", form=form, problems=problems, failed=bool(problems))
    return make_response(html, status)


def _unknown_page() -> Response:
    """Say that no mailbox opens; only a message that was just typed is given back."""
    typed = g.form.get("text", "") if g.form["step"] == "message" else ""
    return make_response(render_template("site/unknown.html", typed=typed))


def _open(opened: Visit) -> Response:
    return _mailbox_page(opened)


def _mailbox_page(
    opened: Visit, notice: str = "", form: MessageForm | None = None, status: int = 200
) -> Response:
    form = form or MessageForm(formdata=None)
    problems = form.problems()
    cannot_write = _cannot_write(opened)
    html = render_template(
        "site/mailbox.html",
        code=opened.code,
        token=here().tokens.issue(),
        notice=notice,
        channel_name=opened.card.texts[language()].name if opened.card else "",
        box=opened.box,
        told=standing.tell(opened.box, here().today()),
        next_page=opened.older + 1,
        cannot_write=cannot_write,
        form=form,
        problems=problems,
        failed=bool(problems),
    )
    return make_response(html, status)


def _cannot_write(opened: Visit) -> str:
    """Say why no message can be sent, or nothing."""
    if opened.card is None:
        return _("This channel cannot receive anything at this moment. Try again later.")
    if opened.box.thread is None:
        return _("Part of your mailbox is damaged. You can read and withdraw, but not write.")
    try:
        sealing.later_readers(opened.box.thread.memo, opened.card, here().today())
    except NoReader:
        return _(
            "The people who read your report do not work for this channel any more. "
            "Make a new report."
        )
    return ""


def _message(opened: Visit) -> Response:
    form = MessageForm(formdata=g.form)
    if not form.validate():
        return _mailbox_page(opened, form=form, status=400)
    return _append(opened, "message", form.text.data, _("Your message is sent."))


def _hold(opened: Visit) -> Response:
    if opened.box.memo and opened.box.memo.hold:
        return _mailbox_page(opened)
    return _append(opened, "hold", "", _("Your report is paused."))


def _resume(opened: Visit) -> Response:
    if opened.box.memo and not opened.box.memo.hold:
        return _mailbox_page(opened)
    return _append(opened, "resume", "", _("Your report is resumed."))


def _append(opened: Visit, kind: str, text: str, done: str) -> Response:
    """Seal and store; on a failure give back what was typed."""
    thread, card = opened.box.thread, opened.card
    typed = MessageForm(formdata=g.form)
    if thread is None or card is None:
        return _mailbox_page(opened, _cannot_write(opened), typed, 503)
    try:
        # Before the gate: what is refused here must not tell whether the gate would have.
        nonce = _expected(opened, thread, card, kind)
        with here().gate.message(sizes.of_message(text)):
            _store(opened, thread, card, (kind, text), nonce)
    except UnknownMailbox:
        return _unknown_page()
    except AlreadyReceived:
        notice = _(
            "This was received before and is stored once. Is this another message? Send it now."
        )
        return _mailbox_page(opened, notice, typed)
    except MailboxFull as error:
        words = words_of(error) if kind == "message" else _full_words(kind)
        return _mailbox_page(opened, words, typed, error.status)
    except NotNow as error:
        return failures.ask_later(_mailbox_page(opened, words_of(error), typed, error.status))
    except (FormExpired, NoReader, StoreError) as error:
        return _mailbox_page(opened, words_of(error), typed, error.status)
    return _after(opened, done)


def _full_words(kind: str) -> str:
    if kind == "hold":
        return _(
            "Your mailbox is full for now, so your report is not paused. Try again in a few days. "
            "Withdrawing does work."
        )
    return _(
        "Your mailbox is full for now, so your report is not resumed. Try again in a few days."
    )


def _expected(opened: Visit, thread: Thread, card: ChannelCard, kind: str) -> bytes:
    """Return the form's nonce, once nothing but the gate and the machine can refuse."""
    nonce, today = here().tokens.nonce(g.form.get("token", "")), here().today()
    if kind == "message" and len(opened.box.sent) >= MESSAGES_HELD:
        raise MailboxFull
    here().mailboxes.expect_message(thread.own.mailbox_id, nonce, today)
    sealing.later_readers(thread.memo, card, today)
    return nonce


def _store(
    opened: Visit, thread: Thread, card: ChannelCard, what: tuple[str, str], nonce: bytes
) -> None:
    """Seal and store a kind and its text; anew when another tab was quicker."""
    (kind, text), today = what, here().today()
    for left in reversed(range(TRIES)):
        try:
            sealed = sealing.seal_message(thread, card, kind, text, today, nonce)
            here().mailboxes.append(sealed, today)
        except MailboxChanged:
            now = visit(opened.code)
            if not left or now is None or now.box.thread is None:
                raise
            thread = now.box.thread
        else:
            return


def _after(opened: Visit, done: str) -> Response:
    """Show the mailbox as it is now; what was stored stays stored if that does not work."""
    try:
        now = visit(opened.code)
    except StoreError:
        return _mailbox_page(opened, done)
    return _mailbox_page(now, done) if now else _unknown_page()


def _withdraw(opened: Visit, notice: str = "", status: int = 200) -> Response:
    html = render_template(
        "site/withdraw.html", code=opened.code, token=here().tokens.issue(), notice=notice
    )
    return make_response(html, status)


def _withdraw_now(opened: Visit) -> Response:
    try:
        here().tokens.nonce(g.form.get("token", ""))
        here().mailboxes.withdraw(withdrawal.make(opened.box.own), here().today())
    except UnknownMailbox:
        return _unknown_page()
    except (FormExpired, StoreError) as error:
        return _withdraw(opened, words_of(error), error.status)
    return make_response(render_template("site/withdrawn.html"))


_STEPS: dict[str, Callable[[Visit], Response]] = {
    "open": _open,
    "message": _message,
    "hold": _hold,
    "resume": _resume,
    "withdraw": _withdraw,
    "withdraw_now": _withdraw_now,
}
