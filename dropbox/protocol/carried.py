"""What stands in a courier's requests: lists of what a bundle holds, and pieces of bundles.

A courier brings a bundle to a desk item by item and puts it together: an item's id is known
to both ends, so what was brought stays brought when the line breaks or the site's state
changes. A bundle to the site travels as pieces of its file, behind a claim that names it.

Layout, all numbers big-endian::

    list    again 1 · entry, or zeros for the start      → head's length 1 · head · entries
    take    again 1 · entries                            → frames
    close   again 1 · hash 32                            → the bundle's trailer
    offer   size 8 · serial 8 · hash 32                  → how many bytes are there 8
    put     claim 48 · offset 8 · bytes                  → how many bytes are there 8
    apply   claim 48                                     → nothing

Invariants: nothing here opens an envelope; what does not follow the layout is
`MalformedRequest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dropbox.protocol.bundle import FRAME_BYTES, Frame, FrameType
from dropbox.protocol.courier import Cut, MalformedRequest
from dropbox.protocol.envelope import envelope_id
from dropbox.protocol.hashing import digest

PIECE_BYTES = 384 * 1024
"""The most of a bundle that travels at once, and one frame more; fits the site's bodies."""

MAX_ANSWER_BYTES = 2 * PIECE_BYTES
ENTRIES_A_PAGE = 10_000
ENTRIES_WANTED = 1_000
ID_BYTES = 32
ENTRY_BYTES = 1 + ID_BYTES
NO_ENTRY = bytes(ENTRY_BYTES)
"""Stands for "from the start" where a list is asked for."""

SIZE_BYTES = 8
FRAME_HEAD_BYTES = 5


def item_id(frame: Frame) -> bytes:
    """Return the 32 bytes under which both ends know a frame of a bundle to a desk."""
    if frame.type is FrameType.ENVELOPE:
        return envelope_id(frame.content)
    if frame.type is FrameType.WITHDRAWAL:
        return frame.content[:ID_BYTES]
    return digest("carried", frame.content)


def entry(kind: FrameType, id_: bytes) -> bytes:
    """Return the 33 bytes that name an item in a list: its type and its id."""
    return bytes((kind,)) + id_


def entry_of(frame: Frame) -> bytes:
    """Return the entry that names a frame."""
    return entry(frame.type, item_id(frame))


@dataclass(frozen=True)
class Asked:
    """What a courier asks of a handler's bundle: with what was receipted; from where or which."""

    again: bool
    entries: tuple[bytes, ...]

    def raw(self) -> bytes:
        """Return the body of a request to list or to take."""
        return bytes((self.again,)) + b"".join(self.entries)


def read_asked(body: bytes) -> Asked:
    """Read the body of a request to list or to take; raises MalformedRequest."""
    take = Cut(body)
    again = take(1)[0]
    entries = _entries(take.rest())
    if again > 1 or not 1 <= len(entries) <= ENTRIES_WANTED:
        raise MalformedRequest
    return Asked(bool(again), entries)


def _entries(data: bytes) -> tuple[bytes, ...]:
    if len(data) % ENTRY_BYTES:
        raise MalformedRequest
    return tuple(data[at : at + ENTRY_BYTES] for at in range(0, len(data), ENTRY_BYTES))


@dataclass(frozen=True)
class Listing:
    """The head of a handler's bundle, raw, and the entries of some of its items in order."""

    header: bytes
    entries: tuple[bytes, ...]

    def raw(self) -> bytes:
        """Return the content of the answer."""
        return bytes((len(self.header),)) + self.header + b"".join(self.entries)


def read_listing(content: bytes) -> Listing:
    """Read the content of the answer to a request to list; raises MalformedRequest."""
    take = Cut(content)
    header = take(take(1)[0])
    return Listing(header, _entries(take.rest()))


def frame_bytes(frame: Frame) -> bytes:
    """Return a frame as it stands in a bundle."""
    return bytes((frame.type,)) + len(frame.content).to_bytes(4, "big") + frame.content


def frames_of(content: bytes) -> Iterator[Frame]:
    """Yield the frames that follow one another in an answer; raises MalformedRequest."""
    take = Cut(content)
    left = len(content)
    while left:
        kind, size = frame_head(take(FRAME_HEAD_BYTES))
        yield Frame(kind, take(size))
        left -= FRAME_HEAD_BYTES + size


def frame_head(head: bytes) -> tuple[FrameType, int]:
    """Return type and length that a frame's first 5 bytes name; raises MalformedRequest."""
    try:
        kind = FrameType(head[0])
    except (IndexError, ValueError):
        raise MalformedRequest from None
    size = int.from_bytes(head[1:], "big")
    if len(head) != FRAME_HEAD_BYTES or size > FRAME_BYTES[kind]:
        raise MalformedRequest
    return kind, size


def read_close(body: bytes) -> tuple[bool, bytes]:
    """Read the body of a request to close: with what was receipted, and the bundle's hash."""
    take = Cut(body)
    again, hash_ = take(1)[0], take(ID_BYTES)
    take.end()
    if again > 1:
        raise MalformedRequest
    return bool(again), hash_


def close(again: bool, hash_: bytes) -> bytes:
    """Write the body that `read_close` reads."""
    return bytes((again,)) + hash_


@dataclass(frozen=True)
class Claim:
    """Which bundle a courier hands in: its size in bytes, its serial and its 32-byte hash."""

    size: int
    serial: int
    hash: bytes

    def raw(self) -> bytes:
        """Return the 48 bytes that open the body of each request about it."""
        return _number(self.size) + _number(self.serial) + self.hash


CLAIM_BYTES = 2 * SIZE_BYTES + ID_BYTES


def read_claim(body: bytes) -> tuple[Claim, bytes]:
    """Read a claim and what follows it; raises MalformedRequest."""
    take = Cut(body)
    size, serial = (int.from_bytes(take(SIZE_BYTES), "big") for _ in range(2))
    return Claim(size, serial, take(ID_BYTES)), take.rest()


def read_offer(body: bytes) -> Claim:
    """Read the body of a request to offer or to apply; raises MalformedRequest."""
    claim, rest = read_claim(body)
    if rest:
        raise MalformedRequest
    return claim


def put(claim: Claim, offset: int, piece: bytes) -> bytes:
    """Write the body that brings a piece of a bundle, which begins at ``offset``."""
    return claim.raw() + _number(offset) + piece


def read_put(body: bytes) -> tuple[Claim, int, bytes]:
    """Read the body of a request to put; raises MalformedRequest."""
    claim, rest = read_claim(body)
    take = Cut(rest)
    offset, piece = int.from_bytes(take(SIZE_BYTES), "big"), take.rest()
    if not 1 <= len(piece) <= PIECE_BYTES:
        raise MalformedRequest
    return claim, offset, piece


def offset(found: int) -> bytes:
    """Write how many bytes of a bundle the site has."""
    return _number(found)


def read_offset(content: bytes) -> int:
    """Read what `offset` wrote; raises MalformedRequest."""
    if len(content) != SIZE_BYTES:
        raise MalformedRequest
    return int.from_bytes(content, "big")


def _number(value: int) -> bytes:
    return value.to_bytes(SIZE_BYTES, "big")


def joined(frames: Iterable[Frame]) -> bytes:
    """Return frames as they follow one another, until a piece is full."""
    parts = bytearray()
    for frame in frames:
        parts += frame_bytes(frame)
        if len(parts) >= PIECE_BYTES:
            break
    return bytes(parts)
