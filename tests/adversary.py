"""An adversary with the whole image of a seized machine: takes it, and searches it.

Owns what is looked at (files, their names and times, processes, what they hold open) and in
how many spellings. Invariant: a spelling that is not proven by a planted find in
``tests/test_seizure_search.py`` is not counted as searched.
"""

from __future__ import annotations

import base64
import binascii
import bz2
import html
import lzma
import os
import re
import stat
import subprocess
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

MOST_BYTES = 64 * 1024 * 1024
UNPACKED_BYTES = 1024 * 1024
DEPTH = 3
"""So often is something unwrapped from something: base64 in JSON in gzip."""

_TAIL_BYTES = 12
"""A key begins with zero bits, which somebody may leave out: its end is looked for."""
_WORDS_APART = 160
_SEQUENCE = 3
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ALPHABET = bytes.maketrans(b"-_", b"+/")
_HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}){12,}")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_WORD = re.compile(rb"[a-z]{3,10}")
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY|\xfd7zXZ\x00")


@dataclass(frozen=True)
class Sought:
    """What must be nowhere.

    Args:
        marks: planted texts of at least 8 Latin-1 characters; found in any case of letters.
        secrets: raw bytes, at least 12.
        codes: reply codes as lists of words; found by three words in a row, or by the first
            four letters of each.
    """

    marks: Sequence[str]
    secrets: Sequence[bytes] = ()
    codes: Sequence[Sequence[str]] = ()
    _rows: dict[tuple[str, ...], str] = field(init=False, default_factory=dict)
    _spelled: dict[bytes, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for code in self.codes:
            short = [word[:4] for word in code]
            for at in range(len(short) - _SEQUENCE + 1):
                row = tuple(short[at : at + _SEQUENCE])
                self._rows.update({row: "code", row[::-1]: "code backwards"})
        for mark in self.marks:
            for kind in ("NFC", "NFD"):
                for text in (mark.lower(), mark.upper()):
                    spelled = unicodedata.normalize(kind, text)
                    self._spelled[spelled.encode("utf-8").lower()] = mark
                    if kind == "NFC":
                        self._spelled[spelled.encode("latin-1").lower()] = mark

    def found_in(self, data: bytes, depth: int = DEPTH) -> set[str]:
        """Return what of it stands in ``data``, in whatever spelling."""
        found: set[str] = set()
        for view in _plain_views(data):
            low = view.lower()
            found |= {mark for spelled, mark in self._spelled.items() if spelled in low}
            found |= self._codes_in(low)
        for view in (data, data[::-1]):
            found |= {
                f"secret {number}"
                for number, secret in enumerate(self.secrets)
                if secret[-_TAIL_BYTES:] in view
            }
        if depth:
            for inner in _unwrapped(data):
                found |= self.found_in(inner, depth - 1)
        return found

    def plainly_in(self, data: bytes) -> set[str]:
        """Return the marks that stand in ``data`` as a running program keeps texts."""
        views = (data.lower(), data.replace(b"\0", b"").lower())
        return {mark for spelled, mark in self._spelled.items() if any(spelled in v for v in views)}

    def _codes_in(self, low: bytes) -> set[str]:
        if not self._rows:
            return set()
        known = {word for row in self._rows for word in row}
        found: set[str] = set()
        near: list[tuple[str, int]] = []
        for match in _WORD.finditer(low):
            word = match[0][:4].decode("ascii")
            if word not in known:
                continue
            near = [*near[1 - _SEQUENCE :], (word, match.start())]
            row = tuple(one for one, _at in near)
            if row in self._rows and match.start() - near[0][1] < _WORDS_APART:
                found.add(self._rows[row])
        return found


def _plain_views(data: bytes) -> Iterator[bytes]:
    """Yield the data as it is, without the zeros of wide characters, backwards, and unescaped."""
    yield data
    if b"\0" in data:
        yield data.replace(b"\0", b"")
    yield data[::-1]
    if b"%" in data:
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if b"\\" in data:
        yield _ESCAPED.sub(_unescape, data)
    if b"&" in data:
        yield html.unescape(data.decode("latin-1")).encode("utf-8")


def _unescape(match: re.Match[bytes]) -> bytes:
    if match[2]:
        return bytes([int(match[2], 16)])
    return chr(int(match[1], 16)).encode("utf-8", "surrogatepass")


def _unwrapped(data: bytes) -> Iterator[bytes]:
    """Yield what looks like something wrapped: packed streams, base64, hexadecimal."""
    for match in _PACKED.finditer(data):
        unpacked = _unpack(data[match.start() : match.start() + UNPACKED_BYTES])
        if unpacked:
            yield unpacked
    runs = [run.rstrip(b"=") for run in _BASE64.findall(data)]
    for shift in range(4 if runs else 0):
        yield b"\n".join(_from_base64(run[shift:]) for run in runs)
    pairs = _HEXADECIMAL.findall(data)
    if pairs:
        yield b"\n".join(binascii.unhexlify(one) for one in pairs)
        yield b"\n".join(binascii.unhexlify(one[1:-1]) for one in pairs)


def _from_base64(run: bytes) -> bytes:
    """Decode what stands in either alphabet, without its end where that is no whole byte."""
    even = run[:-1] if len(run) % 4 == 1 else run
    return base64.b64decode(even.translate(_ALPHABET) + b"=" * (-len(even) % 4))


def _unpack(data: bytes) -> bytes:
    """Return the start of what a packed stream holds, or nothing."""
    makers: tuple[Callable[[], object], ...] = (
        lambda: zlib.decompressobj(wbits=47),
        bz2.BZ2Decompressor,
        lzma.LZMADecompressor,
    )
    for make in makers:
        unpacked = bytearray()
        with suppress(zlib.error, lzma.LZMAError, OSError, EOFError):
            unpacker = make()
            for at in range(0, len(data), 512):
                unpacked += unpacker.decompress(data[at : at + 512])  # type: ignore[attr-defined]
                if len(unpacked) > UNPACKED_BYTES:
                    break
        if unpacked:
            return bytes(unpacked)
    return b""


@dataclass(frozen=True)
class Exhibit:
    """One thing of a machine's image: where it was found, and its bytes."""

    name: str
    data: bytes


def of_folder(folder: Path) -> Iterator[Exhibit]:
    """Yield every name below a folder, with contents, link targets and extended attributes."""
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            parts = [os.fsencode(path.name)]
            if path.is_symlink():
                parts.append(os.fsencode(path.readlink()))
            elif path.is_file():
                parts.append(path.read_bytes()[:MOST_BYTES])
            parts += [
                name.encode() + os.getxattr(path, name, follow_symlinks=False)
                for name in os.listxattr(path, follow_symlinks=False)
            ]
            yield Exhibit(str(path), b"\n".join(parts))


def of_process(pid: int) -> Iterator[Exhibit]:
    """Yield a process's environment, command line, and files that it holds open, deleted too."""
    own = Path(f"/proc/{pid}")
    for name in ("environ", "cmdline", "comm", "maps"):
        yield Exhibit(f"{pid} {name}", (own / name).read_bytes())
    for handle in (own / "fd").iterdir():
        with suppress(OSError):
            target = os.fsencode(handle.readlink())
            yield Exhibit(f"{pid} names {handle.name}", target)
            if stat.S_ISREG(handle.stat().st_mode):
                yield Exhibit(f"{pid} holds {target!r}", handle.read_bytes()[:MOST_BYTES])


def in_memory(sought: Sought, pid: int) -> set[str]:
    """Return the marks that stand in what can be read of a process's memory."""
    return set().union(*(sought.plainly_in(region) for region in _memory(pid)))


def _memory(pid: int) -> Iterator[bytes]:
    with Path(f"/proc/{pid}/mem").open("rb", 0) as file:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, *_more = line.split(maxsplit=5)
            if "r" not in rights or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(number, 16) for number in span.split("-"))
            with suppress(OSError, OverflowError, ValueError):
                file.seek(begin)
                yield file.read(end - begin)


def search(sought: Sought, exhibits: Iterable[Exhibit], depth: int = DEPTH) -> dict[str, set[str]]:
    """Return by name the exhibits in which something was found."""
    found: dict[str, set[str]] = {}
    seen: set[bytes] = set()
    for exhibit in exhibits:
        if exhibit.data not in seen:
            seen.add(exhibit.data)
            if hits := sought.found_in(exhibit.data, depth):
                found[exhibit.name] = hits
    return found


@dataclass(frozen=True)
class Times:
    """When a file was read, changed, changed in its entry, and made: unix seconds."""

    read: float
    written: float
    changed: float
    born: float


def times(path: Path) -> Times:
    """Return the times of a file or folder; the birth is 0 where the file system keeps none."""
    # Python's own call knows no birth.
    asked = subprocess.run(
        ["stat", "--format", "%.9X %.9Y %.9Z %.9W", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return Times(*(float(number.replace("-", "0")) for number in asked.stdout.split()))
