"""Who is served at the courier's address, what of, and what everybody else sees."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from dropbox import upkeep
from dropbox.config import CourierKey
from dropbox.errors import (
    BundleTruncated,
    DropboxError,
    ForeignBundle,
    SiteKeyDiffers,
    SiteKeyMissing,
    StoreBusy,
)
from dropbox.protocol import carried, courier, sign
from dropbox.protocol.bundle import FrameType
from dropbox.protocol.carried import NO_ENTRY, PIECE_BYTES, Asked, Claim
from dropbox.protocol.courier import (
    Action,
    BundleChanged,
    Code,
    MalformedRequest,
    TooMuchCarried,
)
from dropbox.protocol.envelope import envelope_id
from dropbox.site.limits import MAX_BODY_BYTES
from dropbox.site.views.courier import CHALLENGE_SECONDS
from dropbox.store import incoming
from tests.blind_server import desk_bundle
from tests.organisation import SITE_ID, SITE_SEED, TODAY, Handler, Office, office
from tests.site_client import World

SEED, OTHER_SEED = bytes(range(100, 132)), bytes(range(50, 82))
ALL = Asked(False, (NO_ENTRY,)).raw()


@dataclass
class Door:
    """A site with two couriers, one for each of its handlers, and what they send."""

    world: World
    challenge: bytes = b""

    @property
    def channel(self) -> Office:
        """Return the site's channel."""
        return self.world.offices[0]

    @property
    def handler(self) -> Handler:
        """Return whom the courier with SEED carries for."""
        return self.channel.handlers[0]

    def post(self, data: bytes) -> TestResponse:
        """Send bytes as they stand."""
        return self.world.client.post("/courier", data=data, content_type="application/x")

    def greet(self, seed: bytes = SEED) -> TestResponse:
        """Ask for a challenge, and keep it."""
        answer = self.post(courier.hello(sign.public_key(seed)))
        if answer.status_code == 200:
            self.challenge = courier.read_answer(answer.data)[1]
        return answer

    def request(self, action: Action, body: bytes, seed: bytes = SEED) -> bytes:
        """Return a good request of a courier for the first handler."""
        self.greet()
        return courier.request(seed, SITE_ID, self.challenge, action, self.handler.handler_id, body)

    def ask(self, action: Action, body: bytes) -> tuple[Code, bytes]:
        """Ask as the first courier; return code and content, or raise what the site says."""
        answer = self.post(self.request(action, body))
        assert answer.status_code == 200
        return courier.read_answer(answer.data)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """Return a site with two couriers."""
    world = World(tmp_path, (office("adviser", "coordinator"),))
    (tmp_path / "var" / "site" / "bundle.key").write_bytes(SITE_SEED)
    # The blind server of the tests has its cards beside the database.
    (tmp_path / "keys" / "cards").symlink_to(tmp_path / "var" / "site" / "cards")
    one, two = (handler.handler_id for handler in world.offices[0].handlers)
    known = (
        CourierKey(sign.public_key(SEED), (one,)),
        CourierKey(sign.public_key(OTHER_SEED), (two,)),
    )
    world.start(couriers=known)
    return Door(world)


def same(answer: TestResponse) -> tuple[object, ...]:
    """Return all of an answer that somebody sees."""
    return answer.status_code, answer.data, sorted(answer.headers)


def test_stranger_sees_an_address_that_is_not_there(door: Door) -> None:
    """A wrong key, handler, challenge or signature, and garbage: the same page, to the byte."""
    good = door.request(Action.LIST, ALL)
    assert door.post(good).status_code == 200
    other_id = door.channel.handlers[1].handler_id
    stranger = sign.new_seed()
    wrong = [
        b"",
        b"garbage",
        good[:60],
        bytes((good[0] ^ 1,)) + good[1:],
        good[:-1] + bytes((good[-1] ^ 1,)),
        good + b"x",
        courier.hello(sign.public_key(stranger)),
        door.request(Action.LIST, ALL, seed=stranger),
        door.request(Action.LIST, ALL, seed=OTHER_SEED),
        courier.request(SEED, SITE_ID, door.challenge, Action.LIST, other_id, ALL),
        courier.request(SEED, bytes(16), door.challenge, Action.LIST, door.handler.handler_id, ALL),
        courier.request(SEED, SITE_ID, b"", Action.LIST, door.handler.handler_id, ALL),
        courier.request(
            SEED, SITE_ID, door.challenge[:-1], Action.LIST, door.handler.handler_id, ALL
        ),
    ]
    # every place of the signed part, changed
    wrong += [good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :] for at in range(0, len(good), 7)]
    page = same(door.world.client.post("/nothing", data=b"x", content_type="application/x"))
    for data in wrong:
        assert same(door.post(data)) == page


