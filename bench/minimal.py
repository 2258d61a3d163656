"""The reference: the least that a site with sealed reports can be, under the same gunicorn.

One Jinja form, one sealed box, one SQLite commit (WAL, FULL), one page. It has no reply
code, no padding, no signature, no exclusion, no mailbox, and no checks.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

from flask import Flask, render_template_string, request
from nacl.public import PrivateKey, SealedBox

FORM = """<!doctype html><title>Report</title><form method="post">
<textarea name="text">{{ text }}</textarea><button>Send</button></form>"""
DONE = '<!doctype html><title>Received</title><p id="reply-code">{{ number }}</p>'

app = Flask(__name__)
box = SealedBox(PrivateKey.generate().public_key)
local = threading.local()


def database() -> sqlite3.Connection:
    """Return this thread's connection."""
    if not hasattr(local, "connection"):
        path = Path(os.environ["VAR"]) / "minimal.db"
        connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS report (id INTEGER PRIMARY KEY, body BLOB)")
        local.connection = connection
    found: sqlite3.Connection = local.connection
    return found


@app.get("/")
def form() -> str:
    """Show the form."""
    return render_template_string(FORM, text="")


@app.post("/")
def send() -> str:
    """Seal and store a report."""
    sealed = box.encrypt(request.form["text"].encode("utf-8"))
    row = database().execute("INSERT INTO report (body) VALUES (?)", (sealed,))
    return render_template_string(DONE, number=row.lastrowid)
