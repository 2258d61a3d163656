"""Padding that hides a payload's length in a handful of sizes."""

from __future__ import annotations

import nacl.bindings
from nacl.exceptions import CryptoError

from dropbox.errors import FieldTooLong, MalformedPayload

KIB = 1024
LETTER_SIZES = tuple(size * KIB for size in (4, 8, 16, 32, 64))
"""Sizes of a padded report or message, bytes."""

REPLY_SIZES = tuple(size * KIB for size in (4, 8, 16))
"""Sizes of a padded reply, bytes."""

MEMO_SIZES = (512,)
"""Sizes of a padded memo, bytes."""


def pad(content: bytes, sizes: tuple[int, ...]) -> bytes:
    """Pad ``content`` to the smallest of ``sizes`` that is larger than it.

    Raises:
        FieldTooLong: it fits in none of them.

    Source: ISO/IEC 7816-4, as libsodium's sodium_pad.
    """
    for size in sizes:
        if len(content) < size:
            return nacl.bindings.sodium_pad(content, size)
    raise FieldTooLong


def unpad(padded: bytes, sizes: tuple[int, ...]) -> bytes:
    """Take the padding off.

    Raises:
        MalformedPayload: the length is none of ``sizes``, or the padding is not whole.
    """
    if len(padded) not in sizes:
        raise MalformedPayload
    try:
        return nacl.bindings.sodium_unpad(padded, len(padded))
    except (CryptoError, ValueError):
        raise MalformedPayload from None
