"""What a desk delivers: used wholly or not at all, and only from a handler of the channel."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropbox import exchange
from dropbox.errors import (
    BadSignature,
    BundleAltered,
    BundleTruncated,
    CardForked,
    DropboxError,
    ForeignBundle,
    ForeignEnvelope,
    ForeignHandler,
    MalformedBundle,
    MalformedEnvelope,
    MalformedWithdrawal,
    OldSerial,
    ProtocolError,
    StoreFull,
)
from dropbox.protocol import bundle, days, withdrawal
from dropbox.protocol.bundle import BundleDirection, BundleHeader, Frame, FrameType
from dropbox.store import CardShelf
from tests.blind_server import Site, contents, desk_bundle, files_of, receipt, reply
from tests.organisation import SITE_ID, TODAY, Handler, Office, office


@pytest.fixture
def channel() -> Office:
    """Return a channel with three handlers."""
    return office("adviseur", "coordinator", "jurist")


def channel_card_on(site: Site) -> bytes:
    """Return the bytes of the first card on the shelf."""
    return site.shelf.cards(TODAY)[0].card.raw


def test_reply_reaches_reporter_and_colleagues(site: Site, channel: Office) -> None:
    """The reporter's mailbox and the other handlers' bundles hold the reply's very bytes."""
    filed = site.file()
    answer = reply(channel, channel.handlers[0], filed)
    result = site.deliver(desk_bundle(channel, channel.handlers[0], 1, answer))
    assert (result.replies, result.dropped, result.already) == (1, 0, False)
    page = site.page(filed)
    assert page is not None
    assert page.replies == (answer.content,)
    for colleague in channel.handlers[1:]:
        assert answer.content in contents(site.collect(colleague), FrameType.ENVELOPE)


def test_same_bundle_again_is_already_imported(site: Site, channel: Office) -> None:
    """The courier who plugs the stick in twice does no harm."""
    filed = site.file()
    data = desk_bundle(channel, channel.handlers[0], 1, reply(channel, channel.handlers[0], filed))
    assert not site.deliver(data).already
    result = site.deliver(data)
    assert (result.already, result.replies) == (True, 0)
    page = site.page(filed)
    assert page is not None
    assert len(page.replies) == 1


def test_replayed_or_forked_serial_is_refused(site: Site, channel: Office) -> None:
    """An older bundle, and another one with the same serial, change nothing."""
    handler = channel.handlers[0]
    filed = site.file()
    old = desk_bundle(channel, handler, 1)
    site.deliver(old)
    site.deliver(desk_bundle(channel, handler, 2))
    for data in (old, desk_bundle(channel, handler, 2, reply(channel, handler, filed))):
        with pytest.raises(OldSerial):
            site.deliver(data)
    with pytest.raises(OldSerial):
        site.deliver(desk_bundle(channel, channel.handlers[1], 0))
    page = site.page(filed)
    assert page is not None
    assert page.replies == ()


def test_one_handlers_receipt_keeps_the_others_copy(site: Site, channel: Office) -> None:
    """A receipt clears only the slots of the handler who signed it."""
    filed = site.file()
    signer, *others = channel.handlers
    site.deliver(desk_bundle(channel, signer, 1, receipt(filed.new.envelope)))
    assert contents(site.collect(signer), FrameType.ENVELOPE) == []
    for other in others:
        assert contents(site.collect(other), FrameType.ENVELOPE) == [filed.new.envelope]


