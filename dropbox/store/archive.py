"""The archive of a server's backup: one tar file that tells when it is whole.

Members, in this order: the database, the two keys of ``VAR/site``, the public files of
``KEYS``, and a list of all of them with sizes and hashes, which ends it. Invariants:
owner, mode and time are the same for every member, so an archive says nothing of when or
by whom; one part is in memory at a time; an archive that was cut off, changed, or holds
anything else is refused before any of it is used. It is not encrypted: who pipes it
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
    yield _Part(head=info.tobuf(tarfile.PAX_FORMAT))
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
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                file = tar.extractfile(info) if info.isreg() else None
                if file is None:
                    raise ArchiveDamaged
                reading.take(info, file)
    except (tarfile.TarError, EOFError):
        raise ArchiveDamaged from None
    reading.check()
    return reading.small


class _Reading:
    """An archive that is being read."""

    def __init__(self, database: BinaryIO) -> None:
        self.small: dict[str, bytes] = {}
        self._database = database
        self._found: dict[str, _Listed] = {}
        self._list: bytes | None = None

    def take(self, info: tarfile.TarInfo, file: IO[bytes]) -> None:
        """Take one member; raises ArchiveDamaged where it does not belong here."""
        if self._list is not None or info.name in self._found:
            raise ArchiveDamaged
        if info.name == DATABASE:
            self._found[DATABASE] = _copy(file, self._database)
            return
        if info.size > MAX_SMALL_BYTES or len(self.small) > MAX_SMALL_MEMBERS:
            raise ArchiveDamaged
        content = io.BytesIO()
        listed = _copy(file, content)
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


def _copy(source: IO[bytes], target: IO[bytes]) -> _Listed:
    hasher = hashlib.blake2b(digest_size=_HASH_BYTES)
    size = 0
    while part := source.read(PART_BYTES):
        target.write(part)
        hasher.update(part)
        size += len(part)
    target.flush()
    return _Listed(size, hasher.hexdigest())
