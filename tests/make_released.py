"""Writes what a released version leaves on disks, for later versions to open: ``tests/data``.

Run it with the code of the version that is being released, and never again for that
version: the files are what later programs must be able to open, not what they write.

    python -m tests.make_released
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from dropbox.desk import backup, replies
from dropbox.protocol import keys, payload, reporter, withdrawal
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.new_mailbox import NewMailbox
from tests.blind_server import Filed as FiledReport
from tests.blind_server import Site, desk_bundle, nonce, receipt, reply
from tests.desk_world import World, damaged_slot
from tests.organisation import SITE_ID, TODAY, Handler, Office
from tests.organisation import report as blank_report

DATA = Path(__file__).parent / "data"
STAYS, PAUSED, WITHDRAWN = (number.to_bytes(16, "big") for number in (7, 8, 9))
"""The reply codes' keys of three reporters: one with a reply, one who wrote more, one gone."""


@dataclass(frozen=True)
class Dump:
    """A database as text. ``name`` is the file's; ``pragmas`` are what a dump leaves out."""

    name: str
    pragmas: tuple[str, ...]


SITE_1 = Dump("schema-1.sql", ("user_version",))
VAULT_1 = Dump("vault-1.sql", ("application_id", "user_version"))
OWNER_1 = Dump("owner-1.sql", ("application_id", "user_version"))


def office() -> Office:
    """Return the channel of the released site, with the same keys every time."""
    handlers = [
        Handler(role, seed=bytes([seed]) * 32, secret=bytes([seed + 10]) * 32)
        for seed, role in enumerate(("adviseur", "coordinator"), 1)
    ]
    return Office(handlers, seed=bytes([9]) * 32)


def filed(channel: Office, key: bytes) -> FiledReport:
    """Seal a report with a code's key that is always the same."""
    own = keys.reporter_keys(SITE_ID, channel.channel_pk, key)
    recipients = [handler.recipient for handler in channel.handlers]
    memo = payload.Memo(day=TODAY, recipients=tuple(r.handler_id for r in recipients))
    new = NewMailbox(
        lookup=keys.lookup(keys.token(SITE_ID, key)),
        ed_pk=own.ed_pk,
        x_pk=own.x_pk,
        memo=reporter.seal_memo(own, memo),
        envelope=reporter.seal_report(own, recipients, blank_report()),
    )
    return FiledReport(key, own, new, nonce())


def dump(database: Database, kind: Dump, folder: Path) -> None:
    """Write a database as text."""
    lines: Iterable[str] = database.conn.iterdump()
    settings = [
        f"PRAGMA {name} = {database.execute(f'PRAGMA {name}').fetchone()[0]};"
        for name in kind.pragmas
    ]
    (folder / kind.name).write_text("\n".join([*lines, *settings, ""]), "utf-8")


def load(kind: Dump, path: Path) -> None:
    """Make the database file at ``path`` out of its text."""
    path.touch(0o600)
    database = Database(str(path))
    database.conn.executescript((DATA / kind.name).read_text("utf-8"))
    database.close()


def make_site(folder: Path, out: Path) -> None:
    """Write a site's database with rows in every table."""
    channel = office()
    site = Site(folder, channel)
    stays, paused, gone = (filed(channel, key) for key in (STAYS, PAUSED, WITHDRAWN))
    for each in (stays, paused, gone):
        site.mailboxes.file_report(each.new, TODAY, each.nonce)
    site.append(paused, channel.handlers)
    site.mailboxes.withdraw(withdrawal.make(gone.keys), TODAY)
    first, second = channel.handlers
    confirmed = Frame(FrameType.WITHDRAWAL_RECEIPT, gone.keys.mailbox_id)
    done = (reply(channel, first, stays), receipt(stays.new.envelope), confirmed)
    site.deliver(desk_bundle(channel, first, 1, *done))
    site.collect(second)
    dump(site.store.connection(), SITE_1, out)


def make_vaults(folder: Path, out: Path) -> None:
    """Write a handler's vault and an owner's, with every kind of record in them."""
    world = World(folder)
    reporters = [
        keys.reporter_keys(SITE_ID, world.card.channel_pk, key)
        for key in (STAYS, PAUSED, WITHDRAWN)
    ]
    stays, paused, gone = reporters
    world.take_in("anna", world.report(stays), world.report(gone), world.report(paused))
    world.take_in("anna", world.message(stays), withdrawal.make(gone))
    world.take_in("anna", world.message(world.reporter()), damaged_slot(world.report(paused)))
    with world.vault("anna") as vault:
        backup.backup(vault, folder / "anna.backup", TODAY)
    world.write("anna", replies.reply, stays, "Dank je wel.")
    header, accepted, _frames = world.export("anna")
    world.take_in("anna", serial=header.serial, accepted=accepted)
    world.write("anna", replies.reply, paused, "Nog onderweg.")
    world.export("anna")
    for name, kind in (("anna", VAULT_1), ("owner", OWNER_1)):
        dump(Database(str(world.path(name))), kind, out)


def main() -> None:
    """Write all files."""
    for make in (make_site, make_vaults):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), DATA)


if __name__ == "__main__":
    main()
