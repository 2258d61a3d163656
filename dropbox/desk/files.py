"""Files that the desk hands out: whole or not at all, and never over somebody else's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dropbox.desk.errors import NotOurFile
from dropbox.store import draft, put_in_place, sync_folder

_OURS = (b"MKBN", b"MKBK", b"MKCD", b"MKRQ")
"""How bundles, backups, cards and requests begin; a vault begins otherwise."""

_PUBLIC_MODE = 0o644


@contextmanager
def whole_file(path: Path, *, public: bool = False) -> Iterator[tuple[BinaryIO, Path]]:
    """Write a file beside ``path`` and put it in its place when the block ends well.

    Args:
        path: where the file goes; a bundle, backup, card or request there may be replaced.
        public: whether others on this computer may read it.

    Yields:
        The open file, and the place where it is being written.

    Raises:
        NotOurFile: something else stands there.
        OSError: the file cannot be written.
    """
    if path.exists() and not _is_ours(path):
        raise NotOurFile
    with draft(path.parent) as (file, beside):
        yield file, beside
        file.flush()
        os.fsync(file.fileno())
        if public:
            beside.chmod(_PUBLIC_MODE)
        put_in_place(file, beside, path)
    sync_folder(path.parent)


def write_public(path: Path, content: bytes) -> None:
    """Write a card or request; see `whole_file`."""
    with whole_file(path, public=True) as (file, _beside):
        file.write(content)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in _OURS
