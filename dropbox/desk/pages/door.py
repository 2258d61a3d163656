"""Who may come in: the browser that brought this start's token, and nobody else.

Owns the token and the checks before every view. Invariants: the token opens once, and only
in the first minutes; a request that names another host, comes from another page, or has no
session learns nothing; nothing but the lock's own pages answers while the vault is locked;
what came with a refused request is never repeated or kept.
It must never write a request to a log.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from flask import (
    Blueprint,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from dropbox.desk.pages.workplace import workplace
from dropbox.errors import N_, InputError
from dropbox.language import LANGUAGES

EXTENSION = "meldkluis door"
TOKEN_BYTES = 32
TOKEN_SECONDS = 10 * 60
MAX_FORM_BYTES = 4 * 1024 * 1024
"""A form with a mark for each of 10,000 cases; a story has a tenth of it."""

WRITTEN = ("text", "reason", "why", "later_1", "later_3", "text_nl", "text_en")
"""The fields in which forms have what a handler wrote; a lock or an error keeps them."""

_SAFE = frozenset({"GET", "HEAD"})
_ENTERED = "entered"
_LANGUAGE = "language"
_WITHOUT_SESSION = "without_session"
_WITHOUT_VAULT = "without_vault"
_MOST_BYTES = "most_bytes"

View = TypeVar("View", bound=Callable[..., object])

door_pages = Blueprint("door", __name__)


class NotLetIn(InputError):
    """A browser without this start's session asks for a page."""

    text = N_(
        "This browser was not let in. Open the address that the desk printed when it started,"
        " in the browser where you first used it. The address works once."
    )
    status = 403


class TokenUsed(InputError):
    """The address of this start was used before."""

    text = N_(
        "This address was used before and does not work again. Was that not you? Then somebody"
        " else on this computer has seen it. Stop the desk and start it again."
    )
    status = 403


class TokenTooOld(InputError):
    """The address of this start was not used in time."""

    text = N_("This address is too old. Stop the desk and start it again.")
    status = 403


class FromElsewhere(InputError):
    """A page of another origin, or another program, made the browser ask this."""

    text = N_("This was asked by another page. Nothing was done. Type the desk's address yourself.")
    status = 403


class Door:
    """One start's token and the port that it is for. ``tried_again`` is shown on every page."""

    def __init__(self, port: int, token: str, now: Callable[[], float]) -> None:
        self.hosts = frozenset((f"127.0.0.1:{port}", f"localhost:{port}"))
        self.tried_again = False
        self._token = token.encode("utf-8")
        self._now = now
        self._until = now() + TOKEN_SECONDS
        self._used = False
        self._turn = threading.Lock()

    def use(self, given: str) -> None:
        """Let somebody in, once.

        Raises:
            NotLetIn: it is not this start's token.
            TokenUsed, TokenTooOld: it is, and does not open any more.
        """
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._token):
            raise NotLetIn
        with self._turn:
            if self._used:
                self.tried_again = True
                raise TokenUsed
            self._used = True  # also when it is too late: nothing is tried twice
            if self._now() > self._until:
                raise TokenTooOld


def new_token() -> str:
    """Return a token of 256 bits, fit for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def door() -> Door:
    """Return the door of the running desk."""
    found: Door = current_app.extensions[EXTENSION]
    return found


def without_session(view: View) -> View:
    """Mark a view that answers also before the token was brought."""
    setattr(view, _WITHOUT_SESSION, True)
    return without_vault(view)


def without_vault(view: View) -> View:
    """Mark a view that answers also while the vault is locked, or does not exist."""
    setattr(view, _WITHOUT_VAULT, True)
    return view


def takes(most_bytes: int) -> Callable[[View], View]:
    """Mark a view that takes larger posts than `MAX_FORM_BYTES`, such as a bundle."""

    def mark(view: View) -> View:
        setattr(view, _MOST_BYTES, most_bytes)
        return view

    return mark


def guard() -> Response | None:
    """Check a request before its view runs; the order is the one of the module's invariants."""
    g.asked_by_the_person = False
    g.lang = session.get(_LANGUAGE, current_app.config["LANGUAGE"])
    if request.headers.get("Host", "") not in door().hosts:
        abort(421)
    if not _asked_by_the_person():
        raise FromElsewhere
    g.asked_by_the_person = True
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, _MOST_BYTES, MAX_FORM_BYTES)
    if getattr(view, _WITHOUT_SESSION, False):
        return None
    if not is_in():
        raise NotLetIn
    return None if getattr(view, _WITHOUT_VAULT, False) else _mind_the_lock()


def _mind_the_lock() -> Response | None:
    desk = workplace()
    desk.lock_if_idle()
    if not desk.is_there:
        return redirect(url_for("start.index"), 303)
    if not desk.is_open:
        keep_typed()
        return redirect(url_for("unlock.ask"), 303)
    desk.touch()
    return None


def written() -> str:
    """Return what a handler wrote in the form that was sent, in the order of `WRITTEN`."""
    found = (request.form.get(name, "") for name in WRITTEN)
    return "\n\n".join(each for each in found if each.strip())


def keep_typed() -> None:
    """Keep the texts of a form that came when the vault was locked, or is being locked."""
    if request.method == "POST":
        current_app.extensions["csrf"].protect()
        workplace().late.keep(written())


def is_in() -> bool:
    """Tell whether this browser brought the token, and the person asks, not another page.

    The session's key is of this start alone.
    """
    return bool(g.get("asked_by_the_person")) and session.get(_ENTERED) is True


def _asked_by_the_person() -> bool:
    """Tell whether the person, or a page of this desk, asked; not a page of another origin.

    A page on another port of this computer is of the same site and another origin.

    Source: W3C, Fetch Metadata Request Headers; RFC 6454, section 7.
    """
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if request.method in _SAFE:
        return fetched_from in (None, "none", "same-origin")
    if fetched_from not in (None, "same-origin"):
        return False
    return request.headers.get("Origin") == f"http://{request.host}"


@door_pages.get("/enter/<token>")
@without_session
def enter(token: str) -> Response:
    """Exchange the token for a session, and take it out of the address."""
    if not is_in():
        door().use(token)
        session.clear()
        session[_ENTERED] = True
    return redirect(url_for("door.home"), 303)


@door_pages.get("/")
def home() -> Response:
    """Go to the first page of work."""
    return redirect(url_for("inbox.index"), 303)


@door_pages.get("/language/<code>")
@without_vault
def choose_language(code: str) -> Response:
    """Keep the language for this session, and go back to the page that asked."""
    if code not in LANGUAGES:
        abort(404)
    session[_LANGUAGE] = code
    return redirect(_within(request.args.get("back", "")), 303)


def _within(back: str) -> str:
    """Return an address of this desk: a path, and none that a browser reads as another host."""
    plain = back.startswith("/") and not back.startswith("//") and "\\" not in back
    return back if plain and back.isprintable() else url_for("door.home")


@door_pages.post("/stop")
@without_vault
def stop() -> str:
    """Lock the vault and end the program."""
    workplace().lock()
    ending: Callable[[], None] = current_app.config["END"]
    ending()
    return render_template("desk/stopped.html")
