"""The cases of this desk."""

from __future__ import annotations

from flask import Blueprint, render_template

from dropbox.desk import casebook
from dropbox.desk.pages.workplace import workplace

inbox_pages = Blueprint("inbox", __name__)


@inbox_pages.get("/cases")
def index() -> str:
    """Show the number of every case."""
    with workplace().cases() as vault:
        numbers = sorted(casebook.numbers(vault).values())
    return render_template("desk/inbox.html", numbers=numbers)
