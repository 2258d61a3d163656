"""Write tests/data/protocol-v1-younger.json: fields and a frame that are younger than version 1.

Run ``python -m tests.make_transfer_vectors`` once; see `tests.make_vectors`, whose inputs
these share. The older file has the same kinds of payload without the younger fields.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dropbox.protocol import box, bundle, handler, keys, payload, reporter, sign
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.letter import Recipient
from dropbox.protocol.new_mailbox import NewMailbox
from tests.make_vectors import (
    CHANNEL_SEED,
    DAY,
    HANDLER_SEED,
    INTAKE_SECRET,
    KEY,
    SITE_ID,
    documents,
    plain,
)

FILE = Path(__file__).parent / "data" / "protocol-v1-younger.json"
OTHER_CHANNEL = sign.public_key(bytes([9]) * 32)
ASKED = bytes([8]) * 32


def payloads() -> dict[str, Any]:
    """Return what is sealed, by kind."""
    reader_id = keys.handler_id(sign.public_key(HANDLER_SEED))
    report = payload.Report(
        DAY, 1, "anonymous", "nl", "Een brief van ons.", (reader_id,), origin="letter", people=12
    )
    question = payload.Reply(
        DAY, 2, 1, "Mag een ander?", "read", (reader_id,), transfer=OTHER_CHANNEL
    )
    consent = payload.Message("consent", DAY, 3, 2, (reader_id,), about=ASKED)
    refusal = payload.Message("refusal", DAY, 4, 3, (reader_id,), about=ASKED)
    memo = payload.Memo(DAY, (reader_id,), turn=4, number=3, answered=2)
    return {
        "report": report,
        "reply": question,
        "consent": consent,
        "refusal": refusal,
        "memo": memo,
    }


def sealed() -> dict[str, Any]:
    """Return one envelope of each, a new mailbox, and a bundle that brings it to the site."""
    channel = Channel(SITE_ID, sign.public_key(CHANNEL_SEED))
    mine = keys.reporter_keys(SITE_ID, channel.channel_pk, KEY)
    reader_id = keys.handler_id(sign.public_key(HANDLER_SEED))
    readers = [Recipient(reader_id, box.public_key(INTAKE_SECRET))]
    pinned = Pinned(mine.mailbox_id, mine.ed_pk, mine.x_pk)
    certificate = documents()["certificate"]
    opens = payloads()
    data = {
        "report": reporter.seal_report(mine, readers, opens["report"]),
        "reply": handler.seal_reply(
            channel, HANDLER_SEED, certificate, pinned, readers, opens["reply"]
        ),
        "consent": reporter.seal_message(mine, readers, opens["consent"]),
        "refusal": reporter.seal_message(mine, readers, opens["refusal"]),
        "memo": reporter.seal_memo(mine, opens["memo"]),
    }
    lookup = keys.lookup(keys.token(SITE_ID, KEY))
    opened = NewMailbox(lookup, mine.ed_pk, mine.x_pk, data["memo"], data["report"])
    return {name: {"data": data[name], "opens": asdict(opens[name])} for name in data} | {
        "new_mailbox": opened.raw(),
        "bundle": bundle_of(opened.raw()),
    }


def bundle_of(content: bytes) -> bytes:
    """Return the bundle to the site that brings a new mailbox."""
    channel_pk = sign.public_key(CHANNEL_SEED)
    reader_id = keys.handler_id(sign.public_key(HANDLER_SEED))
    header = BundleHeader(BundleDirection.TO_SITE, SITE_ID, channel_pk, reader_id, 6)
    return b"".join(bundle.write(header, [Frame(FrameType.MAILBOX, content)], HANDLER_SEED))


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(plain(sealed()), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
