"""How gunicorn serves the site: no access log, an error log that says nothing of a visitor.

Read by gunicorn itself in the folder of the checkout. Invariants: no address, no request
line, no header, no text and no time of a request is written anywhere; no answer
says which server made it; no control socket is opened.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
from functools import partial
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.http.wsgi import Response

from dropbox.config import CHECKOUT, places
from dropbox.serving.log import QuietLogger
from dropbox.serving.refusal import headers_without_server, write_refusal
from dropbox.serving.worker import PatientWorker
from dropbox.site.context import settle
from dropbox.upkeep import Watch

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - gunicorn's heartbeat file, nameless and empty

# What a worker has in its memory must not come to lie on the disk when it dies.
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

# Gunicorn has no setting for either.
Response.default_headers = headers_without_server
util.write_error = write_refusal


def _watch() -> Watch:
    found = places(os.environ)
    log = sys.stderr.fileno()
    # A line in the log is a failure, and a failure is a visit; a terminal keeps its times.
    is_file = stat.S_ISREG(os.fstat(log).st_mode)
    return Watch(found.site_dir, found.cards_dir, *([log] if is_file else []))


def post_fork(_server: Any, worker: Any) -> None:
    """Make a worker's log silent about requests."""
    worker.log.in_worker = True


def post_worker_init(worker: Any) -> None:
    """Make the files and the admission's figures silent about their last use."""
    worker.chore = partial(_every_minute, _watch(), worker.app.wsgi())


def _every_minute(watch: Watch, app: Any) -> None:
    watch.look()
    settle(app)


def on_exit(_server: Any) -> None:
    """Hide when the last worker closed the database; the log was moved into it then."""
    _watch().hide()


wsgi_app = "wsgi:app"
chdir = str(CHECKOUT)
proc_name = "meldkluis"
bind = f"127.0.0.1:{places(os.environ).port}"

worker_class = PatientWorker
# While one ends, and perhaps waits for a last request, the others serve.
workers = 3
# They make one answer at a time; the others send theirs to who reads slowly.
threads = 8
# Each holds at most half a megabyte while it comes in.
worker_connections = 400
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
# What a worker has seen is in its memory until it ends; see also its LIFE_SECONDS.
max_requests = 500
max_requests_jitter = 200

umask = 0o077
# The setting itself covers only a few of gunicorn's own files.
os.umask(umask)
control_socket_disable = True
worker_tmp_dir = str(MEMORY_FOLDER) if MEMORY_FOLDER.is_dir() else None

# No header of a request says who sent it, or in which folder this site lies.
forwarded_allow_ips = ""
forwarder_headers = ""

limit_request_line = 2048
limit_request_fields = 50
limit_request_field_size = 4096

accesslog = None
errorlog = "-"
loglevel = "warning"
capture_output = False
logger_class = QuietLogger
