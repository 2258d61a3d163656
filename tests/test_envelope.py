"""Envelopes: sealed, opened, and refused after any change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    BadSignature,
    ForeignEnvelope,
    MalformedEnvelope,
    MalformedPayload,
    NotAddressed,
    ProtocolError,
    SlotDoesNotOpen,
    TextTooLong,
    UnknownVersion,
)
from dropbox.protocol import envelope, handler, letter, payload, payload_bytes, reporter, sign
from dropbox.protocol.box import key_id
from dropbox.protocol.envelope import Address, Direction
from dropbox.protocol.keys import ReporterKeys
from tests import organisation as org

OFFICE = org.office()
ANNA, BAS = OFFICE.handlers
IDS = {ANNA.handler_id, BAS.handler_id}
RECIPIENTS = [ANNA.recipient, BAS.recipient]


def open_as(who: org.Handler, data: bytes) -> letter.Letter:
    """Open an envelope with a handler's key."""
    return handler.open_letter(data, OFFICE.channel, who.box_keys)


def test_each_handler_reads_the_same_report() -> None:
    """Two handlers open one envelope to the same report, with the readers written in."""
    keys = org.reporter(OFFICE)
    data = reporter.seal_report(keys, RECIPIENTS, org.report("Zo ging het."))
    opened = [handler.read_report(open_as(who, data)) for who in (ANNA, BAS)]
    assert opened[0] == opened[1]
    assert opened[0].pinned == org.pinned(keys)
    assert opened[0].report.text == "Zo ging het."
    assert set(opened[0].report.recipients) == {ANNA.handler_id, BAS.handler_id}


def test_message_hold_and_resume_are_read_with_pinned_keys() -> None:
    """What comes later is checked against the keys of the first report."""
    keys = org.reporter(OFFICE)
    for message in (
        org.message("meer"),
        org.message("", kind="hold"),
        org.message("", kind="resume", hold=bytes(32)),
    ):
        data = reporter.seal_message(keys, RECIPIENTS, message)
        opened = open_as(ANNA, data)
        assert handler.kind(opened) == "message"
        read = handler.read_message(opened, org.pinned(keys)).message
        assert (read.kind, read.text, read.hold) == (message.kind, message.text, message.hold)


def test_reply_is_read_by_reporter_and_colleague() -> None:
    """A reply opens for the reporter's code and for the other handler, with its writer's role."""
    keys = org.reporter(OFFICE)
    data = handler.seal_reply(
        OFFICE.channel,
        ANNA.seed,
        OFFICE.certificate(ANNA),
        org.pinned(keys),
        [BAS.recipient],
        org.reply("We hebben je melding gelezen."),
    )
    read = reporter.open_reply(keys, data, IDS)
    assert read.handler.role["nl"] == "adviseur"
    assert read.reply.text == "We hebben je melding gelezen."
    opened = open_as(BAS, data)
    assert handler.kind(opened) == "reply"
    assert handler.read_colleague_reply(opened, org.pinned(keys), IDS) == read
    with pytest.raises(NotAddressed):
        open_as(ANNA, data)


def test_memo_is_read_by_the_code_alone() -> None:
    """A memo gives back what it says to its own keys and to no handler."""
    keys = org.reporter(OFFICE)
    memo = payload.Memo(org.TODAY, (ANNA.handler_id,), (BAS.handler_id,), bytes(range(32)), 7, 5)
    data = reporter.seal_memo(keys, memo)
    assert reporter.open_memo(keys, data) == memo
    with pytest.raises(NotAddressed):
        open_as(ANNA, data)


def test_largest_memo_fits_its_size() -> None:
    """Sixteen handlers and a hold fit in the one size that a memo has."""
    ids = tuple(bytes([n]) * 8 for n in range(16))
    keys = org.reporter(OFFICE)
    memo = payload.Memo(
        org.TODAY, ids[:9], ids[9:], bytes(32), payload.MAX_COUNT, payload.MAX_COUNT
    )
    assert reporter.open_memo(keys, reporter.seal_memo(keys, memo)) == memo


def test_every_flipped_byte_is_refused() -> None:
    """No byte of an envelope can be changed without a refusal."""
    keys = org.reporter(OFFICE)
    data = reporter.seal_report(keys, RECIPIENTS, org.report())
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            handler.read_report(open_as(ANNA, altered))


def test_every_truncation_and_extension_is_refused() -> None:
    """An envelope that is cut off anywhere, or has something behind it, is refused."""
    data = reporter.seal_report(org.reporter(OFFICE), RECIPIENTS, org.report())
    for end in range(0, len(data), 7):
        with pytest.raises(ProtocolError):
            open_as(ANNA, data[:end])
    with pytest.raises(MalformedEnvelope):
        open_as(ANNA, data + b"\0")


def test_unknown_version_is_named() -> None:
    """A later suite is told apart from damage."""
    data = reporter.seal_report(org.reporter(OFFICE), RECIPIENTS, org.report())
    with pytest.raises(UnknownVersion):
        envelope.parse_header(data[:4] + b"\x02" + data[5:])


