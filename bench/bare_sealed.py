"""The reference for sealed reports: a bare Flask endpoint that takes bytes and commits them.

The same gunicorn, the same bytes, one SQLite commit (WAL, FULL), six bytes back. It does not
look at what it takes: no length, no key, no card, no repeat, no limit.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

from flask import Flask, Response, request

from dropbox.protocol.handed_in import Answer, answer
from dropbox.store.connection import LOG_PAGES

DONE = answer(Answer.DONE)

app = Flask(__name__)
local = threading.local()


def database() -> sqlite3.Connection:
    """Return this thread's connection."""
    if not hasattr(local, "connection"):
        path = Path(os.environ["VAR"]) / "bare-sealed.db"
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        connection.execute("CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, body BLOB)")
        local.connection = connection
    found: sqlite3.Connection = local.connection
    return found


@app.get("/")
def ready() -> str:
    """Say that it runs."""
    return ""


@app.post("/sealed/report")
def report() -> Response:
    """Store what came."""
    database().execute("INSERT INTO report (body) VALUES (?)", (request.get_data(),))
    return Response(DONE, mimetype="application/octet-stream")
