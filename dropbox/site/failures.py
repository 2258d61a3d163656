"""The site's one boundary for what goes wrong: a page in the reader's language.

Invariants: a page repeats nothing that was sent, but for a story that would be lost
otherwise; a log line names a class and a place in the code and nothing else, no
address, path, agent, form or message. No address is made from the host that a
request names: a stranger may have written it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Hashable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, g, make_response, render_template
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import MapAdapter

from dropbox.errors import N_, DropboxError
from dropbox.site import headers
from dropbox.site.admission import RETRY_AFTER_SECONDS
from dropbox.site.context import words_of
from dropbox.site.speech import gettext as _
from dropbox.site.speech import language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOG = logging.getLogger(__name__)

_TITLES = {
    400: N_("That did not arrive well"),
    403: N_("This form does not come from this site"),
    404: N_("This page is not here"),
    405: N_("This cannot be done here"),
    409: N_("This cannot be done now"),
    413: N_("That is too much at once"),
    415: N_("This site takes only its own forms"),
    500: N_("Something went wrong with us"),
    503: N_("This does not work at the moment"),
}
_MESSAGES = {
    400: N_(
        "Part of it could not be read. Nothing was stored, and we cannot show you what you typed. "
        "Open the page on this site again."
    ),
    403: N_("For your safety we did nothing with it. Open the form on this site."),
    404: N_("The address may be wrong, or the page may have moved."),
    405: N_("Go back to the start page and choose again."),
    413: N_(
        "It is far more than fits. Nothing was stored, and we cannot show you what you typed. "
        "Send a shorter report. You can add more in later messages."
    ),
    415: N_("Nothing was stored. Open the form on this site."),
    500: N_("It is not your fault. Open the start page and try again in a moment."),
    503: N_("Nothing was stored. Try again later, or choose another route."),
}


_HOST = "localhost"
"""Where this site lies; a visitor may name another host or folder, and get no address of it."""

_MOST_ADDRESSES = 256


class QuietFlask(Flask):
    """Flask that writes no message, value or request to any log, and ignores the host."""

    def __init__(self, *about: Any, **options: Any) -> None:
        super().__init__(*about, **options)
        self._addresses: dict[Hashable, str] = {}

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Write an address as a path of this site.

        A page has a dozen, most of them the same on every page: they are kept.
        """
        key = (endpoint, values.get("lang") or language(), *sorted(values.items()))
        found = self._addresses.get(key)
        if found is None:
            if len(self._addresses) >= _MOST_ADDRESSES:
                self._addresses.clear()
            found = self._addresses[key] = super().url_for(endpoint, **values)
        return found

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match and write addresses as paths of this site, whatever host was asked for."""
        if request is None:
            return super().create_url_adapter(None)
        # Werkzeug's own binding copies all that is known of a request and looks for a host in it.
        path, query = (
            request.environ.get(name, "").encode("latin-1").decode(errors="replace")
            for name in ("PATH_INFO", "QUERY_STRING")
        )
        method = request.method
        return MapAdapter(self.url_map, _HOST, "/", "", request.scheme, path, method, query)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, with the headers of every answer."""
        return super().wsgi_app(environ, headers.put_on(start_response))

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log the class of an error and its last place in the code."""
        kind, _error, traceback = exc_info
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        place = traceback.tb_frame.f_globals.get("__name__", "?") if traceback else "?"
        line = traceback.tb_lineno if traceback else 0
        _LOG.error("%s at %s:%d", kind.__name__ if kind else "?", place, line)

    def handle_exception(self, e: Exception) -> Response:
        """Answer also when the page for an error fails itself, and still write no value."""
        try:
            return super().handle_exception(e)
        except Exception:  # noqa: BLE001 - the server around us would print the whole traceback
            self.log_exception(sys.exc_info())
            return Response("500", InternalServerError.code)


def register(app: QuietFlask) -> None:
    """Bind the pages for everything that can go wrong."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DropboxError, _on_dropbox)

    def on_unknown(_error: Exception) -> Response:
        app.log_exception(sys.exc_info())
        return page(InternalServerError.code, typed=_story())

    app.register_error_handler(Exception, on_unknown)


def page(status: int, message: str | None = None, typed: str = "") -> Response:
    """Return the page for a status, with its usual message or a better one.

    Args:
        status: the HTTP status.
        message: what went wrong, in the reader's language.
        typed: a story or message to give back to the reader who just sent it.
    """
    title = _TITLES.get(status, _TITLES[500 if status >= InternalServerError.code else 400])
    usual = _MESSAGES.get(status, N_("Go back to the start page and choose again."))
    html = render_template(
        "site/error.html", title=_(title), message=message or _(usual), typed=typed
    )
    return make_response(html, status)


def ask_later(response: Response) -> Response:
    """Advise programs when to come back: always after the same time, so that it tells nothing."""
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _on_http(error: HTTPException) -> Response:
    response = page(error.code or InternalServerError.code)
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _on_dropbox(error: DropboxError) -> Response:
    if error.status >= InternalServerError.code:
        _LOG.error("%s", type(error).__name__)
    return page(error.status, words_of(error), _story())


def _story() -> str:
    """Return the story or message of this request, to give it back, or nothing."""
    return g.form.get("text", "") if "form" in g else ""
