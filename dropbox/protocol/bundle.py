"""The bundle: the file that a courier carries between the site and one handler's desk.

Layout, all numbers big-endian::

    "MKBN" · version 1 · direction 1 · site_id 16 · channel_pk 32 · handler_id 8
    · serial 8 · accepted 32 · again 1 · day 4
    · frames (type 1 · length 4 · content)
    · trailer (type 255 · length 4 · frame count 4 · hash 32 · signature 64)

The hash covers everything before the trailer and the count in it; the signature covers
the hash: the handler's to the site, the site's own to the desk, so that no courier can
leave anything out. Invariants: a reader holds one frame at a time, each of capped length;
a bundle counts only when `BundleReader.frames` has ended and `verify` found the maker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from dropbox.errors import (
    BundleAltered,
    BundleTruncated,
    ForeignBundle,
    MalformedBundle,
    UnknownVersion,
)
from dropbox.protocol import sign
from dropbox.protocol.document import MAX_DOCUMENT_BYTES
from dropbox.protocol.envelope import MAX_ENVELOPE_BYTES
from dropbox.protocol.hashing import StreamDigest
from dropbox.protocol.new_mailbox import NEW_MAILBOX_BYTES
from dropbox.protocol.withdrawal import WITHDRAWAL_BYTES

MAGIC = b"MKBN"
VERSION = 1
MAX_SERIAL = 2**63 - 1
LAST_YEAR = 2200
"""No bundle is made later: a reader has to be able to count on from its day."""

_HEADER_BYTES = 4 + 2 + 16 + 32 + 8 + 8 + 32 + 1 + 4
_LAST_DAY = date(LAST_YEAR, 12, 31).toordinal()
_FRAME_HEAD_BYTES = 5
_TRAILER = 255
_TRAILER_BYTES = 36
_PURPOSES: dict[int, sign.Purpose] = {
    1: sign.Purpose.BUNDLE_TO_DESK,
    2: sign.Purpose.BUNDLE_TO_SITE,
}

Read = Callable[[int], bytes]
"""Returns at most that many bytes, and none only at the end, as ``file.read``."""


class BundleDirection(IntEnum):
    """Where a bundle travels."""

    TO_DESK = 1
    TO_SITE = 2


class FrameType(IntEnum):
    """What a frame holds."""

    CARD = 1
    ENVELOPE = 2
    WITHDRAWAL = 3
    RECEIPT = 4
    WITHDRAWAL_RECEIPT = 5
    MAILBOX = 6


FRAME_BYTES = {
    FrameType.CARD: MAX_DOCUMENT_BYTES,
    FrameType.ENVELOPE: MAX_ENVELOPE_BYTES,
    FrameType.WITHDRAWAL: WITHDRAWAL_BYTES,
    FrameType.RECEIPT: 32,
    FrameType.WITHDRAWAL_RECEIPT: 32,
    FrameType.MAILBOX: NEW_MAILBOX_BYTES,
}
"""The longest content of each type, bytes."""


_FRAME_TYPES = {int(kind): kind for kind in FrameType}


@dataclass(frozen=True)
class Frame:
    """One item of a bundle."""

    type: FrameType
    content: bytes


@dataclass(frozen=True)
class BundleHeader:
    """What a bundle says at its head.

    To the site, ``serial`` rises with every bundle of the handler, ``accepted`` is 32
    zero bytes and ``again`` is false. To the desk, they are the serial and hash of the
    last bundle that the site accepted from this handler, or 0 and zero bytes; ``again``
    tells that what the handler receipted before is in it, too; ``day`` is the day of
    collection, so that a desk sees how old a bundle is. To the site it is None.
    """

    direction: BundleDirection
    site_id: bytes
    channel_pk: bytes
    handler_id: bytes
    serial: int
    accepted: bytes = bytes(32)
    again: bool = False
    day: date | None = None

    def raw(self) -> bytes:
        """Return the header's bytes."""
        return b"".join(
            (
                MAGIC,
                bytes((VERSION, self.direction)),
                self.site_id,
                self.channel_pk,
                self.handler_id,
                self.serial.to_bytes(8, "big"),
                self.accepted,
                bytes((self.again,)),
                (self.day.toordinal() if self.day else 0).to_bytes(4, "big"),
            )
        )


