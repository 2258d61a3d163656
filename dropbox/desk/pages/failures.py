"""The desk's one boundary for what goes wrong: a page in the handler's language.

Invariants: a page repeats nothing that was sent, but for a text that would be lost
otherwise, and that only to who has the vault open; nothing is logged, printed or kept.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from dropbox.desk.errors import NoCardYet, NotAHandlersVault
from dropbox.desk.pages import headers
from dropbox.desk.pages.door import is_in, keep_typed, written
from dropbox.desk.pages.speech import gettext, words_of
from dropbox.desk.pages.workplace import Locked, workplace
from dropbox.errors import N_, DropboxError

_SERVER_ERROR = 500
_TITLES = {
    400: N_("That did not work"),
    403: N_("Not let in"),
    404: N_("This page is not here"),
    405: N_("This cannot be done here"),
    413: N_("That is too much at once"),
    421: N_("Not let in"),
    500: N_("Something went wrong in the desk"),
}
_MESSAGES = {
    400: N_("Part of it could not be read, or the page was of an earlier start. Nothing was done."),
    404: N_("The address may be wrong, or what it names is gone."),
    405: N_("Go back and choose again."),
    413: N_("It is far more than fits. Nothing was done."),
    421: N_("The desk answers only at the address that it printed when it started."),
    500: N_(
        "It is not your fault. What was not finished was undone. Try again. Does it come back?"
        " Then use the commands, and tell whoever looks after this program what you did."
    ),
}


class QuietFlask(Flask):
    """Flask that writes nothing about a request or an error anywhere."""

    def log_exception(self, exc_info: Any) -> None:
        """Write nothing: the page says that it failed, and a traceback could hold a text."""

    def handle_exception(self, e: Exception) -> Response:
        """Answer also when the page for an error fails itself."""
        try:
            return super().handle_exception(e)
        except Exception:
            if self.testing:
                raise
            return headers.put_on(Response("500", _SERVER_ERROR, content_type="text/plain"))


def register(app: Flask) -> None:
    """Bind the pages for everything that can go wrong."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DropboxError, _on_dropbox)
    app.register_error_handler(OSError, _on_os)
    app.register_error_handler(Locked, _on_locked)
    app.register_error_handler(NoCardYet, _on_no_cases)
    app.register_error_handler(NotAHandlersVault, _on_no_cases)
    app.register_error_handler(Exception, _on_unknown)


def page(status: int, message: str | None = None) -> Response:
    """Return the page for a status, with its usual message or a better one."""
    usual = _MESSAGES.get(status, _MESSAGES[400])
    html = render_template(
        "desk/error.html",
        title=gettext(_TITLES.get(status, _TITLES[400])),
        message=message or gettext(usual),
        typed=_typed(),
    )
    return make_response(html, status)


def _typed() -> str:
    """Return the text that was sent and would be lost, or nothing."""
    if request.method != "POST" or not is_in() or not workplace().is_open:
        return ""
    try:
        return written()
    except HTTPException:  # it was this form that could not be read
        return ""


def _on_http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    response = page(error.code or _SERVER_ERROR)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _on_dropbox(error: DropboxError) -> Response:
    return page(error.status, words_of(error))


def _on_os(error: OSError) -> Response:
    return page(_SERVER_ERROR, words_of(error))


def _on_locked(_error: Locked) -> Any:
    keep_typed()
    return redirect(url_for("unlock.ask"), 303)


def _on_no_cases(error: DropboxError) -> Any:
    """Lead to the first run, which knows what this vault is for and what it lacks."""
    return _on_dropbox(error) if request.method == "POST" else redirect(url_for("start.index"), 303)


def _on_unknown(_error: Exception) -> Response:
    return page(_SERVER_ERROR)
