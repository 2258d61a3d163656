"""What browsers, clients and letters hand in sealed, and the six bytes that they get back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.protocol import handed_in, withdrawal
from dropbox.protocol.handed_in import Answer, Consent
from dropbox.protocol.mailbox_page import PAGE_BYTES, unpack
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.site.headers import HEADERS
from dropbox.site.limits import BYTES_TYPE, SEALED_BYTES
from tests.blind_server import new_report, rows
from tests.organisation import TODAY, Office, office
from tests.sealed_world import ADDRESSES, TABLES, code, count, hand_in, message_of, written
from tests.site_client import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a site with two channels."""
    return World(tmp_path, (office(), Office(office().handlers, slug="hotline")))


def test_sealed_report_opens_a_mailbox_once(world: World) -> None:
    """What was sealed elsewhere reaches its handler, and the same bytes again add nothing."""
    filed = new_report(world.offices[0], text="Verzegeld.")
    answer = hand_in(world, "report", written(filed))
    assert (answer.status_code, code(answer)) == (200, Answer.DONE)
    assert world.report(world.offices[0].handlers[0]).text == "Verzegeld."
    before = count(world)
    again = hand_in(world, "report", written(filed))
    assert (again.status_code, code(again)) == (409, Answer.DONE_BEFORE)
    assert count(world) == before


def test_whole_loop_is_handed_in_sealed(world: World) -> None:
    """Report, message, withdrawal: each is done, and done before when it comes again."""
    filed = new_report(world.offices[0])
    said = message_of(world, filed)
    order = withdrawal.make(filed.keys)
    for where, data in (
        ("report", written(filed)),
        ("message", said.raw()),
        ("withdrawal", order),
    ):
        assert code(hand_in(world, where, data)) is Answer.DONE
        assert code(hand_in(world, where, data)) is Answer.DONE_BEFORE
    assert rows(world.server.store, "mailbox") == 0
    assert code(hand_in(world, "message", said.raw())) is Answer.UNKNOWN_MAILBOX


def test_consent_stores_both_or_neither(world: World) -> None:
    """A consent whose message is refused opens no mailbox at the other channel."""
    first, second = new_report(world.offices[0]), new_report(world.offices[1])
    said = message_of(world, first)
    whole = Consent(second.new, said).raw()
    assert code(hand_in(world, "consent", whole)) is Answer.UNKNOWN_MAILBOX
    assert rows(world.server.store, "mailbox") == 0
    hand_in(world, "report", written(first))
    stale = Consent(second.new, replace(said, replaces=bytes(32))).raw()
    assert code(hand_in(world, "consent", stale)) is Answer.MAILBOX_CHANGED
    assert rows(world.server.store, "mailbox") == 1
    assert code(hand_in(world, "consent", whole)) is Answer.DONE
    assert code(hand_in(world, "consent", whole)) is Answer.DONE_BEFORE
    assert (rows(world.server.store, "mailbox"), rows(world.server.store, "envelope")) == (2, 3)


def test_mailbox_answers_the_same_size_for_all(world: World) -> None:
    """Unknown, empty, full and beyond the last page are 32 KiB, and none is packed."""
    filed = new_report(world.offices[0])
    hand_in(world, "report", written(filed))
    asked = {"Accept-Encoding": "br, gzip"}
    for token, page in ((filed.token, 0), (filed.token, 255), (bytes(32), 0), (b"\xff" * 32, 7)):
        answer = hand_in(world, "mailbox", token + bytes((page,)), **asked)
        assert (answer.status_code, len(answer.data)) == (200, PAGE_BYTES)
        assert answer.content_encoding is None
        found = unpack(answer.data)
        assert (found is not None) == (token == filed.token)
    for wrong in (b"", filed.token, filed.token + b"\0\0"):
        assert code(hand_in(world, "mailbox", wrong)) is Answer.MALFORMED


def _cut(new: NewMailbox) -> NewMailbox:
    return replace(new, envelope=new.envelope[:-1])


def _weak(new: NewMailbox) -> NewMailbox:
    return replace(new, x_pk=bytes(32))


def _other_memo(new: NewMailbox) -> NewMailbox:
    return replace(new, memo=new_report(office()).new.memo)


