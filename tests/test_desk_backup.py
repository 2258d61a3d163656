"""A backup is sealed, ends by itself, and never brings a withdrawn case back."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import backup, casebook, channel, clock, outbox, replies
from dropbox.desk.backup import Restored
from dropbox.desk.backup_days import last_backup
from dropbox.desk.errors import (
    AgainFirst,
    BackupDamaged,
    BackupExpired,
    BackupFromTheFuture,
    ImportFirst,
    OldVaultUnreadable,
    OtherOwnersVault,
    VaultExists,
    WrongPassphrase,
)
from dropbox.desk.vault import Vault
from dropbox.protocol import withdrawal
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.keys import ReporterKeys
from tests.desk_world import PASSPHRASE, TODAY, World, contents

MARK = "Dit is het merkwaardige kenmerk"


@pytest.fixture
def keys(world: World) -> ReporterKeys:
    """Return a reporter whose report anna has."""
    found = world.reporter()
    world.take_in("anna", world.report(found, text=MARK))
    return found


def make(world: World, name: str = "anna") -> Path:
    """Make a backup of a vault."""
    out = world.folder / f"{name}.backup"
    with world.vault(name) as vault:
        backup.backup(vault, out, world.today)
    return out


def restore(world: World, name: str = "anna", **options: object) -> Restored:
    """Restore the backup of a vault in its place."""
    return backup.restore(
        world.folder / f"{name}.backup",
        world.path(name),
        PASSPHRASE,
        world.today,
        **options,  # type: ignore[arg-type]
    )


def test_restored_vault_is_the_vault_of_that_day(world: World, keys: ReporterKeys) -> None:
    """Every case is there again, with its keys."""
    before = world.case("anna", keys)
    make(world)
    world.path("anna").unlink()
    restored = restore(world)
    assert (restored.days.made, restored.of_owner) == (TODAY, False)
    assert world.case("anna", keys) == before
    assert world.path("anna").stat().st_mode & 0o777 == 0o600


def test_backup_gives_nothing_away(world: World, keys: ReporterKeys) -> None:
    """Neither a text, nor an id, nor any row of the vault stands in the file."""
    raw = make(world).read_bytes()
    with world.vault("anna") as vault:
        rows = [sealed for _drawer, _tag, sealed in vault.raw_rows()]
    for looked_for in (MARK.encode(), keys.mailbox_id, *(row[:32] for row in rows)):
        assert looked_for not in raw


def test_backup_of_many_chunks_comes_back_whole(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vault that is larger than one chunk is restored row for row."""
    monkeypatch.setattr(backup, "CHUNK_BYTES", 1000)
    make(world)
    with world.vault("anna") as vault:
        before = {row[:2] for row in vault.raw_rows()}
    world.path("anna").unlink()
    restore(world)
    with world.vault("anna") as vault:
        assert {row[:2] for row in vault.raw_rows()} >= before


def test_expired_backup_is_refused(world: World, keys: ReporterKeys) -> None:
    """On the last day it can be restored, a day later it cannot."""
    make(world)
    world.path("anna").unlink()
    world.today = TODAY + timedelta(days=36)
    with pytest.raises(BackupExpired):
        restore(world)
    assert not world.path("anna").exists()
    world.today = TODAY + timedelta(days=35)
    restore(world)


def test_backup_from_the_future_is_refused(world: World) -> None:
    """With the clock set back, nobody can tell whether a backup is still good."""
    make(world)
    world.path("anna").unlink()
    world.today = TODAY - timedelta(days=1)
    with pytest.raises(BackupFromTheFuture):
        restore(world)


def test_wrong_passphrase_restores_nothing(world: World) -> None:
    """Without the passphrase of that day a backup is of no use."""
    out = make(world)
    place = world.folder / "new.vault"
    with pytest.raises(WrongPassphrase):
        backup.restore(out, place, "een heel andere zin", TODAY)
    assert not place.exists()


def test_vault_is_not_replaced_unasked(world: World) -> None:
    """A vault that stands there stays, unless its replacement was asked for."""
    make(world)
    before = world.path("anna").read_bytes()
    with pytest.raises(VaultExists):
        restore(world)
    assert world.path("anna").read_bytes() == before


def test_restore_applies_withdrawals_of_the_replaced_vault(
    world: World, keys: ReporterKeys
) -> None:
    """A case that was withdrawn after the backup is not brought back by it."""
    make(world)
    world.take_in("anna", withdrawal.make(keys))
    assert restore(world, replace_vault=True).withdrawn == 1
    with world.vault("anna") as vault:
        assert list(casebook.ids(vault)) == []
        assert casebook.is_withdrawn(vault, keys.mailbox_id)
        assert vault.count("case_key") == vault.count("entry") == 0


