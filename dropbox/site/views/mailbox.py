"""The mailbox: enter the code, read, write, pause, resume, withdraw.

Invariants: the code travels only in a form's body; a code that fails its check, an
unknown mailbox and a withdrawn one give the same page after the same work; the
answer to a post has one size. What the reporter wrote is never shown again, but for
a message that could not be sent, in the answer to its own post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, abort, g, make_response, render_template

from dropbox.errors import (
    AlreadyReceived,
    CodeCheckFailed,
    FormExpired,
    InputError,
    MailboxFull,
    NoReader,
    StoreError,
    UnknownMailbox,
    UnknownWord,
)
from dropbox.protocol import reply_code, withdrawal
from dropbox.protocol.payload import ANSWER_KINDS
from dropbox.reporter.sealing import Saying
from dropbox.site import failures, fill, sending, sizes, standing
from dropbox.site.admission import NotNow
from dropbox.site.context import here, words_of
from dropbox.site.forms import CodeForm, MessageForm
from dropbox.site.packing import Packed
from dropbox.site.question import questions
from dropbox.site.sending import PausedByReporter, Writer
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views import steps
from dropbox.site.views.start import LANGUAGE_PATH
from dropbox.site.visit import Visit, look_for_nothing, visit
from dropbox.told import OUTCOMES, STATES

_WITH_TEXT = ("message", *steps.STEPS)

MESSAGES_HELD = 90
"""From so many uncollected texts on no message is taken, so that there is room to pause."""

mailbox_pages = Blueprint("mailbox", __name__, url_prefix=f"{LANGUAGE_PATH}/mailbox")
mailbox_pages.after_request(fill.fill_answer)


@mailbox_pages.get("")
def enter() -> Response:
    """Ask for the reply code; the page also holds what a browser needs to open it itself."""
    day = here().today().isoformat()

    def blank() -> Packed:
        own = {"site": here().config.site.site_id.hex(), "day": day}
        return Packed.of(_enter_page(CodeForm(formdata=None), browser=own).get_data())

    return here().blank_pages.of(("mailbox", language(), day), blank).answer("text/html")


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
    return act(found) if found else unknown_page()


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


def _enter_page(
    form: CodeForm, status: int = 200, browser: Mapping[str, str] | None = None
) -> Response:
    problems = form.problems()
    html = render_template(
        "site/enter.html",
        form=form,
        problems=problems,
        failed=bool(problems),
        browser=browser,
        states=STATES,
        outcomes=OUTCOMES,
    )
    return make_response(html, status)


def unknown_page() -> Response:
    """Say that no mailbox opens; only what was just typed is given back."""
    typed = g.form.get("text", "") if g.form["step"] in _WITH_TEXT else ""
    return make_response(render_template("site/unknown.html", typed=typed))


def _open(opened: Visit) -> Response:
    return _mailbox_page(opened)


def _mailbox_page(
    opened: Visit, notice: str = "", form: MessageForm | None = None, status: int = 200
) -> Response:
    form = form or MessageForm(formdata=None)
    problems = form.problems()
    html = render_template(
        "site/mailbox.html",
        code=opened.code,
        token=here().tokens.issue(),
        notice=notice,
        channel_name=opened.card.texts[language()].name if opened.card else "",
        box=opened.box,
        told=standing.tell(opened.box, here().today()),
        next_page=opened.older + 1,
        page=opened.older,
        questions=questions(opened.box),
        cannot_write=sending.cannot_write(opened),
        form=form,
        problems=problems,
        failed=bool(problems),
    )
    return make_response(html, status)


def _message(opened: Visit) -> Response:
    form = MessageForm(formdata=g.form)
    if not form.validate():
        return _mailbox_page(opened, form=form, status=400)
    return _append(opened, Saying("message", form.text.data), _("Your message is sent."))


def _hold(opened: Visit) -> Response:
    if opened.box.memo and opened.box.memo.hold:
        return _mailbox_page(opened)
    return _append(opened, Saying("hold"), _("Your report is paused."))


def _resume(opened: Visit) -> Response:
    if opened.box.memo and not opened.box.memo.hold:
        return _mailbox_page(opened)
    return _append(opened, Saying("resume"), _("Your report is resumed."))


def _refuse(opened: Visit) -> Response:
    """Answer no to a handler's question about another channel."""
    asked = questions(opened.box).get(g.form.get("reply", ""))
    if asked is None:
        return _mailbox_page(opened, question_gone())
    said = Saying("refusal", answers=asked.opened)
    return _append(opened, said, _("Your answer is sent: nothing is passed on."))