def write(header: BundleHeader, frames: Iterable[Frame], signing_seed: bytes) -> Iterator[bytes]:
    """Write a bundle part by part.

    Args:
        header: its head.
        frames: taken one at a time.
        signing_seed: of the handler, or of the site for a bundle to the desk; 32 raw bytes.

    Raises:
        MalformedBundle: a frame is too long.
    """
    hasher = StreamDigest("bundle")
    count = 0
    raw = header.raw()
    hasher.update(raw)
    yield raw
    for frame in frames:
        if len(frame.content) > FRAME_BYTES[frame.type]:
            raise MalformedBundle
        part = bytes((frame.type,)) + len(frame.content).to_bytes(4, "big") + frame.content
        hasher.update(part)
        count += 1
        yield part
    hasher.update(count.to_bytes(4, "big"))
    digest = hasher.digest()
    signature = sign.sign(_PURPOSES[header.direction], signing_seed, digest)
    trailer = count.to_bytes(4, "big") + digest + signature
    yield bytes((_TRAILER,)) + len(trailer).to_bytes(4, "big") + trailer


def trailer_hash(part: bytes) -> bytes | None:
    """Return the 32-byte hash that the last part of a bundle from `write` holds; None of others."""
    head = bytes((_TRAILER,)) + (_TRAILER_BYTES + sign.SIGNATURE_BYTES).to_bytes(4, "big")
    count_end = _FRAME_HEAD_BYTES + 4
    return part[count_end : count_end + 32] if part.startswith(head) else None


def _day(ordinal: int) -> date | None:
    """Return the day with this number, 1 being 1 January of the year 1; None for 0."""
    if ordinal > _LAST_DAY:
        raise MalformedBundle
    return date.fromordinal(ordinal) if ordinal else None


class BundleReader:
    """A bundle that is being read. `hash` and `verify` are there after the last frame."""

    def __init__(self, read: Read) -> None:
        """Read the header.

        Raises:
            MalformedBundle, UnknownVersion: this is no bundle of ours.
            BundleTruncated: it ends within the header.
        """
        self._read = read
        self._hasher = StreamDigest("bundle")
        self._signature = b""
        self._hash: bytes | None = None
        self.count = 0
        self.header = self._read_header()

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._read(size)
            if not part:
                raise BundleTruncated
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _read_header(self) -> BundleHeader:
        start = self._read(4)
        if start != MAGIC:
            raise MalformedBundle
        raw = start + self._exactly(_HEADER_BYTES - 4)
        if raw[4] != VERSION:
            raise UnknownVersion
        if raw[5] not in set(BundleDirection) or raw[102] > 1:
            raise MalformedBundle
        self._hasher.update(raw)
        return BundleHeader(
            BundleDirection(raw[5]),
            site_id=raw[6:22],
            channel_pk=raw[22:54],
            handler_id=raw[54:62],
            serial=int.from_bytes(raw[62:70], "big"),
            accepted=raw[70:102],
            again=bool(raw[102]),
            day=_day(int.from_bytes(raw[103:], "big")),
        )

    def expect(self, direction: BundleDirection, site_id: bytes) -> None:
        """Refuse a bundle of another direction or site; raises ForeignBundle."""
        if self.header.direction != direction or self.header.site_id != site_id:
            raise ForeignBundle
        if not 0 <= self.header.serial <= MAX_SERIAL:
            raise MalformedBundle
        from_desk = direction == BundleDirection.TO_SITE
        if from_desk and (any(self.header.accepted) or self.header.again or self.header.day):
            raise MalformedBundle

    def frames(self) -> Iterator[Frame]:
        """Read frame after frame to the end of the bundle.

        Raises:
            BundleTruncated: it ends before its trailer.
            MalformedBundle: a frame has an unknown type or a length over its cap.
            BundleAltered: hash or count are wrong, or something follows the trailer.
        """
        while True:
            head = self._exactly(_FRAME_HEAD_BYTES)
            length = int.from_bytes(head[1:], "big")
            if head[0] == _TRAILER:
                self._read_trailer(length)
                return
            kind = _FRAME_TYPES.get(head[0])
            if kind is None or length > FRAME_BYTES[kind]:
                raise MalformedBundle
            content = self._exactly(length)
            self._hasher.update(head + content)
            self.count += 1
            yield Frame(kind, content)

    def _read_trailer(self, length: int) -> None:
        if length != _TRAILER_BYTES + sign.SIGNATURE_BYTES:
            raise MalformedBundle
        trailer = self._exactly(length)
        self._hasher.update(self.count.to_bytes(4, "big"))
        digest = self._hasher.digest()
        if trailer[:_TRAILER_BYTES] != self.count.to_bytes(4, "big") + digest:
            raise BundleAltered
        if self._read(1):
            raise BundleAltered
        self._hash = digest
        self._signature = trailer[_TRAILER_BYTES:]

    @property
    def hash(self) -> bytes:
        """Return the bundle's 32-byte hash; raises BundleTruncated before the last frame."""
        if self._hash is None:
            raise BundleTruncated
        return self._hash

    def verify(self, ed_pk: bytes) -> None:
        """Check that the holder of ``ed_pk`` made it for this direction; raises BadSignature."""
        sign.verify(_PURPOSES[self.header.direction], ed_pk, self._signature, self.hash)
