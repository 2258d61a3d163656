"""The recorder finds what must not go over the wire, however it is written."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from urllib.parse import quote

import pytest

from dropbox.protocol import keys, reply_code
from tests.organisation import SITE_ID
from tests.recorder import Secrets, in_base64, strangers
from tests.visitor import Sent

TEXT = "merkteken-aalscholver, één keer"
KEY = bytes(3) + bytes(range(45, 58))
CHANNEL = bytes(range(32))
WORDS = tuple(reply_code.words(KEY, "nl"))
SECRETS = Secrets((TEXT,), WORDS, SITE_ID, CHANNEL)
NOISE = os.urandom(2000)
OWN = keys.reporter_keys(SITE_ID, CHANNEL, KEY)


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize(
    "written",
    [
        str.encode,
        lambda text: text.upper().encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: quote(text).encode(),
        lambda text: quote(quote(text)).encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: text[::-1].encode(),
    ],
)
def test_text_is_found_in_every_way_of_writing(
    written: Callable[[str], bytes], before: int
) -> None:
    """A text shows in a long request, at any place in it."""
    assert SECRETS.found_in(NOISE + bytes(before) + written(TEXT) + NOISE)


@pytest.mark.parametrize("before", [0, 1, 2])
@pytest.mark.parametrize("secret", [KEY, OWN.ed_seed, OWN.x_sk])
@pytest.mark.parametrize("written", [bytes, bytes.hex, base64.b64encode, lambda key: key[::-1]])
def test_key_is_found_in_every_way_of_writing(
    written: Callable[[bytes], bytes | str], secret: bytes, before: int
) -> None:
    """So do the code's own key and what is derived from it."""
    found = written(secret)
    data = found if isinstance(found, bytes) else found.encode()
    assert SECRETS.found_in(NOISE + data + NOISE)
    inside = base64.b64encode(bytes(before) + data + b"and more")
    assert written is not bytes or SECRETS.found_in(inside)


@pytest.mark.parametrize("between", [" ", "+", "%20", ",", '","', "", "\n2. ", "\\u0020"])
def test_two_words_of_the_code_are_found(between: str) -> None:
    """Two neighbours are enough, whatever stands between them, whole or cut to four letters."""
    for one, other in ((WORDS[3], WORDS[4]), (WORDS[8][:4], WORDS[9][:4])):
        assert SECRETS.found_in(NOISE + f"{one}{between}{other}".encode() + NOISE)
        assert SECRETS.found_in(f"{one}{between}{other}".upper().encode())
    assert SECRETS.found_in(" ".join(WORDS[1:3]).encode("utf-16-be"))
    assert SECRETS.found_in(base64.b64encode(" ".join(WORDS).encode()))
    assert SECRETS.found_in(" ".join(reversed(WORDS)).encode())


def test_nothing_is_found_where_nothing_is() -> None:
    """What the site may see raises no alarm: token, public keys, ciphertext, one word."""
    fair = keys.token(SITE_ID, KEY) + OWN.ed_pk + OWN.x_pk + os.urandom(300_000)
    assert (
        SECRETS.found_in(fair + WORDS[0].encode() + b" of the list, and " + WORDS[5].encode()) == []
    )


def test_base64_is_what_stands_between_other_bytes() -> None:
    """The three pieces are those of base64 itself, for texts of any length."""
    for length in range(6, 12):
        data = os.urandom(length)
        for before in range(3):
            whole = base64.b64encode(os.urandom(before) + data + os.urandom(7))
            assert any(piece in whole for piece in in_base64(data))


def test_every_other_origin_is_a_stranger() -> None:
    """Another host, port or scheme counts; the site itself and data: do not."""
    here = "http://127.0.0.1:8000"
    other = ["http://127.0.0.1:80001/", "https://127.0.0.1:8000/", "http://evil.example/?http://"]
    asked = [*other, f"{here}/nl/", "data:,x"]
    assert strangers([Sent("GET", url, {}, b"") for url in asked], here) == other
