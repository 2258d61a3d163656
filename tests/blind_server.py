"""A blind server in a folder, and reporters and desks that use it, for tests."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dropbox import exchange
from dropbox.exchange import DeliveryResult, Signer
from dropbox.mailbox import Mailboxes
from dropbox.protocol import bundle, keys, payload, reply_code, reporter
from dropbox.protocol.bundle import BundleDirection, BundleHeader, BundleReader, Frame, FrameType
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import Message
from dropbox.protocol.handler import seal_reply
from dropbox.protocol.mailbox_page import MailboxPage, unpack
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.store import CardShelf, Store
from tests import organisation
from tests.organisation import SITE_ID, SITE_SEED, TODAY, Handler, Office

SIGNER = Signer(SITE_ID, SITE_SEED)
_nonces = iter(range(1, 1 << 62))


def nonce() -> bytes:
    """Return a form nonce that was not used before."""
    return next(_nonces).to_bytes(16, "big")


@dataclass(frozen=True)
class Filed:
    """A report that was filed: its code's key, what was sent, and when."""

    key: bytes
    keys: keys.ReporterKeys
    new: NewMailbox
    nonce: bytes

    @property
    def token(self) -> bytes:
        """Return the token that reads the mailbox."""
        return keys.token(SITE_ID, self.key)


def new_report(
    office: Office, readers: Sequence[Handler] | None = None, text: str = "Er is iets gebeurd."
) -> Filed:
    """Seal a report of a fresh reporter to ``readers``, by default every handler."""
    key = reply_code.new_key()
    own = keys.reporter_keys(SITE_ID, office.channel_pk, key)
    recipients = [handler.recipient for handler in readers or office.handlers]
    memo = payload.Memo(day=TODAY, recipients=tuple(r.handler_id for r in recipients))
    new = NewMailbox(
        lookup=keys.lookup(keys.token(SITE_ID, key)),
        ed_pk=own.ed_pk,
        x_pk=own.x_pk,
        memo=reporter.seal_memo(own, memo),
        envelope=reporter.seal_report(own, recipients, organisation.report(text)),
    )
    return Filed(key, own, new, nonce())


class Site:
    """One blind server with its database and its cards in ``folder``."""

    def __init__(self, folder: Path, *offices: Office) -> None:
        cards = folder / "cards"
        cards.mkdir()
        self.offices = offices
        self.store = Store.create(folder / "site.db")
        self.shelf = CardShelf(cards, SITE_ID)
        self.mailboxes = Mailboxes(SITE_ID, self.store, self.shelf)
        for office in offices:
            self.shelf.add(office.card_bytes(), TODAY)

    def file(
        self,
        office: Office | None = None,
        readers: Sequence[Handler] | None = None,
        today: date = TODAY,
        text: str = "Er is iets gebeurd.",
    ) -> Filed:
        """File a report of a fresh reporter."""
        filed = new_report(office or self.offices[0], readers, text)
        self.mailboxes.file_report(filed.new, today, filed.nonce)
        return filed

    def page(self, filed: Filed, number: int = 0) -> MailboxPage | None:
        """Return a page of a reporter's mailbox."""
        return unpack(self.mailboxes.page(filed.token, number))

    def append(
        self,
        filed: Filed,
        readers: Sequence[Handler],
        today: date = TODAY,
        memo: bytes | None = None,
    ) -> bytes:
        """Append a message; return its envelope."""
        recipients = [handler.recipient for handler in readers]
        envelope = reporter.seal_message(filed.keys, recipients, organisation.message())
        page = self.page(filed)
        current = page.memo if page else filed.new.memo
        self.mailboxes.append(
            Message(filed.token, envelope_id(current), memo or current, envelope), today, nonce()
        )
        return envelope

    def collect(self, handler: Handler, today: date = TODAY, again: bool = False) -> bytes:
        """Return the bundle for a handler."""
        return b"".join(
            exchange.collect(SIGNER, self.store, self.shelf, handler.handler_id, today, again)
        )

    def deliver(self, data: bytes, today: date = TODAY) -> DeliveryResult:
        """Deliver a bundle's bytes."""
        return exchange.deliver(SITE_ID, self.store, self.shelf, opener(data), today)


def opener(data: bytes) -> Callable[[], bundle.Read]:
    """Return what `exchange.deliver` opens a file with, for bytes in memory."""
    return lambda: io.BytesIO(data).read


def frames(data: bytes) -> list[Frame]:
    """Return a bundle's frames, once it proved whole."""
    return list(BundleReader(io.BytesIO(data).read).frames())


def contents(data: bytes, kind: FrameType) -> list[bytes]:
    """Return the contents of a bundle's frames of one type."""
    return [frame.content for frame in frames(data) if frame.type == kind]


def desk_bundle(
    office: Office, handler: Handler, serial: int, *items: Frame, site_id: bytes = SITE_ID
) -> bytes:
    """Return a signed bundle from a handler's desk."""
    header = BundleHeader(
        BundleDirection.TO_SITE, site_id, office.channel_pk, handler.handler_id, serial
    )
    return b"".join(bundle.write(header, items, handler.seed))


def reply(office: Office, handler: Handler, filed: Filed, text: str = "Dank je wel.") -> Frame:
    """Return a frame with a reply to a reporter and to the other handlers."""
    colleagues = [other.recipient for other in office.handlers if other is not handler]
    sealed = seal_reply(
        office.channel,
        handler.seed,
        office.certificate(handler),
        organisation.pinned(filed.keys),
        colleagues,
        organisation.reply(text),
    )
    return Frame(FrameType.ENVELOPE, sealed)


def files_of(store: Store) -> bytes:
    """Return all bytes of the database's files."""
    names = [store.path.with_name(store.path.name + side) for side in ("", "-wal", "-journal")]
    return b"".join(name.read_bytes() for name in names if name.exists())


def rows(store: Store, table: str) -> int:
    """Return how many rows a table has."""
    return int(store.connection().table(table).count)


def receipt(data: bytes) -> Frame:
    """Return the receipt for an envelope."""
    return Frame(FrameType.RECEIPT, envelope_id(data))
