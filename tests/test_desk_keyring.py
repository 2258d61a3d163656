"""A handler's keys, the channel's identity, and cards: who is believed, and for how long."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.desk import channel, keyring
from dropbox.desk.channel import ChannelPlan
from dropbox.desk.errors import (
    FingerprintDiffers,
    KeysEnded,
    NoCardYet,
    NoHandlers,
    NotAHandlersVault,
    NotAnOwnersVault,
    NotOnCard,
    OtherChannel,
    PlanInvalid,
    RequestTooOld,
    RoleInvalid,
    UnknownHandler,
)
from dropbox.desk.vault_file import create
from dropbox.errors import CardExpired, CardForked, CardRolledBack, ForeignCard
from dropbox.protocol import box
from dropbox.protocol.certificate import read_request
from dropbox.protocol.days import add_months
from tests.desk_world import CHEAP, PASSPHRASE, SITE, SITE_ID, TEXTS, TODAY, World


def test_request_covers_six_months_from_this_one(world: World) -> None:
    """A request holds a key for each month, so that a card never outlives its keys."""
    asked = read_request(world.request("anna"), SITE_ID)
    assert [key.first_day for key in asked.intake_keys] == [
        add_months(date(2026, 11, 1), months) for months in range(6)
    ]
    assert asked.intake_keys[0].last_day == date(2026, 11, 30)
    assert asked.intake_keys[-1].last_day > TODAY + timedelta(days=100)


def test_asking_again_keeps_keys_that_are_in_use(world: World) -> None:
    """A second request holds the same keys, so reports sealed meanwhile still open."""
    first = read_request(world.request("anna"), SITE_ID)
    again = read_request(world.request("anna"), SITE_ID)
    assert {key.x_pk for key in first.intake_keys} == {key.x_pk for key in again.intake_keys}


def test_role_must_be_given_in_both_languages(world: World) -> None:
    """An empty or overlong role is refused where it is typed."""
    with world.vault("anna") as vault:
        for role in ({"nl": " ", "en": "x"}, {"nl": "x" * 61, "en": "x"}):
            with pytest.raises(RoleInvalid):
                keyring.request(vault, role, TODAY)


def test_expired_intake_key_is_destroyed_after_35_days(world: World) -> None:
    """The key of November is there on 4 January and gone on 5 January, for good."""
    with world.vault("anna") as vault:
        before = keyring.load(vault).box_keys()
        assert keyring.destroy_expired(vault, date(2027, 1, 3)) == 0
        assert keyring.destroy_expired(vault, date(2027, 1, 4)) == 1
        after = keyring.load(vault)
    (gone,) = before.keys() - after.box_keys().keys()
    assert after.destroyed == (gone,)


def test_erasure_is_final_when_this_months_key_is_destroyed() -> None:
    """What was sealed today can be opened until 35 days after the month's end."""
    assert keyring.erasure_is_final_on(TODAY) == date(2027, 1, 4)


def test_secrets_do_not_show_in_a_traceback(world: World) -> None:
    """Keys print without their secrets."""
    with world.vault("anna") as vault:
        desk = keyring.load(vault)
    assert desk.seed.hex() not in repr(desk)
    assert repr(desk.seed) not in repr(desk)
    assert repr(desk.intake[0].secret) not in repr(desk)


def test_vault_is_an_owners_or_a_handlers(world: World) -> None:
    """Neither vault does the other's work."""
    with world.vault("owner") as vault, pytest.raises(NotAHandlersVault):
        keyring.load(vault)
    with world.vault("anna") as vault, pytest.raises(NotAnOwnersVault):
        channel.load(vault)


def test_vault_without_a_card_says_so(tmp_path: Path) -> None:
    """A handler who has no card yet is told what to do."""
    with create(tmp_path / "v", PASSPHRASE, CHEAP) as vault:
        keyring.start(vault, SITE)
        with pytest.raises(NoCardYet):
            keyring.channel(vault)


