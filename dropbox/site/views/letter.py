"""The offline letter, to be downloaded."""

from __future__ import annotations

from flask import Blueprint, Response

from dropbox.site import letter_file
from dropbox.site.context import here
from dropbox.site.speech import language
from dropbox.site.views.start import LANGUAGE_PATH

letter_pages = Blueprint("letter", __name__)


@letter_pages.get(f"{LANGUAGE_PATH}/letter")
def download() -> Response:
    """Answer with the file, to be saved and opened without the site."""
    response = letter_file.packed(here()).answer("text/html")
    name = letter_file.FILE_NAMES[language()]
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response
