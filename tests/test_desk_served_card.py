"""The card that the site serves is held against the pinned one; only a newer one is believed."""

from datetime import timedelta
from pathlib import Path

from dropbox.desk import keyring
from dropbox.desk.served_card import Notice
from tests.desk_world import TODAY, World


def test_newer_card_of_the_channel_is_taken_over(world: World) -> None:
    """A newer card that the owner signed becomes the pinned one, and people are told."""
    newer = world.sign()
    assert world.take_in("anna", newer.raw).notices == [Notice.NEWER_CARD]
    with world.vault("anna") as vault:
        assert keyring.pinned(vault).version == newer.version
    assert world.take_in("anna", newer.raw).notices == []


def test_older_card_alarms_once_the_newer_was_delivered(world: World) -> None:
    """Before the site confirmed our card an older one is natural; after that it is an alarm."""
    old = world.card.raw
    world.card = world.sign()
    world.pin("anna")
    assert world.take_in("anna", old).notices == [Notice.CARD_UNDER_WAY]
    header, digest, _frames = world.export("anna")
    summary = world.take_in("anna", world.card.raw, serial=header.serial, accepted=digest)
    assert summary.notices == []
    assert world.take_in("anna", old).notices == [Notice.OLDER_CARD]


def test_cards_that_the_owner_did_not_sign_for_us_alarm(world: World, tmp_path: Path) -> None:
    """Another channel's card, one without us, a fork and a broken one each raise an alarm."""
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    fork = world.folder / "copy.vault"
    fork.write_bytes(world.path("owner").read_bytes())
    world.card = world.sign()
    world.pin("anna")
    fork.replace(world.path("owner"))
    world.today = TODAY - timedelta(days=1)
    forked = world.sign()
    world.today = TODAY
    without = world.sign(remove=[world.handler_id("anna").hex()])
    expected = {
        forked.raw: Notice.FORKED_CARD,
        without.raw: Notice.NOT_ON_CARD,
        other.card.raw: Notice.OTHER_CHANNEL,
        world.card.raw[:-1] + bytes([world.card.raw[-1] ^ 1]): Notice.FALSE_CARD,
    }
    for raw, notice in expected.items():
        assert world.take_in("anna", raw).notices == [notice]
        assert notice.alarming
    with world.vault("anna") as vault:
        assert keyring.pinned(vault).raw == world.card.raw


def test_expired_card_on_the_site_is_noticed(world: World) -> None:
    """A site that serves a card past its days cannot take reports: people are told."""
    old = world.card.raw
    world.today = TODAY + timedelta(days=90)
    world.card = world.sign([world.request("anna")])
    world.pin("anna")
    world.today = TODAY + timedelta(days=101)
    assert world.take_in("anna", old).notices == [
        Notice.EXPIRED_CARD,
        Notice.CLOCK_DOUBTFUL,
    ]
