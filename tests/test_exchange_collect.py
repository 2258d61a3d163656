"""What a handler collects: all that is theirs, and no trace of anything else."""

import io
import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest

from dropbox import exchange
from dropbox.errors import (
    NoSuchHandler,
)
from dropbox.protocol import bundle, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, BundleReader, Frame, FrameType
from dropbox.protocol.envelope import Direction, envelope_id
from dropbox.store import StoredEnvelope
from tests.blind_server import SIGNER, Site, contents, desk_bundle, files_of, frames, receipt, reply
from tests.organisation import SITE_ID, TODAY, Handler, Office, office


@pytest.fixture
def channel() -> Office:
    """Return a channel with three handlers."""
    return office("adviseur", "coordinator", "jurist")


def test_bundle_holds_the_card_and_what_is_addressed(site: Site, channel: Office) -> None:
    """A handler collects the channel's card and every envelope with a slot for them, once."""
    filed = [site.file() for _ in range(5)]
    found = frames(site.collect(channel.handlers[0]))
    assert found[0] == Frame(FrameType.CARD, channel_card_on(site))
    bodies = [frame.content for frame in found[1:]]
    assert bodies == sorted((one.new.envelope for one in filed), key=envelope_id)


def channel_card_on(site: Site) -> bytes:
    """Return the bytes of the first card on the shelf."""
    return site.shelf.cards(TODAY)[0].card.raw


def test_collecting_twice_gives_the_same_bytes(site: Site, channel: Office) -> None:
    """A bundle that was lost on the way can be made again."""
    site.file()
    assert site.collect(channel.handlers[0]) == site.collect(channel.handlers[0])


def test_excluded_handlers_bundle_is_byte_identical_with_and_without_case(
    site: Site, channel: Office
) -> None:
    """Filing, writing, answering and withdrawing leave no trace for who was excluded."""
    *readers, excluded = channel.handlers
    site.file(readers=[excluded])
    before = site.collect(excluded)
    everything = site.collect(excluded, again=True)
    filed = site.file(readers=readers)
    assert site.collect(excluded) == before
    site.append(filed, readers)
    office_of_readers = replace(channel, handlers=readers)
    answer = reply(office_of_readers, readers[0], filed)
    site.deliver(desk_bundle(channel, readers[0], 1, answer, receipt(filed.new.envelope)))
    assert site.collect(excluded) == before
    assert contents(site.collect(readers[1]), FrameType.ENVELOPE) != []
    site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    assert site.collect(excluded) == before
    assert site.collect(excluded, again=True) == everything


def test_receipted_envelope_comes_again_only_on_request(site: Site, channel: Office) -> None:
    """A desk that was restored asks for what it had receipted before."""
    handler = channel.handlers[0]
    filed = site.file()
    site.deliver(desk_bundle(channel, handler, 1, receipt(filed.new.envelope)))
    assert contents(site.collect(handler), FrameType.ENVELOPE) == []
    again = site.collect(handler, again=True)
    assert contents(again, FrameType.ENVELOPE) == [filed.new.envelope]


def test_bundle_names_the_last_accepted_serial(site: Site, channel: Office) -> None:
    """The desk sees which of its own bundles arrived."""
    handler = channel.handlers[0]
    header = BundleReader(io.BytesIO(site.collect(handler)).read).header
    assert (header.serial, header.accepted) == (0, bytes(32))
    data = desk_bundle(channel, handler, 7)
    site.deliver(data)
    reader = BundleReader(io.BytesIO(data).read)
    assert list(reader.frames()) == []
    header = BundleReader(io.BytesIO(site.collect(handler)).read).header
    assert (header.serial, header.accepted) == (7, reader.hash)


def test_unknown_handler_is_refused_before_anything_is_written(site: Site) -> None:
    """The call itself refuses, so that no empty file is made."""
    with pytest.raises(NoSuchHandler):
        exchange.collect(SIGNER, site.store, site.shelf, bytes(8), TODAY)