def question_gone() -> str:
    """Say that the question to answer is not on the page any more."""
    return _("This question is not here any more. Open your mailbox and look again.")


def _append(opened: Visit, said: Saying, done: str) -> Response:
    """Seal and store; on a failure give back what was typed."""
    by = sending.writer(opened)
    typed = MessageForm(formdata=g.form)
    if by is None:
        return _mailbox_page(opened, sending.cannot_write(opened), typed, 503)
    today = here().today()
    try:
        # Before the gate: what is refused here must not tell whether the gate would have.
        nonce = _expected(opened, by, said.kind)
        with here().gate.message(sizes.of_message(said.text)):
            sending.send(by, said, lambda sealed: here().mailboxes.append(sealed, today, nonce))
    except UnknownMailbox:
        return unknown_page()
    except AlreadyReceived:
        notice = _(
            "This was received before and is stored once. Is this another message? Send it now."
        )
        return _mailbox_page(opened, notice, typed)
    except MailboxFull as error:
        words = words_of(error) if said.kind == "message" else _full_words(said.kind)
        return _mailbox_page(opened, words, typed, error.status)
    except NotNow as error:
        return failures.ask_later(_mailbox_page(opened, words_of(error), typed, error.status))
    except (FormExpired, NoReader, PausedByReporter, StoreError) as error:
        return _mailbox_page(opened, words_of(error), typed, error.status)
    return _after(opened, done)


def _full_words(kind: str) -> str:
    if kind == "refusal":
        return _("Your mailbox is full for now. Your answer is not sent. Try again in a few days.")
    if kind == "hold":
        return _(
            "Your mailbox is full for now, so your report is not paused. Try again in a few days. "
            "Withdrawing does work."
        )
    return _(
        "Your mailbox is full for now, so your report is not resumed. Try again in a few days."
    )


def _expected(opened: Visit, by: Writer, kind: str) -> bytes:
    """Return the form's nonce, once nothing but the gate and the machine can refuse."""
    nonce, today = here().tokens.nonce(g.form.get("token", "")), here().today()
    if kind == "message" and len(opened.box.sent) >= MESSAGES_HELD:
        raise MailboxFull
    if kind in ANSWER_KINDS and by.thread.memo.hold:
        raise PausedByReporter
    here().mailboxes.expect_message(by.thread.own.mailbox_id, nonce, today)
    return nonce


def _after(opened: Visit, done: str) -> Response:
    """Show the mailbox as it is now; what was stored stays stored if that does not work."""
    try:
        now = visit(opened.code)
    except StoreError:
        return _mailbox_page(opened, done)
    return _mailbox_page(now, done) if now else unknown_page()


def _withdraw(opened: Visit, notice: str = "", status: int = 200) -> Response:
    html = render_template(
        "site/withdraw.html", code=opened.code, token=here().tokens.issue(), notice=notice
    )
    return make_response(html, status)


def _withdraw_now(opened: Visit) -> Response:
    try:
        here().tokens.nonce(g.form.get("token", ""))
        here().mailboxes.withdraw(withdrawal.make(opened.box.own), here().today())
    except AlreadyReceived:
        pass  # withdrawn in this very moment, from another tab
    except UnknownMailbox:
        return unknown_page()
    except (FormExpired, StoreError) as error:
        return _withdraw(opened, words_of(error), error.status)
    return make_response(render_template("site/withdrawn.html"))


_STEPS: dict[str, Callable[[Visit], Response]] = {
    "open": _open,
    "message": _message,
    "hold": _hold,
    "resume": _resume,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "withdraw_now": _withdraw_now,
}
