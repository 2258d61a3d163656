"""Bundles: whole or refused, one frame at a time."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    BadSignature,
    BundleAltered,
    BundleTruncated,
    ForeignBundle,
    MalformedBundle,
    ProtocolError,
)
from dropbox.protocol import bundle, sign
from dropbox.protocol.bundle import BundleDirection, BundleHeader, BundleReader, Frame, FrameType
from tests import organisation as org

SEED = bytes(range(32))
TO_DESK = BundleHeader(
    BundleDirection.TO_DESK, org.SITE_ID, bytes(32), bytes(8), 4, b"h" * 32, True, org.TODAY
)
TO_SITE = BundleHeader(BundleDirection.TO_SITE, org.SITE_ID, bytes(32), bytes(8), 5)
FRAMES = [
    Frame(FrameType.CARD, b"card"),
    Frame(FrameType.ENVELOPE, b"envelope" * 20),
    Frame(FrameType.RECEIPT, bytes(32)),
]


def whole(header: BundleHeader = TO_SITE) -> bytes:
    """Write a bundle of `FRAMES`."""
    return b"".join(bundle.write(header, FRAMES, SEED))


def read_all(data: bytes) -> BundleReader:
    """Read a bundle to its end."""
    reader = BundleReader(io.BytesIO(data).read)
    reader.expect(reader.header.direction, org.SITE_ID)
    for _frame in reader.frames():
        pass
    return reader


def test_bundle_gives_back_header_and_frames() -> None:
    """Both directions are read as they were written, with their maker's signature."""
    for header in (TO_DESK, TO_SITE):
        reader = BundleReader(io.BytesIO(whole(header)).read)
        assert reader.header == header
        assert list(reader.frames()) == FRAMES
        assert reader.count == 3
        reader.verify(sign.public_key(SEED))
        with pytest.raises(BadSignature):
            reader.verify(sign.public_key(bytes(32)))


def test_same_content_gives_the_same_bytes() -> None:
    """A bundle to the desk has nothing random in it."""
    assert whole(TO_DESK) == whole(TO_DESK)


def test_every_flipped_byte_is_refused() -> None:
    """No byte of a bundle can be changed without a refusal."""
    data = whole()
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ProtocolError):
            read_all(altered).verify(sign.public_key(SEED))


def test_every_truncation_is_refused() -> None:
    """A bundle that ends anywhere before its last byte is refused."""
    data = whole()
    for end in range(len(data)):
        with pytest.raises((BundleTruncated, MalformedBundle)):
            read_all(data[:end])


def test_what_follows_the_trailer_is_refused() -> None:
    """Nothing can be hidden behind a bundle."""
    with pytest.raises(BundleAltered):
        read_all(whole() + b"\0")


def test_dropped_doubled_and_swapped_frames_are_refused() -> None:
    """A courier cannot leave out, repeat or reorder what a bundle holds."""
    head, first, second, third, end = bundle.write(TO_DESK, FRAMES, SEED)
    for parts in ((first, third), (first, second, second, third), (second, first, third)):
        with pytest.raises(BundleAltered):
            read_all(b"".join((head, *parts, end)))


def test_endless_zeros_are_refused_in_flat_memory() -> None:
    """A device that never ends is refused at once."""
    tracemalloc.start()
    with pytest.raises(MalformedBundle):
        BundleReader(bytes)
    reader = BundleReader(_then_zeros(TO_DESK.raw()))
    with pytest.raises(MalformedBundle):
        for _frame in reader.frames():
            pass
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def _then_zeros(start: bytes) -> bundle.Read:
    stream = io.BytesIO(start)
    return lambda size: stream.read(size) or bytes(size)


def test_frame_over_its_cap_is_refused_before_it_is_read() -> None:
    """A length of four gigabytes costs nothing."""
    head = TO_DESK.raw() + bytes((FrameType.ENVELOPE,)) + b"\xff" * 4
    with pytest.raises(MalformedBundle):
        read_all(head + bytes(100))


def test_bundle_of_another_site_or_direction_is_refused() -> None:
    """A desk's bundle is not imported at a desk, nor another site's anywhere."""
    reader = BundleReader(io.BytesIO(whole()).read)
    with pytest.raises(ForeignBundle):
        reader.expect(BundleDirection.TO_DESK, org.SITE_ID)
    with pytest.raises(ForeignBundle):
        reader.expect(BundleDirection.TO_SITE, bytes(16))


def test_hash_is_not_there_before_the_end() -> None:
    """Nobody can take a half-read bundle for a whole one."""
    with pytest.raises(BundleTruncated):
        _ = BundleReader(io.BytesIO(whole()).read).hash


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_clearly(data: bytes) -> None:
    """Whatever is in the file, reading ends in a ProtocolError."""
    for candidate in (data, TO_DESK.raw() + data):
        with pytest.raises(ProtocolError):
            read_all(candidate)


def test_short_reads_are_put_together() -> None:
    """A pipe that gives a byte at a time is a file all the same."""
    stream = io.BytesIO(whole(TO_DESK))
    reader = BundleReader(lambda size: stream.read(min(size, 4)))
    assert list(reader.frames()) == FRAMES


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (date(2200, 12, 31), True),
        (date(2201, 1, 1), False),
        (date(9998, 12, 1), False),
        (date(9999, 12, 31), False),
    ],
)
def test_day_that_nobody_can_count_on_from_is_refused(day: date, fits: bool) -> None:
    """A day at the end of the calendar is refused with the bundle, whoever signed it."""
    data = whole(replace(TO_DESK, day=day))
    if fits:
        assert read_all(data).header.day == day
        return
    with pytest.raises(MalformedBundle):
        read_all(data)


def test_number_that_is_no_day_is_refused() -> None:
    """Four bytes hold more numbers than the calendar has days."""
    for last in (date.max.toordinal() + 1, 2**31, 2**32 - 1):
        with pytest.raises(MalformedBundle):
            read_all(TO_DESK.raw()[:-4] + last.to_bytes(4, "big"))