def test_receipt_of_another_channels_handler_clears_nothing(tmp_path: Path) -> None:
    """Knowing an envelope's id does not give a say over it."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed = site.file(one)
    site.deliver(desk_bundle(two, two.handlers[0], 1, receipt(filed.new.envelope)))
    assert contents(site.collect(one.handlers[0]), FrameType.ENVELOPE) == [filed.new.envelope]


def test_body_goes_a_month_after_the_last_receipt(site: Site, channel: Office) -> None:
    """Once everybody receipted it, a report leaves the server early; the mailbox stays."""
    filed = site.file()
    purge_months = []
    for handler in channel.handlers:
        site.deliver(desk_bundle(channel, handler, 1, receipt(filed.new.envelope)))
        rows = site.store.connection().query("SELECT purge_month FROM envelope")
        purge_months += [row["purge_month"] for row in rows]
    month = days.month_number(TODAY)
    assert purge_months == [month + 13, month + 13, month + 1]
    assert site.page(filed) is not None


def test_other_channels_handler_cannot_answer_this_mailbox(tmp_path: Path) -> None:
    """A reply for another channel's mailbox is refused with the whole bundle.

    Neither under the mailbox's own channel nor under the sender's does it enter.
    """
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed = site.file(one)
    stranger = two.handlers[0]
    as_theirs = reply(two, stranger, filed)
    result = site.deliver(desk_bundle(two, stranger, 1, receipt(filed.new.envelope)))
    assert result.receipts == 1
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(two, stranger, 2, as_theirs))
    with pytest.raises(ForeignEnvelope):
        site.deliver(desk_bundle(two, stranger, 2, reply(one, one.handlers[0], filed)))
    with pytest.raises(ForeignHandler):
        site.deliver(desk_bundle(one, stranger, 2, reply(one, one.handlers[0], filed)))
    page = site.page(filed)
    assert page is not None
    assert page.replies == ()


def test_reply_to_no_mailbox_is_dropped_and_counted(site: Site, channel: Office) -> None:
    """A reply that comes after the withdrawal is not kept; the rest of the bundle is used."""
    gone, here = site.file(), site.file()
    handler = channel.handlers[0]
    items = [reply(channel, handler, filed) for filed in (gone, here)]
    site.mailboxes.withdraw(withdrawal.make(gone.keys), TODAY)
    result = site.deliver(desk_bundle(channel, handler, 1, *items))
    assert (result.replies, result.dropped) == (1, 1)
    assert items[0].content[200:300] not in files_of(site.store)


def test_withdrawal_is_sent_until_receipted_and_kept_for_a_restore(
    site: Site, channel: Office
) -> None:
    """Each handler gets the command until they confirm, and again after a restore."""
    filed = site.file()
    command = withdrawal.make(filed.keys)
    site.mailboxes.withdraw(command, TODAY)
    confirmed = Frame(FrameType.WITHDRAWAL_RECEIPT, filed.keys.mailbox_id)
    first, second, _third = channel.handlers
    site.deliver(desk_bundle(channel, first, 1, confirmed))
    assert contents(site.collect(first), FrameType.WITHDRAWAL) == []
    assert contents(site.collect(second), FrameType.WITHDRAWAL) == [command]
    assert contents(site.collect(first, again=True), FrameType.WITHDRAWAL) == [command]


def test_reply_from_who_is_no_handler_is_refused(site: Site, channel: Office) -> None:
    """Who is not on the card delivers nothing."""
    stranger = Handler("vreemde")
    with pytest.raises(ForeignHandler):
        site.deliver(desk_bundle(channel, stranger, 1))


def test_bundle_signed_by_a_colleague_is_refused(site: Site, channel: Office) -> None:
    """A bundle is only as good as the signature of the handler that it names."""
    one, two, _three = channel.handlers
    header = BundleHeader(BundleDirection.TO_SITE, SITE_ID, channel.channel_pk, one.handler_id, 1)
    with pytest.raises(BadSignature):
        site.deliver(b"".join(bundle.write(header, [], two.seed)))


@pytest.mark.parametrize("wrong", ["site", "channel", "direction"])
def test_foreign_bundle_is_refused(site: Site, channel: Office, wrong: str) -> None:
    """A bundle of another site, an unknown channel, or on its way to a desk is not used."""
    handler = channel.handlers[0]
    data = {
        "site": desk_bundle(channel, handler, 1, site_id=bytes(16)),
        "channel": desk_bundle(office(), handler, 1),
        "direction": site.collect(handler),
    }[wrong]
    with pytest.raises(ForeignBundle):
        site.deliver(data)


def test_report_inside_a_desks_bundle_is_refused(site: Site, channel: Office) -> None:
    """What a reporter sealed cannot come back through a desk, nor can other frames."""
    filed, handler = site.file(), channel.handlers[0]
    command = withdrawal.make(filed.keys)
    for frame, error in (
        (Frame(FrameType.ENVELOPE, filed.new.envelope), ForeignEnvelope),
        (Frame(FrameType.ENVELOPE, filed.new.memo), ForeignEnvelope),
        (Frame(FrameType.ENVELOPE, b"MKEN"), MalformedEnvelope),
        (Frame(FrameType.WITHDRAWAL, command[1:]), MalformedWithdrawal),
        (Frame(FrameType.WITHDRAWAL, command[:96] + bytes(64)), BadSignature),
        (Frame(FrameType.RECEIPT, bytes(31)), MalformedBundle),
        (Frame(FrameType.WITHDRAWAL_RECEIPT, b""), MalformedBundle),
    ):
        with pytest.raises(error):
            site.deliver(desk_bundle(channel, handler, 1, frame))
    assert site.page(filed) is not None


def test_withdrawal_that_a_desk_kept_is_carried_out(site: Site, channel: Office) -> None:
    """What the reporter signed counts, whoever brings it: a restored site hears of it again."""
    filed, (first, second) = site.file(), channel.handlers[:2]
    command = withdrawal.make(filed.keys)
    repeated = Frame(FrameType.WITHDRAWAL, command)
    assert site.deliver(desk_bundle(channel, first, 1, repeated)).withdrawals == 1
    assert site.page(filed) is None
    assert filed.new.envelope[200:300] not in files_of(site.store)
    for handler in channel.handlers:
        assert contents(site.collect(handler), FrameType.WITHDRAWAL) == [command]
    assert site.deliver(desk_bundle(channel, second, 1, repeated)).withdrawals == 0


def test_withdrawal_of_another_channels_mailbox_is_refused(tmp_path: Path) -> None:
    """A handler cannot withdraw what is not of their channel, whatever was signed."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed = site.file(one)
    frame = Frame(FrameType.WITHDRAWAL, withdrawal.make(filed.keys))
    with pytest.raises(MalformedWithdrawal):
        site.deliver(desk_bundle(two, two.handlers[0], 1, frame))
    assert site.page(filed) is not None


