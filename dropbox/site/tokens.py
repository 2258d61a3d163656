"""Form tokens: what tells one opened form from another, without a cookie.

A token is a random nonce, signed with a key of this server and good for a day. The
server keeps only the nonces of forms that were sent, so that a form that is sent
twice is stored once. A token proves nothing about who holds it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner

from dropbox.errors import FormExpired, FormUnknown

NONCE_BYTES = 16
KEY_BYTES = 32
LIFE_SECONDS = 24 * 60 * 60
KEY_NAME = "form.key"
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700


class FormTokens:
    """Gives out tokens and takes them back."""

    def __init__(self, key: bytes) -> None:
        """Take the server's key, 32 raw bytes."""
        self._signer = TimestampSigner(key, salt=b"form token", digest_method=hashlib.sha256)

    def issue(self) -> str:
        """Return a fresh token, printable ASCII."""
        nonce = urlsafe_b64encode(secrets.token_bytes(NONCE_BYTES))
        return self._signer.sign(nonce).decode("ascii")

    def nonce(self, token: str) -> bytes:
        """Return the 16 bytes inside a token.

        Raises:
            FormExpired: it is older than a day.
            FormUnknown: this server did not sign it.
        """
        try:
            return urlsafe_b64decode(self._signer.unsign(token, max_age=LIFE_SECONDS))
        except SignatureExpired:
            raise FormExpired from None
        except BadSignature:
            raise FormUnknown from None


def load_key(folder: Path) -> bytes:
    """Return the key in ``folder``, 32 raw bytes; make it if it is not there.

    Several workers may start at once: all of them end with the same key.
    """
    path = folder / KEY_NAME
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    if not path.exists():
        draft = folder / f".{KEY_NAME}.{secrets.token_hex(8)}"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            # Another worker was first; its key is the one.
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
