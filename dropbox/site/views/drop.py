"""Where any browser hands in the file that an offline letter saved.

Invariants: the file stays in memory, and neither it nor its name is shown or logged; the
same file again is a success again; whatever is wrong, the page says what to do and that
nothing is lost while the file is kept.
"""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, make_response, render_template
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from dropbox.errors import N_, DropboxError, ForeignEnvelope, UnknownChannel, UnknownVersion
from dropbox.filing import AnotherLetter
from dropbox.protocol import handed_in
from dropbox.protocol.handed_in import REPORT_MAGIC, Answer
from dropbox.site import answers, failures
from dropbox.site.context import here, words_of
from dropbox.site.packing import Packed
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language
from dropbox.site.views.start import LANGUAGE_PATH

_LOG = logging.getLogger(__name__)
_BAD = 400

_NONE = N_("Choose the file of your letter first.")
_EMPTY = N_("This file is empty. Save the letter once more, or copy the file again.")
_TWO = N_("Choose one file at a time.")
_PAGE = N_(
    "This is the page in which you wrote, not your letter. Choose the file that the page saved: "
    "its name ends with .meldkluis."
)
_NO_LETTER = N_("This is not a letter. Choose the file whose name ends with .meldkluis.")
_TOO_LARGE = N_(
    "This file is too large for a letter. Choose the file whose name ends with .meldkluis, "
    "not the page in which you wrote."
)
_NOT_WHOLE = N_("The file did not arrive whole. Choose it again.")

_WORDS = {
    Answer.MALFORMED: N_("This letter is damaged. Copy the file again, or save the letter anew."),
    Answer.CHANNEL_CLOSED: N_(
        "The channel of this letter cannot receive anything at this moment. "
        "Try again in a few days."
    ),
    Answer.NOT_NOW: N_("Our server cannot take more at this moment. Try again later."),
    Answer.FAILING: N_(
        "This does not work at the moment. Nothing was stored or erased. Try again later."
    ),
}
_FOREIGN = N_(
    "This letter is for another site. On the page in which you wrote stands at which address "
    "to hand it in."
)
_OWN_WORDS = {
    ForeignEnvelope: _FOREIGN,
    UnknownChannel: _FOREIGN,
    UnknownVersion: UnknownVersion.text,
    AnotherLetter: AnotherLetter.text,
}
_PAGE_STARTS = (b"<!doctype html", b"<html")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

drop_pages = Blueprint("drop", __name__, url_prefix=f"{LANGUAGE_PATH}/drop")


@drop_pages.get("")
def ask() -> Response:
    """Ask for the file."""
    blank = here().blank_pages.of(("drop", language()), lambda: Packed.of(_page().get_data()))
    return blank.answer("text/html")


@drop_pages.post("")
def post() -> Response:
    """Take the letter in, once."""
    if problem := _problem(g.files):
        return _page(_(problem), _BAD)
    try:
        report = handed_in.read_report(g.files[0])
        here().mailboxes.hand_in(report, here().today(), here().gate)
    except DropboxError as error:
        return _refused(error)
    return _done(before=False)


def _problem(files: list[bytes]) -> str:
    """Say why what was chosen can be no letter, or nothing."""
    if len(files) != 1:
        return _TWO if files else _NONE
    (file,) = files
    if not file:
        return _EMPTY
    if file[:200].removeprefix(_BYTE_ORDER_MARK).lstrip().lower().startswith(_PAGE_STARTS):
        return _PAGE
    return "" if file.startswith(REPORT_MAGIC) else _NO_LETTER


def _refused(error: DropboxError) -> Response:
    code = answers.of(error)
    if code is Answer.DONE_BEFORE:
        return _done(before=True)
    if code is Answer.FAILING:
        _LOG.error("%s", type(error).__name__)
    said = _OWN_WORDS.get(type(error)) or _WORDS.get(code)
    response = _page(_(said) if said else words_of(error), error.status)
    return failures.ask_later(response) if code is Answer.NOT_NOW else response


def _page(problem: str = "", status: int = 200) -> Response:
    problems = [("file", problem)] if problem else []
    html = render_template("site/drop.html", problems=problems, failed=bool(problems))
    return make_response(html, status)


def _done(*, before: bool) -> Response:
    return make_response(render_template("site/drop_done.html", before=before))


@drop_pages.errorhandler(RequestEntityTooLarge)
def _on_too_large(error: RequestEntityTooLarge) -> Response:
    return _page(_(_TOO_LARGE), error.code)


@drop_pages.errorhandler(BadRequest)
def _on_bad(error: BadRequest) -> Response:
    return _page(_(_NOT_WHOLE), error.code)
