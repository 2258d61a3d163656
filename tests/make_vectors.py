"""Write tests/data/protocol-v1.json: fixed inputs with what the protocol makes of them.

Run ``python -m tests.make_vectors`` once per protocol version; after that the file is
what another implementation is held to, and changes only with the version byte. Sealing
is random, so the file keeps one envelope of each kind with the secret that opens it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from dropbox.protocol import box, handler, keys, payload, reply_code, reporter, sign, withdrawal
from dropbox.protocol.certificate import issue_certificate
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.hashing import digest
from dropbox.protocol.letter import Recipient

FILE = Path(__file__).parent / "data" / "protocol-v1.json"
SITE_ID = bytes(range(16))
CHANNEL_SEED = bytes([1]) * 32
HANDLER_SEED = bytes([2]) * 32
INTAKE_SECRET = bytes([3]) * 32
KEY = (0x0123456789ABCDEF0123456789 % 2**102).to_bytes(16, "big")
DAY = date(2026, 11, 21)


def plain(value: Any) -> Any:
    """Return ``value`` with bytes in hexadecimal and days as text, for JSON."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def derived() -> dict[str, Any]:
    """Return everything that follows from the fixed inputs alone."""
    channel_pk = sign.public_key(CHANNEL_SEED)
    mine = keys.reporter_keys(SITE_ID, channel_pk, KEY)
    token = keys.token(SITE_ID, KEY)
    intake_pk = box.public_key(INTAKE_SECRET)
    return {
        "digest": {
            "purpose": "check",
            "fields": ["", "00ff"],
            "out": digest("check", b"", b"\x00\xff"),
        },
        "channel_pk": channel_pk,
        "fingerprint": keys.fingerprint(SITE_ID, channel_pk),
        "words": {language: reply_code.words(KEY, language) for language in ("nl", "en")},
        "token": token,
        "lookup": keys.lookup(token),
        "ed_seed": mine.ed_seed,
        "ed_pk": mine.ed_pk,
        "x_sk": mine.x_sk,
        "x_pk": mine.x_pk,
        "mailbox_id": mine.mailbox_id,
        "intake_pk": intake_pk,
        "intake_key_id": box.key_id(intake_pk),
        "handler_id": keys.handler_id(sign.public_key(HANDLER_SEED)),
        "withdrawal": withdrawal.make(mine),
        "signature": sign.sign(sign.Purpose.REPLY, HANDLER_SEED, b"", b"field"),
    }


def sealed() -> dict[str, Any]:
    """Return one envelope of each kind, beside what it opens to."""
    channel = Channel(SITE_ID, sign.public_key(CHANNEL_SEED))
    mine = keys.reporter_keys(SITE_ID, channel.channel_pk, KEY)
    reader_id = keys.handler_id(sign.public_key(HANDLER_SEED))
    readers = [Recipient(reader_id, box.public_key(INTAKE_SECRET))]
    report = payload.Report(
        DAY, 1, "anonymous", "nl", "Er is iets gebeurd. Ça va? 😀", (reader_id,), unit="north"
    )
    message = payload.Message("resume", DAY, 3, 2, (reader_id,), text="Toch wel.", hold=bytes(32))
    memo = payload.Memo(DAY, (reader_id,), (), None)
    reply = payload.Reply(DAY, 2, 1, "Dank je wel.", "received", ())
    role = {"nl": "adviseur", "en": "adviser"}
    certificate = issue_certificate(
        CHANNEL_SEED, SITE_ID, sign.public_key(HANDLER_SEED), role, date(2027, 11, 21)
    )
    pinned = Pinned(mine.mailbox_id, mine.ed_pk, mine.x_pk)
    answer = handler.seal_reply(channel, HANDLER_SEED, certificate, pinned, [], reply)
    return {
        "report": {"data": reporter.seal_report(mine, readers, report), "opens": asdict(report)},
        "message": {
            "data": reporter.seal_message(mine, readers, message),
            "opens": asdict(message),
        },
        "memo": {"data": reporter.seal_memo(mine, memo), "opens": asdict(memo)},
        "reply": {"data": answer, "opens": asdict(reply)},
    }


def main() -> None:
    """Write the file."""
    inputs = {
        "site_id": SITE_ID,
        "channel_seed": CHANNEL_SEED,
        "handler_seed": HANDLER_SEED,
        "intake_secret": INTAKE_SECRET,
        "key": KEY,
    }
    vectors = {"inputs": inputs, "derived": derived(), "sealed": sealed()}
    FILE.write_text(json.dumps(plain(vectors), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
