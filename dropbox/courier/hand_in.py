"""Handing in: the bundle that a handler's desk wrote, as ``meldkluis deliver`` uses it.

The site says how far it has it, the rest goes there in pieces, and then it is used wholly or
not at all. Invariants: the file is only read; a bundle that was used is not used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from dropbox.courier.errand import Errand
from dropbox.errors import BundleAltered, BundleTruncated, MalformedBundle
from dropbox.protocol import carried
from dropbox.protocol.bundle import BundleDirection, BundleReader
from dropbox.protocol.carried import PIECE_BYTES, Claim
from dropbox.protocol.courier import Action, Code, MalformedRequest

TRIES = 3
"""So often is it sent anew when the site's night came in between, or a piece was damaged."""


@dataclass(frozen=True)
class Parcel:
    """A bundle's file that proved whole: what it is, and whose."""

    file: BinaryIO
    claim: Claim
    handler_id: bytes


def parcel(file: BinaryIO, site_id: bytes) -> Parcel:
    """Check a bundle's file to its end, as far as that goes without the desk's keys.

    Raises:
        MalformedBundle, UnknownVersion, BundleTruncated, BundleAltered: it is not whole.
        ForeignBundle: it is not for this site.
    """
    file.seek(0)
    reader = BundleReader(file.read)
    reader.expect(BundleDirection.TO_SITE, site_id)
    for _frame in reader.frames():
        pass
    claim = Claim(file.tell(), reader.header.serial, reader.hash)
    return Parcel(file, claim, reader.header.handler_id)


def hand_in(errand: Errand, found: Parcel) -> bool:
    """Bring a bundle to the site and let it use it; False when it was delivered before.

    Raises:
        DropboxError: what `Errand.ask` raises; what the site refused, it used nothing of.
        OSError: the machine refused.
    """
    for _try in range(TRIES):
        try:
            return _hand_in(errand, found)
        except (BundleTruncated, BundleAltered, MalformedBundle):
            # It was whole here: the site let go of it, or it was damaged on the way.
            continue
    return _hand_in(errand, found)


def _hand_in(errand: Errand, found: Parcel) -> bool:
    code, content = errand.ask(Action.OFFER, found.claim.raw())
    if code is Code.ALREADY:
        return False
    held = carried.read_offset(content)
    steps = 0
    while held < found.claim.size:
        found.file.seek(held)
        piece = found.file.read(PIECE_BYTES)
        _code, content = errand.ask(Action.PUT, carried.put(found.claim, held, piece))
        held = carried.read_offset(content)
        steps += 1
        if steps > 2 * (found.claim.size // PIECE_BYTES + 2):
            raise MalformedRequest
    code, _content = errand.ask(Action.APPLY, found.claim.raw())
    return code is Code.DONE
