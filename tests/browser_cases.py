"""What the browser's protocol and the reference must read alike: from a seed, almost right.

Each maker yields what to ask of the browser's program beside what the reference does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from random import Random
from typing import Any

import nacl.bindings

from dropbox.errors import FieldTooLong, MalformedCard
from dropbox.protocol import (
    certificate,
    channel_card,
    keys,
    letter,
    mailbox_page,
    payload_bytes,
    reply_code,
    reporter,
    sign,
)
from dropbox.protocol.envelope import Address, Direction
from dropbox.protocol.fields import Fields, encode
from dropbox.protocol.hashing import frame
from tests import make_vectors, mutations
from tests import organisation as org
from tests.browser_beside import card_values

Case = tuple[str, dict[str, Any], Callable[[], Any]]
ANNA = org.Handler("adviseur", seed=bytes([1]) * 32, secret=bytes([2]) * 32)
BAS = org.Handler("coordinator", seed=bytes([3]) * 32, secret=bytes([4]) * 32)
OFFICE = org.Office([ANNA, BAS], seed=bytes([5]) * 32)
OTHER = org.Office([], seed=bytes([6]) * 32)
CODE = bytes(4) + bytes(range(12))
OWN = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, CODE)
READER = ANNA
HERE = {"site_id": org.SITE_ID, "channel_pk": OFFICE.channel_pk, "key": CODE}
# What a reader meets most often, and the edges of it.
TODAYS = [org.TODAY + timedelta(days=n) for n in (0, 0, 0, 0, 0, -11, -10, -9, 89, 90, 91)]


def signed(magic: bytes, purpose: sign.Purpose, seed: bytes, body: bytes) -> bytes:
    """Return a document whose body is anything at all."""
    signature = sign.sign(purpose, seed, body)
    return magic + b"\x01" + len(body).to_bytes(4, "big") + body + signature


def body_of(data: bytes, magic: bytes) -> dict[str, Any]:
    """Return the JSON object in a document that is well made."""
    return Fields(channel_card.document.read(magic, data).body, MalformedCard)._values


def a_certificate(random: Random) -> bytes:
    """Return a certificate that is almost right."""
    issuer = random.choice((OFFICE,) * 6 + (OTHER,))
    who = random.choice((*OFFICE.handlers, READER))
    site_id = random.choice((org.SITE_ID,) * 8 + (bytes(16),))
    role = {"nl": random.choice(("rol", " ", "\x85\x1c", "\ufeff", "\u3000")), "en": "role"}
    last = org.TODAY + timedelta(days=random.choice((100, 90, 89)))
    data = certificate.issue_certificate(issuer.seed, site_id, who.ed_pk, role, last)
    if random.random() < 0.7:
        body = mutations.text_of(random, body_of(data, certificate.CERTIFICATE_MAGIC))
        seed = random.choice((OFFICE.seed,) * 4 + (READER.seed,))
        data = signed(certificate.CERTIFICATE_MAGIC, sign.Purpose.CERTIFICATE, seed, body)
    return mutations.bytes_of(random, data) if random.random() < 0.1 else data


def an_intake_key(random: Random) -> dict[str, Any]:
    """Return an intake key that is almost right."""
    first = org.TODAY + timedelta(days=random.randrange(-40, 10))
    last = first + timedelta(days=random.choice((30, 30, 30, 0, -1)))
    x_pk = READER.x_pk
    if random.random() < 0.2:
        x_pk = bytes.fromhex(random.choice((*make_vectors.SMALL_ORDER, "00" * 32, "05" * 32)))
    elif random.random() < 0.5:
        x_pk = random.randbytes(32)
    seed = READER.seed if random.random() < 0.9 else OFFICE.seed
    return certificate.intake_values(
        certificate.sign_intake_key(seed, org.SITE_ID, x_pk, first, last)
    )


def card_cases(random: Random, count: int) -> Iterator[Case]:
    """Return cards of which one thing is changed, most of them signed anew."""
    good = OFFICE.card_bytes(5)
    for _ in range(count):
        values, kind = body_of(good, channel_card.CARD_MAGIC), random.randrange(7)
        if kind == 0:
            values["handlers"][0]["certificate"] = a_certificate(random).hex()
        elif kind == 1:
            values["handlers"][0]["intake_keys"] = [an_intake_key(random) for _ in range(2)]
        elif kind == 2:
            values["handlers"] *= random.choice((0, 2, 9))
        body = mutations.text_of(random, values) if kind > 2 else encode(values)
        seed = OFFICE.seed if random.random() < 0.9 else OTHER.seed
        data = signed(channel_card.CARD_MAGIC, sign.Purpose.CARD, seed, body)
        if kind == 6:
            data = mutations.bytes_of(random, data)
        today, least = random.choice(TODAYS), random.choice((0, 0, 0, 5, 6))
        yield (
            "card",
            {"data": data, "site_id": org.SITE_ID, "today": today, "least": least},
            lambda data=data, today=today, least=least: card_values(  # type: ignore[misc]
                channel_card.read_card(data, org.SITE_ID, today, least)
            ),
        )


def certificate_cases(random: Random, count: int) -> Iterator[Case]:
    """Return certificates of which one thing is changed."""
    for _ in range(count):
        data, day = a_certificate(random), org.TODAY + timedelta(days=random.choice((0, 90, 101)))
        asked = {"data": data, "today": day, "channel_pk": OFFICE.channel_pk}
        yield (
            "certificate",
            asked | {"site_id": org.SITE_ID},
            lambda data=data, day=day: asdict(  # type: ignore[misc]
                certificate.read_certificate(data, org.SITE_ID, OFFICE.channel_pk, day)
            ),
        )


def memo_values(random: Random) -> dict[str, Any]:
    """Return the fields of a memo, now and then in a wrong order or number."""
    ids = sorted(random.randbytes(8) for _ in range(random.choice((1, 2, 3, 16) * 4 + (17,))))
    if random.random() < 0.1:
        random.shuffle(ids)
    shut = random.sample(ids, 1) if random.random() < 0.1 else [random.randbytes(8)]
    return {
        "day": "2026-11-21",
        "recipients": b"".join(ids).hex(),
        "excluded": b"".join(shut * random.choice((0, 1, 2))).hex(),
        "hold": random.choice((None, "ab" * 32)),
        "turn": random.choice((0, 1, 10**6)),
        "number": random.choice((1, 2, 10**6)),
        **random.choice(({}, {}, {"answered": 3}, {"answered": 0})),
    }


def reply_values(random: Random, raw: bytes) -> dict[str, Any]:
    """Return the fields of a reply, now and then with too many in a list."""
    ids = sorted(
        random.randbytes(8).hex() for _ in range(random.choice((0, 1, 2, 2, 16) * 4 + (17,)))
    )
    seen = [random.randbytes(32).hex() for _ in range(random.choice((0, 0, 1, 32) * 5 + (33,)))]
    return {
        "kind": "reply",
        "day": "2026-11-21",
        "turn": 2,
        "number": 1,
        "state": random.choice(("received", "closed", "weighed_as_pattern")),
        "outcome": random.choice(("", "mediation")),
        "not_before": random.choice((None, "2027-01-01")),
        "seen": seen,
        "recipients": ids,
        "certificate": raw.hex(),
        "attachments": [],
        **random.choice(({}, {}, {"transfer": "cd" * 32}) * 6 + ({"transfer": None},)),
    }


def content(random: Random, values: dict[str, Any], text: bytes) -> bytes:
    """Return a payload's content that is almost right."""
    meta = mutations.text_of(random, values)
    length = max(0, len(meta) + random.choice((0,) * 40 + (1, -1, 2**31, 2**32 - 1 - len(meta))))
    return length.to_bytes(4, "big") + meta + text


