"""Dataclasses to bytes and back, for what the vault keeps.

Owns the one way in which the desk writes its records: JSON with exactly the
fields of the class. Reading is strict: an unknown field or a wrong type is a damaged
vault, never a guess. So is a missing field, unless the class has a default for it: then
an older program wrote the record, before there was such a field.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from dropbox.desk.errors import VaultDamaged

Record = TypeVar("Record")


def encode(record: object) -> bytes:
    """Write a dataclass instance.

    Its fields may be str, int, bool, bytes, date, None, tuples, dicts with string
    keys, and dataclasses of these.
    """
    return _ENCODER.encode(record).encode("ascii")


def decode(kind: type[Record], raw: bytes) -> Record:
    """Read what `encode` wrote for a record of class ``kind``.

    Raises:
        VaultDamaged: the bytes are not such a record.
    """
    try:
        record = _reader(kind)(json.loads(raw))  # type: ignore[arg-type]  # a class can be hashed
    except (ValueError, TypeError, RecursionError):
        raise VaultDamaged from None
    return record  # type: ignore[no-any-return]


def _plain(value: object) -> object:
    """Return what JSON can hold, for what it does not know by itself."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):
        return value.isoformat()
    return vars(value)


_ENCODER = json.JSONEncoder(separators=(",", ":"), default=_plain)

_Reader = Callable[[Any], Any]
"""Turns plain JSON into one value; raises ValueError or TypeError where it is another."""


@cache
def _reader(kind: Any) -> _Reader:
    """Return what reads values of one type; looking into types is slow, so it is done once."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(part for part in get_args(kind) if part is not type(None)))
        return lambda plain: None if plain is None else inner(plain)
    if origin is tuple:
        item = _reader(get_args(kind)[0])
        return lambda plain: tuple(map(item, _is(list, plain)))
    if origin is dict:
        item = _reader(get_args(kind)[1])
        return lambda plain: {name: item(value) for name, value in _is(dict, plain).items()}
    if is_dataclass(kind):
        return _record_reader(kind)
    if kind is bytes:
        return lambda plain: bytes.fromhex(_is(str, plain))
    if kind is date:
        return lambda plain: date.fromisoformat(_is(str, plain))
    return lambda plain: _is(kind, plain)


def _record_reader(kind: Any) -> _Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    needed = {
        each.name
        for each in fields(kind)
        if each.default is MISSING and each.default_factory is MISSING
    }

    def read(plain: Any) -> Any:
        if not needed <= _is(dict, plain).keys() <= readers.keys():
            raise ValueError("other fields than the record has")
        return kind(**{name: readers[name](value) for name, value in plain.items()})

    return read


def _is(kind: type, plain: Any) -> Any:
    if type(plain) is not kind:
        raise TypeError("another type than the record has")
    return plain
