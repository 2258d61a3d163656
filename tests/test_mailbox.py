"""The blind server's use cases for reporters: file, read, append, withdraw."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropbox import mailbox
from dropbox.errors import (
    AlreadyReceived,
    CardExpired,
    ForeignEnvelope,
    ForeignHandler,
    MalformedEnvelope,
    ProtocolError,
    StoreBusy,
    UnknownChannel,
)
from dropbox.mailbox import Mailboxes
from dropbox.protocol import days, reporter, withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.mailbox_page import PAGE_BYTES, unpack
from dropbox.store import Store, connection
from tests.blind_server import (
    Site,
    contents,
    desk_bundle,
    new_report,
    nonce,
    reply,
    rows,
)
from tests.organisation import SITE_ID, TODAY, Office, office


def statements(store: Store, act: Callable[[], object]) -> list[str]:
    """Return every SQL statement that ``act`` runs, values left out, as SQLite itself saw it."""
    seen: list[str] = []
    raw: sqlite3.Connection = store.connection().conn
    raw.set_trace_callback(seen.append)
    try:
        act()
    finally:
        raw.set_trace_callback(None)
    return [re.sub(r"x?'[^']*'|\b\d+\b", "?", statement) for statement in seen]


# Channels


def test_channels_come_internal_first_and_only_while_valid(site: Site, channel: Office) -> None:
    """A reporter chooses among channels whose card is in force."""
    assert [card.slug for card in site.mailboxes.channels(TODAY)] == ["meldpunt"]
    assert site.mailboxes.channel("meldpunt", TODAY).channel_pk == channel.channel_pk
    assert site.mailboxes.channel(channel.channel_pk, TODAY).slug == "meldpunt"
    later = TODAY + timedelta(days=91)
    assert site.mailboxes.channels(later) == []
    with pytest.raises(CardExpired):
        site.mailboxes.channel("meldpunt", later)
    with pytest.raises(UnknownChannel):
        site.mailboxes.channel("elders", TODAY)


def test_mailboxes_open_from_places_alone(site: Site, tmp_path: Path) -> None:
    """The site needs to know two paths and nothing of the store."""
    found = Mailboxes.at(SITE_ID, tmp_path, tmp_path / "cards")
    found.check()
    filed = site.file()
    page = unpack(found.page(filed.token, 0))
    assert page is not None
    assert page.mailbox_id == filed.keys.mailbox_id


# Filing


def test_filed_report_is_there_for_each_recipient(site: Site, channel: Office) -> None:
    """Both handlers collect the very bytes that the reporter sealed."""
    filed = site.file()
    for handler in channel.handlers:
        assert contents(site.collect(handler), FrameType.ENVELOPE) == [filed.new.envelope]


def test_filed_report_is_on_disk_when_the_call_returns(site: Site) -> None:
    """A reply code is shown only for a report that another process can read."""
    filed = site.file()
    with Store(site.store.path).read() as tables:
        assert tables.mailboxes.with_id(filed.keys.mailbox_id) is not None


def test_form_sent_twice_is_stored_once(site: Site) -> None:
    """The same form again is told apart, and the second report is not kept."""
    filed = site.file()
    second = new_report(site.offices[0]).new
    with pytest.raises(AlreadyReceived):
        site.mailboxes.file_report(second, TODAY, filed.nonce)
    with pytest.raises(AlreadyReceived):
        site.mailboxes.file_report(filed.new, TODAY, nonce())
    assert rows(site.store, "mailbox") == rows(site.store, "envelope") == 1


def test_old_form_nonces_go_with_the_first_report_of_a_day(site: Site) -> None:
    """Those of yesterday count still, older ones are forgotten, and once a day is enough."""
    for later in (0, 1, 1, 2):
        filed = new_report(site.offices[0])
        site.mailboxes.file_report(filed.new, TODAY + timedelta(days=later), filed.nonce)
    assert rows(site.store, "form_nonce") == 3
    whole = "DELETE FROM form_nonce WHERE generation NOT IN"
    again, next_day = (
        statements(site.store, partial(site.mailboxes.file_report, filed.new, day, filed.nonce))
        for filed, day in (
            (new_report(site.offices[0]), TODAY + timedelta(days=2)),
            (new_report(site.offices[0]), TODAY + timedelta(days=3)),
        )
    )
    assert [any(one.startswith(whole) for one in each) for each in (again, next_day)] == [
        False,
        True,
    ]


def test_failed_filing_leaves_the_form_usable(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the machine refuses, nothing is stored, not even the nonce, so sending again works."""
    filed = new_report(site.offices[0])
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_SECONDS", 0.05)
    second = Mailboxes.at(SITE_ID, site.store.path.parent, site.shelf.folder)
    with site.store.write(), pytest.raises(StoreBusy):
        second.file_report(filed.new, TODAY, filed.nonce)
    second.file_report(filed.new, TODAY, filed.nonce)


