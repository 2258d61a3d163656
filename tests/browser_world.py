"""A channel, and reports and replies in it, for the browser's protocol beside the reference."""

from __future__ import annotations

from typing import Any

from dropbox.protocol import handed_in, handler, keys, mailbox_page, new_mailbox
from dropbox.protocol.mailbox_page import MailboxPage
from tests import organisation as org
from tests.browser_beside import Beside

TODAY = org.TODAY
ANNA, BAS, CARL = (org.Handler(role) for role in ("adviseur", "coordinator", "bestuur"))
OFFICE = org.Office([ANNA, BAS, CARL])
OTHER = org.office("vertrouwenspersoon")
CARD, OTHER_CARD = OFFICE.card_bytes(), OTHER.card_bytes()
EMOJI = '👩🏽‍🚒 é e\u0301 \u202e \ufeff \u0000\u001f \u2028 😀 \\ " </script>'


def sealed_by(beside: Beside, **typed: Any) -> tuple[bytes, list[str], bytes]:
    """Seal a report in the browser's program; return key, words and the record."""
    report = {"day": TODAY, "mode": "anonymous", "language": "nl", "text": "Iets.", **typed}
    made = beside.made("report", card=CARD, site_id=org.SITE_ID, today=TODAY, report=report)
    return bytes.fromhex(made["key"]), made["words"], bytes.fromhex(made["bytes"])


def opened_by(
    who: org.Handler, data: bytes, office: org.Office = OFFICE
) -> tuple[handler.OpenedReport, new_mailbox.NewMailbox]:
    """Open a report's record as a handler's desk, after what the site checks."""
    record = handed_in.read_report(data)
    new_mailbox.header(record, org.SITE_ID, office.channel_pk)
    opened = handler.open_letter(record.envelope, office.channel, who.box_keys)
    return handler.read_report(opened), record


def page(key: bytes, memo: bytes, replies: tuple[bytes, ...] = (), **more: Any) -> bytes:
    """Return the one page of a mailbox of `OFFICE`."""
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    values = {"sent": (), "more": False, **more}
    return mailbox_page.pack(
        MailboxPage(OFFICE.channel_pk, own.mailbox_id, memo, replies, **values)
    )


def a_reply(own: keys.ReporterKeys, who: org.Handler = ANNA, **values: Any) -> bytes:
    """Seal a handler's reply."""
    return handler.seal_reply(
        OFFICE.channel,
        who.seed,
        OFFICE.certificate(who),
        org.pinned(own),
        [who.recipient],
        org.reply(**values),
    )
