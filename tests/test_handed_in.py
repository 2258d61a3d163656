"""What a reporter hands in sealed: its bytes, and that handing in again does nothing more."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import AlreadyReceived, MailboxChanged, ProtocolError, UnknownVersion
from dropbox.protocol import handed_in, payload, reporter
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import (
    MAX_CONSENT_BYTES,
    MAX_MESSAGE_BYTES,
    MAX_REPORT_BYTES,
    Answer,
    Consent,
    MalformedRecord,
    Message,
)
from tests import organisation
from tests.blind_server import Filed, Site, new_report, rows
from tests.organisation import TODAY, Handler, Office, office


def message(filed: Filed, readers: list[Handler]) -> Message:
    """Seal a message that stands on the report's own memo."""
    recipients = [handler.recipient for handler in readers]
    memo = payload.Memo(TODAY, tuple(sorted(one.handler_id for one in recipients)), turn=2)
    return Message(
        token=filed.token,
        replaces=envelope_id(filed.new.memo),
        memo=reporter.seal_memo(filed.keys, memo),
        envelope=reporter.seal_message(filed.keys, recipients, organisation.message()),
    )


def test_records_come_back_as_they_were_written(channel: Office) -> None:
    """A report, a message and a consent are read as exactly what was written."""
    filed = new_report(channel)
    said = message(filed, channel.handlers)
    both = Consent(filed.new, said)
    assert handed_in.read_report(handed_in.write_report(filed.new)) == filed.new
    assert handed_in.read_message(said.raw()) == said
    assert handed_in.read_consent(both.raw()) == both
    assert len(handed_in.write_report(filed.new)) < MAX_REPORT_BYTES
    assert len(said.raw()) < MAX_MESSAGE_BYTES
    assert len(both.raw()) < MAX_CONSENT_BYTES


def test_record_shows_neither_code_nor_token_where_it_is_printed(channel: Office) -> None:
    """A traceback that prints a message must not print what opens its mailbox."""
    filed = new_report(channel)
    assert filed.token.hex() not in repr(message(filed, channel.handlers))
    assert repr(filed.token) not in repr(message(filed, channel.handlers))


def test_answers_come_back_and_nothing_else_is_one() -> None:
    """Each of the codes is read; another length, magic, version or code is refused."""
    for code in Answer:
        assert handed_in.read_answer(handed_in.answer(code)) is code
    done = handed_in.answer(Answer.DONE)
    for broken in (b"", done[:-1], done + b"\0", b"X" + done[1:], done[:-1] + b"\xff", b"<!doct"):
        with pytest.raises(MalformedRecord):
            handed_in.read_answer(broken)
    with pytest.raises(UnknownVersion):
        handed_in.read_answer(done[:4] + b"\2" + done[5:])


@given(data=st.binary(max_size=400), magic=st.sampled_from([b"MKRP", b"MKMS", b"MKTR", b""]))
def test_any_bytes_are_refused_by_their_error(data: bytes, magic: bytes) -> None:
    """Whatever is handed in, reading ends in a record or in an error of the protocol."""
    for read in (handed_in.read_report, handed_in.read_message, handed_in.read_consent):
        for head in (magic, magic + b"\1"):
            try:
                read(head + data)
            except ProtocolError:
                continue


def test_report_handed_in_again_is_stored_once(site: Site) -> None:
    """After a lost answer the same bytes are sent again, and told apart without a form."""
    filed = new_report(site.offices[0])
    site.mailboxes.file_report(filed.new, TODAY)
    for _again in range(2):
        with pytest.raises(AlreadyReceived):
            site.mailboxes.file_report(filed.new, TODAY)
    assert (rows(site.store, "mailbox"), rows(site.store, "envelope")) == (1, 1)
    assert rows(site.store, "form_nonce") == 0


def test_message_handed_in_again_is_stored_once(site: Site, channel: Office) -> None:
    """The very same message is known by its id, although the memo has changed since."""
    filed = site.file()
    said = message(filed, channel.handlers)
    site.mailboxes.append(said, TODAY)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.append(said, TODAY)
    with pytest.raises(MailboxChanged):
        site.mailboxes.append(message(filed, channel.handlers), TODAY)
    assert rows(site.store, "envelope") == 2


def test_consent_handed_in_again_is_stored_once(tmp_path: Path) -> None:
    """Both are here: neither a second mailbox nor a second consent comes of it."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed, other = site.file(one), new_report(two)
    said = message(filed, one.handlers)
    site.mailboxes.transfer(other.new, said, TODAY)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.transfer(other.new, said, TODAY)
    assert (rows(site.store, "mailbox"), rows(site.store, "envelope")) == (2, 3)


def test_half_a_consent_stores_nothing(tmp_path: Path) -> None:
    """A consent that stands on an old memo leaves no mailbox at the other channel behind."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed, other = site.file(one), new_report(two)
    stale = replace(message(filed, one.handlers), replaces=bytes(32))
    with pytest.raises(MailboxChanged):
        site.mailboxes.transfer(other.new, stale, TODAY)
    assert (rows(site.store, "mailbox"), rows(site.store, "envelope")) == (1, 1)
