"""A note reaches the case's handlers whole and from whom it says, and nobody else at all."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import (
    BadSignature,
    CertificateExpired,
    ForeignEnvelope,
    ForeignHandler,
    MalformedPayload,
    NotAddressed,
    ProtocolError,
    TextTooLong,
)
from dropbox.protocol import handler, letter, note, payload_bytes, reporter, sign
from dropbox.protocol.box import KeyPair, key_id
from dropbox.protocol.envelope import Address, Direction, Draft, parse_header
from dropbox.protocol.fields import encode
from dropbox.protocol.keys import ReporterKeys
from dropbox.protocol.letter import Recipient
from dropbox.protocol.note import Note, OpenedNote
from tests import organisation as org
from tests.organisation import TODAY

OFFICE = org.office()
ANNA, BAS = OFFICE.handlers
IDS = {ANNA.handler_id, BAS.handler_id}
READERS = [ANNA.recipient, BAS.recipient]
BLANK = Note("note", TODAY, 1, 1, "Bel elkaar even.")


def seal(keys: ReporterKeys, writer: org.Handler = ANNA, **changes: object) -> bytes:
    """Seal a note of a handler to both handlers."""
    text = dataclasses.replace(BLANK, **changes)  # type: ignore[arg-type]
    raw, pinned = OFFICE.certificate(writer), org.pinned(keys)
    return note.seal_note(OFFICE.channel, writer.seed, raw, pinned, READERS, text)


def read(data: bytes, keys: ReporterKeys, readers: set[bytes] = IDS) -> OpenedNote:
    """Read a note as the second handler's desk does."""
    opened = handler.open_letter(data, OFFICE.channel, BAS.box_keys)
    return note.read_note(opened, org.pinned(keys), readers)


def sealed_to(keys: ReporterKeys, content: bytes, *recipients: bytes, seed: bytes = b"") -> bytes:
    """Seal any content as a note, to whatever keys."""
    direction = Direction.TO_COLLEAGUES
    address = Address(direction, org.SITE_ID, OFFICE.channel_pk, keys.mailbox_id)
    keys_ = recipients or tuple(each.x_pk for each in READERS)
    return letter.write(address, keys_, sign.Purpose.NOTE, seed or ANNA.seed, content)


KINDS = [
    {},
    {"kind": "reason", "about": bytes(range(32))},
    {"kind": "assign", "text": "", "assignee": BAS.handler_id},
    {"kind": "assign", "text": "Ik ben weg.", "assignee": None},
    {"kind": "task", "text": "", "task": "supporter_arranged", "done": "yes"},
    {"kind": "task", "text": "Toch niet.", "task": "interim", "done": "no"},
]


@pytest.mark.parametrize("changes", KINDS)
def test_note_of_every_kind_comes_back_as_it_was(changes: dict[str, object]) -> None:
    """What one handler wrote the other reads, with its writer, and the slots are the readers."""
    keys = org.reporter(OFFICE)
    data = seal(keys, **changes)
    opened = read(data, keys)
    expected = dataclasses.replace(BLANK, recipients=tuple(sorted(IDS)), **changes)  # type: ignore[arg-type]
    assert opened.note == expected
    assert opened.handler.handler_id == ANNA.handler_id
    slots = [slot.key_id for slot in parse_header(data).slots]
    in_order = sorted(READERS, key=lambda each: each.handler_id)
    assert slots == [key_id(each.x_pk) for each in in_order]


def test_reporter_cannot_open_a_note_and_has_no_code_that_reads_one() -> None:
    """Neither the code's keys nor any of the reporter's ways of reading open one, even if sent."""
    keys = org.reporter(OFFICE)
    data = seal(keys)
    for way in (reporter.open_memo, lambda k, d: reporter.open_reply(k, d, IDS)):
        with pytest.raises(NotAddressed):
            way(keys, data)
    betrayed = Recipient(bytes(8), keys.x_pk)
    raw, pinned = OFFICE.certificate(ANNA), org.pinned(keys)
    to_reporter = note.seal_note(OFFICE.channel, ANNA.seed, raw, pinned, [betrayed], BLANK)
    for way in (reporter.open_memo, lambda k, d: reporter.open_reply(k, d, IDS)):
        with pytest.raises(ForeignEnvelope):
            way(keys, to_reporter)


def test_note_that_is_sealed_to_the_reporter_too_is_refused() -> None:
    """A colleague cannot have a desk believe that a note was between handlers when it was not."""
    keys = org.reporter(OFFICE)
    ids = tuple(sorted((BAS.handler_id, bytes(8))))
    content = note.write_note(dataclasses.replace(BLANK, recipients=ids), OFFICE.certificate(ANNA))
    for recipients in ((BAS.x_pk, keys.x_pk), (keys.x_pk, BAS.x_pk), (BAS.x_pk,)):
        with pytest.raises(MalformedPayload):
            read(sealed_to(keys, content, *recipients), keys)