def test_newer_card_in_a_bundle_takes_effect(site: Site, channel: Office) -> None:
    """A desk hands over a fresh card with its bundle, also when the old one is over."""
    fresh = channel.card_bytes(version=2, today=TODAY + timedelta(days=91))
    handler = channel.handlers[0]
    result = site.deliver(
        desk_bundle(channel, handler, 1, Frame(FrameType.CARD, fresh)),
        today=TODAY + timedelta(days=91),
    )
    assert result.cards == 1
    assert site.mailboxes.channel("meldpunt", TODAY + timedelta(days=91)).version == 2


def test_older_card_in_a_bundle_is_left_out(site: Site, channel: Office) -> None:
    """A desk with an old card still delivers its replies."""
    old = Frame(FrameType.CARD, channel_card_on(site))
    site.shelf.add(channel.card_bytes(version=2), TODAY)
    ended = Frame(FrameType.CARD, channel.card_bytes(version=3, days=-1))
    result = site.deliver(desk_bundle(channel, channel.handlers[0], 1, old, ended))
    assert (result.cards, result.already) == (0, False)
    assert site.mailboxes.channel("meldpunt", TODAY).version == 2


def test_card_of_another_channel_or_a_fork_refuses_the_bundle(tmp_path: Path) -> None:
    """A desk brings in no other channel's card, and no second card of one version."""
    one, two = office(), Office(office("ander").handlers, slug="ander")
    site = Site(tmp_path, one, two)
    filed, handler = site.file(one), one.handlers[0]
    unknown = Office(office("nieuw").handlers, slug="nieuw")
    for raw, error in (
        (two.card_bytes(version=2), ForeignBundle),
        (unknown.card_bytes(), ForeignBundle),
        (one.card_bytes(days=80), CardForked),
    ):
        frame = Frame(FrameType.CARD, raw)
        with pytest.raises(error):
            site.deliver(desk_bundle(one, handler, 1, reply(one, handler, filed), frame))
    page = site.page(filed)
    assert page is not None
    assert page.replies == ()
    assert len(site.shelf.cards(TODAY)) == 2