def test_first_card_pins_the_channel(world: World, tmp_path: Path) -> None:
    """After the first card, a card of another channel is refused, however new it is."""
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    with world.vault("anna") as vault:
        other.card = other.sign([keyring.request(vault, {"nl": "x", "en": "x"}, TODAY)])
        other.card = other.sign()
        with pytest.raises(OtherChannel), vault.transaction():
            keyring.pin(vault, other.card.raw, TODAY)
        assert keyring.channel(vault).channel_pk == world.card.channel_pk


def test_wrong_fingerprint_refuses_the_first_card(world: World) -> None:
    """A handler who types the poster's fingerprint is not fooled by another card."""
    with world.vault("anna") as vault, vault.transaction():
        with pytest.raises(FingerprintDiffers):
            keyring.pin(vault, world.card.raw, TODAY, "AAAAA BBBBB CCCCC DDDDD EEEEE")
        keyring.pin(vault, world.card.raw, TODAY, world.card.fingerprint.lower())


def test_older_card_is_refused(world: World) -> None:
    """A card with a lower version than the pinned one is a rollback."""
    old = world.card.raw
    world.card = world.sign()
    world.pin("anna")
    with pytest.raises(CardRolledBack):
        world.pin("anna", old)


def test_another_card_with_the_same_version_is_refused(world: World) -> None:
    """Two cards with one version are a fork: somebody holds a second copy of the identity."""
    copy = world.path("owner").read_bytes()
    world.card = world.sign()
    world.pin("anna")
    world.path("owner").write_bytes(copy)
    world.today = TODAY - timedelta(days=1)
    forked = world.sign()
    assert forked.version == world.card.version
    with pytest.raises(CardForked):
        world.pin("anna", forked.raw)


def test_card_without_this_handler_or_with_another_key_is_refused(world: World) -> None:
    """A card that drops the handler, or carries a key that is not theirs, is refused."""
    anna = world.handler_id("anna")
    world.card = world.sign(remove=[anna.hex()])
    with pytest.raises(NotOnCard):
        world.pin("anna")
    with world.vault("bram") as vault, vault.transaction():
        desk = keyring.load(vault)
        keyring.save_setting(vault, b"desk", replace(desk, intake=desk.intake[1:]))
    with pytest.raises(NotOnCard):
        world.pin("bram")


def test_card_with_keys_that_were_destroyed_on_time_is_accepted(world: World) -> None:
    """A card may still carry last months' keys when they are gone here."""
    world.today = date(2027, 1, 20)
    world.card = world.sign()
    with world.vault("anna") as vault:
        keyring.destroy_expired(vault, world.today)
    world.pin("anna")


def test_expired_card_is_for_reading_only(world: World) -> None:
    """After its last day a card still names people on the screen, and seals nothing."""
    late = TODAY + timedelta(days=101)
    with world.vault("anna") as vault:
        with pytest.raises(CardExpired):
            keyring.card(vault, late)
        assert keyring.card_for_reading(vault, late).handlers


def test_each_card_has_the_next_version_and_keeps_its_handlers(world: World) -> None:
    """Signing without requests renews the card with everybody on it."""
    renewed = world.sign()
    assert renewed.version == world.card.version + 1
    assert {h.handler_id for h in renewed.handlers} == {h.handler_id for h in world.card.handlers}
    assert renewed.expires == TODAY + timedelta(days=100)


def test_restored_owner_can_skip_versions(world: World) -> None:
    """An owner whose vault forgot a version signs beyond it."""
    with world.vault("owner") as vault:
        assert channel.sign_next_card(vault, [], [], TODAY, after_version=41).version == 42


def test_card_ends_with_the_keys_on_it(world: World) -> None:
    """No card is valid on a day for which a handler has no key, so no report goes unread."""
    world.today = date(2027, 4, 1)
    assert world.sign([world.request("anna")]).expires == date(2027, 4, 30)
    world.today = date(2027, 5, 1)
    with pytest.raises(KeysEnded):
        world.sign([world.request("anna")])
    assert world.sign([world.request("anna"), world.request("bram")]).expires > date(2027, 7, 1)


