"""Mailboxes that a desk opens through a bundle, and desks that try to open others' with it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dropbox.entered import TooManyNewMailboxes
from dropbox.errors import (
    ForeignBundle,
    ForeignEnvelope,
    ForeignHandler,
    MalformedBundle,
    MalformedEnvelope,
)
from dropbox.protocol import box, withdrawal
from dropbox.protocol.bundle import Frame, FrameType
from dropbox.protocol.new_mailbox import MOST_NEW_MAILBOXES, NewMailbox
from tests.blind_server import (
    Filed,
    Site,
    contents,
    desk_bundle,
    files_of,
    new_report,
    receipt,
    reply,
    rows,
)
from tests.organisation import TODAY, Office, office


def made(filed: Filed, **changes: bytes) -> Frame:
    """Return the frame that opens a mailbox which was not filed yet."""
    new = filed.new
    found = NewMailbox(new.lookup, new.ed_pk, new.x_pk, new.memo, new.envelope)
    return Frame(FrameType.MAILBOX, replace(found, **changes).raw())


def test_desk_opens_a_mailbox(site: Site, channel: Office) -> None:
    """The code works from the delivery on; colleagues collect the report, its maker has it."""
    first, second, *_rest = channel.handlers
    filed = new_report(channel)
    frames = (made(filed), receipt(filed.new.envelope), reply(channel, first, filed))
    result = site.deliver(desk_bundle(channel, first, 1, *frames))
    assert (result.mailboxes, result.replies, result.receipts, result.dropped) == (1, 1, 1, 0)
    page = site.page(filed)
    assert page is not None
    assert (len(page.replies), page.memo) == (1, filed.new.memo)
    assert filed.new.envelope not in contents(site.collect(first), FrameType.ENVELOPE)
    assert filed.new.envelope in contents(site.collect(second), FrameType.ENVELOPE)
    assert filed.new.envelope in contents(site.collect(first, again=True), FrameType.ENVELOPE)


def test_new_mailbox_is_used_as_any(site: Site, channel: Office) -> None:
    """Its holder writes, and withdraws; then nothing of it is left."""
    filed = new_report(channel)
    handler = channel.handlers[0]
    site.deliver(desk_bundle(channel, handler, 1, made(filed)))
    site.append(filed, channel.handlers)
    site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    assert site.page(filed) is None
    assert filed.new.envelope[-100:] not in files_of(site.store)
    again = site.deliver(desk_bundle(channel, handler, 2, made(filed)))
    assert (again.mailboxes, site.page(filed)) == (0, None)


def test_mailbox_that_is_here_stays_as_it_is(site: Site, channel: Office) -> None:
    """The same frame again, or one for a mailbox that a reporter filed, changes no row."""
    filed = site.file()
    site.append(filed, channel.handlers)
    before = everything(site)
    other = new_report(channel)
    for serial, changes in enumerate(
        ({}, {"lookup": bytes(32)}, {"memo": filed.new.memo}, {"lookup": other.new.lookup}), 1
    ):
        frame = made(filed, **changes)
        assert site.deliver(desk_bundle(channel, channel.handlers[0], serial, frame)).mailboxes == 0
    assert everything(site) == before
    assert site.page(filed) is not None


def test_lookup_of_another_mailbox_opens_nothing(site: Site, channel: Office) -> None:
    """Nobody takes over a reporter's code: a token that is known keeps its mailbox."""
    filed, hostile = site.file(), new_report(channel)
    before = everything(site)
    frame = made(hostile, lookup=filed.new.lookup)
    assert site.deliver(desk_bundle(channel, channel.handlers[0], 1, frame)).mailboxes == 0
    assert everything(site) == before


def everything(site: Site) -> list[tuple[object, ...]]:
    """Return the rows that hold mailboxes and what is in them."""
    database = site.store.connection()
    names = ("mailbox", "envelope", "slot", "addressed")
    return [row for name in names for row in database.execute(f"SELECT * FROM {name}")]


