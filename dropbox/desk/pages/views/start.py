"""The first run: from no vault to a channel that can be reached."""

from __future__ import annotations

from flask import Blueprint, render_template

from dropbox.desk.pages.door import without_vault

start_pages = Blueprint("start", __name__)


@start_pages.get("/start")
@without_vault
def index() -> str:
    """Show the next step."""
    return render_template("desk/start.html")
