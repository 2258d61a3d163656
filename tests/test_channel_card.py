"""Channel cards, certificates, requests and withdrawals."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    BadSignature,
    CardExpired,
    CardLivesTooLong,
    CardRolledBack,
    CertificateExpired,
    ForeignCard,
    ForeignHandler,
    MalformedCard,
    MalformedWithdrawal,
    NoIntakeKey,
    ProtocolError,
)
from dropbox.protocol import certificate, channel_card, document, keys, sign, withdrawal
from tests import organisation as org

OFFICE = org.office()


def test_card_gives_back_what_was_signed() -> None:
    """Texts, kind, handlers and their keys are read as they were written."""
    card = OFFICE.card(version=3)
    assert (card.version, card.slug, card.kind) == (3, "meldpunt", "integrity")
    assert card.texts["nl"] == org.TEXTS
    assert [h.handler_id for h in card.handlers] == [h.handler_id for h in OFFICE.handlers]
    assert card.handlers[0].intake_key(org.TODAY) == OFFICE.handlers[0].x_pk
    assert card.fingerprint == keys.fingerprint(org.SITE_ID, OFFICE.channel_pk)


def test_every_flipped_byte_of_a_card_is_refused() -> None:
    """No byte of a card can be changed without a refusal."""
    data = OFFICE.card_bytes()
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            channel_card.read_card(altered, org.SITE_ID, org.TODAY)


def test_truncated_or_longer_card_is_refused() -> None:
    """A card that is cut off or has something behind it is malformed."""
    data = OFFICE.card_bytes()
    for candidate in (b"", data[:-1], data[:8], data + b"\0", bytes(1000)):
        with pytest.raises(MalformedCard):
            channel_card.read_card(candidate, org.SITE_ID, org.TODAY)


@given(st.binary(max_size=300))
def test_any_body_is_a_card_or_a_clear_error(body: bytes) -> None:
    """Whatever stands in a well-framed card, reading ends in a ProtocolError."""
    data = channel_card.CARD_MAGIC + b"\x01" + len(body).to_bytes(4, "big") + body + bytes(64)
    with pytest.raises(ProtocolError):
        channel_card.read_card(data, org.SITE_ID, org.TODAY)


def test_card_days_and_version_are_held() -> None:
    """Expired, too long valid, rolled back and of another site: each has its own error."""
    data = OFFICE.card_bytes(version=2, days=90)
    last = org.TODAY + timedelta(days=90)
    assert channel_card.read_card(data, org.SITE_ID, last, 2).warns(last)
    with pytest.raises(CardExpired):
        channel_card.read_card(data, org.SITE_ID, last + timedelta(days=1))
    with pytest.raises(CardLivesTooLong):
        channel_card.read_card(OFFICE.card_bytes(days=101), org.SITE_ID, org.TODAY)
    with pytest.raises(CardRolledBack):
        channel_card.read_card(data, org.SITE_ID, org.TODAY, at_least_version=3)
    with pytest.raises(ForeignCard):
        channel_card.read_card(data, bytes(16), org.TODAY)


def test_intake_key_out_of_its_days_is_not_used() -> None:
    """No report is sealed to a key whose month is over or has not begun."""
    handler = OFFICE.card().handlers[0]
    with pytest.raises(NoIntakeKey):
        handler.intake_key(org.TODAY + timedelta(days=121))


def test_intake_key_signed_by_someone_else_is_refused() -> None:
    """A channel's owner cannot slip in a key that the handler did not sign."""
    anna, bas = OFFICE.handlers
    pairs = [(OFFICE.certificate(anna), [bas.intake()])]
    data = channel_card.sign_card(OFFICE.seed, org.SITE_ID, OFFICE.card().draft, pairs)
    with pytest.raises(BadSignature):
        channel_card.read_card(data, org.SITE_ID, org.TODAY)


def test_certificate_is_bound_to_channel_site_and_days() -> None:
    """Another channel's, another site's or an old certificate vouches for nobody."""
    anna = OFFICE.handlers[0]
    data = OFFICE.certificate(anna)
    read = certificate.read_certificate(data, org.SITE_ID, OFFICE.channel_pk, org.TODAY)
    assert (read.ed_pk, read.handler_id) == (anna.ed_pk, anna.handler_id)
    with pytest.raises(ForeignHandler):
        certificate.read_certificate(data, org.SITE_ID, org.office().channel_pk, org.TODAY)
    with pytest.raises(ForeignCard):
        certificate.read_certificate(data, bytes(16), OFFICE.channel_pk, org.TODAY)
    later = org.TODAY + timedelta(days=366)
    with pytest.raises(CertificateExpired):
        certificate.read_certificate(data, org.SITE_ID, OFFICE.channel_pk, later)


def test_request_is_read_and_bound_to_its_key() -> None:
    """A request proves its own key; an altered one or another site's is refused."""
    anna = OFFICE.handlers[0]
    role = {"nl": "adviseur", "en": "adviser"}
    data = certificate.make_request(anna.seed, org.SITE_ID, role, [anna.intake()])
    read = certificate.read_request(data, org.SITE_ID)
    assert (read.ed_pk, read.role, len(read.intake_keys)) == (anna.ed_pk, role, 1)
    with pytest.raises(ForeignCard):
        certificate.read_request(data, bytes(16))
    for at in range(0, len(data), 3):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            certificate.read_request(altered, org.SITE_ID)


def test_document_of_another_kind_is_refused() -> None:
    """A certificate is no card, though both share one container."""
    data = document.write(b"MKXX", sign.Purpose.CARD, OFFICE.seed, {"site_id": ""})
    with pytest.raises(MalformedCard):
        channel_card.read_card(data, org.SITE_ID, org.TODAY)


def test_every_flipped_byte_of_a_withdrawal_is_refused() -> None:
    """Only the holder of the reply code withdraws, and only their own mailbox."""
    reporter = org.reporter(OFFICE)
    data = withdrawal.make(reporter)
    read = withdrawal.read(data, org.SITE_ID, OFFICE.channel_pk)
    assert read.mailbox_id == reporter.mailbox_id
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            withdrawal.read(altered, org.SITE_ID, OFFICE.channel_pk)
    with pytest.raises(MalformedWithdrawal):
        withdrawal.read(data, org.SITE_ID, org.office().channel_pk)
    with pytest.raises(MalformedWithdrawal):
        withdrawal.read(data[:-1], org.SITE_ID, OFFICE.channel_pk)