def test_note_cannot_be_moved_to_another_mailbox() -> None:
    """Who knows the content key writes another header around it, and the signature says no."""
    keys, other = org.reporter(OFFICE), org.reporter(OFFICE)
    data = seal(keys)
    with pytest.raises(ForeignEnvelope):
        read(data, other)
    opened = handler.open_letter(data, OFFICE.channel, BAS.box_keys)
    address = Address(Direction.TO_COLLEAGUES, org.SITE_ID, OFFICE.channel_pk, other.mailbox_id)
    draft = Draft(address, [each.x_pk for each in READERS])
    moved = draft.finish(opened.signature + opened.content)
    with pytest.raises(BadSignature):
        read(moved, other)
    with pytest.raises(ProtocolError):
        read(data[:54] + other.mailbox_id + data[86:], other)


def test_reply_is_no_note_and_note_no_reply() -> None:
    """Direction and purpose keep them apart, also when the content is carried over."""
    keys = org.reporter(OFFICE)
    raw, pinned = OFFICE.certificate(ANNA), org.pinned(keys)
    answer = handler.seal_reply(OFFICE.channel, ANNA.seed, raw, pinned, READERS, org.reply())
    with pytest.raises(ForeignEnvelope):
        read(answer, keys)
    as_letter = handler.open_letter(seal(keys), OFFICE.channel, BAS.box_keys)
    assert handler.kind(as_letter) == "note"
    with pytest.raises(ForeignEnvelope):
        handler.read_colleague_reply(as_letter, pinned, IDS)
    with pytest.raises(ForeignEnvelope):
        handler.read_message(as_letter, pinned)
    address = Address(Direction.TO_COLLEAGUES, org.SITE_ID, OFFICE.channel_pk, keys.mailbox_id)
    public = [each.x_pk for each in READERS]
    for purpose in set(sign.Purpose) - {sign.Purpose.NOTE}:
        forged = letter.write(address, public, purpose, ANNA.seed, as_letter.content)
        with pytest.raises(BadSignature):
            read(forged, keys)


def test_site_cannot_forge_a_note() -> None:
    """The site knows the card, the certificates and the mailbox, and lacks a handler's key."""
    keys = org.reporter(OFFICE)
    ids = tuple(sorted(IDS))
    content = note.write_note(dataclasses.replace(BLANK, recipients=ids), OFFICE.certificate(ANNA))
    with pytest.raises(BadSignature):
        read(sealed_to(keys, content, seed=org.SITE_SEED), keys)
    stranger = org.Handler("vreemde")
    other = org.office()
    raw = other.certificate(stranger)
    content = note.write_note(dataclasses.replace(BLANK, recipients=ids), raw)
    with pytest.raises((BadSignature, ForeignHandler)):
        read(sealed_to(keys, content, seed=stranger.seed), keys)


def test_excluded_or_later_handlers_note_is_refused() -> None:
    """Who may not read the case says nothing in it, however well certified."""
    keys = org.reporter(OFFICE)
    with pytest.raises(ForeignHandler):
        read(seal(keys), keys, {BAS.handler_id})


def test_note_of_who_is_certified_no_more_is_refused() -> None:
    """A certificate that is over vouches for nothing later."""
    keys = org.reporter(OFFICE)
    with pytest.raises(CertificateExpired):
        read(seal(keys, day=TODAY.replace(year=TODAY.year + 1)), keys)


def test_too_long_a_text_is_refused_on_both_sides() -> None:
    """The writer is told, and a reader takes no more than the writer may send."""
    keys = org.reporter(OFFICE)
    seal(keys, text="x" * note.MAX_NOTE_CHARACTERS)
    for text in ("x" * (note.MAX_NOTE_CHARACTERS + 1), "漢" * 4_000):
        with pytest.raises(TextTooLong):
            seal(keys, text=text)
        content = note.write_note(BLANK, OFFICE.certificate(ANNA))
        with pytest.raises(MalformedPayload):
            note.read_content(content + text.encode())