def texts(random: Random) -> bytes:
    """Return a text of a reply, now and then too long or none at all."""
    usual = (b"", "Dank je. 🙂 \ufeff\u0000".encode()) * 10
    broken = (b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80")
    long = ("x" * 5000, "x" * 5001, "é" * 5000, "😀" * 2500, "😀" * 2501)
    return random.choice((*usual, *broken, *(text.encode() for text in long)))


def payload_cases(random: Random, count: int) -> Iterator[Case]:
    """Return contents of memos and replies of which one thing is changed."""
    for _ in range(count):
        if random.random() < 0.4:
            data = content(random, memo_values(random), random.choice((b"",) * 15 + (b"x",)))
            yield "memo", {"content": data}, lambda data=data: _memo(data)  # type: ignore[misc]
        else:
            raw = random.randbytes(random.choice((0, 10, 1000) * 6 + (1001,)))
            data = content(random, reply_values(random, raw), texts(random))
            yield "reply", {"content": data}, lambda data=data: _reply(data)  # type: ignore[misc]


def _memo(data: bytes) -> dict[str, Any]:
    return asdict(payload_bytes.read_memo(data))


def _reply(data: bytes) -> dict[str, Any]:
    reply, raw = payload_bytes.read_reply(data)
    return {"reply": asdict(reply), "certificate": raw}


def letter_cases(random: Random, count: int) -> Iterator[Case]:
    """Return replies and memos whose envelope, writer or content is almost right."""
    readers = [one.handler_id for one in OFFICE.handlers]
    for _ in range(count):
        memo = random.random() < 0.3
        address = [Direction.MEMO if memo else Direction.TO_REPORTER, org.SITE_ID]
        address += [OFFICE.channel_pk, OWN.mailbox_id]
        if random.random() < 0.25:
            at = random.randrange(4)
            address[at] = random.choice(tuple(Direction)) if at == 0 else bytes(len(address[at]))
        to = [OWN.x_pk, READER.x_pk]
        to = random.choice((to[:1] if memo else to,) * 6 + (to[:1], to, to[::-1], to[1:]))
        good = random.random() < 0.7
        raw = OFFICE.certificate(READER) if good else a_certificate(random)
        values = memo_values(random) if memo else reply_values(random, raw)
        if not memo:
            values["recipients"] = [READER.handler_id.hex()]
        body = content(random, values, b"") if random.random() < 0.3 else None
        meta = encode(values)
        body = body or len(meta).to_bytes(4, "big") + meta
        seed = random.choice((OWN.ed_seed if memo else READER.seed,) * 8 + (OFFICE.seed,))
        purpose = random.choice(
            (sign.Purpose.MEMO if memo else sign.Purpose.REPLY,) * 8 + (sign.Purpose.NOTE,)
        )
        try:
            data = letter.write(Address(*address), to, purpose, seed, body)
        except FieldTooLong:  # a memo with more than its one size can hold
            continue
        if random.random() < 0.3:
            data = _worse_envelope(random, data)
        may = random.choice((readers, readers, readers, readers[1:]))
        if memo:
            yield (
                "openMemo",
                HERE | {"data": data},
                lambda data=data: asdict(reporter.open_memo(OWN, data)),  # type: ignore[misc]
            )
        else:
            yield (
                "openReply",
                HERE | {"data": data, "readers": [one.hex() for one in may]},
                lambda data=data, may=may: _opened(reporter.open_reply(OWN, data, may)),  # type: ignore[misc]
            )


def _opened(found: letter.OpenedReply) -> dict[str, Any]:
    return {
        "envelope_id": found.envelope_id,
        "handler": asdict(found.handler),
        "reply": asdict(found.reply),
    }


def _worse_envelope(random: Random, data: bytes) -> bytes:
    """Return an envelope of which a byte of each part is as likely to change."""
    kind, count = random.randrange(6), data[86]
    if kind == 0:
        return mutations.bytes_of(random, data)
    if kind == 1:  # another count of slots, or the first slot twice
        return data[:86] + bytes((random.choice((0, 1, 17, 18, 255)),)) + data[87:]
    if kind == 2:
        slot = data[87:183]
        return data[:86] + bytes((count + 1,)) + slot + data[87:]
    at = random.choice((random.randrange(87), 87 + random.randrange(96), len(data) - 90, -1))
    if kind == 3:  # a small-order key in the box of the first slot
        return data[:103] + bytes(32) + data[135:]
    head = 87 + 96 * count
    at = random.choice(
        (random.randrange(87), random.randrange(87, head), random.randrange(head, head + 56), at)
    )
    at %= len(data)
    return data[:at] + bytes((data[at] ^ 1 << random.randrange(8),)) + data[at + 1 :]


def page_cases(random: Random, count: int) -> Iterator[Case]:
    """Return mailbox pages whose frames are almost right."""
    for _ in range(count):
        frames = [(1, bytes(64)), (2, b"memo"), (3, b"reply"), (4, bytes(32)), (4, b"\x01" * 32)]
        for _ in range(random.choice((0, 1, 1, 2))):
            at, kind = random.randrange(len(frames)), random.randrange(5)
            number, inside = frames[at]
            if kind == 0:
                del frames[at]
            elif kind == 1:
                frames.insert(at, frames[at])
            elif kind == 2:
                frames[at] = (random.choice((1, 2, 3, 4, 5, 255)), inside)
            elif kind == 3:
                frames[at] = (number, inside[:-1])
            else:
                frames[at] = (number, inside + bytes(random.choice((1, 32_500, 32_600, 40_000))))
        body = b"".join(
            bytes((number,)) + len(inside).to_bytes(4, "big") + inside for number, inside in frames
        )
        head = bytes((random.choice((1, 1, 1, 1, 0, 2)), random.choice((0, 1, 1, 2))))
        data = (head + body + b"\0").ljust(mailbox_page.PAGE_BYTES, random.choice((b"\0", b"\1")))
        data = data[: random.choice((mailbox_page.PAGE_BYTES,) * 9 + (32_767,))]
        if random.random() < 0.3:
            at = random.randrange(2, 60)
            data = data[:at] + random.randbytes(1) + data[at + 1 :]
        yield "page", {"data": data}, lambda data=data: _page(data)  # type: ignore[misc]


def _page(data: bytes) -> dict[str, Any] | None:
    found = mailbox_page.unpack(data)
    return asdict(found) if found else None


def code_cases(random: Random, count: int) -> Iterator[Case]:
    """Return reply codes as people might type them."""
    for _ in range(count):
        key = random.getrandbits(reply_code.KEY_BITS).to_bytes(16, "big")
        words = reply_code.words(key, random.choice(("nl", "en")))
        for _ in range(random.choice((0, 0, 1, 2))):
            at = random.randrange(len(words))
            other = reply_code.word_list(random.choice(("nl", "en")))[random.randrange(2048)]
            words[at : at + random.randrange(2)] = [
                random.choice((words[at][:4], words[at].upper(), words[at] + "ß", other, "xyzzy"))
            ]
        marked = [
            "".join(
                c + random.choice(("",) * 60 + ("\u0301",) * 9 + ("\u0345", "\ufe0f")) for c in word
            )
            for word in words
        ]
        text = random.choice((" ", ", ", "\n1. ", "-", "\u00a0", "ß ")).join(marked)
        yield "parse", {"text": text}, lambda text=text: reply_code.parse(text)  # type: ignore[misc]


def torsion(point: bytes, times: int) -> bytes:
    """Add a point of order 8 to a point, so often."""
    small = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    for _ in range(times):
        point = nacl.bindings.crypto_core_ed25519_add(point, small)
    return point


def signature_cases(random: Random, count: int) -> Iterator[Case]:
    """Return signatures that only some libraries take: keys and commitments of mixed order."""
    base = nacl.bindings.crypto_scalarmult_ed25519_base_noclamp
    scalar = nacl.bindings
    for _ in range(count):
        field = random.randbytes(random.randrange(40))
        secret = scalar.crypto_core_ed25519_scalar_reduce(random.randbytes(64))
        nonce = scalar.crypto_core_ed25519_scalar_reduce(random.randbytes(64))
        ed_pk = torsion(base(secret), random.choice((0, 0, 1, 2, 4, 7)))
        commitment = torsion(base(nonce), random.choice((0, 0, 1, 4)))
        if random.random() < 0.4:  # a key that says nothing, or a commitment to nothing
            small = bytes.fromhex(random.choice(make_vectors.SMALL_ORDER))
            if random.random() < 0.5:
                ed_pk, secret = small, bytes(32)
            else:
                commitment, nonce = small, bytes(32)
        message = frame((sign.Purpose.MEMO.value, field))
        challenge = scalar.crypto_core_ed25519_scalar_reduce(
            hashlib.sha512(commitment + ed_pk + message).digest()
        )
        product = scalar.crypto_core_ed25519_scalar_mul(challenge, secret)
        answer = scalar.crypto_core_ed25519_scalar_add(nonce, product)
        signature = commitment + answer
        if random.random() < 0.3:
            signature = mutations.bytes_of(random, signature)
        if random.random() < 0.2:
            ed_pk = mutations.bytes_of(random, ed_pk)
        yield (
            "verify",
            {
                "purpose": "reporter-to-reporter memo",
                "ed_pk": ed_pk,
                "signature": signature,
                "fields": [field],
            },
            lambda e=ed_pk, s=signature, f=field: sign.verify(sign.Purpose.MEMO, e, s, f),  # type: ignore[misc]
        )


CASES = {
    "cards": (card_cases, 250, 10_000),
    "certificates": (certificate_cases, 200, 10_000),
    "payloads": (payload_cases, 3_000, 100_000),
    "letters": (letter_cases, 200, 10_000),
    "pages": (page_cases, 150, 10_000),
    "codes": (code_cases, 300, 50_000),
    "signatures": (signature_cases, 400, 10_000),
}
