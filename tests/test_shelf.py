"""The shelf of channel cards: what it shows, takes and refuses."""

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    BadSignature,
    CardExpired,
    CardForked,
    CardRolledBack,
    ChannelHasOtherSlug,
    DropboxError,
    ForeignCard,
    ForeignHandler,
    HandlerElsewhere,
    SlugTaken,
    StoreReadOnly,
    UnknownChannel,
)
from dropbox.protocol import channel_card
from dropbox.store import CardShelf
from tests.organisation import SITE_ID, TODAY, Office, office


@pytest.fixture
def shelf(tmp_path: Path) -> CardShelf:
    """Return an empty shelf."""
    (tmp_path / "cards").mkdir()
    return CardShelf(tmp_path / "cards", SITE_ID)


def test_shelf_shows_a_card_that_was_added(shelf: CardShelf) -> None:
    """A valid card is on the shelf, whole and readable for everyone."""
    channel = office()
    card = shelf.add(channel.card_bytes(), TODAY)
    assert [shelved.card.raw for shelved in shelf.cards(TODAY)] == [card.raw]
    assert stat.S_IMODE((shelf.folder / "meldpunt.card").stat().st_mode) == 0o644
    assert [name.name for name in shelf.folder.iterdir()] == ["meldpunt.card"]


def test_card_rolled_back_expired_or_with_foreign_handler_is_refused(shelf: CardShelf) -> None:
    """None of the three replaces the card that is there."""
    channel = office()
    held = shelf.add(channel.card_bytes(version=3), TODAY)
    with pytest.raises(CardRolledBack):
        shelf.add(channel.card_bytes(version=2), TODAY)
    with pytest.raises(CardExpired):
        shelf.add(channel.card_bytes(version=4, days=-1), TODAY)
    stranger = office("vreemde")
    draft = replace(channel.card(4).draft)
    foreign = [(stranger.certificate(stranger.handlers[0]), [stranger.handlers[0].intake()])]
    raw = channel_card.sign_card(channel.seed, SITE_ID, draft, foreign)
    with pytest.raises(ForeignHandler):
        shelf.add(raw, TODAY)
    assert [shelved.card.raw for shelved in shelf.cards(TODAY)] == [held.raw]


def test_same_card_again_changes_nothing(shelf: CardShelf) -> None:
    """The courier may bring the same card with every bundle."""
    raw = office().card_bytes()
    shelf.add(raw, TODAY)
    before = (shelf.folder / "meldpunt.card").stat()
    shelf.add(raw, TODAY)
    after = (shelf.folder / "meldpunt.card").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_two_cards_of_one_version_are_a_fork(shelf: CardShelf) -> None:
    """A channel's owner who signed the same number twice has to explain it."""
    channel = office()
    shelf.add(channel.card_bytes(days=90), TODAY)
    with pytest.raises(CardForked):
        shelf.add(channel.card_bytes(days=80), TODAY)


def test_card_of_another_channel_never_takes_a_slug(shelf: CardShelf) -> None:
    """The address of a channel cannot be taken over by another key."""
    shelf.add(office().card_bytes(), TODAY)
    with pytest.raises(SlugTaken):
        shelf.add(office("ander").card_bytes(), TODAY)


def test_channel_keeps_its_slug(shelf: CardShelf) -> None:
    """One channel never stands on the shelf twice."""
    channel = office()
    shelf.add(channel.card_bytes(), TODAY)
    channel.slug = "anders"
    with pytest.raises(ChannelHasOtherSlug):
        shelf.add(channel.card_bytes(version=2), TODAY)


def test_handler_belongs_to_one_channel(shelf: CardShelf) -> None:
    """Nobody reads for two channels with one key."""
    channel = office()
    shelf.add(channel.card_bytes(), TODAY)
    with pytest.raises(HandlerElsewhere):
        shelf.add(Office([channel.handlers[0]], slug="ander").card_bytes(), TODAY)


def test_shelf_sees_a_changed_file_and_a_new_day(shelf: CardShelf) -> None:
    """A running worker needs no restart for a new card, and no file change for an expiry."""
    channel = office()
    assert shelf.cards(TODAY) == ()
    CardShelf(shelf.folder, SITE_ID).add(channel.card_bytes(version=1), TODAY)
    assert shelf.cards(TODAY)[0].card.version == 1
    CardShelf(shelf.folder, SITE_ID).add(channel.card_bytes(version=2), TODAY)
    assert shelf.cards(TODAY)[0].card.version == 2
    assert not shelf.cards(TODAY + timedelta(days=90))[0].expired
    assert shelf.cards(TODAY + timedelta(days=91))[0].expired


def test_unchanged_shelf_is_not_read_again(shelf: CardShelf) -> None:
    """Between changes a look at the shelf costs a look at the folder."""
    shelf.add(office().card_bytes(), TODAY)
    assert shelf.cards(TODAY) is shelf.cards(TODAY)


def test_broken_file_is_named_and_the_others_stay(shelf: CardShelf) -> None:
    """One bad file never closes the other channels."""
    shelf.add(office().card_bytes(), TODAY)
    good = (shelf.folder / "meldpunt.card").read_bytes()
    (shelf.folder / "a.card").write_bytes(b"rubbish")
    (shelf.folder / "b.card").write_bytes(good)
    (shelf.folder / "c.card").write_bytes(good[:-1] + bytes((good[-1] ^ 1,)))
    (shelf.folder / "d.card").mkdir()
    assert [shelved.card.slug for shelved in shelf.cards(TODAY)] == ["meldpunt"]
    broken = shelf.broken(TODAY)
    assert sorted(broken) == ["a.card", "b.card", "c.card", "d.card"]
    assert isinstance(broken["c.card"], BadSignature)


def test_card_of_another_site_is_refused(shelf: CardShelf) -> None:
    """A card signed for one site is no card of another."""
    other = CardShelf(shelf.folder, bytes(16))
    with pytest.raises(ForeignCard):
        other.add(office().card_bytes(), TODAY)


def test_unknown_channel_has_no_card(shelf: CardShelf) -> None:
    """An empty shelf, and one without a folder, know no channel."""
    with pytest.raises(UnknownChannel):
        shelf.of_channel(bytes(32), TODAY)
    assert CardShelf(shelf.folder / "nowhere", SITE_ID).cards(TODAY) == ()


def test_shelf_that_cannot_be_written_is_named(shelf: CardShelf) -> None:
    """Without a folder to write in, the error says so and no half file stays."""
    lost = CardShelf(shelf.folder / "nowhere", SITE_ID)
    with pytest.raises(StoreReadOnly):
        lost.add(office().card_bytes(), TODAY)


def test_shelf_that_cannot_be_read_is_not_empty(tmp_path: Path) -> None:
    """The site says that it does not work, rather than that there are no channels."""
    (tmp_path / "cards").write_bytes(b"")
    with pytest.raises(StoreReadOnly) as caught:
        CardShelf(tmp_path / "cards", SITE_ID).cards(TODAY)
    assert caught.value.params == {"folder": str(tmp_path / "cards")}


@given(data=st.binary(max_size=400) | st.binary(max_size=100).map(b"MKCD\x01".__add__))
def test_any_bytes_on_the_shelf_are_refused_in_our_words(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever somebody hands over as a card, the answer is one of our errors."""
    shelf = CardShelf(tmp_path_factory.mktemp("cards"), SITE_ID)
    with pytest.raises(DropboxError):
        shelf.add(data, TODAY)
    (shelf.folder / "x.card").write_bytes(data)
    assert shelf.cards(TODAY) == ()
    assert list(shelf.broken(TODAY)) == ["x.card"]
