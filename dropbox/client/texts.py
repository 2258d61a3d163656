"""A text of a reporter, looked at before anything is sealed."""

from __future__ import annotations

from dropbox.client.errors import EmptyText, NotText
from dropbox.protocol.payload import MAX_TEXT_BYTES, MAX_TEXT_CHARACTERS
from dropbox.protocol.payload_bytes import check_text
from dropbox.reporter.typed import is_blank


def checked(text: str, empty: type[EmptyText] = EmptyText) -> str:
    """Return a story or message that can be sealed.

    Args:
        text: what was typed.
        empty: what to raise for one that shows nothing.

    Raises:
        EmptyText: it shows nothing.
        NotText: it cannot be written as UTF-8.
        TextTooLong: it does not fit the format.
    """
    if is_blank(text):
        raise empty
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotText from None
    check_text(text, MAX_TEXT_CHARACTERS, MAX_TEXT_BYTES)
    return text


def decoded(raw: bytes) -> str:
    """Return a file's bytes as text; raises NotText."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NotText from None
