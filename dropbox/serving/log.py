"""A log for the operator that says nothing of a visitor.

An error's own message, a warning about a refused request, and every traceback of the
standard kind can carry what somebody sent: a worker writes none of them.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from dropbox.config import CHECKOUT
from dropbox.errors import DropboxError


class QuietLogger(Logger):  # type: ignore[misc]
    """In a worker it tells where the program failed and nothing else."""

    # No time: when a request failed is when somebody was here.
    error_fmt = "[%(levelname)s] %(message)s"
    in_worker = False

    def access(self, *_request: Any) -> None:
        """Write nothing."""

    def debug(self, *_said: Any, **_more: Any) -> None:
        """Write nothing."""

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Write what the main process says; nothing in a worker."""
        if not self.in_worker:
            super().info(msg, *args, **kwargs)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Write what the main process says; nothing in a worker."""
        if not self.in_worker:
            super().warning(msg, *args, **kwargs)

    def error(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Write what the main process says; the place of the failure in a worker."""
        if self.in_worker:
            super().error("A worker failed: %s", place_of_failure())
        else:
            super().error(msg, *args, **kwargs)

    def critical(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Write the same as `error`."""
        self.error(msg, *args, **kwargs)

    def exception(self, *_said: Any, **_more: Any) -> None:
        """Write where it happened, without the message of the error."""
        # Somebody stopped reading an answer: nothing failed here.
        if not isinstance(sys.exc_info()[1], TimeoutError):
            super().error("%s", place_of_failure())


def place_of_failure() -> str:
    """Return the type of the error that is being handled and its places in the code."""
    kind, error, trace = sys.exc_info()
    if kind is None:
        return "no error is known"
    frames = traceback.extract_tb(trace)
    places = [f"{_short(frame.filename)}:{frame.lineno}" for frame in frames]
    # Our own errors never hold what somebody wrote.
    said = f" ({error})" if isinstance(error, DropboxError) else ""
    return f"{kind.__name__}{said} at {' > '.join(places)}"


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else path.name
