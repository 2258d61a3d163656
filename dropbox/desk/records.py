"""Dataclasses to bytes and back, for what the vault keeps.

Owns the one way in which the desk writes its records: JSON with exactly the
fields of the class. Reading is strict: a missing or unknown field or a wrong type
is a damaged vault, never a guess.
"""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from dropbox.desk.errors import VaultDamaged

Record = TypeVar("Record")


def encode(record: object) -> bytes:
    """Write a dataclass instance.

    Its fields may be str, int, bool, bytes, date, None, tuples, dicts with string
    keys, and dataclasses of these.
    """
    return json.dumps(_plain(record), separators=(",", ":")).encode("ascii")


def decode(kind: type[Record], raw: bytes) -> Record:
    """Read what `encode` wrote for a record of class ``kind``.

    Raises:
        VaultDamaged: the bytes are not such a record.
    """
    try:
        record = _build(kind, json.loads(raw))
    except (ValueError, TypeError, RecursionError):
        raise VaultDamaged from None
    return record  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _build(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(part for part in get_args(kind) if part is not type(None))
        return None if plain is None else _build(inner, plain)
    if origin is tuple:
        return tuple(_build(get_args(kind)[0], item) for item in _is(list, plain))
    if origin is dict:
        inner = get_args(kind)[1]
        return {name: _build(inner, item) for name, item in _is(dict, plain).items()}
    if is_dataclass(kind):
        return _build_dataclass(kind, _is(dict, plain))
    if kind is bytes:
        return bytes.fromhex(_is(str, plain))
    if kind is date:
        return date.fromisoformat(_is(str, plain))
    return _is(kind, plain)


def _build_dataclass(kind: Any, plain: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}
    if names != set(plain):
        raise ValueError("other fields than the record has")
    return kind(**{name: _build(hints[name], plain[name]) for name in names})


def _is(kind: type, plain: Any) -> Any:
    if type(plain) is not kind:
        raise TypeError("another type than the record has")
    return plain
