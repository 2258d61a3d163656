"""Fields and a frame that are younger than version 1 of the protocol."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    ForeignEnvelope,
    MalformedBundle,
    MalformedPayload,
    ProtocolError,
    WeakKey,
)
from dropbox.protocol import box, handler, keys, new_mailbox, payload_bytes, reporter, sign
from dropbox.protocol.bundle import BundleReader, FrameType
from dropbox.protocol.handler import Channel, Pinned
from dropbox.protocol.new_mailbox import NewMailbox
from dropbox.protocol.payload import MAX_PEOPLE, ORIGINS, Message
from tests import make_transfer_vectors, make_vectors, organisation
from tests.organisation import TODAY

VECTORS = json.loads(make_transfer_vectors.FILE.read_text("utf-8"))
CHANNEL = Channel(make_vectors.SITE_ID, sign.public_key(make_vectors.CHANNEL_SEED))
MINE = keys.reporter_keys(CHANNEL.site_id, CHANNEL.channel_pk, make_vectors.KEY)
OWN = box.KeyPair.of(make_vectors.INTAKE_SECRET)
BOX_KEYS = {box.key_id(OWN.public): OWN}
ID = bytes(8)


def raw(name: str) -> bytes:
    """Return an envelope of the file."""
    return bytes.fromhex(VECTORS[name]["data"])


def test_envelopes_of_the_file_open_to_what_it_says() -> None:
    """A report with an origin, a question, both answers and the memo are read by today's code."""
    first = handler.read_report(handler.open_letter(raw("report"), CHANNEL, BOX_KEYS))
    pinned = Pinned(MINE.mailbox_id, MINE.ed_pk, MINE.x_pk)
    opened: dict[str, Any] = {
        "report": first.report,
        "memo": reporter.open_memo(MINE, raw("memo")),
        "reply": reporter.open_reply(MINE, raw("reply"), first.report.recipients).reply,
    }
    for name in ("consent", "refusal"):
        letter = handler.open_letter(raw(name), CHANNEL, BOX_KEYS)
        opened[name] = handler.read_message(letter, pinned).message
    for name, found in opened.items():
        assert make_vectors.plain(asdict(found)) == VECTORS[name]["opens"]


def test_new_mailbox_of_the_file_is_whole() -> None:
    """Frame and bundle are byte for byte those of the file, and the id follows from the keys."""
    content = bytes.fromhex(VECTORS["new_mailbox"])
    found = new_mailbox.read(content)
    assert found.raw() == content
    header = new_mailbox.header(found, CHANNEL.site_id, CHANNEL.channel_pk)
    assert header.mailbox_id == MINE.mailbox_id
    data = make_transfer_vectors.bundle_of(content)
    assert data.hex() == VECTORS["bundle"]
    reader = BundleReader(io.BytesIO(data).read)
    assert [frame.type for frame in reader.frames()] == [FrameType.MAILBOX]


def test_what_says_nothing_is_not_written() -> None:
    """An ordinary report, message, memo and reply are the bytes that an older reader knows."""
    report = payload_bytes.write_report(organisation.report(recipients=(ID,)), bytes(32), bytes(32))
    message = payload_bytes.write_message(organisation.message(recipients=(ID,)))
    reply = payload_bytes.write_reply(organisation.reply(recipients=(ID,)), b"")
    for content in (report, message, reply):
        for name in (b"origin", b"people", b"about", b"answered", b"transfer"):
            assert b'"%s"' % name not in content


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("people", [1, 2, MAX_PEOPLE])
def test_report_keeps_its_origin_and_people(origin: str, people: int) -> None:
    """What is written is read."""
    report = organisation.report(recipients=(ID,), origin=origin, people=people)
    content = payload_bytes.write_report(report, bytes(32), bytes(32))
    assert payload_bytes.read_report(content)[0] == report


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("origin", '"phone"'),
        ("origin", "null"),
        ("people", "0"),
        ("people", "10001"),
        ("people", '"2"'),
        ("people", "2.0"),
        ("later", "1"),
    ],
)
def test_younger_fields_are_read_as_strictly_as_the_others(field: str, wrong: str) -> None:
    """A value out of range, another type or an unknown field is refused."""
    report = organisation.report(recipients=(ID,))
    content = payload_bytes.write_report(report, bytes(32), bytes(32))
    meta = json.loads(content[4 : content.rindex(b"}") + 1])
    changed = json.dumps(meta)[:-1] + f', "{field}": {wrong}}}'
    with pytest.raises(MalformedPayload):
        payload_bytes.read_report(len(changed).to_bytes(4, "big") + changed.encode())


