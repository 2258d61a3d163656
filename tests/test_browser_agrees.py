"""The browser's protocol accepts and refuses what the reference does, and says the same reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random

import pytest

from dropbox.protocol import reply_code
from dropbox.protocol.fields import _DECODER
from tests import mutations
from tests.browser_beside import Beside, differences
from tests.browser_cases import CASES, Case


def is_json(data: bytes) -> bool:
    """Tell whether the reference reads these bytes as JSON, whatever it says."""
    try:
        _DECODER.decode(data.decode("utf-8"))
    except ValueError:
        return False
    return True


def json_cases(random: Random, count: int) -> Iterator[Case]:
    """Return texts that are almost JSON, whether or not a document could hold them."""
    sample = {"a": [1, "é", {"b": None}], "c": {"d": True, "e": "x"}, "f": 12}
    for _ in range(count):
        data = mutations.text_of(random, sample)
        yield "isJson", {"content": data}, lambda data=data: is_json(data)  # type: ignore[misc]
    for token in (*mutations.NASTY, "9" * 4_300, "-" + "9" * 4_300, "-" + "9" * 4_301):
        data = token.encode()
        yield "isJson", {"content": data}, lambda data=data: is_json(data)  # type: ignore[misc]


MAKERS = {**CASES, "json": (json_cases, 1_500, 100_000)}
SIZES = [
    *(pytest.param(name, small, id=name) for name, (_, small, _) in MAKERS.items()),
    *(
        pytest.param(name, large, marks=pytest.mark.soak, id=f"{name}-all")
        for name, (_, _, large) in MAKERS.items()
    ),
]


@pytest.mark.parametrize(("name", "count"), SIZES)
def test_both_accept_and_refuse_the_same(beside: Beside, name: str, count: int) -> None:
    """What is almost right is read, or refused for the same reason, by browser and reference."""
    maker, _, _ = MAKERS[name]
    asked: dict[str, int] = {}

    def counted() -> Iterator[Case]:
        for do, values, act in maker(Random(20_261_121), count):
            asked[do] = asked.get(do, 0) + 1
            yield do, values, act

    assert list(differences(beside, counted())) == []
    assert sum(asked.values()) > count * 0.8


@pytest.mark.parametrize(
    "upto",
    [pytest.param(0x3400, id="usual"), pytest.param(0x110000, marks=pytest.mark.soak, id="all")],
)
def test_words_are_divided_alike_at_every_character(beside: Beside, upto: int) -> None:
    """A character joins, divides or becomes letters as in the reference, which knows Unicode 14."""
    for start in range(0, upto, 0x400):
        theirs = beside.made("splits", **{"from": start, "to": start + 0x400})
        for point, words in enumerate(theirs, start):
            if unicodedata.category(chr(point)) != "Cn":
                assert words == " ".join(reply_code.split(f"x{chr(point)}y")), hex(point)


@pytest.mark.parametrize("depth", [1, 20, 400, 499, 501, 5_000, 60_000])
def test_deep_nesting_is_refused_and_breaks_nothing(beside: Beside, depth: int) -> None:
    """A document of brackets alone is refused, at whatever depth a stack would end."""
    nested = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    content = len(nested).to_bytes(4, "big") + nested
    assert beside.answer("memo", content=content)["refused"] == "MalformedPayload"
    assert beside.made("isJson", content=nested) == (depth < 500)