def test_site_without_couriers_has_no_such_address(door: Door) -> None:
    """Where nobody is configured there is nothing, and no bundle key is needed."""
    known = (CourierKey(bytes(32), (bytes(8),)),)
    with pytest.raises(SiteKeyDiffers):
        door.world.start(couriers=known, site_pk=bytes(32))
    (door.world.folder / "var" / "site" / "bundle.key").unlink()
    with pytest.raises(SiteKeyMissing):
        door.world.start(couriers=known)
    door.world.start(couriers=())
    page = same(door.world.client.post("/nothing", data=b"x", content_type="application/x"))
    assert same(door.greet()) == page
    assert not any("courier" in str(rule) for rule in door.world.app.url_map.iter_rules())


def test_revoked_key_opens_nothing_any_more(door: Door) -> None:
    """Without its line the very request that was good before is a stranger's."""
    good = door.request(Action.LIST, ALL)
    assert door.post(good).status_code == 200
    two = CourierKey(sign.public_key(OTHER_SEED), (door.handler.handler_id,))
    door.world.start(couriers=(two,))
    assert door.post(good).status_code == 404
    assert door.greet().status_code == 404


def test_request_is_good_for_a_short_time(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever kept a request and sends it again after that has a stranger's."""
    good = door.request(Action.LIST, ALL)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + CHALLENGE_SECONDS - 1)
    assert door.post(good).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + CHALLENGE_SECONDS + 2)
    assert door.post(good).status_code == 404


def test_form_token_is_no_challenge(door: Door) -> None:
    """What the same key signs for a form serves no courier."""
    token = door.world.app.extensions["meldkluis"].tokens.issue().encode()
    forged = courier.request(SEED, SITE_ID, token, Action.LIST, door.handler.handler_id, ALL)
    assert door.post(forged).status_code == 404


def test_stranger_costs_no_look_at_the_database(door: Door) -> None:
    """The signature stands before everything: no statement, no file."""
    stranger = door.request(Action.LIST, ALL, seed=sign.new_seed())
    tampered = door.request(Action.LIST, ALL)[:-1] + b"x"
    asked: list[str] = []
    connection = door.world.server.store.connection().conn
    connection.set_trace_callback(asked.append)
    for data in (stranger, tampered):
        assert door.post(data).status_code == 404
    connection.set_trace_callback(None)
    assert asked == []


def test_courier_gets_only_the_own_handlers_items(door: Door) -> None:
    """An envelope for a colleague is not listed, and not given to who names its id."""
    _one, two = door.channel.handlers
    filed = door.world.server.file(readers=[two])
    listing = carried.read_listing(door.ask(Action.LIST, ALL)[1])
    assert [entry[0] for entry in listing.entries] == [FrameType.CARD]
    named = carried.entry(FrameType.ENVELOPE, envelope_id(filed.new.envelope))
    _code, content = door.ask(Action.TAKE, Asked(False, (named, NO_ENTRY)).raw())
    assert content == b""