@pytest.mark.parametrize("change", [_cut, _weak, _other_memo])
def test_report_out_of_order_is_malformed(
    world: World, change: Callable[[NewMailbox], NewMailbox]
) -> None:
    """Whatever is wrong with the bytes, nothing is stored and the code says that they are."""
    wrong = handed_in.write_report(change(new_report(world.offices[0]).new))
    assert code(hand_in(world, "report", wrong)) is Answer.MALFORMED
    assert count(world) == [0] * len(TABLES)


def test_token_that_opens_another_mailbox_is_not_called_done(world: World) -> None:
    """One code at two channels would leave the second report behind: it is refused aloud."""
    filed = new_report(world.offices[0])
    hand_in(world, "report", written(filed))
    other = replace(new_report(world.offices[1]).new, lookup=filed.new.lookup)
    assert code(hand_in(world, "report", handed_in.write_report(other))) is Answer.MALFORMED


def test_report_for_a_reader_who_left_is_sealed_anew(world: World) -> None:
    """A browser always shows who reads: what is sealed to another than the card's is refused."""
    old = new_report(world.offices[0], readers=office("stranger").handlers)
    answer = hand_in(world, "report", written(old))
    assert code(answer) is Answer.READERS_CHANGED


def test_closed_channel_says_so(world: World) -> None:
    """Without a valid card nothing is taken, for reports and messages alike."""
    filed = new_report(world.offices[0])
    hand_in(world, "report", written(filed))
    world.today = TODAY.replace(year=TODAY.year + 1)
    late = written(new_report(world.offices[0]))
    for where, data in (("report", late), ("message", message_of(world, filed).raw())):
        assert code(hand_in(world, where, data)) is Answer.CHANNEL_CLOSED


@pytest.mark.parametrize("where", ADDRESSES)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Host": "no host"}, 400),
    ],
)
def test_request_from_elsewhere_gets_six_bytes(
    world: World, where: str, headers: dict[str, str], status: int
) -> None:
    """What is refused by its headers alone is answered in the same form, headers and all."""
    answer = hand_in(world, where, b"x", **headers)
    assert (answer.status_code, code(answer)) == (status, Answer.MALFORMED)
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("where", ADDRESSES)
@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/octet-stream; x=1", "application/x-www-form-urlencoded"]
)
def test_only_plain_bytes_are_taken(world: World, where: str, kind: str) -> None:
    """The one type for which a page elsewhere would have to ask first."""
    answer = world.client.post(f"/sealed/{where}", data=b"x", content_type=kind)
    assert (answer.status_code, code(answer)) == (415, Answer.MALFORMED)


@pytest.mark.parametrize("where", ADDRESSES)
def test_too_much_is_refused(world: World, where: str) -> None:
    """Each address has its own bound; one byte more is refused."""
    most = SEALED_BYTES[f"sealed.{where}"]
    answer = hand_in(world, where, bytes(most + 1))
    assert (answer.status_code, code(answer)) == (413, Answer.MALFORMED)


def test_client_without_a_browsers_headers_is_heard(world: World) -> None:
    """A program says nothing of origins: its bytes prove themselves."""
    data = written(new_report(world.offices[0]))
    answer = world.client.post("/sealed/report", data=data, content_type=BYTES_TYPE)
    assert code(answer) is Answer.DONE


@given(data=st.binary(max_size=400), where=st.sampled_from(ADDRESSES))
def test_no_bytes_give_a_server_error(data: bytes, where: str, shared: World) -> None:
    """Anything at all is answered, and never with a failure of ours."""
    answer = hand_in(shared, where, data)
    assert answer.status_code < 500
    if len(answer.data) != PAGE_BYTES:
        assert code(answer) in (Answer.MALFORMED, Answer.UNKNOWN_MAILBOX)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a site for a test that only looks at it."""
    return World(tmp_path_factory.mktemp("site"), (office(),))


# Cards


def test_cards_are_all_valid_cards_in_frames(world: World) -> None:
    """A browser gets them without naming one, so nobody learns which channel it looks for."""
    data = world.get("/cards").data
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    assert sorted(found) == sorted(one.card_bytes() for one in world.offices)


def test_cards_change_with_day_and_shelf(world: World) -> None:
    """What is compressed ahead is made anew when it is not true any more."""
    assert len(world.get("/cards").data) > 0
    (world.server.shelf.folder / "hotline.card").unlink()
    assert world.get("/cards").data[4:] == world.offices[0].card_bytes()
    world.today = TODAY.replace(year=TODAY.year + 1)
    answer = world.get("/cards")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
