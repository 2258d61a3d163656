"""Attacks on the protocol's bytes, one named attack each."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import nacl.bindings
import pytest

from dropbox.errors import (
    BadSignature,
    CardExpired,
    CardRolledBack,
    CommitmentMismatch,
    ForeignEnvelope,
    ForeignHandler,
    MalformedCard,
    MalformedPayload,
    NotAddressed,
    ProtocolError,
    WeakKey,
)
from dropbox.protocol import (
    box,
    certificate,
    channel_card,
    envelope,
    handler,
    letter,
    padding,
    payload,
    payload_bytes,
    reply_code,
    reporter,
    sign,
    withdrawal,
)
from dropbox.protocol.envelope import Address, Direction
from dropbox.protocol.hashing import digest
from dropbox.protocol.keys import reporter_keys
from tests import organisation as org

OFFICE = org.office()
ANNA, BAS = OFFICE.handlers
IDS = {ANNA.handler_id, BAS.handler_id}
READERS = [ANNA.recipient, BAS.recipient]


def read_as(who: org.Handler, data: bytes, office: org.Office = OFFICE) -> handler.OpenedReport:
    """Open an envelope as a first report."""
    return handler.read_report(handler.open_letter(data, office.channel, who.box_keys))


def test_signed_payload_resealed_to_other_mailbox_or_channel_is_refused() -> None:
    """A handler cannot pass a report on as if it had been written in another mailbox or channel."""
    victim = org.reporter(OFFICE)
    data = reporter.seal_report(victim, READERS, org.report())
    opened = envelope.open_envelope(envelope.parse_header(data), data, ANNA.box_keys)
    other_office, other_mailbox = org.office(), org.reporter(OFFICE)
    carl = other_office.handlers[0]
    targets = [
        (other_mailbox.mailbox_id, OFFICE, BAS),
        (victim.mailbox_id, OFFICE, BAS),
        (victim.mailbox_id, other_office, carl),
        (org.reporter(other_office).mailbox_id, other_office, carl),
    ]
    for mailbox_id, office, reader in targets:
        address = Address(Direction.TO_HANDLERS, org.SITE_ID, office.channel_pk, mailbox_id)
        forged = envelope.Draft(address, [reader.x_pk]).finish(opened)
        with pytest.raises((ForeignEnvelope, BadSignature)):
            read_as(reader, forged, office)


def test_slot_added_removed_or_swapped_is_refused() -> None:
    """The server cannot give a third person a slot, take one away, or change their order."""
    data = reporter.seal_report(org.reporter(OFFICE), READERS, org.report())
    header = envelope.parse_header(data)
    first, second = (slot.key_id + slot.sealed for slot in header.slots)
    third = org.Handler("later")
    own = next(slot for slot in header.slots if slot.key_id in ANNA.box_keys)
    content_key = box.open_sealed(own.sealed, ANNA.box_keys[own.key_id])
    extra = box.key_id(third.x_pk) + box.seal(content_key, third.x_pk)
    fixed, rest = data[:86], data[87 + len(first + second) :]
    for slots in ([first, second, extra], [first], [second], [second, first], [extra, second]):
        forged = fixed + bytes([len(slots)]) + b"".join(slots) + rest
        for reader in (ANNA, BAS, third):
            with pytest.raises(ProtocolError):
                read_as(reader, forged)


def test_two_content_keys_one_ciphertext_is_refused_by_commitment() -> None:
    """A sender cannot give two handlers different keys for one body: the header commits to one."""
    keys = org.reporter(OFFICE)
    data = reporter.seal_report(keys, READERS, org.report())
    header = envelope.parse_header(data)
    other_key = bytes(range(32))
    at = 87 + [slot.key_id in BAS.box_keys for slot in header.slots].index(True) * 96 + 16
    raw = data[:at] + box.seal(other_key, BAS.x_pk) + data[at + 80 : len(header.raw)]
    body = padding.pad(b"something else", padding.LETTER_SIZES)
    sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        body, raw, header.nonce, other_key
    )
    with pytest.raises(CommitmentMismatch):
        handler.open_letter(raw + sealed, OFFICE.channel, BAS.box_keys)
    assert digest("commit", other_key) != header.commitment


def test_reply_reflected_as_report_is_refused() -> None:
    """A handler's reply, turned round, is no message of the reporter; nor the other way."""
    keys = org.reporter(OFFICE)
    pinned = org.pinned(keys)
    own = OFFICE.certificate(ANNA)
    answer = handler.seal_reply(
        OFFICE.channel, ANNA.seed, own, pinned, [BAS.recipient], org.reply()
    )
    opened = handler.open_letter(answer, OFFICE.channel, BAS.box_keys)
    for read in (handler.read_report, lambda item: handler.read_message(item, pinned)):
        with pytest.raises(ProtocolError):
            read(opened)
    turned = answer[:5] + bytes([Direction.TO_HANDLERS]) + answer[6:]
    with pytest.raises(ProtocolError):
        handler.open_letter(turned, OFFICE.channel, BAS.box_keys)
    address = Address(Direction.TO_HANDLERS, org.SITE_ID, OFFICE.channel_pk, keys.mailbox_id)
    again = letter.write(address, [BAS.x_pk], sign.Purpose.REPLY, ANNA.seed, opened.content)
    with pytest.raises(ProtocolError):
        handler.read_message(handler.open_letter(again, OFFICE.channel, BAS.box_keys), pinned)
    written = reporter.seal_message(keys, [BAS.recipient], org.message())
    with pytest.raises(ForeignEnvelope):
        handler.read_colleague_reply(
            handler.open_letter(written, OFFICE.channel, BAS.box_keys), pinned, IDS
        )


