"""What the browser's protocol seals, the reference opens; with equal randomness, equal bytes."""

from __future__ import annotations

import secrets
from dataclasses import asdict, replace
from datetime import timedelta
from random import Random
from typing import Any

import nacl.bindings
import pytest

from dropbox.protocol import (
    box,
    envelope,
    handed_in,
    handler,
    keys,
    mailbox_page,
    padding,
    payload,
    reply_code,
    reporter,
    withdrawal,
)
from dropbox.protocol.fields import encode
from dropbox.reporter import letters, sealing
from tests import organisation as org
from tests.browser_beside import Beside, outcome
from tests.browser_world import (
    ANNA,
    BAS,
    CARD,
    CARL,
    EMOJI,
    OFFICE,
    OTHER,
    OTHER_CARD,
    TODAY,
    a_reply,
    opened_by,
    page,
    sealed_by,
)

FULL: dict[str, Any] = {
    "mode": "confidential",
    "language": "en",
    "text": f"Wat er gebeurde. {EMOJI}",
    "excluded": [CARL.handler_id],
    "name": "😀" * 100,
    "contact": f'"{EMOJI}"\\',
    "conduct": ["bullying", "a-b_c"],
    "grounds": ["age"],
    "unit": "north",
    "period": "2026-Q3",
    "works_with_subject": "yes",
    "supporter": "no",
    "origin": "letter",
    "people": 12,
    "turn": 1,
}


@pytest.mark.parametrize(
    "typed",
    [
        {},
        FULL,
        {**FULL, "text": "😀" * 15_000},
        {"text": "x" * 20_000},
        {"text": ""},
        {"excluded": [ANNA.handler_id, CARL.handler_id]},
        {"people": 1, "origin": ""},
        {"language": "en", "period": "earlier", "origin": "transfer", "people": 10_000},
    ],
)
def test_report_of_the_browser_opens_at_a_desk(beside: Beside, typed: dict[str, Any]) -> None:
    """Every field arrives, whoever may read opens it, and the ten words find the mailbox."""
    key, words, data = sealed_by(beside, **typed)
    assert reply_code.parse(" ".join(words)) == key
    assert words == reply_code.words(key, typed.get("language", "nl"))
    shut = set(typed.get("excluded", ()))
    readers = [one for one in OFFICE.handlers if one.handler_id not in shut]
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    for who in readers:
        opened, record = opened_by(who, data)
        said = {"text": "Iets.", "mode": "anonymous", "language": "nl"} | typed
        read = asdict(opened.report)
        for name, value in said.items():
            assert read[name] == (tuple(value) if isinstance(value, list) else value), name
        assert opened.report.day == TODAY
        assert opened.report.recipients == tuple(sorted(one.handler_id for one in readers))
        assert opened.pinned.mailbox_id == own.mailbox_id
    assert record.lookup == keys.lookup(keys.token(org.SITE_ID, key))
    memo = reporter.open_memo(own, record.memo)
    assert memo == payload.Memo(TODAY, opened.report.recipients, tuple(sorted(shut)), turn=1)
    for who in (one for one in OFFICE.handlers if one.handler_id in shut):
        with pytest.raises(envelope.NotAddressed):
            opened_by(who, data)


def test_sizes_at_each_border_of_the_padding(beside: Beside) -> None:
    """One byte less than a size fits in it; one more goes into the next, as at the reference."""
    empty = len(padding_of(beside, ""))
    for size in padding.LETTER_SIZES[:-1]:
        for over in (-1, 0, 1):
            length = size - 1 - empty + over
            text = "é" * (length // 2) + "x" * (length % 2) if length > 20_000 else "x" * length
            _, _, data = sealed_by(beside, text=text)
            header = envelope.parse_header(handed_in.read_report(data).envelope)
            body = len(handed_in.read_report(data).envelope) - len(header.raw) - 16
            assert body == (size if over <= 0 else size * 2)
            assert opened_by(ANNA, data)[0].report.text == text


def padding_of(beside: Beside, text: str) -> bytes:
    """Return a report's payload before it is padded."""
    _, _, data = sealed_by(beside, text=text)
    record = handed_in.read_report(data)
    header = envelope.parse_header(record.envelope)
    return envelope.open_envelope(header, record.envelope, ANNA.box_keys)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"text": "x" * 20_001}, "TextTooLong"),
        ({"text": "😀" * 15_001}, "TextTooLong"),
        ({"name": "😀" * 101}, "FieldTooLong"),
        ({"contact": "x" * 301}, "FieldTooLong"),
        ({"excluded": [one.handler_id for one in OFFICE.handlers]}, "NoReader"),
    ],
)
def test_report_that_does_not_fit_is_refused_as_by_the_reference(
    beside: Beside, typed: dict[str, Any], reason: str
) -> None:
    """The same reason with the same bounds, and nothing is sealed."""
    report = {"day": TODAY, "mode": "anonymous", "language": "nl", "text": "Iets.", **typed}
    theirs = beside.answer("report", card=CARD, site_id=org.SITE_ID, today=TODAY, report=report)
    ours = outcome(lambda: sealing.seal_report(OFFICE.card(), org.report(**typed)))
    assert theirs == ours
    assert theirs["refused"] == reason


