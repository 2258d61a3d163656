"""Tells when a request has arrived whole, without understanding it.

Only counts: the end of the head, the announced length, the last chunk. What is wrong
counts as whole at once, so that the parser behind it refuses it. Invariant: never
holds more than `MAX_HEAD_BYTES` and `MAX_BODY_BYTES` together, and one piece more.

Source: RFC 9112, sections 6 and 7.
"""

from __future__ import annotations

from dropbox.site.limits import MAX_BODY_BYTES

MAX_HEAD_BYTES = 64 * 1024
_MAX_CHUNK_LINE_BYTES = 256
_LINE_END = b"\r\n"
_HEAD_END = b"\r\n\r\n"


class Intake:
    """The bytes of one request as they come in, and perhaps the start of the next."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.is_ready = False
        """Nothing more is to be waited for."""
        self.is_whole = False
        """It is ready, and all of it is here."""
        self._body_at = 0
        self._ends_at: int | None = None
        self._chunk_at = 0
        self._looked = 0
        self._look()

    def add(self, piece: bytes) -> None:
        """Add what came in."""
        self.data += piece
        self._look()

    def _look(self) -> None:
        if not self._body_at and not self._find_body():
            return
        if self._ends_at is not None:
            self.is_whole = len(self.data) >= self._ends_at
        elif not self.is_ready:
            self._follow_chunks()
        taken = len(self.data) - self._body_at
        self.is_ready = self.is_ready or self.is_whole or taken > MAX_BODY_BYTES

    def _find_body(self) -> bool:
        at = self.data.find(_HEAD_END, self._looked)
        if at < 0:
            self._looked = max(0, len(self.data) - len(_HEAD_END))
            self.is_ready = len(self.data) > MAX_HEAD_BYTES
            return False
        self._body_at = self._chunk_at = at + len(_HEAD_END)
        lengths: set[bytes] = set()
        codings: set[bytes] = set()
        for line in bytes(self.data[:at]).split(_LINE_END)[1:]:
            name, _colon, value = line.partition(b":")
            if name.lower() == b"content-length":
                lengths.add(value.strip())
            elif name.lower() == b"transfer-encoding":
                codings.add(value.strip().lower())
        if not codings:
            self._expect(lengths or {b"0"})
        self.is_ready = self.is_ready or not codings <= {b"chunked"}
        return True

    def _expect(self, lengths: set[bytes]) -> None:
        announced = lengths.pop()
        if lengths or not announced.isdigit() or len(announced) > len(str(MAX_BODY_BYTES)):
            self.is_ready = True
            return
        self._ends_at = self._body_at + int(announced)
        # Too much is refused by its announcement alone.
        self.is_ready = int(announced) > MAX_BODY_BYTES

    def _follow_chunks(self) -> None:
        while not self.is_ready:
            end = self.data.find(_LINE_END, self._chunk_at)
            if end < 0:
                self.is_ready = len(self.data) - self._chunk_at > _MAX_CHUNK_LINE_BYTES
                return
            digits = bytes(self.data[self._chunk_at : end]).partition(b";")[0].strip()
            try:
                size = int(digits, 16)
            except ValueError:
                self.is_ready = True
                return
            if size <= 0:
                self.is_whole = self.data.find(_HEAD_END, end) >= 0
                return
            after = end + 2 * len(_LINE_END) + size
            self.is_ready = after - self._body_at > MAX_BODY_BYTES
            if after > len(self.data):
                return
            self._chunk_at = after