def test_other_channels_handler_cannot_answer_this_mailbox() -> None:
    """A certificate of another channel, or none, makes no reply in this channel's mailbox."""
    keys = org.reporter(OFFICE)
    other = org.office()
    stranger = other.handlers[0]
    for raw in (other.certificate(stranger), OFFICE.certificate(ANNA)):
        forged = handler.seal_reply(
            OFFICE.channel, stranger.seed, raw, org.pinned(keys), [], org.reply()
        )
        with pytest.raises((ForeignHandler, BadSignature)):
            reporter.open_reply(keys, forged, {*IDS, stranger.handler_id})
    honest = handler.seal_reply(
        other.channel, stranger.seed, other.certificate(stranger), org.pinned(keys), [], org.reply()
    )
    with pytest.raises(ForeignEnvelope):
        reporter.open_reply(keys, honest, IDS)
    code = reply_code.new_key()
    here = reporter_keys(org.SITE_ID, OFFICE.channel_pk, code)
    there = reporter_keys(org.SITE_ID, other.channel_pk, code)
    sealed_there = handler.seal_reply(
        other.channel,
        stranger.seed,
        other.certificate(stranger),
        org.pinned(there),
        [],
        org.reply(),
    )
    with pytest.raises(NotAddressed):
        reporter.open_reply(here, sealed_there, IDS)


def test_card_rolled_back_expired_or_with_foreign_handler_is_refused() -> None:
    """An old card, a dead card, and a card with another channel's handler are all refused."""
    with pytest.raises(CardRolledBack):
        channel_card.read_card(OFFICE.card_bytes(1), org.SITE_ID, org.TODAY, at_least_version=2)
    later = org.TODAY + timedelta(days=91)
    with pytest.raises(CardExpired):
        channel_card.read_card(OFFICE.card_bytes(1), org.SITE_ID, later)
    other = org.office()
    stranger = other.handlers[0]
    pairs = [(other.certificate(stranger), [stranger.intake()])]
    forged = channel_card.sign_card(OFFICE.seed, org.SITE_ID, OFFICE.card().draft, pairs)
    with pytest.raises(ForeignHandler):
        channel_card.read_card(forged, org.SITE_ID, org.TODAY)


def test_server_cannot_swap_a_memo_for_one_with_more_readers() -> None:
    """A memo that the holder of the code did not sign is refused, so nobody joins the readers."""
    keys = org.reporter(OFFICE)
    memo = payload.Memo(org.TODAY, (ANNA.handler_id, BAS.handler_id))
    address = Address(Direction.MEMO, org.SITE_ID, OFFICE.channel_pk, keys.mailbox_id)
    forged = letter.write(
        address, [keys.x_pk], sign.Purpose.MEMO, sign.new_seed(), payload_bytes.write_memo(memo)
    )
    with pytest.raises(BadSignature):
        reporter.open_memo(keys, forged)