def test_vault_that_does_not_open_is_replaced_only_when_asked(
    world: World, keys: ReporterKeys
) -> None:
    """When withdrawals would be forgotten, a person must say so."""
    make(world)
    world.path("anna").write_bytes(b"broken")
    with pytest.raises(OldVaultUnreadable):
        restore(world, replace_vault=True)
    assert world.path("anna").read_bytes() == b"broken"
    assert restore(world, replace_vault=True, forget_unreadable=True).withdrawn == 0
    assert world.case("anna", keys)


def test_withdrawal_is_not_receipted_while_a_backup_could_undo_it(
    world: World, keys: ReporterKeys
) -> None:
    """Until older backups have expired the site keeps the withdrawal and sends it again."""
    make(world)
    world.take_in("anna", withdrawal.make(keys))
    assert contents(world.export("anna")[2], FrameType.WITHDRAWAL_RECEIPT) == set()
    with world.vault("anna") as vault:
        assert outbox.waiting(vault, world.today).delayed == 1
    world.today = TODAY + timedelta(days=36)
    frames = world.export("anna")[2]
    assert contents(frames, FrameType.WITHDRAWAL_RECEIPT) == {keys.mailbox_id}


def test_restored_vault_imports_before_it_writes(world: World, keys: ReporterKeys) -> None:
    """Serials go on after the site's, so that no number stands for two bundles."""
    make(world)
    header, digest, _frames = world.export("anna")
    world.path("anna").unlink()
    restore(world)
    with pytest.raises(ImportFirst):
        world.export("anna")
    with pytest.raises(ImportFirst):
        world.write("anna", replies.reply, keys, "x")
    with pytest.raises(AgainFirst):
        world.take_in("anna", serial=header.serial, accepted=digest)
    summary = world.take_in("anna", serial=header.serial, accepted=digest, again=True)
    assert summary.notices == []
    assert world.export("anna")[0].serial == header.serial + 1


def test_serials_of_the_replaced_vault_are_not_used_again(world: World, keys: ReporterKeys) -> None:
    """Also bundles that the site has not seen yet keep their numbers."""
    make(world)
    for _ in range(3):
        world.export("anna")
    restore(world, replace_vault=True)
    world.take_in("anna", again=True)
    assert world.export("anna")[0].serial == 4


@pytest.mark.parametrize(
    ("kept", "placed"), [("bram", "anna"), ("owner", "anna"), ("anna", "owner")]
)
def test_backup_replaces_no_vault_of_somebody_else(world: World, kept: str, placed: str) -> None:
    """A slip in a file's name cannot cost a colleague, or the channel, their keys."""
    out = make(world, placed)
    before = world.path(kept).read_bytes()
    with pytest.raises(OtherOwnersVault):
        backup.restore(
            out,
            world.path(kept),
            PASSPHRASE,
            TODAY,
            replace_vault=True,
            forget_unreadable=True,
        )
    assert world.path(kept).read_bytes() == before


def test_owners_backup_replaces_no_other_channel(world: World, tmp_path: Path) -> None:
    """Two channels of one owner are not taken for each other."""
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    with pytest.raises(OtherOwnersVault):
        backup.restore(
            make(world, "owner"), other.path("owner"), PASSPHRASE, TODAY, replace_vault=True
        )


def test_backup_from_before_the_first_card_may_come_back(world: World) -> None:
    """The same handler is recognised also when one of the two has no channel yet."""
    with world.vault("anna") as vault:
        card = vault.get("setting", b"card")
        vault.delete("setting", b"card")
    make(world)
    with world.vault("anna") as vault:
        vault.put("setting", b"card", card or b"")
    restore(world, replace_vault=True)


def test_later_backups_count_after_a_restore(world: World, keys: ReporterKeys) -> None:
    """A withdrawal is receipted only when no backup made up to the restore can undo it."""
    make(world)
    first = (world.folder / "anna.backup").read_bytes()
    world.today = TODAY + timedelta(days=20)
    make(world)
    (world.folder / "anna.backup").write_bytes(first)
    world.today = TODAY + timedelta(days=25)
    restore(world, replace_vault=True)
    with world.vault("anna") as vault:
        newest = last_backup(vault)
    assert newest is not None
    assert newest.made == TODAY + timedelta(days=20)
    world.take_in("anna", withdrawal.make(keys), again=True)
    world.today = TODAY + timedelta(days=60)
    assert contents(world.export("anna")[2], FrameType.WITHDRAWAL_RECEIPT) == set()
    world.today = TODAY + timedelta(days=61)
    frames = world.export("anna")[2]
    assert contents(frames, FrameType.WITHDRAWAL_RECEIPT) == {keys.mailbox_id}


