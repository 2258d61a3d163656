"""The server's tables, as numbered steps that only ever grow.

A step that was in a release never changes: `tests/data/schema-N.sql` holds what step N left.

``PRAGMA user_version`` holds the number of steps that a database has had. Every
table is ``WITHOUT ROWID``, so that no hidden number keeps the order of arrival,
and ``STRICT``. There is no column for a time, a day or a state; a month says only
when a row goes at the latest.
"""

from __future__ import annotations

from sqlite_utils import Database

from dropbox.errors import StoreDamaged, StoreTooNew

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # A mailbox, found by the hash of the reader's token.
        """CREATE TABLE mailbox (
            id BLOB NOT NULL PRIMARY KEY, lookup BLOB NOT NULL UNIQUE, channel_pk BLOB NOT NULL,
            ed_pk BLOB NOT NULL, x_pk BLOB NOT NULL, memo BLOB NOT NULL,
            purge_month INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        # position: 0 to handlers and among them; replies count 1, 2, 3 … within their mailbox,
        # newest highest.
        """CREATE TABLE envelope (
            id BLOB NOT NULL PRIMARY KEY, mailbox BLOB NOT NULL REFERENCES mailbox,
            direction INTEGER NOT NULL, position INTEGER NOT NULL,
            purge_month INTEGER NOT NULL, body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX envelope_by_mailbox ON envelope (mailbox, direction, position)",
        """CREATE TABLE slot (
            recipient BLOB NOT NULL, envelope BLOB NOT NULL REFERENCES envelope,
            cleared INTEGER NOT NULL, PRIMARY KEY (recipient, envelope)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX slot_by_envelope ON slot (envelope)",
        # Every key that any envelope of a mailbox was addressed to: a later withdrawal
        # must reach them, also when the envelope itself is long gone.
        """CREATE TABLE addressed (
            mailbox BLOB NOT NULL REFERENCES mailbox, recipient BLOB NOT NULL,
            PRIMARY KEY (mailbox, recipient)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE tombstone (
            mailbox BLOB NOT NULL PRIMARY KEY, withdrawal BLOB NOT NULL,
            purge_month INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE tombstone_slot (
            recipient BLOB NOT NULL, mailbox BLOB NOT NULL REFERENCES tombstone,
            cleared INTEGER NOT NULL, PRIMARY KEY (recipient, mailbox)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX tombstone_slot_by_mailbox ON tombstone_slot (mailbox)",
        # generation: the day's number modulo 4, enough to forget after two days.
        """CREATE TABLE form_nonce (
            id BLOB NOT NULL PRIMARY KEY, generation INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        # Which handler an intake key belongs to, from every card that was ever accepted.
        """CREATE TABLE recipient (
            key_id BLOB NOT NULL PRIMARY KEY, channel_pk BLOB NOT NULL, handler_id BLOB NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX recipient_by_handler ON recipient (handler_id, channel_pk)",
        # The operator's own acts: the last bundle accepted, the last day of a collection, or
        # below zero the day since which a handler who never collected is known.
        """CREATE TABLE courier (
            handler_id BLOB NOT NULL PRIMARY KEY, serial INTEGER NOT NULL,
            bundle_hash BLOB NOT NULL, collected_day INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
    ),
)


def upgrade(database: Database) -> None:
    """Bring a database to the last step, in one transaction; do nothing if it is there.

    Raises:
        StoreTooNew: the database has had more steps than this program knows.
    """
    if _version(database) == len(STEPS):
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        done = _version(database)
        if done > len(STEPS):
            raise StoreTooNew
        for statements in STEPS[done:]:
            for statement in statements:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(STEPS)}")
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise


def check(database: Database) -> None:
    """See that a database from elsewhere has our tables and nothing else, such as triggers.

    Raises:
        StoreTooNew: it has had more steps than this program knows.
        StoreDamaged: its tables are not those of its version.
    """
    version = _version(database)
    if version > len(STEPS):
        raise StoreTooNew
    expected = Database(memory=True)
    for statements in STEPS[:version]:
        for statement in statements:
            expected.execute(statement)
    if _plan(database) != _plan(expected):
        raise StoreDamaged


def _plan(database: Database) -> list[tuple[str | None, ...]]:
    # No name is left out, also not SQLite's own: whoever writes a file can use those.
    rows = database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return sorted(rows, key=repr)


def _version(database: Database) -> int:
    return int(database.execute("PRAGMA user_version").fetchall()[0][0])
