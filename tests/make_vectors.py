"""Write tests/data/protocol-v1.json: fixed inputs with what the protocol makes of them.

Run ``python -m tests.make_vectors`` when the protocol gets something new; what stands in
the file is what another implementation is held to, and changes only with the version byte.
Sealing is random, so the file keeps one envelope of each kind with the secret that opens it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import nacl.bindings

from dropbox.protocol import (
    box,
    bundle,
    envelope,
    handler,
    keys,
    payload,
    reply_code,
    reporter,
    sign,
    withdrawal,
)
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.protocol.certificate import issue_certificate, make_request, sign_intake_key
from dropbox.protocol.channel_card import CardDraft, CardTexts, sign_card
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.hashing import digest
from dropbox.protocol.letter import Recipient
from dropbox.protocol.note import Note, seal_note

FILE = Path(__file__).parent / "data" / "protocol-v1.json"
SITE_ID = bytes(range(16))
CHANNEL_SEED = bytes([1]) * 32
HANDLER_SEED = bytes([2]) * 32
INTAKE_SECRET = bytes([3]) * 32
SITE_SEED = bytes([4]) * 32
KEY = (0x0123456789ABCDEF0123456789 % 2**102).to_bytes(16, "big")
DAY = date(2026, 11, 21)
EXPIRES = date(2027, 2, 1)
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    # the same points, written with a coordinate that is not reduced
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


NOTE = Note(
    kind="reason",
    day=DAY,
    turn=1,
    number=1,
    text="Eén gesprek is genoeg. 🙂",
    recipients=(keys.handler_id(sign.public_key(HANDLER_SEED)),),
    about=bytes(range(32)),
)


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
    fields = (b"", b"\x00\xff")
    return {
        "digest": {"purpose": "check", "fields": fields, "out": digest("check", *fields)},
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
        "signatures": [
            {
                "purpose": purpose.value.decode("ascii"),
                "seed": HANDLER_SEED,
                "fields": fields,
                "out": sign.sign(purpose, HANDLER_SEED, *fields),
            }
            for purpose in sign.Purpose
        ],
        **documents(),
    }


def documents() -> dict[str, Any]:
    """Return a certificate, a request and a card: signing and writing them is deterministic."""
    role = {"nl": "adviseur", "en": "adviser"}
    ed_pk, intake_pk = sign.public_key(HANDLER_SEED), box.public_key(INTAKE_SECRET)
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    intake = sign_intake_key(HANDLER_SEED, SITE_ID, intake_pk, first, last)
    texts = CardTexts("Meldpunt", "De gemeente.", "Eén adviseur.", "Verzonnen.")
    draft = CardDraft(
        slug="meldpunt",
        version=3,
        expires=EXPIRES,
        kind="integrity",
        external=False,
        independent=True,
        texts={"nl": texts, "en": texts},
    )
    certificate = issue_certificate(CHANNEL_SEED, SITE_ID, ed_pk, role, EXPIRES)
    return {
        "certificate": certificate,
        "request": make_request(HANDLER_SEED, SITE_ID, role, [intake]),
        "card": sign_card(CHANNEL_SEED, SITE_ID, draft, [(certificate, [intake])]),
    }


def sealed() -> dict[str, Any]:
    """Return one envelope of each kind, beside what it opens to, and bundles around them."""
    channel = Channel(SITE_ID, sign.public_key(CHANNEL_SEED))
    mine = keys.reporter_keys(SITE_ID, channel.channel_pk, KEY)
    reader_id = keys.handler_id(sign.public_key(HANDLER_SEED))
    readers = [Recipient(reader_id, box.public_key(INTAKE_SECRET))]
    report = payload.Report(
        DAY, 1, "anonymous", "nl", "Er is iets gebeurd. Ça va? 😀", (reader_id,), unit="north"
    )
    message = payload.Message("resume", DAY, 3, 2, (reader_id,), text="Toch wel.", hold=bytes(32))
    memo = payload.Memo(DAY, (reader_id,), (), None, 3, 2)
    reply = payload.Reply(DAY, 2, 1, "Dank je wel.", "received", (reader_id,))
    pinned = Pinned(mine.mailbox_id, mine.ed_pk, mine.x_pk)
    certificate = documents()["certificate"]
    data = {
        "report": reporter.seal_report(mine, readers, report),
        "message": reporter.seal_message(mine, readers, message),
        "memo": reporter.seal_memo(mine, memo),
        "reply": handler.seal_reply(channel, HANDLER_SEED, certificate, pinned, readers, reply),
    }
    data["note"] = seal_note(channel, HANDLER_SEED, certificate, pinned, readers, NOTE)
    opens = {"report": report, "message": message, "memo": memo, "reply": reply, "note": NOTE}
    found: dict[str, Any] = {
        name: {"data": data[name], "opens": asdict(opens[name])} for name in data
    }
    return found | {"bundles": bundles(data, reader_id), "refused": refused(data["report"])}


def bundles(data: dict[str, bytes], reader_id: bytes) -> dict[str, bytes]:
    """Return a bundle in each direction."""
    channel_pk = sign.public_key(CHANNEL_SEED)
    inward = BundleHeader(
        BundleDirection.TO_DESK, SITE_ID, channel_pk, reader_id, 4, b"\x07" * 32, True, DAY
    )
    outward = BundleHeader(BundleDirection.TO_SITE, SITE_ID, channel_pk, reader_id, 5)
    letters = [Frame(FrameType.ENVELOPE, data[name]) for name in ("report", "message")]
    answer = [
        Frame(FrameType.ENVELOPE, data["reply"]),
        Frame(FrameType.RECEIPT, envelope.envelope_id(data["report"])),
    ]
    return {
        "to_desk": b"".join(bundle.write(inward, letters, SITE_SEED)),
        "to_site": b"".join(bundle.write(outward, answer, HANDLER_SEED)),
    }


def refused(report: bytes) -> dict[str, Any]:
    """Return what every reader must refuse: weak points, a larger scalar, other padding."""
    good = sign.sign(sign.Purpose.REPORT, HANDLER_SEED, b"x")
    scalar = int.from_bytes(good[32:], "little") + GROUP_ORDER
    own = box.KeyPair.of(INTAKE_SECRET)
    header = envelope.parse_header(report)
    opened = envelope.open_envelope(header, report, {box.key_id(own.public): own})
    content_key = box.open_sealed(header.slots[0].sealed, own)
    repadded = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        nacl.bindings.sodium_pad(opened, 8192), header.raw, header.nonce, content_key
    )
    return {
        "signatures": [
            {"ed_pk": bytes.fromhex(point), "signature": bytes.fromhex(point) + bytes(32)}
            for point in SMALL_ORDER
        ]
        + [
            {
                "ed_pk": sign.public_key(HANDLER_SEED),
                "signature": good[:32] + scalar.to_bytes(32, "little"),
            }
        ],
        "signed": {"purpose": sign.Purpose.REPORT.value.decode("ascii"), "fields": [b"x"]},
        "repadded_report": header.raw + repadded,
    }


def kept(known: Any, fresh: Any) -> Any:
    """Return ``fresh`` with everything in it that is known already as it was."""
    if isinstance(known, dict) and isinstance(fresh, dict):
        return known | {
            name: kept(known[name], value) if name in known else value
            for name, value in fresh.items()
        }
    return fresh if isinstance(known, list) and fresh[: len(known)] == known else known


def main() -> None:
    """Write the file; what stands in it stays."""
    inputs = {
        "site_id": SITE_ID,
        "channel_seed": CHANNEL_SEED,
        "handler_seed": HANDLER_SEED,
        "intake_secret": INTAKE_SECRET,
        "site_seed": SITE_SEED,
        "key": KEY,
    }
    vectors = plain({"inputs": inputs, "derived": derived(), "sealed": sealed()})
    known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    FILE.write_text(json.dumps(kept(known, vectors), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
