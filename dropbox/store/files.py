"""Small files written so that a reader sees all of the old one or all of the new one."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dropbox.errors import StoreFull, StoreReadOnly

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Write one of the server's own files; see `write_parts`.

    Raises:
        StoreFull: the disk is full; the old file is untouched.
        StoreReadOnly: the folder cannot be written; the old file is untouched.
    """
    try:
        write_parts(path, (content,), mode)
    except OSError as error:
        raise (StoreFull if error.errno in _DISK_FULL else StoreReadOnly) from None


def write_parts(path: Path, parts: Iterable[bytes], mode: int) -> None:
    """Write a file beside its place, force it to the disk, and move it into its place.

    Args:
        path: the file to make or to replace; its folder must exist.
        parts: its bytes, taken one part at a time.
        mode: permission bits, such as 0o600.

    Raises:
        OSError: the machine refused; the old file is untouched.
    """
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk, without which a new file can vanish."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
