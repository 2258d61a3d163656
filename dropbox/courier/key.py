"""The courier's own key: one private file, which can carry and not open.

Invariants: the file is its owner's alone; it is never replaced.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from dropbox.courier.errors import CourierKeyThere, CourierKeyUnsafe, CourierKeyUnusable
from dropbox.protocol import sign

_PRIVATE_FILE = 0o600
_OTHERS = 0o077
_MAX_BYTES = 1024
_LINE = re.compile(rf"meldkluis courier 1 ([0-9a-f]{{{2 * sign.SEED_BYTES}}})\n")


def make(path: Path) -> bytes:
    """Make a key in a new file; return its public half, 32 raw bytes.

    Raises:
        CourierKeyThere: there is something already.
        OSError: the machine refused.
    """
    seed = sign.new_seed()
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE)
    except FileExistsError:
        raise CourierKeyThere(file=str(path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        os.fchmod(file.fileno(), _PRIVATE_FILE)
        file.write(f"meldkluis courier 1 {seed.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return sign.public_key(seed)


def load(path: Path) -> bytes:
    """Return the seed in a courier's key file, 32 raw bytes.

    Raises:
        CourierKeyUnsafe: others may read or change it.
        CourierKeyUnusable: it is no such file.
        OSError: the machine refused.
    """
    # Without waiting: a named pipe has no writer, and is refused below.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise CourierKeyUnusable(file=str(path))
        if found.st_mode & _OTHERS or found.st_uid != os.geteuid():
            raise CourierKeyUnsafe(file=str(path))
        raw = file.read(_MAX_BYTES)
    match = _LINE.fullmatch(raw.decode("ascii", "replace"))
    if match is None:
        raise CourierKeyUnusable(file=str(path))
    return bytes.fromhex(match[1])