def meta(**changes: object) -> bytes:
    """Return a note's content whose fields are these; ``None`` as a name takes one away."""
    values: dict[str, object] = {
        "kind": "note",
        "day": "2026-11-21",
        "turn": 1,
        "number": 1,
        "about": None,
        "assignee": None,
        "task": "",
        "done": "",
        "recipients": ["00" * 8],
        "certificate": "00",
    }
    values |= changes
    return payload_bytes.join({k: v for k, v in values.items() if v != "gone"}, b"x")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "reply"},
        {"kind": "reason"},
        {"about": "00" * 32},
        {"kind": "reason", "about": "00" * 31},
        {"assignee": "00" * 8},
        {"kind": "assign", "assignee": "00" * 7},
        {"kind": "assign", "assignee": ""},
        {"task": "supporter"},
        {"kind": "task"},
        {"kind": "task", "task": "supporter"},
        {"kind": "task", "done": "yes"},
        {"kind": "task", "task": "Naam Van Iemand", "done": "yes"},
        {"done": "no"},
        {"turn": -1},
        {"number": 0},
        {"number": 1_000_001},
        {"day": "21-11-2026"},
        {"recipients": []},
        {"recipients": ["01" * 8, "00" * 8]},
        {"recipients": ["00" * 8, "00" * 8]},
        {"recipients": [f"{number:016x}" for number in range(17)]},
        {"certificate": "00" * 1_001},
        {"attachments": []},
        {"state": "closed"},
        {"number": "gone"},
        {"about": "gone"},
    ],
)
def test_note_with_a_wrong_field_is_refused(changes: dict[str, object]) -> None:
    """Exactly the fields of its kind, each in its range; anything else is no note."""
    assert note.read_content(meta())[0].kind == "note"
    with pytest.raises(MalformedPayload):
        note.read_content(meta(**changes))


@pytest.mark.parametrize("kind", ["note", "reason"])
def test_words_without_words_are_refused(kind: str) -> None:
    """A note or a reason that says nothing is none."""
    about = "00" * 32 if kind == "reason" else None
    with pytest.raises(MalformedPayload):
        note.read_content(meta(kind=kind, about=about)[:-1] + b" ")


NOTES = st.builds(
    Note,
    kind=st.sampled_from(note.NOTE_KINDS),
    day=st.dates(),
    turn=st.integers(0, 1_000_000),
    number=st.integers(1, 1_000_000),
    text=st.text(max_size=200),
    recipients=st.sets(st.binary(min_size=8, max_size=8), max_size=16).map(
        lambda found: tuple(sorted(found))
    ),
    about=st.none() | st.binary(min_size=32, max_size=32),
    assignee=st.none() | st.binary(min_size=8, max_size=8),
    task=st.sampled_from(["", "interim", "supporter"]),
    done=st.sampled_from(["", "yes", "no"]),
)


@given(NOTES, st.binary(max_size=1_000))
def test_what_is_written_is_read_the_same_or_refused_for_its_kind(
    found: Note, certificate: bytes
) -> None:
    """A sound note survives its bytes, and one with another kind's fields does not."""
    content = note.write_note(found, certificate)
    if found.is_sound():
        assert note.read_content(content) == (found, certificate)
    else:
        with pytest.raises(MalformedPayload):
            note.read_content(content)


@given(
    st.binary(max_size=300)
    | st.builds(
        payload_bytes.join,
        st.dictionaries(st.text(max_size=10), st.none() | st.integers() | st.text(max_size=10)),
        st.binary(max_size=20),
    )
)
def test_any_other_bytes_are_malformed_and_nothing_else(content: bytes) -> None:
    """The parser knows one failure, whatever it is given."""
    with pytest.raises(MalformedPayload):
        note.read_content(content)


@given(st.data())
def test_every_changed_or_missing_byte_of_a_note_is_refused(data: st.DataObject) -> None:
    """A note comes whole and as it was written, or not at all."""
    keys = org.reporter(OFFICE)
    whole = seal(keys)
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[at] ^= data.draw(st.integers(1, 255))
    own_slot = [
        index for index, slot in enumerate(parse_header(whole).slots) if slot.key_id in BAS.box_keys
    ]
    tries: list[Callable[[], object]] = [
        lambda: read(bytes(flipped), keys),
        lambda: read(whole[:at], keys),
        lambda: read(whole + whole[:at] + b"\0", keys),
    ]
    assert own_slot
    for attempt in tries:
        with pytest.raises(ProtocolError):
            attempt()


def test_doubled_field_is_refused() -> None:
    """Two parsers must not read two things."""
    raw = encode({"kind": "note"})[:-1] + b"," + meta()[5:-1]
    with pytest.raises(MalformedPayload):
        note.read_content(len(raw).to_bytes(4, "big") + raw + b"x")


def test_other_channels_key_pair_opens_nothing() -> None:
    """A handler of another channel has no slot."""
    keys = org.reporter(OFFICE)
    stranger = org.Handler("vreemde")
    own = {key_id(stranger.x_pk): KeyPair(stranger.secret, stranger.x_pk)}
    with pytest.raises(NotAddressed):
        handler.open_letter(seal(keys), OFFICE.channel, own)