def test_list_continues_after_what_is_known(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list comes in pages that together are the whole, in the bundle's order."""
    for _ in range(7):
        door.world.server.file(readers=[door.handler])
    whole = carried.read_listing(door.ask(Action.LIST, ALL)[1]).entries
    monkeypatch.setattr(carried, "ENTRIES_A_PAGE", 3)
    pages, known = [], NO_ENTRY
    for _ in range(4):
        page = carried.read_listing(door.ask(Action.LIST, Asked(False, (known,)).raw())[1])
        pages += page.entries
        known = page.entries[-1] if page.entries else known
    assert tuple(pages) == whole
    assert len(whole) == 8
    for entry in whole:
        _code, content = door.ask(Action.TAKE, Asked(False, (entry,)).raw())
        assert [carried.entry_of(frame) for frame in carried.frames_of(content)] == [entry]


def test_site_signs_only_what_it_holds(door: Door) -> None:
    """A courier that leaves something out gets no trailer, and no day is kept."""
    door.world.server.file(readers=[door.handler])
    with pytest.raises(BundleChanged):
        door.ask(Action.CLOSE, carried.close(False, bytes(32)))
    with door.world.server.store.read() as tables:
        assert tables.couriers.get(door.handler.handler_id).collected_day == 0


def claim_of(data: bytes, serial: int = 1) -> Claim:
    """Return the claim of a bundle's bytes."""
    return Claim(len(data), serial, data[-96:-64])


def test_tampered_piece_spoils_the_whole(door: Door) -> None:
    """A bundle of which one byte came in wrong is refused and let go, and nothing is used."""
    data = desk_bundle(door.channel, door.handler, 1)
    claim = claim_of(data)
    spoilt = data[:120] + bytes((data[120] ^ 1,)) + data[121:]
    door.ask(Action.PUT, carried.put(claim, 0, spoilt))
    with pytest.raises(DropboxError):
        door.ask(Action.APPLY, claim.raw())
    assert carried.read_offset(door.ask(Action.OFFER, claim.raw())[1]) == 0
    door.ask(Action.PUT, carried.put(claim, 0, data))
    assert door.ask(Action.APPLY, claim.raw()) == (Code.DONE, b"")
    assert door.ask(Action.APPLY, claim.raw()) == (Code.ALREADY, b"")
    assert door.ask(Action.OFFER, claim.raw()) == (Code.ALREADY, b"")


def test_colleagues_bundle_is_refused(door: Door) -> None:
    """A courier for one handler hands in nothing of another, though it be rightly signed."""
    data = desk_bundle(door.channel, door.channel.handlers[1], 1)
    claim = claim_of(data)
    door.ask(Action.PUT, carried.put(claim, 0, data))
    with pytest.raises(ForeignBundle):
        door.ask(Action.APPLY, claim.raw())


def test_piece_that_does_not_fit_on_changes_nothing(door: Door) -> None:
    """A replayed piece, one too early and one beyond the end leave what is there."""
    claim = Claim(100, 1, bytes(32))
    first = carried.put(claim, 0, b"a" * 40)
    for body in (first, first, carried.put(claim, 50, b"b" * 40)):
        assert carried.read_offset(door.ask(Action.PUT, body)[1]) == 40
    for body in (
        carried.put(claim, 40, b"b" * 61),
        carried.put(claim, 40, b""),
        carried.put(claim, 2**64 - 1, b"b"),
        claim.raw(),
        b"",
    ):
        with pytest.raises(MalformedRequest):
            door.ask(Action.PUT, body)
    with pytest.raises(BundleTruncated):
        door.ask(Action.APPLY, claim.raw())
    other = Claim(100, 2, bytes(32))
    assert carried.read_offset(door.ask(Action.OFFER, other.raw())[1]) == 0


def test_unfinished_bundle_goes_at_night(door: Door) -> None:
    """The nightly purge lets go of what is not whole; the courier begins anew."""
    claim = Claim(100, 1, bytes(32))
    door.ask(Action.PUT, carried.put(claim, 0, b"a" * 40))
    upkeep.purge(door.world.server.store, TODAY)
    assert carried.read_offset(door.ask(Action.OFFER, claim.raw())[1]) == 0
    folder = door.world.folder / "var" / "site" / incoming.FOLDER
    assert {path.stat().st_size for path in folder.iterdir()} == {0}


def test_unfinished_bundle_hides_when_it_came(door: Door) -> None:
    """The worker's minute sets the times of the pieces back, as it does the database's."""
    folder = door.world.folder / "var" / "site"
    claim = Claim(100, 1, bytes(32))
    door.ask(Action.PUT, carried.put(claim, 0, b"a" * 40))
    paths = [*(folder / incoming.FOLDER).iterdir(), folder / incoming.FOLDER]
    for path in paths:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    upkeep.Watch(folder, door.world.folder / "keys" / "cards").hide()
    assert {(path.stat().st_mtime % 86_400, path.stat().st_atime % 86_400) for path in paths} == {
        (0, 0)
    }


def test_courier_takes_no_more_room_than_one_may(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too large a claim, too many in all, and a disk near its reserve: refused."""
    piece = b"a" * 40

    def begin(size: int) -> None:
        door.ask(Action.PUT, carried.put(Claim(size, 1, bytes(32)), 0, piece))

    for size in (incoming.MAX_CLAIMED_BYTES + 1, 2**64 - 1):
        with pytest.raises(TooMuchCarried):
            begin(size)
    ids = tuple(handler.handler_id for handler in door.channel.handlers)
    door.world.start(couriers=(CourierKey(sign.public_key(SEED), ids),))
    begin(200)
    monkeypatch.setattr(incoming, "MAX_CLAIMED_BYTES", 300)
    body = carried.put(Claim(101, 1, bytes(32)), 0, piece)
    second = courier.request(SEED, SITE_ID, door.challenge, Action.PUT, ids[1], body)
    with pytest.raises(TooMuchCarried):
        courier.read_answer(door.post(second).data)
    monkeypatch.setattr(incoming.Incoming, "_room", lambda _self: 39)
    with pytest.raises(TooMuchCarried):
        door.ask(Action.PUT, carried.put(Claim(200, 1, bytes(32)), 40, piece))


def test_two_at_once_do_not_mix(door: Door) -> None:
    """While one request is at work on a bundle, another one is told to wait."""
    claim = Claim(100, 1, bytes(32))
    holder = (sign.public_key(SEED), door.handler.handler_id)
    kept = incoming.Incoming(door.world.folder / "var" / "site", 0)
    with kept._file(*holder), pytest.raises(StoreBusy):
        door.ask(Action.OFFER, claim.raw())


def test_bodies_have_the_sites_own_limit(door: Door) -> None:
    """The largest piece fits into a body; what is larger than a body is refused unread."""
    whole = door.request(Action.PUT, carried.put(Claim(2**30, 1, bytes(32)), 0, b"a" * PIECE_BYTES))
    assert len(whole) < MAX_BODY_BYTES
    assert door.post(b"a" * (MAX_BODY_BYTES + 1)).status_code == 413


def test_other_methods_and_paths_are_nobodys(door: Door) -> None:
    """Only a post to the one address is served; answers set no cookie and may not be kept."""
    for path in ("/courier/", "/courier/x", "/nl/courier"):
        assert door.world.client.post(path, data=b"x").status_code == 404
    assert door.world.get("/courier").status_code == 405
    answer = door.greet()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_reporters_pages_say_nothing_of_couriers(door: Door) -> None:
    """With and without couriers every page is the same, and none leads there."""
    pages = ("/nl/", "/en/", "/nl/routes", "/nl/keys", "/nl/mailbox", "/nl/privacy")
    found = [door.world.get(page).data for page in pages]
    door.world.start(couriers=())
    assert [door.world.get(page).data for page in pages] == found
    assert not any(b"courier" in page for page in found)


@given(st.binary(max_size=300))
def test_reading_requests_and_answers_fails_in_one_way(data: bytes) -> None:
    """Whatever comes, it is read, or it is a failure of ours."""
    readers: tuple[Callable[[bytes], object], ...] = (
        courier.read_request,
        lambda data: courier.read_request(b"MKCR\x01\x01" + data),
        courier.read_answer,
        lambda data: courier.read_answer(b"MKCA\x01" + data),
        carried.read_asked,
        carried.read_listing,
        carried.read_close,
        carried.read_offer,
        carried.read_put,
        carried.read_offset,
        lambda data: list(carried.frames_of(data)),
    )
    for read in readers:
        try:
            read(data)
        except DropboxError:
            continue


def test_every_failure_has_its_words(door: Door) -> None:
    """What the site's own commands would say has a code; what has none says whose it is."""
    for code, kind in courier.FAILURES.items():
        with pytest.raises(kind) as caught:
            courier.read_answer(courier.answer(code=code))
        assert type(caught.value) is kind
        assert courier.failure(kind()) == courier.answer(code=code)
