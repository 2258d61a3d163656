"""Work on a database in a process of its own that is killed on the way, for tests.

Processes come from a small server without threads, since a program with threads, such as
the one that runs the tests, should not fork.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from dropbox.store import archive, backup, schema

LATER = (
    "CREATE TABLE later (id BLOB NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID",
    "INSERT INTO later SELECT id FROM mailbox",
    "DELETE FROM form_nonce",
)
"""A step that a later version might take."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.dying"])


def run(work: Callable[..., None], *arguments: object, seconds: float | None = None) -> int:
    """Do work in a process of its own; kill it after so many seconds.

    Returns:
        How it ended: 0, or the negative number of the signal that killed it.
    """
    process = _PROCESSES.Process(target=work, args=arguments)
    process.start()
    if seconds is not None:
        time.sleep(seconds)
        process.kill()
    process.join()
    return process.exitcode or 0


def upgrade(path: Path, statements: int) -> None:
    """Upgrade a database to have `LATER`, and die before the statement of this number."""
    schema.STEPS = (*schema.STEPS[:1], LATER)
    database = Database(sqlite3.connect(path, isolation_level=None), execute_plugins=False)
    execute, done = database.execute, 0

    def counted(*words: object) -> object:
        nonlocal done
        done += 1
        if done > statements:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*words)  # type: ignore[arg-type]

    database.execute = counted  # type: ignore[method-assign, assignment]
    schema.upgrade(database)


def put_back(path: Path, raw: bytes) -> None:
    """Put an archive's database in the place of a site's."""
    with backup.received(path.parent) as database:
        archive.read(io.BytesIO(raw), database.file)
        backup.prepare(database)
        with backup.standing(path) as old:
            backup.put_in_place(database, old, datetime.now(UTC))
