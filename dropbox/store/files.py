"""The server's files: written wholly or not at all, and without the hour of their last use."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dropbox.errors import StoreFull, StoreReadOnly

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DAY_SECONDS = 24 * 60 * 60


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into our own errors; ``folder`` is named in them.

    Raises:
        StoreFull: the disk is full.
        StoreReadOnly: anything else, above all a folder of another user.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise StoreFull from None
        raise StoreReadOnly(folder=str(folder)) from None


def hide_times(*paths: Path | int) -> None:
    """Set the times of files or folders, or of an open file, to the start of today, in UTC.

    So the time of the last change and of the last reading no longer say when somebody
    reported or opened a mailbox. What remains is the moment at which the file system
    itself last wrote the file's entry (ctime), which no program can set: it is the moment
    of this very call. Called every minute as well, whether or not anybody comes, it says
    nothing that is older than a minute. The clock is read here because the day is
    no part of any use case.
    """
    midnight = time.time() // _DAY_SECONDS * _DAY_SECONDS
    for path in paths:
        # The log and its index come and go; another user's file keeps its times.
        with suppress(OSError):
            os.utime(path, (midnight, midnight))


def write_durably(path: Path, content: bytes, mode: int) -> None:
    """Write one of the server's own files; see `write_parts`.

    Raises:
        StoreFull: the disk is full; the old file is untouched.
        StoreReadOnly: the folder cannot be written; the old file is untouched.
    """
    with disk_errors(path.parent):
        write_parts(path, (content,), mode)


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
