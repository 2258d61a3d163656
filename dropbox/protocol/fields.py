"""Strict reading of the JSON objects inside payloads, cards and certificates.

Invariant: a field is read exactly once and checked for type and range; what is
left over at `Fields.finish` is refused. Any failure is the error that the caller chose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date
from typing import Any

from dropbox.errors import ProtocolError
from dropbox.protocol import days

MAX_CODES = 32
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_QUARTER = re.compile(r"20[0-9]{2}-Q[1-4]|earlier|")


def encode(values: dict[str, Any]) -> bytes:
    """Write a JSON object without spaces, UTF-8 as it is, keys in the order given."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a field stands twice")
    return values


_DECODER = json.JSONDecoder(object_pairs_hook=_no_doubles)


def is_code(value: str) -> bool:
    """Tell whether ``value`` can stand for a taxonomy code, and is not empty."""
    return _CODE.fullmatch(value) is not None


class Fields:
    """The fields of one JSON object, taken out one by one."""

    def __init__(self, raw: bytes | dict[str, Any], error: type[ProtocolError]) -> None:
        """Parse ``raw``; every failure, here and later, is ``error``."""
        self._error = error
        self._values = raw if isinstance(raw, dict) else self._parse(raw)

    def _parse(self, raw: bytes) -> dict[str, Any]:
        try:
            values = _DECODER.decode(raw.decode("utf-8"))
        except (ValueError, RecursionError):
            raise self._error from None
        if not isinstance(values, dict):
            raise self._error
        return values

    def _take(self, name: str) -> Any:
        try:
            return self._values.pop(name)
        except KeyError:
            raise self._error from None

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._error
        try:
            value.encode("utf-8")  # a lone surrogate from a \\ud800 escape is no text
        except UnicodeEncodeError:
            raise self._error from None
        return value

    def finish(self) -> None:
        """Refuse fields that nobody took."""
        if self._values:
            raise self._error

    def has(self, name: str) -> bool:
        """Tell whether a field is there and was not taken: some are younger than the format."""
        return name in self._values

    def number(self, name: str, lowest: int = 0, highest: int = 2**31 - 1) -> int:
        """Take a whole number within bounds."""
        value = self._take(name)
        if type(value) is not int or not lowest <= value <= highest:
            raise self._error
        return value

    def truth(self, name: str) -> bool:
        """Take true or false."""
        value = self._take(name)
        if not isinstance(value, bool):
            raise self._error
        return value

    def line(self, name: str, longest: int) -> str:
        """Take a text of at most ``longest`` characters."""
        value = self._text(self._take(name))
        if len(value) > longest:
            raise self._error
        return value

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """Take one of ``allowed``."""
        value = self._text(self._take(name))
        if value not in allowed:
            raise self._error
        return value

    def quarter(self, name: str) -> str:
        """Take a quarter such as ``2026-Q4``, ``earlier`` or nothing."""
        value = self._text(self._take(name))
        if not _QUARTER.fullmatch(value):
            raise self._error
        return value

    def code(self, name: str) -> str:
        """Take a taxonomy code or nothing: lower case, digits, ``_`` and ``-``, at most 40."""
        value = self._text(self._take(name))
        if value and not _CODE.fullmatch(value):
            raise self._error
        return value

    def codes(self, name: str) -> tuple[str, ...]:
        """Take a list of different taxonomy codes, at most `MAX_CODES`."""
        values = tuple(self._text(value) for value in self.items(name, MAX_CODES))
        if len(set(values)) != len(values) or not all(map(_CODE.fullmatch, values)):
            raise self._error
        return values

    def day(self, name: str) -> date:
        """Take a day such as ``2026-11-21``."""
        try:
            return days.parse(self._text(self._take(name)))
        except ValueError:
            raise self._error from None

    def day_or_none(self, name: str) -> date | None:
        """Take a day or null."""
        return self.day(name) if self._values.get(name, "") is not None else self._take(name)

    def hex(self, name: str, size: int) -> bytes:
        """Take ``size`` raw bytes, written in lower-case hexadecimal."""
        return self._unhex(self._take(name), size)

    def hex_or_none(self, name: str, size: int) -> bytes | None:
        """Take ``size`` raw bytes or null."""
        value = self._take(name)
        return None if value is None else self._unhex(value, size)

    def hexes(self, name: str, size: int, most: int) -> tuple[bytes, ...]:
        """Take a list of at most ``most`` different byte strings of ``size`` bytes."""
        values = tuple(self._unhex(value, size) for value in self.items(name, most))
        if len(set(values)) != len(values):
            raise self._error
        return values

    def blob(self, name: str, most: int) -> bytes:
        """Take at most ``most`` raw bytes, written in lower-case hexadecimal."""
        value = self._text(self._take(name))
        if len(value) > 2 * most:
            raise self._error
        return self._unhex(value, len(value) // 2)

    def items(self, name: str, most: int) -> list[Any]:
        """Take a list of at most ``most`` items, unchecked."""
        values = self._take(name)
        if not isinstance(values, list) or len(values) > most:
            raise self._error
        return values

    def object(self, name: str) -> Fields:
        """Take an object, to be read field by field in its turn."""
        value = self._take(name)
        if not isinstance(value, dict):
            raise self._error
        return Fields(value, self._error)

    def _unhex(self, value: Any, size: int) -> bytes:
        text = self._text(value)
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raise self._error from None
        if len(raw) != size or raw.hex() != text:
            raise self._error
        return raw
