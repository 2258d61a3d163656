"""The fixed-size answer to a mailbox's token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropbox.errors import MalformedMailboxPage
from dropbox.protocol.mailbox_page import PAGE_BYTES, MailboxPage, pack, unpack

ID = st.binary(min_size=32, max_size=32)
PAGES = st.builds(
    MailboxPage,
    channel_pk=ID,
    mailbox_id=ID,
    memo=st.binary(max_size=800),
    replies=st.lists(st.binary(max_size=5000), max_size=4).map(tuple),
    sent=st.lists(ID, max_size=20).map(tuple),
    more=st.booleans(),
)


@given(st.none() | PAGES)
def test_every_page_has_one_size_and_is_read_back(page: MailboxPage | None) -> None:
    """Unknown, empty and full are 32 KiB alike, and each comes back as it was."""
    packed = pack(page)
    assert len(packed) == PAGE_BYTES
    assert unpack(packed) == page


def test_fill_is_random() -> None:
    """The unused part differs from answer to answer, so it cannot be compressed away."""
    assert pack(None)[1000:] != pack(None)[1000:]


def test_too_much_for_one_page_is_refused() -> None:
    """More than fits is an error of the caller, never a longer page."""
    with pytest.raises(MalformedMailboxPage):
        pack(MailboxPage(bytes(32), bytes(32), b"", (bytes(PAGE_BYTES),), (), False))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_page_or_a_clear_error(start: bytes) -> None:
    """Reading a page never fails with anything but MalformedMailboxPage."""
    try:
        unpack((b"\x01\x00" + start).ljust(PAGE_BYTES, b"\x03"))
    except MalformedMailboxPage:
        return


def test_wrong_length_is_refused() -> None:
    """A page of any other length is no page."""
    with pytest.raises(MalformedMailboxPage):
        unpack(pack(None)[:-1])
