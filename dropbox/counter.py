"""The counter where a courier without a shell is served: towards couriers over the network.

Owns which courier may ask for what. The use cases are those of `exchange`: a bundle is the
very one that ``meldkluis collect`` writes, and a delivery is used wholly or not at all.
Invariants: nobody's key but one of the site's settings is served, and only for the handlers
named there; of a collection nothing is kept but its day, and of a bundle that is handed in
nothing but its pieces, until it is whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path

from dropbox import exchange
from dropbox.errors import (
    DropboxError,
    ForeignBundle,
    SiteKeyDiffers,
    StoreBusy,
    StoreDamaged,
    StoreFull,
    StoreMissing,
    StoreReadOnly,
)
from dropbox.exchange import DeliveryResult, Signer
from dropbox.protocol import carried, sign
from dropbox.protocol.bundle import BundleReader, Frame, FrameType, trailer_hash
from dropbox.protocol.carried import Asked, Claim, Listing
from dropbox.protocol.courier import BundleChanged
from dropbox.store import DATABASE_NAME, CardShelf, Store, site_key
from dropbox.store.incoming import Incoming

_ORDER = (FrameType.CARD, FrameType.WITHDRAWAL, FrameType.ENVELOPE)
"""How the items of a bundle to a desk follow one another; within a type they go by id."""

_LAST = bytes((255,)) * carried.ID_BYTES
_MACHINE = (StoreBusy, StoreDamaged, StoreFull, StoreMissing, StoreReadOnly)
"""Failures that pass: what is handed in may still be used when the courier asks again."""

Holder = tuple[bytes, bytes]
"""A courier's 32-byte key and a handler's 8-byte id."""


class Counter:
    """Serves the couriers of one site."""

    def __init__(
        self,
        signer: Signer,
        store: Store,
        shelf: CardShelf,
        incoming: Incoming,
        couriers: Mapping[bytes, tuple[bytes, ...]],
    ) -> None:
        """Take the site, what it keeps, and whose bundles each courier's key may carry."""
        self._signer, self._store, self._shelf = signer, store, shelf
        self._incoming = incoming
        self._couriers = dict(couriers)
        incoming.prepare([(key, each) for key, named in self._couriers.items() for each in named])

    @classmethod
    def at(
        cls,
        names: tuple[bytes, bytes],
        folders: tuple[Path, Path],
        couriers: Mapping[bytes, tuple[bytes, ...]],
        reserve_bytes: int,
    ) -> Counter:
        """Return the counter of the site in the folders with the server's data and the cards.

        Args:
            names: the site's 16-byte id, and the 32-byte key that desks know it by.
            folders: with the server's data, and with the cards.
            couriers: whose bundles each courier's key may carry.
            reserve_bytes: what must stay free on the disk.

        Raises:
            SiteKeyMissing, StoreReadOnly: the key that signs bundles cannot be read.
            SiteKeyDiffers: it is another one.
        """
        (site_id, site_pk), (site_dir, cards_dir) = names, folders
        seed = site_key.load(site_dir)
        if sign.public_key(seed) != site_pk:
            raise SiteKeyDiffers
        return cls(
            Signer(site_id, seed),
            Store(site_dir / DATABASE_NAME),
            CardShelf(cards_dir, site_id),
            Incoming(site_dir, reserve_bytes),
            couriers,
        )

    @property
    def site_id(self) -> bytes:
        """Return the site's 16-byte id."""
        return self._signer.site_id

    def knows(self, courier_pk: bytes) -> bool:
        """Tell whether a 32-byte key is a courier's of this site."""
        return courier_pk in self._couriers

    def serves(self, holder: Holder) -> bool:
        """Tell whether a courier may carry for a handler."""
        courier_pk, handler_id = holder
        return handler_id in self._couriers.get(courier_pk, ())

    def listing(self, handler_id: bytes, asked: Asked, today: date) -> Listing:
        """Return what a handler's bundle holds now, after the last entry that is known.

        Raises:
            NoSuchHandler, CardTooEarly, StoreError: see `exchange.collect`.
        """
        card = exchange.card_of(self._store, self._shelf, handler_id, today)
        known = asked.entries[-1]
        with self._store.loose() as tables:
            header = exchange.header_of(
                self._signer, tables, card, handler_id, today, asked.again
            ).raw()
            after = _envelope_of(known) or b""
            found = exchange.items(tables, card, handler_id, asked.again, after)
            entries = (carried.entry(item.type, item.id) for item in found)
            fresh = (each for each in entries if _place(each) > _place(known))
            return Listing(header, tuple(islice(fresh, carried.ENTRIES_A_PAGE)))

    def take(self, handler_id: bytes, asked: Asked, today: date) -> bytes:
        """Return the frames that are asked for and are this handler's, until a piece is full.

        Raises:
            NoSuchHandler, CardTooEarly, StoreError: see `exchange.collect`.
        """
        card = exchange.card_of(self._store, self._shelf, handler_id, today)
        wanted = set(asked.entries)
        # Who is far into a long list need not wait for its beginning to pass by.
        after = _before(min(filter(None, map(_envelope_of, wanted)), default=_LAST))

        def frames() -> Iterator[Frame]:
            left = len(wanted)
            for item in exchange.items(tables, card, handler_id, asked.again, after):
                if carried.entry(item.type, item.id) not in wanted:
                    continue
                if frame := exchange.frame_of(tables, item):
                    yield frame
                left -= 1
                if not left:
                    return

        with self._store.loose() as tables:
            return carried.joined(frames())

    def close(self, handler_id: bytes, again: bool, hash_: bytes, today: date) -> bytes:
        """Return the trailer of a handler's bundle when it still has this 32-byte hash.

        Only then the day counts as the handler's last collection.

        Raises:
            BundleChanged: it has another one.
            NoSuchHandler, CardTooEarly, StoreError: see `exchange.collect`.
        """
        parts = exchange.collect(self._signer, self._store, self._shelf, handler_id, today, again)
        with closing(parts):  # type: ignore[type-var] # a generator
            for part in parts:
                found = trailer_hash(part)
                if found is None:
                    continue
                if found != hash_:
                    raise BundleChanged
                # Whoever takes all parts has collected.
                for _nothing in parts:
                    raise BundleChanged
                return part
        raise BundleChanged

    def offer(self, holder: Holder, claim: Claim) -> int | None:
        """Return how many bytes of a bundle are here; None when it was delivered before.

        Raises:
            StoreError: the machine refused, or another request is at work on it.
        """
        with self._store.read() as tables:
            courier = tables.couriers.get(holder[1])
        if (claim.serial, claim.hash) == (courier.serial, courier.bundle_hash):
            return None
        return self._incoming.held(*holder, claim)

    def put(self, holder: Holder, claim: Claim, offset: int, piece: bytes) -> int:
        """Add a piece of a bundle; return how many bytes are here then. See `Incoming.put`."""
        others = list(self._couriers[holder[0]])
        return self._incoming.put(holder, others, claim, offset, piece)

    def apply(self, holder: Holder, claim: Claim, today: date) -> DeliveryResult:
        """Use a bundle that is whole; ``already`` when it was delivered before.

        Raises:
            BundleTruncated: not all of it is here.
            ForeignBundle: it is another handler's.
            DropboxError: what `exchange.deliver` raises. The pieces stay where only the
                machine refused, so that the courier can ask again; else they go.
        """
        if self.offer(holder, claim) is None:
            return DeliveryResult(already=True)
        try:
            with self._incoming.whole(*holder, claim) as open_read:
                reader = BundleReader(open_read())
                if reader.header.handler_id != holder[1]:
                    raise ForeignBundle
                return exchange.deliver(self.site_id, self._store, self._shelf, open_read, today)
        except _MACHINE:
            raise
        except DropboxError:
            self._incoming.drop(*holder)
            raise


def _envelope_of(entry: bytes) -> bytes | None:
    """Return the id of an envelope's entry; None for another one."""
    return entry[1:] if entry[0] == FrameType.ENVELOPE else None


def _before(id_: bytes) -> bytes:
    """Return the largest id below this one."""
    return max(0, int.from_bytes(id_, "big") - 1).to_bytes(len(id_), "big")


def _place(entry: bytes) -> tuple[int, bytes]:
    """Return what the order of a bundle goes by; what is in no bundle stands before all."""
    try:
        return _ORDER.index(FrameType(entry[0])), entry[1:]
    except ValueError:
        return -1, entry