def test_another_channels_handler_opens_nothing_here(tmp_path: Path) -> None:
    """Neither under their own bundle nor with their own keys does a mailbox enter a channel."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed = site.file(one)
    before = everything(site)
    stranger = two.handlers[0]
    theirs = new_report(one)
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(two, stranger, 1, made(theirs)))
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(two, stranger, 1, made(filed)))
    with pytest.raises(ForeignHandler):
        site.deliver(desk_bundle(one, stranger, 1, made(theirs)))
    sealed_to_them = new_report(one, [stranger])
    with pytest.raises(ForeignHandler):
        site.deliver(desk_bundle(one, one.handlers[0], 1, made(sealed_to_them)))
    assert everything(site) == before


@pytest.mark.parametrize("field", ["memo", "envelope", "x_pk", "ed_pk"])
def test_parts_of_two_mailboxes_are_no_mailbox(site: Site, channel: Office, field: str) -> None:
    """What does not belong to the keys in the frame refuses the whole bundle."""
    one, other = new_report(channel), new_report(channel)
    frame = made(one, **{field: getattr(other.new, field)})
    good = made(new_report(channel))
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(channel, channel.handlers[0], 1, good, frame))
    assert rows(site.store, "mailbox") == 0


@pytest.mark.parametrize("field", ["memo", "envelope"])
def test_cut_off_parts_are_refused(site: Site, channel: Office, field: str) -> None:
    """An envelope of a wrong length, or swapped for the other, is none."""
    one = new_report(channel)
    frame = made(one, **{field: getattr(one.new, field)[:-1]})
    with pytest.raises(MalformedEnvelope):
        site.deliver(desk_bundle(channel, channel.handlers[0], 1, frame))
    swapped = made(one, memo=one.new.envelope, envelope=one.new.memo)
    with pytest.raises(MalformedBundle):
        site.deliver(desk_bundle(channel, channel.handlers[0], 1, swapped))
    assert rows(site.store, "mailbox") == 0


def test_one_delivery_opens_no_more_than_it_may(site: Site, channel: Office) -> None:
    """A hundred are opened; with one more the whole bundle is refused."""
    handler = channel.handlers[0]
    frames = [made(new_report(channel)) for _each in range(MOST_NEW_MAILBOXES + 1)]
    with pytest.raises(TooManyNewMailboxes):
        site.deliver(desk_bundle(channel, handler, 1, *frames))
    assert rows(site.store, "mailbox") == 0
    result = site.deliver(desk_bundle(channel, handler, 1, *frames[1:]))
    assert result.mailboxes == rows(site.store, "mailbox") == MOST_NEW_MAILBOXES


def test_report_as_a_bare_envelope_is_still_refused(site: Site, channel: Office) -> None:
    """A report enters with its mailbox or not at all, and none travels to a desk."""
    filed = new_report(channel)
    bare = Frame(FrameType.ENVELOPE, filed.new.envelope)
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(channel, channel.handlers[0], 1, bare))


def test_handler_who_left_opens_nothing(site: Site, channel: Office) -> None:
    """Once the card has no such handler, their bundle is refused."""
    gone = channel.handlers.pop()
    site.shelf.add(channel.card_bytes(version=2), TODAY)
    with pytest.raises(ForeignHandler):
        site.deliver(desk_bundle(channel, gone, 1, made(new_report(channel))))


def test_foreign_site_is_refused(site: Site, channel: Office) -> None:
    """A mailbox frame changes nothing about whose bundle it is."""
    data = desk_bundle(
        channel, channel.handlers[0], 1, made(new_report(channel)), site_id=bytes(16)
    )
    with pytest.raises(ForeignBundle):
        site.deliver(data)


def test_key_of_an_earlier_card_is_still_known(site: Site, channel: Office) -> None:
    """A letter that was sealed before the card changed is delivered after it all the same."""
    filed = new_report(channel)
    for handler in channel.handlers:
        handler.secret = box.new_key()
    site.deliver(desk_bundle(channel, channel.handlers[0], 1))
    site.shelf.add(channel.card_bytes(version=2), TODAY)
    data = desk_bundle(channel, channel.handlers[0], 2, made(filed))
    assert site.deliver(data).mailboxes == 1


def test_new_mailbox_goes_when_its_time_is_over(site: Site, channel: Office) -> None:
    """It lives for as many months as any."""
    filed = new_report(channel)
    later = TODAY + timedelta(days=1)
    site.deliver(desk_bundle(channel, channel.handlers[0], 1, made(filed)), later)
    mine = site.store.connection().execute("SELECT purge_month FROM mailbox").fetchall()
    reported = site.file(today=later)
    with site.store.read() as tables:
        theirs = tables.mailboxes.with_id(reported.keys.mailbox_id)
    assert theirs is not None
    assert mine == [(theirs.purge_month,)]
