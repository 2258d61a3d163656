"""How gunicorn serves the site: no access log, an error log that says nothing of a visitor.

Read by gunicorn itself in the folder of the checkout. Invariants: no address, no request
line, no header, no text and no time of a request is written anywhere; no answer
says which server made it; no control socket is opened.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http.wsgi import Response

from dropbox.config import places
from dropbox.errors import DropboxError

CHECKOUT = Path(__file__).resolve().parent
MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file, nameless and empty


class QuietLogger(Logger):  # type: ignore[misc]
    """A log for the operator. In a worker it tells where the program failed and nothing else.

    An error's own message, a warning about a refused request, and every traceback of the
    standard kind can carry what somebody sent: a worker writes none of them.
    """

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


def post_fork(_server: Any, worker: Any) -> None:
    """Make a worker's log silent about requests."""
    worker.log.in_worker = True


_default_headers = Response.default_headers


def _headers_without_server(response: Response) -> list[str]:
    return [line for line in _default_headers(response) if not line.startswith("Server:")]


# Gunicorn has no setting for this.
Response.default_headers = _headers_without_server

wsgi_app = "wsgi:app"
chdir = str(CHECKOUT)
proc_name = "meldkluis"
bind = f"127.0.0.1:{places(os.environ).port}"

worker_class = "gthread"
workers = 2
threads = 8
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
# What a worker has seen is in its memory until it ends.
max_requests = 2000
max_requests_jitter = 500

umask = 0o077
# The setting itself covers only a few of gunicorn's own files.
os.umask(umask)
control_socket_disable = True
worker_tmp_dir = str(MEMORY_FOLDER) if MEMORY_FOLDER.is_dir() else None

limit_request_line = 2048
limit_request_fields = 50
limit_request_field_size = 4096

accesslog = None
errorlog = "-"
loglevel = "warning"
capture_output = False
logger_class = QuietLogger