@pytest.mark.parametrize(
    ("field", "taken", "error"),
    [
        ("envelope", "other envelope", ForeignEnvelope),
        ("memo", "other memo", ForeignEnvelope),
        ("envelope", "own memo", ForeignEnvelope),
        ("memo", "own envelope", ForeignEnvelope),
        ("x_pk", "other x_pk", ForeignEnvelope),
        ("ed_pk", "other ed_pk", ForeignEnvelope),
        ("envelope", "own x_pk", MalformedEnvelope),
        ("memo", "own x_pk", MalformedEnvelope),
    ],
)
def test_report_that_does_not_fit_together_is_refused(
    site: Site, field: str, taken: str, error: type[Exception]
) -> None:
    """Envelope, memo, keys and mailbox must belong to each other, or nothing is stored."""
    new = {"own": new_report(site.offices[0]).new, "other": new_report(site.offices[0]).new}
    whose, what = taken.split()
    mixed = replace(new["own"], **{field: getattr(new[whose], what)})
    with pytest.raises(error):
        site.mailboxes.file_report(mixed, TODAY)
    assert rows(site.store, "mailbox") == rows(site.store, "form_nonce") == 0


def test_report_of_another_channel_is_refused(tmp_path: Path) -> None:
    """What was sealed for a channel that has no card here cannot be filed."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one)
    with pytest.raises(UnknownChannel):
        site.mailboxes.file_report(new_report(two).new, TODAY)


def test_report_sealed_to_a_stranger_is_refused(site: Site, channel: Office) -> None:
    """A key that is not on the card gets no copy of a report."""
    stranger = office("vreemde").handlers[0]
    filed = new_report(channel, [channel.handlers[0], stranger])
    with pytest.raises(ForeignHandler):
        site.mailboxes.file_report(filed.new, TODAY)


def test_expired_card_takes_no_report(site: Site) -> None:
    """Nobody files to keys whose time is over."""
    with pytest.raises(CardExpired):
        site.file(today=TODAY + timedelta(days=91))


# Reading


def test_page_shows_replies_newest_first(site: Site, channel: Office) -> None:
    """The newest reply opens the mailbox; the reporter's own envelopes are named beside it."""
    filed = site.file()
    first, second = channel.handlers
    replies = [reply(channel, first, filed, "Een."), reply(channel, second, filed, "Twee.")]
    site.deliver(desk_bundle(channel, first, 1, replies[0]))
    site.deliver(desk_bundle(channel, second, 1, replies[1]))
    page = site.page(filed)
    assert page is not None
    assert page.replies == (replies[1].content, replies[0].content)
    assert page.sent == (envelope_id(filed.new.envelope),)
    assert page.memo == filed.new.memo
    assert not page.more
    readers = {handler.handler_id for handler in channel.handlers}
    read = [reporter.open_reply(filed.keys, data, readers).reply.text for data in page.replies]
    assert read == ["Twee.", "Een."]


def test_older_replies_come_on_further_pages(site: Site, channel: Office) -> None:
    """However many replies there are, each is on exactly one page, newest first."""
    filed = site.file()
    sent = [reply(channel, channel.handlers[0], filed, f"{n} " + "x" * 4500) for n in range(8)]
    site.deliver(desk_bundle(channel, channel.handlers[0], 1, *sent))
    found: list[bytes] = []
    number, more = 0, True
    while more:
        page = site.page(filed, number)
        assert page is not None
        found.extend(page.replies)
        number, more = number + 1, page.more
    assert number > 1
    assert found == [frame.content for frame in reversed(sent)]
    beyond = site.page(filed, number)
    assert beyond is not None
    assert (beyond.replies, beyond.more) == ((), False)


