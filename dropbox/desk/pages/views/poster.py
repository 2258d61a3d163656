"""The way to the site: its address, the poster, and the button for an intranet."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from dropbox.desk import addresses, sheets
from dropbox.desk.addresses import Addresses
from dropbox.desk.pages.forms import DeskForm, download
from dropbox.desk.pages.speech import words_of
from dropbox.desk.pages.workplace import workplace
from dropbox.desk.sheets import Face
from dropbox.desk.vault import Vault
from dropbox.errors import InputError
from dropbox.language import LANGUAGES

poster_pages = Blueprint("poster", __name__)


@poster_pages.get("/poster")
def index() -> Response:
    """Ask where the site is, and lead to what can be printed and copied."""
    with workplace().open() as vault:
        found = addresses.load(vault)
        typed = Addresses("") if found is None else found
        return _page(vault, typed, ready=found is not None)


def _page(
    vault: Vault, typed: Addresses, *, ready: bool, problem: str = "", status: int = 200
) -> Response:
    html = render_template(
        "desk/poster.html",
        shown=sheets.face(vault, workplace().today()),
        form=DeskForm(formdata=None),
        typed=typed,
        ready=ready,
        problem=problem,
    )
    return Response(html, status, content_type="text/html; charset=utf-8")


@poster_pages.post("/poster")
def keep() -> Response | AnyResponse:
    """Keep the site's addresses, if they can be some."""
    clear, onion = request.form.get("clear", ""), request.form.get("onion", "")
    with workplace().open() as vault:
        try:
            addresses.save(vault, addresses.checked(clear, onion))
        except InputError as error:
            typed = Addresses(clear, onion)
            return _page(vault, typed, ready=False, problem=words_of(error), status=error.status)
    return redirect(url_for("poster.index", _anchor="ready"), 303)


def _found(language: str) -> tuple[Face, Addresses]:
    """Return what goes on a sheet; a language that is none is a page that is not here."""
    if language not in LANGUAGES:
        abort(404)
    desk = workplace()
    with desk.open() as vault:
        return sheets.face(vault, desk.today()), addresses.needed(vault)


@poster_pages.get("/poster/<language>")
def sheet(language: str) -> str:
    """Show the poster as it is printed."""
    style, back = url_for("poster.style"), url_for("poster.index")
    return sheets.poster(*_found(language), language, style=style, back=back)


@poster_pages.get("/poster/poster.css")
def style() -> Response:
    """Serve the poster's style sheet: within a page there may be none."""
    return Response(sheets.style(), content_type="text/css; charset=utf-8")


@poster_pages.get("/poster/<language>/file")
def save_poster(language: str) -> AnyResponse:
    """Hand out the poster as one file, for who prints elsewhere."""
    made = sheets.poster(*_found(language), language)
    return download(made.encode("utf-8"), f"poster-{language}.html")


@poster_pages.get("/poster/<language>/button")
def save_button(language: str) -> AnyResponse:
    """Hand out the button as one file."""
    made = sheets.button(*_found(language), language)
    return download(made.encode("utf-8"), f"button-{language}.html")
