"""Bundles that a courier hands in over the network, piece by piece, until they are whole.

One private file for each courier and handler: the claim in front, then the bundle's bytes
as far as they came. They are sealed and signed, and are used only by `exchange.deliver`.
Invariants: only the holder of a courier's key adds to its files; all of a courier's claims
together stay under `MAX_CLAIMED_BYTES`, and the disk keeps its reserve; a file that is not
in use is empty, not gone, so that no file's birth tells when a courier came; its times are
those of the start of a day; what nobody went on with since yesterday goes at night.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dropbox import locks
from dropbox.errors import BundleTruncated, StoreBusy
from dropbox.protocol.bundle import Read
from dropbox.protocol.carried import CLAIM_BYTES, Claim, read_claim
from dropbox.protocol.courier import MalformedRequest, TooMuchCarried
from dropbox.protocol.hashing import digest
from dropbox.store.files import PRIVATE_FILE, PRIVATE_FOLDER, disk_errors, hide_times

FOLDER = "incoming"
MAX_CLAIMED_BYTES = 256 * 1024 * 1024
"""What the unfinished bundles of one courier may take at most."""

_NAME_BYTES = 16


class Incoming:
    """The folder with one site's unfinished bundles."""

    def __init__(self, site_dir: Path, reserve_bytes: int) -> None:
        """Name the folder with the server's data, and what must stay free on its disk."""
        self.folder = site_dir / FOLDER
        self._reserve_bytes = reserve_bytes

    def prepare(self, holders: list[tuple[bytes, bytes]]) -> None:
        """Make the empty files of these couriers and handlers, as far as the machine lets us."""
        with suppress(OSError):
            self.folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            for holder in holders:
                os.close(self._open(self._path(*holder)))
            self._hide()

    def held(self, courier_pk: bytes, handler_id: bytes, claim: Claim) -> int:
        """Return how many bytes of a bundle are here; those of another one do not count.

        Raises:
            StoreBusy: another request is at work on it.
            StoreFull, StoreReadOnly: the machine refused.
        """
        with self._file(courier_pk, handler_id) as file:
            return _held(file, claim)

    def put(
        self, holder: tuple[bytes, bytes], others: list[bytes], claim: Claim, at: int, piece: bytes
    ) -> int:
        """Add a piece of a bundle where it fits on; return how many bytes are here after that.

        Args:
            holder: the courier's 32-byte key and the handler's 8-byte id.
            others: ids of all handlers that this courier carries for.
            claim: which bundle it is; one of another bundle gives way.
            at: where the piece begins; anywhere but at the end changes nothing.
            piece: its bytes.

        Raises:
            MalformedRequest: the piece reaches beyond the bundle's end.
            TooMuchCarried: this courier's bundles, or the disk, leave no room for it.
            StoreBusy, StoreFull, StoreReadOnly: as for `held`.
        """
        if at + len(piece) > claim.size:
            raise MalformedRequest
        with self._file(*holder) as file:
            held = _held(file, claim)
            if at != held:
                return held
            if at == 0:
                self._begin(file, holder, others, claim)
            elif len(piece) > self._room():
                raise TooMuchCarried
            file.seek(CLAIM_BYTES + at)
            file.write(piece)
            return at + len(piece)

    def _begin(
        self, file: BinaryIO, holder: tuple[bytes, bytes], others: list[bytes], claim: Claim
    ) -> None:
        """Write a claim in front of a file, in the place of what is there."""
        file.truncate(0)
        with self._alone():
            room = min(self._room(), MAX_CLAIMED_BYTES - self._claimed(holder, others))
            if claim.size > room:
                raise TooMuchCarried
            file.seek(0)
            file.write(claim.raw())
            file.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for whoever claims room just now: two must not count on the same."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            locks.take(folder, wait=True)
            yield
        finally:
            os.close(folder)

    def _room(self) -> int:
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize - self._reserve_bytes

    def _claimed(self, holder: tuple[bytes, bytes], others: list[bytes]) -> int:
        """Return how much the courier's bundles for others may take, in bytes."""
        courier_pk, handler_id = holder
        paths = [self._path(courier_pk, each) for each in others if each != handler_id]
        total = 0
        for path in paths:
            with suppress(FileNotFoundError), path.open("rb") as file:
                claim = _claim(file)
                total += claim.size if claim else 0
        return total

    @contextmanager
    def whole(
        self, courier_pk: bytes, handler_id: bytes, claim: Claim
    ) -> Iterator[Callable[[], Read]]:
        """Give what opens a whole bundle from its start; it is let go when the block ends well.

        The caller empties it with `drop` when it can never be used.

        Raises:
            BundleTruncated: not all of it is here.
            StoreBusy, StoreFull, StoreReadOnly: as for `held`.
        """
        with self._file(courier_pk, handler_id) as file:
            # Of an empty bundle nothing is missing, also where another one's pieces lie.
            if not claim.size or _held(file, claim) != claim.size:
                raise BundleTruncated

            def open_read() -> Read:
                file.seek(CLAIM_BYTES)
                return file.read

            yield open_read
            file.truncate(0)

    def drop(self, courier_pk: bytes, handler_id: bytes) -> None:
        """Empty the file of a bundle that can never be used."""
        with self._file(courier_pk, handler_id) as file:
            file.truncate(0)

    def _path(self, courier_pk: bytes, handler_id: bytes) -> Path:
        name = digest("incoming", courier_pk, handler_id)[:_NAME_BYTES]
        return self.folder / name.hex()

    def _open(self, path: Path) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(path, flags, PRIVATE_FILE)

    @contextmanager
    def _file(self, courier_pk: bytes, handler_id: bytes) -> Iterator[BinaryIO]:
        path = self._path(courier_pk, handler_id)
        # Around the closing as well: that tries again to write what a full disk did not take.
        with disk_errors(self.folder.parent):
            self.folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            with os.fdopen(self._open(path), "r+b") as file:
                try:
                    locks.take(file, wait=False)
                except BlockingIOError:
                    raise StoreBusy(folder=str(self.folder.parent)) from None
                try:
                    yield file
                    file.flush()
                finally:
                    self._hide()

    def _hide(self) -> None:
        hide_times(*paths_at(self.folder.parent))


def _held(file: BinaryIO, claim: Claim) -> int:
    if _claim(file) != claim:
        return 0
    return max(0, os.fstat(file.fileno()).st_size - CLAIM_BYTES)


def _claim(file: BinaryIO) -> Claim | None:
    file.seek(0)
    raw = file.read(CLAIM_BYTES)
    return read_claim(raw)[0] if len(raw) == CLAIM_BYTES else None


def paths_at(site_dir: Path) -> tuple[Path, ...]:
    """Return the files of unfinished bundles and their folder, as far as there are any."""
    folder = site_dir / FOLDER
    try:
        return (*folder.iterdir(), folder)
    except OSError:
        return ()


def sweep(site_dir: Path) -> None:
    """Empty what is not in use at this moment; for every night.

    Raises:
        StoreFull, StoreReadOnly: the machine refused.
    """
    with disk_errors(site_dir):
        for path in paths_at(site_dir)[:-1]:
            with path.open("r+b") as file, suppress(BlockingIOError):
                locks.take(file, wait=False)
                file.truncate(0)
    hide_times(*paths_at(site_dir))