def test_certificates_end_with_their_card(world: World) -> None:
    """Who left the channel can vouch for nothing once the last card with them is over."""
    assert all(h.certificate.not_after == world.card.expires for h in world.card.handlers)


def test_request_of_another_site_is_refused(world: World, tmp_path: Path) -> None:
    """A handler of another site cannot be certified here."""
    with create(tmp_path / "v.vault", PASSPHRASE, CHEAP) as vault:
        keyring.start(vault, replace(SITE, site_id=bytes(16)))
    with pytest.raises(ForeignCard):
        world.sign([world.request("v")])


def test_older_request_does_not_replace_a_newer_one(world: World) -> None:
    """Somebody who finds an old request cannot bring old keys back."""
    old = world.request("anna")
    world.today = add_months(TODAY, 2)
    world.sign([world.request("anna")])
    with pytest.raises(RequestTooOld):
        world.sign([old])


def test_removing_needs_a_known_handler_and_leaves_one(world: World) -> None:
    """A typing error removes nobody, and a card without handlers is not made."""
    with pytest.raises(UnknownHandler):
        world.sign(remove=["00" * 8])
    with pytest.raises(NoHandlers):
        world.sign(remove=[h.handler_id.hex() for h in world.card.handlers])
    with world.vault("owner") as vault:
        assert channel.load(vault).version == world.card.version


def test_removed_handler_is_not_on_the_next_card(world: World) -> None:
    """Who was removed stays removed."""
    anna = world.handler_id("anna")
    world.sign(remove=[anna.hex()])
    assert anna not in {handler.handler_id for handler in world.sign().handlers}


@pytest.mark.parametrize("change", [{"slug": "Geen Slug"}, {"kind": "other"}, {"slug": ""}])
def test_plan_that_fits_no_card_is_refused_at_once(tmp_path: Path, change: dict[str, str]) -> None:
    """A bad short name or kind shows when the vault is made, and no vault is left."""
    plan = replace(ChannelPlan("goed", "integrity", False, False, TEXTS), **change)  # type: ignore[arg-type]
    with pytest.raises(PlanInvalid), create(tmp_path / "v", PASSPHRASE, CHEAP) as vault:
        channel.start(vault, SITE_ID, plan, TODAY)
    assert list(tmp_path.iterdir()) == []


def toml(**changes: str) -> str:
    """Return a channel's texts as TOML, with changes in the Dutch table."""
    words = {"name": "N", "runs": "R", "reads": "L", "about": "A"}
    tables = {"nl": {**words, **changes}, "en": words}
    return "\n".join(
        f"[{language}]\n" + "\n".join(f'{name} = "{text}"' for name, text in table.items())
        for language, table in tables.items()
    )


def test_texts_are_read_in_both_languages() -> None:
    """A whole file gives the texts of both languages."""
    assert channel.read_texts(toml(name="Bureau"))["nl"].name == "Bureau"


@pytest.mark.parametrize("text", ["", "[nl]", toml(extra="x"), toml(name=" "), "x = [", "nl = 1"])
def test_incomplete_texts_are_refused(text: str) -> None:
    """A missing, unknown or empty text is refused."""
    with pytest.raises(PlanInvalid):
        channel.read_texts(text)


@given(st.text(max_size=200))
def test_any_text_is_refused_as_texts(text: str) -> None:
    """Whatever the file holds, the failure is `PlanInvalid`."""
    with pytest.raises(PlanInvalid):
        channel.read_texts(text)


def test_intake_keys_open_what_was_sealed_to_the_card(world: World) -> None:
    """The keys on the card are the public halves of the vault's."""
    with world.vault("anna") as vault:
        own = keyring.load(vault).box_keys()
    entry = world.card.handler(world.handler_id("anna"))
    assert {box.key_id(key.x_pk) for key in entry.intake_keys} == own.keys()
