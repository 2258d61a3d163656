"""What the tests of crashes and bad luck look at: the tables, the desk, and a loop to look for."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from dropbox.config import read_site
from dropbox.demo.channels import HOTLINE
from dropbox.desk import casebook, inbound, outbound, outbox, replies
from dropbox.mailbox import Mailboxes
from dropbox.protocol import keys, reply_code
from dropbox.protocol.envelope import Direction
from dropbox.protocol.payload import Report
from dropbox.reporter import sealing
from tests.bad_luck_world import HANDLER, Town

ANSWER = "antwoord van de behandelaar"
READERS = len(HOTLINE.handlers)


def check_tables(database: Path) -> None:
    """See that the database is whole, and that nothing in it stands alone."""
    with closing(sqlite3.connect(database)) as tables:

        def count(query: str) -> int:
            return int(tables.execute(f"SELECT count(*) FROM {query}").fetchone()[0])

        assert tables.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert tables.execute("PRAGMA foreign_key_check").fetchall() == []
        assert count("envelope WHERE mailbox NOT IN (SELECT id FROM mailbox)") == 0
        assert count("slot WHERE envelope NOT IN (SELECT id FROM envelope)") == 0
        inbound_ = f"envelope WHERE direction = {int(Direction.TO_HANDLERS)}"
        assert count(f"mailbox WHERE id NOT IN (SELECT mailbox FROM {inbound_})") == 0
        slots = "(SELECT count(*) FROM slot WHERE slot.envelope = envelope.id)"
        assert count(f"{inbound_} AND {slots} <> {READERS}") == 0
        told = "(SELECT count(*) FROM addressed WHERE addressed.mailbox = mailbox.id)"
        assert count(f"mailbox WHERE {told} < {READERS}") == 0


def mailboxes_of(town: Town) -> Mailboxes:
    """Return the use cases of a town's server."""
    places = town.demo.places
    site_id = read_site(places.site_toml).site_id
    return Mailboxes.at(site_id, places.site_dir, places.cards_dir)


def filed(town: Town, today: date, count: int) -> dict[str, bytes]:
    """File reports; return the token of each by its text."""
    server_ = mailboxes_of(town)
    card = server_.channel("extern-meldpunt", today)
    tokens = {}
    for number in range(count):
        text = f"kenmerk-{number}-einde"
        sealed = sealing.seal_report(card, Report(today, 1, "anonymous", "nl", text, ()))
        server_.file_report(sealed.sealed, today, os.urandom(16))
        tokens[text] = keys.token(card.site_id, reply_code.parse(" ".join(sealed.words)))
    server_.check()  # which closes the database
    return tokens


def answered(site: Town) -> Path:
    """Collect, import, answer and export; return the bundle for the site."""
    bundle, out = site.folder / "in.bundle", site.folder / "out.bundle"
    site.ok("collect", "--handler", site.handler(), "--out", bundle)
    today = datetime.now(UTC).date()
    with site.demo.open(HANDLER) as vault:
        inbound.import_bundle(vault, bundle, today)
        for mailbox_id in list(casebook.ids(vault)):
            replies.reply(vault, mailbox_id, ANSWER, today)
        outbound.export(vault, out, today)
    return out


def cases(site: Town) -> int:
    """Return how many cases the desk has."""
    with site.demo.open(HANDLER) as vault:
        return vault.count("case_key")


def numbers(site: Town) -> list[str]:
    """Return the cases' numbers as they are typed."""
    with site.demo.open(HANDLER) as vault:
        return list(casebook.numbers(vault).values())


def waiting(site: Town) -> int:
    """Return how many replies the site has not confirmed."""
    with site.demo.open(HANDLER) as vault:
        return outbox.waiting(vault, datetime.now(UTC).date()).replies


def mailboxes(site: Town) -> int:
    """Return how many mailboxes there are."""
    with closing(sqlite3.connect(site.database)) as tables:
        return int(tables.execute("SELECT count(*) FROM mailbox").fetchone()[0])
