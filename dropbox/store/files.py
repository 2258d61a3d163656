"""The server's files: written wholly or not at all, and without the hour of their last use."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dropbox import locks
from dropbox.errors import StoreFull, StoreReadOnly

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DAY_SECONDS = 24 * 60 * 60

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
PUBLIC_FILE = 0o644

_DRAFT = ".meldkluis-draft-"
_SIDE = "-journal"

# Not every system has each of them.
_READ_LEFT = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_READ_FOLDER = getattr(os, "O_DIRECTORY", None)


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


def hide_times(*paths: Path | str | int) -> None:
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
    with draft(path.parent) as (file, beside):
        file.writelines(parts)
        file.flush()
        os.fchmod(file.fileno(), mode)
        _give_away(file.fileno(), path.parent)
        os.fsync(file.fileno())
        put_in_place(file, beside, path)
    sync_folder(path.parent)


@contextmanager
def draft(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Make a private file that is gone at the end of the block, unless it was moved away.

    First goes what a program left that was killed in such a block: half a bundle, or a
    whole vault with the keys of cases that are erased since.

    Yields:
        The open file, of mode 0600, and where it lies.

    Raises:
        OSError: the machine refused.
    """
    _sweep(folder)
    handle, name = _locked_file(folder)
    with os.fdopen(handle, "wb") as file:
        try:
            yield file, Path(name)
        finally:
            if locks.OPEN_FILES_STAY:
                file.close()
            _remove(Path(name))


def put_in_place(file: BinaryIO, beside: Path, path: Path) -> None:
    """Move a draft to where it belongs, perhaps in another file's place."""
    if locks.OPEN_FILES_STAY:
        file.close()
    beside.replace(path)


def _locked_file(folder: Path) -> tuple[int, str]:
    while True:
        handle, name = tempfile.mkstemp(prefix=_DRAFT, dir=folder)
        # held until this program ends, however it ends: so nobody sweeps a draft in use
        locks.take(handle, wait=True)
        if os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)  # another program swept it before it was locked


def _sweep(folder: Path) -> None:
    for path in folder.glob(f"{_DRAFT}*"):
        if path.name.endswith(_SIDE):
            continue  # goes with its own draft
        with suppress(OSError):
            handle = os.open(path, _READ_LEFT)
            with os.fdopen(handle, "rb") as left:
                locks.take(left, wait=False)
                _remove(path)


def _remove(path: Path) -> None:
    """Remove a draft, and before it the journal that SQLite may have made beside it."""
    path.with_name(path.name + _SIDE).unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _give_away(handle: int, folder: Path) -> None:
    """Let a file that root writes belong to the folder's user, who has to use it later."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Force a folder's list of names to the disk, without which a new file can vanish."""
    if _READ_FOLDER is None:
        return  # a system where folders are no files
    handle = os.open(folder, os.O_RDONLY | _READ_FOLDER)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
