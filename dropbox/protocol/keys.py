"""What is derived from a reply code, and how keys and channels are named.

Invariants: the token only finds a mailbox; the mailbox's own keys depend on the
site and the channel too, so another channel's reply cannot open; a mailbox's id
binds its keys, so whoever holds the keys can check the id without believing a row.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from dropbox.protocol import box, sign
from dropbox.protocol.hashing import digest

SITE_ID_BYTES = 16
TOKEN_BYTES = 32
HANDLER_ID_BYTES = 8
MAILBOX_ID_BYTES = 32
_FINGERPRINT_CHARACTERS = 25
_FINGERPRINT_GROUP = 5
_SQUARE_PREFIX = "MELDKLUIS:"


@dataclass(frozen=True)
class ReporterKeys:
    """The keys of one mailbox, as the holder of its reply code derives them.

    All fields are raw bytes: ``site_id`` 16, the others 32.
    """

    site_id: bytes
    channel_pk: bytes
    mailbox_id: bytes
    ed_seed: bytes
    ed_pk: bytes
    x_sk: bytes
    x_pk: bytes

    def __repr__(self) -> str:
        """Show nothing: a traceback must not print a key."""
        return "ReporterKeys(…)"


def token(site_id: bytes, key: bytes) -> bytes:
    """Return the 32-byte token that reads the mailbox of a reply code's 16-byte key."""
    return digest("token", site_id, key)


def lookup(mailbox_token: bytes) -> bytes:
    """Return the 32 bytes that the server stores for a token."""
    return digest("lookup", mailbox_token)


def mailbox_id(site_id: bytes, channel_pk: bytes, ed_pk: bytes, x_pk: bytes) -> bytes:
    """Return the 32-byte id that binds a mailbox to its site, channel and keys."""
    return digest("mailbox", site_id, channel_pk, ed_pk, x_pk)


def reporter_keys(site_id: bytes, channel_pk: bytes, key: bytes) -> ReporterKeys:
    """Derive a mailbox's keys from a reply code's 16-byte key."""
    x_sk = digest("reply key", site_id, channel_pk, key)
    ed_seed = digest("signing key", site_id, channel_pk, key)
    ed_pk = sign.public_key(ed_seed)
    x_pk = box.public_key(x_sk)
    own_id = mailbox_id(site_id, channel_pk, ed_pk, x_pk)
    return ReporterKeys(site_id, channel_pk, own_id, ed_seed, ed_pk, x_sk, x_pk)


def handler_id(ed_pk: bytes) -> bytes:
    """Return the 8 bytes by which a handler's signing key is named."""
    return digest("handler", ed_pk)[:HANDLER_ID_BYTES]


def fingerprint(site_id: bytes, channel_pk: bytes) -> str:
    """Return a channel's fingerprint: 25 base32 characters (125 bits) in groups of five."""
    name = base64.b32encode(digest("fingerprint", site_id, channel_pk)).decode("ascii")
    parts = range(0, _FINGERPRINT_CHARACTERS, _FINGERPRINT_GROUP)
    return " ".join(name[at : at + _FINGERPRINT_GROUP] for at in parts)


def in_square(channel_pk: bytes) -> str:
    """Return what the square with a channel's whole key says; ``channel_pk`` has 32 raw bytes.

    Site and poster draw it, so that an app can compare them. Capitals, digits and a colon alone
    make the smallest code. Source: ISO/IEC 18004, alphanumeric mode.
    """
    return _SQUARE_PREFIX + channel_pk.hex().upper()
