"""Documents and payloads that are almost right, made from a seed, for readers that must agree."""

from __future__ import annotations

import json
from random import Random
from typing import Any

NASTY: tuple[str, ...] = (
    *("null", "true", "false", "NaN", "Infinity", "-Infinity", "nan", "-", "+1", "01", "1.", ".5"),
    *("0", "-0", "1", "2", "16", "1.0", "-0.0", "1e2", "1E+2", "1e-2", "1e400", "2147483647"),
    *("2147483648", "1000000", "1000001", "-1", "9007199254740993", "9" * 400, "9" * 4301),
    *('""', '"x"', '"X"', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"'),
    *('"\\uD83D\\uDE00"', '"\\u00e9"', '"\\x41"', '"\\u12"', '"\\u+123"', '"\t"', '"\x7f"'),
    *('"\u2028"', '"\ufeff"', '"\x85"', '"\\u001c"', '" "', '"\u00a0\u3000"', '"\u200b"', "'x'"),
    *('"2026-11-21"', '"2026-11-31"', '"2024-02-29"', '"2026-02-29"', '"0000-01-01"'),
    *('"0001-01-01"', '"9999-12-31"', '"20261121"', '"2026-W47-6"', '"2026-11-21T00:00:00"'),
    *('"2026-1-1"', '"２０２６-11-21"', '"+2026-11-21"', '"2026-11-21 "', '"10000-01-01"'),
    *('"ab"', '"AB"', '"a b"', '" ab"', '"abc"', '"ab "', '"aB"', '"' + "ab" * 32 + '"'),
    *(
        '"' + "AB" * 32 + '"',
        '"' + "ab" * 8 + '"',
        '"' + "ab" * 31 + "a" + '"',
        '"' + "00" * 32 + '"',
    ),
    *('"' + "é" * 60 + '"', '"' + "😀" * 60 + '"', '"' + "😀" * 61 + '"', '"' + "x" * 61 + '"'),
    *(
        '"' + "😀" * 80 + '"',
        '"' + "😀" * 600 + '"',
        '"' + "x" * 601 + '"',
        '"' + "e\u0301" * 30 + '"',
    ),
    *("[]", "[[]]", "[null]", "[1]", '["a"]', '["a","a"]', '["a","b"]', "[,]", "[1,]", "[1 2]"),
    *("{}", '{"a":1}', '{"a":1,"a":1}', '{"a":1,}', "{a:1}", '{"a"}', '{"__proto__":1}', "{1:1}"),
    *('{"a":{"b":[{"c":1,"c":2}]}}', "[" * 30 + "]" * 30, "/**/1", "tru", "nullx", "undefined"),
    *('"earlier"', '"2026-Q4"', '"2026-Q5"', '"2026-Q4\\n"', '"nl"', '"en"', '"yes"', '"closed"'),
    *('"resume"', '"reply"', '"report"', '"a-b"', '"a--b"', '"-a"', '"a\\n"', '"adviser"'),
)
"""Tokens that stand where a value should."""

SPACES = ("", " ", "\n", "\t", "\r\n", "\x0b", "\x0c", "\xa0", "\ufeff", "\u2028")
SPLICE = '{}[]",:\\ 0189.-eEntfu\u00e9\ufeff\x00\x1f'


class Raw(str):
    """A token that is written as it stands."""

    __slots__ = ()


def tree(value: Any) -> Any:
    """Return a JSON value with its objects as lists of pairs, so that fields can stand twice."""
    if isinstance(value, dict):
        return [Pair(name, tree(item)) for name, item in value.items()] or Raw("{}")
    if isinstance(value, (list, tuple)):
        return tuple(tree(item) for item in value)
    return value


class Pair:
    """One field of an object."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value


def write(random: Random, value: Any, spaced: bool) -> str:
    """Write a tree as JSON, with spaces between its tokens if asked."""
    gap = random.choice(SPACES[:5]) if spaced else ""
    if isinstance(value, Raw):
        return gap + value
    if isinstance(value, list):
        fields = (f"{_name(pair)}{gap}:{write(random, pair.value, spaced)}" for pair in value)
        return gap + "{" + gap + f"{gap},{gap}".join(fields) + gap + "}"
    if isinstance(value, tuple):
        return "[" + f"{gap},".join(write(random, item, spaced) for item in value) + gap + "]"
    return gap + json.dumps(value, ensure_ascii=random.random() < 0.3)


def _name(pair: Pair) -> str:
    return pair.name if isinstance(pair.name, Raw) else json.dumps(pair.name)


def _objects(value: Any) -> list[list[Pair]]:
    """Return every object in a tree."""
    if isinstance(value, list):
        return [value, *(found for pair in value for found in _objects(pair.value))]
    if isinstance(value, tuple):
        return [found for item in value for found in _objects(item)]
    return []


def mutate(random: Random, value: Any) -> None:
    """Change one thing in a tree."""
    fields = random.choice(_objects(value))
    if not fields:
        fields.append(Pair("a", Raw(random.choice(NASTY))))
        return
    pair, kind = random.choice(fields), random.randrange(12)
    if kind < 6:
        pair.value = _worse(random, pair.value)
    elif kind == 6:
        fields.remove(pair)
    elif kind == 7:
        fields.append(
            Pair(random.choice((pair.name, "x", "answered", "about", "origin")), pair.value)
        )
    elif kind == 8:
        fields.insert(random.randrange(len(fields) + 1), Pair(pair.name, Raw(random.choice(NASTY))))
    elif kind == 9:
        pair.name = random.choice((pair.name.upper(), pair.name + " ", "__proto__", "constructor"))
    elif kind == 10:
        pair.name = Raw(
            json.dumps(pair.name).replace("e", random.choice(("\\u0065", "\\e", "\\u0045")))
        )
    else:
        other = random.choice(fields)
        pair.value, other.value = other.value, pair.value


def _worse(random: Random, value: Any) -> Any:
    """Return a value that is a little or wholly wrong, and now and then right."""
    kind = random.randrange(5)
    if isinstance(value, tuple) and kind < 3:
        items = list(value)
        choices = [items + items[:1], items[1:], items[::-1], [*items, Raw(random.choice(NASTY))]]
        return tuple(random.choice([*choices, items * 17]))
    if isinstance(value, str) and not isinstance(value, Raw) and value and kind < 3:
        at = random.randrange(len(value))
        changes = (
            value[:at],
            value[:at] + "😀" + value[at:],
            value.upper(),
            value + " ",
            value * 2,
        )
        if set(value) <= set("0123456789abcdef"):
            other = random.choice("0123456789abcdef")
            changes = (*changes, value[:at] + other + value[at + 1 :], value[2:], value + "00")
        return random.choice(changes)
    if isinstance(value, int) and not isinstance(value, bool) and kind < 2:
        return value + random.choice((-1, 1, 10**6, -(10**6), 2**31))
    return Raw(random.choice(NASTY))


def text_of(random: Random, values: dict[str, Any]) -> bytes:
    """Return a JSON object that is like ``values``, now and then exactly that."""
    made = tree(values)
    for _ in range(random.choice((0, 0, 1, 1, 1, 1, 2))):
        mutate(random, made)
    text = write(random, made, spaced=random.random() < 0.15)
    if random.random() < 0.1:
        text = random.choice(SPACES) + text + random.choice(SPACES)
    if random.random() < 0.15:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(SPLICE) + text[at + random.randrange(2) :]
    raw = text.encode("utf-8", "surrogatepass")
    return bytes_of(random, raw) if random.random() < 0.05 else raw


def bytes_of(random: Random, data: bytes) -> bytes:
    """Return bytes that differ from ``data`` in one place."""
    at, kind = random.randrange(len(data)), random.randrange(6)
    if kind < 2:
        return data[:at] + bytes((data[at] ^ 1 << random.randrange(8),)) + data[at + 1 :]
    if kind == 2:
        return data[:at]
    if kind == 3:
        return data[:at] + random.randbytes(random.randrange(1, 5)) + data[at:]
    if kind == 4:
        return data[:at] + data[at + 1 :]
    return data + random.randbytes(random.randrange(1, 3))
