"""Padding that hides a payload's length in a handful of sizes."""

from __future__ import annotations

import nacl.bindings

from dropbox.errors import FieldTooLong, MalformedPayload

KIB = 1024
LETTER_SIZES = tuple(size * KIB for size in (4, 8, 16, 32, 64))
"""Sizes of a padded report or message, bytes."""

REPLY_SIZES = tuple(size * KIB for size in (4, 8, 16))
"""Sizes of a padded reply, bytes."""

MEMO_SIZES = (512,)
"""Sizes of a padded memo, bytes."""

NOTE_SIZES = REPLY_SIZES
"""Sizes of a padded note between handlers, bytes."""

_MARK = b"\x80"


def _size_for(length: int, sizes: tuple[int, ...]) -> int:
    """Return the one size that content of this length is padded to, or 0 for none."""
    return next((size for size in sizes if length < size), 0)


def pad(content: bytes, sizes: tuple[int, ...]) -> bytes:
    """Pad ``content`` to the smallest of ``sizes`` that is larger than it.

    Raises:
        FieldTooLong: it fits in none of them.

    Source: ISO/IEC 7816-4, as libsodium's sodium_pad.
    """
    size = _size_for(len(content), sizes)
    if not size:
        raise FieldTooLong
    return nacl.bindings.sodium_pad(content, size)


def unpad(padded: bytes, sizes: tuple[int, ...]) -> bytes:
    """Take the padding off.

    One content has one padded form: otherwise a reader, who knows the content key, could
    make a second envelope with another id out of what somebody else signed.

    Raises:
        MalformedPayload: the length is not the one that `pad` gives, or the padding is
            not whole.

    Source: ISO/IEC 7816-4. libsodium's sodium_unpad takes the same time for every length;
    here the padding was authenticated before, and its reader may know the length.
    """
    if len(padded) not in sizes:
        raise MalformedPayload
    content = padded.rstrip(b"\0")
    if not content.endswith(_MARK):
        raise MalformedPayload
    content = content[:-1]
    if _size_for(len(content), sizes) != len(padded):
        raise MalformedPayload
    return content
