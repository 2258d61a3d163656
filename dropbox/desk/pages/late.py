"""What was typed when the desk was locked already: not lost, and not in clear either.

Owns texts that came with a form while the vault was locked. Each is sealed at once to a key
whose secret only the vault can derive again. Invariants: nothing here is readable until the
vault is open; nothing reaches the disk; it ends with the process or when the handler says so.
"""

from __future__ import annotations

from collections import deque

from dropbox.desk.vault import Vault
from dropbox.errors import ProtocolError
from dropbox.protocol import box

MOST_TEXTS = 16
"""The oldest goes when there are more."""

_PURPOSE = b"late posts"


class Late:
    """Sealed texts, and the 32-byte public key that they are sealed to."""

    def __init__(self) -> None:
        self._public: bytes | None = None
        self._sealed: deque[bytes] = deque(maxlen=MOST_TEXTS)

    def learn(self, vault: Vault) -> None:
        """Take the public key of a vault that was just unlocked."""
        self._public = _pair(vault).public

    def keep(self, text: str) -> bool:
        """Seal a text; return False where it is blank or no vault was open in this start yet."""
        if self._public is None or not text.strip():
            return False
        self._sealed.append(box.seal(text.encode("utf-8", "replace"), self._public))
        return True

    def texts(self, vault: Vault) -> list[str]:
        """Return what can be opened, the oldest first; of another vault nothing can."""
        pair = _pair(vault)
        found = []
        for sealed in self._sealed:
            try:
                found.append(box.open_sealed(sealed, pair).decode("utf-8"))
            except ProtocolError:
                continue
        return found

    def forget(self) -> None:
        """Let go of all of them."""
        self._sealed.clear()

    def __len__(self) -> int:
        return len(self._sealed)


def _pair(vault: Vault) -> box.KeyPair:
    return box.KeyPair.of(vault.derive(_PURPOSE))
