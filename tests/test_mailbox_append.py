"""Later messages of a reporter, at the blind server."""

from dataclasses import replace

import pytest

from dropbox import mailbox
from dropbox.errors import (
    AlreadyReceived,
    ForeignEnvelope,
    MailboxChanged,
    MailboxFull,
    UnknownMailbox,
)
from dropbox.protocol import payload, reporter
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.handed_in import Message
from tests import organisation
from tests.blind_server import Site, contents, new_report, nonce, rows
from tests.organisation import TODAY, Office


def test_message_reaches_the_handlers_with_a_new_memo(site: Site, channel: Office) -> None:
    """A later message is collected, and the memo of a hold takes the old one's place."""
    filed = site.file()
    memo = reporter.seal_memo(filed.keys, payload.Memo(TODAY, (channel.handlers[0].handler_id,)))
    envelope = site.append(filed, channel.handlers, memo=memo)
    found = contents(site.collect(channel.handlers[0]), FrameType.ENVELOPE)
    assert sorted(found) == sorted([filed.new.envelope, envelope])
    page = site.page(filed)
    assert page is not None
    assert page.memo == memo
    assert set(page.sent) == {envelope_id(filed.new.envelope), envelope_id(envelope)}


def test_message_sent_twice_is_stored_once(site: Site, channel: Office) -> None:
    """The same form, and the same envelope under a new form, are told apart."""
    filed = site.file()
    envelope = reporter.seal_message(
        filed.keys, [channel.handlers[0].recipient], organisation.message()
    )
    message = Message(filed.token, envelope_id(filed.new.memo), filed.new.memo, envelope)
    first = nonce()
    site.mailboxes.append(message, TODAY, first)
    for again in (first, nonce(), None):
        with pytest.raises(AlreadyReceived):
            site.mailboxes.append(message, TODAY, again)
    assert rows(site.store, "envelope") == 2


def test_message_that_another_one_overtook_is_sealed_anew(site: Site, channel: Office) -> None:
    """Of two tabs that started from one memo, the slower one must not undo what the quicker did."""
    filed = site.file()
    readers = [channel.handlers[0].recipient]
    first, second = (
        Message(
            filed.token,
            envelope_id(filed.new.memo),
            reporter.seal_memo(filed.keys, payload.Memo(TODAY, (readers[0].handler_id,))),
            reporter.seal_message(filed.keys, readers, organisation.message()),
        )
        for _tab in range(2)
    )
    site.mailboxes.append(first, TODAY, nonce())
    with pytest.raises(MailboxChanged):
        site.mailboxes.append(second, TODAY, nonce())
    page = site.page(filed)
    assert page is not None
    assert page.memo == first.memo
    assert rows(site.store, "envelope") == 2
    anew = replace(second, replaces=envelope_id(first.memo))
    site.mailboxes.append(anew, TODAY, nonce())


def test_message_to_no_mailbox_is_refused(site: Site, channel: Office) -> None:
    """An unknown mailbox takes nothing."""
    filed = new_report(channel)
    with pytest.raises(UnknownMailbox):
        site.append(filed, channel.handlers)


def test_message_of_another_mailbox_is_refused(site: Site, channel: Office) -> None:
    """Envelope and memo must be the mailbox's own; a failed append leaves the memo alone."""
    one, two = site.file(), site.file()
    envelope = reporter.seal_message(
        one.keys, [channel.handlers[0].recipient], organisation.message()
    )
    with pytest.raises(ForeignEnvelope):
        site.mailboxes.append(
            Message(two.token, envelope_id(two.new.memo), two.new.memo, envelope), TODAY, nonce()
        )
    message = Message(one.token, envelope_id(one.new.memo), two.new.memo, envelope)
    with pytest.raises(ForeignEnvelope):
        site.mailboxes.append(message, TODAY, nonce())
    page = site.page(one)
    assert page is not None
    assert page.memo == one.new.memo


def test_one_mailbox_cannot_fill_the_disk(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above a bound the handlers must collect first, and the reporter is told so."""
    monkeypatch.setattr(mailbox, "MAX_ENVELOPES_HELD", 3)
    filed = site.file()
    site.append(filed, channel.handlers)
    site.append(filed, channel.handlers)
    with pytest.raises(MailboxFull):
        site.append(filed, channel.handlers)
