"""The archive of a server's backup: one tar file that tells when it is whole.

Members, in this order: the database, the two keys of ``VAR/site``, the public files of
``KEYS``, and a list of all of them with sizes and hashes, which ends it. Invariants:
owner, mode and time are the same for every member, so an archive says nothing of when or
by whom; one part is in memory at a time; what is written while reading is no longer than
what was read; an archive that was cut off, changed, or holds anything else is refused before
any of it is used. It is not encrypted: who pipes it
somewhere does that.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, BinaryIO

from dropbox.errors import N_, StoreError

DATABASE = "site/site.db"
BUNDLE_KEY = "site/bundle.key"
FORM_KEY = "site/form.key"
SETTINGS = "keys/site.toml"
KEYS_FOLDER = "keys/"
CARDS_FOLDER = "keys/cards/"

LIST = "list.json"
MAX_SMALL_BYTES = 1024 * 1024
"""The most that any member but the database may hold."""

MAX_SMALL_MEMBERS = 1000
PART_BYTES = 256 * 1024

_NAME = re.compile(
    r"site/(?:site\.db|bundle\.key|form\.key)"
    r"|keys/(?:site\.toml|theme\.css|cards/[a-z0-9-]{1,40}\.card|texts/(?:nl|en)/\w{1,40}\.md)",
    re.ASCII,
)
_NEEDED = {DATABASE, BUNDLE_KEY, FORM_KEY, SETTINGS}
_VERSION = 1
_MODE = 0o600
_HASH_BYTES = 32


class ArchiveDamaged(StoreError):
    """A file is no backup of a server, or not a whole one."""

    text = N_("This file is no whole backup of a server. Nothing was changed.")


@dataclass(frozen=True)
class Member:
    """One file for an archive: its name in it, its bytes from where they stand, how many."""

    name: str
    file: IO[bytes]
    size: int

    @classmethod
    def of(cls, name: str, content: bytes) -> Member:
        """Return a member with these bytes."""
        return cls(name, io.BytesIO(content), len(content))


@dataclass(frozen=True)
class _Listed:
    size: int
    hash: str


def is_member(name: str) -> bool:
    """Tell whether a file of this name belongs in a backup."""
    return _NAME.fullmatch(name) is not None


def write(members: Iterable[Member]) -> Iterator[bytes]:
    """Write an archive part by part.

    Args:
        members: taken one at a time; a file that gets shorter meanwhile fails the archive.

    Raises:
        ArchiveDamaged: a file is not as long as was said.
    """
    listed: dict[str, _Listed] = {}
    for member in members:
        hasher = hashlib.blake2b(digest_size=_HASH_BYTES)
        for part in _framed(member):
            yield part.head or part.content
            hasher.update(part.content)
        listed[member.name] = _Listed(member.size, hasher.hexdigest())
    for part in _framed(Member.of(LIST, _list(listed))):
        yield part.head or part.content
    yield bytes(2 * tarfile.BLOCKSIZE)


@dataclass(frozen=True)
class _Part:
    """Bytes of the archive's own, or of a member."""

    head: bytes = b""
    content: bytes = b""


def _framed(member: Member) -> Iterator[_Part]:
    info = tarfile.TarInfo(member.name)
    info.size, info.mode = member.size, _MODE
    # This one needs no extended header for a large file, and `read` takes none.
    yield _Part(head=info.tobuf(tarfile.GNU_FORMAT))
    left = member.size
    while left:
        part = member.file.read(min(left, PART_BYTES))
        if not part:
            raise ArchiveDamaged
        left -= len(part)
        yield _Part(content=part)
    if rest := -member.size % tarfile.BLOCKSIZE:
        yield _Part(head=bytes(rest))


def _list(listed: dict[str, _Listed]) -> bytes:
    files = {name: [each.size, each.hash] for name, each in listed.items()}
    return json.dumps({"meldkluis backup": _VERSION, "files": files}, indent=1).encode("ascii")


def read(stream: IO[bytes], database: BinaryIO) -> dict[str, bytes]:
    """Read a whole archive and check it.

    Args:
        stream: the archive, from its beginning; it need not be a file.
        database: where the database's bytes go.

    Returns:
        Every other member's bytes by name.

    Raises:
        ArchiveDamaged: it is no whole archive, or holds what does not belong in one.
        OSError: the machine refused.
    """
    reading = _Reading(database)
    try:
        while (info := _head(stream)) is not None:
            reading.take(info, stream)
    except (tarfile.TarError, ValueError, OverflowError):
        raise ArchiveDamaged from None
    reading.check()
    return reading.small


def _head(stream: IO[bytes]) -> tarfile.TarInfo | None:
    """Read a member's header; None at the end.

    tarfile's own reader would follow extended headers and maps of sparse files, which
    somebody else can make as long, and grow into as much, as they like.
    """
    block = b"".join(_parts(stream, tarfile.BLOCKSIZE))
    if not block.strip(b"\0"):
        return None
    info = tarfile.TarInfo.frombuf(block, "ascii", "surrogateescape")
    if info.type != tarfile.REGTYPE or info.size < 0:
        raise ArchiveDamaged
    return info


def _parts(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield so many bytes in parts, or what there is."""
    while size and (part := stream.read(min(size, PART_BYTES))):
        size -= len(part)
        yield part


class _Reading:
    """An archive that is being read."""

    def __init__(self, database: BinaryIO) -> None:
        self.small: dict[str, bytes] = {}
        self._database = database
        self._found: dict[str, _Listed] = {}
        self._list: bytes | None = None

    def take(self, info: tarfile.TarInfo, stream: IO[bytes]) -> None:
        """Take one member, whose header was read; raises ArchiveDamaged if it is not ours."""
        if self._list is not None or info.name in self._found:
            raise ArchiveDamaged
        if info.name == DATABASE:
            self._found[DATABASE] = _copy(stream, info.size, self._database)
            return
        if info.size > MAX_SMALL_BYTES or len(self.small) > MAX_SMALL_MEMBERS:
            raise ArchiveDamaged
        content = io.BytesIO()
        listed = _copy(stream, info.size, content)
        if info.name == LIST:
            self._list = content.getvalue()
        elif is_member(info.name):
            self._found[info.name] = listed
            self.small[info.name] = content.getvalue()
        else:
            raise ArchiveDamaged

    def check(self) -> None:
        """See that everything came that was promised; raises ArchiveDamaged."""
        if self._list != _list(self._found) or not self._found.keys() >= _NEEDED:
            raise ArchiveDamaged


def _copy(stream: IO[bytes], size: int, target: IO[bytes]) -> _Listed:
    hasher = hashlib.blake2b(digest_size=_HASH_BYTES)
    found = 0
    for part in _parts(stream, size):
        target.write(part)
        hasher.update(part)
        found += len(part)
    rest = b"".join(_parts(stream, -size % tarfile.BLOCKSIZE))
    if (found, len(rest)) != (size, -size % tarfile.BLOCKSIZE):
        raise ArchiveDamaged
    target.flush()
    return _Listed(size, hasher.hexdigest())