def test_half_a_pair_of_surrogates_becomes_the_replacement_character(beside: Beside) -> None:
    """What is no text is sealed as a form would send it, so that every desk can read it."""
    _, _, data = sealed_by(beside, text="a\ud800b", name="\udc00", contact="\ud83d\ude00\ud83d")
    report = opened_by(ANNA, data)[0].report
    assert (report.text, report.name, report.contact) == ("a\ufffdb", "\ufffd", "😀\ufffd")


def test_messages_of_every_kind_open_at_a_desk(beside: Beside) -> None:
    """A thread that the browser writes is read by the reference, and its memos carry it on."""
    key, _, data = sealed_by(beside, excluded=[CARL.handler_id])
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    opened, record = opened_by(ANNA, data)
    memo_data, number, turn = record.memo, 1, 2
    asked = a_reply(own, turn=2, transfer=OTHER.channel_pk)
    about = envelope.envelope_id(asked)
    held: bytes | None = None
    kinds = ("message", "hold", "message", "resume", "refusal", "consent")
    for kind in kinds:
        answers = kind in payload.ANSWER_KINDS
        replies = (asked,) if answers else ()
        turn = max(turn, 3) if answers else turn
        made = beside.made(
            "message",
            card=CARD,
            site_id=org.SITE_ID,
            key=key,
            today=TODAY + timedelta(days=1),
            pages=[page(key, memo_data, replies)],
            said={"kind": kind, "text": EMOJI if kind == "message" else ""},
            about=about.hex() if answers else None,
        )
        sent = handed_in.read_message(bytes.fromhex(made))
        assert sent.token == keys.token(org.SITE_ID, key)
        assert sent.replaces == envelope.envelope_id(memo_data)
        letter = handler.open_letter(sent.envelope, OFFICE.channel, BAS.box_keys)
        found = handler.read_message(letter, opened.pinned).message
        number += 1
        assert found == payload.Message(
            kind,
            TODAY + timedelta(days=1),
            turn,
            number,
            opened.report.recipients,
            (CARL.handler_id,),
            EMOJI if kind == "message" else "",
            held if kind == "resume" else None,
            about if answers else None,
        )
        if kind in ("hold", "resume"):
            held = envelope.envelope_id(sent.envelope) if kind == "hold" else None
        memo = reporter.open_memo(own, sent.memo)
        assert (memo.hold, memo.turn, memo.number) == (held, turn, number)
        assert memo.answered == (2 if answers else 0)
        memo_data, turn = sent.memo, turn + 1


def test_consent_of_the_browser_is_a_report_there_and_a_message_here(beside: Beside) -> None:
    """The record holds a report to the other channel and the answer to the question."""
    key, _, data = sealed_by(beside)
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    opened, record = opened_by(ANNA, data)
    asked = a_reply(own, turn=4, transfer=OTHER.channel_pk)
    made = beside.made(
        "consent",
        card=CARD,
        other=OTHER_CARD,
        site_id=org.SITE_ID,
        key=key,
        today=TODAY,
        pages=[page(key, record.memo, (asked,))],
        about=envelope.envelope_id(asked).hex(),
        report={"day": TODAY, "mode": "anonymous", "language": "nl", "text": "Opnieuw."},
    )
    found = handed_in.read_consent(bytes.fromhex(made["bytes"]))
    there, _ = opened_by(OTHER.handlers[0], handed_in.write_report(found.report), OTHER)
    assert (there.report.text, there.report.origin) == ("Opnieuw.", "transfer")
    letter = handler.open_letter(found.message.envelope, OFFICE.channel, BAS.box_keys)
    said = handler.read_message(letter, opened.pinned).message
    assert (said.kind, said.about) == ("consent", envelope.envelope_id(asked))
    assert reply_code.parse(" ".join(made["words"])).hex() == made["key"]


def test_withdrawal_of_the_browser_is_one(beside: Beside) -> None:
    """The 160 bytes pass the reference's check for their mailbox, and for no other channel's."""
    key = reply_code.new_key()
    asked = {"site_id": org.SITE_ID, "channel_pk": OFFICE.channel_pk, "key": key}
    data = bytes.fromhex(beside.made("withdrawal", **asked))
    read = withdrawal.read(data, org.SITE_ID, OFFICE.channel_pk)
    assert read.mailbox_id == keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key).mailbox_id
    with pytest.raises(withdrawal.MalformedWithdrawal):
        withdrawal.read(data, org.SITE_ID, OTHER.channel_pk)