def test_unknown_empty_full_mailbox_same_bytes_queries_and_path(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing at the server tells an unknown code from a mailbox with or without replies."""
    empty, full, gone = site.file(), site.file(), site.file()
    frames = [reply(channel, channel.handlers[0], full, "x" * 4500) for _ in range(6)]
    site.deliver(desk_bundle(channel, channel.handlers[0], 1, *frames))
    site.mailboxes.withdraw(withdrawal.make(gone.keys), TODAY)
    calls: list[str] = []
    pack = mailbox.mailbox_page.pack
    monkeypatch.setattr(
        mailbox.mailbox_page, "pack", lambda page: calls.append("pack") or pack(page)
    )
    tokens = (bytes(32), empty.token, full.token, gone.token)
    seen = [
        statements(site.store, partial(site.mailboxes.page, token, number))
        for token in tokens
        for number in (0, 1, 99)
    ]
    assert all(one == seen[0] for one in seen)
    assert len(seen[0]) == 6
    assert len(calls) == len(seen)
    sizes = {len(site.mailboxes.page(token, number)) for token in tokens for number in (0, 7)}
    assert sizes == {PAGE_BYTES}


def test_unknown_mailbox_reads_as_no_mailbox(site: Site) -> None:
    """Only the holder of the code can tell that there was nothing."""
    assert unpack(site.mailboxes.page(bytes(32), 0)) is None


def test_page_fill_is_never_the_same(site: Site) -> None:
    """What is not used is random, so two answers cannot be compared."""
    assert site.mailboxes.page(bytes(32), 0) != site.mailboxes.page(bytes(32), 0)


@given(token=st.binary(max_size=64), number=st.integers(-(2**70), 2**70))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_token_and_page_number_gives_a_page(site: Site, token: bytes, number: int) -> None:
    """No input to the mailbox page fails or gives another size."""
    assert len(site.mailboxes.page(token, number)) == PAGE_BYTES


def test_each_message_keeps_the_mailbox_longer(site: Site, channel: Office) -> None:
    """A mailbox stays thirteen whole months after its last envelope."""
    filed = site.file()
    later = days.add_months(TODAY, 2)
    site.append(filed, channel.handlers, today=later)
    with site.store.read() as tables:
        row = tables.mailboxes.with_id(filed.keys.mailbox_id)
    assert row is not None
    assert row.purge_month == days.month_number(later) + 13


@given(data=st.binary(max_size=2000) | st.binary(max_size=300).map(b"MKEN\x01\x01".__add__))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_no_envelope(site: Site, data: bytes) -> None:
    """Bytes that are no envelope are stored nowhere."""
    new = new_report(site.offices[0]).new
    with pytest.raises(ProtocolError):
        site.mailboxes.file_report(replace(new, envelope=data), TODAY)
    with pytest.raises(ProtocolError):
        site.mailboxes.file_report(replace(new, memo=data), TODAY)
    assert rows(site.store, "mailbox") == 0


def test_every_flipped_header_byte_of_a_report_is_refused_or_signed_away(site: Site) -> None:
    """A flip in what the server can check never enters; the sealed rest is the desk's to check."""
    filed = new_report(site.offices[0])
    for at in range(86):
        flipped = bytearray(filed.new.envelope)
        flipped[at] ^= 1
        with pytest.raises((ProtocolError, UnknownChannel)):
            site.mailboxes.file_report(replace(filed.new, envelope=bytes(flipped)), TODAY)


def test_database_holds_no_moment_of_a_report(tmp_path: Path) -> None:
    """The same acts on another day of the month leave the same numbers in every table.

    A form's nonce aside, which is kept for two days.
    """
    found = []
    for name, today in (("one", TODAY), ("two", TODAY + timedelta(days=7))):
        channel = office()
        (tmp_path / name).mkdir()
        site = Site(tmp_path / name, channel)
        site.append(site.file(today=today), channel.handlers, today=today)
        site.mailboxes.withdraw(withdrawal.make(site.file(today=today).keys), today)
        found.append(_numbers(site.store))
    assert found[0] == found[1]


def _numbers(store: Store) -> list[tuple[str, str, int]]:
    return sorted(
        (table, column, value)
        for table in store.connection().table_names()
        if table != "form_nonce"
        for row in store.connection().table(table).rows
        for column, value in row.items()
        if isinstance(value, int)
    )