def test_highest_import_day_of_the_replaced_vault_is_kept(world: World) -> None:
    """A restore does not make a clock that was set back look right."""
    make(world)
    world.today = TODAY + timedelta(days=5)
    world.take_in("anna", world.card.raw)
    restore(world, replace_vault=True)
    with world.vault("anna") as vault:
        assert clock.last_import(vault) == world.today


def test_restored_owner_does_not_sign_a_version_twice(world: World) -> None:
    """The version of the replaced vault is carried over, so no two cards share one."""
    make(world, "owner")
    world.card = world.sign()
    assert restore(world, "owner", replace_vault=True).of_owner
    with world.vault("owner") as vault:
        assert channel.load(vault).version == world.card.version
    assert world.sign().version == world.card.version + 1


def test_restore_that_fails_leaves_the_old_vault(world: World, keys: ReporterKeys) -> None:
    """A damaged backup is found out before anything is replaced."""
    out = make(world)
    out.write_bytes(out.read_bytes()[:-1])
    before = world.path("anna").read_bytes()
    with pytest.raises(BackupDamaged):
        restore(world, replace_vault=True)
    assert world.path("anna").read_bytes() == before
    assert {place.suffix for place in world.folder.iterdir()} == {".vault", ".bundle", ".backup"}


def cut(at: int) -> Callable[[bytes], bytes]:
    """Return what cuts a file off."""
    return lambda raw: raw[:at]


def flip(at: int) -> Callable[[bytes], bytes]:
    """Return what changes one byte of a file."""

    def harm(raw: bytes) -> bytes:
        changed = bytearray(raw)
        changed[at] ^= 1
        return bytes(changed)

    return harm


@pytest.mark.parametrize(
    "harm",
    [
        *map(cut, (0, 3, 60, 113, 116, 117, -1)),
        *map(flip, (0, 4, 8, 12, 40, 60, 115, 200, -1)),
        lambda raw: raw + b"\0",
        lambda raw: raw + bytes(44),
    ],
)
def test_any_harm_to_a_backup_is_refused(
    world: World, keys: ReporterKeys, harm: Callable[[bytes], bytes]
) -> None:
    """Cut off, changed or added to, also in its days: no vault is made."""
    out = make(world)
    out.write_bytes(harm(out.read_bytes()))
    place = world.folder / "new.vault"
    with pytest.raises((BackupDamaged, WrongPassphrase)):
        backup.restore(out, place, PASSPHRASE, TODAY)
    assert not place.exists()


def test_chunks_cannot_change_places_or_be_left_out(
    world: World, keys: ReporterKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each chunk is tied to its place, and the last one to the end."""
    monkeypatch.setattr(backup, "CHUNK_BYTES", 1000)
    out = make(world)
    with out.open("rb") as file:
        head = file.read(backup._HEAD.size)
        chunks = []
        while length := file.read(4):
            chunks.append(length + file.read(int.from_bytes(length, "big")))
    place = world.folder / "new.vault"
    for order in ([chunks[1], chunks[0], *chunks[2:]], chunks[:-1], [*chunks[:-2], chunks[-1]]):
        out.write_bytes(head + b"".join(order))
        with pytest.raises(BackupDamaged):
            backup.restore(out, place, PASSPHRASE, TODAY)
        assert not place.exists()


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_as_a_backup(raw: bytes) -> None:
    """Whatever the file holds, its head is read or refused, never a surprise."""
    with pytest.raises(BackupDamaged):
        backup.read_head(BytesIO(raw))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_any_days_in_a_head_are_read_or_refused(made: int, expires: int) -> None:
    """Days beyond the calendar are a damaged backup."""
    raw = backup._HEAD.pack(backup.MAGIC, 1, made, expires, 8192, 1, bytes(16), bytes(72))
    try:
        assert backup.read_head(BytesIO(raw)).days.made.toordinal() == made
    except BackupDamaged:
        assert not 1 <= made <= 3_652_059 or not 1 <= expires <= 3_652_059


def test_restored_vault_opens_with_the_passphrase_of_its_backup(
    world: World, keys: ReporterKeys
) -> None:
    """A backup knows nothing of a passphrase that was changed after it."""
    make(world)
    with world.vault("anna") as vault:
        vault.change_passphrase("een heel andere zin")
    restore(world, replace_vault=True, forget_unreadable=True)
    Vault.open(world.path("anna"), PASSPHRASE).close()
