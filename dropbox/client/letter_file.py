"""A sealed report as a file, to be handed in elsewhere: whole, private and new, or not there."""

from __future__ import annotations

import os
from pathlib import Path

from dropbox.client.errors import FileThere

_PRIVATE_FILE = 0o600


def save(path: Path, content: bytes) -> None:
    """Write a new file.

    Raises:
        FileThere: there is something already.
        OSError: the machine refused; nothing is left of it.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    try:
        handle = os.open(path, flags, _PRIVATE_FILE)
    except FileExistsError:
        raise FileThere(file=str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