@pytest.mark.parametrize(
    "message",
    [
        Message("consent", TODAY, 2, 2, (ID,)),
        Message("refusal", TODAY, 2, 2, (ID,)),
        Message("message", TODAY, 2, 2, (ID,), about=bytes(31) + b"1"),
        Message("hold", TODAY, 2, 2, (ID,), about=bytes(31) + b"1"),
    ],
)
def test_answer_names_a_reply_and_nothing_else_does(message: Message) -> None:
    """A consent to nothing in particular, or a message about a reply, is refused."""
    with pytest.raises(MalformedPayload):
        payload_bytes.read_message(payload_bytes.write_message(message))


@given(st.binary(max_size=3_000))
def test_any_bytes_are_a_new_mailbox_or_one_error(data: bytes) -> None:
    """Whatever a frame holds, reading it ends in a mailbox or in a refusal."""
    try:
        new_mailbox.header(new_mailbox.read(data), bytes(16), bytes(32))
    except ProtocolError:
        return
    pytest.fail("random bytes opened a mailbox")


@given(st.data())
def test_new_mailbox_with_a_changed_head_is_another_or_none(data: st.DataObject) -> None:
    """No byte of the keys, the length or the headers can be changed without a refusal."""
    content = bytearray.fromhex(VECTORS["new_mailbox"])
    at = data.draw(st.integers(32, 100 + 86))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ProtocolError):
        checked(bytes(content))


def checked(content: bytes) -> None:
    """Read and check a frame's content, as the site does."""
    found = new_mailbox.read(content)
    new_mailbox.header(found, CHANNEL.site_id, CHANNEL.channel_pk)


@pytest.mark.parametrize("size", [0, 3, 99, 100, 500])
def test_new_mailbox_that_is_cut_off_is_refused(size: int) -> None:
    """Short frames do not follow the format."""
    content = bytes.fromhex(VECTORS["new_mailbox"])
    with pytest.raises(MalformedBundle):
        new_mailbox.read(content[:size])


def test_new_mailbox_of_another_place_is_refused() -> None:
    """Another site or channel, swapped envelopes, a weak key, or a memo for somebody else."""
    found = new_mailbox.read(bytes.fromhex(VECTORS["new_mailbox"]))
    other = keys.reporter_keys(CHANNEL.site_id, CHANNEL.channel_pk, bytes(16))
    memo = make_transfer_vectors.payloads()["memo"]
    not_own = reporter.seal_memo(replace(MINE, x_pk=other.x_pk), memo)
    wrong: list[tuple[NewMailbox, bytes, bytes]] = [
        (found, bytes(16), CHANNEL.channel_pk),
        (found, CHANNEL.site_id, bytes(32)),
        (replace(found, envelope=raw("reply")), CHANNEL.site_id, CHANNEL.channel_pk),
        (replace(found, memo=not_own), CHANNEL.site_id, CHANNEL.channel_pk),
        (replace(found, ed_pk=other.ed_pk), CHANNEL.site_id, CHANNEL.channel_pk),
    ]
    for each, site_id, channel_pk in wrong:
        with pytest.raises(ForeignEnvelope):
            new_mailbox.header(each, site_id, channel_pk)
    weak = replace(found, x_pk=bytes(32))
    with pytest.raises(WeakKey):
        new_mailbox.header(weak, CHANNEL.site_id, CHANNEL.channel_pk)