class Pool:
    """Randomness that both programs draw alike."""

    def __init__(self, seed: int) -> None:
        self.all = Random(seed).randbytes(4_000)
        self._left = self.all

    def draw(self, size: int) -> bytes:
        """Return the next bytes."""
        found, self._left = self._left[:size], self._left[size:]
        return found

    def key(self, bits: int) -> int:
        """Return the next number, as the browser's program takes it out of whole bytes."""
        return int.from_bytes(self.draw(13), "big") & (2**bits - 1)

    def seal(self, content: bytes, x_pk: bytes) -> bytes:
        """Seal as libsodium does, with an ephemeral key of the pool.

        Source: libsodium, "Sealed boxes"; tests/test_vectors.py holds it to the library's own.
        """
        ephemeral = self.draw(32)
        public = box.public_key(ephemeral)
        nonce = nacl.bindings.crypto_generichash_blake2b_salt_personal(
            public + x_pk, digest_size=24
        )
        return public + nacl.bindings.crypto_box(content, nonce, x_pk, ephemeral)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    """Let the reference draw from a pool."""
    found = Pool(6)
    monkeypatch.setattr(secrets, "randbits", found.key)
    monkeypatch.setattr(envelope, "random", found.draw)
    monkeypatch.setattr(box, "seal", found.seal)
    return found


@pytest.mark.parametrize("typed", [{}, FULL, {"text": "x" * 20_000}])
def test_report_with_equal_randomness_is_the_same_bytes(
    beside: Beside, pool: Pool, typed: dict[str, Any]
) -> None:
    """Whoever watches the line cannot tell by its bytes which program sealed a report."""
    ours = sealing.seal_report(OFFICE.card(), org.report(**{"text": "Iets.", **_tuples(typed)}))
    report = {"day": TODAY, "mode": "anonymous", "language": "nl", "text": "Iets.", **typed}
    theirs = beside.made(
        "report",
        card=CARD,
        site_id=org.SITE_ID,
        today=TODAY,
        report=report,
        pool=pool.all.hex(),
    )
    assert theirs["bytes"] == handed_in.write_report(ours.sealed).hex()
    assert theirs["words"] == ours.words


def _tuples(typed: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in typed.items()}


@pytest.mark.parametrize("kind", payload.MESSAGE_KINDS)
def test_message_with_equal_randomness_is_the_same_bytes(
    beside: Beside, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Also a message, hold, resume, consent and refusal, each with its next memo."""
    key = reply_code.new_key()
    own = keys.reporter_keys(org.SITE_ID, OFFICE.channel_pk, key)
    ids = tuple(sorted((ANNA.handler_id, BAS.handler_id)))
    memo = payload.Memo(TODAY, ids, (), bytes(32) if kind == "resume" else None, 3, 2)
    replies = (a_reply(own, turn=7, transfer=OTHER.channel_pk),)
    data = page(key, reporter.seal_memo(own, memo), replies)
    unpacked = mailbox_page.unpack(data)
    assert unpacked is not None
    opened = letters.open_mailbox(org.SITE_ID, key, [unpacked], TODAY)
    assert opened.thread is not None
    answers = opened.shown[0] if kind in payload.ANSWER_KINDS else None
    said = sealing.Saying(kind, "Één." if kind == "message" else "", answers)
    pool = Pool(7)
    monkeypatch.setattr(envelope, "random", pool.draw)
    monkeypatch.setattr(box, "seal", pool.seal)
    ours = sealing.seal_message(opened.thread, OFFICE.card(), said, TODAY).raw()
    theirs = beside.made(
        "message",
        card=CARD,
        site_id=org.SITE_ID,
        key=key,
        today=TODAY,
        pages=[data],
        said={"kind": kind, "text": said.text},
        about=answers.envelope_id.hex() if answers else None,
        pool=pool.all.hex(),
    )
    assert theirs == ours.hex()


def test_json_is_written_alike(beside: Beside) -> None:
    """Every character below U+0400 and some above stand in JSON as the reference writes them."""
    values = {"a": "".join(map(chr, range(0x400))) + EMOJI, "b": [1, None, True, {"c": 0}]}
    assert beside.made("encode", values=values) == encode(values).hex()


def test_message_goes_to_readers_of_the_report_alone(beside: Beside) -> None:
    """A handler who came later, or was shut out, has no slot; nobody left is refused."""
    key, _, data = sealed_by(beside, excluded=[CARL.handler_id])
    memo = handed_in.read_report(data).memo
    newcomer = org.Handler("later")
    for handlers in ([ANNA, newcomer], [CARL, newcomer]):
        office = replace(OFFICE, handlers=handlers)
        asked = {
            "card": office.card_bytes(),
            "site_id": org.SITE_ID,
            "key": key,
            "today": TODAY,
            "pages": [page(key, memo)],
            "said": {"kind": "message", "text": "x"},
        }
        found = beside.answer("message", **asked)
        if handlers[0] is CARL:
            assert found["refused"] == "NoReader"
        else:
            sent = handed_in.read_message(bytes.fromhex(found["made"]))
            slots = envelope.parse_header(sent.envelope).slots
            assert [slot.key_id for slot in slots] == [box.key_id(ANNA.x_pk)]