def test_damaged_slot_of_ours_is_shown_as_such() -> None:
    """A slot that is addressed to us and does not open is not the same as no slot."""
    data = bytearray(reporter.seal_report(org.reporter(OFFICE), RECIPIENTS, org.report()))
    slots = envelope.parse_header(bytes(data)).slots
    number = [slot.key_id for slot in slots].index(key_id(ANNA.x_pk))
    data[87 + number * 96 + 16] ^= 1
    with pytest.raises(SlotDoesNotOpen):
        open_as(ANNA, bytes(data))


@given(st.binary(max_size=400))
def test_any_bytes_are_an_envelope_or_a_clear_error(data: bytes) -> None:
    """Parsing never fails with anything but a ProtocolError."""
    for candidate in (data, envelope.MAGIC + b"\x01\x01" + data):
        with pytest.raises(ProtocolError):
            envelope.parse_header(candidate)


def test_lengths_show_only_their_class() -> None:
    """Texts of one character and of two thousand give envelopes of the same length."""
    keys = org.reporter(OFFICE)
    sizes = {
        len(reporter.seal_report(keys, RECIPIENTS, org.report("a" * length)))
        for length in (1, 100, 2000)
    }
    assert len(sizes) == 1


def test_longest_texts_fit_and_longer_ones_are_refused() -> None:
    """20,000 characters and 60,000 bytes are carried whole; one more is a clear error."""
    keys = org.reporter(OFFICE)
    full = org.report(
        "€" * 20_000,
        mode="confidential",
        name="n" * 100,
        contact="€" * 300,
        conduct=tuple(f"conduct-number-{n:025}" for n in range(32)),
        grounds=tuple(f"ground-number--{n:025}" for n in range(32)),
    )
    sixteen = [org.Handler("x").recipient for _ in range(15)] + [ANNA.recipient]
    data = reporter.seal_report(keys, sixteen, full)
    assert len(data) <= envelope.MAX_ENVELOPE_BYTES
    assert handler.read_report(open_as(ANNA, data)).report.text == full.text
    for text in ("a" * 20_001, "😀" * 15_001):
        with pytest.raises(TextTooLong):
            reporter.seal_report(keys, RECIPIENTS, org.report(text))


@given(st.text(max_size=500))
def test_any_text_is_carried_as_it_is(text: str) -> None:
    """Every Unicode text comes out as it went in, in a report and in a reply."""
    keys = org.reporter(OFFICE)
    data = reporter.seal_report(keys, [ANNA.recipient], org.report(text))
    assert handler.read_report(open_as(ANNA, data)).report.text == text


def read_signed(keys: ReporterKeys, content: bytes) -> handler.OpenedReport:
    """Read any content that a reporter signed as a report."""
    opened = signed_payload(keys, content)
    handler.kind(opened)
    return handler.read_report(opened)


def signed_payload(
    keys: ReporterKeys, content: bytes, purpose: sign.Purpose = sign.Purpose.REPORT
) -> letter.Letter:
    """Seal any content with a valid signature, and open it."""
    address = Address(Direction.TO_HANDLERS, org.SITE_ID, OFFICE.channel_pk, keys.mailbox_id)
    return open_as(ANNA, letter.write(address, [ANNA.x_pk], purpose, keys.ed_seed, content))


@given(st.binary(max_size=300))
def test_any_signed_content_is_read_or_refused(content: bytes) -> None:
    """A reporter with own tools can seal anything; the desk answers with a ProtocolError."""
    with pytest.raises(ProtocolError):
        read_signed(org.reporter(OFFICE), content)


@pytest.mark.parametrize(
    "meta",
    [
        b'{"kind":"report"}',
        b"[" * 5000,
        b'{"kind":"report","kind":"report"}',
        b'{"kind":1e999}',
        b'{"kind":' + b"9" * 4900 + b"}",
        b'{"kind":"\\ud800"}',
        b"null",
        b"\xff",
    ],
)
def test_hostile_meta_is_refused(meta: bytes) -> None:
    """Deep nesting, doubled fields, huge numbers and lone surrogates are malformed payloads."""
    with pytest.raises(MalformedPayload):
        read_signed(org.reporter(OFFICE), len(meta).to_bytes(4, "big") + meta)


def test_report_signed_for_another_purpose_is_refused() -> None:
    """A report whose signature was made for a message does not count as a report."""
    keys = org.reporter(OFFICE)
    content = payload_bytes.write_report(
        org.report(recipients=(ANNA.handler_id,)), keys.ed_pk, keys.x_pk
    )
    with pytest.raises(BadSignature):
        handler.read_report(signed_payload(keys, content, sign.Purpose.MESSAGE))


def test_envelope_of_another_site_is_refused() -> None:
    """A desk reads only its own site's envelopes."""
    data = reporter.seal_report(org.reporter(OFFICE), RECIPIENTS, org.report())
    elsewhere = handler.Channel(bytes(16), OFFICE.channel_pk)
    with pytest.raises(ForeignEnvelope):
        handler.open_letter(data, elsewhere, ANNA.box_keys)
