"""Withdrawal at the blind server: nothing stays but the signed command for the desks."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropbox.errors import (
    AlreadyReceived,
    BadSignature,
    MalformedWithdrawal,
    ProtocolError,
    StoreError,
    UnknownMailbox,
)
from dropbox.mailbox import Mailboxes
from dropbox.protocol import days, keys, withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.mailbox_page import unpack
from dropbox.store import connection
from tests.blind_server import (
    Filed,
    Site,
    contents,
    desk_bundle,
    files_of,
    nonce,
    reply,
)
from tests.organisation import SITE_ID, TODAY, Office


def test_withdrawn_mailbox_is_like_one_that_never_was(site: Site, channel: Office) -> None:
    """After a withdrawal nothing can be read, written or withdrawn."""
    filed = site.file()
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    assert site.page(filed) is None
    with pytest.raises(UnknownMailbox):
        site.append(filed, channel.handlers)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.withdraw(command, TODAY)
    with pytest.raises(BadSignature):
        site.mailboxes.withdraw(command[:-1] + bytes((command[-1] ^ 1,)), TODAY)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.file_report(filed.new, TODAY, nonce())


def test_withdrawal_reaches_every_handler_that_was_ever_addressed(
    site: Site, channel: Office
) -> None:
    """Also a handler whose copy was receipted and purged is told to erase the case."""
    filed = site.file()
    receipt = envelope_id(filed.new.envelope)
    with site.store.write() as tables:
        for handler in channel.handlers:
            tables.envelopes.clear(receipt, list(handler.box_keys))
        tables.envelopes.delete_before(days.month_number(TODAY) + 99)
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    for handler in channel.handlers:
        assert contents(site.collect(handler), FrameType.WITHDRAWAL) == [command]
        assert contents(site.collect(handler), FrameType.ENVELOPE) == []


def test_withdrawn_bytes_are_nowhere_in_the_database_files(site: Site, channel: Office) -> None:
    """What a reporter withdraws is in neither the database nor its log, and the rest stays."""
    kept: list[Filed] = []
    for number in range(60):
        filed = site.file()
        if number % 3:
            kept.append(filed)
            continue
        site.append(filed, channel.handlers)
        site.deliver(
            desk_bundle(
                channel, channel.handlers[0], number + 1, reply(channel, channel.handlers[0], filed)
            )
        )
        page = site.page(filed)
        assert page is not None
        planted = _pieces(filed.new.envelope, filed.new.memo, page.replies[0], filed.new.lookup)
        assert any(piece in files_of(site.store) for piece in planted)
        site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
        left = files_of(site.store)
        assert not any(piece in left for piece in planted)
    assert all(site.page(filed) for filed in kept)


def _pieces(*things: bytes) -> list[bytes]:
    """Return marks of 24 bytes out of all parts of what was stored, but the ids."""
    return [thing[at : at + 24] for thing in things for at in range(190, len(thing) - 24, 24)] + [
        thing[:24] for thing in things if len(thing) == 32
    ]


def test_withdrawal_signed_by_another_is_refused(site: Site) -> None:
    """A command must be signed with the mailbox's own key."""
    filed, other = site.file(), site.file()
    command = withdrawal.make(filed.keys)
    forged = command[:96] + withdrawal.make(other.keys)[96:]
    with pytest.raises(BadSignature):
        site.mailboxes.withdraw(forged, TODAY)
    swapped = command[:32] + withdrawal.make(other.keys)[32:]
    with pytest.raises(MalformedWithdrawal):
        site.mailboxes.withdraw(swapped, TODAY)
    assert site.page(filed) is not None


def test_token_alone_cannot_withdraw_or_hold(site: Site, channel: Office) -> None:
    """Whoever reads a mailbox with its token still lacks the key that signs a command.

    Also the mailbox id, which a page names, opens nothing without that key.
    """
    filed = site.file()
    page = unpack(site.mailboxes.page(filed.token, 0))
    assert page is not None
    guessed = keys.reporter_keys(SITE_ID, channel.channel_pk, filed.token[:16])
    stolen = replace(guessed, mailbox_id=page.mailbox_id)
    with pytest.raises(MalformedWithdrawal):
        site.mailboxes.withdraw(withdrawal.make(stolen), TODAY)
    own = replace(guessed, mailbox_id=page.mailbox_id, ed_pk=filed.keys.ed_pk, x_pk=filed.keys.x_pk)
    with pytest.raises(BadSignature):
        site.mailboxes.withdraw(withdrawal.make(own), TODAY)
    assert site.page(filed) is not None


def test_withdrawal_holds_when_tidying_has_to_wait(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that is in the way delays the erasing of traces, never the withdrawal."""
    filed = site.file()
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    other = Mailboxes.at(SITE_ID, site.store.path.parent, site.shelf.folder)
    with site.store.read() as tables:
        tables.mailboxes.with_lookup(bytes(32))
        other.withdraw(withdrawal.make(filed.keys), TODAY)
    assert site.page(filed) is None
    site.store.maintain()
    assert filed.new.memo[200:300] not in files_of(site.store)


@given(data=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_no_withdrawal(site: Site, data: bytes) -> None:
    """Bytes that nobody signed delete nothing and give one of our errors."""
    with pytest.raises((ProtocolError, StoreError)):
        site.mailboxes.withdraw(data, TODAY)
