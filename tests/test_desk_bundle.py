"""A bundle that is not whole, not ours or not a bundle leaves nothing, and costs little."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import casebook, inbound, keyring, vault_rows
from dropbox.desk.vault import Vault
from dropbox.errors import (
    BadSignature,
    BundleAltered,
    BundleTruncated,
    ForeignBundle,
    MalformedBundle,
    ProtocolError,
)
from dropbox.protocol import bundle, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, BundleReader
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import PASSPHRASE, SITE_ID, TODAY, World, write_bundle


def change(header: BundleHeader, **changes: object) -> BundleHeader:
    """Return the header with changes."""
    return replace(header, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"site_id": bytes(16)},
        {"channel_pk": bytes(32)},
        {"handler_id": bytes(8)},
    ],
)
def test_bundle_of_another_site_channel_or_handler_is_refused(
    world: World, keys: ReporterKeys, changes: dict[str, bytes]
) -> None:
    """A bundle that is not for this vault is not opened."""
    header = BundleHeader(
        BundleDirection.TO_DESK, SITE_ID, world.card.channel_pk, world.handler_id("anna"), 0
    )
    path = write_bundle(world.folder / "b", change(header, **changes), [world.report(keys)])
    with world.vault("anna") as vault, pytest.raises(ForeignBundle):
        inbound.import_bundle(vault, path, TODAY)


def test_own_bundle_to_the_site_is_refused(world: World) -> None:
    """A courier who brings our own bundle back is told so."""
    world.export("anna")
    with world.vault("anna") as vault, pytest.raises(ForeignBundle):
        inbound.import_bundle(vault, world.folder / "from-anna.bundle", TODAY)


def assert_nothing_imported(vault: Vault) -> None:
    """Fail when a bundle left anything behind."""
    assert vault.count("case_key") == vault.count("seen") == vault.count("outbox") == 0


def test_bundle_cut_off_anywhere_leaves_nothing(world: World, keys: ReporterKeys) -> None:
    """However much of a bundle is missing, nothing of it is used."""
    path = world.bundle("anna", world.report(keys), world.message(keys))
    whole = path.read_bytes()
    with world.vault("anna") as vault:
        for size in (0, 3, 50, 94, 95, 110, 4000, len(whole) - 50, len(whole) - 1):
            path.write_bytes(whole[:size])
            with pytest.raises((BundleTruncated, MalformedBundle)):
                inbound.import_bundle(vault, path, TODAY)
        assert_nothing_imported(vault)


def test_bundle_with_any_changed_byte_leaves_nothing(world: World, keys: ReporterKeys) -> None:
    """A changed byte at the head, in a frame or in the trailer, and bytes after it, are refused."""
    path = world.bundle("anna", world.report(keys))
    whole = path.read_bytes()
    places = [*range(0, 120), 2000, len(whole) - 40, len(whole) - 1]
    with world.vault("anna") as vault:
        for place in places:
            changed = bytearray(whole)
            changed[place] ^= 0x20
            path.write_bytes(changed)
            with pytest.raises(ProtocolError):
                inbound.import_bundle(vault, path, TODAY)
        path.write_bytes(whole + b"\0")
        with pytest.raises(BundleAltered):
            inbound.import_bundle(vault, path, TODAY)
        assert_nothing_imported(vault)


def test_file_that_changes_between_the_readings_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reading must be of the same bytes, or nothing is kept."""
    swapped = world.bundle("anna", *[world.report(world.reporter()) for _ in range(5)]).read_bytes()
    path = world.bundle("anna", *[world.report(world.reporter()) for _ in range(5)])
    checked = inbound._checked
    calls = []

    def swap(vault: Vault, file: BinaryIO) -> BundleReader:
        calls.append(file)
        if len(calls) == 2:
            path.write_bytes(swapped)
        return checked(vault, file)

    with world.vault("anna") as vault:
        monkeypatch.setattr(inbound, "_checked", swap)
        with pytest.raises(BundleAltered):
            inbound.import_bundle(vault, path, TODAY)
        assert_nothing_imported(vault)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_as_a_bundle(prepared: tuple[Vault, Path], raw: bytes) -> None:
    """Whatever the file holds, the failure is one that people can be told."""
    vault, path = prepared
    path.write_bytes(raw)
    with pytest.raises(ProtocolError):
        inbound.import_bundle(vault, path, TODAY)


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_any_envelopes_in_a_whole_bundle_are_refused_one_by_one(
    prepared: tuple[Vault, Path], items: list[bytes]
) -> None:
    """Whatever stands in the frames, the import ends well and keeps no case."""
    vault, path = prepared
    with path.open("rb"):
        header = BundleHeader(
            BundleDirection.TO_DESK,
            SITE_ID,
            keyring.channel(vault).channel_pk,
            keyring.load(vault).handler_id,
            0,
        )
    write_bundle(path, header, items)
    summary = inbound.import_bundle(vault, path, TODAY)
    assert sum(summary.refused.values()) + len(summary.notices) == len(items)
    assert vault.count("case_key") == 0


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, Path]]:
    """Open one vault for all examples of a property."""
    folder = tmp_path_factory.mktemp("desk")
    world = World(folder)
    (folder / "b").touch()
    with Vault.open(world.path("anna"), PASSPHRASE) as vault:
        yield vault, folder / "b"


def test_memory_does_not_grow_with_the_bundle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four times as many envelopes take no more memory than a few frames and pending rows."""
    monkeypatch.setattr(vault_rows, "PENDING_BYTES", 64 * 1024)
    peaks = []
    for count in (20, 80):
        items = [world.report(world.reporter(), text="x" * 15_000) for _ in range(count)]
        path = world.bundle("anna", *items)
        del items
        with world.vault("anna") as vault:
            tracemalloc.start()
            inbound.import_bundle(vault, path, TODAY)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000


def test_endless_run_of_zeros_is_refused_at_once(world: World) -> None:
    """A file that never ends does not keep the desk busy."""
    with world.vault("anna") as vault, pytest.raises(ProtocolError):
        inbound.import_bundle(vault, Path("/dev/zero"), TODAY)


def test_bundle_that_a_courier_rewrote_is_refused(world: World, keys: ReporterKeys) -> None:
    """Leaving out a report or a withdrawal, or forging what was accepted, shows at once."""
    courier_seed = bytes(32)
    honest = world.bundle("anna", world.report(keys), withdrawal.make(keys)).read_bytes()
    reader = BundleReader(io.BytesIO(honest).read)
    kept = list(reader.frames())
    for frames, header in (
        (kept[:1], reader.header),
        (kept[1:], reader.header),
        (kept, change(reader.header, serial=7, accepted=b"x" * 32)),
    ):
        path = world.folder / "rewritten.bundle"
        path.write_bytes(b"".join(bundle.write(header, frames, courier_seed)))
        with world.vault("anna") as vault, pytest.raises(BadSignature):
            inbound.import_bundle(vault, path, TODAY)
        with world.vault("anna") as vault:
            assert list(casebook.ids(vault)) == []