def test_handler_who_left_the_card_collects_withdrawals_alone(site: Site, channel: Office) -> None:
    """Who is no longer on the card reads nothing more, and still learns what to erase."""
    site.file()
    gone = site.file()
    command = withdrawal.make(gone.keys)
    site.mailboxes.withdraw(command, TODAY)
    left = channel.handlers.pop()
    site.shelf.add(channel.card_bytes(version=2), TODAY)
    bundle_ = site.collect(left)
    assert contents(bundle_, FrameType.ENVELOPE) == []
    assert contents(bundle_, FrameType.WITHDRAWAL) == [command]


def test_expired_card_does_not_lock_reports_in(site: Site, channel: Office) -> None:
    """When the owner is late with a new card, what was filed is still collected."""
    filed = site.file()
    bundle_ = site.collect(channel.handlers[0], today=TODAY + timedelta(days=91))
    assert contents(bundle_, FrameType.ENVELOPE) == [filed.new.envelope]


def test_collection_keeps_its_day(site: Site, channel: Office) -> None:
    """The operator's own act is kept, for the warning about overdue collections."""
    handler = channel.handlers[0]
    site.deliver(desk_bundle(channel, handler, 3))
    site.collect(handler)
    with site.store.read() as tables:
        courier = tables.couriers.get(handler.handler_id)
    assert (courier.serial, courier.collected_day) == (3, TODAY.toordinal())


def test_broken_off_collection_counts_as_none(site: Site, channel: Office) -> None:
    """A file that was not finished is no collection."""
    site.file()
    parts = exchange.collect(SIGNER, site.store, site.shelf, channel.handlers[0].handler_id, TODAY)
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    with site.store.read() as tables:
        assert tables.couriers.get(channel.handlers[0].handler_id).collected_day == 0


def test_slow_courier_stops_nobody(site: Site, channel: Office) -> None:
    """While a bundle is being written, reports are filed and withdrawn, traces included."""
    filed = site.file()
    parts = exchange.collect(SIGNER, site.store, site.shelf, channel.handlers[0].handler_id, TODAY)
    first = [next(parts), next(parts)]
    site.mailboxes.withdraw(withdrawal.make(filed.keys), TODAY)
    assert filed.new.envelope[200:300] not in files_of(site.store)
    site.file()
    frames(b"".join(chain(first, parts)))


def _peak(act: Callable[[], object]) -> int:
    """Return the most memory, in bytes, that ``act`` held at a time."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_a_bundle(site: Site, channel: Office, tmp_path: Path) -> None:
    """Eight times as many envelopes are collected and delivered in the same memory."""
    handler = channel.handlers[0]
    filed = site.file()
    peaks = []
    for serial, count in ((1, 20), (2, 160)):
        _fill(site, channel, filed.keys.mailbox_id, count)
        path = tmp_path / "bundle"
        replies = (reply(channel, handler, filed) for _ in range(count))
        header = BundleHeader(
            BundleDirection.TO_SITE, SITE_ID, channel.channel_pk, handler.handler_id, serial
        )
        with path.open("wb") as file:
            file.writelines(bundle.write(header, replies, handler.seed))
        collecting = _peak(lambda: _drain(site, handler))
        delivering = _peak(lambda: _deliver_file(site, path))  # noqa: B023
        peaks.append((collecting, delivering))
    (small_out, small_in), (large_out, large_in) = peaks
    assert large_out < small_out + 300_000
    assert large_in < small_in + 300_000


def _fill(site: Site, channel: Office, mailbox_id: bytes, count: int) -> None:
    own = list(channel.handlers[0].box_keys)
    with site.store.write() as tables:
        for _ in range(count):
            body = os.urandom(20_000)
            row = StoredEnvelope(os.urandom(32), mailbox_id, Direction.TO_HANDLERS, body, 99_999)
            tables.envelopes.add(row, own, reply=False)


def _drain(site: Site, handler: Handler) -> None:
    for _part in exchange.collect(SIGNER, site.store, site.shelf, handler.handler_id, TODAY):
        pass


def _deliver_file(site: Site, path: Path) -> None:
    with path.open("rb") as one, path.open("rb") as two:
        readers = iter((one.read, two.read))
        exchange.deliver(SITE_ID, site.store, site.shelf, lambda: next(readers), TODAY)
