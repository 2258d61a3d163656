"""Fetching: the bundle of one handler, the very bytes that ``meldkluis collect`` writes.

It comes item by item and is put together here, so that neither a broken line nor what came
in meanwhile means to begin anew. Invariants: the file at its place is whole and signed by
the site, or it is not there; nothing is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from dropbox.courier.errand import Errand
from dropbox.courier.errors import StillChanging
from dropbox.courier.partial import Partial, partial
from dropbox.errors import ForeignBundle
from dropbox.line.errors import NotASite
from dropbox.protocol import carried
from dropbox.protocol.bundle import BundleDirection, BundleReader
from dropbox.protocol.carried import ENTRIES_WANTED, NO_ENTRY, Asked, Listing
from dropbox.protocol.courier import Action, BundleChanged
from dropbox.protocol.hashing import StreamDigest

ROUNDS = 20
"""So often is what came in meanwhile brought, too."""

DRAFT_SUFFIX = ".new"
MOST_ENTRIES = 2_000_000
_PRIVATE_FILE = 0o600


def fetch(errand: Errand, site_pk: bytes, out: Path, again: bool = False) -> int:
    """Bring a handler's bundle to ``out``; return its size in bytes.

    Args:
        errand: to the site, for the handler.
        site_pk: the site's 32-byte key, which signs what it hands out.
        out: where it is to lie; ``out.part`` beside it outlives a command that broke off.
        again: also what the handler receipted before.

    Raises:
        StillChanging: so much comes in that the bundle is never the same twice.
        BadSignature, ForeignBundle: what came is not the site's, or not for this handler.
        DropboxError: what `Errand.ask` raises.
        OSError: the machine refused.
    """
    with partial(out, errand.site_id, errand.handler_id) as brought:
        before: Listing | None = None
        for _round in range(ROUNDS):
            listing = _list(errand, again)
            if listing == before:
                # The site disagrees with what it listed itself: something brought is not right.
                brought.clear()
            before = listing
            if not _bring(errand, again, listing.entries, brought):
                continue
            hash_ = _hash(listing, brought)
            try:
                _code, trailer = errand.ask(Action.CLOSE, carried.close(again, hash_))
            except BundleChanged:
                continue
            return _put_together(errand, site_pk, out, chain(_parts(listing, brought), (trailer,)))
        raise StillChanging


def _list(errand: Errand, again: bool) -> Listing:
    entries: list[bytes] = []
    known = NO_ENTRY
    while True:
        _code, content = errand.ask(Action.LIST, Asked(again, (known,)).raw())
        page = carried.read_listing(content)
        entries += page.entries
        if len(entries) > MOST_ENTRIES:
            raise NotASite
        if len(page.entries) < carried.ENTRIES_A_PAGE:
            return Listing(page.header, tuple(entries))
        known = entries[-1]


def _bring(errand: Errand, again: bool, entries: Sequence[bytes], brought: Partial) -> bool:
    """Bring what is missing; False when some of it is no longer there."""
    missing = [entry for entry in entries if not brought.has(entry)]
    while missing:
        wanted = missing[:ENTRIES_WANTED]
        _code, content = errand.ask(Action.TAKE, Asked(again, tuple(wanted)).raw())
        came = {brought.add(frame) for frame in carried.frames_of(content)}
        brought.settle()
        if not came:
            return False
        if not came <= set(wanted):
            raise NotASite
        missing = [entry for entry in wanted if entry not in came] + missing[len(wanted) :]
    return True


def _parts(listing: Listing, brought: Partial) -> Iterator[bytes]:
    yield listing.header
    for entry in listing.entries:
        yield brought.raw(entry)


def _hash(listing: Listing, brought: Partial) -> bytes:
    hasher = StreamDigest("bundle")
    for part in _parts(listing, brought):
        hasher.update(part)
    hasher.update(len(listing.entries).to_bytes(4, "big"))
    return hasher.digest()


def _put_together(errand: Errand, site_pk: bytes, out: Path, parts: Iterable[bytes]) -> int:
    draft = out.with_name(out.name + DRAFT_SUFFIX)
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, _PRIVATE_FILE), "r+b") as file:
        try:
            os.fchmod(file.fileno(), _PRIVATE_FILE)
            file.writelines(parts)
            file.seek(0)
            _check(errand, site_pk, BundleReader(file.read))
            os.fsync(file.fileno())
            draft.replace(out)
            return out.stat().st_size
        finally:
            draft.unlink(missing_ok=True)


def _check(errand: Errand, site_pk: bytes, reader: BundleReader) -> None:
    """See that a bundle is whole, from the site and for the handler; raises ProtocolError."""
    reader.expect(BundleDirection.TO_DESK, errand.site_id)
    if reader.header.handler_id != errand.handler_id:
        raise ForeignBundle
    for _frame in reader.frames():
        pass
    reader.verify(site_pk)
