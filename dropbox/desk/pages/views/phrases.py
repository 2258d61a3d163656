"""The texts that an answer can begin with, and what this channel makes of them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dropbox.desk import phrases
from dropbox.desk.pages.speech import gettext as _
from dropbox.desk.pages.workplace import workplace
from dropbox.language import LANGUAGES

phrase_pages = Blueprint("phrases", __name__)


@phrase_pages.get("/phrases")
def index() -> str:
    """Show all texts, each in a form of its own."""
    with workplace().cases() as vault:
        found = [
            (name, _(phrases.LABELS[name]), language, *phrases.load(vault, name, language))
            for name in phrases.NAMES
            for language in LANGUAGES
        ]
    return render_template("desk/phrases.html", found=found, places=phrases.PLACEHOLDERS)


@phrase_pages.post("/phrases/<language>/<name>")
def change(language: str, name: str) -> Response:
    """Keep a text of the channel's own, or use the desk's again."""
    with workplace().cases() as vault:
        if request.form.get("step") == "back":
            phrases.give_back(vault, name, language)
        else:
            phrases.save(vault, name, language, request.form.get("text", ""))
    return redirect(url_for("phrases.index", _anchor=f"{name}-{language}"), 303)