def test_nothing_of_a_bundle_is_used_when_the_card_cannot_be_kept(
    site: Site, channel: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One delivery is one step: the reply waits with the card."""

    def full(_shelf: CardShelf, _raw: bytes, _today: object) -> None:
        raise StoreFull

    filed, handler = site.file(), channel.handlers[0]
    fresh = Frame(FrameType.CARD, channel.card_bytes(version=2))
    data = desk_bundle(channel, handler, 1, reply(channel, handler, filed), fresh)
    with monkeypatch.context() as patch:
        patch.setattr(CardShelf, "add", full)
        with pytest.raises(StoreFull):
            site.deliver(data)
    result = site.deliver(data)
    assert (result.replies, result.cards, result.already) == (1, 1, False)


def test_file_that_changes_between_the_two_readings_is_refused(site: Site, channel: Office) -> None:
    """What is applied is what was checked, or nothing is."""
    filed, handler = site.file(), channel.handlers[0]
    checked = desk_bundle(channel, handler, 1, reply(channel, handler, filed))
    other = desk_bundle(channel, handler, 1, reply(channel, handler, filed, "Anders."))
    files = iter((checked, other))
    with pytest.raises(BundleAltered):
        exchange.deliver(
            SITE_ID, site.store, site.shelf, lambda: io.BytesIO(next(files)).read, TODAY
        )
    page = site.page(filed)
    assert page is not None
    assert page.replies == ()
    assert not site.deliver(checked).already


def test_every_flipped_byte_and_every_cut_of_a_delivery_is_refused(
    site: Site, channel: Office
) -> None:
    """Nothing of a bundle is used when any byte of it is wrong, missing or too many."""
    filed, handler = site.file(), channel.handlers[0]
    frame = receipt(filed.new.envelope)
    data = desk_bundle(channel, handler, 1, frame, frame)
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 0x41
        with pytest.raises(ProtocolError):
            site.deliver(bytes(flipped))
        with pytest.raises((BundleTruncated, MalformedBundle)):
            site.deliver(data[:at])
    with pytest.raises(BundleAltered):
        site.deliver(data + b"\0")
    assert contents(site.collect(handler), FrameType.ENVELOPE) == [filed.new.envelope]
    assert not site.deliver(data).already


def test_endless_zeros_are_refused_at_once(site: Site) -> None:
    """An endless file is not read to its end."""
    taken: list[int] = []

    def read(size: int) -> bytes:
        taken.append(size)
        return bytes(size)

    with pytest.raises(MalformedBundle):
        exchange.deliver(SITE_ID, site.store, site.shelf, lambda: read, TODAY)
    assert sum(taken) < 1000


@given(data=st.binary(max_size=300) | st.binary(max_size=200).map(b"MKBN\x01\x02".__add__))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_no_delivery(site: Site, data: bytes) -> None:
    """Whatever lies on the stick, the answer is one of our errors and nothing is used."""
    with pytest.raises(DropboxError):
        site.deliver(data)


@given(
    kinds=st.lists(st.sampled_from(list(FrameType)), max_size=4),
    content=st.binary(max_size=200),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_signed_nonsense_is_refused_or_harmless(
    site: Site, channel: Office, kinds: list[FrameType], content: bytes
) -> None:
    """Also a handler's own signature makes no frame do what it should not."""
    items = [Frame(kind, content[: bundle.FRAME_BYTES[kind]].ljust(32, b"\0")) for kind in kinds]
    with site.store.read() as tables:
        serial = tables.couriers.get(channel.handlers[0].handler_id).serial + 1
    data = desk_bundle(channel, channel.handlers[0], serial, *items)
    try:
        result = site.deliver(data)
    except ProtocolError:
        return
    assert (result.replies, result.dropped, result.cards) == (0, 0, 0)


def test_reply_does_not_rewrite_the_replies_before_it(site: Site, channel: Office) -> None:
    """A mailbox with many replies takes the next one at the same cost; once a month all move on."""
    filed, handler = site.file(), channel.handlers[0]
    seen: list[str] = []
    site.store.connection().conn.set_trace_callback(seen.append)
    site.deliver(desk_bundle(channel, handler, 1, *[reply(channel, handler, filed)] * 3))
    assert not [one for one in seen if one.startswith("UPDATE envelope")]
    answer = reply(channel, handler, filed)
    next_month = days.add_months(TODAY, 1)
    site.deliver(desk_bundle(channel, handler, 2, answer, answer), today=next_month)
    assert len([one for one in seen if one.startswith("UPDATE envelope")]) == 1
