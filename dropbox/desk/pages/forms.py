"""What all forms of the desk share.

Each carries the token of its session, without which nothing that is sent does anything.
Uploaded files stay in memory: see `app.DeskRequest`.
"""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from dropbox.desk.errors import FileTooLarge
from dropbox.desk.pages.speech import gettext


class DeskForm(FlaskForm):  # type: ignore[misc] # the package ships no types
    """The base of all forms; a validator's message that is marked for the catalogue is translated.

    Mark messages with ``N_`` and show them with `problems_of`.
    """

    def problems(self) -> list[tuple[str, str]]:
        """Return the id of each field with a problem, and its message in the handler's language."""
        return [
            (str(field.id), gettext(str(message))) for field in self for message in field.errors[:1]
        ]


def content_of(upload: Any, most: int) -> bytes:
    """Return an uploaded file's bytes, or nothing when none was chosen.

    Args:
        upload: what a file field holds.
        most: the most bytes that make sense.

    Raises:
        FileTooLarge: it has more.
    """
    if not isinstance(upload, FileStorage):
        return b""
    raw = upload.stream.read(most + 1)
    if len(raw) > most:
        raise FileTooLarge(bytes=most)
    return raw


def download(content: bytes, name: str) -> Response:
    """Return a file for the browser to save.

    Args:
        content: its bytes.
        name: what it is saved as: letters, digits, dots and dashes of ours.
    """
    response = Response(content, content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