def test_token_alone_cannot_withdraw_or_hold() -> None:
    """Whoever has the token and the page it reads lacks the key that signs a command or a hold."""
    victim, thief = org.reporter(OFFICE), org.reporter(OFFICE)
    public = dataclasses.replace(
        thief, mailbox_id=victim.mailbox_id, ed_pk=victim.ed_pk, x_pk=victim.x_pk
    )
    with pytest.raises(BadSignature):
        withdrawal.read(withdrawal.make(public), org.SITE_ID, OFFICE.channel_pk)
    for kind, hold in (("hold", None), ("resume", bytes(32))):
        message = org.message("", kind=kind, hold=hold)
        data = reporter.seal_message(public, READERS, message)
        opened = handler.open_letter(data, OFFICE.channel, ANNA.box_keys)
        with pytest.raises(BadSignature):
            handler.read_message(opened, org.pinned(victim))


def test_reply_of_excluded_or_later_handler_is_not_believed() -> None:
    """A certified handler who may not read cannot answer either, also with the server's help."""
    keys = org.reporter(OFFICE)
    forged = handler.seal_reply(
        OFFICE.channel, BAS.seed, OFFICE.certificate(BAS), org.pinned(keys), [], org.reply()
    )
    assert reporter.open_reply(keys, forged, IDS).handler.handler_id == BAS.handler_id
    with pytest.raises(ForeignHandler):
        reporter.open_reply(keys, forged, {ANNA.handler_id})


def test_reply_that_the_reporter_cannot_open_is_not_believed_by_colleagues() -> None:
    """A handler cannot tell a colleague what the reporter never gets to read."""
    keys, stranger = org.reporter(OFFICE), org.reporter(OFFICE)
    pinned = dataclasses.replace(org.pinned(keys), x_pk=stranger.x_pk)
    data = handler.seal_reply(
        OFFICE.channel, ANNA.seed, OFFICE.certificate(ANNA), pinned, [BAS.recipient], org.reply()
    )
    opened = handler.open_letter(data, OFFICE.channel, BAS.box_keys)
    with pytest.raises(MalformedPayload):
        handler.read_colleague_reply(opened, org.pinned(keys), IDS)


def test_repadded_envelope_is_refused() -> None:
    """Who has the content key cannot give a signed payload a second id by padding it otherwise."""
    data = reporter.seal_report(org.reporter(OFFICE), READERS, org.report())
    header = envelope.parse_header(data)
    opened = envelope.open_envelope(header, data, ANNA.box_keys)
    slot = next(slot for slot in header.slots if slot.key_id in ANNA.box_keys)
    content_key = box.open_sealed(slot.sealed, ANNA.box_keys[slot.key_id])
    for size in padding.LETTER_SIZES[1:]:
        body = nacl.bindings.sodium_pad(opened, size)
        again = header.raw + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            body, header.raw, header.nonce, content_key
        )
        with pytest.raises(MalformedPayload):
            handler.open_letter(again, OFFICE.channel, ANNA.box_keys)


def test_card_with_a_key_twice_or_a_weak_key_is_refused() -> None:
    """A handler cannot make the channel unreadable with a colleague's key or a worthless one."""
    copy = org.Handler("kopie", secret=ANNA.secret)
    pairs = [(OFFICE.certificate(each), [each.intake()]) for each in (ANNA, copy)]
    doubled = channel_card.sign_card(OFFICE.seed, org.SITE_ID, OFFICE.card().draft, pairs)
    with pytest.raises(MalformedCard):
        channel_card.read_card(doubled, org.SITE_ID, org.TODAY)
    for weak, days in ((bytes(32), 30), (ANNA.x_pk, -1)):
        last = org.TODAY + timedelta(days=days)
        key = certificate.sign_intake_key(ANNA.seed, org.SITE_ID, weak, org.TODAY, last)
        pair = (OFFICE.certificate(ANNA), [key])
        forged = channel_card.sign_card(OFFICE.seed, org.SITE_ID, OFFICE.card().draft, [pair])
        with pytest.raises((WeakKey, MalformedCard)):
            channel_card.read_card(forged, org.SITE_ID, org.TODAY)
