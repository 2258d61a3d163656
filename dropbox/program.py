"""The sums of the scripts that were published with this version, for people to compare.

Whoever looks after a site builds the scripts from their sources and compares: `make
verify-browser`. Invariant: what is said here was published; what a site serves may differ
while its scripts are worked on.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

SHA256_BYTES = 32
_FINGERPRINT_CHARACTERS = 25
_FINGERPRINT_GROUP = 5


@dataclass(frozen=True)
class Release:
    """All scripts taken together: SHA-256 in hexadecimal, and the beginning of it in letters."""

    sha256: str
    fingerprint: str


def release(sums: Mapping[str, bytes]) -> Release:
    """Return the one number of several scripts, which posters, pages and release notes show.

    It is the SHA-256 of what ``sha256sum`` prints of the files in the order of their names, so
    ``sha256sum leave.js letter.js open.js seal.js | sha256sum`` finds it.

    Args:
        sums: the 32-byte SHA-256 of each script, by the name of its file.

    Source: GNU coreutils, the output of ``sha256sum``.
    """
    lines = "".join(f"{sums[name].hex()}  {name}\n" for name in sorted(sums))
    found = hashlib.sha256(lines.encode("ascii"))
    return Release(found.hexdigest(), fingerprint(found.digest()))


@cache
def published() -> Mapping[str, bytes]:
    """Return the 32-byte SHA-256 of each published script, by the name of its file.

    The file is part of the program: one that cannot be read is a fault of the installation,
    and raises what the standard library raises.
    """
    sums = json.loads(files("dropbox").joinpath("program.json").read_text("ascii"))
    return MappingProxyType({name: bytes.fromhex(value) for name, value in sums.items()})


def fingerprint(sha256: bytes) -> str:
    """Return what people compare: 25 base32 characters (125 bits) in groups of five.

    A channel's fingerprint has the same shape; this one is the beginning of the sum itself,
    so that any program that knows SHA-256 and base32 finds it.

    Raises:
        ValueError: this is no SHA-256; it has 32 raw bytes.
    """
    if len(sha256) != SHA256_BYTES:
        raise ValueError(len(sha256))
    name = base64.b32encode(sha256).decode("ascii")
    parts = range(0, _FINGERPRINT_CHARACTERS, _FINGERPRINT_GROUP)
    return " ".join(name[at : at + _FINGERPRINT_GROUP] for at in parts)
